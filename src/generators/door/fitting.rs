//! Fitting any generator: constraints merged, numbers read, each label alone or all together.

use super::config::GeneratorConfig;
use super::constraints::{self, Merged};
use super::kind::{Conditioning, GeneratorKind, Reading, Way};
use super::numbers::{self, Moved, Numbers};
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{FitEpoch, Fitted, Shape};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::borrow::Cow;
use std::sync::Arc;

/// How a generator is fitted to rows.
#[derive(Clone, Copy, Debug)]
pub struct FitOptions<'a> {
    /// On which rows, and what it takes fields of numbers for.
    pub way: Way,
    /// The fields read as numbers, where numbers are read; none: binned fields, and those of more
    /// than ten values that are all integers. A field in a constraint stays a category.
    pub numbers: Option<&'a [String]>,
    /// Groups of field names: a sample holds only combinations of a group's fields that stand in the
    /// training rows.
    pub constraints: &'a [Vec<String>],
}

impl<'a> FitOptions<'a> {
    /// Fitted in this way, without constraints.
    pub fn new(way: Way) -> Self {
        Self { way, numbers: None, constraints: &[] }
    }

    /// With these constraints.
    pub fn with_constraints(self, constraints: &'a [Vec<String>]) -> Self {
        Self { constraints, ..self }
    }

    /// The names of the fields of `schema` that are read as numbers; none where all are categories.
    pub fn number_fields(&self, schema: &Schema) -> Result<Vec<String>, GeneratorError> {
        let groups = constraints::resolve(schema, self.constraints)?;
        let found = numbers::resolve(schema, self.way.reading, self.numbers, &groups)?;
        Ok(found.into_iter().map(|field| schema.fields[field].name.clone()).collect())
    }
}

