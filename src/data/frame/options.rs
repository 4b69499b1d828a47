//! How the files of any tool become frames.

use super::DateUnit;
use crate::data::{DataError, ReadOptions};
use serde::{Deserialize, Serialize};

/// How the columns of a file are taken, where its own look does not say it rightly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FrameOptions {
    /// Columns that hold categories, whatever they look like.
    pub categorical: Vec<String>,
    /// Columns that hold numbers, whatever they look like.
    pub numeric: Vec<String>,
    /// The unit in which dates and times are counted; what is finer is left out.
    pub date_unit: DateUnit,
    /// Columns that are left out.
    pub ignore: Vec<String>,
    /// The column that says whether a row is a click; it is always categories.
    pub label: Option<String>,
    /// The column that names the user; it is always categories.
    pub user: Option<String>,
    /// Most different values in all columns of a file together, so that they cannot fill memory.
    pub max_categories: usize,
}

impl Default for FrameOptions {
    fn default() -> Self {
        Self {
            categorical: Vec::new(),
            numeric: Vec::new(),
            date_unit: DateUnit::default(),
            ignore: Vec::new(),
            label: None,
            user: None,
            max_categories: ReadOptions::default().max_categories,
        }
    }
}

impl FrameOptions {
    /// Every column that must be there, with what it is to be.
    pub(super) fn needed(&self) -> impl Iterator<Item = (&str, &'static str)> {
        let label = self.label.as_deref().map(|name| (name, "the label"));
        let user = self.user.as_deref().map(|name| (name, "the user"));
        let categorical = self.categorical.iter().map(|name| (name.as_str(), "categorical"));
        let numeric = self.numeric.iter().map(|name| (name.as_str(), "numeric"));
        label.into_iter().chain(user).chain(categorical).chain(numeric)
    }

    /// Whether a column is left out.
    pub(super) fn ignores(&self, name: &str) -> bool {
        self.ignore.iter().any(|ignored| ignored == name)
    }

    /// Fails if a column is named as two things that exclude each other.
    pub(super) fn check(&self) -> Result<(), DataError> {
        let ignored = self.ignore.iter().map(|name| (name.as_str(), "left out"));
        let named: Vec<_> = self.needed().chain(ignored).collect();
        for (position, &(name, role)) in named.iter().enumerate() {
            let others = named[..position].iter().filter(|(other, _)| *other == name);
            for &(_, other) in others {
                let alike = |role| matches!(role, "the label" | "the user" | "categorical");
                let both_categories = alike(role) && alike(other);
                let two_roles = role == "the user" && other == "the label";
                if role != other && (!both_categories || two_roles) {
                    let text = format!("`{name}` cannot be both {other} and {role}");
                    return Err(DataError::Setting(text));
                }
            }
        }
        Ok(())
    }
}
