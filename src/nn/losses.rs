//! The losses of an epoch's steps, left on the device for a while.

use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

/// Losses are fetched from the device this many steps at a time.
const STEPS_AT_ONCE: usize = 64;

/// A loss that is no longer a finite number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diverged {
    /// The loss.
    pub loss: f64,
    /// The epoch, from 1.
    pub epoch: usize,
    /// The step of the epoch, from 1.
    pub step: usize,
}

/// Collects the losses of an epoch, one or several a step.
pub struct Losses<B: Backend> {
    epoch: usize,
    waiting: Vec<Tensor<B, 1>>,
    sums: Vec<f64>,
    fetched: usize,
}

impl<B: Backend> Losses<B> {
    /// None yet of this epoch, counted from 1.
    pub fn new(epoch: usize) -> Self {
        Self { epoch, waiting: Vec::new(), sums: Vec::new(), fetched: 0 }
    }

    /// Number of steps so far.
    pub fn steps(&self) -> usize {
        self.fetched + self.waiting.len()
    }

    /// Takes a step's losses, as many each time.
    pub fn push(&mut self, losses: Tensor<B, 1>) -> Result<(), Diverged> {
        self.waiting.push(losses);
        if self.waiting.len() == STEPS_AT_ONCE { self.fetch() } else { Ok(()) }
    }

    /// Adds up the waiting losses and stops at the first that is not a number.
    fn fetch(&mut self) -> Result<(), Diverged> {
        let Some(first) = self.waiting.first() else { return Ok(()) };
        let width = first.dims()[0];
        self.sums.resize(width, 0.0);
        let losses = Tensor::cat(std::mem::take(&mut self.waiting), 0).into_data().convert::<f32>();
        let losses = losses.as_slice::<f32>().expect("converted to f32");
        for step in losses.chunks_exact(width) {
            self.fetched += 1;
            if let Some(&loss) = step.iter().find(|loss| !loss.is_finite()) {
                return Err(Diverged { loss: loss.into(), epoch: self.epoch, step: self.fetched });
            }
            self.sums.iter_mut().zip(step).for_each(|(sum, &loss)| *sum += f64::from(loss));
        }
        Ok(())
    }

    /// The means over the steps.
    pub fn means(mut self) -> Result<Vec<f64>, Diverged> {
        self.fetch()?;
        let steps = self.fetched.max(1) as f64;
        Ok(self.sums.into_iter().map(|sum| sum / steps).collect())
    }
}
