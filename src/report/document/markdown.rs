//! A report as Markdown, with its figures beside it.

use super::blocks::{Block, Document};
use crate::report::sheet::{escape_markdown as escape, markdown as of_sheet};

/// The text; figures are linked as `figures/*.svg`.
pub fn markdown(document: &Document) -> String {
    let mut text = format!("# {}\n\n", escape(&document.title));
    for block in &document.blocks {
        text += &part(block);
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// Running text, in which what people type stands between backticks.
fn prose(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => escape(part),
        _ => format!("`{part}`"),
    };
    text.split('`').enumerate().map(part).collect()
}

fn part(block: &Block) -> String {
    match block {
        Block::Heading(level, title, _) => {
            format!("{} {}\n\n", "#".repeat(usize::from(*level)), escape(title))
        }
        Block::Paragraph(text) | Block::Note(text) => format!("{}\n\n", prose(text)),
        Block::List(points) => {
            points.iter().map(|point| format!("- {}\n", prose(point))).collect::<String>() + "\n"
        }
        Block::Claim(claim) => format!(
            "- **{}**: “{}” {}\n\n",
            claim.answer,
            prose(&claim.sentence),
            prose(&claim.words)
        ),
        // Repositories make contents of their own.
        Block::Contents(_) => String::new(),
        Block::Sheet(sheet) => format!("{}\n\n{}\n", escape(&sheet.title), of_sheet(sheet)),
        Block::Folded(line, sheet) => {
            format!("{}. {}\n\n{}\n", escape(line), escape(&sheet.title), of_sheet(sheet))
        }
        Block::Figure(figure) => format!(
            "![{}](figures/{}.svg)\n\n{} The numbers are in `tables/{}.csv`.\n\n",
            escape(&figure.title),
            figure.name,
            prose(&figure.description),
            figure.name
        ),
        Block::Facts(facts) => {
            let fact =
                |(name, fact): &(String, String)| format!("- {}: {}\n", escape(name), escape(fact));
            facts.iter().map(fact).collect::<String>() + "\n"
        }
        Block::Evidence(all) => {
            let mut text = String::new();
            for evidence in all {
                let link = |(to, name, number): &(String, String, String)| {
                    format!("[{}]({to} \"{name}\")", escape(number))
                };
                let links: Vec<String> = evidence.files.iter().map(link).collect();
                text += &format!("- {}: {}\n", escape(&evidence.name), links.join(" "));
            }
            text + "\n"
        }
    }
}
