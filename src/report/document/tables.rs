//! The tables that no figure has.

use crate::experiment::{Scenario, Source};
use crate::generators::Way;
use crate::report::figures::Figure;
use crate::report::findings::{Findings, arm_named, source_name};
use crate::report::quality;
use crate::report::sheet::{Entry, Sheet};
use crate::report::stats::Sample;
use crate::statistics;
use crate::verdict::{Arm, ClaimVerdict, Comparison, Verdict};

/// The test AUC by model and source, in percent, a column for each scenario.
pub fn auc(findings: &Findings) -> Sheet {
    let samples = findings.samples(|cell| Some(100.0 * cell.row.test_auc));
    let scenarios: Vec<Scenario> =
        [Scenario::Base].into_iter().chain(findings.scenarios()).collect();
    let names: Vec<String> = scenarios.iter().map(|s| s.name()).collect();
    let title = "Test AUC %: mean, standard deviation and, in brackets, number of seeds where there are several";
    let mut sheet = Sheet::new("test_auc", title, &["model", "source", "fitted"], &names);
    for model in findings.models() {
        let mut sources: Vec<Option<Source>> = findings.sources().into_iter().map(Some).collect();
        if sources.is_empty() {
            sources.push(None);
        }
        for source in sources {
            let entry = |scenario: &Scenario| {
                // Beside every source stands what it is compared with.
                let source = source.filter(|_| *scenario != Scenario::Base);
                let arm = Arm { source, scenario: *scenario, model: Some(model) };
                samples
                    .get(&arm)
                    .map_or(Entry::Nothing, |sample| Entry::of(sample, findings.anchor(&arm)))
            };
            let real = || ("real rows".to_owned(), String::new());
            let (generator, way) = source.map_or_else(real, source_name);
            let mut row = [model.title().to_owned(), generator, way].map(Entry::text).to_vec();
            row.extend(scenarios.iter().map(entry));
            sheet.push(row);
        }
    }
    sheet
}

