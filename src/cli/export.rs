//! `synthctr export`: a run in one file.

use super::progress::count;
use anyhow::bail;
use clap::Args;
use std::path::PathBuf;
use synthctr::bundle;

/// Write a run's results as one file that others can check and redo
///
/// The bundle holds cells, measurements, the experiment, the environment and the checksums of the data, and
/// no row of these; the same results make the same bytes. The root of its hashes, which is printed, stands for
/// all of them: whoever quotes it says which results are meant. `synthctr replay` redoes some of them.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr export runs/paper                          into runs/paper.synthctr
  synthctr export runs/paper --out supplement.synthctr")]
pub struct ExportArgs {
    /// The run folder
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// The file, replaced if it is there [default: RUN.synthctr]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl ExportArgs {
    /// Writes the file and says what is in it.
    pub fn run(self) -> anyhow::Result<()> {
        let out = match (self.out, self.run.file_name()) {
            (Some(out), _) => out,
            (None, Some(name)) => {
                let mut name = name.to_owned();
                name.push(".synthctr");
                self.run.with_file_name(name)
            }
            (None, None) => bail!("{} has no name; name a file with --out", self.run.display()),
        };
        if out.is_dir() {
            bail!("{} is a folder; name a file in it with --out", out.display());
        }
        let written = bundle::write(&self.run, &out)?;
        println!(
            "{} ({:.2} MB), {}\nroot {}",
            written.path.display(),
            written.bytes as f64 / 1e6,
            count(written.files, "file"),
            written.root
        );
        Ok(())
    }
}
