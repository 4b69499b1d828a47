//! Tests of generators.

mod controls;
mod copula;
mod every;
mod label;
mod names;
mod neural;
mod numbers;
mod smoten;

use rand::RngExt;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::device::Device;
use synthctr::generators::{
    Conditioning, CopulaGan, Ctgan, FitOptions, FittedGenerator, GeneratorConfig, GeneratorError,
    GeneratorKind, Reading, TabDdpm, Tvae, Way,
};
use synthctr::seed::Seed;

/// A table of fields `user`, `item`, `c`, `d` …, whose categories are those that occur.
fn table(columns: &[Vec<u32>], labels: &[u8]) -> Table {
    let names = ["user", "item", "c", "d", "e", "f"];
    let mut fields = Vec::new();
    let mut coded = Vec::new();
    for (column, name) in columns.iter().zip(names) {
        let mut seen = column.clone();
        seen.sort_unstable();
        seen.dedup();
        coded.push(column.iter().map(|code| seen.partition_point(|s| s < code) as u32).collect());
        fields.push(Field::categorical(name, seen.iter().map(u32::to_string).collect()));
    }
    Table::new(Arc::new(Schema { label: "label".into(), fields }), coded, labels.to_vec())
}

/// What a file of a version before checksums held.
fn without_seal(json: &str) -> String {
    let at = json.rfind(",\n  \"seal\": ").expect("a sealed file");
    format!("{}\n}}", &json[..at])
}

/// A table of random rows, some of them repeated, in which fields and label hang together.
fn random_table(rows: usize, fields: usize, categories: u32, seed: u64) -> Table {
    let mut rng = Seed::master(seed).stream("table");
    let mut columns = vec![Vec::new(); fields];
    let mut labels = Vec::new();
    for _ in 0..rows {
        let hidden: f64 = rng.random();
        for column in &mut columns {
            let value = if rng.random_bool(0.5) { hidden } else { rng.random() };
            column.push((value * f64::from(categories)) as u32);
        }
        labels.push(u8::from(rng.random::<f64>() < hidden));
    }
    table(&columns, &labels)
}

/// Settings of a kind: the networks as small as they come, since what is asked of every generator
/// does not depend on their size.
fn config(kind: GeneratorKind) -> GeneratorConfig {
    let tiny = Ctgan {
        epochs: 1,
        batch_size: 20,
        noise_dim: 4,
        generator_units: vec![8],
        discriminator_units: vec![8],
        ..Ctgan::default()
    };
    let config = match kind {
        GeneratorKind::Ctgan => GeneratorConfig::Ctgan(tiny),
        GeneratorKind::CopulaGan => {
            GeneratorConfig::CopulaGan(CopulaGan { ctgan: tiny, ..CopulaGan::default() })
        }
        GeneratorKind::TabDdpm => GeneratorConfig::TabDdpm(TabDdpm {
            timesteps: 3,
            hidden_units: vec![5, 4],
            embedding_dim: 4,
            batch_size: 50,
            steps: 4,
            ..TabDdpm::default()
        }),
        GeneratorKind::Tvae => GeneratorConfig::Tvae(Tvae {
            embedding_dim: 3,
            compress_dims: vec![5],
            decompress_dims: vec![4, 6],
            batch_size: 50,
            epochs: 1,
            ..Tvae::default()
        }),
        _ => GeneratorConfig::new(kind),
    };
    config.with_fields(Some("item"), Some("user"))
}

/// A CTGAN that learns small tables within a second or two.
fn small_ctgan(epochs: usize) -> Ctgan {
    Ctgan {
        epochs,
        batch_size: 100,
        noise_dim: 16,
        generator_units: vec![32, 32],
        discriminator_units: vec![32, 32],
        dropout: 0.2,
        learning_rate: 2e-3,
        ..Ctgan::default()
    }
}

fn constraint(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The ways of fitting a generator, those of other readings than its own among them.
fn ways(kind: GeneratorKind) -> Vec<Way> {
    let numbers = kind.readings().contains(&Reading::Numbers);
    let categories = Conditioning::ALL.map(Way::categories);
    let numbers = Conditioning::ALL.map(Way::numbers).into_iter().filter(|_| numbers);
    categories.into_iter().chain(numbers).collect()
}

/// Fits in a way. Read as numbers are the first two fields that no constraint ties, if there are any.
fn fit(
    kind: GeneratorKind,
    way: Way,
    constraints: &[Vec<String>],
    train: &Table,
) -> Result<FittedGenerator, GeneratorError> {
    let names = train.schema().fields.iter().map(|field| &field.name);
    let free = names.filter(|name| !constraints.iter().flatten().any(|tied| tied == *name));
    let numbers: Vec<String> = free.take(2).cloned().collect();
    let way = if numbers.is_empty() { Way::categories(way.conditioning) } else { way };
    synthctr::generators::fit(
        &config(kind),
        FitOptions { way, numbers: Some(&numbers), constraints },
        train,
        Device::Cpu,
        Seed::master(1),
        &(),
    )
}

/// The share of rows that hold `code`.
fn share(column: &[u32], code: u32) -> f64 {
    column.iter().filter(|&&c| c == code).count() as f64 / column.len() as f64
}
