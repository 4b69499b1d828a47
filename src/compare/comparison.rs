//! Two runs compared.

use super::effects::{Effect, MAY_BE_NOISE, effects};
use super::entry::{Kind, MadeWith};
use super::leaves::{differences, leaves};
use super::measures::MEASURES;
use super::pairs::{Basis, EntryChange, Pair, changes, made_with_differs, pairs};
use super::timing::StageCost;
use super::{Gate, Recorded};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What became of the results.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Where BASE was read.
    pub base: String,
    /// Where NEW was read.
    pub new: String,
    /// What the results of the two were made with.
    pub made_with: [Vec<MadeWith>; 2],
    /// Why the light is red; green if there is no reason.
    pub reasons: Vec<String>,
    /// What else there is to know.
    pub notes: Vec<String>,
    /// Number of cells and of measured tables that both have.
    pub compared: [usize; 2],
    /// Names of all that are equal, bit for bit.
    pub equal: Vec<(Kind, String)>,
    /// All that are not, the worst first.
    pub changes: Vec<EntryChange>,
    /// Names of what BASE has and NEW has not.
    pub missing: Vec<(Kind, String)>,
    /// Names of what NEW has and BASE has not.
    pub added: Vec<(Kind, String)>,
    /// Files that are no results: the file and why.
    pub damaged: BTreeMap<String, String>,
    /// Whether all changes were said to be meant.
    pub intended: bool,
    /// Whether some changes are meant, so that means are judged and not bits alone.
    pub means_are_judged: bool,
    /// The means; none if every bit is equal.
    pub effects: Vec<Effect>,
    /// What the stages of the two took, if both were run on the same machine.
    pub stages: Option<[Vec<StageCost>; 2]>,
}

