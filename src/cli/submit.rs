//! `synthctr submit`: an experiment handed to a scheduler.

use super::progress::count;
use anyhow::{Context, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use synthctr::experiment::{
    ExperimentConfig, Order, Override, PlannedJob, RunOptions, Runner, Shard,
};
use synthctr::submit::{self, Batch, Part, Rates, Slurm, SubmitError};

/// Hand an experiment to Slurm
///
/// Plans what is still to be done into array tasks by predicted seconds: fits first, then what needs them, each
/// task waiting for its own fit alone; and one job at the end that gathers, verifies and reports. Tasks are put
/// back in the queue where they are preempted or their machine fails; what is finished stays. All machines must
/// see the current folder, the run folder, the data and this program.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr submit paper --slurm --dry-run                    the plan alone
  synthctr submit paper --slurm --data-dir ~/data --sbatch=--partition=cpu
  synthctr submit my-study.toml --slurm --time-limit 600 --threads 4")]
pub struct SubmitArgs {
    /// quick, paper, sweep, longer, or a TOML file
    #[arg(default_value = "quick")]
    experiment: String,
    /// To Slurm, by `sbatch`; the only scheduler so far
    #[arg(long, required = true)]
    slurm: bool,
    /// Any key of the experiment, as in its TOML file; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = Override::parse)]
    changes: Vec<Override>,
    /// Folder of the data sets [default: $SYNTHCTR_DATA_DIR or ./data]
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    /// Run folder [default: runs/<name of the experiment>]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Do not measure how good and how private the synthetic rows are
    #[arg(long)]
    no_quality: bool,
    /// Predicted seconds of a task; shorter jobs share one
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    task_seconds: u64,
    /// The longest that a task may take, in minutes [default: three times what the longest is predicted to]
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    time_limit: Option<u64>,
    /// Threads of a task
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: u16,
    /// An argument of `sbatch`, as in --sbatch=--partition=cpu; may be given several times
    #[arg(long, value_name = "ARGUMENT", allow_hyphen_values = true)]
    sbatch: Vec<String>,
    /// Only show the plan
    #[arg(long)]
    dry_run: bool,
}

/// A task may take so many times what is predicted, and so many minutes at least.
const SLACK: f64 = 3.0;
const LEAST_MINUTES: u64 = 10;

/// What Slurm allows unless it is set up otherwise, for a plan where it is not installed.
const USUAL_MOST_TASKS: usize = 1000;

impl SubmitArgs {
    /// Plans, and hands over.
    pub fn run(self) -> anyhow::Result<()> {
        let experiment = ExperimentConfig::open(&self.experiment, &self.changes)?;
        if experiment.until_decided.is_some() {
            bail!(
                "seeds are added by `synthctr run --until-decided` alone, which decides as it goes"
            );
        }
        let own = experiment.programs().next().is_some();
        if own && self.time_limit.is_none() && !self.dry_run {
            bail!(
                "nobody knows how long programs of your own take: say with --time-limit, and with \
                 --sbatch=--mem=8G or the like what memory they need"
            );
        }
        let name = experiment.name.clone();
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(&name));
        let options = RunOptions {
            data_dir: self.data_dir.clone(),
            out: out.clone(),
            shard: Shard::WHOLE,
            order: Order::Planned,
            jobs: Some(1),
            measure_quality: !self.no_quality,
            save_scores: true,
            save_models: false,
            save_generators: false,
            only: None,
        };
        let runner = Runner::new(experiment, options)?;
        let rates = Rates::of(&runner.finished()?, self.threads.into());
        let jobs = runner.planned_jobs()?;
        if jobs.is_empty() {
            println!("Nothing is left to do in {}", out.display());
            return Ok(());
        }
        let seconds = |job: &PlannedJob| rates.seconds(job);
        let most = match self.dry_run {
            true => submit::most_tasks().unwrap_or(USUAL_MOST_TASKS),
            false => submit::most_tasks()?,
        };
        // Within the limit even where predictions are half of what comes.
        let target = self.time_limit.map_or(f64::INFINITY, |minutes| 30.0 * minutes as f64);
        let target = target.min(self.task_seconds as f64);
        let batches = submit::plan(&jobs, seconds, target, most);
        let of_tasks = batches.iter().flat_map(|batch| &batch.tasks).map(|task| task.seconds);
        let minutes = self.minutes(&jobs, seconds, of_tasks.fold(0.0, f64::max))?;
        print!("{}", plan_text(&batches, minutes, &rates));
        if self.dry_run {
            return Ok(());
        }
        runner.prepare()?;
        let whole = |path: &Path| {
            std::fs::canonicalize(path).with_context(|| format!("cannot find {}", path.display()))
        };
        let mut arguments = Vec::new();
        if let Some(folder) = &self.data_dir {
            arguments.extend(["--data-dir".to_owned(), whole(folder)?.display().to_string()]);
        }
        if self.no_quality {
            arguments.push("--no-quality".to_owned());
        }
        let run = whole(&out)?;
        let at_the_end = |command: &str| vec![command.to_owned(), run.display().to_string()];
        let slurm = Slurm {
            program: std::env::current_exe().context("cannot find this program's own file")?,
            name,
            arguments,
            sbatch: self.sbatch,
            threads: self.threads.into(),
            limit_memory: !own,
            minutes,
            finally: vec![at_the_end("verify"), at_the_end("report")],
            run,
        };
        for array in submit::write_and_submit(&slurm, &batches)? {
            println!("{}: job {}, {}", array.name, array.id, count(array.tasks, "task"));
        }
        println!(
            "What they say is in {}; `squeue --me` shows how far they are",
            slurm.run.join("slurm").display()
        );
        Ok(())
    }

    /// The time limit of a task.
    fn minutes(
        &self,
        jobs: &[PlannedJob],
        seconds: impl Fn(&PlannedJob) -> f64,
        longest: f64,
    ) -> Result<u64, SubmitError> {
        let Some(minutes) = self.time_limit else {
            return Ok(((SLACK * longest / 60.0).ceil() as u64).max(LEAST_MINUTES));
        };
        let limit = 60.0 * minutes as f64;
        match jobs.iter().find(|job| seconds(job) > limit) {
            None => Ok(minutes),
            Some(job) => {
                Err(SubmitError::TooLong { name: job.key.clone(), predicted: seconds(job), limit })
            }
        }
    }
}

