//! How well scores order the rows of one user, or of any other group.

use super::auc;

/// Group AUC: the [`auc`] within each group that has both labels, averaged with the group's number
/// of rows as its weight.
///
/// The measure of Deep Interest Network (Zhou et al. 2018, where the weight is a user's
/// impressions) and the `gAUC` of FuxiCTR: every row of a group counts, clicked or not. It leaves
/// out what only orders whole groups, such as how often a user clicks at all. `groups` is the group
/// of each row, by any number.
///
/// None if no group has both labels or a score is not a number. In `O(n log n)`.
///
/// # Panics
/// If there are not as many scores, or groups, as labels.
pub fn group_auc(labels: &[u8], scores: &[f64], groups: &[u32]) -> Option<f64> {
    assert_eq!(labels.len(), scores.len(), "one score per label");
    assert_eq!(labels.len(), groups.len(), "one group per label");
    if scores.iter().any(|score| score.is_nan()) {
        return None;
    }
    let mut rows: Vec<usize> = (0..labels.len()).collect();
    // Stable, so that a group's rows keep their order.
    rows.sort_by_key(|&row| groups[row]);
    let (mut sum, mut weight) = (0.0, 0.0);
    for group in rows.chunk_by(|&a, &b| groups[a] == groups[b]) {
        let labels: Vec<u8> = group.iter().map(|&row| labels[row]).collect();
        let scores: Vec<f64> = group.iter().map(|&row| scores[row]).collect();
        if let Some(auc) = auc(&labels, &scores) {
            sum += auc * group.len() as f64;
            weight += group.len() as f64;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}
