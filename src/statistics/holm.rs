//! Many tests of one family.

/// P-values adjusted for their number, in the order given: those at most `a` belong to hypotheses
/// that are rejected together with at most `a` probability of a single mistake.
///
/// By Holm (1979): the smallest of `k` times `k`, the next times `k - 1` and so on, none below the
/// one before, none above 1. What is not a number counts as 1.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let p = |index: usize| if p_values[index].is_nan() { 1.0 } else { p_values[index] };
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p(a).total_cmp(&p(b)));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        largest = largest.max(p(index) * (p_values.len() - rank) as f64).min(1.0);
        adjusted[index] = largest;
    }
    adjusted
}
