//! What is said, and in which order.

use super::appendix;
use super::blocks::{Block, Document};
use super::{findings_in_words, in_short, made_with, tables};
use crate::report::figures::{self, Figure, FigureError};
use crate::report::findings::Findings;
use crate::report::quality;
use crate::report::sheet::Sheet;
use std::path::{Path, PathBuf};

/// The topics of the figures: titles, anchors, and how the names of their figures begin.
const TOPICS: [(&str, &str, &[&str]); 4] = [
    (
        "What models learn",
        "models",
        &["difference_", "ratio_", "learning_", "longer_", "seeds_", "popularity_", "calibration"],
    ),
    ("How alike the rows are", "fidelity", &["fidelity_", "marginals"]),
    ("What the rows give away", "privacy", &["attack_", "closest_"]),
    ("What it costs", "costs", &["generator_", "model_", "throughput"]),
];

impl Document {
    /// The report of these runs; of each the way from the report's folder to its own.
    pub fn of(runs: &[(Findings, PathBuf)]) -> Result<Self, FigureError> {
        match runs {
            [(findings, way)] => {
                let data = &findings.verdict.dataset;
                let title = format!("What the run {} found on {data}", findings.verdict.experiment);
                let mut document = Self { title, blocks: Vec::new(), files: Vec::new() };
                document
                    .blocks
                    .push(Block::Paragraph(findings_in_words::summary(&findings.verdict)));
                document.chapters(findings, way, None, 2)?;
                // Behind the first paragraph: what comes next may be long.
                document.contents(1, 2);
                Ok(document)
            }
            several => Self::side_by_side(several),
        }
    }

    fn side_by_side(runs: &[(Findings, PathBuf)]) -> Result<Self, FigureError> {
        let named: Vec<(String, &Findings)> =
            names(runs).into_iter().zip(runs.iter().map(|(f, _)| f)).collect();
        let title = format!("{} runs side by side", runs.len());
        let mut document = Self { title, blocks: Vec::new(), files: Vec::new() };
        for (_, findings) in &named {
            document.blocks.push(Block::Paragraph(findings_in_words::summary(&findings.verdict)));
        }
        document.blocks.push(Block::Sheet(findings_in_words::answers(&named)));
        document.blocks.extend(findings_in_words::differing_settings(&named).map(Block::Sheet));
        let at = document.blocks.len();
        document.heading(2, "Differences to base, run by run", "side-by-side");
        let figures = figures::side_by_side(&named)?;
        document.blocks.extend(figures.into_iter().map(Block::Figure));
        for ((name, findings), (_, way)) in named.iter().zip(runs) {
            document.heading(2, name, &format!("{}run", findings.prefix));
            document.chapters(findings, way, Some(name), 3)?;
        }
        document.contents(at, 2);
        Ok(document)
    }