/// The arrays, their tasks and how long these are predicted to take.
fn plan_text(batches: &[Batch], minutes: u64, rates: &Rates) -> String {
    let mut rows =
        vec![["array", "tasks", "jobs", "longest, s", "all, s", "waits for"].map(String::from)];
    for (at, batch) in batches.iter().enumerate() {
        let (what, waits) = match batch.part {
            Part::Fits => ("fits".to_owned(), "nothing".to_owned()),
            Part::Free => ("cells and measurements".to_owned(), "nothing".to_owned()),
            Part::Behind { batch, task } => {
                let fit = batches[batch].tasks[task].keys.join(", ");
                ("cells and measurements".to_owned(), fit)
            }
        };
        let tasks = &batch.tasks;
        let jobs: usize = tasks.iter().map(|task| task.keys.len()).sum();
        let longest = tasks.iter().map(|task| task.seconds).fold(0.0, f64::max);
        let all: f64 = tasks.iter().map(|task| task.seconds).sum();
        rows.push([
            format!("{}: {what}", at + 1),
            tasks.len().to_string(),
            jobs.to_string(),
            format!("{longest:.0}"),
            format!("{all:.0}"),
            waits,
        ]);
    }
    let source = if rates.measured { "finished cells" } else { "counted operations alone" };
    format!(
        "{}Seconds are predicted from {source}; a task may take {minutes} minutes. Then one job gathers, verifies \
         and reports.\n",
        super::data::aligned(&rows, 1..5)
    )
}
