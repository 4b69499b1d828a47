//! `synthctr run`: work through an experiment.

use super::dry_run;
use super::progress::{Terminal, count};
use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use synthctr::device::{Device, DeviceChoice};
use synthctr::experiment::{
    Cell, ExperimentConfig, Failure, Order, Override, RunOptions, RunResults, Runner, Scenario,
    Shard,
};
use synthctr::generators::{Conditioning, GeneratorKind, Preset, Reading};
use synthctr::report;
use synthctr::verdict::{self, Claims, Round, Run, Verdict};

/// Run an experiment: fit, sample, train, report
///
/// Results are kept in a run folder as they come. A run that was stopped goes on where it was when
/// the same command is given again. Ends with 1 if a generator or a cell failed and others went on.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  synthctr run
  synthctr run paper --data-dir ~/data --seeds 3 --models deepfm
  synthctr run paper --generators ctgan,tvae --preset cpu --save-generator
  synthctr run my-study.toml --set training.batch_size=512 --set model.dnn.dropout=0.1
  synthctr run paper --scenarios base,neg10,neg200,pos7+neg30 --jobs 8
  synthctr run paper --shard 1/4 --out /shared/paper      (and 2/4, 3/4, 4/4 elsewhere)")]
pub struct RunArgs {
    /// `quick`, `paper`, `sweep`, `longer` or a TOML file
    #[arg(default_value = "quick")]
    experiment: String,

    /// Data set: a built-in one, see `synthctr data list`
    #[arg(long, value_name = "NAME", help_heading = "What to run")]
    dataset: Option<String>,
    /// Master seeds: `5` for 1 to 5, or a list such as `1,4,9`; `fit=4,draw=3,train=5` runs all
    /// combinations of seeds of the fit, the draws and the training, so that `verify` can tell where
    /// the spread comes from
    #[arg(long, value_name = "SEEDS", value_parser = seeds, help_heading = "What to run")]
    seeds: Option<toml::Value>,
    /// Where synthetic rows come from
    ///
    /// smoten, gaussian-copula, ctgan, copula-gan, tvae, tabddpm, resample, independent, uniform-item, and
    /// any that the experiment brings in a table [generator.NAME]
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What to run")]
    generators: Option<Vec<String>>,
    /// How generators are fitted, where it makes a difference
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What to run")]
    #[arg(value_parser = PossibleValuesParser::new(Conditioning::ALL.map(|c| c.name())))]
    conditioning: Option<Vec<String>>,
    /// Whether generators read fields of numbers as categories, as numbers or both; `numbers` is
    /// fitted on all rows together unless --conditioning says otherwise
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What to run")]
    #[arg(value_parser = PossibleValuesParser::new(Reading::ALL.map(|r| r.name())))]
    reading: Option<Vec<String>>,
    /// Which mixtures of real and synthetic rows models are trained on
    ///
    /// base, pos25, neg25, pos25+neg50 with any whole percentages of the number of training rows
    /// from 1 to 1000, synthetic-only
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What to run")]
    scenarios: Option<Vec<Scenario>>,
    /// Click models: dnn, deepfm, masknet, and any that the experiment brings in a table [model.NAME]
    #[arg(long, value_name = "LIST", value_delimiter = ',', help_heading = "What to run")]
    models: Option<Vec<String>>,
    /// Settings of the generators that are trained: the published ones, what two cores can do in
    /// 20 minutes each, or seconds
    #[arg(long, value_name = "PRESET", help_heading = "What to run")]
    #[arg(value_parser = PossibleValuesParser::new(Preset::ALL.map(|p| p.name())))]
    preset: Option<String>,
    /// Most passes of a click model over the training rows
    #[arg(long, value_name = "N", help_heading = "What to run")]
    epochs: Option<u32>,
    /// Add seeds, a block at a time, to the cells whose claims are still open; `verify` then says
    /// what came out
    #[arg(long, help_heading = "What to run")]
    until_decided: bool,
    /// Most seeds of a cell with --until-decided [default: 60]
    #[arg(long, value_name = "N", requires = "until_decided", help_heading = "What to run")]
    max_seeds: Option<u32>,
    /// A file of claims for --until-decided [default: those of the paper]
    #[arg(long, value_name = "FILE", requires = "until_decided", help_heading = "What to run")]
    claims: Option<String>,
    /// Any other key of the experiment, as in its TOML file; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", help_heading = "What to run")]
    #[arg(value_parser = Override::parse)]
    changes: Vec<Override>,

