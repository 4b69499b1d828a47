//! Results gathered over the replicates: one entry per generator, way of fitting, scenario, model.

use super::stats::Sample;
use crate::ctr::AnyModel;
use crate::experiment::{ResultRow, Scenario};
use std::collections::{BTreeSet, HashMap};

/// The results of one generator, way of fitting, scenario and model over all seeds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// Test AUC in percent.
    pub auc: Sample,
    /// Test AUC minus the same seed's `base`, in points of percent.
    pub gain: Sample,
    /// Test AUC minus that of the same seed and scenario with `resample`, in points of percent.
    pub over_resample: Sample,
}

/// The generator that copies real rows.
pub(super) const RESAMPLE: &str = "resample";

/// Results gathered over the replicates.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    rows: &'a [&'a ResultRow],
    base: HashMap<(AnyModel, u64), f64>,
    resample: HashMap<(Scenario, AnyModel, u64), f64>,
}

/// A generator and how it was fitted, as tables name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The generator.
    pub generator: String,
    /// `joint`, `per-class`, `joint numbers`.
    pub way: String,
}

impl Source {
    /// Where a result's synthetic rows come from.
    fn of(row: &ResultRow) -> Self {
        Self { generator: row.generator.clone(), way: row.way() }
    }
}

impl<'a> Summary<'a> {
    /// Gathers `rows`, all of one data set.
    pub fn new(rows: &'a [&'a ResultRow]) -> Self {
        let base = rows
            .iter()
            .filter(|row| row.scenario == Scenario::Base)
            .map(|row| ((row.model, row.seed), row.test_auc))
            .collect();
        let resample = rows
            .iter()
            .filter(|row| row.generator == RESAMPLE)
            .map(|row| ((row.scenario, row.model, row.seed), row.test_auc))
            .collect();
        Self { rows, base, resample }
    }

    /// The models there are results of, in the order of reports.
    pub fn models(&self) -> Vec<AnyModel> {
        let models: BTreeSet<AnyModel> = self.rows.iter().map(|row| row.model).collect();
        models.into_iter().collect()
    }

    /// The scenarios with synthetic rows there are results of, in the order of reports.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let scenarios = self.rows.iter().map(|row| row.scenario);
        scenarios.filter(|s| *s != Scenario::Base).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The generators and ways of fitting there are results of, in the order of the rows.
    pub fn sources(&self) -> Vec<Source> {
        let mut sources: Vec<Source> = Vec::new();
        for row in self.rows.iter().filter(|row| row.scenario != Scenario::Base) {
            let source = Source::of(row);
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }

    /// Number of seeds there are results of.
    pub fn n_seeds(&self) -> usize {
        let mut seeds: Vec<_> = self.rows.iter().map(|row| row.seed).collect();
        seeds.sort_unstable();
        seeds.dedup();
        seeds.len()
    }

    /// A model's AUC without synthetic rows, in percent.
    pub fn base(&self, model: AnyModel) -> Sample {
        let rows = self.rows.iter().filter(|row| row.scenario == Scenario::Base);
        rows.filter(|row| row.model == model).map(|row| 100.0 * row.test_auc).collect()
    }

    /// What one model gave with one generator's rows in one scenario.
    pub fn entry(&self, source: &Source, scenario: Scenario, model: AnyModel) -> Entry {
        let rows = || self.of(source, scenario).filter(|row| row.model == model);
        let gain = |row: &ResultRow| {
            let base = self.base.get(&(model, row.seed))?;
            Some(100.0 * (row.test_auc - base))
        };
        let over_resample = |row: &ResultRow| {
            let resample = self.resample.get(&(scenario, model, row.seed))?;
            Some(100.0 * (row.test_auc - resample))
        };
        Entry {
            auc: rows().map(|row| 100.0 * row.test_auc).collect(),
            gain: rows().filter_map(gain).collect(),
            over_resample: rows().filter_map(over_resample).collect(),
        }
    }

    /// The rows of one generator in one scenario.
    pub(super) fn of(
        &self,
        source: &Source,
        scenario: Scenario,
    ) -> impl Iterator<Item = &'a ResultRow> {
        self.rows
            .iter()
            .copied()
            .filter(move |row| row.scenario == scenario && Source::of(row) == *source)
    }

    /// All rows.
    pub(super) fn rows(&self) -> &'a [&'a ResultRow] {
        self.rows
    }
}
