//! Pages that need no network and no script.

use std::fmt::Write;

/// Text as it stands in markup: what comes from data never becomes markup itself.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Control characters are not allowed in a page, whatever the data holds.
            c if c.is_control() && c != '\n' && c != '\t' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A whole page of this title around `body`, which is markup.
pub fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    let style = include_str!("style.css");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// What stands in a cell of a [`table`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A number as it is to be read, to the right.
    Number(String),
    /// The name of the row.
    Name(String),
    /// The name of the row, and what it means.
    Explained(String, String),
    /// A number that should worry.
    Alarm(String),
    /// What is no name of the row.
    Text(String),
    /// A number and how far it may be off, with a link to where it is from.
    Linked {
        /// The number.
        text: String,
        /// An address.
        to: Option<String>,
        /// How far it may be off.
        faint: Option<String>,
    },
}

/// A table with a caption, that scrolls on its own where the page is too narrow for it.
pub fn table(caption: &str, header: &[&str], rows: &[Vec<Cell>]) -> String {
    let caption = escape(caption);
    let mut text = format!(
        "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n\
         <table>\n<caption>{caption}</caption>\n<thead><tr>"
    );
    // Writing to a string does not fail.
    for (position, name) in header.iter().enumerate() {
        let number = rows.first().and_then(|row| row.get(position));
        let class = match number {
            Some(Cell::Number(_) | Cell::Alarm(_) | Cell::Linked { .. }) => " class=\"number\"",
            _ => "",
        };
        let _ = write!(text, "<th scope=\"col\"{class}>{}</th>", escape(name));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        text.push_str("<tr>");
        for cell in row {
            let _ = match cell {
                Cell::Number(content) => {
                    write!(text, "<td>{}</td>", escape(content))
                }
                // Nothing is no name.
                Cell::Name(content) if content.is_empty() => write!(text, "<td></td>"),
                Cell::Name(content) => write!(text, "<th scope=\"row\">{}</th>", escape(content)),
                Cell::Explained(name, meaning) => {
                    let (name, meaning) = (escape(name), escape(meaning));
                    write!(text, "<th scope=\"row\">{name}<p>{meaning}</p></th>")
                }
                Cell::Text(content) => write!(text, "<td class=\"text\">{}</td>", escape(content)),
                Cell::Linked { text: number, to, faint } => {
                    let number = escape(number);
                    let number = match to {
                        Some(to) => format!("<a href=\"{}\">{number}</a>", escape(to)),
                        None => number,
                    };
                    let faint = faint.as_ref().map(|faint| {
                        // A deviation fits behind its number, an interval below.
                        let space = if faint.starts_with('±') { " " } else { "<br>" };
                        format!("{space}<i>{}</i>", escape(faint))
                    });
                    let faint = faint.unwrap_or_default();
                    write!(text, "<td>{number}{faint}</td>")
                }
                Cell::Alarm(content) => {
                    write!(text, "<td class=\"alarm\">{}&nbsp;!</td>", escape(content))
                }
            };
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n</div>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_data_becomes_markup() {
        let nasty = "<script>alert('a & \"b\"')</script>\u{0}";
        let safe = "&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;\u{fffd}";
        assert_eq!(escape(nasty), safe);
        let cells = [Cell::Number, Cell::Name, Cell::Alarm].map(|c| c(nasty.into()));
        let explained = Cell::Explained(nasty.into(), nasty.into());
        let rows = [cells.to_vec(), vec![explained]];
        let page = page(nasty, &table(nasty, &[nasty; 4], &rows));
        assert!(!page.contains("<script>"), "{page}");
        assert_eq!(page.matches(safe).count(), 2 + 2 + 4 + 3 + 2);
    }
}
