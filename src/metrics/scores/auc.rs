//! How well scores tell clicks from the rest.

/// Area under the ROC curve: the share of pairs of one row of each label in which the row of
/// label 1 has the higher score, ties counting one half (Hanley and McNeil 1982).
///
/// None where a label is missing or a score is not a number, since then no such share is
/// defined. `-0.0` and `0.0` tie. Exact up to the final division, in `O(n log n)`.
///
/// # Panics
/// If there are not as many scores as labels.
pub fn auc(labels: &[u8], scores: &[f64]) -> Option<f64> {
    assert_eq!(labels.len(), scores.len(), "one score per label");
    if scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let sorted = |label: u8| {
        let of_label = labels.iter().zip(scores).filter(|&(&each, _)| (each == 1) == (label == 1));
        // Adding 0.0 makes the negative zero positive.
        let mut scores: Vec<f64> = of_label.map(|(_, &score)| score + 0.0).collect();
        scores.sort_unstable_by(f64::total_cmp);
        scores
    };
    let (negatives, positives) = (sorted(0), sorted(1));
    if negatives.is_empty() || positives.is_empty() {
        return None;
    }
    // Twice the number of pairs in order: for a positive, the negatives below it and those not
    // above it.
    let (mut below, mut not_above, mut twice) = (0, 0, 0u128);
    for &score in &positives {
        while negatives.get(below).is_some_and(|&other| other < score) {
            below += 1;
        }
        not_above = not_above.max(below);
        while negatives.get(not_above).is_some_and(|&other| other <= score) {
            not_above += 1;
        }
        twice += (below + not_above) as u128;
    }
    let pairs = negatives.len() as u128 * positives.len() as u128;
    Some(twice as f64 / (2 * pairs) as f64)
}
