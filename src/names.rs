//! Names that users give, and finding the name somebody probably meant.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

/// A name that a user gave something, as cheap to copy as a number: every text is kept once, for as long
/// as the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(&'static str);

/// Most characters of a name, since files are called by it.
const LONGEST: usize = 40;

impl Name {
    /// A text as a name, if it can be part of a file's name on any system: lower-case letters, digits,
    /// `-` and `_`, a letter first, at most 40 characters.
    pub fn new(text: &str) -> Option<Self> {
        static ALL: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let fits = text.len() <= LONGEST && text.chars().all(allowed);
        if !fits || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return None;
        }
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(text) {
            return Some(Self(kept));
        }
        let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
        all.insert(kept);
        Some(Self(kept))
    }

    /// Its text.
    pub fn text(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// Things of which this program has some and users may bring more.
pub trait Known: Copy + 'static {
    /// What one of them is called: `generator`.
    const WHAT: &'static str;
    /// Those of this program, in the order of reports.
    const ALL: &'static [Self];
    /// Names that results give to something else.
    const TAKEN: &'static [&'static str];

    /// The name in files and on the command line.
    fn name(self) -> &'static str;

    /// The names of all of this program.
    fn names() -> Vec<&'static str> {
        Self::ALL.iter().map(|kind| kind.name()).collect()
    }
}

/// One of this program, or one that a user brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Any<K> {
    /// One of this program.
    Ours(K),
    /// A user's, by the name that the user gave it.
    External(Name),
}

impl<K: Known> Any<K> {
    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours(kind) => kind.name(),
            Self::External(name) => name.text(),
        }
    }

    /// The one of this program, if it is one.
    pub fn ours(self) -> Option<K> {
        match self {
            Self::Ours(kind) => Some(kind),
            Self::External(_) => None,
        }
    }

    /// The name that a user gave it, if it is a user's.
    pub fn external(self) -> Option<Name> {
        match self {
            Self::Ours(_) => None,
            Self::External(name) => Some(name),
        }
    }
}

impl<K> From<K> for Any<K> {
    fn from(kind: K) -> Self {
        Self::Ours(kind)
    }
}

impl<K: Known + PartialEq> PartialEq<K> for Any<K> {
    fn eq(&self, kind: &K) -> bool {
        self.ours() == Some(*kind)
    }
}

impl<K: Known> fmt::Display for Any<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Any name that is none of ours is a user's; whether there is such a one, experiments know.
impl<K: Known> FromStr for Any<K> {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        if let Some(kind) = K::ALL.iter().find(|kind| kind.name() == name) {
            return Ok(Self::Ours(*kind));
        }
        let own = Name::new(name).filter(|_| !K::TAKEN.contains(&name));
        own.map(Self::External).ok_or_else(|| unknown(K::WHAT, name, &K::names()))
    }
}

impl<K: Known> Serialize for Any<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de, K: Known> Deserialize<'de> for Any<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The candidate that looks most like `name`, if one looks enough like it to be a slip.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let slips = |candidate: &str| strsim::damerau_levenshtein(&name, &candidate.to_lowercase());
    let nearest = candidates.into_iter().min_by_key(|candidate| slips(candidate))?;
    let allowed = (name.chars().count().max(nearest.chars().count()) / 2).max(2);
    (slips(nearest) <= allowed && !name.is_empty()).then_some(nearest)
}

/// A sentence for an unknown name: what it was, what was probably meant, what is valid.
pub fn unknown(what: &str, name: &str, candidates: &[&str]) -> String {
    let valid = candidates.join(", ");
    // A word of several names means one of them.
    let word = name.to_lowercase();
    let has_word = |candidate: &&&str| candidate.split('-').any(|part| part == word);
    let mut meant: Vec<&str> = candidates.iter().filter(has_word).copied().collect();
    if meant.is_empty() {
        meant.extend(nearest(name, candidates.iter().copied()));
    }
    match meant.as_slice() {
        [] => format!("unknown {what} `{name}` (valid: {valid})"),
        meant => {
            let meant = meant.join("` or `");
            format!("unknown {what} `{name}`; did you mean `{meant}`? (valid: {valid})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_parts_of_files_names() {
        for name in ["mine", "my-gan_2", &"a".repeat(40)] {
            assert_eq!(Name::new(name).unwrap().text(), name);
            assert_eq!(Name::new(name), Name::new(&String::from(name)));
        }
        for name in ["", "Mine", "2gan", "-a", "a.b", "a b", "a/b", "ä", &"a".repeat(41)] {
            assert_eq!(Name::new(name), None, "{name}");
        }
        assert!(Name::new("a") < Name::new("b"));
    }

    #[test]
    fn slips_are_recognised() {
        let generators = ["smoten", "gaussian-copula", "resample", "independent"];
        assert_eq!(nearest("smote", generators), Some("smoten"));
        assert_eq!(nearest("Gaussian_Copula", generators), Some("gaussian-copula"));
        assert_eq!(nearest("quantum-annealer", generators), None);
        assert_eq!(nearest("", generators), None);
    }

    #[test]
    fn the_sentence_names_the_valid_ones() {
        assert_eq!(
            unknown("model", "dn", &["dnn", "deepfm"]),
            "unknown model `dn`; did you mean `dnn`? (valid: dnn, deepfm)"
        );
        let copulas = ["gaussian-copula", "copula-gan", "tvae"];
        let text = unknown("generator", "copula", &copulas);
        assert!(text.contains("did you mean `gaussian-copula` or `copula-gan`?"), "{text}");
        assert_eq!(unknown("model", "xyzzy", &["dnn"]), "unknown model `xyzzy` (valid: dnn)");
    }
}
