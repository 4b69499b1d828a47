//! What users bring, as it stood when a run began.

use crate::external::{Brought, ExternalError};
use crate::names::{Any, Known, Name};
use std::collections::BTreeMap;

/// Something that a user brings, as it stood when the run began.
#[derive(Clone, Debug)]
pub(super) struct Snapshot<S> {
    name: Name,
    /// Its settings.
    pub settings: S,
    /// Hashes of the files that its answers hang on, by path.
    pub hashes: BTreeMap<String, String>,
}

impl<S: Brought> Snapshot<S> {
    /// Those that an experiment uses, with the content of their files.
    pub fn all<K: Known>(
        used: &[Any<K>],
        tables: &BTreeMap<String, S>,
    ) -> Result<Vec<Self>, ExternalError> {
        let of = |name: Name| {
            let settings = tables.get(name.text()).cloned().unwrap_or_default();
            settings.check(name.text())?;
            settings.look(name.text())?;
            let hashes = settings.hashes()?;
            Ok(Self { name, settings, hashes })
        };
        used.iter().filter_map(|one| one.external()).map(of).collect()
    }

    /// The one called `name`.
    ///
    /// # Panics
    /// If the experiment does not use it: all that it uses were looked at first.
    pub fn named(all: &[Self], name: Name) -> &Self {
        let known = all.iter().find(|one| one.name == name);
        known.expect("all that an experiment uses was looked at first")
    }

    /// The files of all, by name below their section of the experiment.
    pub fn files(
        all: &[Self],
        section: &str,
    ) -> impl Iterator<Item = (String, BTreeMap<String, String>)> {
        all.iter().map(move |one| (format!("{section}.{}", one.name), one.hashes.clone()))
    }
}
