use super::{Attack, Evidence};

/// Density by copula: the log density of a row under a Gaussian copula fitted to the synthetic rows.
///
/// Density attacks: see local density.
pub const ATTACK: Attack = Attack { name: "density-copula", scores, compares: false };

fn scores(evidence: &Evidence) -> Vec<f64> {
    evidence.synthetic_copula.log_densities(&evidence.at_stake)
}
