//! Rows that a split has kept together, such as the impressions of one visit.

use crate::data::Coded;
use crate::seed::Seed;
use hashbrown::{HashMap, HashSet};
use rand::seq::index;
use rayon::prelude::*;

/// Keys must be this much more frequent in the other half of the holdout than in train …
const RATIO: f64 = 1.5;
/// … and this share of the rows more often.
const DIFFERENCE: f64 = 0.02;

/// So many columns of few rows are tried that chance must be this many standard deviations away …
const DEVIATIONS: f64 = 6.0;
/// … and a holdout of fewer groups could not be dealt into halves that say anything.
const LEAST_GROUPS: usize = 50;

/// Most rows of each kind on which pairs of columns are tried.
const TRIED: usize = 5000;

/// Another column belongs to a group's if that many more rows are told apart.
const BETTER: f64 = 0.005;

/// The columns in which rows are alike that the split has kept together: all of them in train, or
/// all in the holdout. None where rows were dealt one by one.
///
/// Click logs are often split by visit or by user. The impressions of a visit are alike in all
/// columns but the item and the label, so a row of the holdout has its nearest neighbours there; and
/// an attack that compares with other rows of the holdout would recognise it by them. Such rows
/// must be dealt, and counted, as one.
///
/// Told by what happens to rows that agree in some columns: if rows were dealt one by one, as many of the holdout's find
/// such a row in its other half as among as many rows of train. Tried are the user; every column and every pair of
/// columns, and what else tells rows apart beside the best of them, as a request's number, or user and time; and all
/// columns but one and the label.
pub fn kept_together(
    train: &Coded,
    holdout: &Coded,
    user: Option<usize>,
    label: Option<usize>,
    seed: &Seed,
) -> Option<Vec<usize>> {
    let halves = Halves::new(train, holdout, seed)?;
    if let Some(user) = user
        && halves.excess(&[user]).is_some()
    {
        return Some(vec![user]);
    }
    let columns: Vec<usize> = (0..train.n_columns()).filter(|c| Some(*c) != label).collect();
    let all_but_one = columns.iter().filter_map(|left_out| {
        let columns: Vec<usize> = columns.iter().copied().filter(|c| c != left_out).collect();
        let excess = halves.excess(&columns).filter(|_| !columns.is_empty())?;
        Some((excess, columns))
    });
    let of_few = halves.of_few(&columns);
    let candidates = all_but_one.chain(of_few);
    candidates.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, columns)| columns)
}

/// Hashes of codes, by column: rows of the holdout's one half, as many of its other, as many of train.
struct Halves {
    asked: Vec<Vec<u64>>,
    others: Vec<Vec<u64>>,
    of_train: Vec<Vec<u64>>,
}

impl Halves {
    fn new(train: &Coded, holdout: &Coded, seed: &Seed) -> Option<Self> {
        let n = (holdout.n_rows() / 2).min(train.n_rows());
        if n == 0 {
            return None;
        }
        let mut rng = seed.stream("kept together");
        let dealt = index::sample(&mut rng, holdout.n_rows(), 2 * n).into_vec();
        let (asked, others) = dealt.split_at(n);
        let of_train = index::sample(&mut rng, train.n_rows(), n).into_vec();
        let hashes = |rows: &Coded, chosen: &[usize]| {
            let column = |column: usize| {
                let noise = seed.counter(&format!("column/{column}"));
                let codes = rows.column(column);
                chosen.iter().map(|&row| noise.word(codes[row].into())).collect()
            };
            (0..rows.n_columns()).map(column).collect()
        };
        Some(Self {
            asked: hashes(holdout, asked),
            others: hashes(holdout, others),
            of_train: hashes(train, &of_train),
        })
    }

    /// The shares of the first rows that find one alike in `columns` in their holdout's other half and in train, of so
    /// many; and how many groups they are of.
    fn found(&self, columns: &[usize], most: usize) -> (f64, f64, usize) {
        let n = self.asked[0].len().min(most);
        let keys = |of: &[Vec<u64>]| {
            let key = |row| columns.iter().fold(0u64, |key, &c| key.wrapping_add(of[c][row]));
            (0..n).map(key).collect::<Vec<u64>>()
        };
        let set = |of: &[Vec<u64>]| keys(of).into_iter().collect::<HashSet<u64>>();
        let asked = keys(&self.asked);
        let share = |known: HashSet<u64>| {
            asked.iter().filter(|key| known.contains(*key)).count() as f64 / n as f64
        };
        let groups = asked.iter().collect::<HashSet<_>>().len();
        (share(set(&self.others)), share(set(&self.of_train)), groups)
    }

