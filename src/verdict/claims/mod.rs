//! Claims as data: what a paper says, in a form that results can answer.

mod check;

use crate::ctr::AnyModel;
use crate::experiment::{ConfigError, Scenario, toml_errors};
use crate::generators::{AnyGenerator, Conditioning, Reading, Way};
use crate::names;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// What the paper claims, as a file of claims.
pub const PAPER: &str = include_str!("../../../claims/paper.toml");

/// A file of claims.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// What they are from.
    pub title: String,
    /// Where to find that.
    pub source: String,
    /// The data set they are about, if one is named; about others they are asked with a note.
    #[serde(default)]
    pub dataset: Option<String>,
    /// Generators of one's own that the claims speak of, by the names that experiments give them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_generators: Vec<AnyGenerator>,
    /// Click models of one's own, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_models: Vec<AnyModel>,
    /// Differences of less do not matter, in points of AUC %, above 0. Default: 0.035.
    #[serde(default = "default_margin")]
    pub margin: f64,
    /// How likely an interval holds the truth, between 0 and 1. Default: 0.95.
    #[serde(default = "default_confidence")]
    pub confidence: f64,
    /// Of how many ways of fitting the run's were chosen: where a claim may mean any of several, each has its share of
    /// the level, and who goes on with the most promising one alone has looked at the others too. Default: as many as
    /// the run has.
    #[serde(default = "one")]
    pub ways: usize,
    /// The claims, at least one.
    #[serde(rename = "claim")]
    pub claims: Vec<Claim>,
}

fn default_margin() -> f64 {
    0.035
}

fn default_confidence() -> f64 {
    0.95
}

/// One claim: the cells it speaks of, and what it says of each or of their mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// A short name.
    pub id: String,
    /// Where it is claimed.
    #[serde(rename = "where", default)]
    pub place: String,
    /// Whether the source does not claim it: a question asked besides. Default: no.
    #[serde(default)]
    pub added: bool,
    /// The claim in words.
    pub sentence: String,
    /// The generators it speaks of; none where it speaks of `base` alone.
    #[serde(default)]
    pub generators: Vec<AnyGenerator>,
    /// The ways of fitting them that it may mean. Default: both.
    #[serde(default = "all_ways")]
    pub conditioning: Vec<Conditioning>,
    /// What it may mean that they take fields of numbers for. Default: categories or numbers.
    #[serde(default = "all_readings")]
    pub reading: Vec<Reading>,
    /// The scenarios, at least one.
    pub scenarios: Vec<Scenario>,
    /// The models; none where the measure is of the rows alone.
    #[serde(default)]
    pub models: Vec<AnyModel>,
    /// What is measured. Default: `auc`.
    #[serde(default)]
    pub measure: Measure,
    /// What the cells are compared with; nothing: the measure itself is meant.
    #[serde(default, deserialize_with = "one_or_several")]
    pub comparator: Vec<Comparator>,
    /// The side of `than` that the measure, or its difference, is said to lie on.
    #[serde(default)]
    pub direction: Option<Direction>,
    /// See `direction`. Default: 0, if there is a comparator.
    #[serde(default)]
    pub than: Option<f64>,
    /// What it is said to be.
    #[serde(default)]
    pub value: Option<Value>,
    /// How many runs that value is the mean of, from 1. Default: 1.
    #[serde(default = "one")]
    pub runs: usize,
    /// Overrides the file's margin.
    #[serde(default)]
    pub margin: Option<f64>,
    /// Whether each cell must bear it out or their mean. Default: each.
    #[serde(default)]
    pub over: Over,
}

fn all_ways() -> Vec<Conditioning> {
    Conditioning::ALL.to_vec()
}

fn all_readings() -> Vec<Reading> {
    Reading::ALL.to_vec()
}

fn one() -> usize {
    1
}

impl Claim {
    /// Whether it claims values alone, on no side of anything.
    pub fn is_of_values(&self) -> bool {
        self.direction.is_none() && self.value.is_some()
    }

    /// What its measure, or its difference, is said to lie on a side of.
    pub fn threshold(&self) -> f64 {
        self.than.unwrap_or(0.0)
    }
}

/// What a claim measures.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Test AUC in percent; differences in points.
    #[default]
    Auc,
    /// Synthetic rows that stand in train with the same label, in percent of the synthetic rows.
    IdenticalRows,
}

/// What a cell is compared with, under the same model and seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparator {
    /// The real rows alone.
    Base,
    /// Another generator in the same scenario, or the same fitted or read another way: what is not named
    /// is as in what is compared with it, or the only one there is.
    Generator(AnyGenerator, Named),
}

/// What a comparator says of how its generator was fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Named {
    /// Whether on all rows or on each label's, if it says so.
    pub conditioning: Option<Conditioning>,
    /// What it took ids for, if it says so.
    pub reading: Option<Reading>,
}

