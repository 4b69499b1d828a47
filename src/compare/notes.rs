//! What there is to know of a comparison besides its light.

use super::effects::{Effect, MAY_BE_NOISE};
use super::pairs::{Basis, Pair, made_with_differs};
use super::reasons::{is_declared, of_kinds};
use super::settings::{OtherSettings, listed, other_data, other_settings};
use super::{Comparison, Recorded};
use std::collections::BTreeSet;

/// What is said of recorded seconds.
pub(super) const NOT_IN_TURN: &str = "seconds of two runs that were not made in turn are for \
                                      information; compare two programs with --programs";

/// What else there is to know.
pub(super) fn notes(
    comparison: &Comparison,
    pairs: &[Pair<'_>],
    base: &Recorded,
    new: &Recorded,
) -> Vec<String> {
    let mut notes = made_with_differs(&base.made_with(), &new.made_with());
    notes.extend(differences(comparison, pairs, base, new));
    let any = |basis: Basis| pairs.iter().any(|pair| pair.basis == basis);
    if any(Basis::OtherInstructionSet) {
        notes.push(
            "other vector instructions round otherwise, so the same bits cannot be expected: means \
             over cells and seeds are judged"
                .to_owned(),
        );
    }
    if any(Basis::Device) {
        notes.push(
            "cuda does not repeat its bits: means over cells and seeds are judged".to_owned(),
        );
    }
    if any(Basis::OtherRevision) {
        notes.push(
            "another revision declares a change: means over cells and seeds are judged".to_owned(),
        );
        if base.data.is_empty() != new.data.is_empty() {
            notes.push("one of the two does not say of what data it is".to_owned());
        }
        let is_known =
            |side: &Recorded| side.experiment.as_object().is_some_and(|map| !map.is_empty());
        if is_known(base) != is_known(new) {
            notes.push("one of the two does not say with which settings it was made".to_owned());
        }
    }
    if comparison.means_are_judged {
        notes.extend(noise(&comparison.effects));
    }
    if pairs.is_empty() {
        notes.push("the two runs have no cell in common".to_owned());
    }
    if !comparison.added.is_empty() {
        let what = of_kinds(comparison.added.iter().map(|(kind, _)| *kind));
        notes.push(format!("{what} only in NEW"));
    }
    if comparison.stages.is_some() {
        notes.push(NOT_IN_TURN.to_owned());
    }
    notes
}

/// What differs of settings and data, unless a reason says so.
fn differences(
    comparison: &Comparison,
    pairs: &[Pair<'_>],
    base: &Recorded,
    new: &Recorded,
) -> Vec<String> {
    let is_reason = is_declared(comparison) && !comparison.intended;
    let of = |what: &str, names: &[String]| {
        (!names.is_empty()).then(|| format!("{what}: {}", listed(names)))
    };
    let mut notes = Vec::new();
    // Where program and fingerprints are the same, no setting that differs matters.
    let matters = [Basis::OtherRevision, Basis::OtherSettings];
    if pairs.iter().any(|pair| matters.contains(&pair.basis)) {
        let OtherSettings { differing, only_new } = other_settings(base, new);
        notes.extend(of("of the settings differ", &differing).filter(|_| !is_reason));
        notes.extend(of("settings that only NEW has", &only_new));
    }
    notes.extend(of("of the data differ", &other_data(base, new)).filter(|_| !is_reason));
    notes
}

/// What noise may hide.
fn noise(effects: &[Effect]) -> Vec<String> {
    let means = || effects.iter().filter(|effect| !effect.scope.is_part());
    let mut notes = Vec::new();
    let doubtful = means().filter(|effect| effect.verdict() == MAY_BE_NOISE);
    let names: BTreeSet<&str> = doubtful.map(|effect| effect.measure).collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.into_iter().collect();
        notes.push(format!(
            "worse than tolerated, but so few cells and seeds cannot tell it from noise: {}; run both with \
             more seeds",
            names.join(", ")
        ));
    }
    if means().any(|effect| effect.loss.n > 1 && effect.loss.of_single_seeds()) {
        notes.push(
            "with one seed of each the scatter over cells serves for noise, in which a loss of few of \
             them hides; run both with at least three seeds"
                .to_owned(),
        );
    }
    notes
}
