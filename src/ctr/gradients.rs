//! Loss and gradients of a batch, written out for every model.

use super::layers::{gather, mask_blocks, mask_blocks_backward};
use super::network::{Head, Network};
use crate::nn::dense::DenseKernels;
use crate::nn::kernels::{Kernels, primitive, tensor};
use crate::nn::layers::Mode;
use crate::seed::Seed;
use burn::module::Param;
use burn::optim::GradientsParams;
use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::{Int, Tensor};

/// Mean cross-entropy of logits and labels, both `[n, 1]`, as a `[1]` tensor.
pub fn cross_entropy<B: Kernels>(logits: Tensor<B, 2>, labels: Tensor<B, 2>) -> Tensor<B, 1> {
    let softplus = logits.clone().abs().neg().exp().log1p();
    (relu(logits.clone()) - logits * labels + softplus).mean()
}

/// The gradient of a table of embeddings, from that of the rows looked up.
fn of_table<B: Kernels>(
    table: &Param<Tensor<B, 2>>,
    grad: Tensor<B, 2>,
    codes: Tensor<B, 2, Int>,
) -> Tensor<B, 2> {
    let n_codes = table.val().dims()[0];
    tensor(B::gather_backward(primitive(grad), codes.into_primitive(), n_codes))
}

/// What a batch gives.
pub struct Batch<B: Kernels> {
    /// Mean cross-entropy, `[1]`.
    pub loss: Tensor<B, 1>,
    /// Gradients of the loss in all parameters.
    pub grads: GradientsParams,
}

impl<B: DenseKernels> Network<B> {
    /// The loss of rows with the given codes `[n, f]` and labels `[n, 1]` in training, and its
    /// gradients. Dropout draws from `seed`.
    pub fn gradients(
        &self,
        codes: Tensor<B, 2, Int>,
        labels: Tensor<B, 2>,
        seed: Seed,
    ) -> Batch<B> {
        let [n, fields] = codes.dims();
        let embeddings = gather(&self.embedding, codes.clone());
        let mut grads = GradientsParams::new();
        let loss_of = |logits: Tensor<B, 2>| {
            let grad = (sigmoid(logits.clone()) - labels.clone()).div_scalar(n as f64);
            (cross_entropy(logits, labels.clone()), grad)
        };
        let (loss, of_embeddings) = match &self.head {
            Head::Dnn(tower) => {
                let (logits, pass) = tower.train(embeddings, seed);
                let (loss, grad) = loss_of(logits);
                (loss, tensor(B::of_outputs(tower.backward(grad, pass, &mut grads))))
            }
            Head::DeepFm(model) => {
                let (deep, pass) = model.tower.train(embeddings.clone(), seed);
                let logits = deep + model.machine(embeddings.clone(), codes.clone(), fields);
                let (loss, grad) = loss_of(logits);
                let of_each = grad.clone().repeat_dim(1, fields);
                grads.register(model.linear.id, of_table(&model.linear, of_each, codes.clone()));
                let [of_pairs, embeddings] = [grad.clone(), embeddings].map(primitive);
                let of_pairs = tensor(B::pairwise_backward(of_pairs, embeddings, fields));
                let deep = tensor(B::of_outputs(model.tower.backward(grad, pass, &mut grads)));
                (loss, deep + of_pairs)
            }
            Head::MaskNet(model) => {
                let mode = Mode::Train(seed);
                let (outputs, blocks) = mask_blocks(&model.blocks, embeddings, model.dropout, mode);
                let (logits, pass) = model.tower.train(outputs, seed);
                let (loss, grad) = loss_of(logits);
                let down = model.tower.backward(grad, pass, &mut grads);
                let of_embeddings = mask_blocks_backward(&model.blocks, down, blocks, &mut grads);
                (loss, of_embeddings)
            }
        };
        grads.register(self.embedding.id, of_table(&self.embedding, of_embeddings, codes));
        Batch { loss, grads }
    }
}
