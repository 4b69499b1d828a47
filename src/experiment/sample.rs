//! The synthetic rows of a run: drawn once per generator and replicate, kept in the run folder.

use super::environment;
use super::store::{self, RunFolder};
use super::{Fingerprint, RunError, Scenario, Source};
use crate::data::{self, Table};
use crate::device::Device;
use crate::files::sha256;
use crate::generators::{self, FitEpoch, FittedGenerator, GeneratorConfig};
use crate::measure::{self, PeakMemory};
use crate::metrics;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::PathBuf;
use std::time::Instant;

/// How a generator was fitted, in its folder and beside the samples.
const FIT: &str = "fit.json";

/// Everything that determines the synthetic rows of one generator in one replicate.
pub(super) struct SampleRequest<'a> {
    /// The generator and how it is fitted.
    pub source: Source,
    /// The generator's settings.
    pub config: GeneratorConfig,
    /// Groups of fields whose combinations are kept.
    pub constraints: &'a [Vec<String>],
    /// Where networks are trained.
    pub device: Device,
    /// Master seed of the replicate.
    pub seed: u64,
    /// The data.
    pub data: &'a Fingerprint,
    /// Whether the fitted generator is kept, if it is one that is trained.
    pub save_generator: bool,
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
    /// Seconds of the fit.
    fit_seconds: f64,
    /// Largest resident memory of the fit, in 10⁶ bytes.
    fit_peak_mb: f64,
    /// The losses of every training.
    trainings: Vec<TrainingInfo>,
}

/// The losses of one training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct TrainingInfo {
    /// The label whose rows were learned; none: all rows.
    label: Option<u8>,
    /// Every epoch.
    epochs: Vec<FitEpoch>,
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
    /// Everything that determines the rows.
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
}

