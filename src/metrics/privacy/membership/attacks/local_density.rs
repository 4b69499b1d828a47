use super::{Attack, Evidence};

/// Local density: a row is the more likely a member the denser the synthetic rows lie around it.
///
/// The log of their kernel density (`Kernel`: Aitchison and Aitken 1976, on the Hamming distances).
/// Density attacks: Hilprecht, Härterich and Bernau 2019; "Density Estimate" in Synth-MIA.
pub const ATTACK: Attack = Attack { name: "local-density", scores, compares: false };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let n_rows = evidence.at_stake.n_rows();
    evidence.synthetic_kernel.log_densities(&evidence.to_synthetic, n_rows)
}
