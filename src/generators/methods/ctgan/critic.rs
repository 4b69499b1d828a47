//! The discriminator, with its gradients written out.
//!
//! Let `m_l` be what layer `l`'s leaky ReLU and dropout multiply its input `a_l` with, so that
//! `h_l = m_l ⊙ a_l`, `a_{l+1} = h_l W_{l+1} + b_{l+1}`, and the score is `h_L w + b`. As `m_l` does
//! not change in a small neighbourhood, the gradient of the score with respect to the input is the
//! product `u_1 W_1ᵀ` with `u_L = m_L ⊙ wᵀ` and `u_{l−1} = m_{l−1} ⊙ (u_l W_lᵀ)`: an ordinary
//! function of the weights, whose gradient the penalty on its norm needs. No second derivative.

use super::network::limit;
use super::rows::Packed;
use crate::nn::blocks::BlockKernels;
use crate::nn::kernels::{Dropout, primitive, product, tensor};
use crate::nn::layers::{Affine, uniform};
use crate::seed::Seed;
use burn::module::{Module, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};

/// Slope of the leaky ReLU below 0.
const SLOPE: f32 = 0.2;

/// The discriminator: a score for `pac` rows side by side, each with its condition.
#[derive(Module, Debug)]
pub struct Critic<B: BlockKernels> {
    /// First layer's weights of the rows' blocks, `[pac·width, units]`; none without blocks.
    pub blocks: Option<Param<Tensor<B, 2>>>,
    /// First layer's weights of the conditions, `[pac·columns, units]`; none without any.
    pub conditions: Option<Param<Tensor<B, 2>>>,
    /// First layer's weights of the rows' numbers, `[pac·numbers, units]`; none without numbers.
    pub numbers: Option<Param<Tensor<B, 2>>>,
    /// First layer's bias.
    pub bias: Param<Tensor<B, 1>>,
    /// The hidden layers above the first, and the output.
    pub dense: Vec<Affine<B>>,
}

/// Rows that the generator made, and their conditions.
pub struct Made<B: BlockKernels> {
    /// Softmaxes `[b, pac·width]`; none without blocks.
    pub blocks: Option<Tensor<B, 2>>,
    /// `[b, pac·numbers]`; none without numbers.
    pub numbers: Option<Tensor<B, 2>>,
    /// `[b, pac]`; none without blocks to put them on.
    pub conditions: Option<Tensor<B, 2, Int>>,
}

/// A pass up the layers: what the way back needs.
struct Pass<B: BlockKernels> {
    /// `m_l` of every hidden layer, `[rows, units]`.
    slopes: Vec<Tensor<B, 2>>,
    /// `h_l` of every hidden layer.
    hidden: Vec<Tensor<B, 2>>,
    /// `[rows, 1]`.
    scores: Tensor<B, 2>,
}

/// What a step of the discriminator gave.
pub struct CriticStep<B: BlockKernels> {
    /// Of the parameters of the critic that was given.
    pub gradients: GradientsParams,
    /// Mean score of the made rows less that of the real ones, then the weighted penalty: `[2]`.
    pub losses: Tensor<B, 1>,
}

/// Both kinds of rows of a step of the discriminator.
pub struct Contest<B: BlockKernels> {
    pub real: Packed<B>,
    /// Conditions of the real rows.
    pub real_conditions: Option<Tensor<B, 2, Int>>,
    pub made: Made<B>,
    /// The part of the real rows in the mixture where the gradient is held at norm 1, `[b, 1]`.
    pub mix: Tensor<B, 2>,
    /// Weight of the penalty.
    pub penalty: f64,
    /// Share of hidden units dropped.
    pub dropout: f64,
    /// For the dropout.
    pub seed: Seed,
}

fn sum_rows<B: BlockKernels>(x: Tensor<B, 2>) -> Tensor<B, 1> {
    x.sum_dim(0).squeeze_dim(0)
}

fn zeros<B: BlockKernels>(like: &Param<Tensor<B, 2>>) -> Tensor<B, 2> {
    like.val().zeros_like()
}

