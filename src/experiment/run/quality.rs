//! How good and how private a run's synthetic rows are: measured once per source and replicate.

use super::sample::SampleRequest;
use super::{RunError, Runner, Task};
use crate::data::{Frame, Table};
use crate::evaluate::{self, QUALITY_REVISION, World};
use crate::experiment::plan::{Fingerprint, SampleSeed, Source};
use crate::experiment::store::{Measurand, QualityRecord, RunFolder};
use crate::generators::Reading;
use crate::measure;
use crate::progress::Progress;
use crate::seed::Seed;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Instant;

/// A table that a run measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measured {
    /// Real rows that nothing was learned from.
    Real,
    /// Copies of train's rows.
    Copies,
    /// The rows of a source in a replicate.
    Source(Source, SampleSeed),
}

impl Measured {
    /// The name on bars and where jobs are chosen.
    pub fn name(&self) -> String {
        match self {
            Self::Real => "yardstick.real".to_owned(),
            Self::Copies => "yardstick.copies".to_owned(),
            Self::Source(source, seed) => format!("{source}.{seed}"),
        }
    }

    fn measurand(&self, label: Option<u8>) -> Measurand {
        let categories = Reading::Categories;
        let (generator, conditioning, reading, seed) = match self {
            Self::Real => ("real", "none", categories, None),
            Self::Copies => ("copies", "none", categories, None),
            Self::Source(Source { generator, way }, seed) => {
                (generator.name(), way.conditioning.name(), way.reading, Some(*seed))
            }
        };
        Measurand {
            generator: generator.to_owned(),
            conditioning: conditioning.to_owned(),
            reading,
            seed: seed.map(|seed| seed.fit),
            draw: seed.filter(|seed| seed.draw != seed.fit).map(|seed| seed.draw),
            label,
        }
    }
}

/// What tables are compared with.
struct QualityWorld {
    /// Train and one half of the held-out rows.
    world: World,
    /// The other half.
    real: Frame,
    /// No rows, but the categories in which other tables are told.
    categories: Frame,
}

/// What all tables of a run are compared with, made when the first is.
#[derive(Default)]
pub(super) struct QualityBench {
    world: OnceLock<QualityWorld>,
}

