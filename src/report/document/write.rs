//! A report's files.

use super::blocks::Document;
use super::{markdown, page};
use crate::files;
use crate::progress::Progress;
use crate::report::figures::{FigureError, png};
use crate::report::sheet;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A figure cannot be drawn.
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// A table cannot be written as CSV.
    #[error("cannot write the table {0}")]
    Table(String, #[source] csv::Error),
    /// The system refuses.
    #[error("cannot write {0}")]
    Write(PathBuf, #[source] io::Error),
}

/// What was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The page.
    pub page: PathBuf,
    /// Its size in bytes.
    pub page_bytes: usize,
    /// How many figures.
    pub figures: usize,
    /// How many tables.
    pub tables: usize,
}

/// The list of a report's files.
const CONTENTS: &str = "report.json";

/// The content of `report.json`.
#[derive(Serialize, Deserialize)]
struct Contents {
    /// What the report is about.
    title: String,
    /// The files it has, from its folder.
    files: Vec<String>,
}

/// Writes `report.html`, `report.md`, `figures/*.svg` and `*.png`, `tables/*.csv` and `*.tex` into a
/// folder, and their list, `report.json`. Files on an earlier list that are not on this one are
/// removed: they would be of other results.
pub fn write(
    document: &Document,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Written, ReportError> {
    for path in [folder.to_owned(), folder.join("figures"), folder.join("tables")] {
        std::fs::create_dir_all(&path).map_err(|e| ReportError::Write(path, e))?;
    }
    let earlier = earlier(folder);
    let mut files: Vec<String> = Vec::new();
    let figures: Vec<_> = document.figures().collect();
    progress.start("draw figures", figures.len() as u64);
    let drawn: Result<Vec<Vec<u8>>, FigureError> = figures
        .par_iter()
        .map(|figure| {
            let failed = |reason| FigureError { figure: figure.name.clone(), reason };
            let pixels = png(&figure.image.svg).map_err(failed);
            progress.advance(1);
            pixels
        })
        .collect();
    progress.finish();
    let mut put = |name: String, content: &[u8]| {
        let path = folder.join(&name);
        let written = files::write_whole(&path, |out| out.write_all(content));
        files.push(name);
        written.map_err(|e| ReportError::Write(path, e))
    };
    for (figure, pixels) in figures.iter().zip(drawn?) {
        put(format!("figures/{}.svg", figure.name), figure.image.svg.as_bytes())?;
        put(format!("figures/{}.png", figure.name), &pixels)?;
    }
    let mut tables = 0;
    for table in document.sheets() {
        let csv = sheet::csv(table).map_err(|e| ReportError::Table(table.name.clone(), e))?;
        put(format!("tables/{}.csv", table.name), &csv)?;
        put(format!("tables/{}.tex", table.name), sheet::latex(table).as_bytes())?;
        tables += 1;
    }
    let page = page::page(document);
    put("report.md".to_owned(), markdown::markdown(document).as_bytes())?;
    put("report.html".to_owned(), page.as_bytes())?;
    for name in earlier.iter().filter(|name| !files.contains(name)) {
        if is_ours(name) {
            remove(&folder.join(name))?;
        }
    }
    let contents = Contents { title: document.title.clone(), files };
    let mut text = serde_json::to_vec_pretty(&contents)
        .map_err(|e| ReportError::Write(folder.join(CONTENTS), io::Error::other(e)))?;
    text.push(b'\n');
    let path = folder.join(CONTENTS);
    let written = files::write_whole(&path, |out| out.write_all(&text));
    written.map_err(|e| ReportError::Write(path, e))?;
    Ok(Written {
        page: folder.join("report.html"),
        page_bytes: page.len(),
        figures: figures.len(),
        tables,
    })
}

/// Whether a name is one that reports give: a list is a file like any other, and nothing else goes by it.
fn is_ours(name: &str) -> bool {
    let parts: Vec<&str> = name.split('/').collect();
    let ends = |name: &str, endings: [&str; 2]| {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| endings.contains(&ending)) && !name.contains('\\')
    };
    match parts.as_slice() {
        ["figures", name] => ends(name, ["svg", "png"]),
        ["tables", name] => ends(name, ["csv", "tex"]),
        _ => false,
    }
}

/// What an earlier report left in a folder.
fn earlier(folder: &Path) -> Vec<String> {
    let text = std::fs::read(folder.join(CONTENTS)).unwrap_or_default();
    serde_json::from_slice(&text).map(|contents: Contents| contents.files).unwrap_or_default()
}

/// Removes a file, which need not be there any more.
fn remove(path: &Path) -> Result<(), ReportError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => {
            Err(ReportError::Write(path.to_owned(), e))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_what_reports_write_is_ever_removed() {
        for name in ["figures/a.svg", "figures/a.png", "tables/a.csv", "tables/a.tex"] {
            assert!(is_ours(name), "{name}");
        }
        for name in [
            "",
            "figures",
            "experiment.toml",
            "cells/a.json",
            "figures/../a.svg",
            "/figures/a.svg",
            "figures/a.json",
            "../figures/a.svg",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
