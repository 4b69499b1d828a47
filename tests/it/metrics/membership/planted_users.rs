//! Users that were given away, and users that were not.

use super::worlds::{Population, UserTables};
use rayon::prelude::*;
use synthctr::metrics::privacy::membership::{Membership, Options, Roles, membership};
use synthctr::seed::Seed;

fn attacked(tables: &UserTables, seed: &Seed) -> Membership {
    let UserTables { train, holdout, synthetic } = tables;
    let options = Options { permutations: 199 };
    membership(
        train,
        holdout,
        synthetic,
        Roles { user: Some(0), together: None },
        &options,
        seed,
        &(),
    )
}

fn alarms(tries: u64, tables: impl Fn(&Population, &Seed) -> UserTables + Sync) -> usize {
    let attacked = (0..tries).into_par_iter().map(|attempt| {
        let seed = Seed::master(attempt);
        let attacked = attacked(&tables(&Population::new(1.5, &seed), &seed), &seed);
        usize::from(attacked.user.expect("users to compare").achieved.alarm)
    });
    attacked.sum()
}

#[test]
fn a_generator_that_memorises_users_is_found() {
    let found = alarms(20, |population, seed| population.user_tables(1000, 0.05, seed));
    assert!(found >= 19, "{found} of 20");
}

#[test]
fn users_seldom_alarm_without_a_leak() {
    // 5 are expected of 100; more than 13 with five chances in ten thousand.
    let by_user = alarms(100, |population, seed| population.user_tables(150, 0.0, seed));
    assert!(by_user <= 13, "{by_user} of 100");
    // Dealt by row, users in train have more rows than others.
    let by_row = alarms(100, |population, seed| population.tables_dealt_by_row(150, seed));
    assert!(by_row <= 13, "{by_row} of 100");
}

#[test]
fn users_are_attacked_by_both_their_rows_mean_and_maximum() {
    let seed = Seed::master(1);
    let tables = Population::new(1.5, &seed).user_tables(120, 0.5, &seed);
    let found = attacked(&tables, &seed);
    let user = found.user.expect("users to compare");
    assert_eq!(user.attacks.len(), 26);
    assert!(user.achieved.alarm, "half of the users are given away");
    for name in ["closest-distance/mean", "surprising-copies/maximum"] {
        assert!(user.attacks.contains_key(name), "{name}");
    }
    assert_eq!((user.members, user.non_members), (120, 60));
    let named = found.users_named.expect("users");
    let distinct = |users: &[u32]| users.iter().copied().collect::<std::collections::BTreeSet<_>>();
    let expected = distinct(tables.synthetic.column(0)).len() as f64 / 120.0;
    assert!((named - expected).abs() < 1e-12, "all synthetic users are of train");
    assert!(
        found.notes.iter().any(|note| note.contains("told by their user")),
        "{:?}",
        found.notes
    );
}