    /// Where models are trained
    #[arg(long, value_name = "DEVICE", help_heading = "How to run")]
    #[arg(value_parser = PossibleValuesParser::new(DeviceChoice::ALL.map(|d| d.name())))]
    device: Option<String>,
    /// Folder of the data sets [default: $SYNTHCTR_DATA_DIR or ./data]
    #[arg(long, value_name = "FOLDER", help_heading = "How to run")]
    data_dir: Option<PathBuf>,
    /// Run folder [default: runs/<name of the experiment>]
    #[arg(long, value_name = "FOLDER", help_heading = "How to run")]
    out: Option<PathBuf>,
    /// Work on the I-th of N parts of the cells; all parts may share a run folder
    #[arg(long, value_name = "I/N", default_value = "1/1", help_heading = "How to run")]
    shard: Shard,
    /// Order of the cells, `planned` or `shuffled:SEED`; results do not depend on it
    #[arg(long, value_name = "ORDER", default_value = "planned", help_heading = "How to run")]
    order: Order,
    /// How many cells and fits are worked on at once, each on its share of the threads; results do
    /// not depend on it [default: as many as there are threads and memory for, 1 on CUDA]
    #[arg(long, value_name = "N", help_heading = "How to run")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    /// Do not measure how good and how private the synthetic rows are
    #[arg(long, help_heading = "How to run")]
    no_quality: bool,
    /// Do not keep the scores of the test rows in the run folder; the covariance with `base` is then
    /// missing from the results
    #[arg(long, help_heading = "How to run")]
    no_scores: bool,
    /// Keep the trained models in the run folder
    #[arg(long, help_heading = "How to run")]
    save_models: bool,
    /// Keep the fitted generators that are trained in the run folder; samples are then drawn
    /// from them again without another fit
    #[arg(long, help_heading = "How to run")]
    save_generator: bool,
    /// Work only on the jobs that this file names, one on a line: `cell`, `fit` or `measure` and its name, as
    /// `submit` hands them to a scheduler
    #[arg(long, value_name = "FILE", help_heading = "How to run")]
    only: Option<PathBuf>,
    /// Only show what would be done
    #[arg(long, help_heading = "How to run")]
    dry_run: bool,
}

/// `5`, `1,4,9` or `fit=4,draw=3,train=5`.
fn seeds(text: &str) -> Result<toml::Value, String> {
    if text.contains('=') {
        return crossed_seeds(text).map(toml::Value::Table);
    }
    let number = |text: &str| {
        let fault = || format!("`{text}` is not a seed; write 5 for the seeds 1 to 5, or 1,4,9");
        text.trim().parse::<u32>().map(toml::Value::from).map_err(|_| fault())
    };
    if !text.contains(',') {
        return number(text);
    }
    let list: Result<Vec<_>, _> =
        text.split(',').filter(|part| !part.is_empty()).map(number).collect();
    list.map(toml::Value::Array)
}

fn crossed_seeds(text: &str) -> Result<toml::Table, String> {
    let fault = || format!("`{text}` is not of the form fit=4,draw=3,train=5");
    let mut table = toml::Table::new();
    for part in text.split(',') {
        let (key, count) = part.split_once('=').ok_or_else(fault)?;
        let count: u32 = count.trim().parse().map_err(|_| fault())?;
        table.insert(key.trim().to_owned(), count.into());
    }
    let wanted = ["fit", "draw", "train"];
    if table.len() != wanted.len() || wanted.iter().any(|key| !table.contains_key(*key)) {
        return Err(fault());
    }
    Ok(table)
}

