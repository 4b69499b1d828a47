//! Golden runs: tiny trainings with every setting off its default, whose numbers are kept.
//!
//! They turn red when a change of the code changes results, and when a setting has no effect. The
//! numbers are compared within [`SMOOTH`] and [`SHARES`]: far above what another order of
//! floating-point operations makes of such short runs, far below what any setting does. Both are
//! tested here.

mod ctr;
mod generators;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The revision of the program's algorithms.
const REVISION: u32 = synthctr::experiment::ALGORITHM_REVISION;

/// Where the numbers are kept, below the package's folder.
const FILE: &str = "tests/fixtures/golden.json";

/// Set, it has the numbers that changed recorded.
const RECORD: &str = "SYNTHCTR_RECORD_GOLDEN";

/// How far losses and scores may be from golden ones, as a part of 1 plus their size.
const SMOOTH: f64 = 1e-4;

/// How far shares of rows may be from golden ones: they move by whole rows.
const SHARES: f64 = 1e-3;

/// A setting's effect is at least this many times what is tolerated.
const VISIBLE: f64 = 10.0;

/// What a run gave, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Numbers {
    /// Losses and scores.
    smooth: BTreeMap<String, Vec<f64>>,
    /// Shares of rows, or of pairs of rows.
    shares: BTreeMap<String, Vec<f64>>,
}

impl Numbers {
    /// Adds to a series of losses or scores.
    fn smooth(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.smooth.entry(name.to_owned()).or_default().extend(values.into_iter().map(rounded));
    }

    /// Adds to a series of shares.
    fn shares(&mut self, name: &str, values: impl IntoIterator<Item = f64>) {
        self.shares.entry(name.to_owned()).or_default().extend(values.into_iter().map(rounded));
    }

    /// The largest difference from `other`, in units of what is tolerated, and where it is;
    /// infinite where one has numbers that the other lacks.
    fn distance(&self, other: &Numbers) -> (f64, String) {
        let smooth = apart(&self.smooth, &other.smooth, |a, b| {
            (a - b).abs() / (SMOOTH * (1.0 + a.abs().max(b.abs())))
        });
        let shares = apart(&self.shares, &other.shares, |a, b| (a - b).abs() / SHARES);
        if smooth.0 > shares.0 { smooth } else { shares }
    }
}

/// As it is written: with six digits.
fn rounded(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}

/// The largest difference and its name.
fn apart(
    a: &BTreeMap<String, Vec<f64>>,
    b: &BTreeMap<String, Vec<f64>>,
    distance: impl Fn(f64, f64) -> f64,
) -> (f64, String) {
    let mut largest = (0.0, "nothing".to_owned());
    for name in a.keys().chain(b.keys()) {
        let (Some(a), Some(b)) = (a.get(name), b.get(name)) else {
            return (f64::INFINITY, name.clone());
        };
        if a.len() != b.len() {
            return (f64::INFINITY, format!("{name}: {} numbers, not {}", a.len(), b.len()));
        }
        for (i, (&a, &b)) in a.iter().zip(b).enumerate() {
            if distance(a, b) > largest.0 {
                largest = (distance(a, b), format!("{name}[{i}] is {a}, not {b}"));
            }
        }
    }
    largest
}

/// A run: what determines it and what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Run {
    settings: Value,
    numbers: Numbers,
}

/// The file.
#[derive(Serialize, Deserialize)]
struct Golden {
    /// [`REVISION`] when it was written.
    revision: u32,
    runs: BTreeMap<String, Run>,
}

impl Golden {
    fn read() -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).expect("the golden file"),
            Err(_) => Self { revision: REVISION, runs: BTreeMap::new() },
        }
    }

    /// One line a run.
    fn write(&self) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
        let mut text = format!("{{\n\"revision\": {},\n\"runs\": {{\n", self.revision);
        for (i, (name, run)) in self.runs.iter().enumerate() {
            let run = serde_json::to_string(run).expect("json");
            let comma = if i + 1 < self.runs.len() { "," } else { "" };
            writeln!(text, "\"{name}\": {run}{comma}").expect("a line");
        }
        std::fs::write(path, text + "}\n}\n").expect("the golden file written");
    }
}

#[test]
fn golden_runs_give_the_numbers_that_are_kept() {
    let recording = std::env::var_os(RECORD).is_some();
    let Golden { revision, runs: kept } = Golden::read();
    let (mut runs, mut wrong) = (BTreeMap::new(), Vec::new());
    for (name, run) in ctr::golden_runs().into_iter().chain(generators::golden_runs()) {
        let (run, complaint) = match kept.get(&name) {
            Some(kept) if kept.settings == run.settings => {
                let (distance, what) = run.numbers.distance(&kept.numbers);
                // Within what is tolerated the file stays as it is, whoever records.
                let same = distance <= 1.0;
                let complaint = format!("{name}: {what}, {distance:.1} times what is tolerated");
                if same { (kept.clone(), None) } else { (run, Some((complaint, true))) }
            }
            Some(_) => (run, Some((format!("{name}: it has other settings now"), false))),
            None => (run, Some((format!("{name}: it is new"), false))),
        };
        runs.insert(name, run);
        wrong.extend(complaint);
    }
    for name in kept.keys().filter(|&name| !runs.contains_key(name)) {
        wrong.push((format!("{name}: it is gone"), false));
    }
    let changed = wrong.iter().any(|(_, changed)| *changed);
    let complaints: Vec<&str> = wrong.iter().map(|(complaint, _)| complaint.as_str()).collect();
    let complaints = complaints.join("\n");
    let again = format!("{RECORD}=1 cargo test --release --test it golden");
    assert!(
        !changed || revision != REVISION,
        "results changed and the revision of the algorithms did not:\n{complaints}\n\
         If they were meant to change, raise ALGORITHM_REVISION in src/experiment/plan/fingerprint.rs \
         and record them again: {again}"
    );
    if recording {
        return Golden { revision: REVISION, runs }.write();
    }
    assert!(
        wrong.is_empty() && revision == REVISION,
        "{FILE} is of revision {revision}, the program of {REVISION}:\n{complaints}\n\
         Record again: {again}"
    );
}

/// Fails where `run` with one setting changed cannot be told from the golden one. `variants` are
/// named after the setting.
fn assert_visible<C>(
    name: &str,
    golden: &Numbers,
    variants: Vec<(&'static str, C)>,
    run: impl Fn(C) -> Numbers,
) {
    for (setting, variant) in variants {
        let (distance, what) = run(variant).distance(golden);
        println!("{name} {setting}: {distance:.1} times what is tolerated ({what})");
        assert!(distance >= VISIBLE, "{name}: {setting} moves the numbers by {distance:.1} only");
    }
}

/// Fails where arithmetic in another order moves the numbers by more than a tenth of what is
/// tolerated.
fn assert_rounding_is_small(name: &str, cpu: &Numbers, reference: &Numbers) {
    let (distance, what) = cpu.distance(reference);
    println!("{name}: rounding makes {distance:.4} of what is tolerated ({what})");
    assert!(distance <= 0.1, "{name}: rounding makes {distance:.2} of what is tolerated: {what}");
}
