//! Why numbers are not defined, by their place in the result.

use super::undefined::Undefined;
use std::collections::BTreeMap;

/// Reasons by path, such as `columns/price/range_coverage`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Notes(pub BTreeMap<String, String>);

impl Notes {
    /// The value, or None with its reason kept under `path`.
    pub fn note<T>(&mut self, path: &str, value: Result<T, Undefined>) -> Option<T> {
        value.map_err(|reason| self.add(path, reason.to_string())).ok()
    }

    /// Keeps a reason under `path`.
    pub fn add(&mut self, path: &str, reason: String) {
        self.0.insert(path.to_owned(), reason);
    }

    /// Keeps all of `notes` under `path`.
    pub fn add_all(&mut self, path: &str, notes: Self) {
        self.0
            .extend(notes.0.into_iter().map(|(below, reason)| (format!("{path}/{below}"), reason)));
    }
}
