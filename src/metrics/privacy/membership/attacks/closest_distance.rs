use super::{Attack, Evidence};

/// Closest distance: a row is the more likely a member the closer a synthetic row is.
///
/// `-min_s d(x, s)`, with the Hamming distance. The distance to the closest record as an attack:
/// Chen, Yu, Zhang and Fritz 2020, "GAN-Leaks", the full black-box attack; "DCR" in Synth-MIA
/// (Ward, Lin, Wang and Cheng 2025, arXiv 2509.18014).
pub const ATTACK: Attack = Attack { name: "closest-distance", scores, compares: false };

fn scores(evidence: &Evidence) -> Vec<f64> {
    let closest = evidence.closest(&evidence.to_synthetic).into_iter();
    closest.map(|distance| -(distance as f64)).collect()
}
