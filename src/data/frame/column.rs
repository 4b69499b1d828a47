//! The cells of a column while a file is read.

use super::FrameOptions;
use super::cells::{is_infinite, is_missing, number};
use super::evidence::{Evidence, Odd, Sighting, short};
use super::form::{Form, count};
use super::source::row_at;
use crate::data::intern::Interner;
use std::path::Path;

/// No value may be longer: nearly always a quotation mark that is never closed.
pub(super) use crate::data::raw::LONGEST_VALUE;

/// The cells of a column, by row.
pub(super) enum Cells {
    /// `values[codes[row]]`.
    Texts { values: Interner, codes: Vec<u32> },
    /// A missing one is not a number.
    Numbers(Vec<f64>),
}

/// Cells that are no number where there must be one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Faults {
    pub(super) first: Sighting,
    pub(super) cells: u64,
}

/// What is wrong with a cell.
pub(super) enum Bad {
    NotUtf8,
    Long(usize),
    /// The file may not have one more different value.
    TooMany,
    /// A text in a column of which only the numbers were kept.
    Forgotten,
}

/// From so many different values on, numbers are kept as numbers alone …
const MANY_NUMBERS: usize = 1 << 17;
/// … and whole ones, which may be codes, from so many.
const MANY_INTEGERS: usize = 1 << 20;

impl Cells {
    pub(super) fn texts() -> Self {
        Self::Texts { values: Interner::default(), codes: Vec::new() }
    }

    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Texts { codes, .. } => codes.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    /// Number of different values that are kept.
    pub(super) fn n_values(&self) -> usize {
        match self {
            Self::Texts { values, .. } => values.len(),
            Self::Numbers(_) => 0,
        }
    }
}

/// The text of a cell that is not absurdly long.
fn checked(cell: &[u8]) -> Result<&str, Bad> {
    if cell.len() > LONGEST_VALUE {
        return Err(Bad::Long(cell.len()));
    }
    std::str::from_utf8(cell).map_err(|_| Bad::NotUtf8)
}

/// A column of the real file: its cells, and what they look like.
pub(super) struct RealColumn {
    pub(super) name: String,
    pub(super) cells: Cells,
    /// Whether the file itself says that these are texts.
    text: bool,
    evidence: Evidence,
    /// Whether its texts must be kept.
    keep: bool,
    early: Option<Early>,
    faults: Option<Faults>,
}

/// What a column was taken for before it was read to its end.
struct Early {
    dates: bool,
    reason: String,
}

impl RealColumn {
    pub(super) fn new(name: String, text: bool, keep: bool, options: &FrameOptions) -> Self {
        Self {
            name,
            cells: Cells::texts(),
            text,
            evidence: Evidence::new(options.date_unit),
            keep,
            early: None,
            faults: None,
        }
    }

    /// Takes one more cell. `room` is how many different values there may still be.
    pub(super) fn push(
        &mut self,
        cell: &[u8],
        at: u64,
        room: usize,
        options: &FrameOptions,
    ) -> Result<(), Bad> {
        match &mut self.cells {
            Cells::Texts { values, codes } => {
                if let Some(code) = values.find(cell) {
                    codes.push(code);
                    return Ok(());
                }
                let text = checked(cell)?;
                if room == 0 {
                    return Err(Bad::TooMany);
                }
                self.evidence.see(text, at);
                codes.push(values.insert(cell));
                if values.len() >= MANY_NUMBERS && values.len().is_power_of_two() && !self.keep {
                    self.forget_texts(options);
                }
            }
            Cells::Numbers(numbers) => {
                let text = checked(cell)?;
                self.evidence.see(text, at);
                let dates = self.early.as_ref().is_some_and(|early| early.dates);
                let number = count(dates.then(|| self.evidence.date_form()), text);
                let asked = options.numeric.contains(&self.name);
                if number.is_none() && !self.evidence.is_infinite() && !asked {
                    return Err(Bad::Forgotten);
                }
                numbers.push(note(number, text, at, &mut self.faults));
            }
        }
        Ok(())
    }

