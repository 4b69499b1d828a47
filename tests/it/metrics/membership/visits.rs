//! Logs whose rows come in visits, each kept in one part of the split.

use rand::RngExt;
use rayon::prelude::*;
use synthctr::data::Coded;
use synthctr::metrics::privacy::kept_together;
use synthctr::metrics::privacy::membership::{Level, Options, Roles, membership};
use synthctr::seed::Seed;

const SIZES: [usize; 5] = [40, 12, 12, 12, 30];

/// Visits of three rows that agree in all columns but the last; `alone` keeps one row of each.
fn log(visits: usize, alone: bool, seed: &Seed) -> Coded {
    let mut rng = seed.stream("visits");
    let mut columns = vec![Vec::new(); SIZES.len()];
    for _ in 0..visits {
        let context: Vec<u32> =
            SIZES[..4].iter().map(|&size| rng.random_range(0..size as u32)).collect();
        for _ in 0..if alone { 1 } else { 3 } {
            for (column, &code) in columns.iter_mut().zip(&context) {
                column.push(code);
            }
            columns[4].push(rng.random_range(0..SIZES[4] as u32));
        }
    }
    Coded::new(columns, SIZES.to_vec())
}

fn attacked(train: &Coded, synthetic: &Coded, together: bool, seed: &Seed) -> Level {
    let holdout = log(300, false, &seed.derive("holdout"));
    let found = kept_together(train, &holdout, None, None, seed);
    assert_eq!(found.as_deref(), Some([0, 1, 2, 3].as_slice()));
    let roles = Roles { user: None, together: found.as_deref().filter(|_| together) };
    let options = Options { permutations: 199 };
    membership(train, &holdout, synthetic, roles, &options, seed, &()).row.expect("rows")
}

/// Attacks that know other rows of a visit's non-members would tell these, without any leak.
#[test]
fn visits_dealt_as_one_set_off_no_alarm_without_a_leak() {
    let alarms = |together: bool| {
        let alarm = |try_: u64| {
            let seed = Seed::master(try_);
            let train = log(400, false, &seed.derive("train"));
            // Drawn from the truth, not from train.
            let synthetic = log(600, true, &seed.derive("synthetic"));
            attacked(&train, &synthetic, together, &seed).achieved.alarm
        };
        (0..60).into_par_iter().filter(|&try_| alarm(try_)).count()
    };
    // 5 % of 60 are 3; more than 8 would come once in a hundred.
    let (dealt, row_by_row) = (alarms(true), alarms(false));
    assert!(dealt <= 8, "{dealt} of 60");
    assert!(row_by_row > 55, "{row_by_row} of 60: the test must be able to fail");
}

#[test]
fn copies_set_off_the_alarm_all_the_same() {
    let seed = Seed::master(1);
    let train = log(400, false, &seed.derive("train"));
    let level = attacked(&train, &train, true, &seed);
    assert!(level.achieved.alarm && level.achieved.auc > 0.9, "{level:?}");
    assert_eq!((level.members, level.non_members), (400, 150), "one row of each visit");
}
