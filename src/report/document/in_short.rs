//! What came out, before any claim is judged.

use super::blocks::Block;
use crate::report::findings::{Findings, source_name};
use crate::report::group::Group;
use crate::report::written;
use crate::verdict::{Comparison, Difference, Verdict};
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

/// What a reader must know first, and the differences in a few sentences.
pub fn in_short(findings: &Findings) -> Vec<Block> {
    let mut blocks = Vec::new();
    let urgent = findings.all_faults().chain(&findings.verdict.other_data);
    blocks.extend(urgent.map(|note| Block::Paragraph(sentence(note))));
    let data = findings.environment.iter().flat_map(|environment| &environment.dataset.notes);
    let data: Vec<&str> = data.map(String::as_str).collect();
    if !data.is_empty() {
        blocks.push(Block::Paragraph(format!("About the data: {}.", data.join("; "))));
    }
    let known = findings.over_base.iter().any(|d| d.change.interval.is_some());
    if !findings.over_base.is_empty() && !known {
        let text =
            "There are too few seeds: no difference has an interval, and nothing can be decided.";
        blocks.push(Block::Paragraph(text.to_owned()));
    }
    let mut points = Vec::new();
    for group in Group::ALL {
        for (differences, other) in [
            (&findings.over_base, "`base`"),
            (&findings.over_resample, "as many copies of real rows"),
        ] {
            for control in [false, true] {
                let is_of = |d: &&Difference| {
                    Group::of(d.scenario) == Some(group) && is_control(d) == control
                };
                let of: Vec<&Difference> = differences.iter().filter(is_of).collect();
                points.extend(point(&name(group, control), other, &of));
            }
        }
    }
    if !points.is_empty() {
        blocks.push(Block::List(points));
    }
    blocks.extend(other_test_rows(&findings.verdict).map(Block::Note));
    blocks
}

/// Whether a difference is of rows that no generator learned.
fn is_control(difference: &Difference) -> bool {
    use crate::generators::GeneratorKind::{Independent, Resample, UniformItem};
    let kind = difference.source.generator.ours();
    kind.is_some_and(|kind| [Independent, Resample, UniformItem].contains(&kind))
}

/// What the intervals over seeds do not say.
fn other_test_rows(verdict: &Verdict) -> Option<String> {
    let comparisons = verdict.claims.iter().flat_map(|claim| &claim.comparisons);
    let wider = |c: &Comparison| {
        let both = c.numbers.both_interval?.half_width();
        Some(both / c.numbers.interval?.half_width()).filter(|times| times.is_finite())
    };
    // Several claims speak of the same cells.
    let mut times: BTreeMap<[&[String]; 2], f64> = BTreeMap::new();
    for c in comparisons.filter(|c| c.comparator.is_some()) {
        if let Some(of) = wider(c) {
            times.insert([&c.cells, &c.comparator_cells], of);
        }
    }
    let mut times: Vec<f64> = times.into_values().collect();
    times.sort_by(f64::total_cmp);
    let confidence = written(100.0 * verdict.confidence, 0);
    let (median, widest) = (times.get(times.len() / 2)?, times.last()?);
    Some(format!(
        "Intervals are of {confidence} % and over seeds, where nothing else is said: what more seeds would do on these \
         test rows. With other test rows as well, half of the {} of which that is known are up to {} times as wide, all up to {} times.",
        times.len(),
        written(*median, 1),
        written(*widest, 1)
    ))
}

/// On which side of 0 differences lie, and from where to where.
fn point(kind: &str, other: &str, of: &[&Difference]) -> Option<String> {
    let by_mean = |a: &&&Difference, b: &&&Difference| a.change.mean.total_cmp(&b.change.mean);
    let (least, most) = (of.iter().min_by(by_mean)?, of.iter().max_by(by_mean)?);
    let whole = |side: fn(f64, f64) -> bool| {
        let clear = |d: &&&Difference| d.change.interval.is_some_and(|i| side(i.low, i.high));
        of.iter().filter(clear).count()
    };
    let (above, below) = (whole(|low, _| low > 0.0), whole(|_, high| high < 0.0));
    let named = |d: &Difference| {
        let (generator, way) = source_name(d.source);
        format!(
            "{} ({generator} {way}, {}, {})",
            signed(d.change.mean),
            d.scenario,
            d.model.title()
        )
    };
    let beginning = format!("With {kind}, against {other}:");
    if of.len() == 1 {
        let side = match least.change.interval {
            Some(i) if i.low > 0.0 => "the whole interval above 0",
            Some(i) if i.high < 0.0 => "the whole interval below 0",
            Some(_) => "with an interval that holds 0",
            None => "too few seeds for an interval",
        };
        return Some(format!("{beginning} {} points, {side}.", named(least)));
    }
    Some(format!(
        "{beginning} of {} differences {above} {} wholly above 0 and {below} wholly below{}; means from {} to \
         {} points.",
        of.len(),
        if above == 1 { "lies" } else { "lie" },
        match of.iter().filter(|d| d.change.interval.is_none()).count() {
            0 => String::new(),
            1 => ", one has too few seeds for an interval".to_owned(),
            n => format!(", {n} have too few seeds for an interval"),
        },
        named(least),
        named(most)
    ))
}

fn signed(value: f64) -> String {
    let plus = if value < 0.0 { "" } else { "+" };
    format!("{plus}{}", written(value, 3))
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
