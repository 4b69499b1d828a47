//! The layers click models are built from: embeddings, hidden layers, the tower, mask blocks.
//!
//! Each has a forward pass for predicting, and one for training with a backward pass written out:
//! trained without a record of every operation, several models in one process share nothing.

use crate::nn::dense::{DenseKernels, DensePass, MaskLayer, MaskPass, Upstream};
use crate::nn::kernels::{Kernels, primitive, tensor};
use crate::nn::layers::{Affine, BatchNorm, Mode, constant, xavier};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};

/// A tensor of a backend, as its operations take it.
type Primitive<B> = burn::tensor::ops::FloatTensor<B>;

/// The rows of `table [codes, d]` at `codes [n, f]`, side by side: `[n, f·d]`.
pub fn gather<B: Kernels>(table: &Param<Tensor<B, 2>>, codes: Tensor<B, 2, Int>) -> Tensor<B, 2> {
    tensor(B::gather(primitive(table.val()), codes.into_primitive()))
}

/// The sum of all inner products of two of a row's embeddings: `[n, f·d]` gives `[n, 1]`.
pub fn pairwise<B: Kernels>(embeddings: Tensor<B, 2>, fields: usize) -> Tensor<B, 2> {
    tensor(B::pairwise(primitive(embeddings), fields))
}

/// A hidden layer: affine map, batch normalisation if wanted, ReLU, dropout.
#[derive(Module, Debug)]
pub struct Hidden<B: Kernels> {
    /// The map.
    pub affine: Affine<B>,
    /// The normalisation between map and ReLU.
    pub norm: Option<BatchNorm<B>>,
}

/// A hidden layer's forward pass, as its backward pass needs it.
struct HiddenPass<B: Kernels> {
    input: Tensor<B, 2>,
    output: HiddenOutput<Primitive<B>>,
    /// What kept units are multiplied with.
    scale: f32,
}

enum HiddenOutput<T> {
    Plain(T),
    Normalised(DensePass<T>),
}

impl<B: DenseKernels> Hidden<B> {
    /// `[n, inputs]` gives `[n, units]`, with the running statistics.
    fn predict(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        let nothing = Mode::Predict.dropout(0.0, "");
        let Affine { weight, bias } = match &self.norm {
            None => &self.affine,
            Some(norm) => &self.folded(norm),
        };
        let [x, weight] = [x, weight.val()].map(primitive);
        tensor(B::dense_relu(x, weight, primitive(bias.val()), &nothing))
    }

    /// Map and normalisation as one map, with the running statistics.
    fn folded(&self, norm: &BatchNorm<B>) -> Affine<B> {
        let (slope, offset) = norm.fixed(Some(self.affine.bias.val()));
        Affine {
            weight: Param::from_tensor(self.affine.weight.val() * slope.unsqueeze()),
            bias: Param::from_tensor(offset),
        }
    }

    /// As [`predict`](Self::predict) in training: with dropout and the batch's statistics, which
    /// the running ones move towards.
    fn train(&self, x: Tensor<B, 2>, rate: f64, seed: Seed, name: &str) -> HiddenPass<B> {
        let dropout = Mode::Train(seed).dropout(rate, name);
        let [input, weight] = [x.clone(), self.affine.weight.val()].map(primitive);
        let bias = self.affine.bias.val();
        let output = match &self.norm {
            None => HiddenOutput::Plain(B::dense_relu(input, weight, primitive(bias), &dropout)),
            Some(norm) => {
                let [gamma, beta] = [&norm.gamma, &norm.beta].map(|p| primitive(p.val()));
                let pass = B::dense_norm_relu(input, weight, gamma, beta, &dropout);
                let statistics = [&pass.mean, &pass.variance].map(|s| tensor(s.clone()));
                let [mean, variance] = statistics;
                norm.track(mean, variance, Some(bias), x.dims()[0]);
                HiddenOutput::Normalised(pass)
            }
        };
        HiddenPass { input: x, output, scale: dropout.scale() }
    }

