//! Rows that a split has kept together, such as the impressions of one visit.

use crate::data::Coded;
use crate::seed::Seed;
use hashbrown::{HashMap, HashSet};
use rand::seq::index;

/// Keys must be this much more frequent in the other half of the holdout than in train …
const RATIO: f64 = 1.5;
/// … and this share of the rows more often.
const DIFFERENCE: f64 = 0.02;

/// The columns in which rows are alike that the split has kept together: all of them in train, or
/// all in the holdout. None where rows were dealt one by one.
///
/// Click logs are often split by visit or by user. The impressions of a visit are alike in all
/// columns but the item and the label, so a row of the holdout has its nearest neighbours there; and
/// an attack that compares with other rows of the holdout would recognise it by them. Such rows
/// must be dealt, and counted, as one.
///
/// Told by what happens to rows that agree in all columns but one and the label, for each column,
/// or in the user: if rows were dealt one by one, as many of the holdout's find such a row in its
/// other half as among as many rows of train.
pub fn kept_together(
    train: &Coded,
    holdout: &Coded,
    user: Option<usize>,
    label: Option<usize>,
    seed: &Seed,
) -> Option<Vec<usize>> {
    let n = (holdout.n_rows() / 2).min(train.n_rows());
    if n == 0 {
        return None;
    }
    let mut rng = seed.stream("kept together");
    let dealt = index::sample(&mut rng, holdout.n_rows(), 2 * n).into_vec();
    let (asked, others) = dealt.split_at(n);
    let of_train = index::sample(&mut rng, train.n_rows(), n).into_vec();
    let (asked, others) = (holdout.select(asked), holdout.select(others));
    let of_train = train.select(&of_train);
    let found = |columns: &[usize], rows: &Coded| {
        let known: HashSet<u64> = keys(rows, columns, seed).into_iter().collect();
        let keys = keys(&asked, columns, seed);
        keys.iter().filter(|key| known.contains(*key)).count() as f64 / n as f64
    };
    let excess = |columns: &[usize]| {
        let (beside, across) = (found(columns, &others), found(columns, &of_train));
        let apart = beside - across;
        (apart >= DIFFERENCE && beside >= RATIO * across).then_some(apart)
    };
    if let Some(user) = user
        && excess(&[user]).is_some()
    {
        return Some(vec![user]);
    }
    let candidates = (0..train.n_columns()).filter(|&column| Some(column) != label);
    let candidates = candidates.filter_map(|left_out| {
        let columns: Vec<usize> = (0..train.n_columns())
            .filter(|&column| column != left_out && Some(column) != label)
            .collect();
        let excess = excess(&columns).filter(|_| !columns.is_empty())?;
        Some((excess, columns))
    });
    candidates.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, columns)| columns)
}

/// The share of the holdout's rows that stand in train, where that is more than can be chance: then
/// the holdout is none. None where rows of the holdout stand in its own other half about as often.
pub fn holdout_in_train(train: &Coded, holdout: &Coded, seed: &Seed) -> Option<f64> {
    let n = (holdout.n_rows() / 2).min(train.n_rows());
    let columns: Vec<usize> = (0..train.n_columns()).collect();
    let of_train = keys(train, &columns, seed);
    let held = keys(holdout, &columns, seed);
    let mut rng = seed.stream("holdout in train");
    let dealt = index::sample(&mut rng, held.len(), 2 * n).into_vec();
    let (asked, others) = dealt.split_at(n);
    let few = index::sample(&mut rng, of_train.len(), n).into_vec();
    let share = |known: HashSet<u64>, rows: &mut dyn Iterator<Item = u64>| {
        let (found, all) = rows
            .fold((0, 0), |(found, all), key| (found + usize::from(known.contains(&key)), all + 1));
        found as f64 / all.max(1) as f64
    };
    let mut asked_keys = asked.iter().map(|&row| held[row]);
    let across = share(few.iter().map(|&row| of_train[row]).collect(), &mut asked_keys.clone());
    let beside = share(others.iter().map(|&row| held[row]).collect(), &mut asked_keys);
    (across - beside >= DIFFERENCE && across >= RATIO * beside)
        .then(|| share(of_train.into_iter().collect(), &mut held.into_iter()))
}

