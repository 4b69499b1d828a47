//! Click models of this program and of users, by name.

use super::ModelKind;
use crate::names::{self, Name};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// What is trained on rows: a click model of this program, or one that a user brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyModel {
    /// One of this program.
    Ours(ModelKind),
    /// A program of the user's, by the name that the user gave it.
    External(Name),
}

impl AnyModel {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours(kind) => kind.name(),
            Self::External(name) => name.text(),
        }
    }

    /// The name as the papers spell it, or as the user does.
    pub fn title(self) -> &'static str {
        match self {
            Self::Ours(kind) => kind.title(),
            Self::External(name) => name.text(),
        }
    }

    /// The model of this program, if it is one.
    pub fn ours(self) -> Option<ModelKind> {
        match self {
            Self::Ours(kind) => Some(kind),
            Self::External(_) => None,
        }
    }
}

impl From<ModelKind> for AnyModel {
    fn from(kind: ModelKind) -> Self {
        Self::Ours(kind)
    }
}

impl PartialEq<ModelKind> for AnyModel {
    fn eq(&self, kind: &ModelKind) -> bool {
        self.ours() == Some(*kind)
    }
}

impl fmt::Display for AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Any name that is none of ours is a user's; whether there is such a model, experiments know.
impl FromStr for AnyModel {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let ours = ModelKind::ALL.into_iter().find(|kind| kind.name() == name);
        let own = Name::new(name).filter(|_| name != "all");
        match (ours, own) {
            (Some(kind), _) => Ok(Self::Ours(kind)),
            (None, Some(own)) => Ok(Self::External(own)),
            (None, None) => {
                Err(names::unknown("model", name, &ModelKind::ALL.map(ModelKind::name)))
            }
        }
    }
}

impl Serialize for AnyModel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for AnyModel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours_or_a_users() {
        for kind in ModelKind::ALL {
            assert_eq!(kind.name().parse(), Ok(AnyModel::Ours(kind)));
        }
        let mine: AnyModel = "my-trees".parse().unwrap();
        assert_eq!((mine.title(), mine.ours()), ("my-trees", None));
        assert_eq!(serde_json::to_string(&mine).unwrap(), "\"my-trees\"");
        assert!(AnyModel::Ours(ModelKind::MaskNet) < mine);
        let error = "My trees".parse::<AnyModel>().unwrap_err();
        assert!(
            error.contains("unknown model `My trees` (valid: dnn, deepfm, masknet)"),
            "{error}"
        );
    }
}
