//! Metrics on as many scores and rows as a test set has.

use criterion::{Criterion, criterion_group, criterion_main};
use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::metrics::{auc, identical_rows, logloss};
use synthctr::seed::Seed;

fn metrics(criterion: &mut Criterion) {
    let mut rng = Seed::master(1).stream("scores");
    let labels: Vec<u8> = (0..100_000).map(|_| rng.random_range(0..2)).collect();
    let scores: Vec<f64> =
        labels.iter().map(|&y| rng.random::<f64>() * 0.8 + f64::from(y) * 0.2).collect();
    criterion.bench_function("auc of 100,000 scores", |bencher| {
        bencher.iter(|| auc(&labels, &scores));
    });
    criterion.bench_function("logloss of 100,000 scores", |bencher| {
        bencher.iter(|| logloss(&labels, &scores));
    });

    let fields = (0..10).map(|field| {
        Field::categorical(field.to_string(), (0..50).map(|code| code.to_string()).collect())
    });
    let schema = Arc::new(Schema { label: "label".into(), fields: fields.collect() });
    let mut table = || {
        let column = |_| (0..100_000).map(|_| rng.random_range(0..50)).collect();
        let columns = (0..10).map(column).collect();
        Table::new(schema.clone(), columns, labels.clone())
    };
    let (real, synthetic) = (table(), table());
    criterion.bench_function("identical rows, 100,000 in 100,000", |bencher| {
        bencher.iter(|| identical_rows(&synthetic, &real));
    });
}

criterion_group!(benches, metrics);
criterion_main!(benches);
