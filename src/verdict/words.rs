//! Answers in plain words.

use super::answer::Answer;
use super::claims::{Claim, Direction, Measure};
use super::comparison::SHARP;
use super::judge::{ClaimVerdict, Comparison, Shares};
use crate::generators::{Conditioning, Reading};

/// More seeds than these are not advised.
const MOST_SEEDS: usize = 1000;

/// Most names of missing cells in a sentence.
const NAMED: usize = 2;

/// The answer to a claim in a few sentences.
pub(super) fn of_claim(claim: &Claim, verdict: &ClaimVerdict) -> String {
    if verdict.comparisons.is_empty() {
        return format!(
            "Undecided: this run has none of the cells it speaks of{}.",
            named(verdict)
        );
    }
    let mut sentences = vec![first(claim, verdict)];
    if verdict.ways.len() > 1 {
        let ways = verdict.ways.iter().map(|way| {
            let how = way.conditioning.map_or("", |on| fitted(on, way.reading));
            format!("{how}: {}", way.answer)
        });
        sentences.push(format!("By way of fitting: {}.", ways.collect::<Vec<_>>().join("; ")));
    }
    if let [only] = verdict.comparisons.as_slice() {
        sentences.push(numbers(claim, only));
    } else {
        sentences.push(shares(claim, verdict));
    }
    if !verdict.missing.is_empty() {
        let n = verdict.missing.len();
        let are = if n == 1 { "cell it speaks of is" } else { "cells it speaks of are" };
        sentences.push(format!("{n} {are} not in this run{}.", named(verdict)));
    }
    // Where cells are missing, seeds could at most contradict it.
    if verdict.answer == Answer::Undecided && verdict.missing.is_empty() {
        sentences.extend(needed(verdict));
    }
    sentences.join(" ")
}

fn fitted(conditioning: Conditioning, reading: Reading) -> &'static str {
    match (conditioning, reading) {
        (Conditioning::Joint, Reading::Categories) => "on all rows",
        (Conditioning::PerClass, Reading::Categories) => "on each label alone",
        (Conditioning::Joint, Reading::Numbers) => "on all rows, numbers read as such",
        (Conditioning::PerClass, Reading::Numbers) => "on each label alone, numbers read as such",
    }
}

fn named(verdict: &ClaimVerdict) -> String {
    let some: Vec<&str> = verdict.missing.iter().take(NAMED).map(String::as_str).collect();
    let more = if verdict.missing.len() > NAMED { ", …" } else { "" };
    if some.is_empty() { String::new() } else { format!(" ({}{more})", some.join(", ")) }
}

/// The answer, and what it means of this claim.
fn first(claim: &Claim, verdict: &ClaimVerdict) -> String {
    let several = verdict.comparisons.len() > 1;
    let side = match claim.direction {
        Some(Direction::Higher) => "above",
        Some(Direction::Lower) => "below",
        Some(Direction::NotHigher) => "not above",
        None => "at",
    };
    let by = match claim.direction {
        Some(Direction::NotHigher) => {
            format!(" by the {} {} that matter", verdict.margin, verdict.measure.unit())
        }
        _ => String::new(),
    };
    let what = match (claim.direction, claim.than) {
        (None, _) => "the claimed value".to_owned(),
        (Some(_), None) => match claim.comparator.as_slice() {
            [one] => format!("`{}`", one.name()),
            _ => "every other".to_owned(),
        },
        (Some(_), Some(than)) => format!("{than}"),
    };
    let value = if claim.value.is_some() && claim.direction.is_some() {
        ", and the claimed value is held"
    } else {
        ""
    };
    let each = if several { "every interval lies" } else { "the interval lies" };
    match verdict.answer {
        Answer::Reproduced => {
            let ways = &verdict.ways;
            let held = ways.iter().filter(|way| way.answer == Answer::Reproduced).count();
            let so = match held < ways.len() {
                true => {
                    format!("Reproduced in {held} of {} ways that may be meant: there", ways.len())
                }
                false => "Reproduced:".to_owned(),
            };
            if claim.direction.is_none() {
                let each = if several { "each claimed value" } else { "the claimed value" };
                return format!(
                    "{so} {each} could be one more run of ours, of which the mean is known to ±{:.3} {} or better.",
                    SHARP * verdict.margin,
                    verdict.measure.unit()
                );
            }
            format!("{so} {each} {side} {what}{by}{value}.")
        }
        Answer::Contradicted => {
            let against = verdict.comparisons.iter().filter(|c| c.answer == Answer::Contradicted);
            let nothing =
                verdict.comparisons.iter().filter(|c| c.answer == Answer::NoEffectThatMatters);
            let (against, nothing) = (against.count(), nothing.count());
            let of = verdict.comparisons.len();
            match (against, nothing) {
                (1, 0) if of == 1 => match claim.direction {
                    Some(_) => "Contradicted: the interval lies on the other side.".to_owned(),
                    None => "Contradicted: the claimed value is out of reach.".to_owned(),
                },
                (0, _) => format!("Contradicted: {nothing} of {of} have no effect that matters."),
                (_, 0) => format!("Contradicted by {against} of {of}."),
                _ => format!(
                    "Contradicted by {against} of {of}; {nothing} more have no effect that matters."
                ),
            }
        }
        Answer::NoEffectThatMatters => format!(
            "No effect that matters: {each} within ±{} {} of {what}.",
            verdict.margin,
            verdict.measure.unit()
        ),
        Answer::Undecided => "Undecided.".to_owned(),
    }
}

