//! `synthctr report`: a page, figures and tables of what runs found.

use super::progress::Terminal;
use anyhow::{Context, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use synthctr::bench::BenchReport;
use synthctr::report::{self, Document, Findings};
use synthctr::verdict::Claims;

/// Make a page, figures and tables of what one or several runs found
///
/// Writes report.html, one file that needs no network and no script, report.md, figures/ (SVG and PNG),
/// tables/ (CSV and LaTeX) and report.json, their list. The page opens with what becomes of the claims;
/// the numbers on it lead to the cells they rest on, by links from the report's folder to the run's: keep them
/// where they are to each other. A report that is there already is replaced.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr report runs/quick                         into the run folder itself
  synthctr report runs/paper --bench bench.json      with throughput by device
  synthctr report runs/paper runs/movielens_100k --out both
                                                     two runs side by side")]
pub struct ReportArgs {
    /// The run folders
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Folder for the report, which replaces one that is there; must be named for several runs
    /// [default: the run folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// A file of claims [default: those of the paper]
    #[arg(long, value_name = "FILE")]
    claims: Option<String>,
    /// A result of `synthctr bench`; may be given several times
    #[arg(long, value_name = "FILE")]
    bench: Vec<PathBuf>,
}

impl ReportArgs {
    /// Writes the report and says where it is.
    pub fn run(self) -> anyhow::Result<()> {
        let out = match (self.out, self.runs.as_slice()) {
            (Some(out), _) => out,
            (None, [run]) => run.clone(),
            (None, _) => bail!("name a folder for the report of several runs: --out DIR"),
        };
        if out.is_file() {
            bail!("{} is a file; name a folder", out.display());
        }
        let claims = match &self.claims {
            Some(path) => Claims::open(path)?,
            None => Claims::paper()?,
        };
        let bench: Vec<BenchReport> =
            self.bench.iter().map(|path| read_bench(path)).collect::<anyhow::Result<_>>()?;
        let terminal = Terminal::new();
        let bar = terminal.bar("report");
        let mut runs = Vec::new();
        for (at, root) in self.runs.iter().enumerate() {
            let prefix = if self.runs.len() > 1 { format!("r{}-", at + 1) } else { String::new() };
            let bench = if at == 0 { bench.as_slice() } else { &[] };
            let findings = Findings::open(root, &claims, bench, prefix, &bar)?;
            for fault in findings.all_faults() {
                terminal.say(&format!("warning: {fault}"));
            }
            runs.push((findings, root.clone()));
        }
        // Only now: a run that cannot be read leaves no folder behind.
        std::fs::create_dir_all(&out)
            .with_context(|| format!("cannot create {}", out.display()))?;
        for (_, way) in &mut runs {
            *way = report::way_to(&out, way);
        }
        let document = Document::of(&runs)?;
        let written = report::write_report(&document, &out, &bar)?;
        terminal.clear();
        println!(
            "{} ({:.2} MB), {} figures, {} tables",
            written.page.display(),
            written.page_bytes as f64 / 1e6,
            written.figures,
            written.tables
        );
        Ok(())
    }
}

fn read_bench(path: &Path) -> anyhow::Result<BenchReport> {
    let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is not a result of `synthctr bench`", path.display()))
}
