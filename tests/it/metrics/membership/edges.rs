//! Tables of which little can be told, and the form of results.

use super::{SMALL, small_rows};
use proptest::prelude::*;
use serde_json::Value;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::{Membership, Options, Roles, World, membership};
use synthctr::seed::Seed;

fn attacked(tables: [&Coded; 3], user: Option<usize>) -> Membership {
    let [train, holdout, synthetic] = tables;
    let options = Options { permutations: 19 };
    membership(
        train,
        holdout,
        synthetic,
        Roles { user, together: None },
        &options,
        &Seed::master(1),
        &(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_table_has_measures_or_a_reason(
        train in small_rows(0..9),
        holdout in small_rows(0..9),
        synthetic in small_rows(0..9),
        user in prop::option::of(0usize..4),
    ) {
        let found = attacked([&train, &holdout, &synthetic], user);
        let rows = [&train, &holdout, &synthetic].iter().all(|rows| rows.n_rows() > 0);
        prop_assert_eq!(found.row.is_some(), rows);
        let missing = [found.row.is_none(), found.user.is_none()];
        let missing = missing.into_iter().filter(|&missing| missing).count();
        prop_assert!(found.notes.len() >= missing);
        for level in [&found.row, &found.user].into_iter().flatten() {
            for achieved in level.attacks.values() {
                prop_assert!((0.0..=1.0).contains(&achieved.auc));
                prop_assert!((0.0..=1.0).contains(&achieved.p_value));
                prop_assert!(achieved.tpr_at_fpr.per_cent.is_none());
                if let Some([low, high]) = achieved.auc_interval {
                    prop_assert!(low <= achieved.auc && achieved.auc <= high);
                }
            }
        }
        let json = serde_json::to_string(&found).expect("json");
        prop_assert_eq!(serde_json::from_str::<Membership>(&json).expect("read back"), found);
    }
}

#[test]
fn columns_that_say_nothing_raise_no_alarm() {
    let constant = |n: usize| Coded::new(vec![vec![0; n], vec![1; n]], vec![1, 10_000]);
    let tables = [constant(30), constant(240), constant(50)];
    let found = attacked(tables.each_ref(), None);
    let row = found.row.expect("a level");
    assert!(!row.achieved.alarm);
    for achieved in row.attacks.values() {
        assert_eq!((achieved.auc, achieved.p_value), (0.5, 1.0));
        assert_eq!(achieved.tpr_at_fpr.per_cent, Some(0.01));
        assert_eq!(achieved.tpr_at_fpr.per_mille, None);
    }
    assert!(found.user.is_none());
}

#[test]
fn a_table_of_users_alone_and_one_of_no_columns_have_reasons() {
    let users = |first: u32| Coded::new(vec![(first..first + 20).collect()], vec![60]);
    let found = attacked([&users(0), &users(20), &users(0)], Some(0));
    assert!(found.notes.iter().any(|note| note.contains("no column to compare")));
    assert_eq!(found.users_named, Some(1.0));
    let nothing = Coded::new(vec![], vec![]);
    let found = attacked([&nothing; 3], None);
    assert!(found.row.is_none() && found.user.is_none());
    let same = Coded::new(vec![vec![0, 1, 2], vec![0, 0, 1]], vec![3, 2]);
    let found = attacked([&same; 3], Some(0));
    assert!(found.user.is_none());
    assert!(found.notes.iter().any(|note| note.contains("0 users outside train")));
}

#[test]
fn a_holdout_of_one_row_leaves_attacks_that_need_no_reference() {
    let rows = Coded::new(vec![vec![0, 1, 2, 0]; 3], vec![3; 3]);
    let found = attacked([&rows, &rows.select(&[1]), &rows], None);
    let row = found.row.expect("a level");
    assert_eq!((row.members, row.non_members, row.attacks.len()), (4, 1, 5));
    assert!(found.notes.iter().any(|note| note.contains("no reference")));
}

#[test]
fn many_columns_and_many_categories_are_no_harm() {
    let rows = |n: u32, from: u32| {
        let column = |c: u32| (0..n).map(|row| (row * 37 + c * 11 + from) % 10_000).collect();
        Coded::new((0..300).map(column).collect(), vec![10_000; 300])
    };
    let found = attacked([&rows(12, 0), &rows(12, 5), &rows(12, 0)], None);
    let row = found.row.expect("a level");
    assert_eq!(row.attacks["closest-distance"].auc, 1.0);
    assert_eq!(row.attacks["closest-distance"].auc_interval, None, "perfectly separated");
}

#[test]
fn results_have_the_names_of_the_report() {
    let rows = |n: usize| {
        let column = |size: usize| (0..n).map(|row| (row * row % size) as u32).collect();
        Coded::new(SMALL.map(column).to_vec(), SMALL.to_vec())
    };
    let found = attacked([&rows(50), &rows(300), &rows(40)], None);
    let json = serde_json::to_value(&found).expect("json");
    let row = &json["row"];
    assert!(row["strongest"].is_string() && row["alarm"].is_boolean());
    assert_eq!(row["attacks"].as_object().map(|attacks| attacks.len()), Some(13));
    for level in [row, &row["attacks"]["plagiarism"]] {
        assert!(level["auc"].is_number() && level["p_value"].is_number());
        assert_eq!(level["auc_interval"].as_array().map(Vec::len), Some(2));
        assert!(level["tpr_at_fpr"]["0.01"].is_number());
        assert_eq!(level["tpr_at_fpr"]["0.001"], Value::Null);
        assert_eq!(level["tpr_interval"]["0.01"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(json["user"], Value::Null);
}

#[test]
fn a_holdout_is_dealt_into_halves_at_random() {
    let rows = |n: u32| Coded::new(vec![(0..n).collect()], vec![101]);
    let halves = |seed| {
        let world = World::of_rows(&rows(5), &rows(101), &rows(3), None, &Seed::master(seed));
        [world.non_members, world.reference].map(|half| half.column(0).to_vec())
    };
    let [stake, reference] = halves(1);
    assert_eq!((stake.len(), reference.len()), (51, 50));
    // 25 of the first 50 rows are expected at stake, 3.5 more or less.
    let early = stake.iter().filter(|&&row| row < 50).count();
    assert!((11..40).contains(&early), "{early}");
    let mut all = [stake, reference].concat();
    all.sort_unstable();
    assert_eq!(all, (0..101).collect::<Vec<u32>>());
    assert_ne!(halves(1), halves(2));
}
