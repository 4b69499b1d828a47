//! What a method promises: to learn from a table and to draw rows like its rows.

use super::error::GeneratorError;
use crate::data::{Schema, Table};
use crate::device::Device;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows as generators see them: categories, and beside them the fields read as numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixed<'a> {
    /// The labels, and the fields that are categories; there may be none. Where no field is a number
    /// they are the training rows themselves, which are not copied.
    pub categories: Cow<'a, Table>,
    /// The fields that are numbers, `numbers[field][row]`, all finite; mostly there are none.
    pub numbers: Vec<Vec<f64>>,
}

impl Mixed<'_> {
    /// Rows of these categories and numbers.
    pub fn new(categories: Table, numbers: Vec<Vec<f64>>) -> Self {
        Self { categories: Cow::Owned(categories), numbers }
    }

    /// What the rows look like.
    pub fn shape(&self) -> Shape {
        Shape { schema: self.categories.schema().clone(), numbers: self.numbers.len() }
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.categories.n_rows()
    }

    /// The labels, by row.
    pub fn labels(&self) -> &[u8] {
        self.categories.labels()
    }
}

/// Rows without numbers.
impl From<Table> for Mixed<'_> {
    fn from(categories: Table) -> Self {
        Self::new(categories, Vec::new())
    }
}

/// Rows without numbers, not copied.
impl<'a> From<&'a Table> for Mixed<'a> {
    fn from(categories: &'a Table) -> Self {
        Self { categories: Cow::Borrowed(categories), numbers: Vec::new() }
    }
}

/// What fitted rows look like.
#[derive(Clone)]
pub struct Shape {
    /// The fields that are categories.
    pub schema: Arc<Schema>,
    /// How many fields are numbers.
    pub numbers: usize,
}

/// A generator with its hyperparameters, not yet fitted.
pub trait Generator: Send + Sync {
    /// Learns from `train`, whose codes all lie in `0..n_categories` of their field.
    ///
    /// `train` may hold rows of one label only (`per-class` conditioning). Networks are trained
    /// on `device`; the other generators work on the CPU. There are numbers only where
    /// [`GeneratorKind::readings`](crate::generators::GeneratorKind::readings) says so.
    fn fit(
        &self,
        train: &Mixed<'_>,
        device: Device,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Box<dyn Fitted>, GeneratorError>;

    /// What [`Fitted::save`] gave, onto any device.
    fn load(&self, saved: Saved, shape: Shape, device: Device) -> Result<Box<dyn Fitted>, String>;
}

/// A fitted generator as data.
pub struct Saved {
    /// What is readable of it.
    pub card: serde_json::Value,
    /// What is not: the weights of its network, or the rows that it draws from; empty if all is
    /// readable.
    pub weights: Vec<u8>,
}

/// A generator that has learned from a table.
pub trait Fitted: Send + Sync {
    /// Draws exactly `n` rows with the given label, within the schema it was fitted on and
    /// independently of each other given the fit. Numbers are finite, and need not be ones that the
    /// training rows hold.
    ///
    /// The rows are the first `n`, bit for bit, of those that any larger number gives with the same
    /// label and seed on the same device: a sample's first rows are a sample, and a larger one only
    /// adds to it. (CUDA's matrix products need not round alike twice; there only the
    /// distribution is promised.)
    fn sample(
        &self,
        label: u8,
        n: usize,
        seed: Seed,
        progress: &dyn Progress,
    ) -> Result<Mixed<'static>, GeneratorError>;

    /// The losses of the training, epoch by epoch, of a generator that is trained.
    fn history(&self) -> &[FitEpoch] {
        &[]
    }

    /// The fit as data. What is loaded of it draws the same rows.
    fn save(&self) -> Result<Saved, String>;
}

/// What one epoch of a generator's training gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitEpoch {
    /// Counted from 1.
    pub epoch: usize,
    /// Wall-clock seconds.
    pub seconds: f64,
    /// Means over the epoch's steps, by the loss's name.
    pub losses: BTreeMap<String, f64>,
}
