//! A fitted network with what its columns mean: for CTGAN, and for CopulaGAN, some of whose fields
//! are numbers.

use super::engine::{Engine, EngineCard};
use super::rows::Rows;
use super::settings::Ctgan;
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::generators::contract::{FitEpoch, Fitted, Saved};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::Encoder;
use crate::generators::parts::normal_scores::{Marginal, draw_score};
use crate::nn::blocks::Blocks;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// CTGAN divides a number by this many standard deviations of its mode.
const DEVIATIONS: f64 = 4.0;

/// And keeps what it learns from within these bounds of its `tanh`.
const BOUND: f64 = 0.99;

/// Which fields are numbers, and how.
#[derive(Clone, Serialize, Deserialize)]
pub struct Columns {
    encoder: Encoder,
    /// By field: the marginal of the places, of fields that are numbers.
    marginals: Vec<Option<Marginal>>,
}

impl Columns {
    /// Fields of more than `max_categories` categories are numbers.
    pub fn new(train: &Table, max_categories: usize) -> Self {
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

/// A fitted CTGAN or CopulaGAN.
pub struct Model {
    method: &'static str,
    schema: Arc<Schema>,
    columns: Columns,
    engine: Engine,
}

/// The readable half of a saved one.
#[derive(Serialize, Deserialize)]
struct Card {
    columns: Columns,
    engine: EngineCard,
}

impl Model {
    /// Trains on the rows that `columns` were learned from.
    pub fn fit(
        method: &'static str,
        settings: &Ctgan,
        columns: Columns,
        train: &Table,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let rows = columns.rows(train, seed);
        let engine = Engine::fit(method, settings, &rows, device, seed, progress)?;
        Ok(Box::new(Self { method, schema: train.schema().clone(), columns, engine }))
    }

    /// What [`Fitted::save`] gave.
    pub fn load(
        method: &'static str,
        settings: &Ctgan,
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
            Engine::load(method, settings, engine, blocks, numbers, saved.weights, device)?;
        Ok(Box::new(Self { method, schema, columns, engine }))
    }
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
            return Err(GeneratorError::TooFewRows { method: self.method, label, needed: 1 });
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

    fn save(&self) -> Result<Saved, String> {
        let card = Card { columns: self.columns.clone(), engine: self.engine.card() };
        let card = serde_json::to_value(card).map_err(|e| e.to_string())?;
        Ok(Saved { card, weights: self.engine.weights()? })
    }
}
