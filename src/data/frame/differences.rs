//! What keeps two files from being compared.

use super::{FrameOptions, Kind};
use crate::data::error::Place;
use crate::names::nearest;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

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
                    None if role.is_none() => f.write_str("; leave it out of all (`--ignore`)?"),
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
                    1 => f.write_str("; mend it, leave it empty if it is missing,")?,
                    n => write!(f, " ({n} such cells); mend them, leave missing ones empty,")?,
                }
                f.write_str(" or have the column taken as categories (`--categorical`)")
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

/// A column that is needed and not there; one of the candidates may be meant.
pub(super) fn no_column(
    path: &Path,
    name: &str,
    role: Option<&'static str>,
    candidates: &[impl AsRef<str>],
) -> Difference {
    let named = candidates.iter().map(AsRef::as_ref).filter(|candidate| !candidate.is_empty());
    let meant = nearest(name, named).map(str::to_owned);
    Difference::NoColumn { path: path.to_path_buf(), name: name.into(), role, meant }
}

/// The positions of columns whose name stands before them already, among those that count.
pub(super) fn duplicates(
    path: &Path,
    names: &[&str],
    options: &FrameOptions,
) -> Vec<(usize, Difference)> {
    let mut first = HashMap::new();
    let mut found = Vec::new();
    for (position, &name) in names.iter().enumerate() {
        if name.is_empty() || options.ignores(name) {
            continue;
        }
        let earlier = *first.entry(name).or_insert(position);
        if earlier != position {
            let (path, name) = (path.to_path_buf(), name.to_owned());
            let positions = [earlier + 1, position + 1];
            found.push((position, Difference::DuplicateColumn { path, name, positions }));
        }
    }
    found
}
