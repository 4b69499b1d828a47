//! Anonymeter's three risks: singling out, linkability, inference.
//!
//! Giomi, Boenisch, Wehmeyer and Tasnádi, "A unified framework for quantifying privacy risk in
//! synthetic data", PoPETs 2023. Each risk is measured by attacks, and each attack on three
//! grounds: on the rows that the synthetic table was learned from, by guessing, and on control
//! rows that it was not learned from ([`Attackers`]).
//!
//! Definitions are those of the authors' package, release 1.1.0, except where that does not do what
//! it is meant to:
//!
//! - its naive inference attacker takes guesses for missing unless the positions of guess and
//!   target coincide; here every guess counts;
//! - it takes any negative guess of a number for right; here the error is relative to its size;
//! - a number missing in one of two rows puts them infinitely far apart there; here as far as can
//!   be, 1, so that a column without numbers hides nothing;
//! - its correction of singling out for a control table of another size counts predicates instead
//!   of successes; here see [`singling_out`];
//! - without control rows it calls the main rate the risk; here there is none;
//! - numbers are guessed within a tolerance, which the package does only when told to.
//!
//! All three are exact counts over attacks on up to [`Options::attacks`] rows; the whole tables are
//! searched, not samples of them.

mod attackers;
mod distinct;
mod drawing;
mod gower;
mod inference;
mod linkability;
mod neighbors;
mod options;
mod predicate;
mod risk;
mod singling_out;
mod targets;
#[cfg(test)]
mod tests;
mod thinning;

pub use attackers::{Attackers, Doubt};
pub use inference::inference;
pub use linkability::linkability;
pub use neighbors::nearest_rows;
pub use options::{Options, Undefined};
pub use risk::{Estimate, Rate};
pub use singling_out::{Predicates, singling_out};

use crate::data::Frame;
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use singling_out::Crowds;
use std::collections::BTreeMap;

/// All three risks of one synthetic table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anonymeter {
    /// That something is known to hold for exactly one row.
    pub singling_out: SinglingOut,
    /// That two halves of a record are recognised as one person's. None with a note where either
    /// side has no column.
    pub linkability: Option<Attackers>,
    /// That a value is guessed from the other columns, by the name of its column. The highest risk
    /// counts; columns that could not be attacked have a note instead.
    pub inference: BTreeMap<String, Attackers>,
    /// Why a risk is missing, by its name: `singling_out`, `linkability`, `inference` or
    /// `inference/COLUMN`.
    pub notes: BTreeMap<String, String>,
}

/// Both attacks that single out; the higher risk counts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SinglingOut {
    /// By one rare value.
    pub univariate: Option<Attackers>,
    /// By values of several columns together.
    pub multivariate: Option<Attackers>,
}

/// Measures all three risks of `synthetic`, which was learned from `real` and not from `control`.
///
/// Where `options` name no columns: linkability gives the columns to both sides in turn, and
/// inference guesses each column from all others. Every attack has its own stream of random
/// numbers, so a column more or less changes no other's.
///
/// # Panics
/// If the frames do not have the same columns, or `options` name one they do not have.
pub fn anonymeter(
    real: &Frame,
    synthetic: &Frame,
    control: Option<&Frame>,
    options: &Options,
    seed: Seed,
    progress: &dyn Progress,
) -> Anonymeter {
    let n_columns = real.columns().len();
    let secrets = options.secrets.clone().unwrap_or_else(|| (0..n_columns).collect());
    let (first, second) = options.halves.clone().unwrap_or_else(|| {
        let side = |first| (first..n_columns).step_by(2).collect();
        (side(0), side(1))
    });
    progress.start("Anonymeter", 3 + secrets.len() as u64);
    let mut notes = BTreeMap::new();
    let mut noted = |name: &str, result: Result<Attackers, Undefined>| {
        progress.advance(1);
        result.map_err(|reason| notes.insert(name.to_owned(), reason.to_string())).ok()
    };

    let crowds = Crowds::new(real, synthetic, control);
    let mut single = |predicates, name: &str| {
        let seed = seed.derive("singling-out").derive(name);
        noted("singling_out", crowds.attack(predicates, options, seed))
    };
    let singling_out = SinglingOut {
        univariate: single(Predicates::Univariate, "univariate"),
        multivariate: single(Predicates::Multivariate, "multivariate"),
    };
    let link_seed = seed.derive("linkability");
    let linkability = linkability(real, synthetic, control, (&first, &second), options, link_seed);
    let linkability = noted("linkability", linkability);
    let mut by_secret = BTreeMap::new();
    for secret in secrets {
        let aux: Vec<usize> = (0..n_columns).filter(|&column| column != secret).collect();
        let name = &real.columns()[secret].name;
        let seed = seed.derive("inference").derive(name);
        let result = inference(real, synthetic, control, &aux, secret, options, seed);
        if let Some(attackers) = noted(&format!("inference/{name}"), result) {
            by_secret.insert(name.clone(), attackers);
        }
    }
    progress.finish();
    Anonymeter { singling_out, linkability, inference: by_secret, notes }
}
