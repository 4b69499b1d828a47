//! Settings of the click models and of their training, with the published values as defaults.

use super::CtrError;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The click models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    /// Embeddings into a multi-layer perceptron.
    Dnn,
    /// A factorisation machine beside the perceptron (Guo et al. 2017).
    DeepFm,
    /// Parallel instance-guided masks (Wang, She and Zhang 2021).
    MaskNet,
}

impl ModelKind {
    /// All models, in the order of reports.
    pub const ALL: [ModelKind; 3] = [ModelKind::Dnn, ModelKind::DeepFm, ModelKind::MaskNet];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ModelKind::Dnn => "dnn",
            ModelKind::DeepFm => "deepfm",
            ModelKind::MaskNet => "masknet",
        }
    }

    /// The name as the papers spell it.
    pub fn title(self) -> &'static str {
        match self {
            ModelKind::Dnn => "DNN",
            ModelKind::DeepFm => "DeepFM",
            ModelKind::MaskNet => "MaskNet",
        }
    }
}

impl fmt::Display for ModelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A model and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "model")]
pub enum ModelConfig {
    /// DNN.
    Dnn(TowerConfig),
    /// DeepFM.
    DeepFm(TowerConfig),
    /// MaskNet.
    MaskNet(MaskNetConfig),
}

impl ModelConfig {
    /// Which model this configures.
    pub fn kind(&self) -> ModelKind {
        match self {
            ModelConfig::Dnn(_) => ModelKind::Dnn,
            ModelConfig::DeepFm(_) => ModelKind::DeepFm,
            ModelConfig::MaskNet(_) => ModelKind::MaskNet,
        }
    }
}

/// Settings of DNN and DeepFM. The defaults are the published ones for Frappe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TowerConfig {
    /// Length of each category's embedding, from 1.
    pub embedding_dim: usize,
    /// Adds half of this times the embeddings' squared norm to every batch's loss, from 0.
    pub embedding_regularizer: f64,
    /// Widths of the hidden layers, at least one.
    pub hidden_units: Vec<usize>,
    /// Whether hidden layers are batch-normalised before their ReLU.
    pub batch_norm: bool,
    /// Share of hidden units dropped while training, in `0..1`.
    pub dropout: f64,
}

impl Default for TowerConfig {
    fn default() -> Self {
        Self {
            embedding_dim: 10,
            embedding_regularizer: 0.05,
            hidden_units: vec![400, 400, 400],
            batch_norm: true,
            dropout: 0.2,
        }
    }
}

/// Settings of MaskNet. The defaults are the published ones for Frappe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskNetConfig {
    /// Length of each category's embedding, from 1.
    pub embedding_dim: usize,
    /// Adds half of this times the embeddings' squared norm to every batch's loss, from 0.
    pub embedding_regularizer: f64,
    /// Widths of the hidden layers above the blocks, at least one.
    pub hidden_units: Vec<usize>,
    /// Number of parallel mask blocks, from 1.
    pub blocks: usize,
    /// Outputs of each block, from 1.
    pub block_width: usize,
    /// Width of the mask's hidden layer over the width of the embeddings, above 0.
    pub reduction_ratio: f64,
    /// Share of hidden units dropped while training, in `0..1`.
    pub dropout: f64,
}

impl Default for MaskNetConfig {
    fn default() -> Self {
        Self {
            embedding_dim: 10,
            embedding_regularizer: 0.1,
            hidden_units: vec![400, 400, 400],
            blocks: 3,
            block_width: 50,
            reduction_ratio: 2.0,
            dropout: 0.1,
        }
    }
}

/// Settings of the training loop. The defaults are the published ones for Frappe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingConfig {
    /// Most passes over the training rows, 1 to 1,000,000.
    pub epochs: usize,
    /// Rows per step, from 2.
    pub batch_size: usize,
    /// Adam's first learning rate, above 0.
    pub learning_rate: f64,
    /// The learning rate never falls below this.
    pub min_learning_rate: f64,
    /// Factor on the learning rate after an epoch without a better validation AUC, in `0..=1`.
    pub learning_rate_decay: f64,
    /// Stop at this many epochs in a row without a better validation AUC, from 1.
    pub patience: usize,
    /// Gradients are scaled down to this global norm, above 0.
    pub max_gradient_norm: f64,
    /// Whether the test rows are scored after every epoch, for its history alone: nothing is chosen
    /// by it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub test_every_epoch: bool,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 100,
            batch_size: 4096,
            learning_rate: 1e-3,
            min_learning_rate: 1e-6,
            learning_rate_decay: 0.1,
            patience: 2,
            max_gradient_norm: 10.0,
            test_every_epoch: false,
        }
    }
}

