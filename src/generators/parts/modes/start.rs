//! Where a mixture starts.

use super::column::Column;
use std::ops::Range;

/// At most `max_groups` groups of neighbouring distinct values, none empty.
///
/// The column is cut `max_groups − 1` times, each time where it lowers the sum of squared
/// distances to the groups' means most. These are clusters like those of k-means, found without
/// randomness; a few far values are cut off as surely as many near ones.
pub(super) fn groups(column: &Column, max_groups: usize) -> Vec<Range<usize>> {
    let sums = Sums::new(column);
    let mut groups: Vec<Range<usize>> = std::iter::once(0..column.values.len()).collect();
    while groups.len() < max_groups {
        let cuts = groups.iter().enumerate().filter_map(|(place, group)| {
            let (at, gain) = sums.best_cut(group)?;
            Some((place, at, gain))
        });
        let Some((place, at, _)) = cuts.max_by(|a, b| a.2.total_cmp(&b.2)) else { break };
        let end = std::mem::replace(&mut groups[place].end, at);
        groups.push(at..end);
    }
    groups
}

/// Of the distinct values before each place: their numbers of rows, and the sum of those rows.
struct Sums(Vec<(f64, f64)>);

impl Sums {
    fn new(column: &Column) -> Self {
        let mut sums = vec![(0.0, 0.0)];
        let (mut rows, mut sum) = (0.0, 0.0);
        for (&x, n) in column.values.iter().zip(&column.counts) {
            (rows, sum) = (rows + n, sum + n * x);
            sums.push((rows, sum));
        }
        Self(sums)
    }

    /// What a group's sum of squares owes to its mean: `sum² / rows`.
    fn of_mean(&self, group: Range<usize>) -> f64 {
        let ((rows, sum), (first_rows, first_sum)) = (self.0[group.end], self.0[group.start]);
        (sum - first_sum).powi(2) / (rows - first_rows)
    }

    /// Where to cut a group, and by how much that lowers its sum of squared distances.
    fn best_cut(&self, group: &Range<usize>) -> Option<(usize, f64)> {
        let whole = self.of_mean(group.clone());
        let gain = |at| self.of_mean(group.start..at) + self.of_mean(at..group.end) - whole;
        let cuts = (group.start + 1..group.end).map(|at| (at, gain(at)));
        cuts.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}
