//! A trained click model: predicting with it, saving and loading it.

use super::config::ModelConfig;
use super::network::Network;
use super::rows::{Rows, code_counts};
use super::training::predict;
use super::{CtrError, Epoch};
use crate::data::Table;
use crate::device::Device;
use crate::files;
use crate::nn::blocks::BlockKernels;
use crate::nn::dense::DenseKernels;
use crate::nn::kernels::Kernels;
use crate::nn::{self, Work};
use crate::seed::Seed;
use burn::module::Module;
use burn::record::{FullPrecisionSettings, NamedMpkBytesRecorder, Recorder};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The readable half of a saved model, `model.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Card {
    /// The model and its settings.
    pub model: ModelConfig,
    /// Number of codes of each field.
    pub code_counts: Vec<usize>,
    /// Every pass, in order.
    pub history: Vec<Epoch>,
    /// Position in `history` of the pass whose weights were kept.
    pub best: usize,
}

/// What stands in `model.json`.
#[derive(Serialize, Deserialize)]
struct Saved<C> {
    #[serde(flatten)]
    card: C,
    /// Checksum of the weights; none in models of earlier versions.
    sha256: Option<String>,
}

/// A network on its device, whatever the backend.
pub(super) trait Predictor: Send + Sync {
    /// Click probabilities of all rows.
    fn predict(&self, rows: &Rows) -> Vec<f64>;
    /// The weights as bytes.
    fn weights(&self) -> Result<Vec<u8>, String>;
}

/// A network and where it lives.
pub(super) struct OnDevice<B: Kernels> {
    pub network: Network<B>,
    pub device: B::Device,
}

type Weights = NamedMpkBytesRecorder<FullPrecisionSettings>;

impl<B: DenseKernels> Predictor for OnDevice<B> {
    fn predict(&self, rows: &Rows) -> Vec<f64> {
        predict(&self.network, rows, &self.device)
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        let record = self.network.clone().into_record();
        <Weights as Recorder<B>>::record(&Weights::default(), record, ()).map_err(|e| e.to_string())
    }
}

impl<B: DenseKernels> OnDevice<B> {
    /// The network that `card` describes with the given weights.
    fn load(card: &Card, weights: Vec<u8>) -> Result<Box<dyn Predictor>, String>
    where
        B: 'static,
    {
        let device = B::Device::default();
        let (fields, codes) = (card.code_counts.len(), card.code_counts.iter().sum());
        let network = Network::new(&card.model, fields, codes, Seed::master(0), &device);
        let record = <Weights as Recorder<B>>::load(&Weights::default(), weights, &device)
            .map_err(|e| e.to_string())?;
        let network: Network<B> = network.load_record(record);
        let found = network.embedding.val().dims();
        if found[0] != codes {
            return Err(format!(
                "the weights have {} embeddings, model.json says {codes}",
                found[0]
            ));
        }
        Ok(Box::new(Self { network, device }))
    }
}

/// The network that a card describes with the given weights, on any backend.
struct Load<'a> {
    card: &'a Card,
    weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Predictor>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        OnDevice::<B>::load(self.card, self.weights)
    }
}

/// A trained click model with the weights of its best epoch.
pub struct Trained {
    pub(super) card: Card,
    pub(super) device: Device,
    pub(super) network: Box<dyn Predictor>,
}

/// Names of a saved model's two files.
const CARD: &str = "model.json";
const WEIGHTS: &str = "weights.mpk";

impl Trained {
    /// Every pass, in order.
    pub fn history(&self) -> &[Epoch] {
        &self.card.history
    }

    /// The pass whose weights were kept: the highest validation AUC.
    pub fn best(&self) -> &Epoch {
        &self.card.history[self.card.best]
    }

    /// Where the model lives.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Predicted click probabilities, one per row, in `0..=1`.
    ///
    /// # Panics
    /// If the table's fields have other vocabularies than the training rows'.
    pub fn predict(&self, table: &Table) -> Vec<f64> {
        let counts = code_counts(table.schema());
        assert_eq!(counts, self.card.code_counts, "the table has the training rows' schema");
        let rows = Rows::new(table, &counts);
        nn::threads_of(self.device, || self.network.predict(&rows))
    }

    /// Writes the model to the folder `dir`, which is made if need be: `model.json` (settings
    /// and history) and `weights.mpk`. Each file appears whole or not at all and has a checksum, which
    /// [`load`](Self::load) compares.
    pub fn save(&self, dir: &Path) -> Result<(), CtrError> {
        std::fs::create_dir_all(dir).map_err(|e| failed(dir, e.to_string()))?;
        let weights = self.network.weights().map_err(|e| failed(&dir.join(WEIGHTS), e))?;
        let saved = Saved { card: &self.card, sha256: Some(files::sha256(&weights)) };
        let card = files::sealed(&saved).map_err(|e| failed(&dir.join(CARD), e.to_string()))?;
        for (name, bytes) in [(WEIGHTS, weights), (CARD, card)] {
            let path = dir.join(name);
            files::write_whole(&path, |out| out.write_all(&bytes))
                .map_err(|e| failed(&path, e.to_string()))?;
        }
        Ok(())
    }

    /// Reads a model that [`save`](Self::save) wrote, onto any device.
    pub fn load(dir: &Path, device: Device) -> Result<Self, CtrError> {
        let (card, weights) = read(dir)?;
        let failed = |reason| failed(&dir.join(WEIGHTS), reason);
        let network = nn::on_device(device, Load { card: &card, weights })
            .map_err(|e| failed(e.to_string()))?;
        Ok(Self { card, device, network: network.map_err(failed)? })
    }

    /// Whether the files of a saved model are there and undamaged.
    pub fn is_whole(dir: &Path) -> bool {
        read(dir).is_ok()
    }
}

/// The two files of a saved model, checked.
fn read(dir: &Path) -> Result<(Card, Vec<u8>), CtrError> {
    let paths = [CARD, WEIGHTS].map(|name| dir.join(name));
    let [card, weights] =
        paths.each_ref().map(|path| std::fs::read(path).map_err(|e| failed(path, e.to_string())));
    let Saved::<Card> { card, sha256 } =
        files::unsealed(&card?).map_err(|e| failed(&paths[0], e))?;
    if card.best >= card.history.len() || card.code_counts.is_empty() {
        let reason = "it names no best epoch or no fields; save the model again";
        return Err(failed(&paths[0], reason.into()));
    }
    card.model.check()?;
    let weights = weights?;
    if sha256.is_some_and(|wanted| wanted != files::sha256(&weights)) {
        let reason = format!("its checksum is not the one in {CARD}; save the model again");
        return Err(failed(&paths[1], reason));
    }
    Ok((card, weights))
}

/// What is wrong with a file or folder.
fn failed(path: &Path, reason: String) -> CtrError {
    CtrError::File { path: path.display().to_string(), reason }
}
