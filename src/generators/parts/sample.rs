//! A column of numbers as its distinct values and how often each occurs.

/// Distinct finite values in ascending order, each with its number of rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    values: Vec<f64>,
    counts: Vec<u64>,
}

impl Sample {
    /// Of a column, in any order. What is not finite is left out. O(n log n).
    pub fn of(column: &[f64]) -> Self {
        Self::counted(column.iter().map(|&value| (value, 1)))
    }

    /// Of values with their numbers of rows, in any order, where a value may come more than once.
    /// What is not finite or has no rows is left out.
    pub fn counted(pairs: impl IntoIterator<Item = (f64, u64)>) -> Self {
        let held = |&(value, count): &(f64, u64)| value.is_finite() && count > 0;
        let mut pairs: Vec<(f64, u64)> = pairs.into_iter().filter(held).collect();
        pairs.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let mut sample = Self::default();
        for (value, count) in pairs {
            match (sample.values.last(), sample.counts.last_mut()) {
                (Some(&last), Some(rows)) if last == value => *rows = rows.saturating_add(count),
                _ => {
                    sample.values.push(value);
                    sample.counts.push(count);
                }
            }
        }
        sample
    }

    /// The distinct values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The number of rows of each value.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The number of rows of all, as a real number.
    pub fn n_rows(&self) -> f64 {
        self.counts.iter().map(|&count| count as f64).sum()
    }

    /// The smallest and the largest value, unless there is none.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((*self.values.first()?, *self.values.last()?))
    }

    /// The mean of a function of the values over all rows.
    pub fn mean(&self, f: impl Fn(f64) -> f64) -> f64 {
        let pairs = self.values.iter().zip(&self.counts);
        pairs.map(|(&value, &count)| count as f64 * f(value)).sum::<f64>() / self.n_rows()
    }
}
