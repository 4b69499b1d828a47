//! Telling synthetic rows from real ones.

use rand::RngExt;
use std::cell::RefCell;
use synthctr::data::Coded;
use synthctr::metrics::fidelity::{Side, Undefined, two_sample_auc};
use synthctr::seed::Seed;

/// Naive Bayes with one row added to each category.
fn naive_bayes(train: &Coded, labels: &[u8], test: &Coded, _: Seed) -> Vec<f64> {
    let mut scores = vec![0.0; test.n_rows()];
    for column in 0..train.n_columns() {
        let mut counts = vec![[1.0f64; 2]; train.sizes()[column]];
        for (&code, &label) in train.column(column).iter().zip(labels) {
            counts[code as usize][usize::from(label)] += 1.0;
        }
        for (score, &code) in scores.iter_mut().zip(test.column(column)) {
            let [of_others, of_label] = counts[code as usize];
            *score += (of_label / of_others).ln();
        }
    }
    scores
}

/// Rows of three columns; the first category of the first column is the more frequent the larger
/// `shift`.
fn rows(n: usize, shift: f64, name: &str) -> Coded {
    let mut rng = Seed::master(3).stream(name);
    let first = (0..n).map(|_| if rng.random::<f64>() < shift { 0 } else { 1 }).collect();
    let mut any = |size: u32| (0..n).map(|_| rng.random_range(0..size)).collect();
    let columns = vec![first, any(4), any(30)];
    Coded::new(columns, vec![2, 4, 30])
}

#[test]
fn equal_distributions_cannot_be_told_apart() {
    let mut sum = 0.0;
    for trial in 0..40u64 {
        let (real, synthetic) =
            (rows(300, 0.5, &format!("{trial}a")), rows(500, 0.5, &format!("{trial}b")));
        let test = two_sample_auc(&real, &synthetic, 5, Seed::master(trial), &naive_bayes);
        let test = test.expect("rows");
        assert_eq!(test.rows, 300);
        assert!((test.auc - 0.5).abs() < 4.5 * test.standard_error, "{test:?}");
        sum += (test.auc - 0.5) / test.standard_error;
    }
    // The mean of forty standard normals, so that a bias of half a standard error would show.
    assert!((sum / 40.0).abs() < 3.3 / 40f64.sqrt(), "{}", sum / 40.0);
}

#[test]
fn halves_of_one_table_cannot_be_told_apart() {
    let all = rows(4000, 0.3, "all");
    let half = |first: usize| all.select(&(first..4000).step_by(2).collect::<Vec<_>>());
    let test = two_sample_auc(&half(0), &half(1), 5, Seed::master(1), &naive_bayes).expect("rows");
    assert!((test.auc - 0.5).abs() < 3.0 * test.standard_error, "{test:?}");
    assert!((0.005..0.02).contains(&test.standard_error), "{test:?}");
}

#[test]
fn different_tables_are_told_apart_as_well_as_they_can_be() {
    let test = |a: f64, b: f64| {
        let (real, synthetic) = (rows(5000, a, "a"), rows(4000, b, "b"));
        two_sample_auc(&real, &synthetic, 5, Seed::master(1), &naive_bayes).expect("rows")
    };
    // The best score is the first column: AUC 1/2 + 0.3/2. The others are noise to it.
    let found = test(0.5, 0.8);
    assert!((found.auc - 0.65).abs() < 0.02, "{found:?}");
    assert!(test(0.5, 0.9).auc > found.auc + 0.02);
    assert_eq!(test(1.0, 0.0).auc, 1.0);
}

#[test]
fn every_row_is_scored_once_by_a_classifier_that_has_not_seen_it() {
    // Rows are their own positions: real ones even, synthetic ones odd.
    let rows =
        |n: u32, odd: u32| Coded::new(vec![(0..n).map(|i| 2 * i + odd).collect()], vec![200]);
    let scored = RefCell::new(Vec::<u32>::new());
    let learner = |train: &Coded, labels: &[u8], test: &Coded, _: Seed| {
        assert_eq!(labels.len(), train.n_rows());
        for (&row, &label) in train.column(0).iter().zip(labels) {
            assert_eq!(row % 2, u32::from(label), "0 for real rows, 1 for synthetic ones");
        }
        assert!(test.column(0).iter().all(|row| !train.column(0).contains(row)));
        for rows in [train, test] {
            let synthetic = rows.column(0).iter().filter(|&row| row % 2 == 1).count();
            assert_eq!(2 * synthetic, rows.n_rows(), "as many of both");
        }
        scored.borrow_mut().extend(test.column(0));
        vec![0.0; test.n_rows()]
    };
    let test = two_sample_auc(&rows(90, 0), &rows(53, 1), 4, Seed::master(2), &learner);
    assert_eq!(test.expect("rows").auc, 0.5);
    let mut scored = scored.into_inner();
    assert_eq!(scored.len(), 2 * 53, "each row once");
    scored.sort_unstable();
    scored.dedup();
    assert_eq!(scored.len(), 2 * 53, "and none instead of another");
    assert_eq!(scored.iter().filter(|&row| row % 2 == 1).count(), 53);
    // The larger table is thinned at random, not at its end.
    assert!(scored.iter().filter(|&row| row % 2 == 0).any(|&row| row >= 2 * 53));
}

#[test]
fn the_seed_decides() {
    let (real, synthetic) = (rows(200, 0.4, "a"), rows(150, 0.6, "b"));
    let auc = |seed| {
        let seed = Seed::master(seed);
        two_sample_auc(&real, &synthetic, 5, seed, &naive_bayes).expect("rows").auc
    };
    assert_eq!(auc(1), auc(1));
    assert_ne!(auc(1), auc(2));
}

#[test]
fn the_standard_error_is_the_spread_over_tables() {
    let test = |trial: u64| {
        let (real, synthetic) =
            (rows(250, 0.4, &format!("{trial}c")), rows(250, 0.6, &format!("{trial}d")));
        two_sample_auc(&real, &synthetic, 5, Seed::master(trial), &naive_bayes).expect("rows")
    };
    let tests: Vec<_> = (0..200).map(test).collect();
    let mean = tests.iter().map(|test| test.auc).sum::<f64>() / 200.0;
    let variance = tests.iter().map(|test| (test.auc - mean).powi(2)).sum::<f64>() / 199.0;
    let said = tests.iter().map(|test| test.standard_error.powi(2)).sum::<f64>() / 200.0;
    // Not the variance of training; and that of 200 draws is known to about 10 %.
    assert!((0.6..1.3).contains(&(said / variance)), "{said}, {variance}");
}

#[test]
fn too_few_rows_and_scores_that_are_no_numbers_are_undefined() {
    let (many, few) = (rows(50, 0.5, "a"), rows(9, 0.5, "b"));
    let auc = |real, synthetic| two_sample_auc(real, synthetic, 5, Seed::master(1), &naive_bayes);
    let needed = 10;
    assert_eq!(auc(&many, &few), Err(Undefined::FewRows { side: Side::Synthetic, needed }));
    assert_eq!(auc(&few, &many), Err(Undefined::FewRows { side: Side::Real, needed }));
    let broken = |_: &Coded, _: &[u8], test: &Coded, _: Seed| vec![f64::NAN; test.n_rows()];
    let test = two_sample_auc(&many, &many, 2, Seed::master(1), &broken);
    assert_eq!(test, Err(Undefined::Score));
}
