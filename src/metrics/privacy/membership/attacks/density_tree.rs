use super::{Attack, Evidence};

/// Density by tree: the log probability of a row under a tree of columns fitted to the synthetic
/// rows.
///
/// The tree of Chow and Liu 1968. Density attacks: see local density.
pub const ATTACK: Attack = Attack { name: "density-tree", scores, compares: false };

fn scores(evidence: &Evidence) -> Vec<f64> {
    evidence.synthetic_tree.log_densities(&evidence.at_stake)
}
