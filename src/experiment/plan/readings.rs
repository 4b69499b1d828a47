//! Which generators read fields of numbers as categories, which as numbers.

use super::ConfigError;
use crate::generators::{AnyGenerator, Conditioning, Reading};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The `reading` key of an experiment: one reading, a list of them, or a table.
///
/// ```toml
/// reading = ["categories", "numbers"]
///
/// [reading]                            # or, with more to say
/// which = ["categories", "numbers"]
/// numbers = ["user", "item"]           # the fields read as numbers
/// generators = ["gaussian-copula"]     # of which alone `numbers` is run
/// conditioning = ["joint"]             # how these are fitted
/// ```
///
/// A generator that knows but one reading is run with that one, whatever `which` says: SMOTEN and the
/// controls with `categories`, CopulaGAN with `numbers`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Readings {
    /// The readings that are run. Default: `categories`.
    pub which: Vec<Reading>,
    /// The fields read as numbers. Default: binned fields, and those of more than ten values that are
    /// all integers; none of a constraint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Vec<String>>,
    /// The generators that `numbers` is run with. Default: all that know both readings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generators: Option<Vec<AnyGenerator>>,
    /// How generators are fitted that read numbers. Default: `joint`, as the packages do that read
    /// them so, or as the experiment's `conditioning` says if that leaves `joint` out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditioning: Option<Vec<Conditioning>>,
}

impl Default for Readings {
    fn default() -> Self {
        Self::of(vec![Reading::Categories])
    }
}

impl Readings {
    /// These readings, of all generators and by the default rules.
    pub fn of(which: Vec<Reading>) -> Self {
        Self { which, numbers: None, generators: None, conditioning: None }
    }

    /// The readings that a generator is run with.
    pub fn of_generator(&self, generator: AnyGenerator) -> Vec<Reading> {
        let known = generator.readings();
        if let [only] = known {
            return vec![*only];
        }
        let named = self.generators.as_ref().is_none_or(|some| some.contains(&generator));
        let asked = |reading: &Reading| {
            self.which.contains(reading) && (named || *reading == Reading::Categories)
        };
        known.iter().copied().filter(asked).collect()
    }

    /// The ways of fitting asked for with one reading, where `all` are asked for in general.
    pub fn conditionings<'a>(
        &'a self,
        reading: Reading,
        all: &'a [Conditioning],
    ) -> &'a [Conditioning] {
        match (reading, &self.conditioning) {
            (Reading::Categories, _) => all,
            (Reading::Numbers, Some(asked)) => asked,
            (Reading::Numbers, None) if all.contains(&Conditioning::Joint) => {
                &[Conditioning::Joint]
            }
            (Reading::Numbers, None) => all,
        }
    }

    /// Checks what the types do not.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.which.is_empty() {
            let message = "reading.which is empty; name `categories`, `numbers` or both";
            return Err(ConfigError::new(message.to_owned()));
        }
        if self.numbers.as_ref().is_some_and(Vec::is_empty) {
            let message =
                "reading.numbers is empty; leave it out, or name the fields read as numbers";
            return Err(ConfigError::new(message.to_owned()));
        }
        let empty = [
            ("generators", self.generators.as_ref().is_some_and(Vec::is_empty)),
            ("conditioning", self.conditioning.as_ref().is_some_and(Vec::is_empty)),
        ];
        if let Some((key, _)) = empty.iter().find(|(_, empty)| *empty) {
            let message =
                format!("reading.{key} is empty; leave it out, or `numbers` out of `which`");
            return Err(ConfigError::new(message));
        }
        let only = |generator: &&AnyGenerator| generator.readings() == [Reading::Categories];
        if let Some(one) = self.generators.iter().flatten().find(only) {
            return Err(ConfigError::new(format!(
                "reading.generators names {one}, which knows categories only"
            )));
        }
        Ok(())
    }
}

/// Reads readings that are given by name, as a list or as a table.
pub(super) fn named_listed_or_table<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Readings, D::Error> {
    struct NamedListedOrTable;
    impl<'de> Visitor<'de> for NamedListedOrTable {
        type Value = Readings;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a reading, a list of readings, or a table of `which` and `numbers`")
        }

        fn visit_str<E: de::Error>(self, name: &str) -> Result<Readings, E> {
            name.parse().map(|one| Readings::of(vec![one])).map_err(E::custom)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Readings, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list)).map(Readings::of)
        }

        fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Readings, A::Error> {
            Readings::deserialize(MapAccessDeserializer::new(table))
        }
    }
    deserializer.deserialize_any(NamedListedOrTable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generators::GeneratorKind;
    use Conditioning::{Joint, PerClass};

    fn parsed(text: &str) -> Result<Readings, String> {
        #[derive(Deserialize)]
        struct Key {
            #[serde(deserialize_with = "named_listed_or_table")]
            reading: Readings,
        }
        let key: Key = toml::from_str(text).map_err(|e| e.message().to_owned())?;
        key.reading.check().map_err(|e| e.to_string()).map(|()| key.reading)
    }

    #[test]
    fn a_name_a_list_or_a_table() {
        let both = parsed("reading = ['categories', 'numbers']").unwrap();
        assert_eq!(both.which, Reading::ALL);
        assert_eq!(parsed("reading = 'numbers'").unwrap().which, [Reading::Numbers]);
        let table = parsed("reading.numbers = ['user']").unwrap();
        assert_eq!(
            (table.which, table.numbers),
            (vec![Reading::Categories], Some(vec!["user".to_owned()]))
        );
        for (text, message) in [
            ("reading = 'number'", "did you mean `numbers`?"),
            ("reading = []", "which is empty"),
            ("reading.numbers = []", "numbers is empty"),
            ("reading.generators = []", "generators is empty"),
            ("reading.conditioning = []", "conditioning is empty"),
            ("reading.generators = ['smoten']", "smoten, which knows categories only"),
            ("reading.field = ['a']", "unknown field `field`"),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains(message), "{error}");
        }
    }

    #[test]
    fn a_generator_of_one_reading_is_run_with_that_one() {
        let of = |text: &str, generator: GeneratorKind| {
            parsed(text).unwrap().of_generator(generator.into())
        };
        use GeneratorKind::{CopulaGan, Ctgan, GaussianCopula, Resample, Smoten};
        for text in ["reading = 'categories'", "reading = 'numbers'"] {
            assert_eq!(of(text, Smoten), [Reading::Categories]);
            assert_eq!(of(text, Resample), [Reading::Categories]);
            assert_eq!(of(text, CopulaGan), [Reading::Numbers]);
        }
        let some = "reading.which = ['categories', 'numbers']\nreading.generators = ['ctgan']";
        assert_eq!(of(some, Ctgan), Reading::ALL);
        assert_eq!(of(some, GaussianCopula), [Reading::Categories]);
    }

    #[test]
    fn numbers_are_joint_unless_asked_otherwise() {
        let ways = |text: &str, all: &[Conditioning]| {
            parsed(text).unwrap().conditionings(Reading::Numbers, all).to_vec()
        };
        assert_eq!(ways("reading = 'numbers'", &[Joint, PerClass]), [Joint]);
        assert_eq!(ways("reading = 'numbers'", &[PerClass]), [PerClass]);
        assert_eq!(ways("reading.conditioning = ['per-class']", &[Joint]), [PerClass]);
        let all = [Joint, PerClass];
        assert_eq!(Readings::default().conditionings(Reading::Categories, &all), all);
    }
}
