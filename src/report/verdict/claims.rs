//! A verdict as text for a terminal or a file.

use super::text::{interval_text, seeds_text, wrapped};
use crate::generators::Way;
use crate::report::table::{NOTHING, empty_table, titled};
use crate::statistics::Interval;
use crate::verdict::claims::Measure;
use crate::verdict::{Answer, ClaimVerdict, Comparison, MOST_SEEDS, Verdict};
use comfy_table::{Cell, Color};

/// The answers at a glance, one line a claim.
pub fn answers_table(verdict: &Verdict, colour: bool) -> String {
    let mut table = empty_table(&["claim", "answer"], ["comparisons"], colour);
    for claim in &verdict.claims {
        let answer = tinted(Cell::new(claim.answer), claim.answer);
        table.add_row(vec![Cell::new(&claim.id), answer, Cell::new(claim.comparisons.len())]);
    }
    let title = format!(
        "{} ({})\nDoes it hold for {}, as run in `{}`?",
        verdict.title, verdict.source, verdict.dataset, verdict.experiment
    );
    let other = verdict.other_data.as_ref().map(|note| wrapped(&format!("Note: {note}.")));
    format!("{}{}", titled(&title, &table), other.unwrap_or_default())
}

/// A claim, the answer in words and the comparisons behind it: all, or those that matter most.
pub fn claim_text(verdict: &Verdict, claim: &ClaimVerdict, all: bool, colour: bool) -> String {
    let place = if claim.place.is_empty() { String::new() } else { format!(" ({})", claim.place) };
    let mut text = format!("{}{place}\n  “{}”\n", claim.id, claim.sentence);
    text += &wrapped(&claim.words);
    if let Some(together) = &claim.together
        && claim.comparisons.len() > 1
    {
        let improved = together.probability_of_improvement.map_or(NOTHING.to_owned(), |p| {
            let interval = together.probability_of_improvement_interval;
            format!("{:.0} %{}", 100.0 * p, in_brackets(interval, 100.0, 0))
        });
        text += &wrapped(&format!(
            "All together: interquartile mean {:+.3}{}; a run is above its comparator with {improved}.",
            together.interquartile_mean,
            in_brackets(together.interquartile_mean_interval, 1.0, 3),
        ));
    }
    if claim.comparisons.is_empty() {
        return text;
    }
    let shown = shown(claim, all);
    let measure = match (claim.measure, claim.comparisons[0].comparator.is_some()) {
        (Measure::Auc, true) => "difference",
        (Measure::Auc, false) => "AUC %",
        (Measure::IdenticalRows, true) => "difference",
        (Measure::IdenticalRows, false) => "% of rows",
    };
    let numbers =
        ["seeds", measure, "over seeds\nand test rows", "all together\np (Holm)", "would\nshow"];
    let mut table = empty_table(&["", "answer"], numbers, colour);
    for comparison in &shown {
        table.add_row(row(verdict, comparison));
    }
    text += &format!("{}\n", table.trim_fmt());
    let hidden = claim.comparisons.len() - shown.len();
    if hidden > 0 {
        text += &format!("  … and {hidden} more; --all shows them.\n");
    }
    text
}

/// Most comparisons of a claim that are shown.
const SHOWN: usize = 12;

/// All, or those that tell most.
fn shown(claim: &ClaimVerdict, all: bool) -> Vec<&Comparison> {
    match all || claim.comparisons.len() <= SHOWN {
        true => claim.comparisons.iter().collect(),
        false => claim.telling().into_iter().take(SHOWN).collect(),
    }
}