/// Fits a generator to `train` and returns it ready to be drawn from.
///
/// Codes of `train` lie in `0..n_categories` of their field. Networks are trained on `device`.
pub fn fit(
    config: &GeneratorConfig,
    options: FitOptions<'_>,
    train: &Table,
    device: Device,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<FittedGenerator, GeneratorError> {
    config.check()?;
    check_train(config.kind(), train)?;
    let groups = constraints::resolve(train.schema(), options.constraints)?;
    // Copies real rows and redraws one field, so it keeps the other groups as they are and
    // treats the item's group itself.
    let merged = match config {
        GeneratorConfig::UniformItem(_) => None,
        _ if groups.is_empty() => None,
        _ => Some(Merged::new(train, &groups)),
    };
    // What a generator learns from, as it stands or merged once for all that follows.
    let seen = merged.as_ref().map_or(Cow::Borrowed(train), |m| Cow::Owned(m.merge(train)));
    let numbers = match options.way.reading {
        Reading::Categories => None,
        Reading::Numbers => Some(read_numbers(config.kind(), options, train.schema(), &seen)?),
    };
    let fit_rows = |rows: &Table, seed: Seed| match (config, &numbers) {
        (GeneratorConfig::UniformItem(generator), _) => generator.fit_within(rows, &groups),
        (_, None) => config.generator().fit(&rows.into(), device, seed, progress),
        (_, Some(numbers)) => config.generator().fit(&numbers.part(rows), device, seed, progress),
    };
    let parts = match options.way.conditioning {
        Conditioning::Joint => {
            vec![Part { label: None, fit: fit_rows(&seen, seed.derive("fit"))? }]
        }
        Conditioning::PerClass => {
            let mut parts = Vec::new();
            for label in [0, 1] {
                let rows = seen.rows_with(label);
                if !rows.is_empty() {
                    let fit = fit_rows(&seen.select(&rows), seed.derive(&format!("fit/{label}")))?;
                    parts.push(Part { label: Some(label), fit });
                }
            }
            parts
        }
    };
    let schema = train.schema().clone();
    Ok(FittedGenerator { config: config.clone(), way: options.way, schema, merged, numbers, parts })
}

/// The fields of `seen` that are numbers: of the training rows, whose fields are `schema`, as they are
/// after the constraints are merged.
fn read_numbers(
    kind: GeneratorKind,
    options: FitOptions<'_>,
    schema: &Schema,
    seen: &Table,
) -> Result<Numbers, GeneratorError> {
    if !kind.readings().contains(&Reading::Numbers) {
        return Err(GeneratorError::Setting(format!(
            "{kind} knows categories only; leave the reading `numbers` out"
        )));
    }
    let names = options.number_fields(schema)?;
    let position = |name: &String| seen.schema().position(name);
    let mut positions: Vec<usize> = names.iter().filter_map(position).collect();
    positions.sort_unstable();
    Numbers::new(seen, &positions)
}

/// What a generator relies on and a table need not guarantee.
fn check_train(kind: GeneratorKind, train: &Table) -> Result<(), GeneratorError> {
    let fail = |reason: String| Err(GeneratorError::Failed { method: kind.name(), reason });
    if train.n_rows() == 0 {
        return fail("there is no training row to learn from".into());
    }
    if train.n_fields() == 0 {
        return fail("the training rows have no field to learn".into());
    }
    for (field, column) in train.schema().fields.iter().zip(train.columns()) {
        if column.contains(&field.unseen()) {
            return fail(format!(
                "a training row holds the unseen code of field `{}`; \
                 vocabularies must be made from the training rows",
                field.name
            ));
        }
    }
    Ok(())
}

/// A fitted generator with its constraints, for all rows or for each label.
pub struct FittedGenerator {
    pub(super) config: GeneratorConfig,
    pub(super) way: Way,
    /// Of the training rows.
    pub(super) schema: Arc<Schema>,
    pub(super) merged: Option<Merged>,
    /// The fields of the merged rows that are read as numbers.
    pub(super) numbers: Option<Numbers>,
    pub(super) parts: Vec<Part>,
}

/// A fit and which label's rows it is for: all where none is named.
pub(super) struct Part {
    pub label: Option<u8>,
    pub fit: Box<dyn Fitted>,
}

impl FittedGenerator {
    /// Draws exactly `n` rows with the given label, within the schema it was fitted on and
    /// independently of each other given the fit.
    ///
    /// The rows are the first `n`, bit for bit, of those that any larger number gives with the same
    /// label and seed on the same device: a sample's first rows are a sample, and a larger one only
    /// adds to it. (CUDA's matrix products need not round alike twice; there only the
    /// distribution is promised.)
    ///
    /// Label `l` is drawn from the stream `sample/l` of `seed`, so one seed serves both labels.
    pub fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        self.draw(label, n, seed, progress).map(|(rows, _)| rows)
    }

    /// As [`sample`](Self::sample), with how many numbers were moved to one that train holds.
    pub fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<(Table, Moved), GeneratorError> {
        let part = self.parts.iter().find(|part| part.label.is_none_or(|l| l == label));
        let method = self.config.kind().name();
        let part = part.ok_or(GeneratorError::TooFewRows { method, label, needed: 1 })?;
        let seed = seed.derive(&format!("sample/{label}"));
        let rows = part.fit.sample(label, n, seed, progress)?;
        let (rows, moved) = match &self.numbers {
            None => (rows.categories.into_owned(), Moved::default()),
            Some(numbers) => numbers.join(rows, seed),
        };
        Ok(match &self.merged {
            None => (rows, moved),
            Some(merged) => (merged.split(&rows), moved),
        })
    }

    /// What the networks and the like of it see: the rows after constraints are merged, numbers
    /// apart.
    pub(super) fn shape(
        schema: &Arc<Schema>,
        merged: Option<&Merged>,
        numbers: Option<&Numbers>,
    ) -> Shape {
        match (numbers, merged) {
            (Some(numbers), _) => {
                Shape { schema: numbers.categories().clone(), numbers: numbers.len() }
            }
            (None, Some(merged)) => Shape { schema: merged.schema().clone(), numbers: 0 },
            (None, None) => Shape { schema: schema.clone(), numbers: 0 },
        }
    }

    /// How it was fitted.
    pub fn way(&self) -> Way {
        self.way
    }

    /// Draws `counts[label]` rows of each label, in random order, and says how many numbers were
    /// moved.
    pub fn sample_both(
        &self,
        counts: [usize; 2],
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<(Table, Moved), GeneratorError> {
        let (mut rows, mut moved) = (Table::empty(self.schema.clone()), Moved::default());
        for (label, n) in (0..2).zip(counts).filter(|(_, n)| *n > 0) {
            let (of_label, moved_of_label) = self.draw(label, n, seed, progress)?;
            rows.extend(&of_label);
            moved += moved_of_label;
        }
        let mut order: Vec<usize> = (0..rows.n_rows()).collect();
        order.shuffle(&mut seed.stream("order"));
        Ok((rows.select(&order), moved))
    }

    /// The generator's settings.
    pub fn config(&self) -> &GeneratorConfig {
        &self.config
    }

    /// What the rows it draws look like.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// The losses of its trainings, each with the label it is for, if for one; none of generators
    /// that are not trained.
    pub fn histories(&self) -> impl Iterator<Item = (Option<u8>, &[FitEpoch])> {
        let parts = self.parts.iter().map(|part| (part.label, part.fit.history()));
        parts.filter(|(_, history)| !history.is_empty())
    }
}
