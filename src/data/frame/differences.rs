//! What keeps two files from being compared.

use super::Kind;
use crate::data::error::Place;
use std::fmt;
use std::path::PathBuf;

/// One thing that keeps files from being compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    /// A column that is needed and not there.
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        name: String,
        /// What it was to be, if it was asked for by name.
        role: Option<&'static str>,
        /// The column that is probably meant.
        meant: Option<String>,
    },
    /// Two columns of one name.
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
        /// Their positions, from 1.
        positions: [usize; 2],
    },
    /// Texts where the real file has numbers or dates, or is said to have them.
    NotCountable {
        /// The first such cell.
        place: Place,
        /// What stands there.
        value: String,
        /// What should stand there.
        kind: Kind,
        /// Number of such cells in the column.
        cells: u64,
        /// The file that has it otherwise; none if the column was asked to be so.
        unlike: Option<PathBuf>,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColumn { path, name, role, meant } => {
                write!(f, "{}: there is no column `{name}`", path.display())?;
                if let Some(role) = role {
                    write!(f, ", which is to be {role}")?;
                }
                match meant {
                    Some(meant) => write!(f, "; is it `{meant}`?"),
                    None => Ok(()),
                }
            }
            Self::DuplicateColumn { path, name, positions: [first, second] } => write!(
                f,
                "{}: columns {first} and {second} are both called `{name}`",
                path.display()
            ),
            Self::NotCountable { place, value, kind, cells, unlike } => {
                let what = match kind {
                    Kind::Dates => "an ISO date",
                    _ => "a finite number",
                };
                write!(f, "{place}: {value:?} is not {what}")?;
                match unlike {
                    Some(real) => write!(f, ", as the column holds in {}", real.display())?,
                    None => write!(f, ", which the column is to hold")?,
                }
                match cells {
                    1 => write!(f, "; mend it")?,
                    n => write!(f, "; mend the {n} such cells")?,
                }
                write!(f, ", leave it empty if it is missing, or name the column in `categorical`")
            }
        }
    }
}

/// Everything that keeps files from being compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Differences(pub Vec<Difference>);

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|difference| write!(f, "\n  {difference}"))
    }
}