/// How many comparisons are on which side.
fn shares(claim: &Claim, verdict: &ClaimVerdict) -> String {
    let all = &verdict.comparisons;
    if claim.direction.is_none() {
        let known: Vec<_> = all.iter().filter_map(|c| c.value.and_then(|v| v.interval)).collect();
        let held = known.iter().filter(|interval| interval.holds(0.0)).count();
        return format!("{held} of {} claimed values could be one of our runs.", known.len());
    }
    let Shares { above, clearly_above, clearly_below, .. } = verdict.shares;
    format!(
        "Of {} comparisons, {above} above {} ({clearly_above} with the whole interval) and {} below \
         ({clearly_below}).",
        all.len(),
        claim.threshold(),
        all.len() - above
    )
}

/// A comparison's number with its interval.
fn numbers(claim: &Claim, comparison: &Comparison) -> String {
    let seeds = comparison.numbers.seeds.len();
    let seeds = format!("{seeds} seed{}", if seeds == 1 { "" } else { "s" });
    let (unit, signed) = match (claim.measure, claim.comparator.is_empty()) {
        (_, true) => ("%", false),
        (measure, false) => (measure.unit(), true),
    };
    let number = |x: f64| if signed { format!("{x:+.3}") } else { format!("{x:.3}") };
    let mean = number(comparison.numbers.mean);
    match comparison.numbers.interval {
        Some(interval) => format!(
            "It is {mean} {unit}, with an interval from {} to {} over {seeds}.",
            number(interval.low),
            number(interval.high)
        ),
        None => format!("It is {mean} {unit} with {seeds}, which says nothing about its spread."),
    }
}

/// What would settle it.
fn needed(verdict: &ClaimVerdict) -> Option<String> {
    let open = || verdict.comparisons.iter().filter(|c| c.answer == Answer::Undecided);
    if open().any(|c| c.numbers.interval.is_none()) {
        return Some("At least two seeds are needed everywhere to know the spread.".to_owned());
    }
    let open_ways = verdict.ways.iter().filter(|way| way.answer == Answer::Undecided);
    let by_way = open_ways.map(|way| way.more_seeds).collect::<Option<Vec<usize>>>()?;
    let (least, most) = (*by_way.iter().min()?, *by_way.iter().max()?);
    let seeds =
        |n: usize| if n == 1 { "1 more seed".to_owned() } else { format!("{n} more seeds") };
    let would = match (least, most) {
        (MOST_SEEDS.., _) => format!("{} would not settle it", seeds(MOST_SEEDS)),
        (same, most) if same == most => format!("{} would settle it", seeds(most)),
        // One way of fitting is enough to bear it out, and all are needed to contradict it.
        (least, MOST_SEEDS..) => {
            format!("{} would settle one way of fitting, and {MOST_SEEDS} not all", seeds(least))
        }
        (least, most) => {
            format!("{} would settle one way of fitting, and {most} all", seeds(least))
        }
    };
    let measure = match verdict.measure {
        Measure::Auc => "differences",
        Measure::IdenticalRows => "shares",
    };
    let often = match least < MOST_SEEDS {
        true => "; to look after each, use `run --until-decided`",
        false => "",
    };
    Some(format!("If {measure} and spread stay as they are, {would}{often}."))
}