impl Named {
    /// Whether a way of fitting is what is named.
    pub fn allows(self, way: Way) -> bool {
        self.conditioning.is_none_or(|conditioning| conditioning == way.conditioning)
            && self.reading.is_none_or(|reading| reading == way.reading)
    }
}

/// The side that a claim takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Above.
    Higher,
    /// Below.
    Lower,
    /// Not above: below, or no difference that matters.
    NotHigher,
}

/// Whether each cell must bear a claim out, or their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Over {
    /// Each cell.
    #[default]
    Each,
    /// The mean over scenarios and models, one for each generator and comparator.
    Mean,
}

/// A claimed value: one for all models, or one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// For all.
    All(f64),
    /// By model.
    ByModel(BTreeMap<AnyModel, f64>),
}

impl Value {
    /// What is claimed of a model.
    pub fn of(&self, model: Option<AnyModel>) -> Option<f64> {
        match self {
            Self::All(value) => Some(*value),
            Self::ByModel(values) => values.get(&model?).copied(),
        }
    }
}

impl Comparator {
    /// The generator, if it is one.
    pub fn generator(&self) -> Option<AnyGenerator> {
        match self {
            Self::Base => None,
            Self::Generator(generator, _) => Some(*generator),
        }
    }

    /// The name in files: `base`, `ctgan`, `ctgan numbers`, `ctgan joint numbers`.
    pub fn name(self) -> String {
        let Self::Generator(generator, named) = self else { return "base".to_owned() };
        let conditioning = named.conditioning.map(Conditioning::name);
        let words = [Some(generator.name()), conditioning, named.reading.map(Reading::name)];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

impl Serialize for Comparator {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Comparator {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        if name == "base" {
            return Ok(Self::Base);
        }
        let fail = |fault: String| serde::de::Error::custom(format!("comparator: {fault}"));
        let mut words = name.split_whitespace();
        let generator = words.next().unwrap_or_default();
        let generator = generator.parse().map_err(|e: String| fail(format!("{e}, or base")))?;
        let mut named = Named::default();
        for word in words {
            if let (Ok(conditioning), None) = (word.parse(), named.conditioning) {
                named.conditioning = Some(conditioning);
            } else if let (Ok(reading), None) = (word.parse(), named.reading) {
                named.reading = Some(reading);
            } else {
                let known = Conditioning::ALL.map(Conditioning::name).into_iter();
                let known: Vec<_> = known.chain(Reading::ALL.map(Reading::name)).collect();
                return Err(fail(match known.contains(&word) {
                    true => format!("`{name}` says twice how it is fitted or read"),
                    false => names::unknown("way of fitting", word, &known),
                }));
            }
        }
        Ok(Self::Generator(generator, named))
    }
}

/// Reads one comparator or a list of them.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Comparator>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrSeveral {
        One(String),
        Several(Vec<String>),
    }
    let names = match OneOrSeveral::deserialize(deserializer)? {
        OneOrSeveral::One(name) => vec![name],
        OneOrSeveral::Several(names) => names,
    };
    let read = |name: String| {
        Comparator::deserialize(serde::de::value::StringDeserializer::<D::Error>::new(name))
    };
    names.into_iter().map(read).collect()
}

impl Measure {
    /// The unit of a difference, for sentences.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Auc => "points",
            Self::IdenticalRows => "points of the share of rows",
        }
    }
}

impl Claims {
    /// Those of the paper.
    pub fn paper() -> Result<Self, ConfigError> {
        Self::parse("claims/paper.toml", PAPER)
    }

