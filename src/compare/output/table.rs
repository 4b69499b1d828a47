//! A comparison for a terminal of 120 columns.

use super::{Report, words};
use crate::compare::{Comparison, EntryChange, Kind};
use crate::ruled::{self, titled};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table};

/// Columns of the terminal.
const WIDTH: u16 = 120;

/// Everything in words and tables but the [summary](Report::summary), which comes last; of differing
/// results, names and parts at most `worst` each.
pub fn table(report: &Report, worst: usize, colour: bool) -> String {
    let mut parts = Vec::new();
    if let Some(quality) = &report.quality {
        parts.extend(changes(quality, worst, colour));
        parts.extend(effects(quality, worst, colour));
        parts.extend(names("In BASE and not in NEW", &quality.missing, worst));
        parts.extend(names("In NEW and not in BASE", &quality.added, worst));
        let damaged: Vec<String> = quality
            .damaged
            .iter()
            .take(worst)
            .map(|(file, why)| format!("  {}: {}", clean(file), clean(why)))
            .collect();
        if !damaged.is_empty() {
            parts.push(format!("Damaged\n{}\n", damaged.join("\n")));
        }
        parts.extend(stages(quality, colour));
    }
    parts.extend(costs(report, colour));
    let lines = |title: &str, lines: Vec<String>| {
        let lines: Vec<String> = lines.iter().map(|line| wrapped(&clean(line))).collect();
        (!lines.is_empty()).then(|| format!("{title}\n{}\n", lines.join("\n")))
    };
    parts.extend(lines("Notes", report.notes()));
    parts.extend(lines("Why it is red", report.reasons()));
    if !report.green {
        parts.push(format!("{}\n", report.counts()));
    }
    parts.join("\n")
}

fn clean(text: &str) -> String {
    words::cut(text, usize::MAX)
}

