//! How a run was made, and what was not measured.

use crate::experiment::plan::cells;
use crate::experiment::{Cell, CellRecord, SampleSeed};
use crate::report::findings::Findings;
use crate::report::whole;
use crate::verdict::{Arm, Comparison, Run, Verdict, arm_of};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Names and facts.
pub fn facts(findings: &Findings) -> Vec<(String, String)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    let distinct = |get: &dyn Fn(&CellRecord) -> String| {
        let values: BTreeSet<String> = findings.run.cells.iter().map(get).collect();
        values.into_iter().collect::<Vec<_>>().join("; ")
    };
    fact("Experiment", findings.run.experiment.name.clone());
    fact("Data set", distinct(&|cell| cell.row.dataset.clone()));
    if let Some(environment) = &findings.environment {
        let data = &environment.dataset;
        let (rows, clicks) = (data.rows, data.clicks);
        fact(
            "Rows",
            format!(
                "train {} ({} clicks), validation {} ({}), test {} ({})",
                whole(rows.train),
                whole(clicks.train),
                whole(rows.valid),
                whole(clicks.valid),
                whole(rows.test),
                whole(clicks.test)
            ),
        );
        let sums: Vec<String> =
            data.checksums.iter().map(|(file, sum)| format!("{file} {sum}")).collect();
        fact("Checksums (md5)", sums.join(", "));
        fact("Fingerprint of the rows as read", data.fingerprint.to_string());
        if !data.constraints.is_empty() {
            let groups: Vec<String> = data.constraints.iter().map(|g| g.join(" + ")).collect();
            fact("Combinations that are kept", groups.join(", "));
        }
        let share = |n: usize| 100.0 * n as f64 / data.rows.valid.max(1) as f64;
        fact(
            "Real validation rows that stand in train",
            format!(
                "{:.1} % with the same label, {:.1} % with any",
                share(data.valid_identical_rows),
                share(data.valid_identical_rows_without_label)
            ),
        );
        if let Some(best) = data.bayes_auc {
            fact("Best AUC to be expected", format!("{:.3} %", 100.0 * best));
        }
    }
    let mut seeds: BTreeMap<u64, usize> = BTreeMap::new();
    for cell in &findings.run.cells {
        *seeds.entry(cell.row.seed).or_default() += 1;
    }
    let by_seed: Vec<String> = seeds.iter().map(|(seed, n)| format!("{seed} ({n})")).collect();
    fact("Seeds, and cells of each", by_seed.join(", "));
    fact("Cells", cells_trained(&findings.run));
    fact("Device", distinct(&|cell| cell.row.device.to_string()));
    fact("Machine", distinct(&|cell| cell.machine.clone()));
    fact("Instruction set", distinct(&|cell| cell.instruction_set.clone()));
    fact("Program", distinct(&|cell| format!("{}, revision {}", cell.program, cell.revision)));
    let seconds: f64 = findings.run.cells.iter().map(|cell| cell.row.train_seconds).sum();
    let together = match seconds {
        long if long >= 3600.0 => format!("{:.1} hours", long / 3600.0),
        short => format!("{:.1} minutes", short / 60.0),
    };
    fact("Training, all cells together", together);
    if let Some(environment) = &findings.environment {
        fact("Latest start", environment.started.clone());
    }
    fact(
        "Settings",
        "all in experiment.toml of the run folder, with which it can be run again".to_owned(),
    );
    facts
}

/// How many cells there are, and of how many that were asked for. Where seeds are added until answers are clear, nobody
/// asked for a number.
fn cells_trained(run: &Run) -> String {
    let trained = whole(run.cells.len());
    if run.sequential {
        return trained;
    }
    let there: HashSet<Cell> = run.cells.iter().filter_map(cell_of).collect();
    // What a run leaves out, for want of an item or of numbers, has no cell.
    let known: HashSet<_> = there.iter().filter_map(|cell| cell.source).collect();
    let is_known = |cell: &Cell| cell.source.is_none_or(|source| known.contains(&source));
    let asked: Vec<Cell> = cells(&run.experiment).into_iter().filter(is_known).collect();
    match asked.iter().filter(|cell| !there.contains(cell)).count() {
        0 => trained,
        missing => {
            let asked = whole(asked.len());
            format!(
                "{trained}; of the {asked} that experiment.toml asks for of these sources {} are missing",
                whole(missing)
            )
        }
    }
}

/// What cell a record is of; none of a generator that this program does not know.
fn cell_of(record: &CellRecord) -> Option<Cell> {
    let Arm { source, scenario, model } = arm_of(record)?;
    let row = &record.row;
    let sample = SampleSeed {
        fit: row.fit_seed.unwrap_or(row.seed),
        draw: row.draw_seed.unwrap_or(row.seed),
    };
    Some(Cell { seed: row.seed, sample, source, scenario, model: model? })
}

