//! A comparison for a pull request, in GitHub's Markdown.

use super::{Report, words};
use crate::compare::{Comparison, Kind};

/// Most lines of a table of details: GitHub takes a megabyte in a job's summary and 65,536
/// characters in a comment.
const MOST: usize = 100;

/// The outcome first, then why, the means and the costs; the rest folded away.
pub fn markdown(report: &Report) -> String {
    let mark = if report.green { "✅" } else { "❌" };
    let mut text = format!("### {mark} synthctr compare: {}\n", escape(&report.summary()));
    if !report.green {
        text += &format!("\n{}\n", escape(&report.counts()));
    }
    text += &list("Why it is red", &report.reasons());
    text += &list("Notes", &report.notes());
    if let Some(quality) = &report.quality {
        text += &effects(quality);
    }
    text += &costs(report);
    if let Some(quality) = &report.quality {
        text += &details(quality);
    }
    text
}

/// Lines under a title; nothing without lines.
fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<String> = items.iter().map(|item| format!("- {}", escape(item))).collect();
    format!("\n**{title}**\n\n{}\n", items.join("\n"))
}

fn effects(quality: &Comparison) -> String {
    let judged = quality.means_are_judged;
    let (shown, more) = words::shown(quality, MOST);
    let rows = shown.iter().map(|effect| words::effect_row(effect, judged).into());
    let head =
        ["mean over cells and seeds", "base", "new", "worse by", "s.e.", "tolerated", "p", ""];
    table(&head, 1, rows.collect()) + &more_of(more)
}

fn costs(report: &Report) -> String {
    let rows = report.costs.iter().flatten().map(|cost| {
        vec![
            format!("{}, {}", cost.what, cost.unit),
            words::number(cost.old),
            words::number(cost.new),
            words::share(cost.more),
            cost.p_value.map_or_else(String::new, words::p_value),
            cost.tolerance.map_or_else(String::new, words::share),
            cost.verdict().to_owned(),
        ]
    });
    let head = [
        "medians; more: of the ratios within repetitions",
        "old",
        "new",
        "more",
        "p",
        "tolerated",
        "",
    ];
    table(&head, 1, rows.collect())
}

fn details(quality: &Comparison) -> String {
    let mut text = String::new();
    let rows: Vec<Vec<String>> = quality
        .changes
        .iter()
        .take(MOST)
        .filter_map(|change| {
            let leaf = words::headline(change)?;
            Some(vec![
                format!("{}/{}", change.kind.folder(), change.name),
                leaf.path.clone(),
                words::leaf(&leaf.base),
                words::leaf(&leaf.new),
                leaf.difference.map_or_else(String::new, words::signed),
                (change.leaves.len() - 1).to_string(),
            ])
        })
        .collect();
    let n = quality.changes.len();
    if n > 0 {
        let head = ["result", "what differs", "base", "new", "difference", "and more"];
        let title = format!("{} not the same bits, the worst first", words::count(n, "result"));
        text += &folded(&title, &(table(&head, 2, rows) + &more(n)));
    }
    let lists = [("in BASE and not in NEW", &quality.missing), ("only in NEW", &quality.added)];
    for (title, names) in lists.into_iter().filter(|(_, names)| !names.is_empty()) {
        let file = |(kind, name): &(Kind, String)| {
            format!("- {}", escape(&format!("{}/{name}", kind.folder())))
        };
        let lines: Vec<String> = names.iter().take(MOST).map(file).collect();
        let title = format!("{} {title}", words::count(names.len(), "result"));
        text += &folded(&title, &format!("\n{}\n{}", lines.join("\n"), more(names.len())));
    }
    if !quality.damaged.is_empty() {
        let line = |(file, why): (&String, &String)| format!("- {}: {}", escape(file), escape(why));
        let lines: Vec<String> = quality.damaged.iter().take(MOST).map(line).collect();
        let title = format!("{} damaged", words::count(quality.damaged.len(), "file"));
        text +=
            &folded(&title, &format!("\n{}\n{}", lines.join("\n"), more(quality.damaged.len())));
    }
    text
}

/// How many of n were left out.
fn more(n: usize) -> String {
    more_of(n.saturating_sub(MOST))
}

fn more_of(left_out: usize) -> String {
    if left_out > 0 { format!("\n… and {left_out} more.\n") } else { String::new() }
}

/// A table whose first columns are names and the others numbers; nothing without rows.
fn table(head: &[&str], names: usize, rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = format!("\n{}", line(head.iter().map(|cell| cell.to_string()).collect()));
    let rules = (0..head.len()).map(|at| if at < names { "---" } else { "---:" }.to_owned());
    text += &line(rules.collect());
    for row in rows {
        text += &line(row.iter().map(|cell| escape(cell)).collect());
    }
    text
}

/// Under a line that opens on a click. Empty lines around what is inside make it Markdown again.
fn folded(title: &str, inside: &str) -> String {
    format!("\n<details>\n<summary>{title}</summary>\n{inside}\n</details>\n")
}

/// A text that means itself, wherever it stands: no markup, no table, no link, no person notified.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '@' => escaped += "&#64;",
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '$' | '!' => {
                escaped.extend(['\\', c])
            }
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn names_cannot_leave_their_cell() {
        assert_eq!(escape("a|b\n<script>"), "a\\|b &lt;script&gt;");
        assert_eq!(escape("`x`[y](z)@me"), "\\`x\\`\\[y\\](z)&#64;me");
    }
}
