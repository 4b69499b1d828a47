//! What an experiment is made on.

use super::Split;
use std::collections::BTreeMap;

/// A click log, ready for an experiment, with all that a report must say about it.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name in files and reports.
    pub name: String,
    /// Its rows.
    pub split: Split,
    /// The md5 checksum of each file, by part (`train`, `valid`, `test`, or `all` for one file
    /// split at random); of the codes for simulated rows.
    pub checksums: BTreeMap<String, String>,
    /// What a report must mention, such as `train negatives redrawn`.
    pub notes: Vec<String>,
    /// Groups of fields whose combinations must have been seen in train.
    pub constraints: Vec<Vec<String>>,
    /// The field that names the item shown.
    pub item: Option<String>,
    /// The field that names the user.
    pub user: Option<String>,
    /// The best AUC that any score can be expected to reach on test, where the truth is known.
    pub bayes_auc: Option<f64>,
}