/// What the numbers of comparisons mean.
pub fn how_to_read(verdict: &Verdict) -> String {
    let confidence = (1000.0 * verdict.confidence).round() / 10.0;
    let seeds = match verdict.sequential {
        true => {
            "by a confidence sequence, since seeds were added until answers were clear; ratios, longer training \
             and items by popularity by t in any case"
        }
        false => {
            "by t, paired by seed where equal seeds make runs alike enough, else by Welch's, with fewer than five \
             seeds at least the usual spread of the model and scenario"
        }
    };
    let comparisons = || verdict.claims.iter().flat_map(|claim| &claim.comparisons);
    let of_rows = comparisons().filter(|c| c.numbers.both_interval.is_some()).count();
    let bound = |c: &&Comparison| c.rows_interval_is_bound && c.numbers.both_interval.is_some();
    let bounds = comparisons().filter(bound).count();
    let bounds = match bounds {
        0 => String::new(),
        n => format!("; {n} of {of_rows} are bounds, for want of scores: no wider than that"),
    };
    format!(
        "Intervals are of {confidence} %, in all figures and tables. Over seeds: what more seeds would do on the same test rows; answers \
         go by it ({seeds}). \
         And test rows: what other test rows would do as well (DeLong{bounds}). p is two-sided, of there being \
         no difference, and corrected for the number of comparisons of the claim (Holm): an answer against a \
         claim needs it. What a claim says of a side is borne out in one of several ways of fitting at that way's share of the level. p of \
         the value: of the claimed value being that of one more run. Would \
         show: the effect that so many seeds show in four of five cases. Seeds needed: of the source in all, were mean and \
         spread to stay; what it is compared with has at least as many."
    )
}

/// What is missing, and why.
pub fn not_measured(findings: &Findings) -> Vec<String> {
    let mut missing = Vec::new();
    let cells = missing_cells(&findings.verdict);
    if !cells.is_empty() {
        missing.push(format!(
            "{} that claims speak of {} not been trained: {}",
            counted(cells.len(), "kind of cell", "kinds of cells"),
            if cells.len() == 1 { "has" } else { "have" },
            summed(&cells)
        ));
    }
    let of_one_seed = findings.over_base.iter().filter(|d| d.change.interval.is_none()).count();
    if of_one_seed > 0 {
        missing.push(format!(
            "{} to base {} on one seed and so {} no interval",
            counted(of_one_seed, "difference", "differences"),
            if of_one_seed == 1 { "rests" } else { "rest" },
            if of_one_seed == 1 { "has" } else { "have" }
        ));
    }
    if findings.quality.is_empty() {
        missing
            .push("How good and how private the rows are: no measurements in this run".to_owned());
    } else {
        let unmeasured: Vec<String> = findings
            .sources()
            .into_iter()
            .map(crate::report::findings::source_name)
            .filter(|name| !findings.measured().iter().any(|(other, _)| other == name))
            .map(|(generator, way)| format!("{generator} {way}"))
            .collect();
        if !unmeasured.is_empty() {
            missing.push(format!(
                "How good and how private the rows of {} are",
                unmeasured.join(", ")
            ));
        }
    }
    let drawn = findings.quality.iter().any(|(_, record)| !record.measured.marginals.is_empty());
    if !findings.quality.is_empty() && !drawn {
        missing.push(
            "The shares of categories: the rows were measured by an earlier version; the next `synthctr run` \
             measures them again"
                .to_owned(),
        );
    }
    if findings.verdict.ratios.is_empty() {
        missing
            .push("Which ratio of synthetic rows is best: fewer than three were tried".to_owned());
    }
    if findings.verdict.longer.is_empty() {
        missing.push(
            "Whether gains survive longer training: no test figures of every epoch".to_owned(),
        );
    }
    // Of several runs the first has what was given.
    if findings.bench.is_empty() && findings.prefix.is_empty() {
        missing.push("CPU against CUDA throughput: no bench.json was given (--bench)".to_owned());
    }
    missing
}

/// The kinds of cells that claims speak of and that are not there.
fn missing_cells(verdict: &Verdict) -> BTreeSet<&str> {
    let all = verdict.claims.iter().flat_map(|claim| &claim.missing);
    all.map(String::as_str).collect()
}

/// How many are missing of each generator, from `generator.way.scenario.model`.
fn summed(cells: &BTreeSet<&str>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells {
        *counts.entry(cell.split('.').next().unwrap_or(cell)).or_default() += 1;
    }
    let parts = counts.into_iter().map(|(generator, n)| format!("{generator} {n}"));
    parts.collect::<Vec<_>>().join(", ")
}

fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}
