//! Two runs compared.

use super::effects::{Effect, effects};
use super::entry::{Kind, MadeWith};
use super::notes::{NOT_IN_TURN, notes};
use super::pairs::{EntryChange, changes, pairs};
use super::reasons::reasons;
use super::timing::StageCost;
use super::{Gate, Recorded};
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

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
    comparison.reasons = reasons(&comparison, &pairs, base, new);
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
