//! Tables of numbers that are written as a page, as CSV, LaTeX and Markdown.

mod csv;
mod html;
mod latex;
mod markdown;

pub use csv::csv;
pub use html::html;
pub use latex::latex;
pub use markdown::{escape as escape_markdown, markdown};

use super::stats::Sample;
use super::written;
use crate::statistics::Interval;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The name of its files.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// Names of its columns.
    pub columns: Vec<String>,
    /// How many of them, from the first on, say what a row is about.
    pub names: usize,
    /// Its rows, an entry for each column.
    pub rows: Vec<Vec<Entry>>,
}

/// What stands in a row and a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A name or a sentence.
    Text(String),
    /// A number.
    Number(Number),
    /// A word in place of a number.
    Word(&'static str),
    /// What was not measured.
    Nothing,
}

/// A number, how it is written and where it is from.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The number itself.
    pub value: f64,
    /// How far it may be off.
    pub spread: Spread,
    /// Decimals that are written.
    pub decimals: usize,
    /// Whether a plus is written.
    pub signed: bool,
    /// The anchor, on the page, of the cells or measurements that it rests on.
    pub evidence: Option<String>,
}

/// How far a number may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// That is not known.
    Unknown,
    /// The standard deviation of so many.
    Deviation(f64, usize),
    /// From where to where it may lie.
    Interval(f64, f64),
}

impl Entry {
    /// A name.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A number without a sign, if there is one.
    pub fn number(value: Option<f64>, decimals: usize, evidence: Option<String>) -> Self {
        let number = |value| {
            let spread = Spread::Unknown;
            Self::Number(Number { value, spread, decimals, signed: false, evidence })
        };
        value.filter(|value| value.is_finite()).map_or(Self::Nothing, number)
    }

    /// The mean of measurements under several seeds, and their spread.
    pub fn of(sample: &Sample, evidence: Option<String>) -> Self {
        let spread = sample.sd().map_or(Spread::Unknown, |sd| Spread::Deviation(sd, sample.n()));
        Self::number(sample.mean(), 3, evidence).spread(spread)
    }

    /// A whole number.
    pub fn count(value: usize) -> Self {
        Self::number(Some(value as f64), 0, None)
    }

    /// A difference and its interval, in points.
    pub fn difference(mean: f64, interval: Option<Interval>, evidence: Option<String>) -> Self {
        if !mean.is_finite() {
            return Self::Nothing;
        }
        let ends = interval.and_then(|interval| interval.ends());
        let spread = ends.map_or(Spread::Unknown, |[low, high]| Spread::Interval(low, high));
        Self::Number(Number { value: mean, spread, decimals: 3, signed: true, evidence })
    }

    /// The same with how far it may be off.
    pub fn spread(self, spread: Spread) -> Self {
        match self {
            Self::Number(number) => Self::Number(Number { spread, ..number }),
            other => other,
        }
    }
}

/// Stands for what was not measured.
const NOTHING: &str = "–";

impl Number {
    /// As it is read.
    pub fn text(&self) -> String {
        self.part(self.value)
    }

    /// How far it may be off, as it is read.
    pub fn spread_text(&self) -> Option<String> {
        match self.spread {
            Spread::Unknown => None,
            Spread::Deviation(deviation, n) => {
                Some(format!("±{} ({n})", written(deviation, self.decimals)))
            }
            Spread::Interval(low, high) => {
                Some(format!("{} … {}", self.part(low), self.part(high)))
            }
        }
    }

    fn part(&self, value: f64) -> String {
        let least = 10f64.powi(-(self.decimals as i32));
        if value > 0.0 && value < least && !self.signed {
            // Little is not nothing.
            return format!("< {}", written(least, self.decimals));
        }
        let text = written(value, self.decimals);
        match self.signed && !text.starts_with('−') {
            true => format!("+{text}"),
            false => text,
        }
    }
}

impl Sheet {
    /// Whether a column is one of numbers.
    fn is_of_numbers(&self, column: usize) -> bool {
        let of = |row: &Vec<Entry>| matches!(row.get(column), Some(Entry::Text(_)));
        !self.is_of_names(column) && !self.rows.iter().any(of)
    }