impl RunArgs {
    /// Runs the experiment and prints its results; gives 1 where some could not be made.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let experiment = ExperimentConfig::open(&self.experiment, &self.changes())?;
        let out = self.out.unwrap_or_else(|| PathBuf::from("runs").join(&experiment.name));
        let options = RunOptions {
            data_dir: self.data_dir,
            out: out.clone(),
            shard: self.shard,
            order: self.order,
            jobs: self.jobs.map(usize::from),
            measure_quality: !self.no_quality,
            save_scores: !self.no_scores,
            save_models: self.save_models,
            save_generators: self.save_generator,
            only: self.only.as_deref().map(read_keys).transpose()?,
        };
        let until_decided = experiment.until_decided.clone();
        let claims = match until_decided.as_ref().map(|settings| &settings.claims) {
            Some(Some(path)) => Some(Claims::open(path)?),
            Some(None) => Some(Claims::paper()?),
            None => None,
        };
        let mut runner = Runner::new(experiment.clone(), options)?;
        if self.dry_run {
            print!("{}", dry_run::text(&runner.outlook()?, &runner.finished()?));
            return Ok(ExitCode::SUCCESS);
        }
        let terminal = Terminal::new();
        let mut results = runner.run(&terminal)?;
        // Who names the jobs has decided what is done.
        if let (Some(settings), Some(claims), None) = (until_decided, claims, &self.only) {
            let mut first = true;
            loop {
                let run = Run::of_results(&out, &experiment, &results);
                let verdict = verdict::verify(&run, &claims, &());
                let planned = runner.planned();
                let round = verdict::next_round(&run, &verdict, &experiment, &settings, &planned);
                if let Some(note) = beyond(&verdict, &planned).filter(|_| first) {
                    terminal.say(&note);
                }
                first = false;
                terminal.say(&round_text(&round));
                if round.cells.is_empty() || !results.failures.is_empty() {
                    break;
                }
                runner.choose(round.cells);
                let before = results.cells.len();
                results = runner.run(&terminal)?;
                if results.cells.len() == before {
                    terminal.say("These are other shards' cells; go on when they are done.");
                    break;
                }
            }
        }
        terminal.clear();
        if !results.cells.is_empty() {
            print!("{}", tables(&results, super::use_colour()));
            println!("{}", closing(&results, &out));
        }
        if results.failures.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let lacking = anyhow::anyhow!("{}", lacking(&results.failures));
        if results.cells.is_empty() {
            return Err(lacking);
        }
        super::print_error(&lacking);
        Ok(ExitCode::from(super::NO))
    }

    /// The keys set on the command line, `--set` last.
    fn changes(&self) -> Vec<Override> {
        let mut changes = Vec::new();
        let mut set = |flag: &str, key: &str, value: Option<toml::Value>| {
            changes.extend(value.map(|value| Override::new(flag, key, value)));
        };
        let list = |names: &Option<Vec<String>>| names.clone().map(toml::Value::from);
        set("--dataset", "dataset", self.dataset.clone().map(toml::Value::from));
        set("--seeds", "seeds", self.seeds.clone());
        set("--generators", "generators", list(&self.generators));
        set("--conditioning", "conditioning", list(&self.conditioning));
        set("--reading", "reading.which", list(&self.reading));
        // Of all generators that can, whatever the experiment says of some.
        let both = |kind: &GeneratorKind| kind.readings().contains(&Reading::Numbers);
        let all = GeneratorKind::ALL.iter().filter(|kind| both(kind));
        let all = self.reading.is_some().then(|| all.map(|kind| kind.name().to_owned()).collect());
        set("--reading", "reading.generators", list(&all));
        set("--conditioning", "reading.conditioning", list(&self.conditioning));
        let scenarios = self.scenarios.as_ref();
        let scenarios = scenarios.map(|list| list.iter().map(|s| s.name()).collect());
        set("--scenarios", "scenarios", list(&scenarios));
        set("--models", "models", list(&self.models));
        for kind in GeneratorKind::ALL.iter().filter(|kind| kind.is_trained()) {
            let key = format!("generator.{kind}.preset");
            set("--preset", &key, self.preset.clone().map(toml::Value::from));
        }
        set("--epochs", "training.epochs", self.epochs.map(toml::Value::from));
        let until_decided = self.until_decided.then(toml::Table::new);
        set("--until-decided", "until_decided", until_decided.map(toml::Value::from));
        set("--max-seeds", "until_decided.max_seeds", self.max_seeds.map(toml::Value::from));
        set("--claims", "until_decided.claims", self.claims.clone().map(toml::Value::from));
        set("--device", "device", self.device.clone().map(toml::Value::from));
        changes.extend_from_slice(&self.changes);
        changes
    }
}

/// The jobs that a file names.
fn read_keys(path: &Path) -> anyhow::Result<HashSet<String>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let known =
        |line: &str| ["cell ", "fit ", "measure "].iter().any(|kind| line.starts_with(kind));
    if let Some(line) = lines.clone().find(|line| !known(line)) {
        anyhow::bail!(
            "{}: `{line}` names no job; a line is `cell NAME`, `fit NAME` or `measure NAME`",
            path.display()
        );
    }
    Ok(lines.map(str::to_owned).collect())
}

/// What could not be made.
fn lacking(failures: &[Failure]) -> String {
    let mut names: Vec<&str> = failures.iter().map(|failure| failure.name.as_str()).collect();
    // A source that could not be made is not measured either.
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let shown = names[..names.len().min(LACKING)].join(", ");
    let more = match names.len().saturating_sub(LACKING) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    // A program's own words stand above.
    let reason = failures.first().and_then(|failure| failure.reason.lines().next());
    let first = reason.unwrap_or_default().trim_end_matches(':');
    format!(
        "not all could be made: {shown}{more} (the reasons stand above; the first: {first}); the same command \
         goes on with what is missing"
    )
}

