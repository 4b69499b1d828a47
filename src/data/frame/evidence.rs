//! What is known of a column's values while they are read.

use super::DateUnit;
use super::cells::{boolean, integer, is_infinite, is_missing, number};
use super::dates::{DateForm, moment};
use super::form::Form;
use crate::data::error::RowAt;

/// The largest whole number up to which a floating-point number tells all of them apart.
const EXACT: u128 = 1 << 53;

/// A cell that tells against something, and the start or number of its row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sighting {
    pub(super) text: String,
    pub(super) at: u64,
}

/// Cells that are no numbers in a column where most are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Odd {
    pub(super) cells: usize,
    /// Of so many that are not missing.
    pub(super) of: usize,
    /// Where the first stands.
    pub(super) at: RowAt,
}

/// What has been seen of a column's values so far.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    /// Different values, the missing ones left out.
    pub(super) values: usize,
    pub(super) missing: bool,
    /// Whether all so far are …
    pub(super) booleans: bool,
    pub(super) integers: bool,
    pub(super) numbers: bool,
    pub(super) dates: bool,
    spelled: [Option<String>; 2],
    /// What stands behind the first whole number.
    decimals: Option<String>,
    /// Whether some whole number has nothing behind it, is padded, is too large, is not 0 or 1.
    pub(super) plain: bool,
    pub(super) padded: bool,
    pub(super) large: bool,
    pub(super) beyond_bit: bool,
    date_form: DateForm,
    /// The first value; the first that is no number; no date; infinite.
    pub(super) first: Option<Sighting>,
    pub(super) no_number: Option<Sighting>,
    /// The cells that alone keep a column from being one of numbers, once all are read.
    pub(super) odd: Option<Odd>,
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
            odd: None,
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

    /// The form of a column of categories.
    pub(super) fn categories(&self, label: bool) -> Form {
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
    pub(super) fn countable(&self) -> Form {
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

/// The beginning of a cell, for messages.
pub(super) fn short(cell: &str) -> String {
    cell.chars().take(40).collect()
}
