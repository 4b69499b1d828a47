//! Why the light is red.

use super::effects::Effect;
use super::entry::Kind;
use super::measures::MEASURES;
use super::pairs::{Basis, Pair};
use super::settings::{listed, other_data, other_settings};
use super::{Comparison, Recorded};
use std::collections::{BTreeMap, BTreeSet};

/// Each reason in a sentence whose first words, up to a semicolon, say what and the others what to do.
pub(super) fn reasons(
    comparison: &Comparison,
    pairs: &[Pair<'_>],
    base: &Recorded,
    new: &Recorded,
) -> Vec<String> {
    let mut reasons = Vec::new();
    match comparison.damaged.len() {
        0 => {}
        1 => reasons.push("one file is damaged".to_owned()),
        n => reasons.push(format!("{n} files are damaged")),
    }
    if !comparison.missing.is_empty() {
        let what = of_kinds(comparison.missing.iter().map(|(kind, _)| *kind));
        reasons.push(format!("{what} of BASE missing in NEW"));
    }
    if !comparison.intended {
        reasons.extend(undeclared(comparison));
        reasons.extend(besides_the_revision(comparison, base, new));
    }
    let broken = comparison.changes.iter().filter(|change| change.new_violations).count();
    if broken > 0 {
        let tables = if broken == 1 { "table" } else { "tables" };
        reasons.push(format!("constraints are broken in {broken} {tables} where none were"));
    }
    if comparison.means_are_judged {
        reasons.extend(regressions(&comparison.effects));
    }
    reasons.extend(lost_numbers(pairs));
    reasons
}

/// Whether results changed because another revision says so.
pub(super) fn is_declared(comparison: &Comparison) -> bool {
    comparison.changes.iter().any(|change| change.basis == Basis::OtherRevision)
}

fn undeclared(comparison: &Comparison) -> Vec<String> {
    let of = |basis: Basis| {
        let changes = comparison.changes.iter().filter(|change| change.basis == basis);
        let kinds: Vec<Kind> = changes.map(|change| change.kind).collect();
        (!kinds.is_empty()).then(|| of_kinds(kinds.into_iter()))
    };
    let same = of(Basis::SameBits).map(|what| {
        format!(
            "{what} changed though program, settings and data are equal; if that is meant, raise \
             the revision or give --intended"
        )
    });
    let other = of(Basis::OtherSettings).map(|what| {
        format!(
            "{what} made with other settings or data; run both with the same, or give --intended \
             to judge the change by its means"
        )
    });
    same.into_iter().chain(other).collect()
}

fn besides_the_revision(comparison: &Comparison, base: &Recorded, new: &Recorded) -> Vec<String> {
    if !is_declared(comparison) {
        return Vec::new();
    }
    let besides = [
        ("settings differ", other_settings(base, new).differing),
        ("the data differ", other_data(base, new)),
    ];
    let besides = besides.into_iter().filter(|(_, differing)| !differing.is_empty());
    let reason = |(what, differing): (&str, Vec<String>)| {
        format!(
            "besides the revision, {what} ({}); run both with the same, or give --intended to \
             judge both changes together",
            listed(&differing)
        )
    };
    besides.map(reason).collect()
}

/// Means that are worse, each by itself; of their parts, which may be hundreds, the worst.
fn regressions(effects: &[Effect]) -> Vec<String> {
    let by = |effect: &Effect| {
        let unit = if effect.unit.is_empty() { "" } else { " " };
        format!("{:.4}{unit}{}", effect.loss.mean, effect.unit)
    };
    let (parts, means): (Vec<&Effect>, Vec<&Effect>) =
        effects.iter().filter(|effect| effect.regression).partition(|e| e.scope.is_part());
    let of_mean = |effect: &&Effect| {
        let of = effect.of.as_ref().map(|of| format!(" of {of}")).unwrap_or_default();
        format!("{}{of} is worse by {} on average", effect.measure, by(effect))
    };
    let mut reasons: Vec<String> = means.iter().map(of_mean).collect();
    let mut by_measure: BTreeMap<&str, Vec<&Effect>> = BTreeMap::new();
    parts.into_iter().for_each(|part| by_measure.entry(part.measure).or_default().push(part));
    for (measure, parts) in by_measure {
        let worst = parts.iter().max_by(|a, b| a.loss.mean.total_cmp(&b.loss.mean));
        let Some((worst, of)) = worst.and_then(|worst| Some((worst, worst.of.as_ref()?))) else {
            continue;
        };
        reasons.push(match parts.len() {
            1 => format!("{measure} of {of} is worse by {} on average", by(worst)),
            n => {
                format!("{measure} is worse in {n} parts, most in {of} by {} on average", by(worst))
            }
        });
    }
    reasons
}

/// A number that is judged and is not there any more.
fn lost_numbers(pairs: &[Pair<'_>]) -> Option<String> {
    let lost: Vec<&str> = MEASURES
        .iter()
        .flat_map(|measure| {
            let is_lost = |pair: &&Pair<'_>| {
                let value = |entry| (measure.value)(entry);
                pair.kind == measure.kind && value(pair.base).is_some() && value(pair.new).is_none()
            };
            pairs.iter().filter(is_lost).map(|_| measure.name)
        })
        .collect();
    let names: BTreeSet<&str> = lost.iter().copied().collect();
    (!lost.is_empty()).then(|| {
        let names: Vec<&str> = names.into_iter().collect();
        format!("{} in {} results of BASE are no numbers in NEW", names.join(", "), lost.len())
    })
}

/// `3 cells and 1 measured table`.
pub(super) fn of_kinds(kinds: impl Iterator<Item = Kind>) -> String {
    let mut counts = [0usize; 2];
    kinds.for_each(|kind| counts[kind as usize] += 1);
    let parts = [(counts[0], "cell"), (counts[1], "measured table")];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> =
        parts.map(|(n, noun)| format!("{n} {noun}{}", if n == 1 { "" } else { "s" })).collect();
    parts.join(" and ")
}
