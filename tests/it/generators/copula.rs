//! The Gaussian copula against closed forms and SDV's recorded samples.

use super::{fit, share, table};
use serde::Deserialize;
use std::collections::HashMap;
use std::f64::consts::{PI, TAU};
use synthctr::data::Table;
use synthctr::generators::{Conditioning, GeneratorKind, Way};
use synthctr::seed::Seed;

const N: usize = 200_000;

fn sample(conditioning: Conditioning, train: &Table, label: u8) -> Table {
    let fitted = fit(GeneratorKind::GaussianCopula, Way::categories(conditioning), &[], train)
        .expect("a fit");
    fitted.sample(label, N, Seed::master(4), &()).expect("a sample")
}

/// Two columns of coins that show the same side in `agreeing` of ten rows.
fn coins(agreeing: u32) -> (Vec<u32>, Vec<u32>) {
    let first: Vec<u32> = (0..60_000).map(|row| row / 10 % 2).collect();
    let second =
        first.iter().enumerate().map(|(row, coin)| coin ^ u32::from(row as u32 % 10 >= agreeing));
    let second = second.collect();
    (first, second)
}

/// How often two such coins show the same side in a sample. A coin's score has mean `±√(2/π)` given
/// its side, so scores correlate by `ρ = (2/π)(P(same) - P(different))`, and two normal
/// numbers with that correlation have the same sign with probability `1/2 + asin(ρ)/π`
/// (Sheppard 1899).
fn agreement(agreeing: u32) -> f64 {
    let difference = (2.0 * f64::from(agreeing) - 10.0) / 10.0;
    0.5 + (2.0 / PI * difference).asin() / PI
}

fn same(a: &[u32], b: &[u32]) -> f64 {
    a.iter().zip(b).filter(|(a, b)| a == b).count() as f64 / a.len() as f64
}

#[test]
fn two_coins_agree_as_often_as_the_orthant_formula_says() {
    for agreeing in [0, 2, 5, 8, 10] {
        let (first, second) = coins(agreeing);
        let train = table(&[first, second], &[1; 60_000]);
        let rows = sample(Conditioning::PerClass, &train, 1);
        let observed = same(rows.column(0), rows.column(1));
        assert!((observed - agreement(agreeing)).abs() < 0.006, "{agreeing}: {observed}");
        assert!((share(rows.column(0), 0) - 0.5).abs() < 0.006);
    }
}

#[test]
fn a_coin_follows_the_label_by_the_same_formula() {
    let (first, second) = coins(9);
    let labels: Vec<u8> = first.iter().map(|&side| side as u8).collect();
    let train = table(&[second], &labels);
    for label in [0, 1] {
        let rows = sample(Conditioning::Joint, &train, label);
        let observed = share(rows.column(0), label.into());
        assert!((observed - agreement(9)).abs() < 0.006, "{label}: {observed}");
    }
}

#[test]
fn marginals_are_kept() {
    let column: Vec<u32> = (0..10_000).map(|row| (f64::from(row).sqrt() / 9.0) as u32).collect();
    let other: Vec<u32> = (0..10_000).map(|row| row % 3).collect();
    let train = table(&[column, other], &[0; 10_000]);
    let rows = sample(Conditioning::PerClass, &train, 0);
    for field in 0..2 {
        for code in 0..train.schema().fields[field].n_categories() as u32 {
            let expected = share(train.column(field), code);
            let deviation = (expected * (1.0 - expected) / N as f64).sqrt();
            assert!((share(rows.column(field), code) - expected).abs() < 5.0 * deviation);
        }
    }
}

#[test]
fn degenerate_tables_can_be_drawn_from() {
    // One row; a constant column; two equal columns of as many categories as rows.
    let one = table(&[vec![0], vec![0]], &[1]);
    assert_eq!(sample(Conditioning::Joint, &one, 1).n_rows(), N);
    let all: Vec<u32> = (0..3000).collect();
    let labels: Vec<u8> = (0..3000).map(|row| (row % 2) as u8).collect();
    let equal = table(&[all.clone(), all, vec![0; 3000]], &labels);
    let rows = sample(Conditioning::Joint, &equal, 0);
    let near = rows.column(0).iter().zip(rows.column(1)).filter(|(a, b)| a.abs_diff(**b) <= 30);
    assert!(near.count() > N * 9 / 10);
}

#[derive(Deserialize)]
struct Recorded {
    columns: Vec<Vec<u32>>,
    labels: Vec<u8>,
    conditional: HashMap<String, HashMap<String, Vec<f64>>>,
}

#[test]
fn conditional_shares_are_those_of_sdv() {
    let recorded: Recorded =
        serde_json::from_str(include_str!("../../fixtures/sdv_copula.json")).expect("the fixture");
    let train = table(&recorded.columns, &recorded.labels);
    for label in [0, 1] {
        let rows = sample(Conditioning::Joint, &train, label);
        for (field, name) in ["x", "y"].iter().enumerate() {
            let shares = &recorded.conditional[&label.to_string()][*name];
            for (code, &expected) in (0..).zip(shares) {
                let observed = share(rows.column(field), code);
                // SDV's mean over calls is off by about 0.004, each fit by as much again.
                assert!((observed - expected).abs() < 0.02, "{label} {name} {code}: {observed}");
            }
        }
    }
}

#[test]
fn three_coins_in_an_orthant() {
    // All three on one side: 1/4 + (asin ρ₁₂ + asin ρ₁₃ + asin ρ₂₃) / 2π.
    let (first, second) = coins(8);
    let third: Vec<u32> = (0..60_000u32).map(|row| row / 1000 % 2).collect();
    let train = table(&[first, second, third], &[1; 60_000]);
    let rows = sample(Conditioning::PerClass, &train, 1);
    let columns = rows.columns();
    let all = (0..N).filter(|&row| columns.iter().all(|column| column[row] == columns[0][row]));
    let rho: f64 = 2.0 / PI * 0.6;
    let expected = 0.25 + rho.asin() / TAU;
    assert!((all.count() as f64 / N as f64 - expected).abs() < 0.006);
}
