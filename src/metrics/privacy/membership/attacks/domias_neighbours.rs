use super::{Attack, Evidence};

/// DOMIAS by neighbours: how much denser the synthetic rows lie around a row than real ones do.
///
/// `log p_S(x) - log p_R(x)`, with the kernel density of local density. Where a generator overfits,
/// its density exceeds the population's: van Breugel, Sun, Qian and van der Schaar 2023, "Membership
/// inference attacks against synthetic data through overfitting detection", equation 3.
pub const ATTACK: Attack = Attack { name: "domias-neighbours", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let n_rows = evidence.at_stake.n_rows();
    let synthetic = evidence.synthetic_kernel.log_densities(&evidence.to_synthetic, n_rows);
    let reference = evidence.reference_kernel.log_densities(&evidence.to_reference, n_rows);
    synthetic.iter().zip(reference).map(|(s, r)| s - r).collect()
}
