//! What determines a result, as one short text that changes when any of it changes.

use crate::data::Split;
use crate::files::hexadecimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// Raised when a change of the code changes results: everything is then done again.
pub const ALGORITHM_REVISION: u32 = 2;

/// A hash of everything that determines a result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a value's content, whatever the order of its keys.
    pub fn of(content: &Value) -> Self {
        let mut text = format!("synthctr {ALGORITHM_REVISION} ");
        write_canonical(content, &mut text);
        Self(hex(&Sha256::digest(text.as_bytes())))
    }

    /// The fingerprint of a data set as it is after loading: schema, rows, split.
    pub fn of_split(split: &Split) -> Self {
        let schema = serde_json::json!(split.train.schema().as_ref());
        let mut hash = Sha256::new();
        hash.update(Self::of(&schema).0);
        for table in [&split.train, &split.valid, &split.test] {
            hash.update((table.n_rows() as u64).to_le_bytes());
            hash.update(table.labels());
            for column in table.columns() {
                let bytes: Vec<u8> = column.iter().flat_map(|code| code.to_le_bytes()).collect();
                hash.update(bytes);
            }
        }
        Self(hex(&hash.finalize()))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first half of a hash as hexadecimal digits: 128 bits tell all results apart.
fn hex(hash: &[u8]) -> String {
    hexadecimal(&hash[..16])
}

/// JSON with sorted keys and without spaces.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort();
            out.push('{');
            for key in keys {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(&map[key], out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Field, Schema, Table};
    use serde_json::json;
    use std::sync::Arc;

    #[test]
    fn keys_may_come_in_any_order() {
        let a: Value =
            serde_json::from_str(r#"{"x": [1, {"p": 2, "q": null}], "y": "z"}"#).unwrap();
        let b: Value =
            serde_json::from_str(r#"{"y": "z", "x": [1, {"q": null, "p": 2}]}"#).unwrap();
        assert_eq!(Fingerprint::of(&a), Fingerprint::of(&b));
    }

    #[test]
    fn any_difference_shows() {
        let values =
            [json!({"x": 1}), json!({"x": 1.0}), json!({"x": "1"}), json!([1]), json!({"x": [1]})];
        for (i, a) in values.iter().enumerate() {
            for b in &values[i + 1..] {
                assert_ne!(Fingerprint::of(a), Fingerprint::of(b));
            }
        }
    }

    #[test]
    fn a_split_is_its_rows_and_where_they_stand() {
        let schema = Arc::new(Schema {
            label: "label".into(),
            fields: vec![Field::categorical("f", vec!["a".into(), "b".into()])],
        });
        let table =
            |codes: &[u32]| Table::new(schema.clone(), vec![codes.to_vec()], vec![0; codes.len()]);
        let split = |train: &[u32], valid: &[u32]| {
            let split = Split { train: table(train), valid: table(valid), test: table(&[0]) };
            Fingerprint::of_split(&split)
        };
        assert_eq!(split(&[0, 1], &[1]), split(&[0, 1], &[1]));
        assert_ne!(split(&[0, 1], &[1]), split(&[1, 0], &[1]));
        assert_ne!(split(&[0, 1], &[1]), split(&[0], &[1, 1]));
    }
}
