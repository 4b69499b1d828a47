//! The cells and tables that both runs have, and what differs between them.

use super::Recorded;
use super::entry::{Entry, Kind, MadeWith};
use super::gate::Gate;
use super::leaves::{LeafChange, differences};
use super::measures::{MEASURES, violations};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// What may be expected of two entries of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Equal program and equal cell: the same bits.
    SameBits,
    /// Another revision: results are declared to change.
    OtherRevision,
    /// Other vector instructions, which round otherwise.
    OtherInstructionSet,
    /// A device that does not repeat its bits.
    Device,
    /// Other settings or other data.
    OtherSettings,
}

impl Basis {
    /// Whether it explains other bits: then means are judged.
    pub fn explains_changes(self) -> bool {
        !matches!(self, Basis::SameBits | Basis::OtherSettings)
    }
}

/// A cell or table that both runs have.
pub(super) struct Pair<'a> {
    pub kind: Kind,
    pub name: &'a str,
    pub base: &'a Entry,
    pub new: &'a Entry,
    pub basis: Basis,
}

impl Pair<'_> {
    /// Its name without its seeds: what has this in common differs by chance alone.
    pub fn arm(&self) -> String {
        let mut parts: Vec<&str> = self.name.split('.').collect();
        let seeds =
            [("seed", "seed"), ("seed", "of/seed"), ("fit", "fit_seed"), ("draw", "draw_seed")];
        for (word, path) in seeds {
            let part = self.base.whole_number(path).map(|seed| format!("{word}{seed}"));
            // The last, since a generator of one's own may be called `seed1`.
            if let Some(at) = part.and_then(|part| parts.iter().rposition(|other| *other == part)) {
                parts.remove(at);
            }
        }
        parts.join(".")
    }

    /// The seeds of its fit and of its training; 0 where it has none.
    pub fn seeds(&self) -> [u64; 2] {
        let seed = |path: &str| self.base.whole_number(path);
        let training = seed("seed").or(seed("of/seed")).unwrap_or(0);
        [seed("fit_seed").unwrap_or(training), training]
    }

    /// The generator of its rows and how it was fitted, as in names of files; none of real rows.
    pub fn source(&self) -> Option<String> {
        let [generator, conditioning] =
            ["generator", "conditioning"].map(|path| self.base.text(path));
        let generator = generator.filter(|name| *name != "none");
        let reading = self.base.text("reading").filter(|reading| *reading == "numbers");
        Some(
            [Some(generator?), conditioning, reading]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join("."),
        )
    }
}

/// An entry that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryChange {
    /// What it is about.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What could have been expected.
    pub basis: Basis,
    /// The largest loss in units of what is tolerated; at most 0 if nothing got worse.
    pub loss: f64,
    /// Rows that break a constraint where none did before.
    pub new_violations: bool,
    /// What differs.
    pub leaves: Vec<LeafChange>,
}

/// The entries that both runs have.
pub(super) fn pairs<'a>(base: &'a Recorded, new: &'a Recorded) -> Vec<Pair<'a>> {
    let both = base.entries.iter().filter_map(|(key, entry)| {
        let (kind, name) = (key.0, key.1.as_str());
        let (base, new) = (entry, new.entries.get(key)?);
        Some(Pair { kind, name, base, new, basis: basis(base, new) })
    });
    both.collect()
}

fn basis(base: &Entry, new: &Entry) -> Basis {
    let (old, made) = (&base.made_with, &new.made_with);
    // A version alone changes no result: a change that does must raise the revision.
    if old.revision != made.revision {
        return Basis::OtherRevision;
    }
    if base.fingerprint != new.fingerprint {
        return Basis::OtherSettings;
    }
    if old.instruction_set != made.instruction_set {
        return Basis::OtherInstructionSet;
    }
    if [base, new].iter().any(|entry| entry.text("device") == Some("cuda")) {
        return Basis::Device;
    }
    Basis::SameBits
}

/// Those of `pairs` that are not the same bits, the worst first.
pub(super) fn changes(pairs: &[Pair<'_>], gate: &Gate) -> Vec<EntryChange> {
    let mut changes: Vec<EntryChange> =
        pairs.iter().filter_map(|pair| change(pair, gate)).collect();
    let size =
        |change: &EntryChange| change.leaves.first().and_then(LeafChange::relative).unwrap_or(0.0);
    changes.sort_by(|a, b| {
        let worse = b.new_violations.cmp(&a.new_violations).then(b.loss.total_cmp(&a.loss));
        worse.then(size(b).total_cmp(&size(a)))
    });
    changes
}

fn change(pair: &Pair<'_>, gate: &Gate) -> Option<EntryChange> {
    // A baseline keeps a hash of some leaves; then that of the other is compared with it.
    let condensed = [pair.base, pair.new].iter().any(|entry| entry.rest.is_some());
    let entry = |entry: &Entry| {
        let mut entry = if condensed { entry.condensed(pair.kind) } else { entry.clone() };
        if let Some(rest) = entry.rest.take() {
            entry.leaves.insert(REST.to_owned(), Value::String(rest));
        }
        entry
    };
    let (base, new) = (entry(pair.base), entry(pair.new));
    let leaves = differences(&base.leaves, &new.leaves);
    let of_kind = MEASURES.iter().filter(|measure| measure.kind == pair.kind);
    let losses = of_kind.filter_map(|measure| {
        // A tolerance of 0 would make any loss infinitely bad.
        let tolerance = (measure.tolerance)(gate).max(1e-9);
        Some(measure.loss(&base, &new)? / tolerance)
    });
    let loss = losses.reduce(f64::max).unwrap_or(0.0);
    let broken = |entry: &Entry| violations(entry).unwrap_or(0.0);
    let new_violations = pair.kind == Kind::Quality && broken(&base) == 0.0 && broken(&new) > 0.0;
    (!leaves.is_empty()).then(|| EntryChange {
        kind: pair.kind,
        name: pair.name.to_owned(),
        basis: pair.basis,
        loss,
        new_violations,
        leaves,
    })
}

/// The path under which the hash of what a baseline leaves out is compared.
pub(super) const REST: &str = "(passes and details)";

/// What differs between what two runs were made with, in words; nothing if nothing does.
pub(super) fn made_with_differs(base: &[&MadeWith], new: &[&MadeWith]) -> Vec<String> {
    type Get = fn(&MadeWith) -> String;
    let parts: [(&str, Get); 4] = [
        ("program", |made| made.program.clone()),
        ("revision", |made| made.revision.to_string()),
        ("instruction set", |made| made.instruction_set.clone()),
        ("machine", |made| made.machine.clone()),
    ];
    let values = |made: &[&MadeWith], get: Get| -> BTreeSet<String> {
        made.iter().map(|made| get(made)).collect()
    };
    let differs = parts.into_iter().filter_map(|(name, get)| {
        let (base, new) = (values(base, get), values(new, get));
        let list = |values: BTreeSet<String>| values.into_iter().collect::<Vec<_>>().join(" / ");
        (base != new).then(|| format!("{name}: {} → {}", list(base), list(new)))
    });
    differs.collect()
}