    /// By how much more often a row is found in the holdout, where that is enough.
    fn excess(&self, columns: &[usize]) -> Option<f64> {
        let (beside, across, _) = self.found(columns, usize::MAX);
        let apart = beside - across;
        (apart >= DIFFERENCE && beside >= RATIO * across).then_some(apart)
    }

    /// The same for few columns, of which there are many to choose from.
    fn excess_of_few(&self, columns: &[usize], most: usize) -> Option<f64> {
        let (beside, across, groups) = self.found(columns, most);
        let n = self.asked[0].len().min(most) as f64;
        let apart = beside - across;
        let chance = DEVIATIONS * ((beside + across) / n).sqrt();
        let enough = apart >= DIFFERENCE.max(chance) && beside >= RATIO * across;
        (enough && groups >= LEAST_GROUPS).then_some(apart)
    }

    /// The few columns by which the most rows are found in the holdout that are not in train.
    fn of_few(&self, columns: &[usize]) -> Option<(f64, Vec<usize>)> {
        let single = columns.iter().map(|&column| vec![column]);
        let pairs = columns.iter().enumerate().flat_map(|(at, &first)| {
            columns[at + 1..].iter().map(move |&second| vec![first, second])
        });
        let tried: Vec<Vec<usize>> = single.chain(pairs).collect();
        let known: Vec<(f64, Vec<usize>)> = tried
            .into_par_iter()
            .filter_map(|columns| Some((self.excess_of_few(&columns, TRIED)?, columns)))
            .collect();
        // Of equal ones the first, which is of the fewest columns.
        let best = known.into_iter().rev().max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        let mut best = (self.excess_of_few(&best.1, usize::MAX)?, best.1);
        loop {
            let more =
                columns.iter().filter(|column| !best.1.contains(column)).filter_map(|column| {
                    let columns = [&best.1[..], &[*column]].concat();
                    Some((self.excess_of_few(&columns, usize::MAX)?, columns))
                });
            match more.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
                Some(more) if more.0 >= best.0 + BETTER => best = more,
                _ => break,
            }
        }
        best.1.sort_unstable();
        Some(best)
    }
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

    /// Requests of three rows: a number of their own, a user and a day, and two columns of what was shown.
    fn requests(n: u32) -> Vec<[u32; 5]> {
        let mut rng = Seed::master(5).stream("requests");
        let request = |number| {
            let (user, day) = (rng.random_range(0..300), rng.random_range(0..100));
            [(); 3].map(|()| [number, user, day, rng.random_range(0..60), rng.random_range(0..60)])
        };
        (0..n).map(request).collect::<Vec<_>>().concat()
    }

    #[test]
    fn a_key_beside_which_several_columns_differ_is_found() {
        let found = |rows: &[[u32; 5]], columns: &[usize], label| {
            let coded = |rows: &[[u32; 5]]| {
                let column = |column: &usize| rows.iter().map(|row| row[*column]).collect();
                Coded::new(columns.iter().map(column).collect(), vec![10_000; columns.len()])
            };
            let (train, holdout) = rows.split_at(9000);
            kept_together(&coded(train), &coded(holdout), None, label, &Seed::master(2))
        };
        let mut rows = requests(5000);
        assert_eq!(found(&rows, &[0, 1, 2, 3, 4], None), Some(vec![0]), "its number");
        assert_eq!(found(&rows, &[1, 2, 3, 4], None), Some(vec![0, 1]), "user and day");
        // What sets the parts apart in few groups says nothing of rows.
        let by_half: Vec<[u32; 5]> = (0..15_000)
            .map(|i| {
                [u32::from(i >= 9000), 7, 7, (i * 7919 % 60) as u32, (i * 104_729 % 60) as u32]
            })
            .collect();
        assert_eq!(found(&by_half, &[0, 1, 2, 3, 4], None), None);
        rows.shuffle(&mut Seed::master(3).stream("rows"));
        assert_eq!(found(&rows, &[0, 1, 2, 3, 4], None), None);
        assert_eq!(found(&rows, &[1, 2, 3, 4], None), None);
        // Rows that agree in the label and nothing else have nothing in common.
        rows.sort_by_key(|row| row[1]);
        assert_eq!(found(&rows, &[1, 3, 4], Some(0)), None, "the user is the label");
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
