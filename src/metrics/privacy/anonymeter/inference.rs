//! Whether a synthetic table tells an unknown value of a real row.

use super::attackers::{Attackers, Count};
use super::neighbors::nearest_rows;
use super::options::{Options, Undefined};
use super::targets::{positions, targets};
use crate::data::{Frame, Values};
use crate::seed::Seed;

/// The risk that the value in column `secret` of somebody's record is guessed by one who knows
/// the columns `aux` of it (Giomi et al. 2023, section 4.3). An interval of the risk above 0 is
/// alarming.
///
/// The attacker guesses the secret of the synthetic row that is nearest to what she knows
/// ([`nearest_rows`]); the naive one guesses that of a random synthetic row. A category is guessed
/// right if it is the same, a number if it is off by at most [`tolerance`](Options::tolerance) of
/// the guess's size, a missing value if it is missing. Records come without replacement.
///
/// # Panics
/// If the frames do not have the same columns, or `aux` and `secret` name one they do not have.
pub fn inference(
    real: &Frame,
    synthetic: &Frame,
    control: Option<&Frame>,
    aux: &[usize],
    secret: usize,
    options: &Options,
    seed: Seed,
) -> Result<Attackers, Undefined> {
    options.check(real.n_rows(), synthetic.n_rows())?;
    if aux.is_empty() {
        return Err(Undefined::NothingKnown);
    }
    if aux.contains(&secret) {
        return Err(Undefined::SecretKnown);
    }
    let guesses = &synthetic.columns()[secret].values;
    let count = |targets: &Frame, rows: &[usize]| {
        let truth = &targets.columns()[secret].values;
        let right = |&(target, &row): &(usize, &usize)| {
            is_right((guesses, row), (truth, target), options.tolerance)
        };
        Count { successes: rows.iter().enumerate().filter(right).count(), attacks: rows.len() }
    };
    let attack = |frame: &Frame, name: &str| {
        let targets = targets(frame, options.attacks, seed, name);
        let nearest = nearest_rows(&targets, synthetic, aux, 1, seed.derive(name));
        count(&targets, &nearest.concat())
    };
    let naive = {
        let targets = targets(real, options.attacks, seed, "naive");
        count(&targets, &positions(synthetic.n_rows(), targets.n_rows(), seed, "guess"))
    };
    Ok(Attackers::of_counts(
        attack(real, "main"),
        naive,
        control.filter(|frame| frame.n_rows() > 0).map(|frame| attack(frame, "control")),
        options.confidence,
    ))
}

/// Whether a guessed value is right, both given as a column and a row in it.
fn is_right(guess: (&Values, usize), truth: (&Values, usize), tolerance: f64) -> bool {
    match (guess.0, truth.0) {
        (Values::Numbers(guesses), Values::Numbers(truths)) => {
            let (guess, truth) = (guesses[guess.1], truths[truth.1]);
            guess == truth
                || guess.is_nan() && truth.is_nan()
                || (guess - truth).abs() / (guess.abs() + 1e-12) <= tolerance
        }
        (Values::Categories { codes: a, .. }, Values::Categories { codes: b, .. }) => {
            a[guess.1] == b[truth.1]
        }
        _ => panic!("the secret is numbers in one frame alone"),
    }
}