impl SampleRequest<'_> {
    /// Changes when the rows change.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut content = json!({
            "data": self.data,
            "generator": self.config,
            "conditioning": self.source.conditioning,
            "constraints": self.constraints,
            "seed": self.seed,
        });
        if self.source.generator.is_trained() {
            content["device"] = json!(self.device);
        }
        Fingerprint::of(&content)
    }

    /// The rows of label 0 and of label 1: from the run folder, or from a fit on `train`, after
    /// which they are in the run folder.
    pub fn obtain(
        &self,
        folder: &RunFolder,
        train: &Table,
        progress: &dyn Progress,
    ) -> Result<[Sample; 2], RunError> {
        let lacks_generator = self.save_generator
            && self.source.generator.is_trained()
            && self.saved_fit(folder, train).is_none();
        match [self.read(folder, train, 0), self.read(folder, train, 1)] {
            [Some(negatives), Some(positives)] if !lacks_generator => Ok([negatives, positives]),
            _ => self.draw(folder, train, progress),
        }
    }

    /// The file of rows.
    fn path(&self, folder: &RunFolder, label: u8) -> PathBuf {
        let name = format!("{}.seed{}.label{label}.parquet", self.source, self.seed);
        folder.root().join("synthetic").join(name)
    }

    /// The rows in the run folder, if they are whole and those that are asked for.
    fn read(&self, folder: &RunFolder, train: &Table, label: u8) -> Option<Sample> {
        let path = self.path(folder, label);
        let info: SampleInfo = store::read_json(&path.with_extension("json"))?;
        let wanted = info.fingerprint == self.fingerprint();
        if !wanted || sha256(&std::fs::read(&path).ok()?) != info.sha256 {
            return None;
        }
        let rows = data::read_table(&path, train.schema()).ok()?;
        (rows.n_rows() == info.rows).then_some(Sample { rows, info })
    }

    /// Where the fitted generator is kept.
    fn generator_path(&self, folder: &RunFolder) -> PathBuf {
        folder.generator_path(&self.source, self.seed)
    }

    /// The fitted generator in the run folder, if it is whole and the one that is asked for.
    fn saved_fit(&self, folder: &RunFolder, train: &Table) -> Option<Fit> {
        let path = self.generator_path(folder);
        let info: FitInfo = store::read_json(&path.join(FIT))?;
        if info.fingerprint != self.fingerprint() {
            return None;
        }
        let generator = FittedGenerator::load(&path, self.device).ok()?;
        let same = *generator.config() == self.config && generator.schema() == train.schema();
        same.then_some(Fit { generator, seconds: info.fit_seconds, peak_mb: info.fit_peak_mb })
    }

    /// Fits the generator. Of one that is trained the losses are kept, and itself if asked for.
    fn fit(
        &self,
        folder: &RunFolder,
        train: &Table,
        progress: &dyn Progress,
    ) -> Result<Fit, RunError> {
        let failed = |source| RunError::Generator { source, name: self.source.to_string() };
        let seed = Seed::master(self.seed)
            .derive(&format!("fit/{}/{}", self.source.generator, self.source.conditioning));
        let (peak, start) = (PeakMemory::start(), Instant::now());
        let generator = generators::fit(
            &self.config,
            self.source.conditioning,
            self.constraints,
            train,
            self.device,
            seed,
            progress,
        )
        .map_err(failed)?;
        let (seconds, peak_mb) = (measure::seconds(start), peak.megabytes());
        let trainings: Vec<_> = generator
            .histories()
            .map(|(label, epochs)| TrainingInfo { label, epochs: epochs.to_vec() })
            .collect();
        if !trainings.is_empty() {
            let info = FitInfo {
                fingerprint: self.fingerprint(),
                device: self.device,
                machine: environment::machine(),
                fit_seconds: seconds,
                fit_peak_mb: peak_mb,
                trainings,
            };
            let name = format!("{}.seed{}.{FIT}", self.source, self.seed);
            folder.write_json(&format!("synthetic/{name}"), &info)?;
            let path = self.generator_path(folder);
            // A generator of other settings must not stand beside these samples.
            folder.remove_folder(&path)?;
            if self.save_generator && generator.save(&path).map_err(failed)? {
                store::write_json(&path.join(FIT), &info)?;
            }
        }
        Ok(Fit { generator, seconds, peak_mb })
    }

    /// Draws both labels' rows, stores them and reads them again: so a run and
    /// its continuation after a kill are certain to see the same rows.
    fn draw(
        &self,
        folder: &RunFolder,
        train: &Table,
        progress: &dyn Progress,
    ) -> Result<[Sample; 2], RunError> {
        let failed = |source| RunError::Generator { source, name: self.source.to_string() };
        let master = Seed::master(self.seed);
        let stream = format!("{}/{}", self.source.generator, self.source.conditioning);
        let Fit { generator, seconds: fit_seconds, peak_mb: fit_peak_mb } =
            match self.saved_fit(folder, train) {
                Some(fit) => fit,
                None => self.fit(folder, train, progress)?,
            };
        let sizes = Scenario::sample_rows([train.count(0), train.count(1)]);
        let draw_label = |label: u8| {
            let n = sizes[usize::from(label)];
            let (peak, start) = (PeakMemory::start(), Instant::now());
            let seed = master.derive(&format!("sample/{stream}"));
            let rows = generator.sample(label, n, seed, progress).map_err(failed)?;
            let (sample_seconds, sample_peak_mb) = (measure::seconds(start), peak.megabytes());
            let path = self.path(folder, label);
            data::write_parquet(&rows, &path)?;
            let written = std::fs::read(&path).map_err(store::StoreError::io("read", &path))?;
            let identical = metrics::identical_rows(&rows, train);
            let info = SampleInfo {
                fingerprint: self.fingerprint(),
                sha256: sha256(&written),
                rows: rows.n_rows(),
                identical_rows: identical.with_label,
                identical_rows_without_label: identical.without_label,
                fit_seconds,
                fit_peak_mb,
                sample_seconds,
                sample_peak_mb,
            };
            store::write_json(&path.with_extension("json"), &info)?;
            let read = self.read(folder, train, label).filter(|sample| sample.rows == rows);
            read.ok_or(RunError::Sample(path))
        };
        Ok([draw_label(0)?, draw_label(1)?])
    }
}
