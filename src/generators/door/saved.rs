//! Fitted generators as files.

use super::config::GeneratorConfig;
use super::constraints::Merged;
use super::fitting::{FittedGenerator, Part};
use super::kind::{GeneratorKind, Way};
use super::numbers::{NumberCard, Numbers};
use crate::data::Schema;
use crate::device::Device;
use crate::files::{self, sealed, sha256, unsealed};
use crate::generators::contract::Saved;
use crate::generators::error::GeneratorError;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// The readable half, `generator.json`.
#[derive(Serialize, Deserialize)]
struct Card {
    config: GeneratorConfig,
    #[serde(flatten)]
    way: Way,
    schema: Schema,
    constraints: Option<Merged>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    numbers: Option<Vec<NumberCard>>,
    parts: Vec<PartCard>,
}

/// The readable half of one fit.
#[derive(Serialize, Deserialize)]
struct PartCard {
    label: Option<u8>,
    fit: serde_json::Value,
    /// Hash of the file of weights or rows.
    sha256: String,
}

const CARD: &str = "generator.json";

/// The other half of a fit: a network's weights, or rows.
fn weights_name(kind: GeneratorKind, label: Option<u8>) -> String {
    let (stem, extension) = if kind.is_trained() { ("weights", "mpk") } else { ("rows", "bin") };
    let label = label.map_or(String::new(), |label| format!(".label{label}"));
    format!("{stem}{label}.{extension}")
}

fn failed(path: &Path, reason: impl ToString) -> GeneratorError {
    GeneratorError::File { path: path.display().to_string(), reason: reason.to_string() }
}

impl FittedGenerator {
    /// Writes the generator to the folder `dir`, which is made if need be: `generator.json`
    /// (settings, vocabularies, losses, the copula's numbers) and the networks' weights or, of
    /// methods that draw from the training rows themselves, these rows. Each file appears whole or
    /// not at all, `generator.json` last; each has a checksum, which `load` compares.
    pub fn save(&self, dir: &Path) -> Result<(), GeneratorError> {
        std::fs::create_dir_all(dir).map_err(|e| failed(dir, e))?;
        let mut parts = Vec::new();
        for part in &self.parts {
            let path = dir.join(weights_name(self.config.kind(), part.label));
            let Saved { card, weights } = part.fit.save().map_err(|e| failed(&path, e))?;
            if !weights.is_empty() {
                files::write_whole(&path, |out| out.write_all(&weights))
                    .map_err(|e| failed(&path, e))?;
            }
            parts.push(PartCard { label: part.label, fit: card, sha256: sha256(&weights) });
        }
        let card = Card {
            config: self.config.clone(),
            way: self.way,
            schema: self.schema.as_ref().clone(),
            constraints: self.merged.clone(),
            numbers: self.numbers.as_ref().map(Numbers::cards),
            parts,
        };
        let path = dir.join(CARD);
        let json = sealed(&card).map_err(|e| failed(&path, e))?;
        files::write_whole(&path, |out| out.write_all(&json)).map_err(|e| failed(&path, e))
    }

    /// Reads a generator that [`save`](Self::save) wrote, onto any device.
    pub fn load(dir: &Path, device: Device) -> Result<Self, GeneratorError> {
        let path = dir.join(CARD);
        let json = std::fs::read(&path)
            .map_err(|e| failed(&path, format!("there is no saved generator ({e})")))?;
        let card: Card = unsealed(&json)
            .map_err(|e| failed(&path, format!("not a whole saved generator ({e})")))?;
        card.config.check()?;
        let schema = Arc::new(card.schema);
        let merged = card.constraints;
        if merged.as_ref().is_some_and(|merged| !merged.fits(&schema)) {
            return Err(failed(&path, "the constraints do not belong to the schema"));
        }
        let seen = merged.as_ref().map_or(schema.clone(), |merged| merged.schema().clone());
        let numbers = card.numbers.map(|cards| Numbers::load(seen, cards));
        let numbers = numbers.transpose().map_err(|e| failed(&path, e))?;
        if numbers.is_some() == card.way.reading.is_categories() {
            return Err(failed(
                &path,
                "the reading and the fields of numbers contradict each other",
            ));
        }
        let shape = Self::shape(&schema, merged.as_ref(), numbers.as_ref());
        let mut parts = Vec::new();
        for PartCard { label, fit, sha256: wanted } in card.parts {
            let path = dir.join(weights_name(card.config.kind(), label));
            let weights = match wanted == sha256(&[]) {
                true => Vec::new(),
                false => std::fs::read(&path).map_err(|e| failed(&path, e))?,
            };
            if sha256(&weights) != wanted {
                return Err(failed(&path, "the weights are not those that were saved"));
            }
            let saved = Saved { card: fit, weights };
            let fit = card.config.generator().load(saved, shape.clone(), device);
            parts.push(Part { label, fit: fit.map_err(|e| failed(&path, e))? });
        }
        Ok(Self { config: card.config, way: card.way, schema, merged, numbers, parts })
    }
}
