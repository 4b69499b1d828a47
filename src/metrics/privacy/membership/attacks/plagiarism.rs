use super::{Attack, Evidence};

/// Data plagiarism index: among a row's nearest neighbours, the share of synthetic ones.
///
/// Of the 5 nearest of all synthetic and reference rows; of rows at the distance of the last of
/// them as large a part is taken as fills the 5. Ward, Wang and Cheng 2024, "Data plagiarism index:
/// characterizing the privacy risk of data-copying in tabular generative models" (arXiv 2406.13012).
pub const ATTACK: Attack = Attack { name: "plagiarism", scores, compares: true };

const NEIGHBOURS: f64 = 5.0;

fn scores(evidence: &Evidence) -> Vec<f64> {
    let share = |row| {
        let (mut near, mut synthetic_near) = (0.0, 0.0);
        let counts = evidence.to_synthetic.of(row).iter().zip(evidence.to_reference.of(row));
        for (&synthetic, &reference) in counts {
            let at_distance = f64::from(synthetic) + f64::from(reference);
            if at_distance > 0.0 {
                let taken = at_distance.min(NEIGHBOURS - near);
                synthetic_near += f64::from(synthetic) * taken / at_distance;
                near += taken;
            }
        }
        synthetic_near / near.max(1.0)
    };
    (0..evidence.at_stake.n_rows()).map(share).collect()
}
