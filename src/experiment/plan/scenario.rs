//! How much synthetic data joins the real training rows.

use crate::names;
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The largest percentage of synthetic rows.
const MOST: u16 = 1000;

/// What a model is trained on. Percentages are of the number of real training rows.
///
/// Validation and test rows are real in every scenario. Scenarios are ordered as in reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// The real rows alone.
    Base,
    /// The real rows and synthetic ones.
    Added(Added),
    /// No real rows, but as many synthetic ones, with as many clicks (S5 of the paper).
    SyntheticOnly,
}

/// Percentages of synthetic rows by label, from 0 to 1000, at least one of them above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Added {
    clicks: u16,
    others: u16,
}

impl Added {
    /// Of label 1.
    pub fn clicks(self) -> u16 {
        self.clicks
    }

    /// Of label 0.
    pub fn others(self) -> u16 {
        self.others
    }
}

impl Scenario {
    /// The real rows and 25 % synthetic clicks (S1 of the paper).
    pub const POS25: Scenario = Scenario::Added(Added { clicks: 25, others: 0 });
    /// The real rows and 50 % synthetic clicks (S2).
    pub const POS50: Scenario = Scenario::Added(Added { clicks: 50, others: 0 });
    /// The real rows and 25 % synthetic non-clicks (S3).
    pub const NEG25: Scenario = Scenario::Added(Added { clicks: 0, others: 25 });
    /// The real rows and 50 % synthetic non-clicks (S4).
    pub const NEG50: Scenario = Scenario::Added(Added { clicks: 0, others: 50 });

    /// The scenarios of the paper, in the order of reports.
    pub const PAPER: [Scenario; 6] = [
        Scenario::Base,
        Scenario::POS25,
        Scenario::POS50,
        Scenario::NEG25,
        Scenario::NEG50,
        Scenario::SyntheticOnly,
    ];

    /// The real rows with synthetic clicks and non-clicks, in percent of the number of real rows;
    /// none where both are 0 or one is above 1000.
    pub fn added(clicks: u16, others: u16) -> Option<Self> {
        let sound = clicks.max(others) > 0 && clicks.max(others) <= MOST;
        sound.then_some(Scenario::Added(Added { clicks, others }))
    }

    /// The name in files and on the command line.
    pub fn name(self) -> String {
        self.to_string()
    }

    /// Whether models also learn from the real training rows.
    pub fn keeps_real_rows(self) -> bool {
        self != Scenario::SyntheticOnly
    }

    /// How many synthetic rows of label 0 and of label 1 are added, given how many training rows
    /// of each label there are; fractions of a row are left out.
    ///
    /// They are the first rows of one sample per label, so a smaller percentage's rows are among
    /// a larger one's.
    pub fn synthetic_rows(self, train: [usize; 2]) -> [usize; 2] {
        let percent = |p: u16| (train[0] + train[1]) * usize::from(p) / 100;
        match self {
            Scenario::Base => [0, 0],
            Scenario::Added(Added { clicks, others }) => [percent(others), percent(clicks)],
            Scenario::SyntheticOnly => train,
        }
    }

    /// How many rows of each label the largest of `scenarios` takes.
    pub fn most_rows(scenarios: &[Scenario], train: [usize; 2]) -> [usize; 2] {
        scenarios.iter().fold([0, 0], |most, scenario| {
            let rows = scenario.synthetic_rows(train);
            [most[0].max(rows[0]), most[1].max(rows[1])]
        })
    }

    /// Synthetic clicks alone come first, then non-clicks alone, then both.
    fn rank(self) -> (u8, u16, u16) {
        match self {
            Scenario::Base => (0, 0, 0),
            Scenario::Added(Added { clicks, others: 0 }) => (1, clicks, 0),
            Scenario::Added(Added { clicks: 0, others }) => (2, 0, others),
            Scenario::Added(Added { clicks, others }) => (3, clicks, others),
            Scenario::SyntheticOnly => (4, 0, 0),
        }
    }
}

impl Ord for Scenario {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Scenario {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scenario::Base => f.pad("base"),
            Scenario::Added(Added { clicks, others: 0 }) => f.pad(&format!("pos{clicks}")),
            Scenario::Added(Added { clicks: 0, others }) => f.pad(&format!("neg{others}")),
            Scenario::Added(Added { clicks, others }) => f.pad(&format!("pos{clicks}+neg{others}")),
            Scenario::SyntheticOnly => f.pad("synthetic-only"),
        }
    }
}

impl FromStr for Scenario {
    type Err = String;