    /// What becomes of each claim, and everything else; of several runs each says its name.
    fn chapters(
        &mut self,
        findings: &Findings,
        way: &Path,
        run: Option<&str>,
        level: u8,
    ) -> Result<(), FigureError> {
        let prefix = &findings.prefix;
        let titled = |title: String| match run {
            Some(run) => format!("{run}: {title}"),
            None => title,
        };
        let named = |sheet: Sheet| Sheet {
            name: format!("{prefix}{}", sheet.name),
            title: titled(sheet.title),
            ..sheet
        };
        self.blocks.extend(in_short::first(findings));
        self.blocks.extend(findings_in_words::claims(findings));
        let mut figures = figures::figures(findings)?;
        for (title, anchor, names) in TOPICS {
            let of_topic: Vec<Figure> = tables::take(&mut figures, names);
            let sheet = match anchor {
                "models" => Some(tables::auc(findings)),
                "fidelity" => tables::fidelity(findings),
                "privacy" => tables::privacy(findings),
                _ => None,
            };
            if of_topic.is_empty() && sheet.is_none() {
                continue;
            }
            self.heading(level, title, &format!("{prefix}{anchor}"));
            if anchor == "models" {
                let sheet = in_short::differences(findings);
                self.blocks.extend(sheet.map(|sheet| Block::Sheet(named(sheet))));
                let note = in_short::other_test_rows(&findings.verdict);
                self.blocks.extend(note.map(Block::Note));
            }
            self.blocks.extend(sheet.map(|sheet| Block::Sheet(named(sheet))));
            let notes = match anchor {
                "fidelity" => Some(quality::FIDELITY_COLUMNS),
                "privacy" => Some(quality::PRIVACY_COLUMNS),
                _ => None,
            };
            self.blocks.extend(notes.map(|note| Block::Note(note.to_owned())));
            if anchor == "privacy" {
                let records = findings.quality.iter().map(|(_, record)| record);
                self.blocks
                    .extend(quality::uneven(records).map(|note| Block::Note(note.to_owned())));
            }
            if anchor == "models" {
                self.blocks
                    .extend(tables::ledger(findings).map(|sheet| Block::Sheet(named(sheet))));
            }
            for figure in of_topic {
                let (name, sheet) = (format!("{prefix}{}", figure.name), named(figure.sheet));
                let title = titled(figure.title);
                self.blocks.push(Block::Figure(Figure { name, title, sheet, ..figure }));
            }
        }
        self.heading(level, "The comparisons behind the claims", &format!("{prefix}comparisons"));
        self.blocks.push(Block::Note(made_with::how_to_read(&findings.verdict)));
        for (at, claim) in findings.verdict.claims.iter().enumerate() {
            if let Some(sheet) = tables::comparisons(findings, at, claim) {
                let line = titled(format!("{}: {}", claim.id, claim.answer));
                self.blocks.push(Block::Folded(line, named(sheet)));
            }
        }
        self.files.push(named(tables::all_comparisons(findings, &findings.verdict)));
        self.heading(level, "How this was made", &format!("{prefix}made-with"));
        self.blocks.push(Block::Facts(made_with::facts(findings)));
        let missing = made_with::not_measured(findings);
        if !missing.is_empty() {
            self.heading(level + 1, "What was not measured", &format!("{prefix}not-measured"));
            self.blocks.push(Block::List(missing));
        }
        let notes: Vec<String> =
            findings.verdict.notes.iter().chain(&findings.faults).cloned().collect();
        if !notes.is_empty() {
            self.heading(level + 1, "What else to know", &format!("{prefix}notes"));
            self.blocks.push(Block::List(notes));
        }
        self.heading(level, "The cells behind the numbers", &format!("{prefix}cells"));
        self.blocks.push(Block::Note(CELLS.to_owned()));
        self.blocks.push(Block::Evidence(appendix::cells(findings, way)));
        let measurements = appendix::measurements(findings, way);
        if !measurements.is_empty() {
            self.heading(level + 1, "The measurements of rows", &format!("{prefix}measurements"));
            self.blocks.push(Block::Evidence(measurements));
        }
        Ok(())
    }

    fn heading(&mut self, level: u8, title: &str, anchor: &str) {
        self.blocks.push(Block::Heading(level, title.to_owned(), anchor.to_owned()));
    }

    /// Puts links to the headings of a level that follow at a place.
    fn contents(&mut self, at: usize, level: u8) {
        let link = |block: &Block| match block {
            Block::Heading(of, title, anchor) if *of == level => {
                Some((anchor.clone(), title.clone()))
            }
            _ => None,
        };
        let links = self.blocks[at..].iter().filter_map(link).collect();
        self.blocks.insert(at, Block::Contents(links));
    }
}

const CELLS: &str = "The numbers above lead here. A cell is one training; its file has everything that was \
                     measured, what determined it and every epoch.";

/// The names of runs: of their folders, with numbers where these are the same.
fn names(runs: &[(Findings, PathBuf)]) -> Vec<String> {
    let folder = |findings: &Findings| {
        let root = &findings.run.root;
        let whole = root.canonicalize().unwrap_or_else(|_| root.clone());
        whole.file_name().map_or("run".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    let folders: Vec<String> = runs.iter().map(|(findings, _)| folder(findings)).collect();
    let several = |name: &String| folders.iter().filter(|other| *other == name).count() > 1;
    let named = |(at, name): (usize, &String)| match several(name) {
        true => format!("{name} ({})", at + 1),
        false => name.clone(),
    };
    folders.iter().enumerate().map(named).collect()
}
