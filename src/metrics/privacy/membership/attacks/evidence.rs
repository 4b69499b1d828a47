//! What several attacks share, computed once.

use super::super::World;
use super::copula::Copula;
use super::kernel::Kernel;
use super::tree::{self, TreeDensity};
use crate::data::Coded;
use crate::metrics::privacy::neighbours::{DistanceCounts, distance_counts};
use crate::progress::Progress;

/// Everything that attacks look at.
///
/// Nothing in it depends on which of the rows at stake are members.
pub struct Evidence {
    /// The rows at stake: members, then non-members.
    pub at_stake: Coded,
    /// The synthetic rows.
    pub synthetic: Coded,
    /// Real rows of the same population; there may be none.
    pub reference: Coded,
    /// How many synthetic rows are at each Hamming distance from every row at stake.
    pub to_synthetic: DistanceCounts,
    /// How many reference rows are.
    pub to_reference: DistanceCounts,
    pub(super) synthetic_kernel: Kernel,
    pub(super) reference_kernel: Kernel,
    pub(super) synthetic_tree: TreeDensity,
    pub(super) reference_tree: TreeDensity,
    pub(super) synthetic_copula: Copula,
    pub(super) reference_copula: Copula,
}

impl Evidence {
    /// Counts distances up to the number of columns, and fits densities.
    pub fn new(world: &World, progress: &dyn Progress) -> Self {
        let at_stake = world.members.chain(&world.non_members);
        let (synthetic, reference) = (world.synthetic.clone(), world.reference.clone());
        let deepest = at_stake.n_columns();
        let to_synthetic = distance_counts(&at_stake, &synthetic, deepest, progress);
        let to_reference = distance_counts(&at_stake, &reference, deepest, progress);
        let parents = tree::parents(&synthetic);
        Self {
            synthetic_kernel: Kernel::new(&to_synthetic, &at_stake, synthetic.n_rows()),
            reference_kernel: Kernel::new(&to_reference, &at_stake, reference.n_rows()),
            synthetic_tree: TreeDensity::new(&parents, &synthetic),
            reference_tree: TreeDensity::new(&parents, &reference),
            synthetic_copula: Copula::new(&synthetic),
            reference_copula: Copula::new(&reference),
            at_stake,
            synthetic,
            reference,
            to_synthetic,
            to_reference,
        }
    }

    /// The distance to the closest row that `counts` counts, by row at stake; one more than the
    /// number of columns where there is none.
    pub(super) fn closest(&self, counts: &DistanceCounts) -> Vec<usize> {
        let closest = |row| {
            let counts = counts.of(row);
            counts.iter().position(|&count| count > 0).unwrap_or(counts.len())
        };
        (0..self.at_stake.n_rows()).map(closest).collect()
    }
}