    /// Reads what is displayed, and nothing else: a scenario has one name only.
    fn from_str(name: &str) -> Result<Self, String> {
        let percent = |text: Option<&str>, prefix: &str| match text {
            None => Some(0),
            Some(text) => text.strip_prefix(prefix)?.parse().ok().filter(|&p: &u16| p > 0),
        };
        let parsed = match name {
            "base" => Some(Scenario::Base),
            "synthetic-only" => Some(Scenario::SyntheticOnly),
            _ => {
                let (clicks, others) = match name.split_once('+') {
                    Some((clicks, others)) => (Some(clicks), Some(others)),
                    None if name.starts_with("neg") => (None, Some(name)),
                    None => (Some(name), None),
                };
                let both = percent(clicks, "pos").zip(percent(others, "neg"));
                both.and_then(|(clicks, others)| Scenario::added(clicks, others))
            }
        };
        parsed.filter(|scenario| scenario.name() == name).ok_or_else(|| {
            let turned = name.split_once('+').map(|(a, b)| format!("{b}+{a}"));
            let turned =
                turned.filter(|turned| turned.starts_with("pos") && name.starts_with("neg"));
            let nearest = names::nearest(name, ["base", "synthetic-only"]).map(str::to_owned);
            let meant = turned
                .or(nearest)
                .map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            format!(
                "unknown scenario `{name}`{meant} (valid: base, pos25, neg25, pos25+neg50 with any \
                 whole percentages from 1 to {MOST}, synthetic-only)"
            )
        })
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Read within the visitor, so that an error is that of the name's place.
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Scenario;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a scenario such as base, neg25 or synthetic-only")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Scenario, E> {
                name.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frappe_sizes() {
        let train = [134_423, 67_604];
        let rows: Vec<_> = Scenario::PAPER.iter().map(|s| s.synthetic_rows(train)).collect();
        assert_eq!(
            rows,
            [[0, 0], [0, 50_506], [0, 101_013], [50_506, 0], [101_013, 0], [134_423, 67_604]]
        );
        assert_eq!(Scenario::most_rows(&Scenario::PAPER, train), [134_423, 101_013]);
        let sweep = ["neg200", "pos7+neg30"].map(|name| name.parse().unwrap());
        assert_eq!(Scenario::most_rows(&sweep, train), [404_054, 14_141]);
    }

    #[test]
    fn names_are_read_strictly() {
        for wrong in [
            "",
            "S3",
            "neg",
            "neg0",
            "neg1001",
            "neg025",
            "neg+5",
            "neg2.5",
            "pos",
            "pos-3",
            "pos7+",
            "+neg3",
            "neg3+pos7",
            "pos7+neg0",
            "pos0+neg7",
            "pos7+pos8",
            "pos99999",
            "Base",
            "neg25 ",
        ] {
            let message = wrong.parse::<Scenario>().expect_err(wrong);
            assert!(message.starts_with(&format!("unknown scenario `{wrong}`")), "{message}");
        }
        assert_eq!(Scenario::added(0, 0), None);
        assert_eq!(Scenario::added(3, 1001), None);
    }

    #[test]
    fn the_order_is_that_of_reports() {
        let mut scenarios: Vec<Scenario> =
            ["synthetic-only", "pos7+neg30", "neg100", "neg25", "pos50", "pos7", "base"]
                .map(|name| name.parse().unwrap())
                .into();
        scenarios.sort();
        let names: Vec<String> = scenarios.into_iter().map(Scenario::name).collect();
        let wanted = ["base", "pos7", "pos50", "neg25", "neg100", "pos7+neg30", "synthetic-only"];
        assert_eq!(names, wanted);
        assert!(Scenario::PAPER.is_sorted());
    }

    proptest! {
        #[test]
        fn a_name_comes_back(clicks in 0u16..=1000, others in 0u16..=1000) {
            prop_assume!(clicks + others > 0);
            let scenario = Scenario::added(clicks, others).unwrap();
            prop_assert_eq!(scenario.name().parse(), Ok(scenario));
            let json = serde_json::to_string(&scenario).unwrap();
            prop_assert_eq!(serde_json::from_str::<Scenario>(&json).unwrap(), scenario);
        }

        #[test]
        fn sizes_and_nesting(
            train in prop::array::uniform2(0usize..1_000_000),
            clicks in 0u16..=1000,
            others in 1u16..=999,
        ) {
            let n = (train[0] + train[1]) as f64;
            let rows = |clicks, others| {
                Scenario::added(clicks, others).unwrap().synthetic_rows(train)
            };
            let [zeros, ones] = rows(clicks, others);
            prop_assert!((zeros as f64 - n * f64::from(others) / 100.0).abs() <= 1.0);
            prop_assert!((ones as f64 - n * f64::from(clicks) / 100.0).abs() <= 1.0);
            prop_assert!(rows(clicks, others + 1)[0] >= zeros);
            prop_assert_eq!(Scenario::Base.synthetic_rows(train), [0, 0]);
            prop_assert_eq!(Scenario::SyntheticOnly.synthetic_rows(train), train);
        }
    }
}
