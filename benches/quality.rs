//! Measuring synthetic tables: ten fields as wide as a click log's.

use criterion::{Criterion, criterion_group, criterion_main};
use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Coded, Coding, Column, Frame};
use synthctr::metrics::fidelity::{FidelityOptions, fidelity};
use synthctr::metrics::privacy::anonymeter::{self, anonymeter};
use synthctr::metrics::privacy::membership::{Options, Roles, membership};
use synthctr::metrics::privacy::neighbours::distance_counts;
use synthctr::metrics::privacy::{Logistic, distances};
use synthctr::seed::Seed;

const SIZES: [u32; 10] = [900, 4000, 7, 7, 2, 3, 2, 9, 80, 230];
const ROWS: usize = 20_000;

/// Rows whose fields hang on one of twenty classes.
fn rows(n: usize, stream: &str) -> Frame {
    let mut rng = Seed::master(1).stream(stream);
    let classes: Vec<u32> = (0..n).map(|_| (20.0 * rng.random::<f64>().powi(2)) as u32).collect();
    let column = |(field, &size): (usize, &u32)| {
        let mut code = |&class: &u32| {
            let skewed = (f64::from(size) * rng.random::<f64>().powi(3)) as u32;
            (class * 7919 * (field as u32 + 1) + skewed) % size
        };
        let codes = classes.iter().map(&mut code).collect();
        let vocabulary = Arc::new((0..size).map(|code| code.to_string()).collect());
        Column::categories(format!("f{field}"), vocabulary, codes)
    };
    Frame::new(SIZES.iter().enumerate().map(column).collect())
}

fn quality(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("20,000 rows against 20,000");
    group.sample_size(10);
    let (real, synthetic, holdout) =
        (rows(ROWS, "real"), rows(ROWS, "synthetic"), rows(ROWS / 2, "holdout"));
    let coding = Coding::new(&real, 20);
    let codes: [Coded; 3] = [&real, &synthetic, &holdout].map(|frame| coding.code(frame));
    let seed = Seed::master(2);
    group.bench_function("distances counted", |bencher| {
        bencher.iter(|| distance_counts(&codes[1], &codes[0], SIZES.len(), &()));
    });
    group.bench_function("closest records", |bencher| {
        bencher.iter(|| distances(&synthetic, &real, Some(&holdout), &seed, &()));
    });
    group.bench_function("membership attacks", |bencher| {
        let [real, synthetic, holdout] = &codes;
        let (roles, options) = (Roles::default(), Options::default());
        bencher.iter(|| membership(real, holdout, synthetic, roles, &options, &seed, &()));
    });
    group.bench_function("Anonymeter", |bencher| {
        let options = anonymeter::Options::default();
        bencher.iter(|| anonymeter(&real, &synthetic, Some(&holdout), &options, seed, &()));
    });
    group.bench_function("fidelity", |bencher| {
        let options = FidelityOptions::default();
        bencher.iter(|| fidelity(&real, &synthetic, &options, seed, &()));
    });
    group.bench_function("logistic regression", |bencher| {
        let both = codes[0].chain(&codes[1]);
        let labels: Vec<u8> = (0..2 * ROWS).map(|row| u8::from(row >= ROWS)).collect();
        bencher.iter(|| Logistic::fit(&both, &labels, 1.0));
    });
    group.finish();
}

criterion_group!(benches, quality);
criterion_main!(benches);
