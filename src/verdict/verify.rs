//! What a run says of all claims.

use super::answer::Answer;
use super::claim_verdict::ClaimVerdict;
use super::claims::{Claims, Comparator, Measure};
use super::comparison::Method;
use super::judge::{self, Judge};
use super::ledger::{self, LedgerOf};
use super::over_rows::TestRows;
use super::pairing::Pairing;
use super::questions::{self, Longer, Ratios, Why};
use super::run::{Arm, BySeed, Run, has_one_seed};
use super::spread::Spreads;
use crate::experiment::environment::PROGRAM;
use crate::progress::Progress;
use crate::statistics::{ConfidenceSequence, runs_of_control};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The content of `verdict.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Name and version of the program that judged.
    pub program: String,
    /// The experiment.
    pub experiment: String,
    /// The data set.
    pub dataset: String,
    /// What the claims are from.
    pub title: String,
    /// Where to find that.
    pub source: String,
    /// How likely an interval holds the truth.
    pub confidence: f64,
    /// Whether seeds were added until answers were clear: intervals then hold however often one
    /// looks, and are wider.
    pub sequential: bool,
    /// The claims, in the order of their file.
    pub claims: Vec<ClaimVerdict>,
    /// Where the run has at least three ratios of synthetic rows: which is best.
    pub ratios: Vec<Ratios>,
    /// Where the test figures of every epoch were kept: whether gains survive longer training.
    pub longer: Vec<Longer>,
    /// Where differences to `base` come from; `verdict.json` has it if it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why: Vec<Why>,
    /// Where fits, draws and trainings have seeds of their own: where the spread comes from.
    pub ledger: Vec<LedgerOf>,
    /// How alike equal seeds make runs, by comparator.
    pub alike: Vec<Alike>,
    /// What whoever reads this must know.
    pub notes: Vec<String>,
    /// That the claims are about other data than the run, one of the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_data: Option<String>,
}

/// How alike equal seeds make runs and those of a comparator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alike {
    /// What is measured.
    pub measure: Measure,
    /// The comparator.
    pub comparator: String,
    /// Correlation under equal seeds, pooled over all comparisons of the run.
    pub correlation: Option<f64>,
    /// What it is at least (95 %); runs are paired by it.
    pub at_least: f64,
    /// Degrees of freedom it rests on.
    pub degrees_of_freedom: usize,
}

/// How the seeds of a run were chosen.
pub(super) fn method(run: &Run, claims: &Claims) -> Method {
    match run.sequential {
        true => Method::Sequential(ConfidenceSequence {
            confidence: claims.confidence,
            ..ConfidenceSequence::default()
        }),
        false => Method::Fixed,
    }
}

/// Judges a run by claims.
pub fn verify(run: &Run, claims: &Claims, progress: &dyn Progress) -> Verdict {
    let method = method(run, claims);
    let values = judge::values(run);
    let pairings = judge::pairings(&values, claims);
    let of_base = pairings.get(&(Measure::Auc, Comparator::Base)).copied().unwrap_or_default();
    let other_data = other_data(run, claims);
    let elsewhere = other_data.is_some();
    let spreads = Spreads::new(&values[&Measure::Auc]);
    let judge = Judge {
        claims,
        method,
        values: &values,
        spreads: &spreads,
        pairings: &pairings,
        elsewhere,
    };
    let mut rows = TestRows::new(run);
    progress.start("judge claims", claims.claims.len() as u64);
    let answer = |claim| {
        let answer = judge.judge(claim, &mut rows);
        progress.advance(1);
        answer
    };
    let answers: Vec<ClaimVerdict> = claims.claims.iter().map(answer).collect();
    progress.finish();
    let datasets: BTreeSet<&str> = run.cells.iter().map(|cell| cell.row.dataset.as_str()).collect();
    let mut notes = [run.faults.clone(), run.notes.clone()].concat();
    notes.extend(seeds_of_base(&values));
    let (ledger, faults) = ledger::ledgers(run);
    notes.extend(faults);
    notes.extend(crossed(run));
    notes.extend(other_data.clone());
    Verdict {
        program: PROGRAM.to_owned(),
        experiment: run.experiment.name.clone(),
        dataset: datasets.into_iter().collect::<Vec<_>>().join(", "),
        title: claims.title.clone(),
        source: claims.source.clone(),
        confidence: claims.confidence,
        sequential: run.sequential,
        claims: answers,
        ratios: questions::ratios(&values[&Measure::Auc], &spreads, &of_base, claims.confidence),
        longer: questions::longer(run, &of_base, claims.margin, claims.confidence),
        why: questions::why(run, &of_base, claims.confidence),
        ledger,
        alike: alike(&pairings),
        notes,
        other_data,
    }
}

fn alike(pairings: &BTreeMap<(Measure, Comparator), Pairing>) -> Vec<Alike> {
    let of = |(&(measure, comparator), pairing): (&(Measure, Comparator), &Pairing)| Alike {
        measure,
        comparator: comparator.name(),
        correlation: pairing.correlation(),
        at_least: pairing.least_correlation(),
        degrees_of_freedom: pairing.degrees(),
    };
    pairings.iter().map(of).filter(|alike| alike.degrees_of_freedom > 0).collect()
}

/// Cells of crossed seeds share runs, so claims are judged by those that do not.
fn crossed(run: &Run) -> Option<String> {
    let alone = run.cells.iter().filter(|cell| has_one_seed(cell)).count();
    let all = run.cells.len();
    (alone < all).then(|| {
        format!(
            "fits, draws and trainings have seeds of their own: claims are judged by the {alone} of {all} \
             cells whose three seeds are equal, the ledger by all"
        )
    })
}

/// Claims about a data set say little about another.
fn other_data(run: &Run, claims: &Claims) -> Option<String> {
    let about = claims.dataset.as_ref()?;
    let other = run.cells.iter().find(|cell| cell.row.dataset != *about)?;
    Some(format!(
        "these claims are about {about}, and the run is of {}: values that are claimed are not judged, and what is borne out is so for these data",
        other.row.dataset
    ))
}

/// What all are compared with deserves more seeds than each of them (Dunnett 1955).
fn seeds_of_base(values: &BTreeMap<Measure, BTreeMap<Arm, BySeed>>) -> Option<String> {
    let values = values.get(&Measure::Auc)?;
    let base = values.iter().filter(|(arm, _)| arm.source.is_none());
    let (arm, seeds) = base.min_by_key(|(_, by_seed)| by_seed.len())?;
    let others: Vec<usize> = values
        .iter()
        .filter(|(other, _)| other.source.is_some() && other.model == arm.model)
        .map(|(_, by_seed)| by_seed.len())
        .collect();
    let typical = *others.iter().max()?;
    let wanted = (typical as f64 * runs_of_control(others.len())).round() as usize;
    (seeds.len() < wanted).then(|| {
        format!(
            "`base` is what {} cells of each model are compared with; for the same number of trainings \
             intervals are narrowest if it has about {wanted} seeds (it has {})",
            others.len(),
            seeds.len()
        )
    })
}

impl Verdict {
    /// 0 if every claim is reproduced, 1 if one is contradicted or has no effect that matters, else
    /// 2: one is undecided.
    pub fn exit_code(&self) -> u8 {
        let any = |wanted: Answer| self.claims.iter().any(|claim| claim.answer == wanted);
        if any(Answer::Contradicted) || any(Answer::NoEffectThatMatters) {
            1
        } else if any(Answer::Undecided) {
            2
        } else {
            0
        }
    }
}
