//! What can be wrong with a click log, said so that it can be mended.

use super::Differences;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where in a file something stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The file.
    pub path: PathBuf,
    /// The line or the row.
    pub row: RowAt,
    /// The column: its position from 1 and its name.
    pub column: Option<(usize, String)>,
}

/// A position down a file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowAt {
    /// A line of a text file, the header included.
    Line(u64),
    /// A row of a binary file.
    Row(u64),
    /// The column names of a binary file.
    Names,
}

impl fmt::Display for RowAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowAt::Line(line) => write!(f, "line {line}"),
            RowAt::Row(row) => write!(f, "row {row}"),
            RowAt::Names => f.write_str("the column names"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            RowAt::Names => write!(f, "{}", self.path.display())?,
            row => write!(f, "{}, {row}", self.path.display())?,
        }
        match &self.column {
            Some((position, name)) => write!(f, ", column {position} (`{name}`)"),
            None => Ok(()),
        }
    }
}

/// Why a click log cannot be read, written, fetched or simulated.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A file that is not there.
    #[error("there is no file {}{}", path.display(), whence(path))]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refuses.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// `read`, `write` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// A pipe or a device.
    #[error("{} is no regular file (a pipe?); write the rows to a file first", path.display())]
    NoRegularFile {
        /// What was named.
        path: PathBuf,
    },
    /// A file that is another kind of file than its name says.
    #[error("{} is {is}, whatever its name says; {remedy}", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// What its first bytes say it is.
        is: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// A file without a byte in it.
    #[error("{} is empty; a header line with the column names must come first", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Names with something else than a comma between them.
    #[error(
        "{}: are the columns separated by {separator:?}? A .csv file is read with commas, a .tsv file \
         with tabs", path.display()
    )]
    Separator {
        /// The file.
        path: PathBuf,
        /// What stands between the names.
        separator: char,
    },
    /// A value in quotes that has no end.
    #[error("{place}: a quote is opened and never closed, so that all that follows is one value")]
    OpenQuote {
        /// Where the row begins, and which value.
        place: Box<Place>,
    },
    /// A header and nothing below.
    #[error("{} holds no rows, only the column names", path.display())]
    NoRows {
        /// The file.
        path: PathBuf,
    },
    /// An extension that names no known format.
    #[error(
        "{}: the name must end in .csv, .tsv (.gz or .zst may follow) or .parquet, which tells the \
         format", path.display()
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// A label or field that is asked for and not there.
    #[error("{place}: there is no column `{name}`, which is to be {role}; {hint}")]
    NoColumn {
        /// The header.
        place: Box<Place>,
        /// The name asked for.
        name: String,
        /// What it was to be used as: `the label` or `a field`.
        role: &'static str,
        /// The nearest name, or all names.
        hint: String,
    },
    /// Files that cannot be compared.
    #[error("the columns do not fit:{0}")]
    Differences(Differences),
    /// Two columns of one name.
    #[error("{place}: column {first} has the same name; every column needs a name of its own")]
    DuplicateColumn {
        /// The second of the two.
        place: Box<Place>,
        /// Position of the first, from 1.
        first: usize,
    },
    /// A column without a name that would become a field.
    #[error(
        "{}: column {position} has no name (a row index?); name it, or choose the columns with \
         `fields`", path.display()
    )]
    UnnamedColumn {
        /// The file.
        path: PathBuf,
        /// Its position from 1.
        position: usize,
    },
    /// A row with too few or too many values.
    #[error("{place}: {found} values instead of {expected}, one for every name in the header")]
    Ragged {
        /// The row.
        place: Box<Place>,
        /// Number of values.
        found: u64,
        /// Number of columns.
        expected: u64,
    },
    /// A label that is neither a click nor none.
    #[error("{place}: the label is {value:?}; {wanted}")]
    BadLabel {
        /// The cell.
        place: Box<Place>,
        /// What it must be.
        wanted: &'static str,
        /// What stands there.
        value: String,
    },
    /// A numeric column with something else in it.
    #[error(
        "{place}: {value:?} is not a finite number; mend it, leave it empty if it is missing, or \
         take the column out of `numeric`"
    )]
    BadNumber {
        /// The cell.
        place: Box<Place>,
        /// What stands there.
        value: String,
    },
    /// Something else where a split needs a moment.
    #[error(
        "{place}: `{column}` is {value:?}, by which rows cannot be put in order of time; it must be a number, or an ISO \
         8601 date or time such as 2026-11-24 or 2026-11-24T13:05:00Z, in all rows"
    )]
    BadTime {
        /// The row.
        place: Box<Place>,
        /// The column.
        column: String,
        /// What stands there.
        value: String,
    },
    /// Something else where a number must stand.
    #[error("{place}: {value:?} is not a finite number")]
    NotANumber {
        /// The cell.
        place: Box<Place>,
        /// What stands there.
        value: String,
    },
    /// A value that the training rows do not hold, where they must.
    #[error(
        "{place}, field `{field}`: {} in the training rows{hint}",
        if value.is_empty() { "a value is missing, and none is".to_owned() } else { format!("{value:?} does not stand") }
    )]
    UnknownValue {
        /// The row.
        place: Box<Place>,
        /// The field.
        field: String,
        /// What stands there; empty if it is missing.
        value: String,
        /// What was probably meant.
        hint: String,
    },
    /// Bytes that are no text.
    #[error("{place}: the value is not UTF-8 text; save the file as UTF-8")]
    NotUtf8 {
        /// The cell.
        place: Box<Place>,
    },
    /// A value of absurd length.
    #[error(
        "{place}: a value of {bytes} bytes (at most {most} are allowed); is a quote left open?"
    )]
    LongValue {
        /// The cell.
        place: Box<Place>,
        /// Its length.
        bytes: usize,
        /// The longest allowed.
        most: usize,
    },
    /// A vocabulary too large for memory.
    #[error(
        "{}: more than {most} different values in the fields together, {count} of them in \
         `{field}`; leave that column out, take it as numbers if it holds some (`numeric`), or raise \
         `max_categories` if memory allows", path.display()
    )]
    TooManyCategories {
        /// The file.
        path: PathBuf,
        /// The largest number allowed.
        most: usize,
        /// The field with the most values.
        field: String,
        /// How many it has so far.
        count: usize,
    },
    /// A part of a split without clicks or without non-clicks.
    #[error(
        "{part}: all {rows} rows have label {label}; clicks (1) and non-clicks (0) are both needed"
    )]
    OneLabel {
        /// The part, and its file where it has one.
        part: String,
        /// Its number of rows.
        rows: usize,
        /// The label they share.
        label: u8,
    },
    /// A file that is not what it should be.
    #[error(
        "{}: the md5 checksum is {found}, not {expected}; {advice}", path.display()
    )]
    Checksum {
        /// The file.
        path: PathBuf,
        /// Its checksum.
        found: String,
        /// The checksum it should have.
        expected: String,
        /// What was done, or can be done.
        advice: String,
    },
    /// An archive that cannot be unpacked.
    #[error("{}: {reason}; it was deleted, run the command again", path.display())]
    NotAnArchive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A Parquet file that cannot be read.
    #[error("{}: cannot be read as Parquet ({reason})", path.display())]
    NotParquet {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        reason: String,
    },
    /// A Parquet column that is neither text nor number nor truth value.
    #[error(
        "{}, column `{column}`: values of type {found} cannot become categories; write them as \
         text or numbers", path.display()
    )]
    ColumnType {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A setting outside its range, or settings that contradict each other.
    #[error("{0}")]
    Setting(String),
    /// A known data set whose files are not there.
    #[error(
        "there is no {}; fetch the data set with `synthctr data fetch {dataset}`, or say with \
         --data-dir (or SYNTHCTR_DATA_DIR) which folder holds {dataset}/train.csv", path.display()
    )]
    NotFetched {
        /// The data set.
        dataset: String,
        /// The file that is not there.
        path: PathBuf,
    },
    /// A download that failed.
    #[error("cannot download {url}: {reason}")]
    Download {
        /// The address.
        url: String,
        /// What went wrong and what to do.
        reason: String,
    },
    /// A downloaded file in another format than announced.
    #[error(
        "{place}: {value:?} is no entry of a libsvm file, such as `17:1`; the file was deleted, check the address"
    )]
    NotLibsvm {
        /// The line.
        place: Box<Place>,
        /// What stands there.
        value: String,
    },
}

impl DataError {
    /// Wraps what the operating system says about `path`.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            std::io::ErrorKind::NotFound if action == "read" => Self::Missing { path },
            _ => Self::Io { action, path, source },
        }
    }
}

/// Where a path begins that says so itself no more than by its folders.
fn whence(path: &Path) -> &'static str {
    match path.is_absolute() {
        true => "",
        false => "; paths begin in the folder in which synthctr is run",
    }
}

/// `did you mean …?` when a candidate is near `name`, else the first candidates.
pub(crate) fn hint<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 20;
    let candidates: Vec<&str> = candidates.collect();
    let likeness = |candidate: &str| {
        strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase())
    };
    let nearest = candidates.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match nearest {
        Some(nearest) if likeness(nearest) >= 0.5 => format!("did you mean `{nearest}`?"),
        Some(_) if candidates.len() > SHOWN => {
            let (shown, n) = (candidates[..SHOWN].join(", "), candidates.len());
            format!("there are {n}, among them {shown}")
        }
        Some(_) => format!("there are: {}", candidates.join(", ")),
        None => "there are none".into(),
    }
}