impl Comparison {
    /// Whether nothing got worse and nothing changed that should not.
    pub fn is_green(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Leaves out the seconds that the runs recorded.
    pub fn forget_stages(&mut self) {
        self.stages = None;
        self.notes.retain(|note| note != NOT_IN_TURN);
    }

    /// Whether this change turns the light red by itself.
    pub fn is_red(&self, change: &EntryChange) -> bool {
        change.new_violations || !(self.intended || change.basis.explains_changes())
    }
}

/// What is said of recorded seconds.
const NOT_IN_TURN: &str = "seconds of two runs that were not made in turn are for information; \
                           compare two programs with --programs";

/// Compares two runs. With `intended`, all changes are meant and judged by means over cells and
/// seeds; without, only those that another revision, other vector instructions or the device explain.
pub fn compare(base: &Recorded, new: &Recorded, gate: &Gate, intended: bool) -> Comparison {
    let pairs = pairs(base, new);
    let changes = changes(&pairs, gate);
    let means_are_judged = changes.iter().any(|change| intended || change.basis.explains_changes());
    let effects = if changes.is_empty() { Vec::new() } else { effects(&pairs, gate) };
    let count = |kind: Kind| pairs.iter().filter(|pair| pair.kind == kind).count();
    let owned = |recorded: &Recorded| recorded.made_with().into_iter().cloned().collect();
    let changed: HashSet<(Kind, &str)> =
        changes.iter().map(|change| (change.kind, change.name.as_str())).collect();
    let equal = pairs.iter().filter(|pair| !changed.contains(&(pair.kind, pair.name)));
    let equal = equal.map(|pair| (pair.kind, pair.name.to_owned())).collect();
    let absent = |from: &Recorded, there: &Recorded| -> Vec<(Kind, String)> {
        let names = from
            .entries
            .keys()
            .filter(|key| !there.entries.contains_key(key) && !there.damaged.contains_key(key));
        names.cloned().collect()
    };
    let mut comparison = Comparison {
        base: base.place.clone(),
        new: new.place.clone(),
        made_with: [owned(base), owned(new)],
        reasons: Vec::new(),
        notes: Vec::new(),
        compared: Kind::ALL.map(count),
        equal,
        changes,
        missing: absent(base, new),
        added: absent(new, base),
        damaged: damaged([base, new]),
        intended,
        means_are_judged,
        effects,
        stages: stages(base, new),
    };
    comparison.reasons = reasons(&comparison, base, new);
    comparison.reasons.extend(lost_numbers(&pairs));
    comparison.notes = notes(&comparison, &pairs, base, new);
    comparison
}

fn damaged(sides: [&Recorded; 2]) -> BTreeMap<String, String> {
    let of = |side: &Recorded| -> Vec<(String, String)> {
        let files = side.damaged.iter();
        files
            .map(|((kind, name), reason)| {
                (format!("{}/{}/{name}.json", side.place, kind.folder()), reason.clone())
            })
            .collect()
    };
    sides.into_iter().flat_map(of).collect()
}

/// The seconds of two runs of the same cells on one machine.
fn stages(base: &Recorded, new: &Recorded) -> Option<[Vec<StageCost>; 2]> {
    let machines: Vec<&str> = [base, new]
        .into_iter()
        .flat_map(|side| side.entries.values().map(|entry| entry.made_with.machine.as_str()))
        .collect();
    let same = machines.windows(2).all(|pair| pair[0] == pair[1]);
    let names = |side: &Recorded| -> Vec<String> {
        let cells = side.entries.keys().filter(|(kind, _)| *kind == Kind::Cell);
        cells.map(|(_, name)| name.clone()).collect()
    };
    let known = !base.costs.is_empty() && !new.costs.is_empty() && names(base) == names(new);
    (same && known).then(|| [base.costs.clone(), new.costs.clone()])
}

fn reasons(comparison: &Comparison, base: &Recorded, new: &Recorded) -> Vec<String> {
    let intended = comparison.intended;
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
    let of = |basis: Basis| comparison.changes.iter().filter(move |change| change.basis == basis);
    let undeclared = of(Basis::SameBits).count();
    if undeclared > 0 && !intended {
        let what = of_kinds(of(Basis::SameBits).map(|change| change.kind));
        reasons.push(format!(
            "{what} changed though program, settings and data are equal; if that is meant, raise \
             the revision or give --intended"
        ));
    }
    let other = of(Basis::OtherSettings).count();
    if other > 0 && !intended {
        let what = of_kinds(of(Basis::OtherSettings).map(|change| change.kind));
        reasons.push(format!(
            "{what} made with other settings or data; run both with the same, or give --intended \
             to judge the change by its means"
        ));
    }
    let declared = of(Basis::OtherRevision).count() > 0;
    let besides = [
        ("settings differ", other_settings(base, new)),
        ("the data differ", other_data(base, new)),
    ];
    for (what, differing) in besides {
        if declared && !differing.is_empty() && !intended {
            reasons.push(format!(
                "besides the revision, {what} ({}); run both with the same, or give --intended to \
                 judge both changes together",
                differing.join(", ")
            ));
        }
    }
    let broken = comparison.changes.iter().filter(|change| change.new_violations).count();
    if broken > 0 {
        let tables = if broken == 1 { "table" } else { "tables" };
        reasons.push(format!("constraints are broken in {broken} {tables} where none were"));
    }
    if comparison.means_are_judged {
        reasons.extend(comparison.effects.iter().filter(|effect| effect.regression).map(
            |effect| {
                let model = effect.model.as_ref().map(|model| format!(" of {model}"));
                format!(
                    "{}{} is worse by {:.4} {}on average",
                    effect.measure,
                    model.unwrap_or_default(),
                    effect.loss.mean,
                    if effect.unit.is_empty() {
                        String::new()
                    } else {
                        format!("{} ", effect.unit)
                    }
                )
            },
        ));
    }
    reasons
}

/// Settings of the experiment that both know and that differ. What there is to do, and what to call
/// it, are no settings: cells are matched by name.
fn other_settings(base: &Recorded, new: &Recorded) -> Vec<String> {
    let not_settings = ["name", "seeds", "generators", "conditioning", "scenarios", "models"];
    let not_results = ["gate", "device"];
    let same_data = !base.data.is_empty() && base.data == new.data;
    let paths = ["dataset/train", "dataset/valid", "dataset/test", "dataset/path"];
    let (base, new) = (leaves(&base.experiment), leaves(&new.experiment));
    let differing = differences(&base, &new).into_iter().filter(|change| {
        if same_data && paths.contains(&change.path.as_str()) {
            return false;
        }
        let key = change.path.split('/').next().unwrap_or_default();
        let both = change.base.is_some() && change.new.is_some();
        both && !not_settings.contains(&key) && !not_results.contains(&key)
    });
    differing.map(|change| change.path.replace('/', ".")).collect()
}

/// What both know of the data and is not the same: a file, by what it is for, rows or clicks.
fn other_data(base: &Recorded, new: &Recorded) -> Vec<String> {
    let (old, other) = (&base.data, &new.data);
    if old.is_empty() || other.is_empty() {
        return Vec::new();
    }
    let names: BTreeSet<&String> = old.keys().chain(other.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != other.get(*name)).cloned().collect()
}

fn notes(
    comparison: &Comparison,
    pairs: &[Pair<'_>],
    base: &Recorded,
    new: &Recorded,
) -> Vec<String> {
    let mut notes = made_with_differs(&base.made_with(), &new.made_with());
    let data = other_data(base, new);
    if !data.is_empty() {
        notes.push(format!("of the data differ: {}", data.join(", ")));
    }
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
    }
    let doubtful = comparison.effects.iter().filter(|effect| effect.verdict() == MAY_BE_NOISE);
    if comparison.means_are_judged && doubtful.clone().count() > 0 {
        let names: Vec<&str> = doubtful.map(|effect| effect.measure).collect();
        notes.push(format!(
            "worse than tolerated, but so few cells and seeds cannot tell it from noise: {}; run both with \
             more seeds",
            names.join(", ")
        ));
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

/// `3 cells and 1 table`.
fn of_kinds(kinds: impl Iterator<Item = Kind>) -> String {
    let mut counts = [0usize; 2];
    kinds.for_each(|kind| counts[kind as usize] += 1);
    let parts = [(counts[0], "cell"), (counts[1], "measured table")];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0);
    let parts: Vec<String> =
        parts.map(|(n, noun)| format!("{n} {noun}{}", if n == 1 { "" } else { "s" })).collect();
    parts.join(" and ")
}