impl Runner {
    /// The tables to measure of some cells, yardsticks first.
    pub(super) fn measurands<'a>(&self, tasks: impl Iterator<Item = &'a Task>) -> Vec<Measured> {
        let mut all = Vec::new();
        for cell in tasks.map(|task| &task.cell) {
            let measured = cell.source.map(|source| Measured::Source(source, cell.sample));
            if let Some(measured) = measured.filter(|measured| !all.contains(measured)) {
                all.push(measured);
            }
        }
        match all.is_empty() {
            true => Vec::new(),
            false => [vec![Measured::Real, Measured::Copies], all].concat(),
        }
    }

    /// The label of the rows that are measured, if all that is drawn are rows of one.
    fn quality_label(&self) -> Option<u8> {
        match self.sample_rows() {
            [_, 0] => Some(0),
            [0, _] => Some(1),
            _ => None,
        }
    }

    /// So many rows of each label are measured: at most as many as there are real ones to compare
    /// with, in the proportion of train where both labels are drawn.
    fn quality_rows(&self) -> [usize; 2] {
        let split = &self.dataset.split;
        let held = |label: u8| split.valid.count(label) + split.test.count(label);
        let drawn = self.sample_rows();
        match self.quality_label() {
            Some(label) => {
                let mut rows = [0, 0];
                rows[usize::from(label)] = drawn[usize::from(label)].min(held(label) / 2);
                rows
            }
            None => {
                let rate = split.train.count(1) as f64 / split.train.n_rows().max(1) as f64;
                let most = (split.valid.n_rows() + split.test.n_rows()) / 2;
                let bound =
                    |n: usize, share: f64| (n as f64 / share.max(f64::MIN_POSITIVE)) as usize;
                let n = most.min(bound(drawn[0], 1.0 - rate)).min(bound(drawn[1], rate));
                let clicks = ((n as f64 * rate).round() as usize).min(drawn[1]);
                [(n - clicks).min(drawn[0]), clicks]
            }
        }
    }

    pub(super) fn quality_fingerprint(&self, measured: &Measured) -> Fingerprint {
        let rows = self.quality_rows();
        let sample = match measured {
            Measured::Source(source, seed) => {
                Some(self.request_of(*source, *seed, 1).fingerprint(rows))
            }
            _ => None,
        };
        let mut content = json!({
            "quality": QUALITY_REVISION,
            "data": self.summary.fingerprint,
            "of": measured.measurand(self.quality_label()),
            "sample": sample,
            "rows": rows,
            "user": self.dataset.user,
            "constraints": self.dataset.constraints,
        });
        // Before, values that train lacks were all the same.
        let split = &self.dataset.split;
        let has_unseen = |table: &Table| (0..table.n_fields()).any(|f| !table.unseen(f).is_empty());
        if has_unseen(&split.valid) || has_unseen(&split.test) {
            content["unseen"] = json!("apart");
        }
        // Before, only the user and all fields but one were tried.
        let n_fields = split.train.n_fields();
        let is_new = |columns: &&Vec<String>| {
            columns.len() + 1 != n_fields
                && columns.iter().map(Some).ne([self.dataset.user.as_ref()])
        };
        if let Some(columns) = self.together().filter(is_new) {
            content["together"] = json!(columns);
        }
        Fingerprint::of(&content)
    }

    /// The columns in which rows are alike that the split has kept together, if it has.
    fn together(&self) -> Option<&Vec<String>> {
        let found = || {
            let (mut world, seed) = (self.whole_world(), self.quality_seed());
            world.find_together(seed.derive("together"));
            world.together
        };
        self.together.get_or_init(found).as_ref()
    }

    /// Of the data alone: every source is attacked at the same rows.
    fn quality_seed(&self) -> Seed {
        Seed::master(0).derive(&format!("quality/{}", self.summary.fingerprint))
    }

    /// Train beside validation and test.
    fn whole_world(&self) -> World {
        let split = &self.dataset.split;
        let mut held = split.valid.clone();
        held.extend(&split.test);
        let [train, held] = Frame::of_parts(&split.train, &held);
        World {
            real: train,
            holdout: Some(held),
            label: Some(split.train.schema().label.clone()),
            user: self.dataset.user.clone(),
            constraints: self.dataset.constraints.clone(),
            together: None,
        }
    }

    /// What the file of a table is called: rows of one label are another table than those of both.
    pub(super) fn quality_name(&self, of: &Measured) -> String {
        match self.quality_label() {
            Some(label) => format!("{}.label{label}", of.name()),
            None => of.name(),
        }
    }

    /// The measurements in the run folder, if they are those of this run.
    pub(super) fn quality(&self, folder: &RunFolder, of: &Measured) -> Option<QualityRecord> {
        let wanted = self.quality_fingerprint(of);
        // Files of earlier versions have the name without the label.
        let before = self.quality_label().map(|_| of.name());
        std::iter::once(self.quality_name(of)).chain(before).find_map(|name| {
            folder.read_quality(&name).filter(|record| record.fingerprint == wanted)
        })
    }

    /// Measures a table and stores what came out.
    pub(super) fn measure(
        &self,
        folder: &RunFolder,
        of: &Measured,
        bench: &QualityBench,
        jobs: usize,
        progress: &dyn Progress,
    ) -> Result<QualityRecord, RunError> {
        let (label, rows) = (self.quality_label(), self.quality_rows());
        let seed = self.quality_seed();
        let QualityWorld { world, real, categories } =
            bench.world.get_or_init(|| self.quality_world(label, seed));
        let table = match of {
            Measured::Real => real.head(rows.iter().sum()),
            Measured::Copies => evaluate::resample(&world.real, rows.iter().sum(), seed),
            Measured::Source(source, seed) => {
                let request = self.request_of(*source, *seed, jobs);
                self.quality_sample(folder, &request, rows, label, categories, progress)?
            }
        };
        let (start, mut parts) = (Instant::now(), BTreeMap::new());
        let record = QualityRecord {
            of: of.measurand(label),
            fingerprint: self.quality_fingerprint(of),
            measured: evaluate::measure(world, &table, seed, progress, &mut parts),
            seconds: measure::seconds(start),
        };
        folder.write_quality(&self.quality_name(of), &record)?;
        Ok(record)
    }

    /// Train, one half of the validation and test rows, and the other half.
    fn quality_world(&self, label: Option<u8>, seed: Seed) -> QualityWorld {
        let world = World { together: self.together().cloned(), ..self.whole_world() };
        let categories = world.real.select(&[]);
        let world = match label {
            Some(label) => world.of_label(&label.to_string()),
            None => world,
        };
        let (world, real) = evaluate::split_holdout(&world, seed);
        QualityWorld { world, real, categories }
    }

    /// The first rows of a source's samples.
    fn quality_sample(
        &self,
        folder: &RunFolder,
        request: &SampleRequest<'_>,
        rows: [usize; 2],
        label: Option<u8>,
        categories: &Frame,
        progress: &dyn Progress,
    ) -> Result<Frame, RunError> {
        let train = &self.dataset.split.train;
        let samples = request.obtain(folder, train, self.sample_rows(), progress)?;
        let mut all = Table::empty(train.schema().clone());
        for (sample, n) in samples.iter().zip(rows).filter(|(_, n)| *n > 0) {
            if let Some(sample) = sample {
                all.extend(&sample.first(n).0);
            }
        }
        let frame = Frame::of_table(&all, categories);
        Ok(match label {
            Some(_) => frame.without(&train.schema().label),
            None => frame,
        })
    }
}
