use super::{Attack, Evidence};

/// DOMIAS by copula: how much denser a row is under the synthetic rows than under real ones, each
/// with a Gaussian copula.
///
/// `log p_S(x) - log p_R(x)` (van Breugel et al. 2023, equation 3).
pub const ATTACK: Attack = Attack { name: "domias-copula", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let synthetic = evidence.synthetic_copula.log_densities(&evidence.at_stake);
    let reference = evidence.reference_copula.log_densities(&evidence.at_stake);
    synthetic.iter().zip(reference).map(|(s, r)| s - r).collect()
}
