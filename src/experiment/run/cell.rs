//! Making one cell's result.

use super::evaluate::{Evaluation, Judge};
use super::learner::Trained;
use super::sample::{Sample, SampleInfo};
use super::train::Trainer;
use super::{RunError, Runner, Task};
use crate::data::Table;
use crate::experiment::ALGORITHM_REVISION;
use crate::experiment::plan::{Cell, SampleSeed, Scenario, Source};
use crate::experiment::store::{
    CellRecord, Found, ResultRow, RunFolder, SampleUsed, Scores, environment,
};
use crate::measure::{self, PeakMemory};
use crate::metrics::{self, DeLong};
use crate::progress::Progress;
use std::time::Instant;

/// Why a cell lacks its covariance with `base`.
pub(super) const NO_COVARIANCE: &str = "auc_covariance_base: the scores of this replicate's `base`, or \
     of this cell, are not in the run folder";

/// What the cells of a run share.
pub(super) struct Bench<'a> {
    pub runner: &'a Runner,
    pub folder: &'a RunFolder,
    pub trainer: &'a dyn Trainer,
    pub judge: Judge<'a>,
    /// Cells and fits worked on at once.
    pub jobs: usize,
}

/// The samples used last: the next cell mostly needs the same.
#[derive(Default)]
pub(super) struct AtHand(Option<(Source, SampleSeed, [Option<Sample>; 2])>);

/// What a cell's model is trained on.
pub(super) struct TrainingRows {
    pub all: Table,
    synthetic: usize,
    identical: metrics::Identical,
    samples: Vec<SampleUsed>,
    /// Of the samples the synthetic rows are from.
    infos: Vec<SampleInfo>,
}