    /// Registers the parameters' gradients; gives what goes down to the layer below.
    ///
    /// A bias that a normalisation takes away again has none, and never moves.
    fn backward(
        &self,
        upstream: Upstream<Primitive<B>>,
        pass: HiddenPass<B>,
        grads: &mut GradientsParams,
    ) -> Upstream<Primitive<B>> {
        let HiddenPass { input, output, scale } = pass;
        let grad = match (output, &self.norm) {
            (HiddenOutput::Normalised(pass), Some(norm)) => {
                let of = primitive(norm.gamma.val());
                let [grad, gamma, beta] = B::dense_norm_relu_backward(upstream, pass, of, scale);
                grads.register::<B, 1>(norm.gamma.id, tensor(gamma));
                grads.register::<B, 1>(norm.beta.id, tensor(beta));
                grad
            }
            (
                HiddenOutput::Plain(output) | HiddenOutput::Normalised(DensePass { output, .. }),
                _,
            ) => {
                let [grad, bias] = B::dense_relu_backward(upstream, output, scale);
                grads.register::<B, 1>(self.affine.bias.id, tensor(bias));
                grad
            }
        };
        let weight = B::dense_weight(primitive(input), grad.clone());
        grads.register::<B, 2>(self.affine.weight.id, tensor(weight));
        Upstream { grad, weight: primitive(self.affine.weight.val()) }
    }
}

/// Hidden layers and a single output without activation.
#[derive(Module, Debug)]
pub struct Tower<B: Kernels> {
    /// The hidden layers, from the input up.
    pub hidden: Vec<Hidden<B>>,
    /// The output.
    pub output: Affine<B>,
    /// Share of hidden units dropped in training.
    pub dropout: f64,
}

/// A tower's forward pass, as its backward pass needs it.
pub struct TowerPass<B: Kernels> {
    hidden: Vec<HiddenPass<B>>,
    /// The last hidden layer's activations.
    top: Tensor<B, 2>,
}

impl<B: DenseKernels> Tower<B> {
    /// A tower on `inputs` values.
    pub fn new(
        inputs: usize,
        units: &[usize],
        batch_norm: bool,
        dropout: f64,
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let widths: Vec<usize> = std::iter::once(inputs).chain(units.iter().copied()).collect();
        let hidden = widths.windows(2).enumerate().map(|(i, pair)| Hidden {
            affine: Affine::new([pair[0], pair[1]], seed, &format!("tower.{i}"), device),
            norm: batch_norm.then(|| BatchNorm::new(pair[1], device)),
        });
        let last = widths[widths.len() - 1];
        Self {
            hidden: hidden.collect(),
            output: Affine::new([last, 1], seed, "output", device),
            dropout,
        }
    }

    /// `[n, inputs]` gives `[n, 1]`.
    pub fn predict(&self, x: Tensor<B, 2>) -> Tensor<B, 2> {
        self.logits(self.hidden.iter().fold(x, |x, layer| layer.predict(x)))
    }

    /// The output from the last hidden layer's activations.
    fn logits(&self, top: Tensor<B, 2>) -> Tensor<B, 2> {
        let product = B::product(primitive(top), primitive(self.output.weight.val()));
        tensor::<B, 2>(product) + self.output.bias.val().unsqueeze()
    }

    /// As [`predict`](Self::predict) in training. Dropout draws from `seed`.
    pub fn train(&self, x: Tensor<B, 2>, seed: Seed) -> (Tensor<B, 2>, TowerPass<B>) {
        let (mut top, mut hidden) = (x, Vec::with_capacity(self.hidden.len()));
        for (i, layer) in self.hidden.iter().enumerate() {
            let pass = layer.train(top, self.dropout, seed, &format!("tower.{i}"));
            let (HiddenOutput::Plain(output) | HiddenOutput::Normalised(DensePass { output, .. })) =
                &pass.output;
            top = tensor(output.clone());
            hidden.push(pass);
        }
        (self.logits(top.clone()), TowerPass { hidden, top })
    }

    /// Registers the parameters' gradients, from that of the output, `[n, 1]`; gives what goes
    /// down to the inputs.
    pub fn backward(
        &self,
        grad: Tensor<B, 2>,
        pass: TowerPass<B>,
        grads: &mut GradientsParams,
    ) -> Upstream<Primitive<B>> {
        let Affine { weight, bias } = &self.output;
        let of_weight = B::dense_weight(primitive(pass.top), primitive(grad.clone()));
        grads.register::<B, 2>(weight.id, tensor(of_weight));
        grads.register(bias.id, grad.clone().sum_dim(0).squeeze_dim::<1>(0));
        let upstream = Upstream { grad: primitive(grad), weight: primitive(weight.val()) };
        self.hidden
            .iter()
            .zip(pass.hidden)
            .rev()
            .fold(upstream, |upstream, (layer, pass)| layer.backward(upstream, pass, grads))
    }
}

