//! The verdicts in plain words.

use super::blocks::{Block, Claim};
use crate::report::findings::Findings;
use crate::report::sheet::{Entry, Sheet};
use crate::verdict::{Answer, ClaimVerdict, Verdict};

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

/// Every claim with its answer.
pub fn claims(findings: &Findings) -> impl Iterator<Item = Block> + '_ {
    findings.verdict.claims.iter().enumerate().map(|(at, claim)| {
        let compared = !claim.comparisons.is_empty();
        Block::Claim(Claim {
            comparisons: compared.then(|| format!("{}claim{at}", findings.prefix)),
            sentence: claim.sentence.clone(),
            place: claim.place.clone(),
            answer: claim.answer,
            words: claim.words.clone(),
        })
    })
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
