//! The synthetic rows of a run: drawn once per generator and replicate, kept in the run folder.

use super::RunError;
use super::leak::Withheld;
use super::origin::Origin;
use super::snapshot::Snapshot;
use crate::data::{self, Dataset, Table};
use crate::device::Device;
use crate::experiment::plan::{Fingerprint, SampleSeed, Source};
use crate::experiment::store::{self, Lock, RunFolder, SampleUsed, StoreError, environment};
use crate::external::{Asked, ExternalGenerator};
use crate::files::sha256;
use crate::generators::{
    self, FitEpoch, FitOptions, FittedGenerator, GeneratorConfig, Moved, Reading,
};
use crate::measure::{self, PeakMemory};
use crate::metrics;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Instant;

/// How a generator was fitted, in its folder and beside the samples.
const FIT: &str = "fit.json";

/// Everything that determines the synthetic rows of one generator in one replicate.
pub(super) struct SampleRequest<'a> {
    /// The generator and how it is fitted.
    pub source: Source,
    /// What makes the rows.
    pub origin: Origin<'a>,
    /// How many rows of each label the experiment needs at most.
    pub asked: [usize; 2],
    /// Where the training rows are from.
    pub dataset: &'a Dataset,
    /// The rows that nothing may be learned from, found where a user's own are looked at.
    pub withheld: &'a OnceLock<Withheld>,
    /// Groups of fields whose combinations are kept.
    pub constraints: &'a [Vec<String>],
    /// The fields read as numbers, of a source that reads numbers.
    pub numbers: &'a [String],
    /// Where networks are trained.
    pub device: Device,
    /// Master seeds of the fit and the draws.
    pub seed: SampleSeed,
    /// The data.
    pub data: &'a Fingerprint,
    /// Whether the fitted generator is kept, if it is one that is trained.
    pub save_generator: bool,
    /// How much else is worked on meanwhile, itself included.
    pub jobs: usize,
}

/// The file beside the samples that says how a trained generator was fitted; one more copy in a
/// saved generator's folder, written last, says that the folder is whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FitInfo {
    /// Everything that determines the fit.
    fingerprint: Fingerprint,
    /// Where it was made.
    device: Device,
    /// The processor and its number of threads.
    machine: String,
    /// How much was worked on at once.
    #[serde(default = "one")]
    jobs: usize,
    /// Seconds of the fit.
    fit_seconds: f64,
    /// Largest resident memory of the fit, in 10⁶ bytes.
    fit_peak_mb: f64,
    /// The losses of every training.
    trainings: Vec<TrainingInfo>,
}

fn one() -> usize {
    1
}

/// The losses of one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct TrainingInfo {
    /// The label whose rows were learned; none: all rows.
    label: Option<u8>,
    /// Every epoch.
    epochs: Vec<FitEpoch>,
}

/// Time and memory of making rows.
#[derive(Clone, Copy)]
struct Took {
    fit_seconds: f64,
    fit_peak_mb: f64,
    sample_seconds: f64,
    sample_peak_mb: f64,
}

/// A generator ready to be drawn from, and what the fit took.
struct Fit {
    generator: FittedGenerator,
    seconds: f64,
    peak_mb: f64,
}

/// The rows drawn for one label.
pub(super) struct Sample {
    /// The rows; scenarios take their first ones.
    pub rows: Table,
    /// How they were made.
    pub info: SampleInfo,
}

/// The file beside a sample's rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SampleInfo {
    /// Everything that determines the rows, their number included.
    pub fingerprint: Fingerprint,
    /// Hash of the file of rows.
    pub sha256: String,
    /// Number of rows.
    pub rows: usize,
    /// Rows that stand in train with the same label.
    pub identical_rows: usize,
    /// Rows that stand in train whatever their label.
    pub identical_rows_without_label: usize,
    /// Seconds of the fit, which served both labels.
    pub fit_seconds: f64,
    /// Largest resident memory of the fit, in 10⁶ bytes.
    pub fit_peak_mb: f64,
    /// Seconds of drawing these rows.
    pub sample_seconds: f64,
    /// Largest resident memory of drawing them, in 10⁶ bytes.
    pub sample_peak_mb: f64,
    /// Of rows that a user brings: those that stand in validation or test and not in train.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld_rows: Option<usize>,
    /// Numbers drawn that became the nearest one that train holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
}