    /// Whether a column says what rows are about.
    fn is_of_names(&self, column: usize) -> bool {
        column < self.names
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it does not have an entry for each column.
    pub fn push(&mut self, row: Vec<Entry>) {
        assert_eq!(row.len(), self.columns.len(), "{}: an entry for each column", self.name);
        self.rows.push(row);
    }

    /// Leaves out columns in which nothing stands.
    pub fn drop_empty_columns(&mut self) {
        for at in (0..self.columns.len()).rev() {
            if self.rows.iter().all(|row| row[at] == Entry::Nothing) {
                self.columns.remove(at);
                self.names -= usize::from(at < self.names);
                self.rows.iter_mut().for_each(|row| drop(row.remove(at)));
            }
        }
    }

    /// One without rows: `names` are the columns that say what a row is about, `others` those
    /// behind them.
    pub fn new<S: AsRef<str>>(
        name: impl Into<String>,
        title: impl Into<String>,
        names: &[&str],
        others: &[S],
    ) -> Self {
        let others = others.iter().map(|column| column.as_ref().to_owned());
        Self {
            name: name.into(),
            title: title.into(),
            columns: names.iter().map(|column| (*column).to_owned()).chain(others).collect(),
            names: names.len(),
            rows: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_without_entries_are_left_out() {
        let mut sheet = Sheet::new("a", "b", &["c", "d"], &["e"]);
        sheet.push(vec![Entry::Nothing, Entry::text("x"), Entry::Nothing]);
        sheet.push(vec![Entry::Nothing, Entry::Nothing, Entry::count(1)]);
        sheet.drop_empty_columns();
        assert_eq!(sheet.columns, ["d", "e"]);
        assert_eq!(sheet.rows[1], [Entry::Nothing, Entry::count(1)]);
        assert_eq!([0, 1].map(|column| sheet.is_of_names(column)), [true, false]);
    }

    /// What every way of writing tables must cope with.
    pub(super) fn nasty() -> Sheet {
        let mut sheet = Sheet::new("nasty", "50 % of <b>", &["a,b|c"], &["gain", "d_e & f"]);
        let interval = Interval { low: -0.0123, high: 0.25 };
        sheet.push(vec![
            Entry::text("<i>\"x\"</i> \\ ${}^~#|\n=1+1"),
            Entry::difference(0.12, Some(interval), Some("c7".to_owned())),
            Entry::number(Some(1234.5), 1, None).spread(Spread::Deviation(0.24, 3)),
        ]);
        sheet.push(vec![
            Entry::text("plain"),
            Entry::difference(-0.5, None, Some("c8".to_owned())),
            Entry::Nothing,
        ]);
        sheet
    }

    #[test]
    fn numbers_are_read_with_their_signs_and_spreads() {
        let texts: Vec<_> = nasty()
            .rows
            .concat()
            .into_iter()
            .filter_map(|entry| match entry {
                Entry::Number(number) => Some((number.text(), number.spread_text())),
                _ => None,
            })
            .collect();
        let of = |text: &str, spread: Option<&str>| (text.to_owned(), spread.map(str::to_owned));
        assert_eq!(
            texts,
            [
                of("+0.120", Some("−0.012 … +0.250")),
                of("1,234.5", Some("±0.2 (3)")),
                of("−0.500", None)
            ]
        );
        assert_eq!(Entry::number(Some(f64::NAN), 2, None), Entry::Nothing);
        assert_eq!(Entry::difference(f64::NAN, None, None), Entry::Nothing);
        let text = |value| match Entry::number(Some(value), 3, None) {
            Entry::Number(number) => number.text(),
            other => panic!("{other:?}"),
        };
        let texts = [0.0, 0.0004, 0.0007, 0.001].map(text);
        assert_eq!(texts, ["0.000", "< 0.001", "< 0.001", "0.001"]);
    }

    /// A column of words, one of numbers and one of texts behind that of names.
    pub(super) fn decided() -> Sheet {
        let mut sheet = Sheet::new("decided", "Seeds", &["source"], &["neg", "pos", "answer"]);
        let (source, answer) = (Entry::text("x"), Entry::text("borne out"));
        sheet.push(vec![source, Entry::Word("decided"), Entry::count(7), answer]);
        sheet
    }

    #[test]
    fn a_column_without_texts_is_one_of_numbers() {
        let sheet = nasty();
        assert_eq!([0, 1, 2].map(|column| sheet.is_of_numbers(column)), [false, true, true]);
        let sheet = decided();
        let of_numbers = [0, 1, 2, 3].map(|column| sheet.is_of_numbers(column));
        assert_eq!(of_numbers, [false, true, true, false]);
    }
}
