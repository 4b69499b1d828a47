//! Answers in plain words.

use super::answer::Answer;
use super::claim_verdict::{ClaimVerdict, Comparison, Shares, WayVerdict};
use super::claims::{Claim, Direction, Measure, Over};
use super::comparison::SHARP;
use crate::generators::{Conditioning, Reading};
use crate::statistics::Interval;

/// More seeds than these are not advised.
pub const MOST_SEEDS: usize = 1000;

/// Most names of missing cells in a sentence.
const NAMED: usize = 2;

/// The answer to a claim in a few sentences.
pub(super) fn of_claim(claim: &Claim, verdict: &ClaimVerdict) -> String {
    if verdict.comparisons.is_empty() {
        return match claim.over {
            Over::Each => {
                format!("Undecided: this run has none of the cells it speaks of{}.", named(verdict))
            }
            Over::Mean => {
                format!("Undecided: cells are missing of each mean it speaks of{}.", named(verdict))
            }
        };
    }
    let mut sentences = vec![first(claim, verdict)];
    sentences.extend(by_way(&verdict.ways));
    sentences.extend(verdict.out_of.map(|n| {
        let ways = verdict.ways.len();
        let were = if ways == 1 { "way of fitting was" } else { "ways of fitting were" };
        format!("{ways} {were} chosen of {n} and judged as such; the others are not asked here.")
    }));
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

/// What becomes of it in each way of fitting, if there are several: those apart that are not as most are.
fn by_way(ways: &[WayVerdict]) -> Option<String> {
    let count = |answer| ways.iter().filter(|way| way.answer == answer).count();
    let most = ways.iter().map(|way| way.answer).max_by_key(|answer| count(*answer))?;
    if ways.len() < 2 {
        return None;
    }
    if count(most) == ways.len() {
        return Some(format!("That is so in each of {} ways of fitting.", ways.len()));
    }
    let alone = ways.iter().filter(|way| way.answer != most || count(most) == 1).map(|way| {
        let how = way.conditioning.map_or("", |on| fitted(on, way.reading));
        format!("{} if fitted {how}", way.answer)
    });
    let mut parts: Vec<String> = alone.collect();
    if count(most) > 1 {
        parts.push(format!("{most} in the other {}", count(most)));
    }
    Some(format!("By way of fitting: {}.", parts.join("; ")))
}

fn fitted(conditioning: Conditioning, reading: Reading) -> &'static str {
    match (conditioning, reading) {
        (Conditioning::Joint, Reading::Categories) => "on all rows",
        (Conditioning::PerClass, Reading::Categories) => "on each label alone",
        (Conditioning::Joint, Reading::Numbers) => "on all rows with numbers read as such",
        (Conditioning::PerClass, Reading::Numbers) => {
            "on each label alone with numbers read as such"
        }
    }
}

fn named(verdict: &ClaimVerdict) -> String {
    let some: Vec<&str> = verdict.missing.iter().take(NAMED).map(String::as_str).collect();
    let more = if verdict.missing.len() > NAMED { ", …" } else { "" };
    if some.is_empty() { String::new() } else { format!(" ({}{more})", some.join(", ")) }
}

/// The answer, and what it means of this claim.
fn first(claim: &Claim, verdict: &ClaimVerdict) -> String {
    let Some(direction) = claim.direction else { return first_of_value(claim, verdict) };
    let several = verdict.comparisons.len() > 1;
    let side = match direction {
        Direction::Higher => "above",
        Direction::Lower => "below",
        Direction::NotHigher => "not above",
    };
    let by = match direction {
        Direction::NotHigher => {
            format!(" by the {} {} that matter", verdict.margin, verdict.measure.unit())
        }
        _ => String::new(),
    };
    let what = match claim.than {
        None => match claim.comparator.as_slice() {
            [one] => format!("`{}`", one.name()),
            _ => "every other".to_owned(),
        },
        Some(than) => format!("{than}"),
    };
    let value = if claim.value.is_some() { ", and the claimed value is held" } else { "" };
    let each = if several { "every interval lies" } else { "the interval lies" };
    match verdict.answer {
        Answer::Reproduced => format!("{} {each} {side} {what}{by}{value}.", reproduced(verdict)),
        // What contradicts it may be its side or its value.
        Answer::Contradicted if !several && on_claimed_side(claim, verdict) => {
            "Contradicted: the claimed value is out of reach.".to_owned()
        }
        Answer::Contradicted if !several => {
            "Contradicted: the interval lies on the other side.".to_owned()
        }
        Answer::Contradicted => contradicted(verdict),
        Answer::NoEffectThatMatters => format!(
            "No effect that matters: {each} within ±{} {} of {what}.",
            verdict.margin,
            verdict.measure.unit()
        ),
        Answer::Undecided => "Undecided.".to_owned(),
    }
}

/// Whether the only comparison's mean is on the claimed side.
fn on_claimed_side(claim: &Claim, verdict: &ClaimVerdict) -> bool {
    let [only] = verdict.comparisons.as_slice() else { return false };
    let from = only.numbers.mean - claim.threshold();
    match claim.direction {
        Some(Direction::Higher) => from > 0.0,
        Some(Direction::Lower) => from < 0.0,
        Some(Direction::NotHigher) => from <= verdict.margin,
        None => true,
    }
}