    /// Reads a file of claims.
    pub fn open(path: &str) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| ConfigError::new(format!("cannot read {path}: {e}")))?;
        Self::parse(path, &text)
    }

    /// Reads claims from TOML; `origin` names the text in messages.
    pub fn parse(origin: &str, text: &str) -> Result<Self, ConfigError> {
        let claims: Self = toml::from_str(text).map_err(|e| {
            let at = toml_errors::position(text, e.span());
            ConfigError::new(format!("{origin}{at}: {}", toml_errors::explain(e.message())))
        })?;
        claims.check().map_err(|message| ConfigError::new(format!("{origin}: {message}")))?;
        Ok(claims)
    }

    /// Leaves out all claims but those of these names; of no names none.
    pub fn keep_only(&mut self, ids: &[String]) -> Result<(), ConfigError> {
        let known: Vec<&str> = self.claims.iter().map(|claim| claim.id.as_str()).collect();
        if let Some(id) = ids.iter().find(|id| !known.contains(&id.as_str())) {
            return Err(ConfigError::new(names::unknown("claim", id, &known)));
        }
        if !ids.is_empty() {
            self.claims.retain(|claim| ids.contains(&claim.id));
        }
        Ok(())
    }

    /// The margin of a claim.
    pub fn margin_of(&self, claim: &Claim) -> f64 {
        claim.margin.unwrap_or(self.margin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ctr::ModelKind;

    #[test]
    fn the_papers_claims_are_all_there() {
        let claims = Claims::paper().unwrap();
        assert_eq!(claims.margin, 0.035);
        let ids: Vec<_> = claims.claims.iter().map(|claim| claim.id.as_str()).collect();
        assert_eq!(ids.len(), 12, "{ids:?}");
        let gain = &claims.claims[1];
        assert_eq!(gain.comparator, [Comparator::Base]);
        assert_eq!(gain.value.as_ref().unwrap().of(Some(ModelKind::MaskNet.into())), Some(0.118));
        assert_eq!(gain.value.as_ref().unwrap().of(None), None);
    }

    #[test]
    fn faults_are_named() {
        let claim = |more: &str| {
            format!(
                "title = 't'\nsource = 's'\n[[claim]]\nid = 'a'\nsentence = 'b'\n\
                 scenarios = ['neg25']\n{more}"
            )
        };
        let sound =
            "generators = ['ctgan']\nmodels = ['dnn']\ncomparator = 'base'\ndirection = 'higher'\n";
        Claims::parse("c.toml", &claim(sound)).unwrap();
        let twice =
            format!("{}{}", claim(sound), &claim(sound)["title = 't'\nsource = 's'\n".len()..]);
        for (text, message) in [
            ("title = 't'\nsource = 's'\nclaim = []\n".to_owned(), "no claim"),
            (twice, "two claims are called `a`"),
            (
                claim(&sound.replace("['ctgan']", "['ctgn']")),
                "claim `a`: unknown generator `ctgn`; did you mean `ctgan`?",
            ),
            (
                claim(&sound.replace("'base'", "'uniform'")),
                "claim `a`: unknown generator `uniform`",
            ),
            (
                claim(&sound.replace("direction = 'higher'\n", "")),
                "neither a direction nor a value",
            ),
            (claim(&sound.replace("models = ['dnn']\n", "")), "names no model"),
            (claim(&sound.replace("generators = ['ctgan']\n", "")), "names no generator"),
            (claim(&format!("{sound}margin = 0.0\n")), "margin is 0"),
            (claim(&format!("{sound}runs = 0\n")), "runs is 0"),
            (claim(&format!("{sound}value = {{ deepfm = 0.1 }}\n")), "no value for dnn"),
            (claim(&format!("{sound}over = 'mean'\nvalue = 0.1\n")), "value of a mean"),
            (claim(&sound.replace("'base'", "'ctgan'")), "with itself"),
            (claim(&sound.replace("'base'", "'ctgan numbers'")), "with itself"),
            (claim(&sound.replace("'base'", "'smoten numbers'")), "smoten never reads numbers"),
            (claim(&sound.replace("'base'", "'ctgan joint'")), "with itself"),
            (claim(&sound.replace("'base'", "'resample joint'")), "resample is never fitted joint"),
            (claim(&sound.replace("'base'", "'tvae numbres'")), "did you mean `numbers`?"),
            (claim(&sound.replace("'base'", "'tvae per-clas'")), "did you mean `per-class`?"),
            (claim(&sound.replace("'base'", "'tvae joint per-class'")), "says twice"),
            (claim(&sound.replace("'base'", "''")), "comparator: "),
            (
                claim(
                    &sound
                        .replace("ctgan", "smoten")
                        .replace("direction", "reading = ['numbers']\ndirection"),
                ),
                "smoten never reads numbers",
            ),
            (claim(&sound.replace("comparator = 'base'\n", "")), "higher than what"),
            (claim(&format!("{sound}value = nan\n")), "not finite"),
            (claim(&format!("{sound}value = 0.0\n")), "value 0 is not on the side of 0"),
            (claim(&format!("{sound}than = 0.3\nvalue = 0.2\n")), "value 0.2 is not on the side"),
            (
                claim(&format!("{}value = 0.1\n", sound.replace("higher", "lower"))),
                "value 0.1 is not on the side of 0",
            ),
            (claim(&sound.replace("['ctgan']", "['ctgan', 'ctgan']")), "`ctgan` twice"),
            (
                claim(sound).replace("['neg25']", "['neg25', 'neg25']"),
                "scenarios names `neg25` twice",
            ),
            (
                claim(
                    "generators = ['ctgan']\nmeasure = 'identical-rows'\nvalue = { dnn = 1.0 }\n",
                ),
                "the same for all models; give `value` one number",
            ),
        ] {
            let error = Claims::parse("c.toml", &text).unwrap_err().to_string();
            assert!(error.contains(message) && error.starts_with("c.toml"), "{error}");
        }
    }
}
