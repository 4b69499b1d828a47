//! Tables for repositories and issues.

use super::{Entry, NOTHING, Sheet};

/// A table in Markdown, as GitHub shows it.
pub fn markdown(sheet: &Sheet) -> String {
    let line = |entries: Vec<String>| format!("| {} |\n", entries.join(" | "));
    let mut text = line(sheet.columns.iter().map(|name| escape(name)).collect());
    let rule = |column| if sheet.is_of_numbers(column) { "---:" } else { "---" };
    text += &line((0..sheet.columns.len()).map(|column| rule(column).to_owned()).collect());
    for row in &sheet.rows {
        text += &line(row.iter().map(entry).collect());
    }
    text
}

fn entry(entry: &Entry) -> String {
    match entry {
        Entry::Text(text) => escape(text),
        Entry::Word(word) => escape(word),
        Entry::Nothing => NOTHING.to_owned(),
        Entry::Number(number) => match number.spread_text() {
            Some(spread) if spread.starts_with('±') => format!("{} {spread}", number.text()),
            Some(spread) => format!("{} ({spread})", number.text()),
            None => number.text(),
        },
    }
}

/// Text whose characters all mean themselves, in one line.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => escaped.extend(['\\', c]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::tests::{decided, nasty};
    use super::*;

    const EXPECTED: &str = r#"| a,b\|c | gain | d\_e &amp; f |
| --- | ---: | ---: |
| &lt;i&gt;"x"&lt;/i&gt; \\ \${}^\~\#\| =1+1 | +0.120 (−0.012 … +0.250) | 1,234.5 ±0.2 (3) |
| plain | −0.500 | – |
"#;

    #[test]
    fn a_table_as_repositories_show_them() {
        assert_eq!(markdown(&nasty()), EXPECTED);
    }

    #[test]
    fn words_stand_where_numbers_do() {
        let text = markdown(&decided());
        assert!(text.ends_with("| --- | ---: | ---: | --- |\n| x | decided | 7 | borne out |\n"));
    }
}
