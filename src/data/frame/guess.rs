//! What a column is, by the look of its values.

use super::FrameOptions;
use super::evidence::{Evidence, Odd};
use super::form::Form;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::mem;

/// What a column was taken for, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The column.
    pub name: String,
    /// What it was taken for.
    pub kind: Kind,
    /// Why, in words.
    pub reason: String,
}

/// What the values of a column are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Values that are alike or not.
    Categories,
    /// Numbers.
    Numbers,
    /// Dates or times: numbers of days (or another unit) from the start of 1970.
    Dates,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Categories => "categories",
            Self::Numbers => "numbers",
            Self::Dates => "dates",
        })
    }
}

impl fmt::Display for Guess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.name, self.kind, self.reason)
    }
}

/// Whole numbers are codes if there are on average as many rows for each different one …
const ROWS_PER_CODE: usize = 10;
/// … or at most as many different ones, each on two rows.
const FEW_CODES: usize = 10;

/// Last words of names of codes.
const CODE_WORDS: [&str; 36] = [
    "id",
    "ids",
    "uid",
    "uuid",
    "guid",
    "code",
    "key",
    "hash",
    "zip",
    "zipcode",
    "postcode",
    "user",
    "visitor",
    "customer",
    "item",
    "product",
    "category",
    "brand",
    "ad",
    "advert",
    "campaign",
    "advertiser",
    "publisher",
    "site",
    "page",
    "app",
    "shop",
    "store",
    "city",
    "country",
    "region",
    "device",
    "browser",
    "type",
    "class",
    "weekday",
];
/// Words in names of measures.
const MEASURE_WORDS: [&str; 26] = [
    "age",
    "price",
    "amount",
    "count",
    "counts",
    "number",
    "num",
    "quantity",
    "qty",
    "duration",
    "seconds",
    "minutes",
    "ms",
    "time",
    "timestamp",
    "income",
    "salary",
    "score",
    "length",
    "size",
    "weight",
    "height",
    "distance",
    "bid",
    "total",
    "views",
];

impl Evidence {
    /// What the column is: how its cells become values, and why.
    ///
    /// `text` is whether the file itself says that it holds texts.
    pub(super) fn decide(
        &self,
        name: &str,
        rows: usize,
        text: bool,
        options: &FrameOptions,
    ) -> (Form, String) {
        let listed = |names: &[String]| names.iter().any(|other| other == name);
        let is = |column: &Option<String>| column.as_deref() == Some(name);
        let because = |form, reason: &str| (form, reason.to_owned());
        if listed(&options.numeric) {
            return because(self.countable(), "asked for");
        }
        if is(&options.label) {
            return because(self.categories(true), "the label");
        }
        if is(&options.user) {
            return because(self.categories(false), "the user");
        }
        if listed(&options.categorical) {
            return because(self.categories(false), "asked for");
        }
        let Some(first) = &self.first else {
            return because(Form::Text, "no values");
        };
        if self.dates {
            let what = if self.date_form().has_times() { "times" } else { "dates" };
            return (
                self.countable(),
                format!("ISO {what}, counted by {}", self.date_form().unit()),
            );
        }
        if self.booleans {
            return because(self.categories(false), "true or false");
        }
        if text || !self.numbers {
            let example = &self.no_number.as_ref().unwrap_or(first).text;
            return match &self.odd {
                None => (Form::Text, format!("text, such as {example:?}")),
                Some(Odd { cells, of, at }) => {
                    let are = if *cells == 1 { "is no number" } else { "are no numbers" };
                    let which = format!("{cells} of {of} values {are}");
                    (Form::Text, format!("{which}, such as {example:?} in {at}"))
                }
            };
        }
        // Tools write whole numbers with a point where some are missing.
        if !self.integers || !(self.plain || self.missing) {
            return because(self.countable(), "numbers");
        }
        self.decide_integers(name, rows)
    }

    fn decide_integers(&self, name: &str, rows: usize) -> (Form, String) {
        let (values, words) = (self.values, words(name));
        let word = |known: &[&str]| words.iter().rfind(|word| known.contains(&word.as_str()));
        let categories = |reason: String| (self.categories(false), reason);
        let numbers = |reason: String| (self.countable(), reason);
        if self.padded {
            categories("whole numbers with zeros in front".into())
        } else if !self.beyond_bit {
            categories("0 or 1".into())
        } else if let Some(last) = words.last().filter(|last| CODE_WORDS.contains(&last.as_str())) {
            categories(format!("whole numbers, and the name ends in `{last}`"))
        } else if self.large {
            // As numbers they would be rounded to ones that do not occur, whatever the name says.
            categories("whole numbers above 2^53, which are codes".into())
        } else if values > FEW_CODES
            && let Some(word) = word(&MEASURE_WORDS)
        {
            numbers(format!("whole numbers, and the name says `{word}`"))
        } else if values.saturating_mul(ROWS_PER_CODE) <= rows {
            categories(format!("{values} different whole numbers on {rows} rows"))
        } else if values <= FEW_CODES && values * 2 <= rows {
            categories(format!("only {values} different whole numbers"))
        } else {
            numbers(format!("{values} different whole numbers on {rows} rows"))
        }
    }
}

/// The words of a name: `userId`, `user_id` and `User ID` have two.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_into_words() {
        for (name, expected) in [
            ("userId", vec!["user", "id"]),
            ("user_id", vec!["user", "id"]),
            ("User ID", vec!["user", "id"]),
            ("--", vec![]),
            ("C14", vec!["c14"]),
            ("größeÄ", vec!["größe", "ä"]),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }
}
