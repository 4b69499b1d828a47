//! Everything that one run found, as reports need it.

use super::stats::Sample;
use crate::bench::BenchReport;
use crate::ctr::AnyModel;
use crate::experiment::environment::Environment;
use crate::experiment::{CellRecord, Measurand, QualityRecord, Scenario, Source};
use crate::generators::{GeneratorKind, Way};
use crate::progress::Progress;
use crate::verdict::claims::{Comparator, Named};
use crate::verdict::{
    Arm, Claims, Difference, Run, Verdict, VerdictError, arm_of, differences, verify,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Everything that one run found.
pub struct Findings {
    /// Its cells.
    pub run: Run,
    /// What the claims make of them.
    pub verdict: Verdict,
    /// Differences of less do not matter, by the claims, in points.
    pub margin: f64,
    /// Differences to `base`.
    pub over_base: Vec<Difference>,
    /// Differences to copies of real rows in the same scenario.
    pub over_resample: Vec<Difference>,
    /// How good and how private the rows are, yardsticks first, with the names of the files.
    pub quality: Vec<(String, QualityRecord)>,
    /// What it was made with, of its latest start.
    pub environment: Option<Environment>,
    /// Throughputs measured on the same machine or on others.
    pub bench: Vec<BenchReport>,
    /// Files besides cells that could not be read, and why.
    pub faults: Vec<String>,
    /// How its anchors begin: apart from those of other runs on the same page.
    pub prefix: String,
    anchors: BTreeMap<Arm, String>,
    quality_anchors: BTreeMap<SourceName, String>,
}

/// With fewer seeds intervals of cells that are alike differ much, and are wide whatever the test rows.
pub const FEW_SEEDS: usize = 5;

/// A source as its rows are measured: one that this program knows, or a yardstick.
pub type SourceName = (String, String);

impl Findings {
    /// Reads a run folder and judges it.
    pub fn open(
        root: &Path,
        claims: &Claims,
        bench: &[BenchReport],
        prefix: String,
        progress: &dyn Progress,
    ) -> Result<Self, VerdictError> {
        let run = Run::open(root, progress)?;
        let verdict = verify(&run, claims, progress);
        let (quality, mut faults) = QualityRecord::read_all(root);
        let environment = Environment::read(root);
        if environment.is_none() && root.join("environment.json").is_file() {
            faults.push("environment.json is left out: it cannot be read".to_owned());
        }
        let resample = Comparator::Generator(GeneratorKind::Resample.into(), Named::default());
        let arms: BTreeSet<Arm> = run.cells.iter().filter_map(arm_of).collect();
        let anchor = |(position, arm)| (arm, format!("{prefix}c{position}"));
        let mut findings = Self {
            anchors: arms.into_iter().enumerate().map(anchor).collect(),
            margin: claims.margin,
            over_base: differences(&run, claims, Comparator::Base),
            over_resample: differences(&run, claims, resample),
            environment,
            bench: bench.to_vec(),
            run,
            verdict,
            quality,
            faults,
            prefix,
            quality_anchors: BTreeMap::new(),
        };
        let named = findings.measured().into_iter().enumerate();
        let anchor = |(at, (name, _))| (name, format!("{}q{at}", findings.prefix));
        findings.quality_anchors = named.map(anchor).collect();
        Ok(findings)
    }

    /// All files that could not be read: what they hold is missing in all numbers.
    pub fn all_faults(&self) -> impl Iterator<Item = &String> {
        self.run.faults.iter().chain(&self.faults)
    }

    /// The models there are cells of, in the order of reports.
    pub fn models(&self) -> Vec<AnyModel> {
        let models: BTreeSet<AnyModel> = self.run.cells.iter().map(|cell| cell.row.model).collect();
        models.into_iter().collect()
    }

    /// The sources there are cells of, in the order of reports.
    pub fn sources(&self) -> Vec<Source> {
        let sources: BTreeSet<Source> = self.anchors.keys().filter_map(|arm| arm.source).collect();
        sources.into_iter().collect()
    }

    /// The scenarios with synthetic rows, in the order of reports.
    pub fn scenarios(&self) -> Vec<Scenario> {
        let scenarios = self.run.cells.iter().map(|cell| cell.row.scenario);
        let some: BTreeSet<Scenario> = scenarios.filter(|s| *s != Scenario::Base).collect();
        some.into_iter().collect()
    }

    /// The cells of each arm, all seeds.
    pub fn arms(&self) -> BTreeMap<Arm, Vec<&CellRecord>> {
        let mut arms: BTreeMap<Arm, Vec<&CellRecord>> = BTreeMap::new();
        for cell in &self.run.cells {
            if let Some(arm) = arm_of(cell) {
                arms.entry(arm).or_default().push(cell);
            }
        }
        arms
    }

    /// A number of every arm over its seeds, of the cells whose fit, draws and training share theirs.
    pub fn samples(&self, get: impl Fn(&CellRecord) -> Option<f64>) -> BTreeMap<Arm, Sample> {
        let by_seed = self.run.values_of(get).into_iter();
        by_seed.map(|(arm, values)| (arm, values.into_values().collect())).collect()
    }

    /// The anchor of an arm's cells.
    pub fn anchor(&self, arm: &Arm) -> Option<String> {
        self.anchors.get(arm).cloned()
    }

    /// The tables that were measured, yardsticks first, and the measurements of all seeds of each.
    pub fn measured(&self) -> Vec<(SourceName, Vec<&QualityRecord>)> {
        let mut measured: Vec<(SourceName, Vec<&QualityRecord>)> = Vec::new();
        for (_, record) in &self.quality {
            let name = name_of(&record.of);
            match measured.iter_mut().find(|(other, _)| *other == name) {
                Some((_, records)) => records.push(record),
                None => measured.push((name, vec![record])),
            }
        }
        let known = self.sources().into_iter().map(source_name).collect::<Vec<_>>();
        let place = |name: &SourceName| known.iter().position(|other| other == name);
        measured.sort_by_key(|(name, records)| (records[0].of.seed.is_some(), place(name)));
        measured
    }

    /// The files of a table's measurements.
    pub fn files_of(&self, name: &SourceName) -> Vec<(&str, &QualityRecord)> {
        let of = |(_, record): &&(String, QualityRecord)| name_of(&record.of) == *name;
        self.quality.iter().filter(of).map(|(file, record)| (file.as_str(), record)).collect()
    }

    /// The anchor of a table's measurements.
    pub fn quality_anchor(&self, name: &SourceName) -> Option<String> {
        self.quality_anchors.get(name).cloned()
    }
}

/// A source's generator and way of fitting.
pub fn source_name(source: Source) -> SourceName {
    (source.generator.name().to_owned(), source.way.title(" "))
}

/// The arm of these names; none of a generator that this program does not know.
pub fn arm_named(generator: &str, way: Way, scenario: Scenario, model: AnyModel) -> Option<Arm> {
    let source = Some(Source { generator: generator.parse().ok()?, way });
    Some(Arm { source, scenario, model: Some(model) })
}

/// A measured table's.
fn name_of(of: &Measurand) -> SourceName {
    let (name, way) = match of.seed {
        Some(_) => (of.generator.clone(), of.way()),
        None if of.generator == "real" => ("real rows".to_owned(), "held out".to_owned()),
        None => ("copies".to_owned(), "of real rows".to_owned()),
    };
    (name, of.label.map_or(way.clone(), |label| format!("{way}, label {label}")))
}
