//! A report as one page: no network, no script.

use super::blocks::{Block, Claim, Document, Evidence};
use crate::report::figures::{Figure, Image};
use crate::report::html::{escape, page as whole};
use crate::report::sheet;
use crate::verdict::Answer;

/// The page.
pub fn page(document: &Document) -> String {
    let mut body = String::new();
    for block in &document.blocks {
        body += &part(block);
    }
    whole(&document.title, &body)
}

fn part(block: &Block) -> String {
    match block {
        Block::Heading(level, title, anchor) => {
            format!("<h{level} id=\"{}\">{}</h{level}>\n", escape(anchor), escape(title))
        }
        Block::Paragraph(text) => format!("<p>{}</p>\n", prose(text)),
        Block::Note(text) => format!("<p class=\"faint\">{}</p>\n", prose(text)),
        Block::List(points) => {
            let points = points.iter().map(|point| format!("<li>{}</li>\n", prose(point)));
            format!("<ul>\n{}</ul>\n", points.collect::<String>())
        }
        Block::Claim(claim) => of_claim(claim),
        Block::Contents(links) => {
            let link = |(anchor, title): &(String, String)| {
                format!("<li><a href=\"#{}\">{}</a></li>\n", escape(anchor), escape(title))
            };
            let links: String = links.iter().map(link).collect();
            format!("<nav aria-label=\"Contents\">\n<ul>\n{links}</ul>\n</nav>\n")
        }
        Block::Sheet(sheet) => sheet::html(sheet),
        Block::Folded(line, sheet) => folded(&sheet.name, line, &sheet::html(sheet)),
        Block::Figure(figure) => of_figure(figure),
        Block::Facts(facts) => {
            let fact = |(name, fact): &(String, String)| {
                format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(fact))
            };
            format!("<dl>\n{}</dl>\n", facts.iter().map(fact).collect::<String>())
        }
        Block::Evidence(all) => {
            format!(
                "<ul class=\"evidence\">\n{}</ul>\n",
                all.iter().map(of_evidence).collect::<String>()
            )
        }
    }
}

/// Running text; what stands between backticks is what people type.
fn prose(text: &str) -> String {
    let escaped = escape(text);
    if !escaped.matches('`').count().is_multiple_of(2) {
        return escaped;
    }
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("<code>{part}</code>"),
    };
    escaped.split('`').enumerate().map(part).collect()
}

fn of_claim(claim: &Claim) -> String {
    let class = match claim.answer {
        Answer::Reproduced => "reproduced",
        Answer::Contradicted => "contradicted",
        Answer::NoEffectThatMatters => "nothing",
        Answer::Undecided => "undecided",
    };
    let place = match claim.place.is_empty() {
        true => String::new(),
        false => format!(" <span class=\"faint\">{}</span>", escape(&claim.place)),
    };
    let comparisons = claim.comparisons.as_ref().map_or(String::new(), |table| {
        format!(" <a href=\"#{}\">The comparisons behind it</a>", escape(table))
    });
    format!(
        "<div class=\"claim {class}\">\n<p><b class=\"answer\">{}</b> \
         “{}”{place}</p>\n<p>{}{comparisons}</p>\n</div>\n",
        claim.answer,
        prose(&claim.sentence),
        prose(&claim.words)
    )
}

fn folded(id: &str, line: &str, content: &str) -> String {
    let id = escape(id);
    format!(
        "<details>\n<summary>{}</summary>\n<div id=\"{id}\">\n{content}</div>\n</details>\n",
        escape(line)
    )
}

/// A figure, what it shows in words, and its table.
fn of_figure(figure: &Figure) -> String {
    let (title, what) = (escape(&figure.title), prose(&figure.description));
    let id = escape(&figure.name);
    // On the page the title is a heading: the image begins below its own.
    let Image { svg, size: (width, height), title: cut } = &figure.image;
    let (_, content) = svg.split_once('>').unwrap_or(("", svg));
    let image = format!(
        "<svg role=\"img\" aria-labelledby=\"{id}-title {id}-text\" font-family=\"sans-serif\" \
         viewBox=\"0 {cut} {width} {}\">{content}",
        height - cut
    );
    format!(
        "<figure id=\"{id}\">\n<h3 id=\"{id}-title\">{title}</h3>\n<div class=\"wide image\" tabindex=\"0\" role=\"region\" \
         aria-label=\"Figure: {title}\">\n{image}</div>\n<figcaption id=\"{id}-text\">{what}</figcaption>\n{}</figure>\n",
        folded(
            &format!("{}-numbers", figure.name),
            &format!("The numbers: {}", figure.title),
            &sheet::html(&figure.sheet)
        )
    )
}

fn of_evidence(evidence: &Evidence) -> String {
    let link = |(to, name, number): &(String, String, String)| {
        format!(" <a href=\"{}\" title=\"{}\">{}</a>", escape(to), escape(name), escape(number))
    };
    let links: String = evidence.files.iter().map(link).collect();
    format!("<li id=\"{}\">{}:{links}</li>\n", escape(&evidence.anchor), escape(&evidence.name))
}
