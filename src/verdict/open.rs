//! Which cells to do next where the answer to a claim is open.

use super::answer::Answer;
use super::claim_verdict::{ClaimVerdict, Comparison};
use super::run::{Arm, Run, arm_of};
use super::verify::Verdict;
use crate::experiment::{Cell, ExperimentConfig, UntilDecided};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The next cells to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// They, with their comparators under the same seeds; empty if all is decided or the most seeds
    /// are used.
    pub cells: Vec<Cell>,
    /// Open comparisons whose arms may have more seeds.
    pub open: usize,
    /// Open ones that have used all their seeds.
    pub given_up: usize,
}

/// A share of the arms that are still open is gone on with in a round: those that come closest to
/// an answer in a second. The others are looked at again with what these have shown.
const SHARE: f64 = 0.5;

/// The cells of the next round: `settings.block` more seeds for the arms that open comparisons speak
/// of, those first that gain the most information in a second of training, and for what they are
/// compared with. `planned` are all cells there may ever be.
pub fn next_round(
    run: &Run,
    verdict: &Verdict,
    experiment: &ExperimentConfig,
    settings: &UntilDecided,
    planned: &[Cell],
) -> Round {
    let seconds = seconds(run);
    let seeds = settings.seeds(&experiment.seeds);
    let mut round = Round::default();
    // By comparison: its arms, how many seeds are shared, and the information a second gains.
    let mut candidates: Vec<(f64, Vec<Arm>, Vec<u64>)> = Vec::new();
    let done: HashSet<(Arm, u64)> =
        run.cells.iter().filter_map(|cell| Some((arm_of(cell)?, cell.row.seed))).collect();
    let open_claims = verdict.claims.iter().filter(|claim| claim.answer == Answer::Undecided);
    for comparison in open_claims.flat_map(open_comparisons) {
        let arms = arms(comparison, planned);
        let has = |seed: &u64| arms.iter().all(|arm| done.contains(&(*arm, *seed)));
        let mut missing: Vec<u64> = seeds.iter().copied().filter(|seed| !has(seed)).collect();
        let n = seeds.len() - missing.len();
        if missing.is_empty() {
            round.given_up += 1;
            continue;
        }
        round.open += 1;
        missing.truncate(settings.block as usize);
        // The share of the missing information that a block brings, by the seconds it takes.
        let needed = comparison.seeds_needed.unwrap_or(usize::MAX).min(1_000_000).max(n + 1);
        let gain = missing.len() as f64 / (needed - n) as f64;
        let new = |arm: &Arm| missing.iter().filter(|seed| !done.contains(&(*arm, **seed))).count();
        let time: f64 = arms.iter().map(|arm| new(arm) as f64 * seconds_of(&seconds, arm)).sum();
        candidates.push((gain / time.max(f64::MIN_POSITIVE), arms, missing));
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let going_on = (SHARE * candidates.len() as f64).ceil() as usize;
    let wanted: BTreeSet<(Arm, u64)> = candidates
        .iter()
        .take(going_on)
        .flat_map(|(_, arms, seeds)| {
            arms.iter().flat_map(|arm| seeds.iter().map(|seed| (*arm, *seed)))
        })
        .filter(|wanted| !done.contains(wanted))
        .collect();
    let is_wanted = |cell: &&Cell| wanted.contains(&(arm_of_cell(cell), cell.seed));
    round.cells = planned.iter().filter(is_wanted).copied().collect();
    round
}

/// The claims that speak of cells which are not `planned`, by name, each with the first of these.
pub fn not_planned<'a>(verdict: &'a Verdict, planned: &[Cell]) -> Vec<(&'a str, &'a str)> {
    let names = |cell: &Cell| {
        let arm = arm_of_cell(cell);
        // Of the rows alone no model is spoken of.
        [arm, Arm { model: None, ..arm }].map(|arm| arm.to_string())
    };
    let planned: BTreeSet<String> = planned.iter().flat_map(names).collect();
    let of_claim = |claim: &'a ClaimVerdict| {
        let cell = claim.missing.iter().find(|cell| !planned.contains(*cell))?;
        Some((claim.id.as_str(), cell.as_str()))
    };
    verdict.claims.iter().filter_map(of_claim).collect()
}

/// The comparisons that keep a claim open: those without an answer or, where all have one, those of too small an
/// effect, of which the claim is not known to be contradicted as long as that holds of each alone only.
fn open_comparisons(claim: &ClaimVerdict) -> impl Iterator<Item = &Comparison> {
    let is = |wanted| move |c: &&Comparison| c.answer == wanted;
    let undecided = claim.comparisons.iter().any(|c| c.answer == Answer::Undecided);
    let open = if undecided { Answer::Undecided } else { Answer::NoEffectThatMatters };
    claim.comparisons.iter().filter(is(open))
}

fn arm_of_cell(cell: &Cell) -> Arm {
    Arm { source: cell.source, scenario: cell.scenario, model: Some(cell.model) }
}

/// The arms of a comparison, as the names of its cells have them.
fn arms(comparison: &Comparison, planned: &[Cell]) -> Vec<Arm> {
    let names: BTreeSet<&str> =
        comparison.cells.iter().chain(&comparison.comparator_cells).map(String::as_str).collect();
    let arms: BTreeSet<Arm> = planned.iter().map(arm_of_cell).collect();
    let named = |arm: &Arm| {
        let any_model = Arm { model: None, ..*arm };
        names.contains(arm.to_string().as_str())
            || names.contains(format!("{any_model}.*").as_str())
    };
    arms.into_iter().filter(named).collect()
}

/// Mean seconds of a training, by arm.
fn seconds(run: &Run) -> BTreeMap<Arm, f64> {
    let by_seed = run.values_of(|cell| Some(cell.row.train_seconds));
    let mean = |values: &BTreeMap<u64, f64>| values.values().sum::<f64>() / values.len() as f64;
    by_seed.iter().map(|(arm, values)| (*arm, mean(values))).collect()
}

fn seconds_of(seconds: &BTreeMap<Arm, f64>, arm: &Arm) -> f64 {
    let mean = || seconds.values().sum::<f64>() / seconds.len().max(1) as f64;
    seconds.get(arm).copied().unwrap_or_else(mean)
}
