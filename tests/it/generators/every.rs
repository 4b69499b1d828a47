//! What holds for every generator.

use super::{config, constraint, fit, random_table};
use proptest::prelude::*;
use std::collections::HashSet;
use synthctr::data::Table;
use synthctr::generators::{Conditioning, GeneratorError, GeneratorKind};
use synthctr::seed::Seed;

fn combinations(table: &Table, fields: &[usize]) -> HashSet<Vec<u32>> {
    (0..table.n_rows())
        .map(|row| fields.iter().map(|&field| table.column(field)[row]).collect())
        .collect()
}

fn check(
    kind: GeneratorKind,
    conditioning: Conditioning,
    train: &Table,
    groups: &[&[usize]],
    n: usize,
) -> Result<(), TestCaseError> {
    let names = |group: &&[usize]| -> Vec<String> {
        group.iter().map(|&f| train.schema().fields[f].name.clone()).collect()
    };
    let constraints: Vec<Vec<String>> = groups.iter().map(names).collect();
    let fitted = fit(kind, conditioning, &constraints, train)
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
            prop_assert!(combinations(&rows, group).is_subset(&seen), "{kind} {conditioning}");
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
            for conditioning in Conditioning::ALL {
                for groups in groupings {
                    check(kind, conditioning, &train, groups, n)?;
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
            for conditioning in Conditioning::ALL {
                let fitted = fit(kind, conditioning, &[], &train)
                    .map_err(|error| TestCaseError::fail(error.to_string()))?;
                for label in [0, 1] {
                    let draw = |n| fitted.sample(label, n, Seed::master(seed), &());
                    let Ok(smaller) = draw(n) else {
                        prop_assert_eq!(train.count(label), 0);
                        continue;
                    };
                    let larger = draw(n + more).expect("as before");
                    prop_assert!(smaller == larger.head(n), "{kind} {conditioning} {label}");
                }
            }
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
                for conditioning in Conditioning::ALL {
                    let constraints = [constraint(&["c", "d"])];
                    let fitted = fit(kind, conditioning, &constraints, &train).expect("a fit");
                    samples.push(fitted.sample(1, 9000, Seed::master(2), &()).expect("a sample"));
                }
            }
            samples
        })
    };
    assert_eq!(draw(1), draw(3));
}

#[test]
fn another_seed_gives_other_rows() {
    let train = random_table(500, 4, 20, 3);
    for kind in GeneratorKind::ALL {
        let fitted = fit(kind, Conditioning::Joint, &[], &train).expect("a fit");
        let draw = |seed| fitted.sample(0, 200, Seed::master(seed), &()).expect("a sample");
        assert_ne!(draw(1), draw(2), "{kind}");
    }
}

#[test]
fn both_conditionings_of_resample_and_independent_give_one_distribution() {
    for kind in GeneratorKind::ALL {
        let both = kind.conditionings().len() == 2;
        let same = matches!(kind, GeneratorKind::Resample | GeneratorKind::Independent);
        assert_eq!(both, !same, "{kind}");
        assert!(config(kind).check().is_ok());
    }
}
