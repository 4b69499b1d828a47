//! What holds for every generator.

use super::{config, constraint, fit, random_table, ways, without_seal};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashSet};
use synthctr::data::Table;
use synthctr::device::Device;
use synthctr::generators::{
    Conditioning, CopulaGan, Ctgan, FitOptions, FittedGenerator, GeneratorConfig, GeneratorError,
    GeneratorKind, TabDdpm, Tvae, Way,
};
use synthctr::seed::Seed;

fn combinations(table: &Table, fields: &[usize]) -> HashSet<Vec<u32>> {
    (0..table.n_rows())
        .map(|row| fields.iter().map(|&field| table.column(field)[row]).collect())
        .collect()
}

fn check(
    kind: GeneratorKind,
    way: Way,
    train: &Table,
    groups: &[&[usize]],
    n: usize,
) -> Result<(), TestCaseError> {
    let names = |group: &&[usize]| -> Vec<String> {
        group.iter().map(|&f| train.schema().fields[f].name.clone()).collect()
    };
    let constraints: Vec<Vec<String>> = groups.iter().map(names).collect();
    let fitted = fit(kind, way, &constraints, train)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    for label in [0, 1] {
        let seed = Seed::master(5);
        let rows = match fitted.sample(label, n, seed, &()) {
            Ok(rows) => rows,
            // A joint fit of uniform-item makes negatives out of clicks alone.
            Err(GeneratorError::TooFewRows { .. }) => {
                prop_assert_eq!(train.count(label), 0);
                continue;
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        prop_assert_eq!(rows.n_rows(), n);
        prop_assert_eq!(rows.count(label), n);
        prop_assert_eq!(rows.schema(), train.schema());
        for (field, column) in train.schema().fields.iter().zip(rows.columns()) {
            prop_assert!(!column.contains(&field.unseen()), "unseen code in {}", field.name);
        }
        for group in groups {
            let seen = combinations(train, group);
            prop_assert!(combinations(&rows, group).is_subset(&seen), "{kind} {way}");
        }
        prop_assert_eq!(&rows, &fitted.sample(label, n, seed, &()).expect("as before"));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn rows_stay_inside_schema_label_count_and_constraints(
        rows in 1usize..80,
        fields in 4usize..6,
        categories in 1u32..9,
        seed in any::<u64>(),
        n in 0usize..60,
    ) {
        let train = random_table(rows, fields, categories, seed);
        let groupings: [&[&[usize]]; 5] =
            [&[], &[&[2, 3]], &[&[1, 3], &[0, 2]], &[&[0, 1]], &[&[0, 1, 2, 3]]];
        for kind in GeneratorKind::ALL {
            for way in ways(kind) {
                for groups in groupings {
                    check(kind, way, &train, groups, n)?;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// More rows than are drawn at once by any generator, and fewer.
    #[test]
    fn a_smaller_sample_is_the_beginning_of_a_larger_one(
        rows in 2usize..80,
        categories in 2u32..9,
        seed in any::<u64>(),
        n in 0usize..2500,
        more in 1usize..3000,
    ) {
        let train = random_table(rows, 4, categories, seed);
        for kind in GeneratorKind::ALL {
            for way in ways(kind) {
                let fitted = fit(kind, way, &[], &train)
                    .map_err(|error| TestCaseError::fail(error.to_string()))?;
                for label in [0, 1] {
                    let draw = |n| fitted.sample(label, n, Seed::master(seed), &());
                    let Ok(smaller) = draw(n) else {
                        prop_assert_eq!(train.count(label), 0);
                        continue;
                    };
                    let larger = draw(n + more).expect("as before");
                    prop_assert!(smaller == larger.head(n), "{kind} {way} {label}");
                }
            }
        }
    }
}

#[test]
fn a_saved_generator_draws_the_same_rows() {
    let train = random_table(300, 5, 8, 5);
    for kind in GeneratorKind::ALL {
        for way in ways(kind) {
            for groups in [vec![], vec![constraint(&["c", "d"])]] {
                let folder = tempfile::tempdir().expect("a folder");
                let path = folder.path().join("new");
                let fitted = fit(kind, way, &groups, &train).expect("a fit");
                fitted.save(&path).expect("saved");
                let read = FittedGenerator::load(&path, Device::Cpu).expect("read");
                for label in [0, 1] {
                    let draw = |fitted: &FittedGenerator| {
                        fitted.sample(label, 500, Seed::master(2), &()).expect("a sample")
                    };
                    assert!(draw(&read) == draw(&fitted), "{kind} {way} {groups:?}");
                }
            }
        }
    }
}

/// Whatever stands in the files, they are read or refused, and what is read can be drawn from.
#[test]
fn damaged_files_of_a_generator_without_weights_are_refused() {
    let train = random_table(60, 4, 5, 5);
    let kinds = GeneratorKind::ALL.into_iter().filter(|kind| !kind.is_trained());
    for kind in kinds {
        let folder = tempfile::tempdir().expect("a folder");
        let fitted = fit(kind, Way::categories(Conditioning::Joint), &[], &train).expect("a fit");
        fitted.save(folder.path()).expect("saved");
        let load = || FittedGenerator::load(folder.path(), Device::Cpu).map(|_| ());
        let (card, rows) = (folder.path().join("generator.json"), folder.path().join("rows.bin"));
        assert_eq!(rows.exists(), kind != GeneratorKind::GaussianCopula, "{kind} keeps no rows");
        if rows.exists() {
            let bytes = std::fs::read(&rows).expect("the rows");
            std::fs::write(&rows, &bytes[1..]).expect("written");
            assert!(load().is_err(), "{kind}: a byte less");
            std::fs::write(&rows, bytes).expect("written");
        }
        let json = without_seal(&std::fs::read_to_string(&card).expect("the card"));
        let breaks = [("\"rows\": 60", "\"rows\": 59"), ("\"rows\": 60", "\"rows\": 0")];
        let copula = [("\"factor\": [", "\"factor\": [1.0,"), ("\"codes\": [", "\"codes\": [99,")];
        for (old, new) in breaks.into_iter().chain(copula).filter(|(old, _)| json.contains(old)) {
            std::fs::write(&card, json.replacen(old, new, 1)).expect("written");
            assert!(load().is_err(), "{kind}: {new}");
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let train = random_table(20_000, 4, 40, 3);
    let draw = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut samples = Vec::new();
            for kind in GeneratorKind::ALL {
                for way in ways(kind) {
                    let constraints = [constraint(&["c", "d"])];
                    let fitted = fit(kind, way, &constraints, &train).expect("a fit");
                    samples.push(fitted.sample(1, 9000, Seed::master(2), &()).expect("a sample"));
                }
            }
            samples
        })
    };
    assert_eq!(draw(1), draw(3));
}

/// Settings with which matrix products are large enough to be split among threads: burn-flex does
/// so from 192³ multiplications, and layers of 128 units in batches of 500 rows make 500·128².
fn wide(kind: GeneratorKind) -> GeneratorConfig {
    let units = || vec![128, 128];
    let ctgan = Ctgan {
        epochs: 1,
        batch_size: 500,
        pac: 2,
        generator_units: units(),
        discriminator_units: units(),
        ..Ctgan::default()
    };
    match kind {
        GeneratorKind::Ctgan => GeneratorConfig::Ctgan(ctgan),
        GeneratorKind::CopulaGan => {
            GeneratorConfig::CopulaGan(CopulaGan { ctgan, ..CopulaGan::default() })
        }
        GeneratorKind::Tvae => GeneratorConfig::Tvae(Tvae { epochs: 1, ..Tvae::default() }),
        GeneratorKind::TabDdpm => GeneratorConfig::TabDdpm(TabDdpm {
            timesteps: 5,
            hidden_units: units(),
            batch_size: 500,
            steps: 4,
            ..TabDdpm::default()
        }),
        other => config(other),
    }
}

#[test]
fn the_number_of_threads_changes_no_wide_network() {
    let train = random_table(1500, 4, 40, 3);
    for kind in GeneratorKind::ALL.into_iter().filter(|kind| kind.is_trained()) {
        let draw = |threads: usize| {
            let pool =
                rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| {
                [Way::categories(Conditioning::Joint), Way::numbers(Conditioning::Joint)].map(
                    |way| {
                        let fitted = fit_with(&wide(kind), way, &train, 1);
                        let rows = fitted.sample(1, 3000, Seed::master(2), &()).expect("a sample");
                        (losses(&fitted), rows)
                    },
                )
            })
        };
        let one = draw(1);
        for threads in [2, 5] {
            assert!(one == draw(threads), "{kind}: {threads} threads");
        }
    }
}

/// The losses of every epoch of every training.
fn losses(fitted: &FittedGenerator) -> Vec<BTreeMap<String, f64>> {
    let epochs = fitted.histories().flat_map(|(_, history)| history);
    epochs.map(|epoch| epoch.losses.clone()).collect()
}

fn fit_with(config: &GeneratorConfig, way: Way, train: &Table, seed: u64) -> FittedGenerator {
    let seed = Seed::master(seed);
    let numbers = constraint(&["user", "item"]);
    let options = FitOptions { numbers: Some(&numbers), ..FitOptions::new(way) };
    synthctr::generators::fit(config, options, train, Device::Cpu, seed, &()).expect("a fit")
}

#[test]
fn another_seed_gives_other_rows() {
    let train = random_table(500, 4, 20, 3);
    for kind in GeneratorKind::ALL {
        for way in ways(kind) {
            let draw = |of_fit, of_sample| {
                let fitted = fit_with(&config(kind), way, &train, of_fit);
                fitted.sample(0, 2000, Seed::master(of_sample), &()).expect("a sample")
            };
            assert_ne!(draw(1, 1), draw(1, 2), "{kind}");
            // What is not random in a fit does not depend on its seed either.
            let random = kind.is_trained() || kind == GeneratorKind::GaussianCopula;
            assert_eq!(draw(1, 1) != draw(2, 1), random, "{kind}");
        }
    }
}

/// How often each combination of two fields occurs, by the fields and their codes.
fn pairs(rows: &Table) -> BTreeMap<[u32; 4], f64> {
    let mut counts = BTreeMap::new();
    let fields = rows.n_fields();
    for (a, b) in (0..fields).flat_map(|a| (0..a).map(move |b| (a, b))) {
        for (&x, &y) in rows.column(a).iter().zip(rows.column(b)) {
            *counts.entry([a as u32, b as u32, x, y]).or_default() += 1.0;
        }
    }
    counts
}

#[test]
fn resample_and_independent_draw_the_same_distribution_either_way() {
    let train = random_table(300, 4, 5, 3);
    let n = 20_000;
    for kind in GeneratorKind::ALL {
        if !matches!(kind, GeneratorKind::Resample | GeneratorKind::Independent) {
            assert_eq!(kind.conditionings(), Conditioning::ALL, "{kind}");
            continue;
        }
        assert_eq!(kind.conditionings().len(), 1, "{kind}: the other way gives nothing new");
        for label in [0, 1] {
            let [joint, per_class] = Conditioning::ALL.map(|conditioning| {
                let way = Way::categories(conditioning);
                let fitted = fit(kind, way, &[], &train).expect("a fit");
                let seed = Seed::master(6).derive(conditioning.name());
                pairs(&fitted.sample(label, n, seed, &()).expect("a sample"))
            });
            assert!(joint.keys().eq(per_class.keys()), "{kind}: other combinations");
            for (pair, count) in &joint {
                let [a, b] = [count, &per_class[pair]].map(|count| count / n as f64);
                let pooled = (a + b) / 2.0;
                // Five standard deviations of the difference of two shares of `n` draws each.
                let most = 5.0 * (2.0 * pooled * (1.0 - pooled) / n as f64).sqrt();
                assert!((a - b).abs() < most, "{kind} {pair:?}: {a} and {b}");
            }
        }
    }
}
