//! Mean and spread over the replicates.

/// Several measurements of one quantity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// Number of measurements.
    pub fn n(&self) -> usize {
        self.0.len()
    }

    /// The measurements.
    pub fn values(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().copied()
    }

    /// The mean, if there is a measurement.
    pub fn mean(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.sum() / self.n() as f64)
    }

    /// The sample standard deviation (with n − 1), if there are two measurements.
    pub fn sd(&self) -> Option<f64> {
        let mean = self.mean().filter(|_| self.n() >= 2)?;
        let squares: f64 = self.0.iter().map(|x| (x - mean).powi(2)).sum();
        Some((squares / (self.n() - 1) as f64).sqrt())
    }

    /// The sum.
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    /// The largest measurement, 0 if there is none.
    pub fn max(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }
}

impl Extend<f64> for Sample {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        self.0.extend(values);
    }
}

impl FromIterator<f64> for Sample {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_dnn_runs() {
        // Five published test AUCs with their published mean and standard deviation.
        let runs = Sample(vec![0.983323, 0.984036, 0.983869, 0.984088, 0.984909]);
        assert!((runs.mean().unwrap() - 0.984045).abs() < 1e-6);
        // Published with n in the denominator.
        let published = runs.sd().unwrap() * (4f64 / 5.0).sqrt();
        assert!((published - 0.00051).abs() < 1e-5, "{published}");
    }

    #[test]
    fn too_few_measurements_have_no_spread() {
        assert_eq!(Sample::default().mean(), None);
        assert_eq!(Sample(vec![2.0]).mean(), Some(2.0));
        assert_eq!(Sample(vec![2.0]).sd(), None);
        assert_eq!(Sample(vec![2.0, 4.0]).sd(), Some(2f64.sqrt()));
    }
}
