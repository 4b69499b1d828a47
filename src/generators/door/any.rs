//! Generators of this program and of users, by name.

use super::kind::{Conditioning, GeneratorKind, Reading};
use crate::generators::error::GeneratorError;
use crate::names::Name;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// What makes synthetic rows: a generator of this program, or one that a user brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyGenerator {
    /// One of this program.
    Ours(GeneratorKind),
    /// A program or rows of the user's, by the name that the user gave it.
    External(Name),
}

/// Names that results give to what has no generator.
const TAKEN: [&str; 5] = ["none", "base", "real", "copies", "all"];

impl AnyGenerator {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours(kind) => kind.name(),
            Self::External(name) => name.text(),
        }
    }

    /// The generator of this program, if it is one.
    pub fn ours(self) -> Option<GeneratorKind> {
        match self {
            Self::Ours(kind) => Some(kind),
            Self::External(_) => None,
        }
    }

    /// Whether this program trains it: its fit has losses, depends on the device and can be saved.
    pub fn is_trained(self) -> bool {
        self.ours().is_some_and(GeneratorKind::is_trained)
    }

    /// The ways of fitting that differ for it. An external one gets all rows, and does with the labels
    /// as it likes.
    pub fn conditionings(self) -> &'static [Conditioning] {
        self.ours().map_or(&[Conditioning::Joint], GeneratorKind::conditionings)
    }

    /// The readings in which it does what its name says. An external one gets texts, and reads them as
    /// it likes.
    pub fn readings(self) -> &'static [Reading] {
        self.ours().map_or(&[Reading::Categories], GeneratorKind::readings)
    }
}

impl From<GeneratorKind> for AnyGenerator {
    fn from(kind: GeneratorKind) -> Self {
        Self::Ours(kind)
    }
}

impl PartialEq<GeneratorKind> for AnyGenerator {
    fn eq(&self, kind: &GeneratorKind) -> bool {
        self.ours() == Some(*kind)
    }
}

impl fmt::Display for AnyGenerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Any name that is none of ours is a user's; whether there is such a generator, experiments know.
impl FromStr for AnyGenerator {
    type Err = GeneratorError;

    fn from_str(name: &str) -> Result<Self, GeneratorError> {
        match (name.parse::<GeneratorKind>(), Name::new(name)) {
            (Ok(kind), _) => Ok(Self::Ours(kind)),
            (Err(_), Some(own)) if !TAKEN.contains(&name) => Ok(Self::External(own)),
            (Err(error), _) => Err(error),
        }
    }
}

impl Serialize for AnyGenerator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for AnyGenerator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours_or_a_users() {
        for kind in GeneratorKind::ALL {
            assert_eq!(kind.name().parse::<AnyGenerator>().unwrap(), AnyGenerator::Ours(kind));
        }
        let mine: AnyGenerator = "my-gan".parse().unwrap();
        assert_eq!((mine.name(), mine.ours()), ("my-gan", None));
        assert_eq!(serde_json::to_string(&mine).unwrap(), "\"my-gan\"");
        assert!(AnyGenerator::Ours(GeneratorKind::UniformItem) < mine);
        for name in ["none", "real", "My GAN", ""] {
            let error = name.parse::<AnyGenerator>().unwrap_err().to_string();
            assert!(error.contains(&format!("unknown generator `{name}`")), "{error}");
        }
    }
}