/// A number for each row, the same for rows that agree in `columns`, counted from 0 in the order of
/// their first rows.
pub fn groups(rows: &Coded, columns: &[usize]) -> Vec<u32> {
    let mut ids = vec![0u32; rows.n_rows()];
    for &column in columns {
        let mut known = HashMap::new();
        for (id, &code) in ids.iter_mut().zip(rows.column(column)) {
            let next = known.len() as u32;
            *id = *known.entry((*id, code)).or_insert(next);
        }
    }
    ids
}

/// Hashes of the rows' codes in `columns`.
fn keys(rows: &Coded, columns: &[usize], seed: &Seed) -> Vec<u64> {
    let mut keys = vec![0u64; rows.n_rows()];
    for &column in columns {
        let noise = seed.counter(&format!("column/{column}"));
        for (key, &code) in keys.iter_mut().zip(rows.column(column)) {
            *key = key.wrapping_add(noise.word(code.into()));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand::seq::SliceRandom;

    /// Visits of three rows: a user, two columns of context, an item.
    fn visits(n: usize) -> Vec<[u32; 4]> {
        let mut rng = Seed::master(1).stream("visits");
        let visit = |_| {
            let context: [u32; 3] =
                [rng.random_range(0..50), rng.random_range(0..40), rng.random_range(0..40)];
            [(); 3].map(|()| [context[0], context[1], context[2], rng.random_range(0..60)])
        };
        (0..n).map(visit).collect::<Vec<_>>().concat()
    }

    fn coded(rows: &[[u32; 4]]) -> Coded {
        let columns = (0..4).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
        Coded::new(columns, vec![60; 4])
    }

    fn found(rows: &[[u32; 4]], n_train: usize) -> Option<Vec<usize>> {
        let (train, holdout) = rows.split_at(n_train);
        kept_together(&coded(train), &coded(holdout), Some(0), None, &Seed::master(2))
    }

    #[test]
    fn visits_that_the_split_has_kept_are_found_and_single_rows_are_left_alone() {
        let mut rows = visits(2000);
        for n_train in [4500, 1500] {
            assert_eq!(found(&rows, n_train), Some(vec![0, 1, 2]), "{n_train} in train");
        }
        rows.shuffle(&mut Seed::master(3).stream("rows"));
        for n_train in [4500, 1500] {
            assert_eq!(found(&rows, n_train), None, "{n_train} in train");
        }
        rows.sort_by_key(|row| row[0]);
        assert_eq!(found(&rows, 4500), Some(vec![0]), "a split by user");
        assert_eq!(found(&rows[..1], 1), None);
    }

    #[test]
    fn a_holdout_of_training_rows_is_found_out() {
        let rows = visits(1500);
        let (train, holdout) = rows.split_at(3000);
        let share = |holdout: &[[u32; 4]]| {
            holdout_in_train(&coded(train), &coded(holdout), &Seed::master(1))
        };
        assert_eq!(share(holdout), None);
        assert_eq!(share(train), Some(1.0));
        let mixed = [&holdout[..1000], &train[..500]].concat();
        let found = share(&mixed).expect("a third is of train");
        assert!((found - 1.0 / 3.0).abs() < 0.01, "{found}");
        // Rows of few categories coincide everywhere.
        let plain: Vec<[u32; 4]> = rows.iter().map(|row| row.map(|code| code % 2)).collect();
        let found =
            holdout_in_train(&coded(&plain[..3000]), &coded(&plain[3000..]), &Seed::master(1));
        assert_eq!(found, None);
    }

    #[test]
    fn groups_are_rows_that_agree() {
        let rows = coded(&[[1, 2, 3, 4], [1, 2, 0, 0], [2, 2, 3, 4], [1, 2, 9, 9]]);
        assert_eq!(groups(&rows, &[0, 1]), [0, 0, 1, 0]);
        assert_eq!(groups(&rows, &[]), [0; 4]);
        assert_eq!(groups(&rows, &[2, 3]), [0, 1, 0, 2]);
    }
}
