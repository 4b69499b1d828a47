//! Attacks that count distances, each by its definition, row by row.

use super::{assert_all_close, at_stake, distances, rows_of, scores_of, small_world};
use proptest::prelude::*;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::World;

/// The distances from a row to all `rows`, the smallest first.
fn sorted_distances(from: &[u32], rows: &Coded) -> Vec<usize> {
    let distance = |row: Vec<u32>| row.iter().zip(from).filter(|(a, b)| a != b).count();
    let mut distances: Vec<usize> = rows_of(rows).into_iter().map(distance).collect();
    distances.sort_unstable();
    distances
}

/// Per row at stake.
fn by_row(world: &World, score: impl Fn(&[u32]) -> f64) -> Vec<f64> {
    at_stake(world).iter().map(|row| score(row)).collect()
}

/// The kernel's chance to keep a category, and to take a certain other one.
type Bandwidth = (f64, f64);

/// The mean over `rows` of the product over columns of what the kernel gives.
fn kernel_density(from: &[u32], rows: &Coded, (same, other): Bandwidth) -> f64 {
    let kernel = |row: Vec<u32>| -> f64 {
        row.iter().zip(from).map(|(a, b)| if a == b { same } else { other }).product()
    };
    rows_of(rows).into_iter().map(kernel).sum::<f64>() / rows.n_rows() as f64
}

/// Of nine bandwidths that under which the rows at stake are likeliest.
fn likeliest_bandwidth(world: &World, rows: &Coded) -> Bandwidth {
    let stake = at_stake(world);
    let n = stake.len() as f64;
    let columns = stake[0].len();
    let effective = |column: usize| {
        let agree = |a: &Vec<u32>, b: &Vec<u32>| f64::from(u8::from(a[column] == b[column]));
        let pairs = stake.iter().flat_map(|a| stake.iter().map(move |b| agree(a, b)));
        n * n / pairs.sum::<f64>()
    };
    let mean = (0..columns).map(effective).product::<f64>().powf(1.0 / columns as f64);
    let others = (mean - 1.0).max(1.0);
    let bandwidths = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5];
    let likelihood = |&(same, other): &Bandwidth| -> f64 {
        stake.iter().map(|row| kernel_density(row, rows, (same, other)).ln()).sum()
    };
    let bandwidths = bandwidths.map(|b| (1.0 - b, b / others));
    bandwidths.into_iter().max_by(|a, b| likelihood(a).total_cmp(&likelihood(b))).expect("nine")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn distances_to_the_closest(world in small_world()) {
        let scores = scores_of(&world);
        let closest = |row: &[u32], rows| sorted_distances(row, rows)[0] as f64;
        let expected = by_row(&world, |row| -closest(row, &world.synthetic));
        assert_all_close(&scores["closest-distance"], &expected);
        let expected = by_row(&world, |row| {
            closest(row, &world.reference) - closest(row, &world.synthetic)
        });
        assert_all_close(&scores["distance-difference"], &expected);
    }

    #[test]
    fn shares_of_near_rows(world in small_world()) {
        let scores = scores_of(&world);
        let mut closest: Vec<usize> = at_stake(&world)
            .iter()
            .map(|row| sorted_distances(row, &world.synthetic)[0])
            .collect();
        closest.sort_unstable();
        let within = closest[closest.len() / 2];
        let n = world.synthetic.n_rows() as f64;
        let expected = by_row(&world, |row| {
            let distances = sorted_distances(row, &world.synthetic);
            distances.iter().filter(|&&distance| distance <= within).count() as f64 / n
        });
        assert_all_close(&scores["monte-carlo"], &expected);
        // The mean over all orders of the tied rows: a fifth neighbour is a random one of them.
        let expected = by_row(&world, |row| {
            let synthetic = sorted_distances(row, &world.synthetic);
            let reference = sorted_distances(row, &world.reference);
            let mut all = [synthetic.clone(), reference].concat();
            all.sort_unstable();
            let near = &all[..all.len().min(5)];
            let share_at = |distance: &usize| {
                let count = |of: &[usize]| of.iter().filter(|&d| d == distance).count() as f64;
                count(&synthetic) / count(&all)
            };
            near.iter().map(share_at).sum::<f64>() / near.len() as f64
        });
        assert_all_close(&scores["plagiarism"], &expected);
    }

    #[test]
    fn kernel_densities(world in small_world()) {
        let scores = scores_of(&world);
        let of_synthetic = likeliest_bandwidth(&world, &world.synthetic);
        let of_reference = likeliest_bandwidth(&world, &world.reference);
        let synthetic =
            by_row(&world, |row| kernel_density(row, &world.synthetic, of_synthetic).ln());
        let reference =
            by_row(&world, |row| kernel_density(row, &world.reference, of_reference).ln());
        assert_all_close(&scores["local-density"], &synthetic);
        let ratio: Vec<f64> = synthetic.iter().zip(reference).map(|(s, r)| s - r).collect();
        assert_all_close(&scores["domias-neighbours"], &ratio);
        // The likelihood that each synthetic row gains where the row at stake joins the reference.
        let n = world.reference.n_rows() as f64;
        let gained = by_row(&world, |row| {
            let here = n * kernel_density(row, &world.reference, of_reference);
            let (same, other) = of_reference;
            let gain = |(distance, count): (usize, f64)| {
                let kernel = same.powi((row.len() - distance) as i32) * other.powi(distance as i32);
                count * (1.0 + kernel / here).ln()
            };
            distances(row, &world.synthetic).into_iter().enumerate().map(gain).sum()
        });
        assert_all_close(&scores["likelihood-ratio"], &gained);
    }
}
