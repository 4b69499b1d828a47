//! Probabilities of a model that was trained at another click rate than it is used at.

/// What to add to the logit of a model trained on a mixture of rows, so that its probabilities are
/// those of the real rows: the log odds of a click among the real rows minus those in the mixture.
/// Both are numbers of rows by label, `[without a click, with a click]`.
///
/// The prior correction of King and Zeng 2001, "Logistic regression in rare events data"; written
/// with probabilities it is the adjustment of Saerens, Latinne and Decaestecker 2002.
/// Exact where the rows that were added to one label, or dropped from it, look like that label's
/// real rows; otherwise it still moves the odds by the right factor on the whole.
///
/// None if a label is missing on either side.
pub fn prior_shift(mixture: [usize; 2], real: [usize; 2]) -> Option<f64> {
    if mixture.contains(&0) || real.contains(&0) {
        return None;
    }
    // As products, so that equal rates give 0 and not almost 0.
    let product = |clicks: usize, others: usize| clicks as u128 * others as u128;
    let (real, mixture) = (product(real[1], mixture[0]), product(mixture[1], real[0]));
    Some((real as f64 / mixture as f64).ln())
}

/// The probability whose logit is `shift` higher than that of `probability`, a number from 0 to 1.
///
/// Computed without the logit, so that 0 and 1 stay what they are and small probabilities keep
/// their digits. Not a number if either argument is not one.
pub fn shifted(probability: f64, shift: f64) -> f64 {
    if probability == 0.0 || probability == 1.0 {
        return if shift.is_nan() { shift } else { probability };
    }
    // The odds p : 1 - p times exp(shift), the factor on the side where it is at most 1.
    let factor = (-shift.abs()).exp();
    let (click, other) = (probability, 1.0 - probability);
    let (click, other) =
        if shift < 0.0 { (click * factor, other) } else { (click, other * factor) };
    click / (click + other)
}