fn row(verdict: &Verdict, comparison: &Comparison) -> Vec<Cell> {
    let numbers = &comparison.numbers;
    let source = match (&comparison.generator, comparison.conditioning) {
        (Some(generator), Some(conditioning)) => {
            let way = Way { conditioning, reading: comparison.reading };
            format!("{generator} {}", way.title(" "))
        }
        (Some(generator), None) => generator.clone(),
        (None, _) => "real rows".to_owned(),
    };
    let mut what: Vec<String> = Vec::new();
    what.extend(comparison.scenario.map(|scenario| scenario.to_string()));
    what.extend(comparison.model.map(|model| model.to_string()));
    if comparison.scenario.is_none() {
        what.push("mean".to_owned());
    }
    what.extend(comparison.comparator.as_ref().map(|other| match &comparison.comparator_way {
        Some(way) => format!("− {} {way}", other.split(' ').next().unwrap_or(other)),
        None => format!("− {other}"),
    }));
    let mut answer = short(comparison.answer).to_owned();
    let more = comparison.seeds_needed.map(|needed| needed.saturating_sub(numbers.seeds.len()));
    if let Some(more) = more.filter(|more| *more > 0) {
        answer += &match more > MOST_SEEDS {
            true => format!("\n> {MOST_SEEDS} more seeds"),
            false => format!("\n{}", seeds_text(more, " more")),
        };
    }
    let signed = comparison.comparator.is_some();
    let seeds = match (numbers.paired, signed) {
        (true, _) => format!("{}\npaired", numbers.seeds.len()),
        (false, true) => format!("{}\n{}", numbers.seeds.len(), numbers.comparator_seeds.len()),
        (false, false) => numbers.seeds.len().to_string(),
    };
    let number = |x: f64| if signed { format!("{x:+.3}") } else { format!("{x:.3}") };
    let mut mean = number(numbers.mean);
    if let Some(value) = &comparison.value {
        mean += &format!("\n({})", number(value.claimed));
    }
    let bound = if comparison.rows_interval_is_bound { "≤ " } else { "" };
    let both = numbers
        .both_interval
        .map_or(NOTHING.to_owned(), |i| format!("{bound}{}", interval_text(Some(i), signed)));
    let intervals = format!("{}\n{both}", interval_text(numbers.interval, signed));
    // A value alone is on no side of anything.
    let sided = comparison.p_adjusted.filter(|_| comparison.value.is_none() || signed);
    let of_side = sided.map(|p| format!("p {}", p_text(p.two_sided())));
    let known = comparison.value.filter(|value| value.interval.is_some());
    let of_value = known.map(|value| format!("value p {}", p_text(value.p_adjusted)));
    let p: Vec<String> = of_side.into_iter().chain(of_value).collect();
    let p = if p.is_empty() { NOTHING.to_owned() } else { p.join("\n") };
    let together = match (&comparison.value, numbers.simultaneous_interval) {
        // Where a published value may lie.
        (Some(value), _) => interval_text(value.interval.map(|i| around(numbers.mean, i)), signed),
        (None, Some(interval)) if !verdict.sequential => interval_text(Some(interval), signed),
        (None, _) => NOTHING.to_owned(),
    };
    let shows = numbers.smallest_effect.map_or(NOTHING.to_owned(), |least| format!("{least:.3}"));
    vec![
        Cell::new(format!("{source}\n  {}", what.join(" "))),
        tinted(Cell::new(answer), comparison.answer),
        Cell::new(seeds),
        Cell::new(mean),
        Cell::new(intervals),
        Cell::new(format!("{together}\n{p}")),
        Cell::new(shows),
    ]
}

/// An interval's width around another centre.
fn around(centre: f64, interval: Interval) -> Interval {
    Interval::around(centre, interval.half_width())
}

fn short(answer: Answer) -> &'static str {
    match answer {
        Answer::Reproduced => "reproduced",
        Answer::Contradicted => "contradicted",
        Answer::NoEffectThatMatters => "no effect",
        Answer::Undecided => "undecided",
    }
}

fn in_brackets(interval: Option<Interval>, scale: f64, digits: usize) -> String {
    interval.map_or(String::new(), |Interval { low, high }| {
        format!(" ({:.digits$} … {:.digits$})", scale * low, scale * high)
    })
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// Not green and red: what a claim's answer is says nothing of good or bad.
fn tinted(cell: Cell, answer: Answer) -> Cell {
    match answer {
        Answer::Reproduced => cell.fg(Color::Cyan),
        Answer::Contradicted => cell.fg(Color::Magenta),
        Answer::NoEffectThatMatters => cell.fg(Color::Yellow),
        Answer::Undecided => cell,
    }
}

/// What the numbers mean and what limits them.
pub fn reading(verdict: &Verdict) -> String {
    let confidence = 100.0 * verdict.confidence;
    let seeds = match verdict.sequential {
        true => {
            "by a confidence sequence, of six seeds or more, since seeds were added in this folder until answers\n                 \
             were clear: so it is for all claims, those about other cells too"
        }
        false => {
            "by t; paired by seed where equal seeds make runs alike enough, else Welch's, with fewer than\n                 \
             five seeds at least the usual spread of the model and scenario"
        }
    };
    let mut lines = vec![
        format!("How to read it: intervals are of {confidence} %."),
        "  over seeds     what more seeds would do on the same test rows; answers go by it;".to_owned(),
        format!("                 {seeds}"),
        "  and test rows  what other test rows would do as well (DeLong); ≤: a bound, for want of scores"
            .to_owned(),
        "  all together   Dunnett's intervals for all comparisons with the same runs at once, but none narrower"
            .to_owned(),
        "                 than by itself; p is two-sided,"
            .to_owned(),
        "                 corrected for the number of comparisons of the claim (Holm); an answer against"
            .to_owned(),
        "                 the claim needs it, one for it does not, since all comparisons must bear it out;"
            .to_owned(),
        "                 where a claim may mean several ways of fitting, each has its share of the level;"
            .to_owned(),
        "                 of a claimed value, in brackets: where one more run may lie, and p of its being one"
            .to_owned(),
        "  would show     the effect that so many seeds show in four of five cases".to_owned(),
    ];
    for alike in &verdict.alike {
        if let Some(r) = alike.correlation.filter(|_| alike.measure == Measure::Auc) {
            let bound = match r >= alike.at_least {
                true => format!(", of at least {:.2}", alike.at_least),
                false => String::new(),
            };
            lines.push(format!(
                "Equal seeds make a run and its `{}` alike by a correlation of {r:.2}{bound}.",
                alike.comparator
            ));
        }
    }
    // That stands at the top.
    let notes = verdict.notes.iter().filter(|note| Some(*note) != verdict.other_data.as_ref());
    let notes: String = notes.map(|note| wrapped(&format!("Note: {note}."))).collect();
    format!("{}\n{notes}", lines.join("\n"))
}
