//! Decoding rows of latent vectors.

use super::network::Network;
use super::settings::{METHOD, Tvae};
use crate::generators::error::GeneratorError;
use crate::generators::parts::neural::{
    Codec, Drawn, Sampler, draw_until, float_tensor, normal_tensor, save_weights,
};
use crate::nn::blocks::{BlockKernels, Blocks};
use crate::nn::kernels::primitive;
use crate::nn::layers::Wide;
use crate::progress::Progress;
use crate::seed::{Rng, Seed};
use burn::tensor::{Int, Tensor};
use rand::RngExt;

/// Latent vectors decoded at once when drawing.
const DRAW_ROWS: usize = 4096;

/// A trained network and where it lives.
pub struct OnDevice<B: BlockKernels> {
    network: Network<B>,
    device: B::Device,
    embedding_dim: usize,
    /// The fields' blocks.
    fields: Blocks,
    /// Whether the label is one more block.
    has_label: bool,
}

impl<B: BlockKernels> OnDevice<B> {
    /// Draws rows like those that `codec` was learned from.
    pub fn new(network: Network<B>, settings: &Tvae, codec: &Codec<()>) -> Self {
        let encoder = &codec.encoder;
        let (device, fields) = (B::Device::default(), encoder.field_blocks());
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
    ) -> Result<Drawn, GeneratorError> {
        draw_until(METHOD, label, n, [self.fields.len(), 0], progress, |batch| {
            let places = self.batch(label, seed.derive(&format!("batch/{batch}")));
            (Drawn { places, numbers: Vec::new() }, DRAW_ROWS)
        })
    }

    fn weights(&self) -> Result<Vec<u8>, String> {
        save_weights(&self.network)
    }
}
