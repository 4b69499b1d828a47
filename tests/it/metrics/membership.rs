//! Membership inference.

mod density_attacks;
mod distance_attacks;
mod edges;
mod planted;
mod planted_users;
mod visits;
mod worlds;

use proptest::prelude::*;
use std::collections::BTreeMap;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::{World, attack_scores};

/// Numbers of categories of small tables.
const SMALL: [usize; 4] = [2, 5, 3, 7];

/// A few rows of few categories.
fn small_rows(n: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Coded> {
    let row = (0u32..2, 0u32..5, 0u32..3, 0u32..7);
    prop::collection::vec(row, n).prop_map(|rows| {
        let columns = vec![
            rows.iter().map(|row| row.0).collect(),
            // Columns that hang together.
            rows.iter().map(|row| if row.0 == 0 { row.1 } else { row.1 / 3 }).collect(),
            rows.iter().map(|row| row.2).collect(),
            rows.iter().map(|row| if row.2 == 1 { 6 } else { row.3 }).collect(),
        ];
        Coded::new(columns, SMALL.to_vec())
    })
}

/// Small tables of different lengths.
fn small_world() -> impl Strategy<Value = World> {
    (small_rows(1..12), small_rows(1..9), small_rows(1..15), small_rows(1..25)).prop_map(
        |(members, non_members, reference, synthetic)| World {
            members,
            non_members,
            reference,
            synthetic,
        },
    )
}

/// The scores of all attacks by name.
fn scores_of(world: &World) -> BTreeMap<String, Vec<f64>> {
    attack_scores(world, &()).into_iter().collect()
}

/// The codes of a row.
fn row(rows: &Coded, row: usize) -> Vec<u32> {
    rows.columns().iter().map(|column| column[row]).collect()
}

/// All rows at stake, members first.
fn at_stake(world: &World) -> Vec<Vec<u32>> {
    [&world.members, &world.non_members].into_iter().flat_map(rows_of).collect()
}

fn rows_of(rows: &Coded) -> Vec<Vec<u32>> {
    (0..rows.n_rows()).map(|place| row(rows, place)).collect()
}

/// By distance, the number of `rows` that far from `from`.
fn distances(from: &[u32], rows: &Coded) -> Vec<f64> {
    let mut counts = vec![0.0; from.len() + 1];
    for row in rows_of(rows) {
        counts[row.iter().zip(from).filter(|(a, b)| a != b).count()] += 1.0;
    }
    counts
}

#[track_caller]
fn assert_all_close(actual: &[f64], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        let tolerance = 1e-9 * expected.abs().max(1.0);
        assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
    }
}
