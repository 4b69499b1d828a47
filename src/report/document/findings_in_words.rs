//! The verdicts in plain words.

use super::blocks::{Block, Claim};
use crate::compare::settings;
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::{Answer, ClaimVerdict, Verdict};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const ANSWERS: [Answer; 4] =
    [Answer::Reproduced, Answer::Contradicted, Answer::NoEffectThatMatters, Answer::Undecided];

/// How many claims have which answer, in a sentence, and in another what was asked besides.
pub fn summary(verdict: &Verdict) -> String {
    let (added, claimed): (Vec<_>, Vec<_>) = verdict.claims.iter().partition(|claim| claim.added);
    let n = claimed.len();
    let mut text = format!(
        "Of {n} {} of “{}” ({}), as far as the run {} on {} tells: {}.",
        if n == 1 { "claim" } else { "claims" },
        verdict.title,
        verdict.source,
        verdict.experiment,
        verdict.dataset,
        answered(&claimed)
    );
    match added.as_slice() {
        [] => {}
        [one] => text += &format!(" A question asked besides: {}.", answered(&[one])),
        several => {
            text +=
                &format!(" Of {} questions asked besides: {}.", several.len(), answered(several));
        }
    }
    text
}

/// How many have which answer.
fn answered(claims: &[&ClaimVerdict]) -> String {
    let are = |k: usize| if k == 1 { "is" } else { "are" };
    let part = |answer| match (answer, claims.iter().filter(|c| c.answer == answer).count()) {
        (_, 0) => None,
        (Answer::Reproduced, k) => Some(format!("{k} {} borne out", are(k))),
        (Answer::Contradicted, k) => Some(format!("{k} {} contradicted", are(k))),
        (Answer::NoEffectThatMatters, k) => {
            Some(format!("{k} {} of an effect too small to matter", are(k)))
        }
        (Answer::Undecided, k) => Some(format!("{k} {} undecided{}", are(k), why_open(claims))),
    };
    let parts: Vec<String> = ANSWERS.into_iter().filter_map(part).collect();
    match parts.as_slice() {
        [] => "there is nothing to judge".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What undecided claims wait for.
fn why_open(claims: &[&ClaimVerdict]) -> String {
    let open = || claims.iter().filter(|claim| claim.answer == Answer::Undecided);
    let empty = || open().filter(|claim| claim.comparisons.is_empty());
    let elsewhere = empty().filter(|claim| claim.missing.is_empty()).count();
    let none = empty().count() - elsewhere;
    let some = open().filter(|c| !c.comparisons.is_empty() && !c.missing.is_empty()).count();
    let seeds = open().count() - empty().count() - some;
    let parts: [(usize, &str); 4] = [
        (none, "with none of their cells"),
        (some, "with some of their cells missing"),
        (seeds, "with the seeds there are"),
        (elsewhere, "about values of other data"),
    ];
    let parts = parts.into_iter().filter(|(k, _)| *k > 0).map(|(k, what)| format!("{k} {what}"));
    format!(" ({})", parts.collect::<Vec<_>>().join(", "))
}

/// Every claim with its answer; of claims about other data those of which this run has anything, and how many more there
/// are.
pub fn claims(findings: &Findings) -> impl Iterator<Item = Block> + '_ {
    let claims = &findings.verdict.claims;
    let elsewhere = findings.verdict.other_data.is_some();
    let is_told = move |claim: &ClaimVerdict| !elsewhere || !claim.comparisons.is_empty();
    let told =
        claims.iter().enumerate().filter(move |(_, claim)| is_told(claim)).map(|(at, claim)| {
            let compared = !claim.comparisons.is_empty();
            Block::Claim(Claim {
                comparisons: compared.then(|| format!("{}claim{at}", findings.prefix)),
                sentence: claim.sentence.clone(),
                place: claim.place.clone(),
                answer: claim.answer,
                words: claim.words.clone(),
            })
        });
    let more = match claims.iter().filter(|claim| !is_told(claim)).count() {
        0 => None,
        1 => Some("Of one claim nothing can be said here: this run has none of its cells, or its values are of other data.".to_owned()),
        n => Some(format!(
            "Of {n} claims nothing can be said here: this run has none of their cells, or their values are of other data."
        )),
    };
    told.chain(more.map(Block::Paragraph))
}

/// The answers of several runs, a column for each.
pub fn answers(runs: &[(String, &Findings)]) -> Sheet {
    let names: Vec<&String> = runs.iter().map(|(name, _)| name).collect();
    let title = "What becomes of each claim, run by run";
    let mut sheet = Sheet::new("answers", title, &["claim"], &names);
    let Some((_, first)) = runs.first() else { return sheet };
    for (at, claim) in first.verdict.claims.iter().enumerate() {
        // No markup in a table.
        let mut row = vec![Entry::text(claim.sentence.replace('`', ""))];
        // All runs are judged by the same claims.
        row.extend(runs.iter().map(|(_, findings)| match findings.verdict.claims.get(at) {
            Some(claim) if claim.comparisons.is_empty() && claim.missing.is_empty() => {
                Entry::text("of other data")
            }
            Some(claim) => Entry::text(claim.answer.to_string()),
            None => Entry::Nothing,
        }));
        sheet.push(row);
    }
    sheet
}

/// The settings in which runs differ, a column for each run.
pub fn differing_settings(runs: &[(String, &Findings)]) -> Option<Sheet> {
    let cells = || runs.iter().flat_map(|(_, findings)| &findings.run.cells);
    let used: BTreeSet<&str> =
        cells().flat_map(|cell| [cell.row.generator.as_str(), cell.row.model.name()]).collect();
    let concerns = |key: &str| match key.split('.').collect::<Vec<_>>().as_slice() {
        ["generator" | "model", name, ..] => used.contains(name),
        _ => true,
    };
    let of_run = |(_, findings): &(String, &Findings)| {
        let experiment = serde_json::to_value(&findings.run.experiment).unwrap_or_default();
        settings(&experiment)
    };
    let all: Vec<BTreeMap<String, Value>> = runs.iter().map(of_run).collect();
    let names: Vec<&String> = runs.iter().map(|(name, _)| name).collect();
    let title = "Settings in which the runs differ";
    let mut sheet = Sheet::new("settings", title, &["setting"], &names);
    let keys: BTreeSet<&String> = all.iter().flat_map(|settings| settings.keys()).collect();
    for key in keys {
        let values: Vec<Option<&Value>> = all.iter().map(|settings| settings.get(key)).collect();
        if concerns(key) && values.iter().any(|value| *value != values[0]) {
            let text = |value: &Option<&Value>| match value {
                None => Entry::Nothing,
                Some(Value::String(text)) => Entry::text(text),
                Some(value) => Entry::text(value.to_string()),
            };
            let row: Vec<Entry> =
                [Entry::text(key)].into_iter().chain(values.iter().map(text)).collect();
            sheet.push(row);
        }
    }
    (!sheet.rows.is_empty()).then_some(sheet)
}