fn scatter<B: BlockKernels>(
    table: Tensor<B, 2>,
    codes: &Tensor<B, 2, Int>,
    grad: &Tensor<B, 2>,
) -> Tensor<B, 2> {
    let (codes, grad) = (codes.clone().into_primitive(), primitive(grad.clone()));
    tensor(B::scatter_rows(primitive(table), codes, grad))
}

impl<B: BlockKernels> Critic<B> {
    /// A fresh discriminator of `pac` rows of `width` columns of blocks, of which conditions are put on
    /// the first `given`, and `numbers` numbers.
    pub fn new(
        pac: usize,
        [width, given]: [usize; 2],
        numbers: usize,
        units: &[usize],
        seed: Seed,
        device: &B::Device,
    ) -> Self {
        let inputs = pac * (width + given + numbers);
        let first = units[0];
        let draw = |rows: usize, name| {
            (rows > 0).then(|| uniform([rows, first], limit(inputs), seed, name, device))
        };
        let widths: Vec<usize> = units.iter().copied().chain([1]).collect();
        let dense = widths.windows(2).enumerate().map(|(i, pair)| {
            Affine::uniform([pair[0], pair[1]], seed, &format!("dense.{i}"), device)
        });
        Self {
            blocks: draw(pac * width, "blocks"),
            conditions: draw(pac * given, "conditions"),
            numbers: draw(pac * numbers, "numbers"),
            bias: uniform([first], limit(inputs), seed, "bias", device),
            dense: dense.collect(),
        }
    }

    /// `a_1` of rows given as codes.
    fn first_of_real(
        &self,
        rows: &Packed<B>,
        conditions: Option<&Tensor<B, 2, Int>>,
    ) -> Tensor<B, 2> {
        let looked_up = |weights: &Option<Param<Tensor<B, 2>>>,
                         codes: Option<&Tensor<B, 2, Int>>| {
            let codes = codes?.clone().into_primitive();
            Some(tensor::<B, 2>(B::embed_sum(primitive(weights.as_ref()?.val()), codes)))
        };
        let parts = [
            looked_up(&self.blocks, rows.codes.as_ref()),
            looked_up(&self.conditions, conditions),
            self.numbers_part(rows.numbers.as_ref()),
        ];
        self.first(parts)
    }

    /// `a_1` of rows given as softmaxes.
    fn first_of_made(&self, made: &Made<B>) -> Tensor<B, 2> {
        let blocks = self.blocks.as_ref().zip(made.blocks.as_ref());
        let conditions = self.conditions.as_ref().zip(made.conditions.as_ref());
        let parts = [
            blocks.map(|(weights, x)| product(x.clone(), weights.val())),
            conditions.map(|(weights, codes)| {
                let codes = codes.clone().into_primitive();
                tensor::<B, 2>(B::embed_sum(primitive(weights.val()), codes))
            }),
            self.numbers_part(made.numbers.as_ref()),
        ];
        self.first(parts)
    }

    fn numbers_part(&self, numbers: Option<&Tensor<B, 2>>) -> Option<Tensor<B, 2>> {
        Some(product(numbers?.clone(), self.numbers.as_ref()?.val()))
    }

    fn first(&self, parts: [Option<Tensor<B, 2>>; 3]) -> Tensor<B, 2> {
        let sum = parts.into_iter().flatten().reduce(|a, b| a + b);
        let bias = self.bias.val().unsqueeze();
        sum.expect("a row has blocks or numbers") + bias
    }

    /// From `a_1 [rows, units]` to the scores.
    fn pass(&self, first: Tensor<B, 2>, dropout: f64, seed: Seed) -> Pass<B> {
        let (mut slopes, mut hidden) = (Vec::new(), Vec::new());
        let mut a = first;
        for (i, layer) in self.dense.iter().enumerate() {
            let dropout = Dropout { rate: dropout, bits: seed.counter(&format!("layer/{i}")) };
            let [slope, h] = B::leaky_dropout(primitive(a), SLOPE, &dropout).map(tensor::<B, 2>);
            a = product(h.clone(), layer.weight.val()) + layer.bias.val().unsqueeze();
            slopes.push(slope);
            hidden.push(h);
        }
        Pass { slopes, hidden, scores: a }
    }

