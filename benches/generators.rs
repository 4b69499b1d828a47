//! Each generator's fit and sample on simulated rows.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::device::Device;
use synthctr::generators::{
    Conditioning, FitOptions, FittedGenerator, GeneratorConfig, GeneratorKind, Preset, Way, fit,
};
use synthctr::seed::Seed;

const CARDINALITIES: [u32; 6] = [500, 2000, 7, 5, 9, 40];

/// Long-tailed fields of the given cardinalities; every item has an own click rate.
fn table(rows: usize) -> Table {
    let mut rng = Seed::master(1).stream("table");
    let mut columns = vec![Vec::with_capacity(rows); CARDINALITIES.len()];
    let mut labels = Vec::with_capacity(rows);
    for _ in 0..rows {
        for (column, cardinality) in columns.iter_mut().zip(CARDINALITIES) {
            column.push((rng.random::<f64>().powi(3) * f64::from(cardinality)) as u32);
        }
        let item = columns[1][columns[1].len() - 1];
        labels.push(u8::from(rng.random::<f64>() < f64::from(item % 97) / 97.0));
    }
    let names = ["user", "item", "daytime", "weather", "country", "city"];
    let field = |(name, cardinality): (&str, u32)| {
        Field::categorical(name, (0..cardinality).map(|code| code.to_string()).collect())
    };
    let fields = names.into_iter().zip(CARDINALITIES).map(field).collect();
    Table::new(Arc::new(Schema { label: "label".into(), fields }), columns, labels)
}

fn generators(criterion: &mut Criterion) {
    let train = table(20_000);
    for kind in GeneratorKind::ALL {
        for &conditioning in kind.conditionings() {
            let config = GeneratorConfig::preset(kind, Preset::Quick)
                .with_fields(Some("item"), Some("user"));
            let options = FitOptions::new(Way::categories(conditioning));
            let fitted = || -> FittedGenerator {
                fit(&config, options, &train, Device::Cpu, Seed::master(2), &()).expect("a fit")
            };
            let mut group = criterion.benchmark_group(format!("{kind}/{conditioning}"));
            group.sample_size(10);
            group.bench_function("fit 20,000 rows", |bencher| {
                bencher.iter_batched(|| (), |()| fitted(), BatchSize::PerIteration);
            });
            let fitted = fitted();
            group.bench_function("sample 10,000 rows", |bencher| {
                bencher.iter(|| fitted.sample(1, 10_000, Seed::master(3), &()).expect("a sample"));
            });
            group.finish();
        }
    }
}

fn constraints(criterion: &mut Criterion) {
    let train = table(20_000);
    let config = GeneratorConfig::new(GeneratorKind::GaussianCopula);
    let groups = [vec!["country".to_owned(), "city".to_owned()]];
    let way = Way::categories(Conditioning::Joint);
    let options = FitOptions::new(way).with_constraints(&groups);
    criterion.bench_function("gaussian-copula/joint/fit 20,000 rows, two fields tied", |bencher| {
        bencher.iter(|| {
            fit(&config, options, &train, Device::Cpu, Seed::master(2), &()).expect("a fit")
        });
    });
}

criterion_group!(benches, generators, constraints);
criterion_main!(benches);