/// Where the spread of differences to `base` comes from, as shares of their variance over seeds.
pub fn ledger(findings: &Findings) -> Option<Sheet> {
    let names = ["source", "fitted", "scenario", "model"];
    let columns = [
        "fit",
        "draws",
        "train",
        "fit × train",
        "draws × train",
        "mean difference",
        "its standard error",
    ];
    let title =
        "Where the spread of differences to base comes from: shares of the variance over seeds";
    let mut sheet = Sheet::new("ledger", title, &names, &columns);
    for of in &findings.verdict.ledger {
        let way = of.way.title(" ");
        let arm = arm_named(&of.generator, of.way, of.scenario, of.model);
        let number = |value, decimals| {
            Entry::number(value, decimals, arm.as_ref().and_then(|arm| findings.anchor(arm)))
        };
        let names = [&of.generator, &way, &of.scenario.name(), of.model.title()];
        let mut row = names.map(Entry::text).to_vec();
        row.extend(statistics::Source::ALL.map(|source| {
            let estimate = of.ledger.component(source).estimate;
            number(estimate.map(|estimate| estimate.share), 2)
        }));
        row.push(number(Some(of.ledger.mean), 3));
        row.push(number(Some(of.ledger.standard_error), 3));
        sheet.push(row);
    }
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// How alike the rows are to train.
pub fn fidelity(findings: &Findings) -> Option<Sheet> {
    let title = "How alike the rows are to those of train; means over the seeds";
    of_quality(findings, "fidelity", title, &quality::FIDELITY)
}

/// What attacks find out about train.
pub fn privacy(findings: &Findings) -> Option<Sheet> {
    let title = "What attacks find out about the rows of train; means over the seeds, of p the largest; of \
                 what is inferred the lower end of the interval";
    of_quality(findings, "privacy", title, &quality::PRIVACY)
}

fn of_quality(
    findings: &Findings,
    name: &str,
    title: &str,
    columns: &[(&str, quality::Get)],
) -> Option<Sheet> {
    let mut header = vec!["seeds"];
    header.extend(columns.iter().map(|(name, _)| *name));
    let mut sheet = Sheet::new(name, title, &["rows of", "fitted"], &header);
    for (name, records) in findings.measured() {
        let anchor = findings.quality_anchor(&name);
        let mut row = vec![Entry::text(&name.0), Entry::text(&name.1)];
        let seeds = records.iter().filter(|record| record.of.seed.is_some()).count();
        row.push(if seeds > 0 { Entry::count(seeds) } else { Entry::Nothing });
        for (column, get) in columns {
            let values: Sample = records.iter().filter_map(|record| get(record)).collect();
            row.push(Entry::number(quality::over_seeds(column, &values), 3, anchor.clone()));
        }
        sheet.push(row);
    }
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// Most comparisons of a claim that a page shows; the files have all.
const SHOWN: usize = 18;

/// The comparisons behind a claim, those first that tell most.
pub fn comparisons(findings: &Findings, at: usize, claim: &ClaimVerdict) -> Option<Sheet> {
    let name = format!("claim{at}");
    let mut sheet = Sheet::new(name, &claim.sentence, &COMPARED[1..], &COMPARISON);
    let comparisons = claim.telling();
    for comparison in comparisons.iter().take(SHOWN) {
        sheet.push(entries(findings, comparison));
    }
    let hidden = comparisons.len().saturating_sub(SHOWN);
    if hidden > 0 {
        sheet.title += &format!(
            " ({SHOWN} of {} comparisons; all in tables/{}comparisons.csv)",
            comparisons.len(),
            findings.prefix
        );
    }
    sheet.drop_empty_columns();
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// All comparisons of all claims.
pub fn all_comparisons(findings: &Findings, verdict: &Verdict) -> Sheet {
    let title = "The comparisons behind all claims";
    let mut sheet = Sheet::new("comparisons", title, &COMPARED, &COMPARISON);
    for claim in &verdict.claims {
        for comparison in &claim.comparisons {
            let mut row = vec![Entry::text(&claim.id)];
            row.extend(entries(findings, comparison));
            sheet.push(row);
        }
    }
    sheet
}

/// The columns that say what is compared.
const COMPARED: [&str; 6] = ["claim", "source", "fitted", "scenario", "model", "compared with"];

/// Those that say what comes of it.
const COMPARISON: [&str; 8] = [
    "answer",
    "seeds",
    "over seeds",
    "over seeds and test rows",
    "p (Holm)",
    "p of the value",
    "would show",
    "seeds needed",
];

fn entries(findings: &Findings, comparison: &Comparison) -> Vec<Entry> {
    let numbers = &comparison.numbers;
    let way = comparison.conditioning.map(|c| Way { conditioning: c, reading: comparison.reading });
    let generator = comparison.generator.as_deref();
    let source =
        generator.and_then(|name| Some(Source { generator: name.parse().ok()?, way: way? }));
    let arm = comparison.scenario.map(|scenario| Arm { source, scenario, model: comparison.model });
    let anchor = arm.and_then(|arm| findings.anchor(&arm));
    let other = match (&comparison.comparator, &comparison.comparator_way, comparison.value) {
        (Some(other), Some(way), _) => {
            format!("{} {way}", other.split(' ').next().unwrap_or(other))
        }
        (Some(other), None, Some(value)) => format!("{other}; the claimed {}", value.claimed),
        (Some(other), None, None) => other.clone(),
        (None, _, Some(value)) => format!("the claimed {}", value.claimed),
        (None, ..) => String::new(),
    };
    let signed = comparison.comparator.is_some();
    let (n, m) = (numbers.seeds.len(), numbers.comparator_seeds.len());
    let seeds = match (signed, numbers.paired) {
        (false, _) => n.to_string(),
        (true, true) => format!("{n} pairs"),
        (true, false) => format!("{n}\u{a0}and\u{a0}{m}"),
    };
    let sized = |interval| match Entry::difference(numbers.mean, interval, anchor.clone()) {
        Entry::Number(number) => Entry::Number(crate::report::sheet::Number { signed, ..number }),
        other => other,
    };
    // A value alone is on no side of anything.
    let sided = comparison.value.is_none() || signed;
    let p = comparison.p_adjusted.filter(|_| sided);
    let p = p.map(|p| p.two_sided());
    let p_of_value = comparison.value.and_then(|value| value.interval.map(|_| value.p_adjusted));
    vec![
        Entry::text(generator.unwrap_or("real rows")),
        Entry::text(way.map_or(String::new(), |way| way.title(" "))),
        Entry::text(comparison.scenario.map_or("mean".to_owned(), |s| s.name())),
        Entry::text(comparison.model.map_or("all", |model| model.title())),
        Entry::text(other),
        Entry::text(comparison.answer.to_string()),
        Entry::text(seeds),
        sized(numbers.interval),
        match numbers.both_interval {
            Some(interval) => sized(Some(interval)),
            None => Entry::Nothing,
        },
        Entry::number(p, 4, anchor.clone()),
        Entry::number(p_of_value, 4, anchor.clone()),
        Entry::number(numbers.smallest_effect, 3, anchor),
        comparison.seeds_needed.map_or(Entry::Nothing, Entry::count),
    ]
}

/// The figures of one topic, by the beginning of their names.
pub fn take(figures: &mut Vec<Figure>, names: &[&str]) -> Vec<Figure> {
    let (taken, left): (Vec<Figure>, Vec<Figure>) = std::mem::take(figures)
        .into_iter()
        .partition(|figure| names.iter().any(|name| figure.name.starts_with(name)));
    *figures = left;
    taken
}
