//! Attacks that fit densities or classifiers, by definition or by what they must tell apart.

use super::{SMALL, assert_all_close, at_stake, row, rows_of, scores_of, small_world};
use proptest::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use std::collections::BTreeSet;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::World;

/// The number of rows with these codes in these columns.
fn count(rows: &[Vec<u32>], of: &[(usize, u32)]) -> f64 {
    rows.iter().filter(|row| of.iter().all(|&(column, code)| row[column] == code)).count() as f64
}

/// The entropy of columns, corrected by the number of their values less one over twice the rows.
fn entropy(rows: &[Vec<u32>], columns: &[usize]) -> f64 {
    let values: BTreeSet<Vec<(usize, u32)>> =
        rows.iter().map(|row| columns.iter().map(|&c| (c, row[c])).collect()).collect();
    let n = rows.len() as f64;
    let share = |of: &Vec<(usize, u32)>| count(rows, of) / n;
    let sum: f64 = values.iter().map(|of| -share(of) * share(of).ln()).sum();
    sum + (values.len() as f64 - 1.0) / (2.0 * n)
}

/// The parents of columns 1, 2 and 3 in each of the sixteen trees that hang from column 0.
fn trees() -> Vec<[usize; 3]> {
    let parents = (0..64).map(|code| [code / 16, code / 4 % 4, code % 4]);
    let reaches = |parents: &[usize; 3], mut column: usize| {
        for _ in 0..3 {
            column = if column == 0 { 0 } else { parents[column - 1] };
        }
        column == 0
    };
    let trees: Vec<_> =
        parents.filter(|parents| (1..4).all(|column| reaches(parents, column))).collect();
    assert_eq!(trees.len(), 16);
    trees
}

/// The probability of a row along a tree that was fitted to `rows`.
fn tree_density(row: &[u32], tree: [usize; 3], rows: &[Vec<u32>]) -> f64 {
    let alone = |column: usize| {
        let half = 0.5 * SMALL[column] as f64;
        (count(rows, &[(column, row[column])]) + 0.5) / (rows.len() as f64 + half)
    };
    let given = |column: usize, parent: usize| {
        let together = count(rows, &[(column, row[column]), (parent, row[parent])]);
        (together + alone(column)) / (count(rows, &[(parent, row[parent])]) + 1.0)
    };
    alone(0) * (1..4).map(|column| given(column, tree[column - 1])).product::<f64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn trees_are_the_best_of_all(world in small_world()) {
        let scores = scores_of(&world);
        let (synthetic, reference) = (rows_of(&world.synthetic), rows_of(&world.reference));
        let information = |tree: &[usize; 3]| -> f64 {
            let edges = (1..4).map(|column| (column, tree[column - 1]));
            edges.map(|(a, b)| {
                entropy(&synthetic, &[a]) + entropy(&synthetic, &[b]) - entropy(&synthetic, &[a, b])
            }).sum()
        };
        let best = trees().iter().map(information).fold(f64::NEG_INFINITY, f64::max);
        // Of trees with as much information any will do.
        let found = trees().into_iter().filter(|tree| information(tree) > best - 1e-9).any(|tree| {
            let log = |rows: &[Vec<u32>]| -> Vec<f64> {
                at_stake(&world).iter().map(|row| tree_density(row, tree, rows).ln()).collect()
            };
            let (log_s, log_r) = (log(&synthetic), log(&reference));
            let copies = at_stake(&world).into_iter().zip(&log_r).map(|(row, log)| {
                let copies = synthetic.iter().filter(|other| **other == row).count() as f64;
                let expected = log.exp() * synthetic.len() as f64;
                if copies > expected {
                    copies * (copies / expected).ln() - copies + expected
                } else {
                    0.0
                }
            });
            let ratio: Vec<f64> = log_s.iter().zip(&log_r).map(|(s, r)| s - r).collect();
            let close = |actual: &[f64], expected: &[f64]| {
                actual.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9 * b.abs().max(1.0))
            };
            close(&scores["density-tree"], &log_s)
                && close(&scores["domias-tree"], &ratio)
                && close(&scores["surprising-copies"], &copies.collect::<Vec<f64>>())
        });
        prop_assert!(found, "scores are those of none of the best trees");
    }

    #[test]
    fn copulas_of_two_columns_are_bivariate_normal(world in small_world()) {
        let two = |rows: &Coded| {
            Coded::new(vec![rows.column(0).to_vec(), rows.column(3).to_vec()], vec![2, 7])
        };
        let world = World {
            members: two(&world.members),
            non_members: two(&world.non_members),
            reference: two(&world.reference),
            synthetic: two(&world.synthetic),
        };
        let scores = scores_of(&world);
        let log = |rows: &Coded| -> Vec<f64> {
            let marginals = [marginal(rows.column(0), 2), marginal(rows.column(1), 7)];
            let z = |row: &[u32]| [0, 1].map(|c| marginals[c][row[c] as usize].1);
            let products = rows_of(rows).into_iter().map(|row| z(&row)[0] * z(&row)[1]);
            let r = 0.99 * products.sum::<f64>() / rows.n_rows() as f64;
            let density = |row: Vec<u32>| {
                let [x, y] = z(&row);
                let shares: f64 = (0..2).map(|c| marginals[c][row[c] as usize].0.ln()).sum();
                let quadratic = (r * r * (x * x + y * y) - 2.0 * r * x * y) / (1.0 - r * r);
                shares - (1.0 - r * r).ln() / 2.0 - quadratic / 2.0
            };
            at_stake(&world).into_iter().map(density).collect()
        };
        let (synthetic, reference) = (log(&world.synthetic), log(&world.reference));
        assert_all_close(&scores["density-copula"], &synthetic);
        let ratio: Vec<f64> = synthetic.iter().zip(reference).map(|(s, r)| s - r).collect();
        assert_all_close(&scores["domias-copula"], &ratio);
    }
}

