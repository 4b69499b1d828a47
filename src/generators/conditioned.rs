//! Fitting any generator: constraints merged, each label alone or all together.

use super::constraints::{self, Merged};
use super::{Conditioning, Fitted, GeneratorConfig, GeneratorError, GeneratorKind};
use crate::data::Table;
use crate::progress::Progress;
use crate::seed::Seed;

/// Fits a generator to `train` and returns it ready to be drawn from.
///
/// `constraints` are groups of field names; a sample holds only combinations of a group's
/// fields that stand in `train`. Codes of `train` lie in `0..n_categories` of their field.
/// A fitted generator draws label `l` from the stream `sample/l` of the seed that
/// [`Fitted::sample`] is given, so one seed serves both labels.
pub fn fit(
    config: &GeneratorConfig,
    conditioning: Conditioning,
    constraints: &[Vec<String>],
    train: &Table,
    seed: Seed,
    progress: &dyn Progress,
) -> Result<Box<dyn Fitted>, GeneratorError> {
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
        (_, None) => config.generator().fit(rows, seed, progress),
        (_, Some(merged)) => config.generator().fit(&merged.merge(rows), seed, progress),
    };
    let fits = match conditioning {
        Conditioning::Joint => Fits::Joint(fit_rows(train, seed.derive("fit"))?),
        Conditioning::PerClass => {
            let class = |label: u8| {
                let rows = train.rows_with(label);
                let seed = seed.derive(&format!("fit/{label}"));
                (!rows.is_empty()).then(|| fit_rows(&train.select(&rows), seed)).transpose()
            };
            Fits::PerClass([class(0)?, class(1)?])
        }
    };
    Ok(Box::new(Conditioned { kind: config.kind(), merged, fits }))
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

/// A generator fitted on merged fields, for all rows or for each label.
struct Conditioned {
    kind: GeneratorKind,
    merged: Option<Merged>,
    fits: Fits,
}

enum Fits {
    Joint(Box<dyn Fitted>),
    /// By label; none where train has no row of it.
    PerClass([Option<Box<dyn Fitted>>; 2]),
}

impl Fitted for Conditioned {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        let fit = match &self.fits {
            Fits::Joint(fit) => Some(fit),
            Fits::PerClass(fits) => fits.get(usize::from(label)).and_then(Option::as_ref),
        };
        let method = self.kind.name();
        let fit = fit.ok_or(GeneratorError::TooFewRows { method, label, needed: 1 })?;
        let rows = fit.sample(label, n, seed.derive(&format!("sample/{label}")), progress)?;
        Ok(match &self.merged {
            None => rows,
            Some(merged) => merged.split(&rows),
        })
    }
}
