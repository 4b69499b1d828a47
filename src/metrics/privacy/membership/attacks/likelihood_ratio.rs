use super::{Attack, Evidence};

/// Likelihood ratio: how much likelier the synthetic rows are if the row had been learned from.
///
/// The population's density, estimated from the reference, changes from `p_R` to
/// `(n p_R + K(·, x)) / (n + 1)` when the row `x` joins it; the score is the log likelihood that the
/// synthetic rows gain, `Σ_s log(1 + K(s, x) / (n p_R(s)))` but for a constant. Ward, Lin, Wang and
/// Cheng 2025, "Synth-MIA", and 2024, the "Gen-LRA" attack. Only synthetic rows near `x` matter, and
/// their density is taken to be that at `x`, so counts of distances are all it needs.
pub const ATTACK: Attack = Attack { name: "likelihood-ratio", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let kernel = &evidence.reference_kernel;
    let kernels: Vec<f64> =
        (0..=evidence.at_stake.n_columns()).map(|d| kernel.relative(d)).collect();
    let densities = kernel.log_densities(&evidence.to_reference, evidence.at_stake.n_rows());
    let gain = |(row, log_density): (usize, f64)| {
        // n p_R(x), relative to the kernel at distance 0.
        let here = (log_density - kernel.peak).exp().max(f64::MIN_POSITIVE);
        let counts = evidence.to_synthetic.of(row).iter().zip(&kernels);
        counts.map(|(&count, kernel)| f64::from(count) * (kernel / here).ln_1p()).sum()
    };
    densities.into_iter().enumerate().map(gain).collect()
}
