//! A column of numbers on a standard scale.

use crate::generators::parts::sample::Sample;

/// The distinct values of a column, scaled to mean 0 and variance 1, and how often each occurs.
///
/// A mixture costs as much as there are distinct values, not rows, and neither the unit nor an
/// offset of the column changes it.
pub(super) struct Column {
    /// Scaled distinct values, ascending; at least one.
    pub values: Vec<f64>,
    /// By distinct value: its number of rows.
    pub counts: Vec<f64>,
    /// What 0 stands for, in the column's units.
    centre: f64,
    /// What 1 stands for, in the column's units; 0 for a column of one distinct value.
    unit: f64,
}

impl Column {
    /// The finite ones of `values`; without any, a single 0.
    pub fn new(values: &[f64]) -> Self {
        let sample = Sample::of(values);
        let counts = sample.counts().iter().map(|&count| count as f64).collect();
        let mut column = Self { values: sample.values().to_vec(), counts, centre: 0.0, unit: 0.0 };
        if column.values.is_empty() {
            (column.values, column.counts) = (vec![0.0], vec![1.0]);
        }
        column.scale();
        column
    }

    /// First to [−1, 1], where no sum overflows or loses a small spread beside a large offset.
    fn scale(&mut self) {
        let (low, high) = (self.values[0], self.values[self.values.len() - 1]);
        let (middle, half) = (low / 2.0 + high / 2.0, high / 2.0 - low / 2.0);
        if half == 0.0 {
            self.centre = middle;
            self.values = vec![0.0];
            self.counts = vec![self.n_rows()];
            return;
        }
        self.values.iter_mut().for_each(|x| *x = (*x - middle) / half);
        let mean = self.sum_of(|x| x) / self.n_rows();
        let variance = self.sum_of(|x| (x - mean).powi(2)) / (self.n_rows() - 1.0);
        let deviation = variance.sqrt();
        self.values.iter_mut().for_each(|x| *x = (*x - mean) / deviation);
        self.centre = middle + half * mean;
        self.unit = half * deviation;
    }

    /// How many values there are, not only distinct ones.
    pub fn n_rows(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// Over all rows.
    fn sum_of(&self, term: impl Fn(f64) -> f64) -> f64 {
        self.values.iter().zip(&self.counts).map(|(&x, n)| n * term(x)).sum()
    }

    /// A mean and a deviation in the column's units.
    ///
    /// No deviation is 0, so that everything can be divided by it.
    pub fn unscaled(&self, mean: f64, deviation: f64) -> (f64, f64) {
        (self.centre + self.unit * mean, (self.unit * deviation).max(f64::MIN_POSITIVE))
    }
}
