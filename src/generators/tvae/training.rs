//! The training loop, and drawing from what it gives.

use super::network::Network;
use super::{METHOD, Tvae};
use crate::generators::GeneratorError;
use crate::generators::neural::{
    Encoder, History, Sampler, code_tensor, draw_until, float_tensor, load_weights, normal_tensor,
    save_weights, select, shuffled,
};
use crate::nn::Work;
use crate::nn::adam::{Adam, AdamConfig, Penalised};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::primitive;
use crate::nn::layers::Wide;
use crate::nn::losses::Losses;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::{Int, Tensor};
use burn_autodiff::Autodiff;
use rand::RngExt;

/// Latent vectors decoded at once when drawing.
const DRAW_ROWS: usize = 4096;

/// A training from fresh weights.
pub(super) struct Fit<'a> {
    pub settings: &'a Tvae,
    pub encoder: &'a Encoder,
    /// The training rows' columns, one row after the other.
    pub rows: &'a [i32],
    pub seed: Seed,
    pub progress: &'a dyn Progress,
}

impl Work for Fit<'_> {
    type Output = Result<(Box<dyn Sampler>, History), GeneratorError>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let device = B::Device::default();
        let Self { settings, encoder, rows, seed, progress } = self;
        let blocks = encoder.blocks();
        let per_row = blocks.len();
        let n = rows.len() / per_row;
        let mut network =
            Network::<Autodiff<B>>::new(settings, blocks.width(), seed.derive("weights"), &device);
        let mut optimizer = Adam::new(AdamConfig {
            betas: [0.9, 0.999],
            penalty: settings.l2,
            penalised: Penalised::All,
            max_norm: None,
        });
        let mut history = History::new(METHOD, &["reconstruction", "divergence"]);
        let steps = settings.epochs * n.div_ceil(settings.batch_size);
        progress.start("fit tvae", steps as u64);
        for epoch in 1..=settings.epochs {
            let mut losses = Losses::<B>::new(epoch);
            for batch in shuffled(n, seed, epoch).chunks(settings.batch_size) {
                let mut rng = seed.stream(&format!("noise/{epoch}/{}", losses.steps()));
                let codes = code_tensor(select(rows, per_row, batch), per_row, &device);
                let noise = normal_tensor(&mut rng, [batch.len(), settings.embedding_dim], &device);
                let [reconstruction, divergence] = network.losses(codes, noise, &blocks);
                let reconstruction = reconstruction.mul_scalar(settings.loss_factor);
                let both = [&reconstruction, &divergence].map(|loss| loss.clone().inner());
                losses.push(Tensor::cat(both.to_vec(), 0)).map_err(|e| history.diverged(e))?;
                let grads = (reconstruction + divergence).backward();
                let grads = GradientsParams::from_grads(grads, &network);
                network = optimizer.step(network, grads, settings.learning_rate);
                progress.advance(1);
            }
            let means = losses.means().map_err(|e| history.diverged(e))?;
            progress.note(&history.push(means));
        }
        progress.finish();
        let sampler = OnDevice::new(network.valid(), settings, encoder, device);
        Ok((Box::new(sampler), history))
    }
}

/// The network of saved weights.
pub(super) struct Load<'a> {
    pub settings: &'a Tvae,
    pub encoder: &'a Encoder,
    pub weights: Vec<u8>,
}

impl Work for Load<'_> {
    type Output = Result<Box<dyn Sampler>, String>;

    fn run<B: BlockKernels + 'static>(self) -> Self::Output {
        let device = B::Device::default();
        let columns = self.encoder.blocks().width();
        let fresh = Network::<B>::new(self.settings, columns, Seed::master(0), &device);
        let layers = [fresh.compress.len(), fresh.decompress.len()];
        let network = load_weights(fresh, self.weights, &device, |record| {
            [record.compress.len(), record.decompress.len()] == layers
        })?;
        Ok(Box::new(OnDevice::new(network, self.settings, self.encoder, device)))
    }
}

/// A trained network and where it lives.
struct OnDevice<B: BlockKernels> {
    network: Network<B>,
    device: B::Device,
    embedding_dim: usize,
    /// The fields' blocks.
    fields: Blocks,
    /// Whether the label is one more block.
    has_label: bool,
}

impl<B: BlockKernels> OnDevice<B> {
    fn new(network: Network<B>, settings: &Tvae, encoder: &Encoder, device: B::Device) -> Self {
        let fields = encoder.field_blocks();
        let (embedding_dim, has_label) = (settings.embedding_dim, encoder.has_label_block());
        Self { network, device, embedding_dim, fields, has_label }
    }

    /// Draws a code in each of some blocks, whose logits are the given columns of the output.
    fn draw_blocks(
        &self,
        hidden: Tensor<B, 2>,
        columns: std::ops::Range<usize>,
        blocks: &Blocks,
        rng: &mut Rng,
    ) -> Vec<i32> {
        let [n, inputs] = hidden.dims();
        let weight = self.network.output.weight.val().slice([0..inputs, columns]);
        let uniforms = (0..n * blocks.len()).map(|_| rng.random::<f32>()).collect();
        let uniforms = float_tensor::<B>(uniforms, blocks.len(), &self.device);
        let logits = primitive(hidden.matmul(weight));
        let codes = B::draw_codes(logits, primitive(uniforms), blocks);
        let codes = Tensor::<B, 2, Int>::from_primitive(codes).into_data().convert::<i32>();
        codes.into_vec().expect("converted to i32")
    }

    /// The rows with this label among those of fresh latent vectors, as places `[field][row]`.
    ///
    /// Given the latent vector the blocks are independent, so the label is drawn first and the
    /// fields only of the rows that are kept.
    fn batch(&self, label: u8, seed: Seed) -> Vec<Vec<u32>> {
        let z = normal_tensor(
            &mut seed.stream("latent"),
            [DRAW_ROWS, self.embedding_dim],
            &self.device,
        );
        let mut hidden = Wide::extend(self.network.decode(z));
        let width = self.fields.width();
        if self.has_label {
            let columns = width..width + 2;
            let labels = self.draw_blocks(
                hidden.clone(),
                columns,
                &Blocks::new(vec![2]),
                &mut seed.stream("label"),
            );
            let kept: Vec<i32> = (0..DRAW_ROWS as i32)
                .filter(|&row| labels[row as usize] == i32::from(label))
                .collect();
            if kept.is_empty() {
                return vec![Vec::new(); self.fields.len()];
            }
            let kept = Tensor::<B, 1, Int>::from_data(kept.as_slice(), &self.device);
            hidden = hidden.select(0, kept);
        }
        let codes = self.draw_blocks(hidden, 0..width, &self.fields, &mut seed.stream("fields"));
        let per_row = self.fields.len();
        let place = |(f, range): (usize, std::ops::Range<usize>)| {
            let column = codes[f..].iter().step_by(per_row);
            column.map(|&code| (code as usize - range.start) as u32).collect()
        };
        self.fields.ranges().enumerate().map(place).collect()
    }
}

impl<B: BlockKernels> Sampler for OnDevice<B> {
    fn draw(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<u32>>, GeneratorError> {
        draw_until(METHOD, label, n, self.fields.len(), progress, |batch| {
            (self.batch(label, seed.derive(&format!("batch/{batch}"))), DRAW_ROWS)
        })
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}
