//! The parts of a report.

use crate::report::figures::Figure;
use crate::report::sheet::Sheet;
use crate::verdict::Answer;

/// A report: what is said, in order.
#[derive(Debug)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Its parts.
    pub blocks: Vec<Block>,
    /// Tables that are files alone.
    pub files: Vec<Sheet>,
}

/// A part of a report. All text is text, not markup.
#[derive(Debug)]
pub enum Block {
    /// The beginning of a part, from 2 (a chapter) to 4, and its anchor.
    Heading(u8, String, String),
    /// Running text.
    Paragraph(String),
    /// Running text of less importance.
    Note(String),
    /// What is to be known, point by point.
    List(Vec<String>),
    /// A claim and what becomes of it.
    Claim(Claim),
    /// Links to the chapters: anchors and titles.
    Contents(Vec<(String, String)>),
    /// A table.
    Sheet(Sheet),
    /// A part of a table that is a file, below this line, for whoever asks.
    Folded(String, Sheet),
    /// A figure, with its table folded.
    Figure(Figure),
    /// Names and facts.
    Facts(Vec<(String, String)>),
    /// The cells or measurements that numbers rest on.
    Evidence(Vec<Evidence>),
}

/// A claim and what becomes of it.
#[derive(Debug)]
pub struct Claim {
    /// The name of the table of what it rests on.
    pub comparisons: Option<String>,
    /// What is claimed.
    pub sentence: String,
    /// Where.
    pub place: String,
    /// What becomes of it, in two words.
    pub answer: Answer,
    /// And in sentences.
    pub words: String,
}

/// The files behind numbers.
#[derive(Debug)]
pub struct Evidence {
    /// The anchor that numbers lead to.
    pub anchor: String,
    /// Of what they are.
    pub name: String,
    /// Each file: its address from the report, its name in the text, and a number in it.
    pub files: Vec<(String, String, String)>,
}

impl Document {
    /// The figures, in order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
    }

    /// The tables that have files, those of figures included, in order.
    pub fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        let shown = self.blocks.iter().filter_map(|block| match block {
            Block::Figure(figure) => Some(&figure.sheet),
            Block::Sheet(sheet) => Some(sheet),
            _ => None,
        });
        shown.chain(&self.files)
    }
}
