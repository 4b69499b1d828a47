//! `synthctr mlflow`: results for MLflow.

use super::progress::{Terminal, count};
use clap::Args;
use std::path::PathBuf;
use synthctr::experiment::environment::Environment;
use synthctr::export;
use synthctr::verdict::Run;

/// Write a run's results as MLflow's file store
///
/// Each run folder becomes an experiment, each of its cells a run with parameters, metrics (those of every
/// epoch as steps), tags and the cell's file. An earlier export of the same run is replaced.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr mlflow runs/quick                 into ./mlruns
  MLFLOW_ALLOW_FILE_STORE=true MLFLOW_TRACKING_URI=file:mlruns mlflow ui
                                             to look at them")]
pub struct MlflowArgs {
    /// The run folders
    #[arg(required = true, value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// MLflow's folder, which its tracking address names
    #[arg(long, value_name = "DIR", default_value = "mlruns")]
    out: PathBuf,
}

impl MlflowArgs {
    /// Writes the store and says what is in it.
    pub fn run(self) -> anyhow::Result<()> {
        let terminal = Terminal::new();
        let mut runs = Vec::new();
        for root in &self.runs {
            let run = Run::open(root, &terminal.bar("read"))?;
            for fault in &run.faults {
                terminal.say(&format!("warning: {fault}"));
            }
            runs.push((run, Environment::read(root)));
        }
        for (run, environment) in &runs {
            let name = &run.experiment.name;
            let exported =
                export::mlflow(&run.root, name, &run.cells, environment.as_ref(), &self.out)?;
            println!(
                "{} in {} (experiment `{}`)",
                count(exported.runs, "run"),
                exported.folder.display(),
                exported.experiment
            );
        }
        Ok(())
    }
}
