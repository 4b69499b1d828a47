use super::{Attack, Evidence};

/// DOMIAS by tree: how much likelier a row is under the synthetic rows than under real ones, along a
/// tree of columns.
///
/// `log p_S(x) - log p_R(x)` (van Breugel et al. 2023, equation 3). Both along the tree of the
/// synthetic rows, so that the difference is that of the counts alone. Attacks of this kind won the
/// SNAKE challenge: Golob, Pentyala, Maratkhan and De Cock 2024 (arXiv 2402.06699).
pub const ATTACK: Attack = Attack { name: "domias-tree", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let synthetic = evidence.synthetic_tree.log_densities(&evidence.at_stake);
    let reference = evidence.reference_tree.log_densities(&evidence.at_stake);
    synthetic.iter().zip(reference).map(|(s, r)| s - r).collect()
}
