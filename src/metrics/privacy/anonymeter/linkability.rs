//! Whether a synthetic row ties together two halves of a real one.

use super::attackers::{Attackers, Count};
use super::neighbors::nearest_rows;
use super::options::{Options, Undefined};
use super::targets::{positions, targets};
use crate::data::Frame;
use crate::seed::Seed;

/// The risk that two pieces of somebody's record are recognised as one person's (Giomi et al.
/// 2023, section 4.2). An interval of the risk above 0 is alarming.
///
/// The attacker knows the columns `aux.0` of a record and, elsewhere, its columns `aux.1`. For
/// either half she looks up the synthetic rows nearest to it ([`nearest_rows`]) and succeeds if
/// the halves have one of their [`neighbors`](Options::neighbors) in common; the naive attacker
/// picks synthetic rows at random. Records come without replacement.
///
/// # Panics
/// If the frames do not have the same columns, or `aux` names one they do not have.
pub fn linkability(
    real: &Frame,
    synthetic: &Frame,
    control: Option<&Frame>,
    aux: (&[usize], &[usize]),
    options: &Options,
    seed: Seed,
) -> Result<Attackers, Undefined> {
    options.check(real.n_rows(), synthetic.n_rows())?;
    if aux.0.is_empty() || aux.1.is_empty() {
        return Err(Undefined::OneSide);
    }
    if options.neighbors == 0 {
        return Err(Undefined::NoNeighbors);
    }
    let attack = |frame: &Frame, name: &str| {
        let targets = targets(frame, options.attacks, seed, name);
        let side = |columns: &[usize], side: &str| {
            let seed = seed.derive(&format!("{name}/{side}"));
            nearest_rows(&targets, synthetic, columns, options.neighbors, seed)
        };
        count(side(aux.0, "first").into_iter().zip(side(aux.1, "second")))
    };
    let guess = |side: &str, attack: usize| {
        let name = format!("guess/{side}/{attack}");
        positions(synthetic.n_rows(), options.neighbors, seed, &name)
    };
    let guesses = 0..options.attacks.min(real.n_rows());
    Ok(Attackers::of_counts(
        attack(real, "main"),
        count(guesses.map(|attack| (guess("first", attack), guess("second", attack)))),
        control.filter(|frame| frame.n_rows() > 0).map(|frame| attack(frame, "control")),
        options.confidence,
    ))
}

/// How many pairs of lists have a row in common.
fn count(pairs: impl Iterator<Item = (Vec<usize>, Vec<usize>)>) -> Count {
    let (mut successes, mut attacks) = (0, 0);
    for (first, second) in pairs {
        successes += usize::from(first.iter().any(|row| second.contains(row)));
        attacks += 1;
    }
    Count { successes, attacks }
}
