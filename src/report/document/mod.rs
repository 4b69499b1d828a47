//! What one or several runs found, as one page and as files for papers.
//!
//! [`Document::of`] decides what is said and in which order; `page` and `markdown` write it down.

mod appendix;
mod blocks;
mod chapters;
mod findings_in_words;
mod in_short;
mod made_with;
mod markdown;
mod page;
mod tables;
mod write;

pub use appendix::way_to;
pub use blocks::Document;
pub use write::{ReportError, Written, write};
