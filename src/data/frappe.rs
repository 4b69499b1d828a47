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

use super::fetch::{Packing, Remote, RemoteFile};
use super::published::Published;

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
        packing: Packing::Libsvm { header: format!("label,{}", FIELDS.join(",")) },
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

/// All that is known of it.
pub(super) fn published() -> Published {
    Published {
        what: "app usage in context, 288,609 rows",
        remote: remote(),
        fields: None,
        numeric: Vec::new(),
        constraints: constraints(),
        user: Some("user".into()),
        item: Some("item".into()),
        notes: Vec::new(),
    }
}
