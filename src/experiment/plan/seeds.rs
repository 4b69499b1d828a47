//! The master seeds of an experiment's replicates.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The master seeds of an experiment: one for everything in a replicate, or, to find out where the
/// spread comes from, every combination of seeds of the fit, the draws and the training.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Seeds {
    /// One master seed for each replicate.
    Replicates(Vec<u64>),
    /// Every combination.
    Crossed(CrossedSeeds),
}

/// Master seeds of each consumer apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossedSeeds {
    /// Of the generators' fits.
    pub fit: SeedList,
    /// Of the rows drawn from them.
    pub draw: SeedList,
    /// Of the click models' training.
    pub train: SeedList,
}

/// Seeds: a number `n` for 1 to `n`, or a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(transparent)]
pub struct SeedList(pub Vec<u64>);

/// What a cell's synthetic rows hang on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SampleSeed {
    /// Master seed of the generator's fit.
    pub fit: u64,
    /// Master seed of the rows drawn from it.
    pub draw: u64,
}

impl From<u64> for SampleSeed {
    fn from(seed: u64) -> Self {
        Self { fit: seed, draw: seed }
    }
}

impl fmt::Display for SampleSeed {
    /// As in the names of files: `seed3`, or `seed3.draw5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed{}", self.fit)?;
        if self.draw == self.fit { Ok(()) } else { write!(f, ".draw{}", self.draw) }
    }
}

impl Seeds {
    /// The seeds 1 to `n`.
    pub fn first(n: u64) -> Self {
        Self::Replicates((1..=n).collect())
    }

    /// The seeds of training: each has a `base` of its own.
    pub fn training(&self) -> &[u64] {
        match self {
            Self::Replicates(seeds) => seeds,
            Self::Crossed(crossed) => &crossed.train.0,
        }
    }

    /// The seeds of synthetic rows that models of one seed of training are trained on.
    pub fn samples(&self, training: u64) -> Vec<SampleSeed> {
        match self {
            Self::Replicates(_) => vec![training.into()],
            Self::Crossed(CrossedSeeds { fit, draw, .. }) => {
                let draws = |&fit: &u64| draw.0.iter().map(move |&draw| SampleSeed { fit, draw });
                fit.0.iter().flat_map(draws).collect()
            }
        }
    }

    /// Whether fits, draws and trainings have seeds of their own.
    pub fn are_crossed(&self) -> bool {
        matches!(self, Self::Crossed(_))
    }

    /// The lists of seeds, with the keys they have in an experiment.
    pub(super) fn lists(&self) -> Vec<(&'static str, &[u64])> {
        match self {
            Self::Replicates(seeds) => vec![("seeds", seeds)],
            Self::Crossed(CrossedSeeds { fit, draw, train }) => {
                vec![("seeds.fit", &fit.0), ("seeds.draw", &draw.0), ("seeds.train", &train.0)]
            }
        }
    }
}

/// More replicates than anybody can run, and a list that fits the memory.
const MOST: u64 = 100_000;

fn counted<E: de::Error>(count: i64, expected: &dyn de::Expected) -> Result<Vec<u64>, E> {
    match u64::try_from(count) {
        Ok(n @ 1..=MOST) => Ok((1..=n).collect()),
        _ => Err(E::invalid_value(de::Unexpected::Signed(count), expected)),
    }
}

impl<'de> Deserialize<'de> for Seeds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountListOrTable;
        impl<'de> Visitor<'de> for CountListOrTable {
            type Value = Seeds;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a number of seeds from 1, a list of seeds from 0, or a table of such for \
                     `fit`, `draw` and `train`",
                )
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Seeds, E> {
                counted(count, &self).map(Seeds::Replicates)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Seeds, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Seeds::Replicates)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Seeds, A::Error> {
                CrossedSeeds::deserialize(MapAccessDeserializer::new(table)).map(Seeds::Crossed)
            }
        }
        deserializer.deserialize_any(CountListOrTable)
    }
}

impl<'de> Deserialize<'de> for SeedList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountOrList;
        impl<'de> Visitor<'de> for CountOrList {
            type Value = SeedList;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seeds from 1, or a list of seeds from 0")
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<SeedList, E> {
                counted(count, &self).map(SeedList)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<SeedList, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(SeedList)
            }
        }
        deserializer.deserialize_any(CountOrList)
    }
}