    /// Takes the gradient `[rows, 1]` of the scores down to that of `a_1`; `each` is given the
    /// position of every layer of `dense` and the gradient of its output.
    fn back(
        &self,
        pass: &Pass<B>,
        scores: Tensor<B, 2>,
        mut each: impl FnMut(usize, &Tensor<B, 2>),
    ) -> Tensor<B, 2> {
        let mut g = scores;
        for (i, layer) in self.dense.iter().enumerate().rev() {
            each(i, &g);
            g = product(g, layer.weight.val().transpose()) * pass.slopes[i].clone();
        }
        g
    }

    /// The losses of a step of the discriminator and their gradients.
    pub fn step(&self, contest: &Contest<B>) -> CriticStep<B> {
        let Contest { real, real_conditions, made, mix, .. } = contest;
        let b = mix.dims()[0];
        let first_real = self.first_of_real(real, real_conditions.as_ref());
        let first_made = self.first_of_made(made);
        // The first layer is affine, so the mixture's is the mixture.
        let first_mixed =
            (first_real.clone() - first_made.clone()) * mix.clone() + first_made.clone();
        let all = Tensor::cat(vec![first_real, first_made, first_mixed], 0);
        let pass = self.pass(all, contest.dropout, contest.seed);
        let (contested, mixed) = pass.split(2 * b);

        let mean = |range| contested.scores.clone().slice([range, 0..1]).mean();
        let loss = mean(b..2 * b) - mean(0..b);
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        let sign = Tensor::cat(vec![mix.ones_like().neg(), mix.ones_like()], 0);
        let g = self.back(&contested, sign.div_scalar(b as f64), |i, g| {
            weights.push(product(contested.hidden[i].clone().transpose(), g.clone()));
            biases.push(sum_rows(g.clone()));
        });
        let units = g.dims()[1];
        let (g_real, g_made) =
            (g.clone().slice([0..b, 0..units]), g.clone().slice([b..2 * b, 0..units]));

        let penalty = self.penalty(&mixed, contest.penalty);
        // From the top down, as `back` goes.
        for (weight, extra) in weights.iter_mut().zip(penalty.dense.iter().rev()) {
            *weight = weight.clone() + extra.clone();
        }

        let mut gradients = GradientsParams::new();
        for (layer, (weight, bias)) in self.dense.iter().rev().zip(weights.into_iter().zip(biases))
        {
            gradients.register(layer.weight.id, weight);
            gradients.register(layer.bias.id, bias);
        }
        gradients.register(self.bias.id, sum_rows(g));
        let [along_blocks, along_conditions, along_numbers] = penalty.along;
        if let (Some(weights), Some(x), Some(codes)) =
            (&self.blocks, made.blocks.clone(), real.codes.as_ref())
        {
            // One product for the made rows and the penalty.
            let (left, right) = match along_blocks {
                Some(along) => (
                    Tensor::cat(vec![x, along], 0),
                    Tensor::cat(vec![g_made.clone(), penalty.u.clone()], 0),
                ),
                None => (x, g_made.clone()),
            };
            let dense = product(left.transpose(), right);
            gradients.register(weights.id, scatter(dense, codes, &g_real));
        }
        if let (Some(weights), Some(conditions), Some(made_conditions)) =
            (&self.conditions, real_conditions, &made.conditions)
        {
            let dense = along_conditions.map_or_else(
                || zeros(weights),
                |along| product(along.transpose(), penalty.u.clone()),
            );
            let dense = scatter(dense, conditions, &g_real);
            gradients.register(weights.id, scatter(dense, made_conditions, &g_made));
        }
        if let (Some(weights), Some(real), Some(made)) =
            (&self.numbers, &real.numbers, &made.numbers)
        {
            let mut grad = product(real.clone().transpose(), g_real)
                + product(made.clone().transpose(), g_made);
            if let Some(along) = along_numbers {
                grad = grad + product(along.transpose(), penalty.u);
            }
            gradients.register(weights.id, grad);
        }
        CriticStep { gradients, losses: Tensor::cat(vec![loss, penalty.loss], 0) }
    }

