//! Fitting any generator: constraints merged, each label alone or all together.

use super::config::GeneratorConfig;
use super::constraints::{self, Merged};
use super::kind::{Conditioning, GeneratorKind};
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{FitEpoch, Fitted};
use crate::generators::error::GeneratorError;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::sync::Arc;

/// Fits a generator to `train` and returns it ready to be drawn from.
///
/// `constraints` are groups of field names; a sample holds only combinations of a group's
/// fields that stand in `train`. Codes of `train` lie in `0..n_categories` of their field.
/// Networks are trained on `device`.
pub fn fit(
    config: &GeneratorConfig,
    conditioning: Conditioning,
    constraints: &[Vec<String>],
    train: &Table,
    device: Device,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<FittedGenerator, GeneratorError> {
    config.check()?;
    check_train(config.kind(), train)?;
    let groups = constraints::resolve(train.schema(), constraints)?;
    // Copies real rows and redraws one field, so it keeps the other groups as they are and
    // treats the item's group itself.
    let merged = match config {
        GeneratorConfig::UniformItem(_) => None,
        _ if groups.is_empty() => None,
        _ => Some(Merged::new(train, &groups)),
    };
    let fit_rows = |rows: &Table, seed: Seed| match (config, &merged) {
        (GeneratorConfig::UniformItem(generator), _) => generator.fit_within(rows, &groups),
        (_, None) => config.generator().fit(rows, device, seed, progress),
        (_, Some(merged)) => config.generator().fit(&merged.merge(rows), device, seed, progress),
    };
    let parts = match conditioning {
        Conditioning::Joint => {
            vec![Part { label: None, fit: fit_rows(train, seed.derive("fit"))? }]
        }
        Conditioning::PerClass => {
            let mut parts = Vec::new();
            for label in [0, 1] {
                let rows = train.rows_with(label);
                if !rows.is_empty() {
                    let fit = fit_rows(&train.select(&rows), seed.derive(&format!("fit/{label}")))?;
                    parts.push(Part { label: Some(label), fit });
                }
            }
            parts
        }
    };
    let schema = train.schema().clone();
    Ok(FittedGenerator { config: config.clone(), conditioning, schema, merged, parts })
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
    pub(super) conditioning: Conditioning,
    /// Of the training rows.
    pub(super) schema: Arc<Schema>,
    pub(super) merged: Option<Merged>,
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
        let part = self.parts.iter().find(|part| part.label.is_none_or(|l| l == label));
        let method = self.config.kind().name();
        let part = part.ok_or(GeneratorError::TooFewRows { method, label, needed: 1 })?;
        let rows = part.fit.sample(label, n, seed.derive(&format!("sample/{label}")), progress)?;
        Ok(match &self.merged {
            None => rows,
            Some(merged) => merged.split(&rows),
        })
    }

    /// Draws `counts[label]` rows of each label, in random order.
    pub fn sample_both(
        &self,
        counts: [usize; 2],
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        let mut rows = Table::empty(self.schema.clone());
        for (label, n) in (0..2).zip(counts).filter(|(_, n)| *n > 0) {
            rows.extend(&self.sample(label, n, seed, progress)?);
        }
        let mut order: Vec<usize> = (0..rows.n_rows()).collect();
        order.shuffle(&mut seed.stream("order"));
        Ok(rows.select(&order))
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
