//! What a column is, by the look of its values.

use super::cells::{boolean, integer, is_infinite, is_missing, number};
use super::dates::{DateForm, moment};
use super::form::Form;
use super::{DateUnit, FrameOptions};
use serde::{Deserialize, Serialize};
use std::fmt;

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
/// The largest whole number up to which a floating-point number tells all of them apart.
const EXACT: u128 = 1 << 53;

/// Last words of names of codes.
const CODE_WORDS: [&str; 17] = [
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
    "item",
    "ad",
    "campaign",
    "advertiser",
    "publisher",
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

/// A cell that tells against something, and the start or number of its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sighting {
    pub(super) text: String,
    pub(super) at: u64,
}

/// What has been seen of a column's values so far.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// Different values, the missing ones left out.
    values: usize,
    missing: bool,
    /// Whether all so far are …
    booleans: bool,
    integers: bool,
    numbers: bool,
    dates: bool,
    spelled: [Option<String>; 2],
    /// What stands behind the first whole number.
    decimals: Option<String>,
    /// Whether some whole number has nothing behind it, is padded, is too large, is not 0 or 1.
    plain: bool,
    padded: bool,
    large: bool,
    beyond_bit: bool,
    date_form: DateForm,
    /// The first value; the first that is no number; no date; infinite.
    first: Option<Sighting>,
    no_number: Option<Sighting>,
    no_date: Option<Sighting>,
    infinite: Option<Sighting>,
}

impl Evidence {
    /// Nothing seen yet.
    pub(super) fn new(unit: DateUnit) -> Self {
        Self {
            values: 0,
            missing: false,
            booleans: true,
            integers: true,
            numbers: true,
            dates: true,
            spelled: [None, None],
            decimals: None,
            plain: false,
            padded: false,
            large: false,
            beyond_bit: false,
            date_form: DateForm::new(unit),
            first: None,
            no_number: None,
            no_date: None,
            infinite: None,
        }
    }

    /// Whether the values so far are all whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        self.integers && self.numbers
    }

    /// Whether one of them is infinite.
    pub(super) fn is_infinite(&self) -> bool {
        self.infinite.is_some()
    }

    /// The first cell that cannot be read in this form.
    pub(super) fn against(&self, form: &Form) -> Option<&Sighting> {
        let first = |a: &'_ Option<Sighting>, b: &'_ Option<Sighting>| match (a, b) {
            (Some(a), Some(b)) => a.at <= b.at,
            (a, _) => a.is_some(),
        };
        match form {
            Form::Dates(_) => self.no_date.as_ref(),
            _ if first(&self.no_number, &self.infinite) => self.no_number.as_ref(),
            _ => self.infinite.as_ref(),
        }
    }

    /// Takes one more different value into account, whose first row is `at`.
    pub(super) fn see(&mut self, cell: &str, at: u64) {
        let text = cell.trim();
        if is_missing(text) {
            self.missing = true;
            return;
        }
        self.values += 1;
        let sighting = || Some(Sighting { text: short(cell), at });
        if self.first.is_none() {
            self.first = sighting();
        }
        if self.booleans {
            match boolean(text) {
                Some(truth) => {
                    self.spelled[usize::from(truth)].get_or_insert_with(|| text.to_owned());
                }
                None => self.booleans = false,
            }
        }
        if self.numbers {
            self.see_number(text, &sighting);
        }
        if self.dates {
            match moment(text) {
                Some(moment) => self.date_form.widen(&moment),
                None => {
                    self.dates = false;
                    self.no_date = sighting();
                }
            }
        }
    }

    fn see_number(&mut self, text: &str, sighting: &dyn Fn() -> Option<Sighting>) {
        let whole = integer(text);
        self.integers &= whole.is_some();
        if let Some(whole) = whole {
            self.plain |= whole.decimals.is_empty();
            self.padded |= whole.padded;
            self.large |= whole.value.unsigned_abs() > EXACT;
            self.beyond_bit |= !(0..=1).contains(&whole.value);
            self.decimals.get_or_insert_with(|| whole.decimals.to_owned());
        } else if is_infinite(text) {
            self.infinite = self.infinite.take().or_else(sighting);
        } else if number(text).is_none() {
            (self.numbers, self.integers) = (false, false);
            self.no_number = sighting();
        }
    }

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
            let what = if self.date_form.has_times() { "times" } else { "dates" };
            return (self.countable(), format!("{what}, by {}", self.date_form.unit()));
        }
        if self.booleans {
            return because(self.categories(false), "true or false");
        }
        if text || !self.numbers {
            let example = &self.no_number.as_ref().unwrap_or(first).text;
            return (Form::Text, format!("text, such as {example:?}"));
        }
        // Tools write whole numbers with a point where some are missing.
        if !self.integers || !(self.plain || self.missing) {
            return because(self.countable(), "numbers with a point");
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
        } else if values > FEW_CODES
            && let Some(word) = word(&MEASURE_WORDS)
        {
            numbers(format!("whole numbers, and the name says `{word}`"))
        } else if self.large {
            categories("whole numbers above 2^53, which are codes".into())
        } else if values.saturating_mul(ROWS_PER_CODE) <= rows {
            categories(format!("{values} different whole numbers on {rows} rows"))
        } else if values <= FEW_CODES && values * 2 <= rows {
            categories(format!("only {values} different whole numbers"))
        } else {
            numbers(format!("{values} different whole numbers on {rows} rows"))
        }
    }

    /// The form of a column of categories.
    fn categories(&self, label: bool) -> Form {
        let name = |names: [&str; 2]| names.map(str::to_owned);
        if self.first.is_none() {
            Form::Text
        } else if self.booleans {
            let [no, yes] = &self.spelled;
            let spell = |word: &Option<String>, usual: &str| word.clone().unwrap_or(usual.into());
            let spelled = [spell(no, "false"), spell(yes, "true")];
            Form::Booleans {
                names: name(if label { ["0", "1"] } else { ["false", "true"] }),
                spelled,
            }
        } else if self.integers && !self.padded {
            Form::Integers { decimals: self.decimals.clone().unwrap_or_default() }
        } else {
            Form::Text
        }
    }

    /// The form of a column of dates, if they are all dates, or of numbers.
    fn countable(&self) -> Form {
        if self.dates && self.first.is_some() { self.as_dates() } else { self.as_numbers() }
    }

    /// The form of a column of dates.
    pub(super) fn as_dates(&self) -> Form {
        Form::Dates(self.date_form)
    }

    /// The form of a column of numbers.
    pub(super) fn as_numbers(&self) -> Form {
        Form::Numbers { decimals: self.decimals.clone().unwrap_or_default() }
    }

    /// How the dates so far are written.
    pub(super) fn date_form(&self) -> DateForm {
        self.date_form
    }
}

/// The words of a name: `userId`, `user_id` and `User ID` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("one word at least").extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The beginning of a cell, for messages.
pub(super) fn short(cell: &str) -> String {
    cell.chars().take(40).collect()
}
