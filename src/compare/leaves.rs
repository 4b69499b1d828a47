//! The scalars of a JSON tree, each at its path.

use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Scalars, empty lists and empty tables by path, as in `importance/item` or `samples/0/sha256`.
pub type Leaves = BTreeMap<String, Value>;

/// What is not compared: time, memory and the machine, and what says which cells are equal at all.
/// `*` stands for any one part of a path.
pub(super) const LEFT_OUT: [&str; 20] = [
    "fit_seconds",
    "sample_seconds",
    "train_seconds",
    "evaluate_seconds",
    "seconds",
    "history/*/seconds",
    "peak_rss_mb",
    "fit_peak_mb",
    "sample_peak_mb",
    "train_peak_mb",
    "jobs",
    "machine",
    "program",
    "revision",
    "instruction_set",
    "fingerprint",
    "data",
    "settings",
    "training",
    "seal",
];

/// The leaves of a tree that are compared.
pub(super) fn leaves(tree: &Value) -> Leaves {
    let mut leaves = Leaves::new();
    collect(tree, &mut String::new(), &mut leaves);
    leaves.retain(|path, _| !LEFT_OUT.iter().any(|pattern| matches(pattern, path)));
    leaves
}

fn collect(tree: &Value, path: &mut String, leaves: &mut Leaves) {
    let mut below = |name: &str, child: &Value| {
        let length = path.len();
        if length > 0 {
            path.push('/');
        }
        // As JSON pointers do (RFC 6901): a column's name may hold a slash.
        path.push_str(&name.replace('~', "~0").replace('/', "~1"));
        collect(child, path, leaves);
        path.truncate(length);
    };
    match tree {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(name, child)| below(name, child));
        }
        Value::Array(items) if !items.is_empty() => {
            let items = items.iter().enumerate();
            items.for_each(|(position, child)| below(&position.to_string(), child));
        }
        leaf => {
            leaves.insert(path.clone(), leaf.clone());
        }
    }
}

/// Whether a path fits a pattern whose parts may be `*`.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == "*" || wanted == part => {}
            _ => return false,
        }
    }
}

/// A leaf that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeafChange {
    /// Its path.
    pub path: String,
    /// Its value in BASE; none if it is not there.
    pub base: Option<Value>,
    /// Its value in NEW; none if it is not there.
    pub new: Option<Value>,
    /// NEW's less BASE's, of numbers.
    pub difference: Option<f64>,
}

impl LeafChange {
    /// The difference over the larger of the two: 0 to 2, of numbers.
    pub fn relative(&self) -> Option<f64> {
        let size = |value: &Option<Value>| value.as_ref()?.as_f64().map(f64::abs);
        let largest = size(&self.base)?.max(size(&self.new)?);
        Some(self.difference?.abs() / largest.max(f64::MIN_POSITIVE))
    }
}

/// The leaves that are not the same bits, numbers with the largest relative difference first, then
/// texts.
pub fn differences(base: &Leaves, new: &Leaves) -> Vec<LeafChange> {
    let paths: BTreeSet<&String> = base.keys().chain(new.keys()).collect();
    let mut changes: Vec<LeafChange> = paths
        .into_iter()
        .filter(|path| !same(base.get(*path), new.get(*path)))
        .map(|path| {
            let [base, new] = [base.get(path).cloned(), new.get(path).cloned()];
            let number = |value: &Option<Value>| value.as_ref().and_then(Value::as_f64);
            let difference = number(&new).zip(number(&base)).map(|(new, base)| new - base);
            LeafChange { path: path.clone(), base, new, difference }
        })
        .collect();
    // Stable, so equals stay in the order of their paths; NaN cannot stand in JSON.
    let size = |change: &LeafChange| change.relative().unwrap_or(-1.0);
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    changes
}

/// Equal bits: `0.0` is not `-0.0`, and a number that is read equals the one that was written.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => a.as_f64().map(f64::to_bits) == b.as_f64().map(f64::to_bits),
            _ => false,
        },
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_scalar_has_a_path() {
        let tree = json!({"a": 1, "b": {"c/d": [true, null, {"e~": "x"}]}, "f": [], "g": {}});
        let found = leaves(&tree);
        let expected = [
            ("a", json!(1)),
            ("b/c~1d/0", json!(true)),
            ("b/c~1d/1", json!(null)),
            ("b/c~1d/2/e~0", json!("x")),
            ("f", json!([])),
            ("g", json!({})),
        ];
        let expected: Leaves = expected.map(|(path, leaf)| (path.to_owned(), leaf)).into();
        assert_eq!(found, expected);
    }

    #[test]
    fn time_memory_and_machine_are_left_out_where_they_stand_and_nowhere_else() {
        let tree = json!({
            "machine": "x", "jobs": 2, "train_peak_mb": 1.5, "seconds": 1.0,
            "history": [{"seconds": 0.1, "valid_auc": 0.5}], "importance": {"seconds": 0.1}
        });
        let found: Vec<String> = leaves(&tree).into_keys().collect();
        assert_eq!(found, ["history/0/valid_auc", "importance/seconds"]);
    }

    #[test]
    fn one_bit_is_a_difference_and_the_largest_stands_first() {
        let base = leaves(&json!({"a": 1.0, "b": 0.5, "c": "x", "d": 0.0, "e": 3, "same": 0.1}));
        let next = f64::from_bits(0.5f64.to_bits() + 1);
        let new = leaves(&json!({"a": 2.0, "b": next, "c": "y", "d": -0.0, "f": 3, "same": 0.1}));
        let found = differences(&base, &new);
        let paths: Vec<&str> = found.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["a", "b", "d", "c", "e", "f"]);
        assert_eq!(found[0].difference, Some(1.0));
        assert_eq!(found[4].new, None);
    }
}
