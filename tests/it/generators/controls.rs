//! The controls do what they say.

use super::{constraint, fit, random_table, share};
use std::collections::HashSet;
use synthctr::data::Table;
use synthctr::generators::{Conditioning, GeneratorKind, Way};
use synthctr::metrics::identical_rows;
use synthctr::seed::Seed;

fn sample(
    kind: GeneratorKind,
    conditioning: Conditioning,
    constraints: &[Vec<String>],
    train: &Table,
    label: u8,
) -> Table {
    let fitted = fit(kind, Way::categories(conditioning), constraints, train).expect("a fit");
    fitted.sample(label, 20_000, Seed::master(9), &()).expect("a sample")
}

/// The rows without the fields `left_out`.
fn contexts(
    table: &Table,
    rows: impl IntoIterator<Item = usize>,
    left_out: &[usize],
) -> HashSet<Vec<u32>> {
    let kept: Vec<usize> =
        (0..table.n_fields()).filter(|field| !left_out.contains(field)).collect();
    rows.into_iter()
        .map(|row| kept.iter().map(|&field| table.column(field)[row]).collect())
        .collect()
}

/// Five standard deviations of a share of `n` draws.
fn close(observed: f64, expected: f64, n: usize) -> bool {
    (observed - expected).abs() < 5.0 * (expected * (1.0 - expected) / n as f64).sqrt() + 1e-12
}

#[test]
fn resample_copies_real_rows_evenly() {
    let train = random_table(50, 4, 30, 1);
    let rows = sample(GeneratorKind::Resample, Conditioning::PerClass, &[], &train, 1);
    assert_eq!(identical_rows(&rows, &train).with_label, rows.n_rows());
    let clicks = train.select(&train.rows_with(1));
    for code in 0..train.schema().fields[1].n_categories() as u32 {
        assert!(close(share(rows.column(1), code), share(clicks.column(1), code), rows.n_rows()));
    }
}

#[test]
fn independent_keeps_marginals_and_nothing_else() {
    let train = random_table(2000, 4, 3, 1);
    let rows = sample(GeneratorKind::Independent, Conditioning::Joint, &[], &train, 0);
    let class = train.select(&train.rows_with(0));
    for a in 0..3 {
        let expected = share(class.column(2), a);
        assert!(close(share(rows.column(2), a), expected, rows.n_rows()));
        for b in 0..3 {
            let both =
                rows.column(2).iter().zip(rows.column(3)).filter(|&(&x, &y)| x == a && y == b);
            let expected = expected * share(class.column(3), b);
            assert!(close(both.count() as f64 / rows.n_rows() as f64, expected, rows.n_rows()));
        }
    }
}

#[test]
fn uniform_item_makes_negatives_as_frappes_were_made() {
    let train = random_table(60, 4, 12, 1);
    let clicks = train.rows_with(1);
    let rows = sample(GeneratorKind::UniformItem, Conditioning::Joint, &[], &train, 0);
    let clicked = |user, item| {
        clicks.iter().any(|&row| train.column(0)[row] == user && train.column(1)[row] == item)
    };
    for (&user, &item) in rows.column(0).iter().zip(rows.column(1)) {
        assert!(!clicked(user, item), "user {user} clicked item {item}");
    }
    let real = contexts(&train, clicks.iter().copied(), &[1]);
    assert_eq!(contexts(&rows, 0..rows.n_rows(), &[1]), real);
    // Every item that a user did not click is as likely as the next.
    for user in 0..train.schema().fields[0].n_categories() as u32 {
        let of_user: Vec<usize> =
            (0..rows.n_rows()).filter(|&row| rows.column(0)[row] == user).collect();
        if of_user.is_empty() {
            continue;
        }
        let items = rows.select(&of_user).column(1).to_vec();
        let free: Vec<u32> = (0..train.schema().fields[1].n_categories() as u32)
            .filter(|&item| !clicked(user, item))
            .collect();
        for &item in &free {
            assert!(close(share(&items, item), 1.0 / free.len() as f64, items.len()));
        }
    }
}

#[test]
fn uniform_item_draws_any_item_for_a_click_and_per_class() {
    let train = random_table(60, 4, 12, 1);
    for (conditioning, label) in
        [(Conditioning::Joint, 1), (Conditioning::PerClass, 1), (Conditioning::PerClass, 0)]
    {
        let rows = sample(GeneratorKind::UniformItem, conditioning, &[], &train, label);
        assert_eq!(
            contexts(&rows, 0..rows.n_rows(), &[1]),
            contexts(&train, train.rows_with(label), &[1])
        );
        let n_items = train.schema().fields[1].n_categories();
        for item in 0..n_items as u32 {
            assert!(close(share(rows.column(1), item), 1.0 / n_items as f64, rows.n_rows()));
        }
    }
}

#[test]
fn uniform_item_lets_tied_fields_follow_the_item() {
    let train = random_table(300, 4, 6, 4);
    let clicks = train.rows_with(1);
    let tied = [constraint(&["item", "d"])];
    let rows = sample(GeneratorKind::UniformItem, Conditioning::Joint, &tied, &train, 1);
    assert_eq!(
        contexts(&rows, 0..rows.n_rows(), &[1, 3]),
        contexts(&train, clicks.iter().copied(), &[1, 3])
    );
    for item in 0..6 {
        assert!(close(share(rows.column(1), item), 1.0 / 6.0, rows.n_rows()));
    }
    // A clicked pair never becomes a negative, even if the user may change with the item.
    let tied = [constraint(&["item", "user"])];
    let train = random_table(30, 4, 12, 1);
    let clicks: HashSet<(u32, u32)> = train
        .rows_with(1)
        .iter()
        .map(|&row| (train.column(0)[row], train.column(1)[row]))
        .collect();
    let rows = sample(GeneratorKind::UniformItem, Conditioning::Joint, &tied, &train, 0);
    assert!(rows.column(0).iter().zip(rows.column(1)).all(|(&u, &i)| !clicks.contains(&(u, i))));
}