/// The same of a claim that is a value and nothing else.
fn first_of_value(claim: &Claim, verdict: &ClaimVerdict) -> String {
    let several = verdict.comparisons.len() > 1;
    match verdict.answer {
        Answer::Reproduced => format!(
            "{} {} is held. It could be {}, or is within the margin of it, and our mean is known to ±{:.3} {} or better.",
            reproduced(verdict),
            if several { "each claimed value" } else { "the claimed value" },
            match claim.runs {
                1 => "one more run of ours".to_owned(),
                n => format!("the mean of {n} more runs of ours"),
            },
            SHARP * verdict.margin,
            verdict.measure.unit()
        ),
        Answer::Contradicted if !several => {
            "Contradicted: the claimed value is out of reach.".to_owned()
        }
        Answer::Contradicted => contradicted(verdict),
        _ => "Undecided.".to_owned(),
    }
}

/// In how many ways that may be meant it is reproduced.
fn reproduced(verdict: &ClaimVerdict) -> String {
    let ways = &verdict.ways;
    let held = ways.iter().filter(|way| way.answer == Answer::Reproduced).count();
    match held < ways.len() {
        true => format!("Reproduced in {held} of {} ways that may be meant: there", ways.len()),
        false => "Reproduced:".to_owned(),
    }
}

/// What contradicts it.
fn contradicted(verdict: &ClaimVerdict) -> String {
    let count = |answer| verdict.comparisons.iter().filter(|c| c.answer == answer).count();
    let (against, nothing) = (count(Answer::Contradicted), count(Answer::NoEffectThatMatters));
    let of = verdict.comparisons.len();
    match (against, nothing) {
        (0, _) => format!("Contradicted: {nothing} of {of} have no effect that matters."),
        (_, 0) => format!("Contradicted by {against} of {of}."),
        _ => format!(
            "Contradicted by {against} of {of}; {nothing} more have no effect that matters."
        ),
    }
}

/// How many comparisons are on which side.
fn shares(claim: &Claim, verdict: &ClaimVerdict) -> String {
    let all = &verdict.comparisons;
    if claim.direction.is_none() {
        let known: Vec<_> = all.iter().filter_map(|c| c.value.and_then(|v| v.interval)).collect();
        let held = |i: &&Interval| i.holds(0.0) || i.lies_within(verdict.margin);
        let held = known.iter().filter(held).count();
        return format!("{held} of {} claimed values are held.", known.len());
    }
    let Shares { above, clearly_above, clearly_below, .. } = verdict.shares;
    let below = all.iter().filter(|c| c.numbers.mean < claim.threshold()).count();
    format!(
        "Of {} comparisons, {above} above {} ({clearly_above} with the whole interval) and {below} below \
         ({clearly_below}).",
        all.len(),
        claim.threshold()
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
        return Some(
            "At least two seeds that differ are needed everywhere to know the spread.".to_owned(),
        );
    }
    let ways: Vec<&WayVerdict> =
        verdict.ways.iter().filter(|way| way.answer == Answer::Undecided).collect();
    let known = || ways.iter().filter_map(|way| way.settled_by);
    // One way of fitting is enough to bear it out; otherwise all of them must come to something else.
    let bears_out =
        known().filter(|by| by.answer == Answer::Reproduced).map(|by| by.more_seeds).min();
    let more = match bears_out {
        Some(more) => more,
        None if known().count() < ways.len() => return None,
        None => known().map(|by| by.more_seeds).max()?,
    };
    let seeds = if more == 1 { "1 more seed".to_owned() } else { format!("{more} more seeds") };
    let would = match bears_out {
        _ if more > MOST_SEEDS => format!("{MOST_SEEDS} more seeds would not settle it"),
        Some(_) if verdict.ways.len() > 1 => {
            format!(
                "{seeds} would just bear it out in one way of fitting; to look after each, use `run --until-decided`"
            )
        }
        _ => format!("{seeds} would just settle it; to look after each, use `run --until-decided`"),
    };
    let measure = match verdict.measure {
        Measure::Auc => "differences",
        Measure::IdenticalRows => "shares",
    };
    Some(format!("If {measure} and spread stay as they are, {would}."))
}

#[cfg(test)]
mod tests {
    use super::Answer::{Contradicted, Reproduced, Undecided};
    use super::*;

    #[test]
    fn ways_that_are_not_as_most_are_stand_apart() {
        let ways = |answers: &[Answer]| -> Option<String> {
            let all = [Conditioning::Joint, Conditioning::PerClass].into_iter().flat_map(|on| {
                [Reading::Categories, Reading::Numbers].map(|reading| (on, reading))
            });
            let ways = all.zip(answers).map(|((on, reading), answer)| WayVerdict {
                conditioning: Some(on),
                reading,
                answer: *answer,
                settled_by: None,
            });
            by_way(&ways.collect::<Vec<_>>())
        };
        assert_eq!(ways(&[Undecided]), None);
        let told = |answers: &[Answer]| ways(answers).unwrap();
        assert_eq!(told(&[Undecided; 4]), "That is so in each of 4 ways of fitting.");
        assert_eq!(
            told(&[Contradicted, Undecided, Undecided, Undecided]),
            "By way of fitting: contradicted if fitted on all rows; undecided in the other 3."
        );
        assert_eq!(
            told(&[Undecided, Reproduced]),
            "By way of fitting: undecided if fitted on all rows; reproduced if fitted on all rows with numbers read \
             as such."
        );
    }
}