    /// Keeps the numbers alone if the column looks like numbers.
    fn forget_texts(&mut self, options: &FrameOptions) {
        let rows = self.cells.len();
        let (form, reason) = self.evidence.decide(&self.name, rows, self.text, options);
        let many = if self.evidence.is_whole() { MANY_INTEGERS } else { MANY_NUMBERS };
        if !form.is_categories() && self.cells.n_values() >= many {
            self.count(&form);
            self.early = Some(Early { dates: matches!(form, Form::Dates(_)), reason });
        }
    }

    /// Turns texts into numbers.
    fn count(&mut self, form: &Form) {
        let Cells::Texts { values, codes } = &self.cells else { return };
        let numbers: Vec<Option<f64>> =
            (0..values.len() as u32).map(|value| form.number(values.text(value))).collect();
        let cells = codes.iter().filter(|&&code| numbers[code as usize].is_none()).count() as u64;
        if cells > 0 {
            let first = self.evidence.against(form).cloned();
            self.faults = first.map(|first| Faults { first, cells });
        }
        let number = |&code: &u32| numbers[code as usize].unwrap_or(f64::NAN);
        self.cells = Cells::Numbers(codes.iter().map(number).collect());
    }

    /// What the column is and why, once all of it is read, with cells to match.
    pub(super) fn finish(
        mut self,
        path: &Path,
        options: &FrameOptions,
    ) -> (Form, String, Cells, Option<Faults>) {
        let rows = self.cells.len();
        self.evidence.odd = self.odd(path);
        let (form, reason) = match self.early.take() {
            Some(Early { dates: true, reason }) => (self.evidence.as_dates(), reason),
            Some(Early { dates: false, reason }) => (self.evidence.as_numbers(), reason),
            None => self.evidence.decide(&self.name, rows, self.text, options),
        };
        if !form.is_categories() {
            self.count(&form);
        }
        (form, reason, self.cells, self.faults)
    }

    /// The cells that are no numbers, if most are.
    fn odd(&self, path: &Path) -> Option<Odd> {
        let first = self.evidence.no_number.as_ref().filter(|_| !self.text)?;
        let Cells::Texts { values, codes } = &self.cells else { return None };
        let is_number = |value: u32| {
            let text = values.text(value).trim();
            (!is_missing(text)).then(|| number(text).is_some() || is_infinite(text))
        };
        let are: Vec<Option<bool>> = (0..values.len() as u32).map(is_number).collect();
        let count = |wanted| codes.iter().filter(|&&code| are[code as usize] == wanted).count();
        let (cells, numbers) = (count(Some(false)), count(Some(true)));
        let of = cells + numbers;
        (cells < numbers).then(|| Odd { cells, of, at: row_at(path, first.at) })
    }
}

/// A column of another file, to be read as the real one's.
pub(super) struct OtherColumn<'a> {
    pub(super) form: &'a Form,
    pub(super) cells: Cells,
    pub(super) faults: Option<Faults>,
}

impl<'a> OtherColumn<'a> {
    pub(super) fn new(form: &'a Form) -> Self {
        let cells = if form.is_categories() { Cells::texts() } else { Cells::Numbers(Vec::new()) };
        Self { form, cells, faults: None }
    }

    /// Takes one more cell. `room` is how many different values there may still be.
    pub(super) fn push(&mut self, cell: &[u8], at: u64, room: usize) -> Result<(), Bad> {
        match &mut self.cells {
            Cells::Texts { values, codes } => {
                if let Some(code) = values.find(cell) {
                    codes.push(code);
                    return Ok(());
                }
                checked(cell)?;
                if room == 0 {
                    return Err(Bad::TooMany);
                }
                codes.push(values.insert(cell));
            }
            Cells::Numbers(numbers) => {
                let text = checked(cell)?;
                numbers.push(note(self.form.number(text), text, at, &mut self.faults));
            }
        }
        Ok(())
    }
}

/// The number, or not-a-number for a cell that holds none, which is noted.
fn note(number: Option<f64>, text: &str, at: u64, faults: &mut Option<Faults>) -> f64 {
    number.unwrap_or_else(|| {
        let first = || Sighting { text: short(text), at };
        faults.get_or_insert_with(|| Faults { first: first(), cells: 0 }).cells += 1;
        f64::NAN
    })
}