/// A mask block of MaskNet (Wang, She and Zhang 2021, equations 4 to 8):
/// `dropout(relu(layer_norm(W·(mask(e) ⊙ e))))` with `mask(e) = W₂·relu(W₁·e + b₁) + b₂`.
#[derive(Module, Debug)]
pub struct MaskBlock<B: Kernels> {
    /// `W₁` and `b₁`.
    pub mask_in: Affine<B>,
    /// `W₂` and `b₂`.
    pub mask_out: Affine<B>,
    /// `W`, without a bias.
    pub weight: Param<Tensor<B, 2>>,
    /// The layer normalisation's scale.
    pub gamma: Param<Tensor<B, 1>>,
    /// The layer normalisation's offset.
    pub beta: Param<Tensor<B, 1>>,
}

impl<B: Kernels> MaskBlock<B> {
    /// The block called `name`, with `inputs` embedding values, `hidden` units in the mask and
    /// `width` outputs.
    pub fn new(
        inputs: usize,
        hidden: usize,
        width: usize,
        seed: Seed,
        name: &str,
        device: &B::Device,
    ) -> Self {
        Self {
            mask_in: Affine::new([inputs, hidden], seed, &format!("{name}.mask1"), device),
            mask_out: Affine::new([hidden, inputs], seed, &format!("{name}.mask2"), device),
            weight: xavier([inputs, width], seed, &format!("{name}.hidden"), device),
            gamma: constant(width, 1.0, device),
            beta: constant(width, 0.0, device),
        }
    }

    /// The parameters, as the operation on blocks takes them.
    fn layer(&self) -> MaskLayer<Primitive<B>> {
        let (two, one) = (
            |p: &Param<Tensor<B, 2>>| primitive(p.val()),
            |p: &Param<Tensor<B, 1>>| primitive(p.val()),
        );
        MaskLayer {
            mask_in: two(&self.mask_in.weight),
            mask_in_bias: one(&self.mask_in.bias),
            mask_out: two(&self.mask_out.weight),
            mask_out_bias: one(&self.mask_out.bias),
            weight: two(&self.weight),
            gamma: one(&self.gamma),
            beta: one(&self.beta),
        }
    }

    /// Registers the gradients of all parameters.
    fn register(&self, layer: MaskLayer<Primitive<B>>, grads: &mut GradientsParams) {
        let two = [
            (self.mask_in.weight.id, layer.mask_in),
            (self.mask_out.weight.id, layer.mask_out),
            (self.weight.id, layer.weight),
        ];
        let one = [
            (self.mask_in.bias.id, layer.mask_in_bias),
            (self.mask_out.bias.id, layer.mask_out_bias),
            (self.gamma.id, layer.gamma),
            (self.beta.id, layer.beta),
        ];
        two.into_iter().for_each(|(id, grad)| grads.register::<B, 2>(id, tensor(grad)));
        one.into_iter().for_each(|(id, grad)| grads.register::<B, 1>(id, tensor(grad)));
    }
}

/// The forward pass of mask blocks side by side, as their backward pass needs it.
pub struct MaskBlocksPass<B: Kernels> {
    embeddings: Tensor<B, 2>,
    pass: MaskPass<Primitive<B>>,
    scale: f32,
}

/// The outputs `[n, blocks·width]` of `blocks` on the same embeddings `[n, inputs]`, with dropout
/// where `mode` is training.
pub fn mask_blocks<B: DenseKernels>(
    blocks: &[MaskBlock<B>],
    embeddings: Tensor<B, 2>,
    rate: f64,
    mode: Mode,
) -> (Tensor<B, 2>, MaskBlocksPass<B>) {
    let layers: Vec<_> = blocks.iter().map(MaskBlock::layer).collect();
    let dropouts: Vec<_> =
        (0..blocks.len()).map(|i| mode.dropout(rate, &format!("block.{i}"))).collect();
    let pass = B::mask_layers(primitive(embeddings.clone()), &layers, &dropouts);
    let scale = dropouts.first().map_or(1.0, |dropout| dropout.scale());
    (tensor(pass.output.clone()), MaskBlocksPass { embeddings, pass, scale })
}

/// Registers the gradients of the blocks' parameters; gives that of the embeddings.
pub fn mask_blocks_backward<B: DenseKernels>(
    blocks: &[MaskBlock<B>],
    upstream: Upstream<Primitive<B>>,
    pass: MaskBlocksPass<B>,
    grads: &mut GradientsParams,
) -> Tensor<B, 2> {
    let MaskBlocksPass { embeddings, pass, scale } = pass;
    let layers: Vec<_> = blocks.iter().map(MaskBlock::layer).collect();
    let (grad, layers) =
        B::mask_layers_backward(upstream, primitive(embeddings), &layers, pass, scale);
    blocks.iter().zip(layers).for_each(|(block, layer)| block.register(layer, grads));
    tensor(grad)
}
