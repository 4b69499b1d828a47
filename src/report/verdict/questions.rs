//! The best ratio, longer training and where differences come from, as tables.

use super::text::{contrast_text, interval_text, wrapped};
use crate::report::table::{NOTHING, empty_table, titled};
use crate::verdict::{Longer, Moment, Ratios, Reason, Survival, Verdict, Why};
use comfy_table::{Cell, Color};
use std::collections::BTreeSet;

/// The difference to `base` by ratio, and which ratio is best; none without a sweep.
pub fn ratios_table(verdict: &Verdict, colour: bool) -> Option<String> {
    if verdict.ratios.is_empty() {
        return None;
    }
    let names: Vec<String> = verdict.ratios.iter().map(sweep_name).collect();
    let mut table = empty_table(&["added"], names.iter().map(String::as_str), colour);
    let percents: BTreeSet<u16> =
        verdict.ratios.iter().flat_map(|sweep| sweep.ratios.iter().map(|at| at.percent)).collect();
    for percent in percents {
        let mut row = vec![Cell::new(format!("{percent} %"))];
        for sweep in &verdict.ratios {
            let at = sweep.ratios.iter().find(|at| at.percent == percent);
            let text = at.map_or(NOTHING.to_owned(), |at| {
                let interval = interval_text(at.gain.interval, true);
                format!("{:+.3}  {interval}", at.gain.mean)
            });
            let cell = Cell::new(text);
            row.push(if sweep.best == percent { cell.fg(Color::Cyan) } else { cell });
        }
        table.add_row(row);
    }
    let mut text = titled("Difference to base by ratio, in points, over seeds", &table);
    for (sweep, name) in verdict.ratios.iter().zip(&names) {
        let ends = (sweep.not_worse.first(), sweep.not_worse.last());
        let name = name.replace('\n', " ");
        let all: Vec<String> = sweep.not_worse.iter().map(u16::to_string).collect();
        text += &wrapped(&match ends {
            (Some(first), Some(last)) if first < last => format!(
                "{name}: best at {} %, but not clearly better than all others; the best may be any of {} %.",
                sweep.best,
                all.join(", ")
            ),
            _ => format!("{name}: best at {} %, clearly better than all others.", sweep.best),
        });
    }
    text += "  0 % is base. Clearly: the interval of the difference to the best, corrected for their number.\n";
    Some(text)
}

fn sweep_name(sweep: &Ratios) -> String {
    let rows = if sweep.label == 0 { "negatives" } else { "positives" };
    format!("{} {}\n{rows}, {}", sweep.generator, sweep.way.title(" "), sweep.model)
}

/// The difference to `base` in the course of training; none where no test figures were kept.
pub fn longer_table(verdict: &Verdict, colour: bool) -> Option<String> {
    let first = verdict.longer.first()?;
    let moments: Vec<String> = first.moments.iter().map(Moment::title).collect();
    let mut table = empty_table(&["", "at the end"], moments.iter().map(String::as_str), colour);
    for longer in &verdict.longer {
        let mut row = vec![Cell::new(longer_name(longer)), Cell::new(survival(longer.at_the_end))];
        let gains = longer.moments.iter().map(|moment| Cell::new(contrast_text(&moment.gain)));
        row.extend(gains);
        table.add_row(row);
    }
    let title = "Difference to base in the course of training, in points of test AUC, with intervals over seeds";
    let legend = "  Early stop: the weights that early stopping (patience 2) keeps; best epoch: of all by \
                  validation AUC;\n  last quarter: the mean over its epochs, by which it is said what is left at the end.\n";
    Some(titled(title, &table) + legend)
}

fn longer_name(longer: &Longer) -> String {
    format!(
        "{} {}\n  {} {}",
        longer.generator,
        longer.way.title(" "),
        longer.scenario,
        longer.model
    )
}

fn survival(survival: Survival) -> &'static str {
    match survival {
        Survival::Gain => "a gain",
        Survival::Loss => "a loss",
        Survival::Nothing => "no effect",
        Survival::Undecided => "undecided",
    }
}

/// Columns of the first table of reasons: names in results, and in the table.
const COLUMNS: [(&str, &str); 6] = [
    ("test_auc", "AUC"),
    ("auc_head", "popular\nitems"),
    ("auc_middle", "middle\nitems"),
    ("auc_tail", "rare\nitems"),
    ("valid_logloss_clicks", "log loss\nof clicks"),
    ("valid_logloss_others", "log loss\nof others"),
];

/// Most fields named.
const FIELDS: usize = 3;

/// Which items and which class gain, and which fields models rely on more; none without sources.
pub fn why_tables(verdict: &Verdict, colour: bool) -> Option<String> {
    if verdict.why.is_empty() {
        return None;
    }
    let mut table = empty_table(&[""], COLUMNS.map(|(_, title)| title), colour);
    let mut fields = String::new();
    for why in &verdict.why {
        let mut row = vec![Cell::new(why_name(why))];
        for (name, _) in COLUMNS {
            let reason = why.reasons.iter().find(|reason| reason.of == name);
            row.push(Cell::new(
                reason.map_or(NOTHING.to_owned(), |reason| contrast_text(&reason.change)),
            ));
        }
        table.add_row(row);
        fields += &fields_text(why);
    }
    let mut text =
        titled("Where differences to base are, with intervals over seeds (AUCs in points)", &table);
    if !fields.is_empty() {
        text += "Fields whose importance (AUC lost when their values change places, in points) changes, each by \
                 its own\ninterval; of many fields some do so by chance:\n";
        text += &fields;
    }
    Some(text)
}

fn why_name(why: &Why) -> String {
    format!("{} {}\n  {} {}", why.generator, why.way.title(" "), why.scenario, why.model)
}

/// The fields that clearly change most, in one line.
fn fields_text(why: &Why) -> String {
    let clear = |reason: &&Reason| reason.change.interval.is_some_and(|i| !i.holds(0.0));
    let named = |reason: &&Reason| reason.of.starts_with("importance.");
    let mut fields: Vec<&Reason> = why.reasons.iter().filter(named).filter(clear).collect();
    fields.sort_by(|a, b| b.change.mean.abs().total_cmp(&a.change.mean.abs()));
    if fields.is_empty() {
        return String::new();
    }
    let text = |reason: &&Reason| {
        let field = reason.of.trim_start_matches("importance.");
        let interval = interval_text(reason.change.interval, true);
        format!("{field} {:+.3} ({interval})", reason.change.mean)
    };
    let named: Vec<String> = fields.iter().take(FIELDS).map(text).collect();
    wrapped(&format!("{}: {}", why_name(why).replace("\n ", ","), named.join(", ")))
}
