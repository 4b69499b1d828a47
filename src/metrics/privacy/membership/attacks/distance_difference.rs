use super::{Attack, Evidence};

/// Distance difference: the closest distance, calibrated by how isolated a row is anyway.
///
/// `min_r d(x, r) - min_s d(x, s)` over reference rows `r` and synthetic rows `s`. The calibration
/// of GAN-Leaks (Chen et al. 2020); "DCR-Diff" in Synth-MIA.
pub const ATTACK: Attack = Attack { name: "distance-difference", scores, compares: true };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let to_reference = evidence.closest(&evidence.to_reference).into_iter();
    let to_synthetic = evidence.closest(&evidence.to_synthetic);
    to_reference.zip(to_synthetic).map(|(r, s)| r as f64 - s as f64).collect()
}
