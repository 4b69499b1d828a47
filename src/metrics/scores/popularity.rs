//! How well scores order the rows of popular and of rare items.

use super::auc;
use std::cmp::Reverse;

/// The third of every item by popularity: 0 for the head, 1 for the middle, 2 for the tail.
///
/// Items are ordered by their clicks in train, most first, equal ones by code, and cut into three
/// parts of equally many items; what is left over goes to the head, then the middle, one item each.
/// `clicks_by_item` is by the item's code.
pub fn thirds(clicks_by_item: &[u64]) -> Vec<u8> {
    let n = clicks_by_item.len();
    let mut items: Vec<usize> = (0..n).collect();
    items.sort_by_key(|&item| (Reverse(clicks_by_item[item]), item));
    let mut thirds = vec![0; n];
    for (rank, item) in items.into_iter().enumerate() {
        thirds[item] = (3 * rank / n) as u8;
    }
    thirds
}

/// The [`auc`] among the rows of head, middle and tail items: rows of different thirds are not
/// compared, so that knowing what is popular does not help.
///
/// `items` is the code of each row's item, `thirds` the third of each code as [`thirds`] gives it.
/// An item with a code beyond, which train does not hold, counts to the tail. None for a third
/// whose rows lack a label or hold a score that is not a number.
///
/// # Panics
/// If there are not as many scores, or items, as labels.
pub fn auc_by_third(
    labels: &[u8],
    scores: &[f64],
    items: &[u32],
    thirds: &[u8],
) -> [Option<f64>; 3] {
    assert_eq!(labels.len(), scores.len(), "one score per label");
    assert_eq!(labels.len(), items.len(), "one item per label");
    let mut parts: [(Vec<u8>, Vec<f64>); 3] = Default::default();
    for ((&label, &score), &item) in labels.iter().zip(scores).zip(items) {
        let third = thirds.get(item as usize).map_or(2, |&third| usize::from(third).min(2));
        parts[third].0.push(label);
        parts[third].1.push(score);
    }
    parts.map(|(labels, scores)| auc(&labels, &scores))
}
