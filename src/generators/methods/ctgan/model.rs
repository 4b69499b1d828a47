//! A fitted network with what its columns mean: for CTGAN and for CopulaGAN.

use super::engine::{Engine, EngineCard};
use super::number::Number;
use super::rows::Rows;
use super::settings::Ctgan;
use crate::device::Device;
use crate::generators::contract::{FitEpoch, Fitted, Mixed, Saved, Shape};
use crate::generators::error::GeneratorError;
use crate::generators::parts::marginals::Family;
use crate::generators::parts::neural::{Codec, Encoder, ModeRows};
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};

/// The rows as the networks see them; the modes of numbers are drawn from `seed`.
fn rows(codec: &Codec<Number>, train: &Mixed<'_>, seed: Seed) -> Rows {
    let ModeRows { codes, numbers } = codec.rows(train, seed);
    Rows::new(codes, codec.blocks(), codec.encoder.blocks(), numbers, codec.numbers.len())
}

/// A fitted CTGAN or CopulaGAN.
pub struct Model {
    method: &'static str,
    shape: Shape,
    codec: Codec<Number>,
    engine: Engine,
}

/// The readable half of a saved one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    encoder: Encoder,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<Number>,
    engine: EngineCard,
}

impl Model {
    /// Trains on rows. Numbers are seen as normal scores by marginals of the given family, if one is
    /// given.
    pub fn fit(
        method: &'static str,
        settings: &Ctgan,
        family: Option<Family>,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError> {
        let codec = Codec::new(train, |values| Number::new(values, family));
        let rows = rows(&codec, train, seed);
        let engine = Engine::fit(method, settings, &rows, device, seed, progress)?;
        Ok(Box::new(Self { method, shape: train.shape(), codec, engine }))
    }

    /// What [`Fitted::save`] gave.
    pub fn load(
        method: &'static str,
        settings: &Ctgan,
        saved: Saved,
        shape: Shape,
        device: Device,
    ) -> Result<Box<dyn Fitted>, String> {
        let Card { encoder, numbers, engine } =
            serde_json::from_value(saved.card).map_err(|e| e.to_string())?;
        if !encoder.fits(&shape.schema) || numbers.len() != shape.numbers {
            return Err("the vocabularies do not belong to the schema".to_owned());
        }
        let codec = Codec { encoder, numbers };
        let (blocks, conditions) = (codec.blocks(), codec.encoder.blocks());
        let engine = Engine::load(
            method,
            settings,
            engine,
            [blocks, conditions],
            codec.numbers.len(),
            saved.weights,
            device,
        )?;
        Ok(Box::new(Self { method, shape, codec, engine }))
    }
}

impl Fitted for Model {
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError> {
        let Codec { encoder, numbers } = &self.codec;
        if !encoder.labels().contains(&label) {
            return Err(GeneratorError::TooFewRows { method: self.method, label, needed: 1 });
        }
        let (blocks, conditions) = (self.codec.blocks(), encoder.blocks());
        let starts: Vec<usize> = blocks.ranges().map(|range| range.start).collect();
        let wanted = encoder.has_label_block().then(|| {
            let block = conditions.len() - 1;
            (block, (starts[block] + usize::from(label)) as i32)
        });
        let decode = |codes: &[i32], values: &[f32], places: &mut [u32], row: &mut [f64]| {
            let of_block = |(&code, &start): (&i32, &usize)| code as usize - start;
            for (place, code) in places.iter_mut().zip(codes.iter().zip(&starts).map(of_block)) {
                *place = code as u32;
            }
            let modes = codes.iter().zip(&starts).skip(conditions.len()).map(of_block);
            for (slot, ((number, mode), &value)) in
                row.iter_mut().zip(numbers.iter().zip(modes).zip(values))
            {
                *slot = number.decode(mode, value);
            }
        };
        let shape = [encoder.n_fields(), numbers.len()];
        let drawn = self.engine.draw(label, wanted, n, shape, seed, progress, decode)?;
        Ok(encoder.rows(&self.shape.schema, drawn, label))
    }

    fn history(&self) -> &[FitEpoch] {
        self.engine.history()
    }

    fn save(&self) -> Result<Saved, String> {
        let Codec { encoder, numbers } = self.codec.clone();
        let card = Card { encoder, numbers, engine: self.engine.card() };
        let card = serde_json::to_value(card).map_err(|e| e.to_string())?;
        Ok(Saved { card, weights: self.engine.weights()? })
    }
}