/// By code: its share, and the standardised normal score of the middle of its interval.
fn marginal(column: &[u32], size: u32) -> Vec<(f64, f64)> {
    let n = column.len() as f64;
    let count = |code: u32| column.iter().filter(|&&other| other == code).count() as f64;
    let share = |code: u32| (count(code) + 0.5) / (n + f64::from(size) / 2.0);
    let score = |code: u32| {
        let below: f64 = (0..code).map(share).sum();
        Normal::standard().inverse_cdf(below + share(code) / 2.0)
    };
    let mean = column.iter().map(|&code| score(code)).sum::<f64>() / n;
    let variance = column.iter().map(|&code| (score(code) - mean).powi(2)).sum::<f64>() / n;
    let scale = if variance.sqrt() > 1e-9 { variance.sqrt().recip() } else { 0.0 };
    (0..size).map(|code| (share(code), (score(code) - mean) * scale)).collect()
}

#[test]
fn the_classifier_tells_pairs_of_categories() {
    // Every category is as frequent in synthetic rows as in the reference; the pairs are not.
    let rows = |equal: bool, size: u32| {
        let a: Vec<u32> = (0..4000).map(|row| row % size).collect();
        let b = a.iter().map(|&a| if equal { a } else { (a + 1) % size }).collect();
        Coded::new(vec![a, b], vec![size as usize; 2])
    };
    // Few pairs, which have codes, and many, which are hashed.
    for size in [2, 100] {
        let world = World {
            members: rows(true, size),
            non_members: rows(false, size),
            reference: rows(false, size),
            synthetic: rows(true, size),
        };
        let scores = &scores_of(&world)["classifier"];
        let (members, others) = scores.split_at(4000);
        let told = members.iter().filter(|&&score| score > 1.0).count();
        let mistaken = others.iter().filter(|&&score| score > -1.0).count();
        // Some pairs share a hash with one of the others.
        assert!(told >= 3800 && mistaken <= 200, "{told} told, {mistaken} mistaken");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn scores_do_not_hang_on_who_is_a_member(
        world in small_world(),
        place in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let (n, m) = (world.members.n_rows(), world.non_members.n_rows());
        let (member, non_member) = (place.index(n), other.index(m));
        let before = scores_of(&world);
        let mut exchanged = world.clone();
        let exchange = |rows: &Coded, at: usize, new: Vec<u32>| {
            let mut columns = rows.columns().to_vec();
            columns.iter_mut().zip(new).for_each(|(column, code)| column[at] = code);
            Coded::new(columns, rows.sizes().to_vec())
        };
        exchanged.members =
            exchange(&world.members, member, row(&world.non_members, non_member));
        exchanged.non_members =
            exchange(&world.non_members, non_member, row(&world.members, member));
        for (name, scores) in scores_of(&exchanged) {
            let mut expected = before[&name].clone();
            expected.swap(member, n + non_member);
            assert_all_close(&scores, &expected);
        }
    }
}
