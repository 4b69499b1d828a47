//! JSON files that end with a checksum of their own: a number that was changed, by a faulty disk or by hand, is seen.

use super::sha256;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What stands before the checksum, which is the last entry.
const KEY: &[u8] = b",\n  \"seal\": \"";
/// What stands behind it.
const END: &[u8] = b"\"\n}\n";

/// A value as readable JSON, sealed: its last entry is the checksum of all the rest.
pub fn sealed(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value)?;
    let seal = sha256(&text);
    text.truncate(text.len() - 2);
    text.extend([KEY, seal.as_bytes(), END].concat());
    Ok(text)
}

/// What a JSON file holds, or what is wrong with it. Files of earlier versions have no seal.
pub fn unsealed<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    check_seal(text)?;
    serde_json::from_slice(text).map_err(|e| e.to_string())
}

/// Fails if a file has a seal and it is not that of the rest.
fn check_seal(text: &[u8]) -> Result<(), String> {
    let Some(at) = text.windows(KEY.len()).rposition(|window| window == KEY) else { return Ok(()) };
    let content = [&text[..at], b"\n}"].concat();
    let end = [sha256(&content).as_bytes(), END].concat();
    match text[at + KEY.len()..] == end[..] {
        true => Ok(()),
        false => Err("its content does not have the checksum that it ends with".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_the_content_is_sealed() {
        let text =
            sealed(&serde_json::json!({ "auc": 0.5173, "notes": ["a"], "name": "x" })).unwrap();
        check_seal(&text).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&value["auc"], &value["name"]), (&0.5173.into(), &"x".into()));
        let key = text.windows(KEY.len()).position(|window| window == KEY).unwrap();
        for bit in 0..8 * text.len() {
            let mut other = text.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            // Without its key the seal is an entry like any other, and the content is what it was.
            let in_key = (key..key + KEY.len()).contains(&(bit / 8));
            assert!(in_key || check_seal(&other).is_err(), "bit {bit}");
        }
        check_seal(b"{\n  \"auc\": 0.5\n}\n").unwrap();
    }
}
