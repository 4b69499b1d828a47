//! Permutation importance.

use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::metrics::{auc, permutation_importance};
use synthctr::seed::Seed;

/// Fields of six categories each, and labels that rise with the first and a little less with the
/// second.
fn table(names: &[&str], n_rows: usize) -> Table {
    let values = || (0..6).map(|code| code.to_string()).collect();
    let fields = names.iter().map(|&name| Field::categorical(name, values())).collect();
    let schema = Arc::new(Schema { label: "click".into(), fields });
    let column = |&name: &&str| {
        let mut rng = Seed::master(1).stream(name);
        (0..n_rows).map(|_| rng.random_range(0..6)).collect()
    };
    let columns: Vec<Vec<u32>> = names.iter().map(column).collect();
    let mut rng = Seed::master(1).stream("labels");
    let label = |row: usize| {
        let rate = 0.1 + 0.08 * f64::from(columns[0][row]) + 0.06 * f64::from(columns[1][row]);
        u8::from(rng.random_bool(rate))
    };
    let labels = (0..n_rows).map(label).collect();
    Table::new(schema, columns, labels)
}

/// A model of the first two fields.
fn predict(table: &Table) -> Vec<f64> {
    let both = table.column(0).iter().zip(table.column(1));
    both.map(|(&a, &b)| 4.0 * f64::from(a) + 3.0 * f64::from(b)).collect()
}

#[test]
fn only_fields_that_are_read_matter() {
    let table = table(&["a", "b", "c"], 4000);
    let one_field = |table: &Table| -> Vec<f64> {
        table.column(0).iter().map(|&code| f64::from(code)).collect()
    };
    let importance = permutation_importance(&table, one_field, Seed::master(3));
    let base = auc(table.labels(), &one_field(&table)).expect("both labels");
    // Without its field the model orders by chance: an AUC of one half, give or take 0.01.
    let lost = importance[0].expect("an AUC");
    assert!(base > 0.6 && (lost - (base - 0.5)).abs() < 0.03, "{lost} of {base}");
    assert_eq!(importance[1..], [Some(0.0), Some(0.0)]);
}

/// Over all permutations, two rows get the values of every pair of different rows equally often.
fn expected_auc(table: &Table, field: usize) -> f64 {
    let (n, columns) = (table.n_rows(), table.columns());
    let score = |row: usize, from: usize| {
        let code = |f: usize| f64::from(columns[f][if f == field { from } else { row }]);
        4.0 * code(0) + 3.0 * code(1)
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for click in table.rows_with(1) {
        for other in table.rows_with(0) {
            for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))).filter(|(i, j)| i != j) {
                let (x, y) = (score(click, i), score(other, j));
                sum += if x > y { 1.0 } else { f64::from(u8::from(x == y)) / 2.0 };
                count += 1.0;
            }
        }
    }
    sum / count
}

#[test]
fn over_many_seeds_the_loss_is_that_over_all_permutations() {
    let table = table(&["a", "b"], 30);
    let base = auc(table.labels(), &predict(&table)).expect("both labels");
    let n_seeds = 3000;
    let mut mean = [0.0; 2];
    for seed in 0..n_seeds {
        let importance = permutation_importance(&table, predict, Seed::master(seed));
        for (mean, importance) in mean.iter_mut().zip(importance) {
            *mean += importance.expect("an AUC") / n_seeds as f64;
        }
    }
    for (field, mean) in mean.into_iter().enumerate() {
        // One AUC has a standard deviation of about 0.1, the mean of 3000 of 0.002.
        let expected = base - expected_auc(&table, field);
        assert!((mean - expected).abs() < 0.01, "field {field}: {mean}, expected {expected}");
        // Among 30 rows chance may have it that a field does harm.
        assert!(expected.abs() > 0.02, "{expected}");
    }
}

#[test]
fn one_field_is_permuted_at_a_time() {
    let table = table(&["a", "b", "c"], 100);
    let mut asked = Vec::new();
    let ask = |table: &Table| {
        asked.push(table.clone());
        predict(table)
    };
    permutation_importance(&table, ask, Seed::master(1));
    assert_eq!(asked.len(), 4);
    assert_eq!(asked[0], table);
    for (field, permuted) in asked[1..].iter().enumerate() {
        assert_eq!(permuted.labels(), table.labels());
        for other in 0..3 {
            let (mut before, mut after) =
                (table.column(other).to_vec(), permuted.column(other).to_vec());
            assert_eq!(before == after, other != field);
            before.sort_unstable();
            after.sort_unstable();
            assert_eq!(before, after);
        }
    }
}

#[test]
fn a_field_is_permuted_the_same_way_whatever_stands_beside_it() {
    let (two, three) = (table(&["a", "b"], 200), table(&["a", "b", "c"], 200));
    let importance =
        |table: &Table, seed| permutation_importance(table, predict, Seed::master(seed));
    assert_eq!(importance(&two, 1), importance(&three, 1)[..2]);
    assert_ne!(importance(&two, 1), importance(&two, 2));
}

#[test]
fn there_is_no_importance_without_an_auc() {
    let table = table(&["a", "b"], 50);
    let clicks = table.select(&table.rows_with(1));
    assert_eq!(permutation_importance(&clicks, predict, Seed::master(1)), [None; 2]);
    let empty = Table::empty(table.schema().clone());
    assert_eq!(permutation_importance(&empty, predict, Seed::master(1)), [None; 2]);
    // A model that breaks down once the second field is not the real one.
    let fragile = |asked: &Table| match asked.column(1) == table.column(1) {
        true => predict(asked),
        false => vec![f64::NAN; asked.n_rows()],
    };
    let importance = permutation_importance(&table, fragile, Seed::master(1));
    assert!(importance[0].is_some() && importance[1].is_none());
}