/// Most names of what could not be made that are listed.
const LACKING: usize = 5;

/// Which claims speak of cells that the experiment never makes.
fn beyond(verdict: &Verdict, planned: &[Cell]) -> Option<String> {
    let lacking = verdict::not_planned(verdict, planned);
    let (_, cell) = lacking.first()?;
    let claims: Vec<String> = lacking.iter().map(|(claim, _)| format!("`{claim}`")).collect();
    Some(format!(
        "{} {} of cells that this experiment does not make, such as {cell}: more seeds will not answer {}.",
        claims.join(", "),
        if claims.len() == 1 { "speaks" } else { "speak" },
        if claims.len() == 1 { "it" } else { "them" },
    ))
}

/// What is still open after a round, and what is done about it.
fn round_text(round: &Round) -> String {
    let open = count(round.open, "comparison");
    match (round.cells.len(), round.given_up) {
        (0, 0) => "All claims that this experiment can answer are answered.".to_owned(),
        (0, 1) => "One comparison stays open with all its seeds.".to_owned(),
        (0, n) => format!("{n} comparisons stay open with all their seeds."),
        (cells, _) => format!("{open} of open claims undecided; {} next.", count(cells, "cell")),
    }
}

/// All tables of a run.
fn tables(results: &RunResults, colour: bool) -> String {
    let rows: Vec<_> = results.cells.iter().map(|cell| &cell.row).collect();
    let summary = report::Summary::new(&rows);
    let mut text = String::new();
    for model in summary.models() {
        text += &report::auc_table(&summary, model, colour);
        text.push('\n');
        if let Some(table) = report::resample_table(&summary, model, colour) {
            text += &table;
            text.push('\n');
        }
    }
    if let Some(note) = report::copula_gan_note(&summary) {
        text += note;
        text.push('\n');
    }
    if !summary.sources().is_empty() {
        text += &report::identical_table(&summary, &results.environment.dataset);
        text.push('\n');
    }
    let quality = &results.quality;
    let of_rows = [
        report::fidelity_table(quality, colour),
        report::privacy_table(quality, colour),
        report::usefulness(quality, &rows),
    ];
    for part in of_rows.into_iter().flatten() {
        text += &part;
        text.push('\n');
    }
    text += &report::cost_table(&summary);
    text.push('\n');
    text
}

/// Whether seeds were added to some cells alone.
fn uneven(results: &RunResults) -> bool {
    let mut seeds: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for cell in &results.cells {
        let row = &cell.row;
        let way = format!("{}.{}", row.conditioning, row.reading);
        let arm = format!("{}.{way}.{}.{}", row.generator, row.scenario, row.model);
        seeds.entry(arm).or_default().insert(row.seed);
    }
    let counts: BTreeSet<usize> = seeds.into_values().map(|seeds| seeds.len()).collect();
    counts.len() > 1
}

/// What else there is to know about the results, and where they are.
fn closing(results: &RunResults, out: &Path) -> String {
    let data = &results.environment.dataset;
    let mut lines = Vec::new();
    if let Some(best) = data.bayes_auc {
        lines.push(format!(
            "The best AUC that any model can be expected to reach on {} is {:.3} %.",
            data.name,
            100.0 * best
        ));
    }
    let notes = data.notes.iter().cloned().chain(data.few());
    lines.extend(notes.map(|note| format!("Note on {}: {note}.", data.name)));
    if results.environment.device == Device::Cuda {
        lines.push("On cuda a rerun need not give the same bits.".to_owned());
    }
    let (done, planned) = (results.cells.len(), results.planned);
    if done == planned && uneven(results) {
        lines.push(
            "Some cells have more seeds than others; differences are of the seeds that both have. \
             `synthctr verify` says what is decided."
                .to_owned(),
        );
    }
    if done < planned {
        let cells = count(planned, "cell");
        let others = match results.failures.is_empty() {
            true => "; the other shards' are missing",
            false => "",
        };
        lines.push(format!("{} of {cells} are done{others}.", report::whole(done)));
    }
    let measured = !results.quality.is_empty();
    let results = count(done, "result");
    lines.push(format!("{results} in {}", out.join("results.csv").display()));
    if measured {
        let files = [out.join("fidelity.json"), out.join("privacy.json")];
        let [fidelity, privacy] = files.map(|file| file.display().to_string());
        lines.push(format!("How good and how private the rows are in {fidelity} and {privacy}"));
    }
    lines.push(format!("Figures and tables on one page: synthctr report {}", out.display()));
    lines.join("\n")
}