/// Wider layers than this are a mistyped number: two of them would take a gigabyte.
const MAX_UNITS: usize = 16_384;

/// Longer embeddings than this are a mistyped number.
const MAX_EMBEDDING_DIM: usize = 1024;

/// More passes than this are a mistyped number: nobody waits for them, and the steps are counted.
const MAX_EPOCHS: usize = 1_000_000;

/// Fails with `message` unless `holds`.
fn require(holds: bool, message: impl FnOnce() -> String) -> Result<(), CtrError> {
    if holds { Ok(()) } else { Err(CtrError::Setting(message())) }
}

impl TrainingConfig {
    /// Checks every setting's range.
    pub fn check(&self) -> Result<(), CtrError> {
        let least = |name: &str, value: usize, least: usize| {
            require(value >= least, || {
                format!("training.{name} is {value}; it must be at least {least}")
            })
        };
        least("epochs", self.epochs, 1)?;
        require(self.epochs <= MAX_EPOCHS, || {
            format!("training.epochs is {}; it must be at most {MAX_EPOCHS}", self.epochs)
        })?;
        least("batch_size", self.batch_size, 2)?;
        least("patience", self.patience, 1)?;
        for (name, value) in [
            ("learning_rate", self.learning_rate),
            ("min_learning_rate", self.min_learning_rate),
            ("max_gradient_norm", self.max_gradient_norm),
        ] {
            require(value.is_finite() && value > 0.0, || {
                format!("training.{name} is {value}; it must be a finite number above 0")
            })?;
        }
        require((0.0..=1.0).contains(&self.learning_rate_decay), || {
            format!(
                "training.learning_rate_decay is {}; it must be from 0 to 1",
                self.learning_rate_decay
            )
        })
    }
}

impl ModelConfig {
    /// Adds half of this times the embeddings' squared norm to every batch's loss.
    pub fn embedding_regularizer(&self) -> f64 {
        match self {
            ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => c.embedding_regularizer,
            ModelConfig::MaskNet(c) => c.embedding_regularizer,
        }
    }

    /// Checks every setting's range.
    pub fn check(&self) -> Result<(), CtrError> {
        let model = self.kind().name();
        let (embedding_dim, regularizer, hidden_units, dropout) = match self {
            ModelConfig::Dnn(c) | ModelConfig::DeepFm(c) => {
                (c.embedding_dim, c.embedding_regularizer, &c.hidden_units, c.dropout)
            }
            ModelConfig::MaskNet(c) => {
                let width = c.blocks.saturating_mul(c.block_width);
                require((1..=MAX_UNITS).contains(&width), || {
                    format!(
                        "model.{model}.blocks times model.{model}.block_width is {width}; it must be 1 \
                         to {MAX_UNITS}"
                    )
                })?;
                let width = c.embedding_dim as f64 * c.reduction_ratio;
                require((1.0..=MAX_UNITS as f64).contains(&width), || {
                    format!(
                        "model.{model}.reduction_ratio is {}; times embedding_dim it must be 1 to \
                         {MAX_UNITS}",
                        c.reduction_ratio
                    )
                })?;
                (c.embedding_dim, c.embedding_regularizer, &c.hidden_units, c.dropout)
            }
        };
        require((1..=MAX_EMBEDDING_DIM).contains(&embedding_dim), || {
            format!(
                "model.{model}.embedding_dim is {embedding_dim}; it must be 1 to {MAX_EMBEDDING_DIM}"
            )
        })?;
        require(regularizer.is_finite() && regularizer >= 0.0, || {
            format!("model.{model}.embedding_regularizer is {regularizer}; it must not be negative")
        })?;
        let widths = hidden_units.iter().all(|units| (1..=MAX_UNITS).contains(units));
        require(!hidden_units.is_empty() && widths, || {
            format!(
                "model.{model}.hidden_units is {hidden_units:?}; it needs at least one layer, each of \
                 1 to {MAX_UNITS} units"
            )
        })?;
        require((0.0..1.0).contains(&dropout), || {
            format!("model.{model}.dropout is {dropout}; it must be at least 0 and below 1")
        })
    }
}
