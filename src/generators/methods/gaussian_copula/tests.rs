//! The copula's correlation matrix against the numbers that `copulas` and SDV learned.

use super::*;
use crate::data::Field;
use crate::data::{Schema, Table};
use rand::RngExt;
use rand::seq::SliceRandom;
use std::sync::Arc;

#[derive(Deserialize)]
struct Recorded {
    scores: Vec<Vec<f64>>,
    scores_correlation: Vec<Vec<f64>>,
    columns: Vec<Vec<u32>>,
    labels: Vec<u32>,
    correlation: Vec<Vec<f64>>,
}

fn recorded() -> Recorded {
    let recorded = include_str!("../../../../tests/fixtures/sdv_copula.json");
    serde_json::from_str(recorded).expect("the fixture")
}

fn farthest(ours: &DMatrix<f64>, theirs: &[Vec<f64>]) -> f64 {
    let n = theirs.len();
    assert_eq!(ours.nrows(), n);
    let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    pairs.map(|(i, j)| (ours[(i, j)] - theirs[i][j]).abs()).fold(0.0, f64::max)
}

#[test]
fn scores_correlate_as_in_copulas() {
    let recorded = recorded();
    let n_rows = recorded.scores[0].len();
    // In two parts, as chunks of rows are.
    let mut parts = [Moments::new(3), Moments::new(3)];
    for row in 0..n_rows {
        let scores: Vec<f64> = recorded.scores.iter().map(|column| column[row]).collect();
        parts[usize::from(row >= n_rows / 3)].add(&scores);
    }
    let [mut all, rest] = parts;
    all.merge(&rest);
    let difference = farthest(&all.correlation(), &recorded.scores_correlation);
    assert!(difference < 1e-9, "{difference}");
}

#[test]
fn categories_correlate_as_in_sdv() {
    let recorded = recorded();
    let mut columns: Vec<&[u32]> = vec![&recorded.labels];
    columns.extend(recorded.columns.iter().map(Vec::as_slice));
    let marginals: Vec<Marginal> = columns.iter().map(|column| Marginal::new(column)).collect();
    let fits = 50;
    let mut mean = DMatrix::zeros(3, 3);
    for fit in 0..fits {
        let seed = Seed::master(fit);
        mean += correlate_scores(&marginals, &columns, &[], recorded.labels.len(), seed, &())
            / fits as f64;
    }
    // SDV's mean over 8 fits has a standard error of up to 0.006.
    let difference = farthest(&mean, &recorded.correlation);
    assert!(difference < 0.02, "{difference}");
}

#[test]
fn singular_and_impossible_matrices_get_a_factor() {
    let equal = DMatrix::from_element(3, 3, 1.0);
    let factor = cholesky(&equal).expect("a factor");
    assert!(factor.iter().all(|value| value.is_finite()));
    // No three columns correlate like this; the factor's rows still have length 1.
    let impossible =
        DMatrix::from_row_slice(3, 3, &[1.0, 0.6, -0.5, 0.6, 1.0, 0.6, -0.5, 0.6, 1.0]);
    let factor = cholesky(&impossible).expect("a factor");
    for row in [&factor[..1], &factor[1..3], &factor[3..]] {
        assert!((row.iter().map(|x| x * x).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert_eq!(cholesky(&DMatrix::identity(2, 2)), Some(vec![1.0, 0.0, 1.0]));
}

#[test]
fn one_row_has_no_correlation() {
    let schema = Schema {
        label: "label".into(),
        fields: vec![Field::categorical("a", vec!["x".into()]); 2],
    };
    let train = Table::new(Arc::new(schema), vec![vec![0], vec![0]], vec![1]);
    let copula = Copula::fit(Family::Beta, &train.into(), Seed::master(1), &()).expect("a fit");
    assert_eq!(copula.factor, [1.0, 0.0, 1.0]);
}

/// Rows of one field of 150 categories, half of which, drawn at random, are clicked nine times in
/// ten and the others once in ten. And by category: whether it is one of the former.
fn liked_or_not() -> (Table, Vec<bool>) {
    let mut rng = Seed::master(6).stream("rows");
    let mut liked: Vec<bool> = (0..150).map(|category| category % 2 == 0).collect();
    liked.shuffle(&mut rng);
    let codes: Vec<u32> = (0..20_000).map(|_| rng.random_range(0..150)).collect();
    let mut clicked = |&code: &u32| rng.random_bool(if liked[code as usize] { 0.9 } else { 0.1 });
    let labels = codes.iter().map(|code| u8::from(clicked(code))).collect();
    let categories = (0..150).map(|category| category.to_string()).collect();
    let fields = vec![Field::categorical("a", categories)];
    (Table::new(Arc::new(Schema { label: "label".into(), fields }), vec![codes], labels), liked)
}

/// What the documentation says of categories in arbitrary order.
#[test]
fn one_correlation_hardly_sees_what_categories_in_random_order_mean() {
    let (train, liked) = liked_or_not();
    let share = |rows: &Table| {
        let liked = rows.column(0).iter().filter(|&&code| liked[code as usize]).count();
        liked as f64 / rows.n_rows() as f64
    };
    let drawn = |rows: &Table| {
        let copula =
            Copula::fit(Family::Beta, &rows.clone().into(), Seed::master(1), &()).expect("a fit");
        share(&copula.sample(1, 20_000, Seed::master(2), &()).expect("rows").categories)
    };
    let clicks = train.select(&train.rows_with(1));
    let (joint, per_class, truth) = (drawn(&train), drawn(&clicks), share(&clicks));
    println!("{joint:.3} joint, {per_class:.3} per class, {truth:.3} in the rows");
    assert!((truth - 0.9).abs() < 0.02 && (per_class - truth).abs() < 0.02);
    assert!((joint - 0.5).abs() < 0.2, "{joint}");
}

/// Two columns about 100, as strongly tied together as asked, of which one row is far off in both.
fn with_an_outlier(n: usize, tied: f64) -> Mixed<'static> {
    let mut rng = Seed::master(4).stream("rows");
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    for _ in 0..n {
        let [a, b]: [f64; 2] = [(); 2].map(|()| StandardNormal.sample(&mut rng));
        first.push((100.0 + 20.0 * a).round());
        second.push((100.0 + 20.0 * (tied * a + (1.0 - tied * tied).sqrt() * b)).round());
    }
    (first[7], second[7]) = (1e6, 1e6);
    let schema = Arc::new(Schema { label: "label".into(), fields: Vec::new() });
    Mixed::new(Table::new(schema, Vec::new(), vec![1; n]), vec![first, second])
}

/// The rest of the rows is crowded together by a marginal that makes room for the one: by less with more
/// rows, and not at all by the empirical one.
#[test]
fn one_row_far_off_weighs_as_much_as_its_bounded_score() {
    for (family, n, tied, off) in [
        (Family::Beta, 20_000, 0.0, 0.15),
        (Family::Beta, 20_000, 0.8, 0.05),
        (Family::Beta, 2_000, 0.0, 0.6),
        (Family::Empirical, 2_000, 0.0, 0.06),
        (Family::Empirical, 2_000, 0.8, 0.06),
    ] {
        let copula = Copula::fit(family, &with_an_outlier(n, tied), Seed::master(1), &());
        // Of two columns the second row of the factor begins with their correlation.
        let found = copula.expect("a fit").factor[1];
        println!("{family:?}, {n} rows: {found:.3} instead of {tied}");
        assert!((found - tied).abs() < off, "{family:?}, {n} rows: {found} instead of {tied}");
    }
}
