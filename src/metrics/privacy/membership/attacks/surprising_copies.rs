use super::{Attack, Evidence};

/// Surprising copies: a row that stands among the synthetic ones more often than chance would have
/// it, rarer rows being more telling.
///
/// `k` synthetic rows equal the row `x`, where `λ = n_S p_R(x)` are expected, by a tree of columns
/// fitted to the reference; the score is `k log(k / λ) - k + λ` where `k > λ`, half the deviance of a
/// Poisson variable and close to minus the log of its tail (Chernoff 1952), and 0 elsewhere. After
/// the rarity-weighted matches of identity disclosure: El Emam, Mosquera and Bass 2020, "Evaluating
/// identity disclosure risk in fully synthetic health data".
pub const ATTACK: Attack = Attack { name: "surprising-copies", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let log_densities = evidence.reference_tree.log_densities(&evidence.at_stake);
    let log_n = (evidence.synthetic.n_rows().max(1) as f64).ln();
    let surprise = |(row, log_density): (usize, f64)| {
        let copies = f64::from(evidence.to_synthetic.of(row)[0]);
        let log_expected = log_density + log_n;
        let over = copies > 0.0 && copies.ln() > log_expected;
        let deviance = copies * (copies.ln() - log_expected) - copies + log_expected.exp();
        if over { deviance } else { 0.0 }
    };
    log_densities.into_iter().enumerate().map(surprise).collect()
}
