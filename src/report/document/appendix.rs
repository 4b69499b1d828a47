//! The cells and measurements that all numbers rest on.

use super::blocks::Evidence;
use crate::experiment::{CellRecord, QualityRecord};
use crate::report::findings::{Findings, SourceName, source_name};
use crate::verdict::{Arm, has_one_seed};
use std::path::{Path, PathBuf};

/// Every arm and its cells' files; `to_run` leads from the report to the run folder.
pub fn cells(findings: &Findings, to_run: &Path) -> Vec<Evidence> {
    let of_arm = |(arm, cells): (Arm, Vec<&CellRecord>)| {
        let source = match arm.source.map(source_name) {
            Some((generator, way)) => format!("{generator} {way}"),
            None => "real rows".to_owned(),
        };
        let model = arm.model.map_or("", |model| model.title());
        let files = cells.iter().map(|cell| {
            let row = &cell.row;
            let mut stem = format!("{arm}.seed{}", row.seed);
            let mut name = row.seed.to_string();
            if let (false, Some(fit), Some(draw)) =
                (has_one_seed(cell), row.fit_seed, row.draw_seed)
            {
                stem += &format!(".fit{fit}.draw{draw}");
                name += &format!("/{fit}/{draw}");
            }
            let path = to_run.join("cells").join(format!("{stem}.json"));
            (address(&path), format!("seed {name}"), format!("{:.3}", 100.0 * row.test_auc))
        });
        Evidence {
            anchor: findings.anchor(&arm).unwrap_or_default(),
            name: format!("{source}, {}, {model}", arm.scenario),
            files: files.collect(),
        }
    };
    findings.arms().into_iter().map(of_arm).collect()
}

/// Every measured table and its files.
pub fn measurements(findings: &Findings, to_run: &Path) -> Vec<Evidence> {
    let of_table = |(name, _): (SourceName, Vec<&QualityRecord>)| {
        let files = findings.files_of(&name).into_iter().map(|(file, record)| {
            let score = record.measured.fidelity.table.quality.score;
            let score = score.map_or("–".to_owned(), |score| format!("{score:.3}"));
            let seed = record.of.seed.map_or("all seeds".to_owned(), |seed| format!("seed {seed}"));
            (address(&to_run.join("quality").join(file)), seed, score)
        });
        Evidence {
            anchor: findings.quality_anchor(&name).unwrap_or_default(),
            files: files.collect(),
            name: format!("{} {}", name.0, name.1),
        }
    };
    findings.measured().into_iter().map(of_table).collect()
}

/// A path as an address within a page.
fn address(path: &Path) -> String {
    let parts = path.components().map(|part| escaped(&part.as_os_str().to_string_lossy()));
    parts.collect::<Vec<_>>().join("/")
}

/// What a part of an address may hold as it is; the rest as percentages.
fn escaped(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'+' => {
                text.push(byte.into())
            }
            _ => text += &format!("%{byte:02X}"),
        }
    }
    text
}

/// The way from one folder to another, both as the system knows them.
pub fn way_to(from: &Path, to: &Path) -> PathBuf {
    let (Ok(from), Ok(to)) = (from.canonicalize(), to.canonicalize()) else { return to.to_owned() };
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..");
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_owned());
    up.map(Into::into).chain(down).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_lead_up_and_down() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["a/b", "a/c d"] {
            std::fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let way = |from: &str, to: &str| way_to(&root.path().join(from), &root.path().join(to));
        assert_eq!(way("a/b", "a/c d"), Path::new("../c d"));
        assert_eq!(way("a", "a"), Path::new(""));
        assert_eq!(way("a/b", "a"), Path::new(".."));
        assert_eq!(address(Path::new("../c d/ü#.json")), "../c%20d/%C3%BC%23.json");
    }
}