impl Bench<'_> {
    /// Makes one cell's result and stores it.
    pub fn work_on(
        &self,
        task: &Task,
        at_hand: &mut AtHand,
        progress: &dyn Progress,
    ) -> Result<CellRecord, RunError> {
        let (runner, folder, cell) = (self.runner, self.folder, &task.cell);
        let split = &runner.dataset.split;
        let samples = self.samples(cell, at_hand, progress)?;
        let (peak, start) = (PeakMemory::of(self.jobs), Instant::now());
        let rows = self.rows(cell, samples);
        // A model of other settings must not stand beside this result.
        folder.remove_folder(&folder.model_path(cell))?;
        let Trained { scored, seconds: train_seconds, peak_mb: train_peak_mb } =
            self.train(cell, &rows, (peak, start), progress)?;
        let start = Instant::now();
        let trained_on = [rows.all.count(0), rows.all.count(1)];
        let evaluation = self
            .judge
            .evaluate(scored.oracle, trained_on)
            .ok_or_else(|| RunError::NoAuc(cell.name()))?;
        let scores =
            Scores { labels: split.test.labels().to_vec(), scores: evaluation.scores.clone() };
        let scores_path = folder.scores_path(cell);
        if runner.options.save_scores {
            scores.write(&scores_path)?;
        } else {
            // Scores of another result must not stand beside this one.
            folder.remove_file(&scores_path)?;
        }
        let covariance = runner.covariance_with_base(folder, cell, &scores)?;
        let used = |get: fn(&SampleInfo) -> f64| rows.infos.iter().map(get);
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, f64::max);
        let fit_peak_mb = most(&mut used(|info| info.fit_peak_mb));
        let sample_peak_mb = most(&mut used(|info| info.sample_peak_mb));
        let mut notes = evaluation.notes.clone();
        if covariance.is_none() {
            notes.push(NO_COVARIANCE.to_owned());
        }
        let Evaluation { auc, logloss, ranking, auc_by_third: [head, middle, tail], .. } =
            evaluation;
        let row = ResultRow {
            dataset: runner.dataset.name.clone(),
            generator: cell.generator_name().to_owned(),
            conditioning: cell.conditioning_name().to_owned(),
            scenario: cell.scenario,
            model: cell.model,
            seed: cell.seed,
            device: runner.device,
            test_auc: auc,
            test_logloss: logloss,
            valid_auc: scored.valid_auc,
            epochs: scored.history.len(),
            train_rows: rows.all.n_rows(),
            synthetic_rows: rows.synthetic,
            identical_rows: rows.identical.with_label,
            fit_seconds: most(&mut used(|info| info.fit_seconds)),
            // From 0.0, since an empty sum is -0.0.
            sample_seconds: used(|info| info.sample_seconds).fold(0.0, |sum, s| sum + s),
            train_seconds,
            peak_rss_mb: fit_peak_mb.max(sample_peak_mb).max(train_peak_mb),
            identical_rows_without_label: rows.identical.without_label,
            fit_peak_mb,
            sample_peak_mb,
            train_peak_mb,
            group_auc: evaluation.group_auc,
            normalised_entropy: evaluation.normalised_entropy,
            calibration_error: evaluation.calibration_error,
            predicted_over_observed: evaluation.predicted_over_observed,
            corrected_logloss: evaluation.corrected_logloss,
            auc_head: head,
            auc_middle: middle,
            auc_tail: tail,
            auc_variance: evaluation.variance,
            auc_covariance_base: covariance,
            hit_rate_10: ranking.as_ref().map(|ranking| ranking.hit_rate),
            ndcg_10: ranking.as_ref().map(|ranking| ranking.ndcg),
            coverage_10: ranking.as_ref().map(|ranking| ranking.coverage),
            novelty_10: ranking.as_ref().map(|ranking| ranking.novelty),
            evaluate_seconds: measure::seconds(start),
            jobs: self.jobs,
            fit_seed: cell.source.map(|_| cell.sample.fit),
            draw_seed: cell.source.map(|_| cell.sample.draw),
            reading: cell.reading_name().to_owned(),
        };
        let record = CellRecord {
            row,
            program: environment::PROGRAM.to_owned(),
            revision: ALGORITHM_REVISION,
            machine: environment::machine(),
            instruction_set: environment::instruction_set().to_owned(),
            fingerprint: task.fingerprint.clone(),
            data: Some(runner.summary.fingerprint.clone()),
            settings: Some(task.settings.clone()),
            training: Some(task.training.clone()),
            samples: rows.samples,
            scores_sha256: scores.sha256(),
            notes,
            history: scored.history,
            importance: evaluation.importance,
            score_quantiles: evaluation.quantiles,
        };
        folder.write_cell(cell, &record)?;
        Ok(record)
    }

    /// The samples that a cell takes its synthetic rows from.
    fn samples<'s>(
        &self,
        cell: &Cell,
        at_hand: &'s mut AtHand,
        progress: &dyn Progress,
    ) -> Result<Option<&'s [Option<Sample>; 2]>, RunError> {
        let runner = self.runner;
        let Some(request) = runner.request(cell, self.jobs) else { return Ok(None) };
        let wanted = |(source, seed, _): &(Source, SampleSeed, _)| {
            (*source, *seed) == (request.source, request.seed)
        };
        let kept = at_hand.0.take().filter(wanted);
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let train = &runner.dataset.split.train;
                let counts = runner.sample_rows();
                let samples = request.obtain(self.folder, train, counts, progress)?;
                (request.source, request.seed, samples)
            }
        };
        Ok(Some(&at_hand.0.insert(kept).2))
    }

    /// The rows a cell's model is trained on: the real ones, then the synthetic ones.
    fn rows(&self, cell: &Cell, samples: Option<&[Option<Sample>; 2]>) -> TrainingRows {
        let train = &self.runner.dataset.split.train;
        let counts = cell.scenario.synthetic_rows([train.count(0), train.count(1)]);
        let mut synthetic = Table::empty(train.schema().clone());
        let (mut used, mut infos) = (Vec::new(), Vec::new());
        for (sample, n) in samples.into_iter().flatten().zip(counts).filter(|(_, n)| *n > 0) {
            let Some(sample) = sample else { continue };
            let (rows, sample_used) = sample.first(n);
            synthetic.extend(&rows);
            used.push(sample_used);
            infos.push(sample.info.clone());
        }
        assert_eq!(
            [synthetic.count(0), synthetic.count(1)],
            counts,
            "the scenario {} got the rows it asked for",
            cell.scenario
        );
        let identical = metrics::identical_rows(&synthetic, train);
        let mut all = match cell.scenario.keeps_real_rows() {
            true => train.clone(),
            false => Table::empty(train.schema().clone()),
        };
        all.extend(&synthetic);
        let synthetic = synthetic.n_rows();
        TrainingRows { all, synthetic, identical, samples: used, infos }
    }
}

impl Runner {
    /// The covariance of a cell's test AUC with that of its replicate's `base`, if that is done with these settings.
    pub(super) fn covariance_with_base(
        &self,
        folder: &RunFolder,
        cell: &Cell,
        scores: &Scores,
    ) -> Result<Option<f64>, RunError> {
        let base =
            Cell { source: None, scenario: Scenario::Base, sample: cell.seed.into(), ..*cell };
        let of_base = match base == *cell {
            true => Some(scores.clone()),
            false => match self.task(base).find(folder)? {
                Found::Standing(record) => Scores::read(&folder.scores_path(&base))
                    .filter(|scores| scores.sha256() == record.scores_sha256),
                _ => None,
            },
        };
        let of_base = of_base.filter(|of_base| of_base.labels == scores.labels);
        let delong = |scores: &Scores| DeLong::new(&scores.labels, &scores.scores);
        let both = of_base.and_then(|of_base| delong(scores).zip(delong(&of_base)));
        Ok(both.map(|(a, b)| a.covariance(&b)).filter(|covariance| covariance.is_finite()))
    }
}
