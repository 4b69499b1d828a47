use super::{Attack, Evidence};

/// Monte-Carlo hitting: the share of synthetic rows within a distance of the row.
///
/// The distance is the median over the rows at stake of that to the closest synthetic row (the
/// median heuristic): Hilprecht, Härterich and Bernau 2019, "Monte Carlo and reconstruction
/// membership inference attacks against generative models", section 4.1; "MC" in Synth-MIA.
pub const ATTACK: Attack = Attack { name: "monte-carlo", scores, compares: false };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let mut closest = evidence.closest(&evidence.to_synthetic);
    closest.sort_unstable();
    let within = closest.get(closest.len() / 2).map_or(0, |&distance| distance);
    let n = evidence.synthetic.n_rows().max(1) as f64;
    let share = |row| {
        let counts = evidence.to_synthetic.of(row).iter().take(within + 1);
        counts.map(|&count| u64::from(count)).sum::<u64>() as f64 / n
    };
    (0..evidence.at_stake.n_rows()).map(share).collect()
}
