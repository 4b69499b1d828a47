//! CopulaGAN: a CTGAN that sees fields of many categories as normal scores.

use super::ctgan::{Ctgan, Engine, EngineCard, Rows};
use super::neural::{Encoder, FitEpoch, Preset, Presets};
use super::normal_scores::{Marginal, draw_score};
use super::{Fitted, Generator, GeneratorError, Saved};
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::nn::blocks::Blocks;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const METHOD: &str = "copula-gan";

/// CTGAN divides a number by this many standard deviations of its mode.
const DEVIATIONS: f64 = 4.0;

/// And keeps what it learns from within these bounds of its `tanh`.
const BOUND: f64 = 0.99;

/// A [`Ctgan`] that sees each field of many categories as one number: its normal score.
///
/// In the Synthetic Data Vault's CopulaGAN the marginals of numeric columns are mapped to normal
/// scores by their distribution functions before a CTGAN is trained. Its categorical columns stay
/// as they are, so on a click log, all of whose fields are categorical, it *is* its CTGAN. Here the
/// idea is applied where a click log needs it: a field of more than `max_categories` categories
/// becomes, as in the Gaussian copula, a uniform draw `u` in its category's part of `[0, 1]`, parts
/// as wide as the categories' shares and in the order of their first appearance, and then the
/// score `z = Φ⁻¹(u)`. CTGAN treats `z` as a continuous column: as it is exactly standard normal,
/// its mixture of modes has a single one, and the column is the number `z/4`, learned through
/// `tanh`. Drawn scores are read back through the same parts.
///
/// So a field of thousands of categories costs one number instead of thousands of columns. The
/// price: neighbouring scores mean unrelated categories, so dependences on such a field blur; and
/// scores are bounded by ±3.96, so categories that lie wholly beyond (together 8 in 100,000 rows)
/// are not drawn. The other fields, the label among them, are one-hot, and only they are conditions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CopulaGan {
    /// Fields of more categories become normal scores; from 1.
    pub max_categories: usize,
    /// Settings of the networks and their training.
    pub ctgan: Ctgan,
}

impl Default for CopulaGan {
    fn default() -> Self {
        Self { max_categories: 100, ctgan: Ctgan::default() }
    }
}

impl Presets for CopulaGan {
    fn preset(preset: Preset) -> Self {
        let ctgan = match preset {
            // Fewer columns make shorter steps, so there is time for more of them.
            Preset::Cpu => Ctgan { epochs: 8, ..Ctgan::preset(preset) },
            Preset::Paper | Preset::Quick => Ctgan::preset(preset),
        };
        Self { ctgan, ..Self::default() }
    }
}

impl CopulaGan {
    /// Checks every setting's range.
    pub(super) fn check(&self) -> Result<(), GeneratorError> {
        if self.max_categories == 0 {
            let message = "copula-gan.max_categories is 0; it must be at least 1";
            return Err(GeneratorError::Setting(message.to_owned()));
        }
        self.ctgan.check("copula-gan.ctgan")
    }
}

/// Which fields are numbers, and how.
#[derive(Clone, Serialize, Deserialize)]
struct Columns {
    encoder: Encoder,
    /// By field: the marginal of the places, of fields that are numbers.
    marginals: Vec<Option<Marginal>>,
}

impl Columns {
    fn new(train: &Table, max_categories: usize) -> Self {
        let encoder = Encoder::new(train);
        let marginals = encoder
            .sizes()
            .iter()
            .zip(encoder.places(train))
            .map(|(&size, places)| (size > max_categories).then(|| Marginal::new(&places)))
            .collect();
        Self { encoder, marginals }
    }

    fn numbers(&self) -> usize {
        self.marginals.iter().flatten().count()
    }

    /// The blocks of the fields that are not numbers, then that of the label if there is one.
    fn blocks(&self) -> Blocks {
        let fields = self.encoder.sizes().into_iter().zip(&self.marginals);
        let mut sizes: Vec<usize> =
            fields.filter(|(_, marginal)| marginal.is_none()).map(|(size, _)| size).collect();
        if self.encoder.has_label_block() {
            sizes.push(2);
        }
        Blocks::new(sizes)
    }

    /// The column of a label, if the label is a block.
    fn label_column(&self, label: u8) -> Option<usize> {
        let width = self.blocks().width();
        self.encoder.has_label_block().then(|| width - 2 + usize::from(label))
    }

