//! SMOTEN against imbalanced-learn's recorded rows and against its definition.

use super::{fit, random_table, table};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use synthctr::data::Table;
use synthctr::generators::{Conditioning, GeneratorKind, Way};
use synthctr::seed::Seed;

#[derive(Deserialize)]
struct Recorded {
    columns: Vec<Vec<u32>>,
    labels: Vec<u8>,
    /// By label: the distinct rows made, ascending.
    rows: [Vec<Vec<u32>>; 2],
    /// By label: how often each of them was made.
    counts: [Vec<u32>; 2],
}

fn distinct(table: &Table) -> BTreeSet<Vec<u32>> {
    (0..table.n_rows()).map(|row| table.row(row).collect()).collect()
}

#[test]
fn makes_the_rows_that_imbalanced_learn_makes_and_as_often() {
    let recorded = include_str!("../../fixtures/imblearn_smoten.json");
    let recorded: Recorded = serde_json::from_str(recorded).expect("the fixture");
    let train = table(&recorded.columns, &recorded.labels);
    let fitted = fit(GeneratorKind::Smoten, Way::categories(Conditioning::Joint), &[], &train)
        .expect("a fit");
    for label in [0, 1] {
        let (theirs, counts) =
            (&recorded.rows[usize::from(label)], &recorded.counts[usize::from(label)]);
        let n = 200_000;
        let rows = fitted.sample(label, n, Seed::master(1), &()).expect("a sample");
        let mut ours = BTreeMap::<Vec<u32>, u32>::new();
        (0..n).for_each(|row| *ours.entry(rows.row(row).collect()).or_default() += 1);
        assert!(ours.keys().eq(theirs), "label {label}");
        let (n, m) = (n as f64, f64::from(counts.iter().sum::<u32>()));
        for ((row, &ours), &theirs) in ours.iter().zip(counts) {
            let (ours, theirs) = (f64::from(ours), f64::from(theirs));
            let pooled = (ours + theirs) / (n + m);
            let deviation = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
            // Both were counted among independent draws.
            let apart = (ours / n - theirs / m).abs() / deviation;
            assert!(apart < 5.0, "label {label}: {row:?} {apart:.1} deviations apart");
        }
    }
}

/// All rows that SMOTEN can make of one label's rows by the overlap metric, by definition.
fn by_definition(class: &Table, neighbours: usize) -> BTreeSet<Vec<u32>> {
    let rows: Vec<Vec<u32>> = (0..class.n_rows()).map(|row| class.row(row).collect()).collect();
    let made = |base: usize| -> Vec<u32> {
        let distance =
            |other: usize| rows[base].iter().zip(&rows[other]).filter(|(a, b)| a != b).count();
        let mut others: Vec<usize> = (0..rows.len()).filter(|&other| other != base).collect();
        others.sort_by_key(|&other| (distance(other), other));
        others.truncate(neighbours);
        others.push(base);
        let winner = |field: usize| {
            let codes = 0..class.schema().fields[field].n_categories() as u32;
            let votes = |code: u32| others.iter().filter(|&&row| rows[row][field] == code).count();
            codes.rev().max_by_key(|&code| votes(code)).expect("a category")
        };
        (0..class.n_fields()).map(winner).collect()
    };
    (0..rows.len()).map(made).collect()
}

#[test]
fn per_class_uses_the_overlap_metric() {
    for seed in 0..20 {
        let train = random_table(120, 5, 4, seed);
        let fitted =
            fit(GeneratorKind::Smoten, Way::categories(Conditioning::PerClass), &[], &train)
                .expect("a fit");
        for label in [0, 1] {
            let class = train.select(&train.rows_with(label));
            let rows = fitted.sample(label, 3000, Seed::master(seed), &()).expect("a sample");
            assert_eq!(distinct(&rows), by_definition(&class, 5), "seed {seed} label {label}");
        }
    }
}
