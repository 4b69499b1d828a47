//! What fits and draws take, reckoned beforehand, so that jobs can be planned.
//!
//! Only matrix products are counted, two operations for each multiplication: on Frappe the trained
//! generators do between 30 and 45 billion of them a second whatever the method, since the rest of a
//! step passes over numbers that come out of products.

use super::config::GeneratorConfig;
use crate::generators::methods::{Ctgan, TabDdpm, Tvae};
use crate::generators::parts::modes::MAX_MODES;

/// Operations for each value of the table that stand for the work of a generator without products.
const UNTRAINED: f64 = 1000.0;

/// Rows drawn for one that has the wanted label: the mean of both labels at a third of clicks.
const DRAWN_PER_ROW: f64 = 2.0;

/// Bytes of the program itself, its threads and vocabularies.
const PROGRAM: f64 = 30e6;

/// Copies of the training rows at 4 bytes a value: the table, a label's part of it or its merged
/// fields, codes, places on the way to codes.
const COPIES: f64 = 4.0;

/// Bytes of a weight with its gradient and two moments.
const WEIGHT: f64 = 16.0;

/// Columns of the label.
const LABEL: usize = 2;

/// The rows that a generator is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct RowsSize {
    /// Number of rows.
    pub rows: usize,
    /// Categories of all fields that are read as categories.
    pub columns: usize,
    /// Fields.
    pub fields: usize,
    /// Fields among them that are read as numbers.
    pub numbers: usize,
}

/// A trained generator's size.
struct Size {
    /// Operations of all steps of the training.
    training: f64,
    /// Operations for a row drawn.
    draw: f64,
    /// Weights of all networks.
    weights: f64,
    /// Numbers of a training step that are held at once.
    activations: f64,
}

impl GeneratorConfig {
    /// Estimates the floating-point operations of one fit: those of the matrix products of all steps,
    /// to within a factor of about two. Of generators that are not trained, a small number in
    /// proportion to the rows' values.
    pub fn cost(&self, rows: RowsSize) -> f64 {
        self.size(rows).map_or(UNTRAINED * rows.values(), |size| size.training)
    }

    /// Estimates the floating-point operations of drawing `n` rows from a fit to rows of this size, as
    /// [`cost`](Self::cost) does.
    pub fn draw_cost(&self, n: usize, rows: RowsSize) -> f64 {
        let rows = RowsSize { rows: n, ..rows };
        self.size(rows).map_or(UNTRAINED * rows.values(), |size| size.draw * n as f64)
    }

    /// Estimates the resident bytes, at the peak of a fit, of a process that does nothing else: the
    /// program (30 MB), the rows, 16 bytes a weight (itself, its gradient, two moments of Adam) and a
    /// step's activations.
    pub fn memory(&self, rows: RowsSize) -> f64 {
        let of_network = |size: Size| WEIGHT * size.weights + 4.0 * size.activations;
        PROGRAM + COPIES * 4.0 * rows.values() + self.size(rows).map_or(0.0, of_network)
    }

    /// None of generators that are not trained.
    fn size(&self, rows: RowsSize) -> Option<Size> {
        match self {
            Self::Ctgan(settings) => Some(ctgan(settings, rows)),
            Self::CopulaGan(settings) => Some(ctgan(&settings.ctgan, rows)),
            Self::Tvae(settings) => Some(tvae(settings, rows)),
            Self::TabDdpm(settings) => Some(tab_ddpm(settings, rows)),
            _ => None,
        }
    }
}

impl RowsSize {
    /// Values of the table, labels included; a number takes as much room as two codes.
    fn values(&self) -> f64 {
        (self.rows * (self.fields + self.numbers + 1)) as f64
    }
}

/// Multiplications of dense layers of these widths, for one row.
fn layers(widths: impl IntoIterator<Item = usize>) -> f64 {
    let widths: Vec<usize> = widths.into_iter().collect();
    widths.windows(2).map(|pair| (pair[0] * pair[1]) as f64).sum()
}

fn sum(widths: &[usize]) -> f64 {
    widths.iter().sum::<usize>() as f64
}

