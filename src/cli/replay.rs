//! `synthctr replay`: some of a bundle's cells, redone.

use super::progress::{Terminal, count};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use synthctr::bundle::{self, Bundle, BundleError, Judgement, ReplayOptions};
use synthctr::report::whole;

/// Check a bundle and redo some of its cells
///
/// Every byte of the bundle is checked first. Then as many cells as are asked for, drawn at random, are made
/// again from the data that is here, and compared: on the same instruction set every bit must be equal, but for
/// time and memory. Ends with 0 if all are, 1 if one is not, 2 if that cannot be told, be it because fewer
/// cells can be redone here than are asked for.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr replay paper.synthctr --sample 5
  synthctr replay paper.synthctr --sample 0            only checks the file
  synthctr replay paper.synthctr --root 9f86d081       and that it is the one that was quoted
  synthctr replay paper.synthctr --tolerance 0.1       made on another instruction set")]
pub struct ReplayArgs {
    /// The bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// How many cells to redo
    #[arg(long, value_name = "K", default_value_t = 3)]
    sample: usize,
    /// With which seed they are drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The root of the hashes that the bundle must have, or its first digits, at least eight
    #[arg(long, value_name = "HASH", value_parser = root)]
    root: Option<String>,
    /// By how many points the AUC may differ where bits cannot be equal, on another instruction set or on
    /// CUDA [default: nothing is compared there]
    #[arg(long, value_name = "POINTS")]
    tolerance: Option<f64>,
    /// Run the programs that the bundle's experiment names, if it names some: they are whoever's made it
    #[arg(long)]
    allow_programs: bool,
    /// Folder of the data sets [default: $SYNTHCTR_DATA_DIR or ./data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// How many cells are worked on at once
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
}

/// Fewest digits of a root.
const SHORTEST: usize = 8;

/// A root of hashes, or its beginning, as bundles write it.
fn root(text: &str) -> Result<String, String> {
    let digits = text.trim().to_ascii_lowercase();
    match digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        false => Err("a root has the digits 0 to 9 and a to f".to_owned()),
        true if digits.len() < SHORTEST => Err(format!(
            "give at least {SHORTEST} digits; with {} a root is too easy to hit by chance",
            digits.len()
        )),
        true => Ok(digits),
    }
}

/// Most differences of a cell that are shown.
const SHOWN: usize = 3;

impl ReplayArgs {
    /// Redoes the cells and prints how they compare.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let bundle = Bundle::read(&self.bundle)?;
        if let Some(wanted) = self.root.filter(|wanted| !bundle.root.starts_with(wanted)) {
            return Err(BundleError::Root { path: self.bundle, found: bundle.root, wanted }.into());
        }
        println!(
            "{}: {}, all whole\nroot {}",
            bundle.path.display(),
            count(bundle.files.len(), "file"),
            bundle.root
        );
        if self.sample == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        let replay = bundle::replay(
            &bundle,
            &ReplayOptions {
                sample: self.sample,
                seed: self.seed,
                tolerance: self.tolerance,
                allow_programs: self.allow_programs,
                data_dir: self.data_dir,
                jobs: self.jobs.map(usize::from),
            },
        )?;
        let names = replay.names();
        let all_cells = replay.of + replay.others;
        let others = match replay.others {
            0 => String::new(),
            n => format!(
                "; {} cannot be: made with other settings or other data than the bundle's experiment here",
                whole(n)
            ),
        };
        println!("{} of {} redone{others}", whole(names.len()), count(all_cells, "cell"));
        let too_few = names.len() < self.sample.min(all_cells);
        let terminal = Terminal::new();
        let all = replay.run(&terminal)?;
        terminal.clear();
        let width = names.iter().map(String::len).max().unwrap_or(0);
        for cell in &all {
            let text = match &cell.judgement {
                Judgement::Equal => "every bit is equal".to_owned(),
                Judgement::Near(points) => format!("AUC {points:+.4} points, within the tolerance"),
                Judgement::Failed(why) => format!("not redone: {why}"),
                Judgement::Differs(changes) => {
                    let change = |change: &synthctr::compare::LeafChange| {
                        let text = |value: &Option<serde_json::Value>| {
                            value.as_ref().map_or("nothing".to_owned(), ToString::to_string)
                        };
                        format!(
                            "{}: {} became {}",
                            change.path,
                            text(&change.base),
                            text(&change.new)
                        )
                    };
                    let shown: Vec<String> = changes.iter().take(SHOWN).map(change).collect();
                    let more = match changes.len().saturating_sub(SHOWN) {
                        0 => String::new(),
                        n => format!("; and {n} more"),
                    };
                    format!("DIFFERS: {}{more}", shown.join("; "))
                }
            };
            println!("  {:width$}  {text}", cell.name);
        }
        let is = |wanted: fn(&Judgement) -> bool| all.iter().any(|cell| wanted(&cell.judgement));
        Ok(match is(|judgement| matches!(judgement, Judgement::Differs(_))) {
            true => ExitCode::from(super::NO),
            false if too_few || is(|judgement| matches!(judgement, Judgement::Failed(_))) => {
                ExitCode::from(super::NOT_DONE)
            }
            false => ExitCode::SUCCESS,
        })
    }
}
