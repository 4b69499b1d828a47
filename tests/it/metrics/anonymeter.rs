//! Singling out, linkability and inference.

mod distances;
mod edges;
mod parity;
mod truths;

use serde::Deserialize;
use std::collections::HashSet;
use std::sync::Arc;
use synthctr::data::{Column, Frame};
use synthctr::metrics::privacy::anonymeter::{Attackers, Estimate, Rate};

/// What `scripts/peers/anonymeter_risks.py` recorded.
#[derive(Deserialize)]
struct Recorded {
    rates: Vec<(usize, usize, f64, f64, f64)>,
    risks: Vec<(usize, usize, usize, f64, f64, f64, f64)>,
    nearest: Neighbors,
    rows: usize,
    attacks: usize,
    tables: Vec<Attack>,
}

#[derive(Deserialize)]
struct Neighbors {
    halves: [Half; 2],
    links: Vec<(usize, usize)>,
    right_d: Vec<bool>,
    right_a: Vec<bool>,
}

#[derive(Deserialize)]
struct Half {
    rows: Vec<Vec<usize>>,
    distances: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Attack {
    kind: String,
    leak: bool,
    attack: String,
    successes: Vec<[usize; 3]>,
}

fn recorded() -> Recorded {
    serde_json::from_str(include_str!("../../fixtures/anonymeter.json")).expect("the fixture")
}

/// A number from 0 to 1: the SplitMix64 hash of a value's place.
fn uniform(table: u64, row: u64, column: u64) -> f64 {
    let z = (table << 40) + (row << 6) + column;
    let z = z.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// The kinds of tables that the script makes too.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Mixed,
    Categories,
}

impl Kind {
    fn sizes(self) -> [usize; 6] {
        [9, 14, 8, 12, if self == Self::Mixed { 40 } else { 400 }, 5]
    }

    fn value(self, table: u64, row: u64, column: u64) -> f64 {
        let (hidden, own) = (uniform(table, row, 63), uniform(table, row, column));
        let size = self.sizes()[column as usize] as f64;
        match (self, column) {
            (Self::Mixed, 0) => 1.0 + hidden + 0.5 * own,
            (Self::Mixed, 1) => 100.0 * own * own,
            (_, 4) => (own * own * size).floor(),
            _ => ((hidden + own) / 2.0 * size).floor(),
        }
    }

    /// The first `n` different rows.
    fn rows(self, table: u64, n: usize) -> Vec<[f64; 6]> {
        let mut seen = HashSet::new();
        let rows = (0u64..).map(|row| [0, 1, 2, 3, 4, 5].map(|c| self.value(table, row, c)));
        rows.filter(|row| seen.insert(row.map(f64::to_bits))).take(n).collect()
    }

    fn frame(self, rows: &[[f64; 6]]) -> Frame {
        let column = |c: usize| {
            let values = rows.iter().map(|row| row[c]);
            let name = ["a", "b", "c", "d", "e", "f"][c];
            if self == Self::Mixed && c < 2 {
                return Column::numbers(name, values.collect());
            }
            let vocabulary = (0..self.sizes()[c]).map(|code| code.to_string()).collect();
            Column::categories(name, Arc::new(vocabulary), values.map(|v| v as u32).collect())
        };
        Frame::new((0..6).map(column).collect())
    }

    fn table(self, table: u64, n: usize) -> Frame {
        self.frame(&self.rows(table, n))
    }

    /// Real, synthetic and control tables; half of the synthetic rows are copies in the first.
    fn tables(self, leak: bool, n: usize) -> [Frame; 3] {
        let (train, mut synthetic) = (self.rows(1, n), self.rows(2, n));
        if leak {
            synthetic[..n / 2].copy_from_slice(&train[..n / 2]);
        }
        [self.frame(&train), self.frame(&synthetic), self.table(3, n)]
    }
}

/// The columns known to each side of linkability.
const HALVES: (&[usize], &[usize]) = (&[0, 2, 4], &[1, 3, 5]);

/// All columns but one.
fn others(secret: usize) -> Vec<usize> {
    (0..6).filter(|&column| column != secret).collect()
}

/// Codes as a column of categories `0`, `1`, ….
fn codes(name: &str, codes: &[u32], size: usize) -> Column {
    let vocabulary = (0..size).map(|code| code.to_string()).collect();
    Column::categories(name, Arc::new(vocabulary), codes.to_vec())
}

/// The number of successes that a rate at 95 % confidence was made of.
#[track_caller]
fn successes(rate: Rate, attacks: usize) -> usize {
    let [none, all] =
        [0, attacks].map(|successes| Estimate::wilson(successes as f64, attacks, 0.95).value);
    let successes = (rate.value - none) / (all - none) * attacks as f64;
    assert!((successes - successes.round()).abs() < 1e-6, "{successes} successes");
    successes.round() as usize
}

fn risk(attackers: &Attackers) -> Rate {
    attackers.risk.expect("a control")
}