fn ctgan(settings: &Ctgan, rows: RowsSize) -> Size {
    let Ctgan { batch_size, pac, noise_dim, generator_units, discriminator_units, .. } = settings;
    let (given, numbers) = (rows.columns + LABEL, rows.numbers);
    // A number mostly has as many modes as it may.
    let width = given + MAX_MODES * numbers;
    let outputs = width + numbers;
    // Every layer of the generator reads what all layers below it gave; conditions are looked up.
    let (mut inputs, mut generator) = (*noise_dim, 0.0);
    for units in generator_units {
        generator += (inputs * units) as f64;
        inputs += units;
    }
    generator += (inputs * outputs) as f64;
    let looked_up = ((sum(generator_units) as usize + outputs) * given) as f64;

    let first = discriminator_units.first().copied().unwrap_or(1);
    let blocks = (pac * width * first) as f64;
    let given = (pac * given * first) as f64;
    let numbers = (pac * numbers * first) as f64;
    let dense = layers(discriminator_units.iter().copied().chain([1]));

    let (n, packed) = (*batch_size as f64, (batch_size / pac) as f64);
    // The made rows forward; the penalty's way down and up again; both their gradients at once. Of
    // the conditions only the penalty's part is a product. The layers above see real, made and
    // mixed rows.
    let contest = n * generator
        + packed * (5.0 * blocks + 3.0 * given + 7.0 * numbers)
        + packed * (3.0 + 4.0 + 3.0) * dense;
    // The generator forward and its two products back; the discriminator up and down.
    let generate = 3.0 * n * generator + packed * 2.0 * (blocks + numbers + dense);
    let steps = (settings.epochs * (rows.rows / batch_size).max(1)) as f64;
    Size {
        training: 2.0 * steps * (settings.discriminator_steps as f64 * contest + generate),
        draw: 2.0 * DRAWN_PER_ROW * generator,
        weights: generator + looked_up + blocks + given + numbers + dense,
        // Logits, softmaxes, their gradients; the penalty's; rows and penalty in one matrix.
        activations: n * (8.0 * outputs as f64 + 3.0 * sum(generator_units)),
    }
}

fn tvae(settings: &Tvae, rows: RowsSize) -> Size {
    let Tvae { embedding_dim, compress_dims, decompress_dims, .. } = settings;
    let columns = rows.columns + LABEL + (MAX_MODES + 1) * rows.numbers;
    let encoder = layers(compress_dims.iter().copied().chain([2 * embedding_dim]));
    let decoder = layers([*embedding_dim].into_iter().chain(decompress_dims.iter().copied()));
    let output = (decompress_dims.last().copied().unwrap_or(1) * columns) as f64;
    let table = (columns * compress_dims.first().copied().unwrap_or(1)) as f64;
    let seen = (settings.epochs * rows.rows) as f64;
    let n = settings.batch_size.min(rows.rows) as f64;
    Size {
        training: 2.0 * 3.0 * seen * (encoder + decoder + output),
        // The label is drawn before the fields.
        draw: 2.0 * (DRAWN_PER_ROW * decoder + output),
        weights: table + encoder + decoder + output,
        // Logits and softmaxes, each with its gradient.
        activations: n * (4.0 * columns as f64 + 3.0 * (sum(compress_dims) + sum(decompress_dims))),
    }
}

