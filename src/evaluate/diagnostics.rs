//! Distances and copies: what does not prove anything, side by side.

use super::world::{Codes, World};
use crate::data::Frame;
use crate::metrics::privacy::{
    Cap, ClosestRecord, MATCH_TOLERANCE, cap, disclosure_protection, distances, identical_rows,
    new_row_share,
};
use crate::progress::Progress;
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What distances, copies and equal rows tell. None of it proves that nothing leaks: tables that
/// pass all of it do ("The DCR Delusion", arXiv 2505.01524).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Synthetic rows that stand in the real table, whatever the label. More than among as many
    /// rows of a holdout: copies.
    pub identical_rows: usize,
    /// The same with the label; none without a label.
    pub identical_rows_with_label: Option<usize>,
    /// SDMetrics' NewRowSynthesis: the share of rows that match no real row.
    pub new_row_share: Option<f64>,
    /// Distances to the closest real row.
    pub closest_record: Option<ClosestRecord>,
    /// SDMetrics' DCRBaselineProtection: the median distance beside that of random rows, 1 at most.
    pub dcr_baseline_protection: Option<f64>,
    /// SDMetrics' DCROverfittingProtection: 1 if at most half of the rows are closer to the real
    /// table than to the holdout. Means little unless both have as many rows.
    pub dcr_overfitting_protection: Option<f64>,
    /// SDMetrics' CategoricalCAP, of the label (without one, of the last column) given all other
    /// columns: 1 less the probability that it is guessed right. Clearly below that of a holdout in
    /// place of the synthetic rows is alarming.
    pub cap: Option<f64>,
    /// SDMetrics' DisclosureProtection of the same: that beside blind guessing, 1 at most.
    pub disclosure_protection: Option<f64>,
}

/// Measures all of it; `notes` are told why a number is missing.
pub(super) fn diagnostics(
    world: &World,
    synthetic: &Frame,
    codes: &Codes,
    seed: Seed,
    progress: &dyn Progress,
    notes: &mut BTreeMap<String, String>,
) -> Diagnostics {
    let mut note = |name: &str, why: &str| {
        notes.insert(format!("privacy/{name}"), why.to_owned());
    };
    let (real, holdout) = (&world.real, world.holdout.as_ref());
    let identical = identical_rows(synthetic, real, world.label.as_deref());
    if identical.identical_rows_with_label.is_none() {
        note("identical_rows_with_label", "needs a label column");
    }
    let distances = distances(synthetic, real, holdout, &seed, progress);
    if distances.is_none() {
        note("closest_record", "needs real and synthetic rows, and a column");
    }
    if holdout.is_none() {
        let why = "needs real rows that nothing was learned from (a holdout)";
        note("closest_record/share_closer_to_train", why);
        note("dcr_overfitting_protection", why);
    }
    let baseline = distances.as_ref().and_then(|d| d.dcr_baseline_protection.score);
    if distances.is_some() && baseline.is_none() {
        note("dcr_baseline_protection", "random rows coincide with real ones");
    }
    let overfitting = distances.as_ref().and_then(|d| d.dcr_overfitting_protection.as_ref());
    let overfitting = overfitting.map(|protection| protection.score);

    let n_columns = real.columns().len();
    let label = world.label.as_ref().and_then(|label| real.position(label));
    let secret = label.or(n_columns.checked_sub(1)).filter(|_| n_columns > 1);
    let keys: Vec<usize> = (0..n_columns).filter(|&column| Some(column) != secret).collect();
    let of_cap = secret.and_then(|secret| {
        cap(&codes.synthetic, &codes.real, &keys, &[secret], Cap::Known, progress)
    });
    let why_none = match secret {
        Some(_) => "no real row agrees with a synthetic one in all columns but the one to guess",
        None => "needs a column to guess and another to guess it from",
    };
    if of_cap.is_none() {
        note("cap", why_none);
    }
    let protection = secret.and_then(|secret| {
        let name = |&column: &usize| real.columns()[column].name.as_str();
        let keys: Vec<&str> = keys.iter().map(name).collect();
        let secret = [name(&secret)];
        disclosure_protection(synthetic, real, &keys, &secret, Cap::Known, progress)
    });
    let score = protection.and_then(|protection| protection.score);
    if score.is_none() {
        let attacked = protection.is_some_and(|protection| protection.cap_protection.is_some());
        let why = if attacked { "the column to guess has one value only" } else { why_none };
        note("disclosure_protection", why);
    }
    Diagnostics {
        identical_rows: identical.identical_rows,
        identical_rows_with_label: identical.identical_rows_with_label,
        new_row_share: new_row_share(synthetic, real, MATCH_TOLERANCE),
        closest_record: distances.map(|distances| distances.closest_record),
        dcr_baseline_protection: baseline,
        dcr_overfitting_protection: overfitting,
        cap: of_cap,
        disclosure_protection: score,
    }
}
