//! The click models as networks: codes in, logits out.

use super::config::{MaskNetConfig, ModelConfig, TowerConfig};
use super::layers::{MaskBlock, Tower, gather, mask_blocks, pairwise};
use crate::nn::dense::DenseKernels;
use crate::nn::kernels::Kernels;
use crate::nn::layers::{Mode, normal};
use crate::seed::Seed;
use burn::module::{Module, Param, ParamId};
use burn::tensor::{Int, Tensor};

/// Standard deviation of freshly drawn embeddings.
const EMBEDDING_DEVIATION: f64 = 1e-4;

/// A click model. All fields share one embedding table, their codes one after the other.
#[derive(Module, Debug)]
pub struct Network<B: Kernels> {
    /// `[codes, d]`.
    pub embedding: Param<Tensor<B, 2>>,
    /// What stands above the embeddings.
    pub head: Head<B>,
}

/// What stands above the embeddings.
#[derive(Module, Debug)]
pub enum Head<B: Kernels> {
    /// A tower.
    Dnn(Tower<B>),
    /// A tower and a factorisation machine, logits added.
    DeepFm(DeepFm<B>),
    /// Mask blocks under a tower.
    MaskNet(MaskNet<B>),
}

/// DeepFM above its embeddings (Guo et al. 2017).
#[derive(Module, Debug)]
pub struct DeepFm<B: Kernels> {
    /// The factorisation machine's weight of each category, `[codes, 1]`.
    pub linear: Param<Tensor<B, 2>>,
    /// The deep part.
    pub tower: Tower<B>,
}

/// Parallel MaskNet above its embeddings (Wang, She and Zhang 2021).
#[derive(Module, Debug)]
pub struct MaskNet<B: Kernels> {
    /// The blocks side by side.
    pub blocks: Vec<MaskBlock<B>>,
    /// The layers above their concatenated outputs.
    pub tower: Tower<B>,
    /// Share of the blocks' outputs dropped in training.
    pub dropout: f64,
}

impl<B: DenseKernels> Network<B> {
    /// A fresh network for rows of `fields` fields with `codes` codes in all.
    pub fn new(
        config: &ModelConfig,
        fields: usize,
        codes: usize,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let table = |dim, name| normal([codes, dim], EMBEDDING_DEVIATION, seed, name, device);
        let tower = |c: &TowerConfig| {
            Tower::new(
                fields * c.embedding_dim,
                &c.hidden_units,
                c.batch_norm,
                c.dropout,
                seed,
                device,
            )
        };
        match config {
            ModelConfig::Dnn(c) => {
                Self { embedding: table(c.embedding_dim, "embedding"), head: Head::Dnn(tower(c)) }
            }
            ModelConfig::DeepFm(c) => Self {
                embedding: table(c.embedding_dim, "embedding"),
                head: Head::DeepFm(DeepFm { linear: table(1, "fm_linear"), tower: tower(c) }),
            },
            ModelConfig::MaskNet(c) => Self {
                embedding: table(c.embedding_dim, "embedding"),
                head: Head::MaskNet(MaskNet::new(c, fields, seed, device)),
            },
        }
    }

    /// Logits `[n, 1]` of the rows with the given codes `[n, f]` in the shared table.
    pub fn predict(&self, codes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
        let fields = codes.dims()[1];
        let embeddings = gather(&self.embedding, codes.clone());
        match &self.head {
            Head::Dnn(tower) => tower.predict(embeddings),
            Head::DeepFm(model) => {
                let machine = model.machine(embeddings.clone(), codes, fields);
                machine + model.tower.predict(embeddings)
            }
            Head::MaskNet(model) => {
                let (outputs, _) = mask_blocks(&model.blocks, embeddings, 0.0, Mode::Predict);
                model.tower.predict(outputs)
            }
        }
    }

    /// The network as it is now: parameters are replaced in training, but running statistics move.
    pub fn frozen(&self) -> Self {
        let mut frozen = self.clone();
        let tower = match &mut frozen.head {
            Head::Dnn(tower) => tower,
            Head::DeepFm(model) => &mut model.tower,
            Head::MaskNet(model) => &mut model.tower,
        };
        for layer in &mut tower.hidden {
            layer.norm = layer.norm.as_ref().map(|norm| norm.frozen());
        }
        frozen
    }

    /// The parameters under the embedding regulariser.
    pub fn regularised(&self) -> Vec<ParamId> {
        let mut ids = vec![self.embedding.id];
        if let Head::DeepFm(model) = &self.head {
            ids.push(model.linear.id);
        }
        ids
    }
}

impl<B: DenseKernels> MaskNet<B> {
    fn new(config: &MaskNetConfig, fields: usize, seed: Seed, device: &B::Device) -> Self {
        let inputs = fields * config.embedding_dim;
        let hidden = (inputs as f64 * config.reduction_ratio) as usize;
        let block = |i| {
            MaskBlock::new(inputs, hidden, config.block_width, seed, &format!("block.{i}"), device)
        };
        let width = config.blocks * config.block_width;
        Self {
            blocks: (0..config.blocks).map(block).collect(),
            tower: Tower::new(width, &config.hidden_units, false, config.dropout, seed, device),
            dropout: config.dropout,
        }
    }
}

impl<B: DenseKernels> DeepFm<B> {
    /// The factorisation machine's logits `[n, 1]`.
    pub fn machine(
        &self,
        embeddings: Tensor<B, 2>,
        codes: Tensor<B, 2, Int>,
        fields: usize,
    ) -> Tensor<B, 2> {
        gather(&self.linear, codes).sum_dim(1) + pairwise(embeddings, fields)
    }
}
