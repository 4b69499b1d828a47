//! Frappe: which app people used in which context (Baltrunas et al. 2015).
//!
//! The published split `frappe_x1` has 202,027 training, 57,722 validation and 28,860 test rows.
//! Each click of the original log is paired with two items that the user never used, drawn
//! uniformly, in the same context.
//!
//! The default constraints say which combinations of context a synthetic row may have:
//! `weekday` and `isweekend` (a day of the week is nearly always either working day or weekend)
//! and `country` and `city` (a city lies in one country; only the code for an unknown city, and
//! two others, occur with several). A context outside these combinations contradicts itself.

use super::config::DatasetConfig;
use super::dataset::Dataset;
use super::fetch::{Remote, RemoteFile};
use super::{DataError, checksum, split};
use std::collections::BTreeMap;
use std::path::Path;

/// Its name on the command line, in files, and of its folder.
pub const NAME: &str = "frappe_x1";

/// The field names; the label comes first in the files.
pub const FIELDS: [&str; 10] = [
    "user",
    "item",
    "daytime",
    "weekday",
    "isweekend",
    "homework",
    "cost",
    "weather",
    "country",
    "city",
];

/// Where Frappe comes from and what its publishers ask for.
pub fn remote() -> Remote {
    let file = |part: &str, md5: &str| RemoteFile {
        source: format!("{part}.libsvm"),
        name: format!("{part}.csv"),
        md5: md5.into(),
        variant: None,
    };
    // The published clicks, users and contexts, with the non-clicks' items drawn again.
    let redrawn = ("5a837079c4a6a9f7742776c687ecde3b".into(), "train negatives redrawn".into());
    let train = file("train", "ba7306e6c4fc19dd2cd84f2f0596d158");
    Remote {
        name: NAME.into(),
        base_url: "https://raw.githubusercontent.com/WeiyuCheng/AFN-AAAI-20/master/data/frappe"
            .into(),
        header: format!("label,{}", FIELDS.join(",")),
        files: vec![
            RemoteFile { variant: Some(redrawn), ..train },
            file("valid", "88d51bf2173505436d3a8f78f2a59da8"),
            file("test", "3470f6d32713dc5f7715f198ca7c612a"),
        ],
        licence: "Frappe may be used for research only and may not be redistributed. Whoever \
                  publishes work that uses it is asked to cite the paper below."
            .into(),
        citation: "Linas Baltrunas, Karen Church, Alexandros Karatzoglou and Nuria Oliver. \
                   Frappe: Understanding the Usage and Perception of Mobile App Recommendations \
                   In-The-Wild. arXiv:1505.03014, 2015."
            .into(),
    }
}

/// The groups of fields whose combinations must have been seen, see the [module](self)'s text.
pub fn constraints() -> Vec<Vec<String>> {
    let group = |names: [&str; 2]| names.map(String::from).to_vec();
    vec![group(["weekday", "isweekend"]), group(["country", "city"])]
}

/// Loads the files in `data_dir/frappe_x1` and verifies their checksums.
pub(super) fn load(config: &DatasetConfig, data_dir: &Path) -> Result<Dataset, DataError> {
    let settings = ["simulator", "train", "valid", "test", "path", "fractions", "label", "numeric"];
    config.refuse(&settings, "`frappe_x1` is built in; give your own files another name")?;
    let folder = data_dir.join(NAME);
    let (mut checksums, mut notes) = (BTreeMap::new(), Vec::new());
    for file in remote().files {
        let path = folder.join(&file.name);
        let found = match checksum::of_file(&path) {
            Err(DataError::Missing { .. }) => {
                return Err(DataError::NotFetched { dataset: NAME.into(), path });
            }
            found => found?,
        };
        let Some(note) = file.accept(&found) else {
            let advice = format!(
                "delete it and run `synthctr data fetch {NAME}`, or read your own version of it \
                 as your own files, under another name"
            );
            return Err(DataError::Checksum { path, found, expected: file.md5, advice });
        };
        notes.extend(note.map(str::to_string));
        checksums.insert(file.name.trim_end_matches(".csv").to_string(), found);
    }
    let [train, valid, test] = ["train.csv", "valid.csv", "test.csv"].map(|f| folder.join(f));
    Ok(Dataset {
        name: NAME.into(),
        split: split::load_split(&train, &valid, &test, &config.read_options())?,
        checksums,
        notes,
        constraints: config.constraints.clone().unwrap_or_else(|| kept(config, constraints())),
        item: config.item.clone().or_else(|| kept_field(config, "item")),
        user: config.user.clone().or_else(|| kept_field(config, "user")),
        bayes_auc: None,
    })
}

/// `field`, unless `config` leaves it out.
fn kept_field(config: &DatasetConfig, field: &str) -> Option<String> {
    let kept = config.fields.as_ref().is_none_or(|fields| fields.iter().any(|f| f == field));
    kept.then(|| field.to_string())
}

/// The groups of which `config` leaves no field out.
fn kept(config: &DatasetConfig, groups: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let whole = |group: &Vec<String>| group.iter().all(|f| kept_field(config, f).is_some());
    groups.into_iter().filter(whole).collect()
}
