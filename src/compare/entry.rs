//! One cell or one measured table, as far as it is compared.

use super::leaves::{Leaves, leaves, matches};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a file of results is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A training and its test: `cells/`.
    Cell,
    /// How good and how private rows are: `quality/`.
    Quality,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Kind; 2] = [Kind::Cell, Kind::Quality];

    /// Its folder in a run folder.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Cell => "cells",
            Kind::Quality => "quality",
        }
    }

    /// The leaves that a baseline keeps one by one. Of the others, the passes over the rows and the
    /// numbers of single columns, pairs and attacks, it keeps a hash: that they changed, not how.
    fn keeps(self, path: &str) -> bool {
        let hashed = ["history", "score_quantiles"];
        let kept = [
            "of/*",
            "rows/*",
            "fidelity/*",
            "fidelity/constraints/*/violations",
            "fidelity/two_sample_auc/*",
            "privacy/*",
            "privacy/membership/*/auc",
            "privacy/membership/*/strongest",
            "privacy/membership/*/p_value",
            "privacy/closest_record/*",
        ];
        match self {
            Kind::Cell => !hashed.contains(&path.split('/').next().unwrap_or_default()),
            Kind::Quality => kept.iter().any(|pattern| matches(pattern, path)),
        }
    }
}

/// What results were made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MadeWith {
    /// Name and version of the program.
    pub program: String,
    /// Which results the program gives: raised whenever they change.
    pub revision: u64,
    /// The widest vector instructions used.
    pub instruction_set: String,
    /// The processor and its number of threads.
    pub machine: String,
}

impl MadeWith {
    /// Of a cell file, or `environment.json`; the key that is missing otherwise.
    pub(super) fn of(tree: &Value) -> Result<Self, &'static str> {
        let text = |key: &'static str| tree[key].as_str().map(str::to_owned).ok_or(key);
        Ok(Self {
            program: text("program")?,
            revision: tree["revision"].as_u64().ok_or("revision")?,
            instruction_set: text("instruction_set")?,
            machine: text("machine")?,
        })
    }
}

/// One cell or one measured table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it was made with.
    pub made_with: MadeWith,
    /// Everything that determines it, as one text.
    pub fingerprint: String,
    /// What is compared.
    pub leaves: Leaves,
    /// Hash of the leaves that a baseline leaves out; none where all are there.
    pub rest: Option<String>,
}

impl Entry {
    /// Of the content of a file.
    pub(super) fn new(made_with: MadeWith, tree: &Value) -> Result<Self, String> {
        let fingerprint = tree["fingerprint"].as_str().ok_or("it has no `fingerprint`")?;
        Ok(Self {
            made_with,
            fingerprint: fingerprint.to_owned(),
            leaves: leaves(tree),
            rest: None,
        })
    }

    /// As a baseline keeps it.
    pub(super) fn condensed(&self, kind: Kind) -> Self {
        if self.rest.is_some() {
            return self.clone();
        }
        let (kept, others): (Leaves, Leaves) =
            self.leaves.clone().into_iter().partition(|(path, _)| kind.keeps(path));
        let mut hash = Sha256::new();
        for (path, leaf) in &others {
            hash.update(format!("{path}\n{leaf}\n"));
        }
        // 64 bits: chance does not repeat them, and nobody forges a baseline this way.
        let rest = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { leaves: kept, rest: Some(rest), ..self.clone() }
    }

    /// A number at `path`.
    pub(super) fn number(&self, path: &str) -> Option<f64> {
        self.leaves.get(path)?.as_f64()
    }

    /// A number of at least 0 without fraction at `path`, such as a seed.
    pub(super) fn whole_number(&self, path: &str) -> Option<u64> {
        self.leaves.get(path)?.as_u64()
    }

    /// A text at `path`.
    pub(super) fn text(&self, path: &str) -> Option<&str> {
        self.leaves.get(path)?.as_str()
    }
}
