//! Metrics on as many scores and rows as a test set has.

use criterion::{Criterion, criterion_group, criterion_main};
use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::metrics::{DeLong, Ranking, auc, group_auc, identical_rows, logloss};
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

    criterion.bench_function("DeLong variance of 100,000 scores", |bencher| {
        bencher.iter(|| DeLong::new(&labels, &scores).map(|delong| delong.variance()));
    });
    let groups: Vec<u32> = (0..100_000).map(|_| rng.random_range(0..1000)).collect();
    criterion.bench_function("group AUC of 100,000 scores in 1,000 groups", |bencher| {
        bencher.iter(|| group_auc(&labels, &scores, &groups));
    });

    // As many items as Frappe has apps.
    let clicks: Vec<u64> = (0..4082).map(|_| rng.random_range(0..100)).collect();
    let contexts: Vec<Vec<f64>> =
        (0..250).map(|_| clicks.iter().map(|_| rng.random()).collect()).collect();
    criterion.bench_function("ranking of 4,082 items for 250 clicks", |bencher| {
        bencher.iter(|| {
            let mut ranking = Ranking::new(&clicks, 10);
            for (clicked, scores) in contexts.iter().enumerate() {
                ranking.add(scores, clicked);
            }
            ranking.finish()
        });
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