    /// `weight · mean((‖∇ score‖ − 1)²)` over the rows of a pass, and its gradients.
    fn penalty(&self, pass: &Pass<B>, weight: f64) -> Penalty<B> {
        let [b, units] = pass.slopes[0].dims();
        // u_l, from the top down.
        let mut u = vec![Tensor::ones([b, 1], &pass.scores.device())];
        for (layer, slope) in self.dense.iter().zip(&pass.slopes).rev() {
            let above = u[u.len() - 1].clone();
            u.push(product(above, layer.weight.val().transpose()) * slope.clone());
        }
        u.reverse();
        let first = [&self.blocks, &self.conditions, &self.numbers];
        let along = first.map(|weights| {
            weights.as_ref().map(|weights| product(u[0].clone(), weights.val().transpose()))
        });
        let squares = along.iter().flatten().map(|y| y.clone().powi_scalar(2).sum_dim(1));
        let norm = squares.reduce(|a, b| a + b).expect("a row has blocks or numbers").sqrt();
        let excess = norm.clone().sub_scalar(1.0);
        let loss = excess.clone().powi_scalar(2).mean().mul_scalar(weight);
        // d loss / d y = factor · y.
        // Where dropout leaves nothing of a row, y is 0 and so must its gradient be.
        let factor = (excess / norm.clamp_min(1e-12)).mul_scalar(2.0 * weight / b as f64);
        let along = along.map(|y| y.map(|y| y * factor.clone()));

        let below = first
            .iter()
            .zip(&along)
            .filter_map(|(weights, y)| Some(product(y.as_ref()?.clone(), weights.as_ref()?.val())));
        let mut v = below
            .reduce(|a, b| a + b)
            .unwrap_or_else(|| Tensor::zeros([b, units], &pass.scores.device()));
        let mut dense = Vec::new();
        for ((layer, slope), above) in self.dense.iter().zip(&pass.slopes).zip(&u[1..]) {
            let inner = v * slope.clone();
            dense.push(product(inner.clone().transpose(), above.clone()));
            v = product(inner, layer.weight.val());
        }
        Penalty { loss, along, u: u.swap_remove(0), dense }
    }

    /// The generator's loss, minus the mean score of its rows `[1]`, and the gradients of their
    /// softmaxes and numbers.
    pub fn judge(&self, made: &Made<B>, dropout: f64, seed: Seed) -> Judgement<B> {
        let pass = self.pass(self.first_of_made(made), dropout, seed);
        let b = pass.scores.dims()[0];
        let each = pass.scores.ones_like().mul_scalar(-1.0 / b as f64);
        let g = self.back(&pass, each, |_, _| {});
        let down = |weights: &Option<Param<Tensor<B, 2>>>| {
            weights.as_ref().map(|weights| product(g.clone(), weights.val().transpose()))
        };
        Judgement {
            loss: pass.scores.mean().neg(),
            blocks: down(&self.blocks),
            numbers: down(&self.numbers),
        }
    }
}

/// What the discriminator says about made rows.
pub struct Judgement<B: BlockKernels> {
    /// `[1]`.
    pub loss: Tensor<B, 1>,
    /// Gradient of the softmaxes, `[b, pac·width]`.
    pub blocks: Option<Tensor<B, 2>>,
    /// Gradient of the numbers, `[b, pac·numbers]`.
    pub numbers: Option<Tensor<B, 2>>,
}

/// The gradient penalty.
struct Penalty<B: BlockKernels> {
    /// `[1]`.
    loss: Tensor<B, 1>,
    /// Gradients of `u_1 W_1ᵀ` for the blocks, the conditions and the numbers; those of the
    /// weights are their products with `u`.
    along: [Option<Tensor<B, 2>>; 3],
    /// `u_1`.
    u: Tensor<B, 2>,
    /// Gradients of the weights of `dense`.
    dense: Vec<Tensor<B, 2>>,
}

impl<B: BlockKernels> Pass<B> {
    /// The first `rows` rows and the others.
    fn split(self, rows: usize) -> (Self, Self) {
        let part = |x: &Tensor<B, 2>, first: bool| {
            let [all, units] = x.dims();
            let range = if first { 0..rows } else { rows..all };
            x.clone().slice([range, 0..units])
        };
        let take = |first: bool| Self {
            slopes: self.slopes.iter().map(|x| part(x, first)).collect(),
            hidden: self.hidden.iter().map(|x| part(x, first)).collect(),
            scores: part(&self.scores, first),
        };
        (take(true), take(false))
    }
}