impl Sample {
    /// The first `n` rows, and what a result says of them.
    ///
    /// # Panics
    /// If there are fewer: who asks has seen to it that there are not.
    pub fn first(&self, n: usize) -> (Table, SampleUsed) {
        assert!(self.rows.n_rows() >= n, "a sample of {} rows, not {n}", self.rows.n_rows());
        let rows = self.rows.head(n);
        let label = rows.labels().first().copied().unwrap_or(0);
        let used = SampleUsed { label, rows: n, sha256: rows_sha256(&rows) };
        (rows, used)
    }
}

/// Hash of a table's labels and codes.
fn rows_sha256(rows: &Table) -> String {
    let codes = rows.columns().iter().flatten().flat_map(|code| code.to_le_bytes());
    let bytes: Vec<u8> = rows.labels().iter().copied().chain(codes).collect();
    sha256(&bytes)
}

impl SampleRequest<'_> {
    /// All that the fit hangs on.
    fn fit_content(&self) -> Value {
        let mut content = json!({
            "data": self.data,
            "generator": self.origin.content(
                self.source.way.reading,
                self.dataset,
                self.seed.fit,
                self.asked,
            ),
            "conditioning": self.source.way.conditioning,
            "constraints": self.constraints,
            "seed": self.seed.fit,
        });
        if self.source.way.reading == Reading::Numbers {
            content["numbers"] = json!(self.numbers);
        }
        if self.source.generator.is_trained() {
            content["device"] = json!(self.device);
        }
        content
    }

    /// Changes when the fit does.
    fn fit_fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.fit_content())
    }

    /// Changes when the first `counts` rows of each label do.
    pub fn fingerprint(&self, counts: [usize; 2]) -> Fingerprint {
        let mut content = self.fit_content();
        content["rows"] = json!(counts);
        if self.seed.draw != self.seed.fit {
            content["draw_seed"] = json!(self.seed.draw);
        }
        Fingerprint::of(&content)
    }

    /// As [`fingerprint`](Self::fingerprint) for the rows of one label.
    fn fingerprint_of(&self, label: u8, n: usize) -> Fingerprint {
        self.fingerprint(if label == 0 { [n, 0] } else { [0, n] })
    }

    /// What the generator and the replicate are called.
    pub fn name(&self) -> String {
        format!("{}.{}", self.source, self.seed)
    }

    /// Whether the run folder has at least `counts` rows of each label, and the fitted generator if
    /// it is to be kept.
    pub fn stands(&self, folder: &RunFolder, train: &Table, counts: [usize; 2]) -> bool {
        let lacks_generator = self.save_generator
            && self.source.generator.is_trained()
            && self.saved_fit(folder, train).is_none();
        let drawn = |label: u8| {
            counts[usize::from(label)] == 0
                || self.info(folder, label).is_some_and(|i| i.rows >= counts[usize::from(label)])
        };
        !lacks_generator && drawn(0) && drawn(1)
    }

    /// Sees to it that the run folder has at least `counts` rows of each label: fits and draws
    /// where it has not. Whoever else wants the same waits meanwhile.
    pub fn make(
        &self,
        folder: &RunFolder,
        train: &Table,
        counts: [usize; 2],
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        let _lock = self.lock(folder, false, progress)?;
        if self.stands(folder, train, counts) {
            return Ok(());
        }
        self.draw(folder, train, counts, progress)
    }

    /// At least `counts` rows of each label, from the run folder; none of a label of which none are
    /// wanted.
    pub fn obtain(
        &self,
        folder: &RunFolder,
        train: &Table,
        counts: [usize; 2],
        progress: &dyn Progress,
    ) -> Result<[Option<Sample>; 2], RunError> {
        let read = || {
            let _lock = self.lock(folder, true, progress)?;
            let read = |label: u8| {
                let n = counts[usize::from(label)];
                let sample = (n > 0).then(|| self.read(folder, train, label))?;
                sample.filter(|sample| sample.rows.n_rows() >= n)
            };
            Ok::<_, RunError>([read(0), read(1)])
        };
        let lacks = |samples: &[Option<Sample>; 2]| {
            (0..2u8).find(|&label| {
                counts[usize::from(label)] > 0 && samples[usize::from(label)].is_none()
            })
        };
        let mut samples = read()?;
        if lacks(&samples).is_some() {
            self.make(folder, train, counts, progress)?;
            samples = read()?;
        }
        match lacks(&samples) {
            None => Ok(samples),
            Some(label) => Err(RunError::Sample(self.path(folder, label))),
        }
    }

    fn lock(
        &self,
        folder: &RunFolder,
        shared: bool,
        progress: &dyn Progress,
    ) -> Result<Lock, StoreError> {
        folder.lock(&self.source, self.seed.fit, shared, || {
            progress.start(&format!("wait for another process at {}", self.name()), 0);
        })
    }

    /// The file of rows.
    fn path(&self, folder: &RunFolder, label: u8) -> PathBuf {
        let name = format!("{}.label{label}.parquet", self.name());
        folder.root().join("synthetic").join(name)
    }

    /// What stands beside the rows in the run folder, if they are whole and those of this request.
    fn info(&self, folder: &RunFolder, label: u8) -> Option<SampleInfo> {
        let path = self.path(folder, label);
        let info: SampleInfo = store::read_json(&path.with_extension("json"))?;
        let wanted = info.fingerprint == self.fingerprint_of(label, info.rows);
        (wanted && sha256(&std::fs::read(&path).ok()?) == info.sha256).then_some(info)
    }

    /// The rows in the run folder, if they are whole and those of this request.
    fn read(&self, folder: &RunFolder, train: &Table, label: u8) -> Option<Sample> {
        let info = self.info(folder, label)?;
        let rows = data::read_table(&self.path(folder, label), train.schema()).ok()?;
        let whole = rows.n_rows() == info.rows && rows.count(label) == info.rows;
        whole.then_some(Sample { rows, info })
    }

    /// How many of the rows in the run folder stand in validation or test and not in train, if they are a user's;
    /// and how many rows there are.
    pub fn withheld_rows(&self, folder: &RunFolder) -> [usize; 2] {
        let infos = (0..2).filter_map(|label| self.info(folder, label));
        infos.fold([0, 0], |[withheld, rows], info| {
            [withheld + info.withheld_rows.unwrap_or(0), rows + info.rows]
        })
    }

    /// Where the fitted generator is kept.
    fn generator_path(&self, folder: &RunFolder) -> PathBuf {
        folder.generator_path(&self.source, self.seed.fit)
    }

    /// Whether a fitted generator in the run folder says that it is the one that is asked for.
    pub fn has_fit(&self, folder: &RunFolder) -> bool {
        self.saved_info(folder).is_some()
    }

    fn saved_info(&self, folder: &RunFolder) -> Option<FitInfo> {
        let info: FitInfo = store::read_json(&self.generator_path(folder).join(FIT))?;
        (info.fingerprint == self.fit_fingerprint()).then_some(info)
    }

    /// The fitted generator in the run folder, if it is whole and the one that is asked for.
    fn saved_fit(&self, folder: &RunFolder, train: &Table) -> Option<Fit> {
        let path = self.generator_path(folder);
        let info = self.saved_info(folder)?;
        let generator = FittedGenerator::load(&path, self.device).ok()?;
        let same = matches!(&self.origin, Origin::Ours(config) if config == generator.config());
        let same = same && generator.schema() == train.schema();
        same.then_some(Fit { generator, seconds: info.fit_seconds, peak_mb: info.fit_peak_mb })
    }

    /// Fits the generator. Of one that is trained the losses are kept, and itself if asked for.
    fn fit(
        &self,
        config: &GeneratorConfig,
        folder: &RunFolder,
        train: &Table,
        progress: &dyn Progress,
    ) -> Result<Fit, RunError> {
        let failed = |source| RunError::Generator { source, name: self.source.to_string() };
        let seed = Seed::master(self.seed.fit).derive(&format!("fit/{}", self.source.stream()));
        let options = FitOptions {
            way: self.source.way,
            numbers: Some(self.numbers),
            constraints: self.constraints,
        };
        let (peak, start) = (PeakMemory::of(self.jobs), Instant::now());
        let generator =
            generators::fit(config, options, train, self.device, seed, progress).map_err(failed)?;
        let (seconds, peak_mb) = (measure::seconds(start), peak.megabytes());
        let trainings: Vec<_> = generator
            .histories()
            .map(|(label, epochs)| TrainingInfo { label, epochs: epochs.to_vec() })
            .collect();
        if !trainings.is_empty() {
            let info = FitInfo {
                fingerprint: self.fit_fingerprint(),
                device: self.device,
                machine: environment::machine(),
                jobs: self.jobs,
                fit_seconds: seconds,
                fit_peak_mb: peak_mb,
                trainings,
            };
            let name = format!("{}.{FIT}", self.name());
            folder.write_json(&format!("synthetic/{name}"), &info)?;
            let path = self.generator_path(folder);
            // A generator of other settings must not stand beside these samples.
            folder.remove_folder(&path)?;
            if self.save_generator {
                generator.save(&path).map_err(failed)?;
                store::write_json(&path.join(FIT), &info)?;
            }
        }
        Ok(Fit { generator, seconds, peak_mb })
    }

    /// Draws rows of each label of which some are wanted, stores them and reads them again: so a run
    /// and its continuation after a kill are certain to see the same rows.
    fn draw(
        &self,
        folder: &RunFolder,
        train: &Table,
        counts: [usize; 2],
        progress: &dyn Progress,
    ) -> Result<(), RunError> {
        let config = match &self.origin {
            Origin::Ours(config) => config,
            Origin::External(external) => return self.fetch(external, folder, train, counts),
        };
        let failed = |source| RunError::Generator { source, name: self.source.to_string() };
        let Fit { generator, seconds: fit_seconds, peak_mb: fit_peak_mb } =
            match self.saved_fit(folder, train) {
                Some(fit) => fit,
                None => self.fit(config, folder, train, progress)?,
            };
        for (label, n) in (0..2u8).zip(counts).filter(|(_, n)| *n > 0) {
            let (peak, start) = (PeakMemory::of(self.jobs), Instant::now());
            let seed =
                Seed::master(self.seed.draw).derive(&format!("sample/{}", self.source.stream()));
            let (rows, moved) = generator.draw(label, n, seed, progress).map_err(failed)?;
            let (sample_seconds, sample_peak_mb) = (measure::seconds(start), peak.megabytes());
            let took = Took { fit_seconds, fit_peak_mb, sample_seconds, sample_peak_mb };
            self.store(folder, train, label, &rows, moved, took)?;
        }
        Ok(())
    }

    /// Has a generator that the user brings make the rows, and stores them.
    fn fetch(
        &self,
        external: &Snapshot<ExternalGenerator>,
        folder: &RunFolder,
        train: &Table,
        counts: [usize; 2],
    ) -> Result<(), RunError> {
        let SampleSeed { fit, draw } = self.seed;
        let stream = format!("external/{}/{draw}", self.source.stream());
        let asked = Asked {
            train,
            counts,
            constraints: self.constraints,
            user: self.dataset.user.as_deref(),
            item: self.dataset.item.as_deref(),
            seed: Seed::master(fit).derive(&stream).for_programs(),
            replicate: fit,
            threads: rayon::current_num_threads(),
        };
        let at = folder.external().join(self.name());
        let made = external.settings.make(&asked, &at).map_err(|source| {
            RunError::ExternalRows { name: self.name(), source: Box::new(source) }
        })?;
        let took = Took {
            fit_seconds: made.seconds,
            fit_peak_mb: made.peak_mb,
            sample_seconds: 0.0,
            sample_peak_mb: 0.0,
        };
        for (label, rows) in (0..2u8).zip(&made.rows).filter(|(_, rows)| rows.n_rows() > 0) {
            self.store(folder, train, label, rows, Moved::default(), took)?;
        }
        Ok(())
    }

    /// Stores the rows of a label and reads them again.
    fn store(
        &self,
        folder: &RunFolder,
        train: &Table,
        label: u8,
        rows: &Table,
        moved: Moved,
        took: Took,
    ) -> Result<(), RunError> {
        let path = self.path(folder, label);
        data::write_parquet(rows, &path)?;
        let written = std::fs::read(&path).map_err(StoreError::io("read", &path))?;
        let identical = metrics::identical_rows(rows, train);
        let withheld = || Withheld::once(self.withheld, &self.dataset.split);
        let withheld_rows = match self.origin {
            Origin::Ours(_) => None,
            Origin::External(_) => Some(withheld().count(rows)),
        };
        let info = SampleInfo {
            fingerprint: self.fingerprint_of(label, rows.n_rows()),
            sha256: sha256(&written),
            rows: rows.n_rows(),
            identical_rows: identical.with_label,
            identical_rows_without_label: identical.without_label,
            withheld_rows,
            fit_seconds: took.fit_seconds,
            fit_peak_mb: took.fit_peak_mb,
            sample_seconds: took.sample_seconds,
            sample_peak_mb: took.sample_peak_mb,
            moved: (moved.of > 0).then_some(moved),
        };
        store::write_json(&path.with_extension("json"), &info)?;
        let read = self.read(folder, train, label).filter(|sample| sample.rows == *rows);
        read.map(|_| ()).ok_or(RunError::Sample(path))
    }
}