    /// The rows as the networks see them.
    fn rows(&self, train: &Table, seed: Seed) -> Rows {
        let (blocks, n) = (self.blocks(), train.n_rows());
        let (mut codes, mut numbers) = (vec![0; n * blocks.len()], vec![0.0; n * self.numbers()]);
        let starts: Vec<usize> = blocks.ranges().map(|range| range.start).collect();
        let mut columns = self.encoder.places(train);
        let mut marginals = self.marginals.clone();
        if self.encoder.has_label_block() {
            columns.push(train.labels().iter().map(|&label| label.into()).collect());
            marginals.push(None);
        }
        let (mut block, mut number) = (0, 0);
        for (field, (column, marginal)) in columns.iter().zip(&marginals).enumerate() {
            match marginal {
                None => {
                    for (row, &place) in column.iter().enumerate() {
                        codes[row * starts.len() + block] = (starts[block] + place as usize) as i32;
                    }
                    block += 1;
                }
                Some(marginal) => {
                    let (parts, mut rng) =
                        (marginal.intervals(), seed.stream(&format!("scores/{field}")));
                    for (row, &place) in column.iter().enumerate() {
                        let z = draw_score(&mut rng, parts[place as usize]) / DEVIATIONS;
                        numbers[row * self.numbers() + number] = z.clamp(-BOUND, BOUND) as f32;
                    }
                    number += 1;
                }
            }
        }
        Rows::new(codes, blocks, numbers, self.numbers())
    }

    /// Whether these can be columns of tables of `schema`: guards against damaged files.
    fn fit(&self, schema: &Schema) -> bool {
        let sizes = self.encoder.sizes();
        let places = |(marginal, &size): (&Option<Marginal>, &usize)| {
            marginal.as_ref().is_none_or(|m| m.codes.iter().all(|&code| (code as usize) < size))
        };
        self.encoder.fits(schema)
            && self.marginals.len() == sizes.len()
            && self.marginals.iter().zip(&sizes).all(places)
    }
}

impl Generator for CopulaGan {
    fn fit(
        &self,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let columns = Columns::new(train, self.max_categories);
        let rows = columns.rows(train, seed);
        let engine = Engine::fit(METHOD, &self.ctgan, &rows, device, seed, progress)?;
        Ok(Box::new(Model { schema: train.schema().clone(), columns, engine }))
    }

    fn load(
        &self,
        saved: Saved,
        schema: Arc<Schema>,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        let Card { columns, engine } =
            serde_json::from_value(saved.card).map_err(|e| e.to_string())?;
        if !columns.fit(&schema) {
            return Err("the vocabularies do not belong to the schema".to_owned());
        }
        let (blocks, numbers) = (columns.blocks(), columns.numbers());
        let engine =
            Engine::load(METHOD, &self.ctgan, engine, blocks, numbers, saved.weights, device)?;
        Ok(Box::new(Model { schema, columns, engine }))
    }
}

/// A fitted CopulaGAN.
struct Model {
    schema: Arc<Schema>,
    columns: Columns,
    engine: Engine,
}

/// The readable half of a saved CopulaGAN.
#[derive(Serialize, Deserialize)]
struct Card {
    columns: Columns,
    engine: EngineCard,
}

impl Fitted for Model {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Table, GeneratorError> {
        let encoder = &self.columns.encoder;
        if !encoder.labels().contains(&label) {
            return Err(GeneratorError::TooFewRows { method: METHOD, label, needed: 1 });
        }
        let starts: Vec<usize> = self.columns.blocks().ranges().map(|range| range.start).collect();
        let (wanted, fields) = (self.columns.label_column(label), encoder.n_fields());
        let marginals = &self.columns.marginals;
        let decode = |codes: &[i32], numbers: &[f32], places: &mut [u32]| {
            let mut blocks =
                codes.iter().zip(&starts).map(|(&code, &start)| code as u32 - start as u32);
            let mut numbers = numbers.iter();
            for (place, marginal) in places.iter_mut().zip(marginals) {
                let value = match marginal {
                    None => blocks.next(),
                    Some(marginal) => {
                        numbers.next().map(|&x| marginal.code(DEVIATIONS * f64::from(x)))
                    }
                };
                *place = value.expect("one code or number for each field");
            }
        };
        let places = self.engine.draw(label, wanted, n, fields, seed, progress, decode)?;
        Ok(encoder.table(&self.schema, &places, label))
    }

    fn history(&self) -> &[FitEpoch] {
        self.engine.history()
    }

    fn save(&self) -> Option<Result<Saved, String>> {
        let card = Card { columns: self.columns.clone(), engine: self.engine.card() };
        Some(serde_json::to_value(card).map_err(|e| e.to_string()).and_then(|card| {
            let weights = self.engine.weights()?;
            Ok(Saved { card, weights })
        }))
    }
}
