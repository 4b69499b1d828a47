//! One subject's fit and its draws or scores.

use super::{BenchConfig, BenchError};
use crate::ctr::{self, ModelKind, TrainingConfig};
use crate::data::{Dataset, Table};
use crate::device::Device;
use crate::experiment::ModelSettings;
use crate::generators::{
    self, Conditioning, FitOptions, GeneratorConfig, GeneratorKind, Reading, Way,
};
use crate::progress::Progress;
use crate::seed::Seed;
use std::time::Instant;

/// Rows drawn or scored at once at most.
const SAMPLE_ROWS: usize = 20_000;

/// The data and the settings of all measurements.
pub(super) struct Bench<'a> {
    pub config: &'a BenchConfig,
    pub dataset: &'a Dataset,
    pub train: Table,
}

/// What was timed of one subject.
pub(super) struct Timed {
    pub reading: Reading,
    pub epochs: Option<usize>,
    pub fit_seconds: f64,
    pub sample_rows: usize,
    pub sample_seconds: f64,
}

/// The median, the first left out where there are others: it includes what is done but once.
fn median(mut seconds: Vec<f64>) -> f64 {
    if seconds.len() > 1 {
        seconds.remove(0);
    }
    seconds.sort_unstable_by(f64::total_cmp);
    let middle = seconds.len() / 2;
    match seconds.len() % 2 {
        1 => seconds[middle],
        _ => 0.5 * (seconds[middle - 1] + seconds[middle]),
    }
}

impl Bench<'_> {
    /// Times `repeats` calls.
    fn repeat<T>(
        &self,
        mut call: impl FnMut() -> Result<T, BenchError>,
    ) -> Result<(T, f64), BenchError> {
        let mut seconds = Vec::new();
        loop {
            let start = Instant::now();
            let result = call()?;
            seconds.push(start.elapsed().as_secs_f64());
            if seconds.len() >= self.config.repeats {
                return Ok((result, median(seconds)));
            }
        }
    }

    pub fn generator(
        &self,
        kind: GeneratorKind,
        device: Device,
        progress: &dyn Progress,
    ) -> Result<Timed, BenchError> {
        let config = GeneratorConfig::preset(kind, self.config.preset)
            .with_fields(self.dataset.item.as_deref(), self.dataset.user.as_deref())
            .with_epochs(self.config.epochs, self.train.n_rows());
        let conditioning = match kind.conditionings() {
            [only] => *only,
            _ => Conditioning::Joint,
        };
        let knows = kind.readings().contains(&self.config.reading);
        let reading = if knows { self.config.reading } else { Reading::Categories };
        let way = Way { conditioning, reading };
        let fit = || {
            let (train, seed) = (&self.train, Seed::master(1));
            Ok(generators::fit(&config, FitOptions::new(way), train, device, seed, progress)?)
        };
        let (fitted, epochs, fit_seconds) = match kind.is_trained() {
            true => {
                let fitted = fit()?;
                let epochs = fitted.histories().flat_map(|(_, history)| history);
                let seconds: Vec<f64> = epochs.map(|epoch| epoch.seconds).collect();
                (fitted, Some(seconds.len()), median(seconds))
            }
            false => {
                let (fitted, seconds) = self.repeat(fit)?;
                (fitted, None, seconds)
            }
        };
        let label = u8::from(self.train.count(1) > 0);
        let sample_rows = self.train.n_rows().min(SAMPLE_ROWS);
        let (_, sample_seconds) =
            self.repeat(|| Ok(fitted.sample(label, sample_rows, Seed::master(2), progress)?))?;
        Ok(Timed { reading, epochs, fit_seconds, sample_rows, sample_seconds })
    }

    pub fn model(
        &self,
        kind: ModelKind,
        device: Device,
        progress: &dyn Progress,
    ) -> Result<Timed, BenchError> {
        let epochs = self.config.epochs;
        let training =
            TrainingConfig { epochs, patience: epochs.max(1), ..TrainingConfig::default() };
        let model = ModelSettings::default().of(kind);
        let valid = &self.dataset.split.valid;
        let trained = ctr::train(
            device,
            &model,
            &training,
            ctr::TrainingRows::new(&self.train, valid),
            Seed::master(1),
            progress,
        )?;
        let seconds: Vec<f64> = trained.history().iter().map(|epoch| epoch.seconds).collect();
        let epochs = seconds.len();
        let rows = self.train.head(SAMPLE_ROWS);
        let (_, sample_seconds) = self.repeat(|| Ok(trained.predict(&rows)))?;
        Ok(Timed {
            reading: Reading::Categories,
            epochs: Some(epochs),
            fit_seconds: median(seconds),
            sample_rows: rows.n_rows(),
            sample_seconds,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_first_counts_only_if_it_is_the_only_one() {
        assert_eq!(median(vec![9.0]), 9.0);
        assert_eq!(median(vec![9.0, 1.0]), 1.0);
        assert_eq!(median(vec![9.0, 4.0, 1.0]), 2.5);
        assert_eq!(median(vec![9.0, 4.0, 1.0, 2.0]), 2.0);
    }
}
