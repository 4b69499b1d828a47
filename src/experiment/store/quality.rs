//! How good and how private a source's rows are, as stored.

use crate::evaluate::{FidelityOf, Measured, Privacy, RowCounts};
use crate::experiment::plan::Fingerprint;
use crate::files::{self, unsealed};
use crate::generators::Reading;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The measurements of one source's rows in one replicate, or of a yardstick.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityRecord {
    /// What was measured.
    pub of: Measurand,
    /// Everything that determines the numbers.
    pub fingerprint: Fingerprint,
    /// The numbers.
    #[serde(flatten)]
    pub measured: Measured,
    /// Seconds of measuring.
    pub seconds: f64,
}

/// A table that is measured.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measurand {
    /// The generator; of yardsticks `real` or `copies`.
    pub generator: String,
    /// How it was fitted; of yardsticks `none`.
    pub conditioning: String,
    /// What it took fields of numbers for.
    #[serde(default, skip_serializing_if = "Reading::is_categories")]
    pub reading: Reading,
    /// The master seed of the replicate; yardsticks have none, since they serve all.
    pub seed: Option<u64>,
    /// That of the draw, where it has one of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<u64>,
    /// The label of its rows, where they have but one: then they are compared with the real rows of
    /// that label, and the label is no column.
    pub label: Option<u8>,
}

impl Measurand {
    /// How its generator was fitted, in a word or two for tables.
    pub fn way(&self) -> String {
        super::way(&self.conditioning, self.reading.name())
    }
}

/// One entry of `fidelity.json`.
#[derive(Serialize)]
pub struct FidelityEntry<'a> {
    #[serde(flatten)]
    of: &'a Measurand,
    rows: RowCounts,
    #[serde(flatten)]
    fidelity: &'a FidelityOf,
    notes: BTreeMap<&'a str, &'a str>,
}

/// One entry of `privacy.json`.
#[derive(Serialize)]
pub struct PrivacyEntry<'a> {
    #[serde(flatten)]
    of: &'a Measurand,
    rows: RowCounts,
    #[serde(flatten)]
    privacy: &'a Privacy,
    notes: BTreeMap<&'a str, &'a str>,
}

impl QualityRecord {
    /// All measurements of a run folder with the names of their files, those of yardsticks first, then
    /// by name; and what is wrong with the files that are no such measurements. None of either without
    /// any.
    pub fn read_all(root: &Path) -> (Vec<(String, Self)>, Vec<String>) {
        let (mut records, mut faults) = (Vec::new(), Vec::new());
        for path in files::json_files(&root.join("quality")).unwrap_or_default() {
            let read = std::fs::read(&path).map_err(|e| e.to_string());
            match read.and_then(|text| unsealed(&text)) {
                Ok(record) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    records.push((name.into_owned(), record));
                }
                Err(e) => faults.push(format!("{} is left out: {e}", path.display())),
            }
        }
        records.sort_by_key(|(_, record): &(String, Self)| record.of.seed.is_some());
        (records, faults)
    }

    /// Its half of `fidelity.json`.
    pub fn fidelity(&self) -> FidelityEntry<'_> {
        let notes = self.notes_below("fidelity/");
        let (rows, fidelity) = (self.measured.rows, &self.measured.fidelity);
        FidelityEntry { of: &self.of, rows, fidelity, notes }
    }

    /// Its half of `privacy.json`.
    pub fn privacy(&self) -> PrivacyEntry<'_> {
        let notes = self.notes_below("privacy/");
        let (rows, privacy) = (self.measured.rows, &self.measured.privacy);
        PrivacyEntry { of: &self.of, rows, privacy, notes }
    }

    fn notes_below(&self, path: &str) -> BTreeMap<&str, &str> {
        let notes = self.measured.notes.iter();
        notes.filter_map(|(place, why)| Some((place.strip_prefix(path)?, why.as_str()))).collect()
    }
}