/// A paragraph, indented, its later lines more.
fn wrapped(text: &str) -> String {
    let mut lines = vec![" ".to_owned()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line + 1 + word.chars().count() > usize::from(WIDTH) && line > 4 {
            lines.push("   ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n")
}

/// Each differing result with the number that speaks for it.
fn changes(quality: &Comparison, worst: usize, colour: bool) -> Option<String> {
    let changes = &quality.changes;
    let mut table = empty(&["result", "what differs"], &["base", "new", "change", "more"], colour);
    for change in changes.iter().take(worst) {
        let row = row(change)?;
        let light = if quality.is_red(change) { Color::Red } else { Color::Reset };
        table.add_row(row.map(|text| Cell::new(text).fg(light)));
    }
    let more = changes.len().saturating_sub(worst);
    let more = if more > 0 {
        format!("… and {more} more that differ; --json FILE has all\n")
    } else {
        String::new()
    };
    (!changes.is_empty())
        .then(|| titled("Results that are not the same bits, the worst first", &table) + &more)
}

/// A differing result's row; none of a change without a difference, which is none.
fn row(change: &EntryChange) -> Option<[String; 6]> {
    let leaf = words::headline(change)?;
    let folder = if change.kind == Kind::Quality { "quality/" } else { "" };
    Some([
        words::end(&format!("{folder}{}", change.name), 52),
        words::end(&leaf.path, 26),
        number(&leaf.base),
        number(&leaf.new),
        leaf.difference.map_or_else(String::new, words::signed),
        match change.leaves.len() - 1 {
            0 => String::new(),
            more => format!("{more}"),
        },
    ])
}

/// In five decimals: 120 columns hold no more.
fn number(value: &Option<serde_json::Value>) -> String {
    match value.as_ref().and_then(serde_json::Value::as_f64) {
        Some(value) if value.fract() != 0.0 => format!("{value:.5}"),
        _ => words::cut(&words::leaf(value), 8),
    }
}

fn effects(quality: &Comparison, worst: usize, colour: bool) -> Option<String> {
    let mut table = empty(
        &["mean over cells and seeds"],
        &["base", "new", "worse by", "± s.e.", "tolerated", "p", ""],
        colour,
    );
    let (shown, more) = words::shown(quality, worst);
    for effect in &shown {
        let light = if effect.regression { Color::Red } else { Color::Reset };
        let row = words::effect_row(effect, quality.means_are_judged);
        table.add_row(row.map(|text| Cell::new(text).fg(light)));
    }
    let level = |is_part: bool| {
        let of = quality.effects.iter().find(|effect| effect.scope.is_part() == is_part)?;
        Some(words::p_value(of.level))
    };
    let title = match (level(false)?, level(true)) {
        _ if !quality.means_are_judged => {
            "Means, for information: every change is red until it is declared".to_owned()
        }
        (means, None) => {
            format!("Means; red if worse by more than tolerated, with p at most {means}")
        }
        (means, Some(parts)) => format!(
            "Means; red if worse by more than tolerated, with p at most {means} (of a part {parts})"
        ),
    };
    let more = match more {
        0 => String::new(),
        n => format!("… and {n} more parts that are worse; --json FILE has all\n"),
    };
    Some(titled(&title, &table) + &more)
}

fn names(title: &str, names: &[(Kind, String)], worst: usize) -> Option<String> {
    let mut lines: Vec<String> = names
        .iter()
        .take(worst)
        .map(|(kind, name)| format!("  {}/{}", kind.folder(), clean(name)))
        .collect();
    if names.len() > worst {
        lines.push(format!("  … and {} more; --json FILE has all", names.len() - worst));
    }
    (!names.is_empty()).then(|| format!("{title}\n{}\n", lines.join("\n")))
}

fn stages(quality: &Comparison, colour: bool) -> Option<String> {
    let [base, new] = quality.stages.as_ref()?;
    let columns = ["base s", "new s", "more", "base MB", "new MB"];
    let mut table = empty(&["stage"], &columns, colour);
    for (base, new) in base.iter().zip(new) {
        let peak = |peak: Option<f64>| peak.map_or_else(String::new, |mb| format!("{mb:.0}"));
        let more = if base.seconds > 0.0 {
            words::share(new.seconds / base.seconds - 1.0)
        } else {
            String::new()
        };
        table.add_row([
            base.stage.to_owned(),
            format!("{:.2}", base.seconds),
            format!("{:.2}", new.seconds),
            more,
            peak(base.peak_mb),
            peak(new.peak_mb),
        ]);
    }
    Some(titled("Time and memory as recorded, for information", &table))
}

fn costs(report: &Report, colour: bool) -> Option<String> {
    let (costs, measurements) = (report.costs.as_ref()?, report.measurements.as_ref()?);
    let columns = ["old", "new", "more", "p", "tolerated", "would show", ""];
    let mut table = empty(&["medians; more: of the ratios within repetitions"], &columns, colour);
    for cost in costs {
        let light = if cost.regression { Color::Red } else { Color::Reset };
        table.add_row(
            [
                format!("{}, {}", cost.what, cost.unit),
                words::number(cost.old),
                words::number(cost.new),
                words::share(cost.more),
                cost.p_value.map_or_else(String::new, words::p_value),
                cost.tolerance.map_or_else(String::new, words::share),
                cost.shown.map_or_else(String::new, words::share),
                cost.verdict().to_owned(),
            ]
            .map(|text| Cell::new(text).fg(light)),
        );
    }
    let title = format!(
        "Two programs in turn, {}; would show: the smallest increase found in 95 of 100 cases",
        words::count(measurements.repetitions.len(), "repetition")
    );
    Some(titled(&title, &table))
}

/// A table with left-aligned names and right-aligned numbers.
fn empty(names: &[&str], numbers: &[&str], colour: bool) -> Table {
    let mut table = ruled::table(colour);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(WIDTH);
    table.set_header(names.iter().chain(numbers));
    for column in names.len()..names.len() + numbers.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}
