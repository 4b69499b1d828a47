//! What came out, whatever is claimed.

use super::blocks::Block;
use crate::report::findings::{FEW_SEEDS, Findings};
use crate::report::group::Group;
use crate::report::sheet::{Entry, Sheet};
use crate::report::written;
use crate::statistics::Interval;
use crate::verdict::{Arm, Comparison, Difference, Verdict};
use std::collections::BTreeMap;

/// What is added, or takes the place of the real rows.
fn name(group: Group, control: bool) -> String {
    let whose = if control { "controls" } else { "generators" };
    match group {
        Group::Clicks => format!("clicks of {whose} added"),
        Group::Others => format!("non-clicks of {whose} added"),
        Group::Both => format!("clicks and non-clicks of {whose} added"),
        Group::Only => format!("rows of {whose} alone"),
    }
}

/// What a reader must know first.
pub fn first(findings: &Findings) -> Vec<Block> {
    let mut blocks = Vec::new();
    let urgent = findings.all_faults().chain(&findings.verdict.other_data);
    blocks.extend(urgent.map(|note| Block::Paragraph(sentence(note))));
    let data = findings.environment.as_ref().map(|environment| &environment.dataset);
    let notes = data.iter().flat_map(|data| data.notes.iter().cloned().chain(data.few()));
    let data: Vec<String> = notes.collect();
    if !data.is_empty() {
        blocks.push(Block::Paragraph(format!("About the data: {}.", data.join("; "))));
    }
    let known = findings.over_base.iter().any(|d| d.change.interval.is_some());
    if !findings.over_base.is_empty() && !known {
        let text =
            "There are too few seeds: no difference has an interval, and nothing can be decided.";
        blocks.push(Block::Paragraph(text.to_owned()));
    }
    blocks
}

/// On which side of 0 differences lie, and from where to where.
pub fn differences(findings: &Findings) -> Option<Sheet> {
    let title = "Differences in short: how many there are, how many lie on one side of 0 with their whole interval, \
                 and the lowest and the highest, in points of test AUC";
    let columns = ["differences", "above 0", "below 0", "no interval", "lowest", "highest"];
    let mut sheet = Sheet::new("in_short", title, &["rows", "against"], &columns);
    for group in Group::ALL {
        for (differences, other) in
            [(&findings.over_base, "base"), (&findings.over_resample, "copies of real rows")]
        {
            for control in [false, true] {
                let is_of = |d: &&Difference| {
                    Group::of(d.scenario) == Some(group)
                        && d.source.generator.is_control() == control
                };
                let of: Vec<&Difference> = differences.iter().filter(is_of).collect();
                let what = [&name(group, control), other].map(Entry::text);
                sheet.rows.extend(row(findings, &of).map(|row| [&what[..], &row].concat()));
            }
        }
    }
    sheet.drop_empty_columns();
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// Some differences; nothing if there are none.
fn row(findings: &Findings, of: &[&Difference]) -> Option<Vec<Entry>> {
    let by_mean = |a: &&&Difference, b: &&&Difference| a.change.mean.total_cmp(&b.change.mean);
    let ends = [of.iter().min_by(by_mean)?, of.iter().max_by(by_mean)?];
    let known: Vec<Interval> = of.iter().filter_map(|d| d.change.interval).collect();
    let above = known.iter().filter(|interval| interval.low > 0.0).count();
    let below = known.iter().filter(|interval| interval.high < 0.0).count();
    let mut row = [of.len(), above, below].map(Entry::count).to_vec();
    row.push(match of.len() - known.len() {
        0 => Entry::Nothing,
        unknown => Entry::count(unknown),
    });
    for Difference { source, scenario, model, change, .. } in ends {
        let arm = Arm { source: Some(*source), scenario: *scenario, model: Some(*model) };
        row.push(Entry::difference(change.mean, change.interval, findings.anchor(&arm)));
    }
    Some(row)
}

/// What the intervals over seeds do not say.
pub fn other_test_rows(verdict: &Verdict) -> Option<String> {
    let comparisons = verdict.claims.iter().flat_map(|claim| &claim.comparisons);
    let wider = |c: &Comparison| {
        let both = c.numbers.both_interval?.half_width();
        Some(both / c.numbers.interval?.half_width()).filter(|times| times.is_finite())
    };
    // Several claims speak of the same cells. Intervals of few seeds are wide already.
    let mut times: [BTreeMap<[&[String]; 2], f64>; 2] = Default::default();
    for c in comparisons.filter(|c| c.comparator.is_some()) {
        let fewest = c.numbers.seeds.len().min(c.numbers.comparator_seeds.len());
        if let Some(of) = wider(c) {
            times[usize::from(fewest < FEW_SEEDS)].insert([&c.cells, &c.comparator_cells], of);
        }
    }
    let [known, of_few] = times.map(|times| {
        let mut times: Vec<f64> = times.into_values().collect();
        times.sort_by(f64::total_cmp);
        let (median, widest) = (times.get(times.len() / 2)?, times.last()?);
        let [median, widest] = [median, widest].map(|times| written(*times, 1));
        Some(format!(
            "half of {} are up to {median} times as wide, all up to {widest} times",
            times.len()
        ))
    });
    let few = format!("with fewer than {FEW_SEEDS} seeds, which leave them wide as it is, ");
    let said = match (known, of_few) {
        (Some(known), Some(of_few)) => format!("{known}; {few}{of_few}"),
        (Some(known), None) => known,
        (None, of_few) => format!("{few}{}", of_few?),
    };
    let confidence = written(100.0 * verdict.confidence, 0);
    Some(format!(
        "Intervals are of {confidence} % and over seeds, where nothing else is said: what more seeds would do on these \
         test rows. With other test rows as well, as far as that is known, {said}."
    ))
}

/// A note as a sentence.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    // What begins with a path stays as it is.
    let first = if note.split(' ').next().is_some_and(|word| word.contains('/')) {
        note.chars().take(1).collect()
    } else {
        first
    };
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