fn tab_ddpm(settings: &TabDdpm, rows: RowsSize) -> Size {
    let columns = rows.columns + rows.numbers;
    let TabDdpm { timesteps, hidden_units, embedding_dim, .. } = settings;
    let hidden = layers([*embedding_dim].into_iter().chain(hidden_units.iter().copied()));
    let output = (hidden_units.last().copied().unwrap_or(1) * columns) as f64;
    let times = 2.0 * (embedding_dim * embedding_dim) as f64;
    let n = settings.batch_size.min(rows.rows) as f64;
    let step = 3.0 * (n * (hidden + output) + *timesteps as f64 * times);
    Size {
        training: 2.0 * settings.steps as f64 * step,
        draw: 2.0 * *timesteps as f64 * (hidden + output),
        weights: (columns * embedding_dim) as f64 + times + hidden + output,
        // Logits and the divergence's slope.
        activations: n * (2.0 * columns as f64 + 3.0 * sum(hidden_units)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::{GeneratorKind, Preset};

    /// Frappe's training rows, categories and fields.
    const FRAPPE: RowsSize = RowsSize { rows: 202_027, columns: 5382, fields: 10, numbers: 0 };

    /// Of each trained generator with the `cpu` preset on all of Frappe: the peak in megabytes and
    /// the seconds of a fit.
    const MEASURED: [(GeneratorKind, f64, f64); 3] = [
        (GeneratorKind::Ctgan, 1165.0, 786.0),
        (GeneratorKind::Tvae, 133.0, 775.0),
        (GeneratorKind::TabDdpm, 138.0, 679.0),
    ];

    fn size(rows: usize, columns: usize, fields: usize) -> RowsSize {
        RowsSize { rows, columns, fields, numbers: 0 }
    }

    fn within(factor: f64, found: f64, wanted: f64) -> bool {
        (1.0 / factor..factor).contains(&(found / wanted))
    }

    #[test]
    fn memory_is_what_was_measured() {
        for (kind, measured, _) in MEASURED {
            let config = GeneratorConfig::preset(kind, Preset::Cpu);
            let megabytes = config.memory(FRAPPE) / 1e6;
            assert!(within(1.5, megabytes, measured), "{kind}: {megabytes} instead of {measured}");
        }
    }

    #[test]
    fn operations_go_with_the_measured_seconds() {
        for (kind, _, seconds) in MEASURED {
            let config = GeneratorConfig::preset(kind, Preset::Cpu);
            let per_second = config.cost(FRAPPE) / seconds;
            assert!(within(1.5, per_second, 38e9), "{kind}: {per_second:e} a second");
        }
    }

    #[test]
    fn a_step_of_ctgan_has_27_billion_operations() {
        let one_step = Ctgan { epochs: 1, ..Ctgan::default() };
        let cost = GeneratorConfig::Ctgan(one_step).cost(size(500, 5382, 10));
        assert!(within(1.1, cost, 27e9), "{cost:e}");
    }

    #[test]
    fn small_networks_by_hand() {
        let tvae = GeneratorConfig::Tvae(Tvae {
            embedding_dim: 2,
            compress_dims: vec![5, 3],
            decompress_dims: vec![4],
            epochs: 7,
            ..Tvae::default()
        });
        // 5·3 + 3·4 in the encoder, 2·4 + 4·(9 + 2) in the decoder.
        assert_eq!(tvae.cost(size(10, 9, 2)), 7.0 * 10.0 * 6.0 * (27.0 + 52.0));
        assert_eq!(tvae.draw_cost(10, size(10, 9, 2)), 10.0 * 2.0 * (2.0 * 8.0 + 44.0));
        let ddpm = GeneratorConfig::TabDdpm(TabDdpm {
            timesteps: 3,
            hidden_units: vec![5],
            embedding_dim: 4,
            batch_size: 8,
            steps: 6,
            ..TabDdpm::default()
        });
        assert_eq!(ddpm.cost(size(100, 9, 2)), 6.0 * 6.0 * (8.0 * (20.0 + 45.0) + 3.0 * 32.0));
        assert_eq!(ddpm.draw_cost(100, size(100, 9, 2)), 100.0 * 3.0 * 2.0 * 65.0);
    }

    #[test]
    fn whatever_is_not_trained_costs_little() {
        let least = GeneratorConfig::preset(GeneratorKind::CopulaGan, Preset::Quick);
        for kind in GeneratorKind::ALL.into_iter().filter(|kind| !kind.is_trained()) {
            let config = GeneratorConfig::new(kind);
            let cost = config.cost(FRAPPE);
            assert!(cost > 0.0 && cost < least.cost(FRAPPE), "{kind}");
            assert_eq!(config.cost(RowsSize { rows: 2 * FRAPPE.rows, ..FRAPPE }), 2.0 * cost);
            assert!(config.draw_cost(0, FRAPPE) == 0.0);
            assert!(config.memory(FRAPPE) < 100e6, "{kind}");
        }
    }
}
