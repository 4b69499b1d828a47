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

/// So many columns are tried that chance must be this many standard deviations away …
const DEVIATIONS: f64 = 6.0;
/// … a holdout of fewer groups could not be dealt into halves that say anything, and …
const LEAST_GROUPS: usize = 200;
/// … no visit is of more rows: what holds more in the mean, as an hour does, sets the parts apart in another way.
const LARGEST_GROUP: usize = 20;

/// Most rows of which it is asked whether there is one alike, where single columns and pairs are tried.
const ASKED: usize = 5000;

/// Of so many candidates all rows are asked.
const LIKELIEST: usize = 40;

/// Parts are apart in a column where so many more rows find their value beside than across.
const DRIFT: f64 = 0.2;

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
    // What drifts says nothing of visits, in no company.
    let columns: Vec<usize> = (0..train.n_columns()).filter(|c| Some(*c) != label).collect();
    let drifting = halves.apart(&columns);
    let steady: Vec<usize> = columns.into_iter().filter(|c| !drifting.contains(c)).collect();
    let all_but_one = steady.iter().filter_map(|left_out| {
        let columns: Vec<usize> = steady.iter().copied().filter(|c| c != left_out).collect();
        let excess = halves.excess(&columns).filter(|_| !columns.is_empty())?;
        Some((excess, columns))
    });
    let of_few = halves.of_few(&steady);
    let candidates = all_but_one.chain(of_few);
    candidates.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, columns)| columns)
}

/// Hashes of codes, by column: rows of the holdout's one half, as many of its other, as many of train.
struct Halves {
    asked: Vec<Vec<u64>>,
    others: Vec<Vec<u64>>,
    of_train: Vec<Vec<u64>>,
}

/// How often rows of the holdout find one that is alike in some columns.
struct Found {
    /// The share that finds one in the holdout's other half.
    beside: f64,
    /// The share that finds one among as many rows of train.
    across: f64,
    /// So many rows asked.
    rows: usize,
    /// So many of them differ.
    groups: usize,
}

impl Found {
    /// By how much more often a row is found in the holdout, where that is enough.
    fn excess(&self) -> Option<f64> {
        let apart = self.beside - self.across;
        (apart >= DIFFERENCE && self.beside >= RATIO * self.across).then_some(apart)
    }

    /// The same, where chance had many columns to choose from.
    fn excess_of_many(&self) -> Option<f64> {
        let chance = DEVIATIONS * ((self.beside + self.across) / self.rows as f64).sqrt();
        self.excess().filter(|apart| *apart >= chance)
    }

    /// Whether the groups may be visits.
    fn are_small(&self) -> bool {
        self.groups >= LEAST_GROUPS && self.rows <= LARGEST_GROUP * self.groups
    }
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

    /// What the first rows find among all others, in these columns.
    fn found(&self, columns: &[usize], most: usize) -> Found {
        let key = |of: &[Vec<u64>], row: usize| {
            columns.iter().fold(0u64, |key, &c| key.wrapping_add(of[c][row]))
        };
        let (all, rows) = (self.asked[0].len(), self.asked[0].len().min(most));
        // By key: how many rows ask, and whether there is one alike beside and across.
        let mut asked: HashMap<u64, (usize, [bool; 2])> = HashMap::with_capacity(rows);
        (0..rows).for_each(|row| asked.entry(key(&self.asked, row)).or_default().0 += 1);
        for (side, of) in [&self.others, &self.of_train].into_iter().enumerate() {
            for row in 0..all {
                if let Some((_, found)) = asked.get_mut(&key(of, row)) {
                    found[side] = true;
                }
            }
        }
        let share = |side: usize| {
            let found = asked.values().filter(|(_, found)| found[side]).map(|(n, _)| n);
            found.sum::<usize>() as f64 / rows as f64
        };
        Found { beside: share(0), across: share(1), rows, groups: asked.len() }
    }

    fn excess(&self, columns: &[usize]) -> Option<f64> {
        self.found(columns, usize::MAX).excess()
    }

    /// The excess where the groups may be visits.
    fn excess_of_visits(&self, columns: &[usize], most: usize) -> Option<f64> {
        let found = self.found(columns, most);
        found.excess_of_many().filter(|_| found.are_small())
    }

    /// The few columns by which the most rows are found in the holdout that are not in train.
    fn of_few(&self, columns: &[usize]) -> Option<(f64, Vec<usize>)> {
        let single = columns.iter().map(|&column| vec![column]);
        let pairs = columns.iter().enumerate().flat_map(|(at, &first)| {
            columns[at + 1..].iter().map(move |&second| vec![first, second])
        });
        let tried: Vec<Vec<usize>> = single.chain(pairs).collect();
        let mut likely: Vec<(f64, Vec<usize>)> = tried
            .into_par_iter()
            .filter_map(|columns| Some((self.found(&columns, ASKED).excess_of_many()?, columns)))
            .collect();
        // Of equal ones the first, which is of the fewest columns.
        likely.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let mut best = likely.into_iter().take(LIKELIEST).find_map(|(_, columns)| {
            Some((self.excess_of_visits(&columns, usize::MAX)?, columns))
        })?;
        loop {
            let more =
                columns.iter().filter(|column| !best.1.contains(column)).filter_map(|column| {
                    let columns = [&best.1[..], &[*column]].concat();
                    Some((self.excess_of_visits(&columns, usize::MAX)?, columns))
                });
            match more.max_by(|(a, _), (b, _)| a.total_cmp(b)) {
                Some(more) if more.0 >= best.0 + BETTER => best = more,
                _ => break,
            }
        }
        best.1.sort_unstable();
        Some(best)
    }

    /// The columns that set the parts apart, and not by visits.
    fn apart(&self, columns: &[usize]) -> Vec<usize> {
        let is_apart = |column: &usize| {
            let found = self.found(&[*column], usize::MAX);
            found.excess_of_many().is_some_and(|apart| apart >= DRIFT) && !found.are_small()
        };
        columns.par_iter().copied().filter(is_apart).collect()
    }
}

/// The columns whose values hardly occur in both parts, though many rows have each: as a split by time does to hours, or
/// to what is shown for a day. Rows of such a holdout are unlike train's whether or not anything was learned.
pub fn set_apart(train: &Coded, holdout: &Coded, label: Option<usize>, seed: &Seed) -> Vec<usize> {
    let columns: Vec<usize> = (0..train.n_columns()).filter(|c| Some(*c) != label).collect();
    Halves::new(train, holdout, seed).map_or(Vec::new(), |halves| halves.apart(&columns))
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

    fn coded<const N: usize>(rows: &[[u32; N]]) -> Coded {
        let column = |column: usize| rows.iter().map(|row| row[column]).collect();
        Coded::new((0..N).map(column).collect(), vec![100_000; N])
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

    /// What the first three fifths of the rows and the others are found to be apart by, in these columns.
    fn found_in<const N: usize>(
        rows: &[[u32; 5]],
        columns: [usize; N],
        label: Option<usize>,
    ) -> Option<Vec<usize>> {
        let rows: Vec<[u32; N]> =
            rows.iter().map(|row| columns.map(|column| row[column])).collect();
        let (train, holdout) = rows.split_at(rows.len() * 3 / 5);
        kept_together(&coded(train), &coded(holdout), None, label, &Seed::master(2))
    }

    #[test]
    fn a_key_beside_which_several_columns_differ_is_found() {
        let mut rows = requests(5000);
        assert_eq!(found_in(&rows, [0, 1, 2, 3, 4], None), Some(vec![0]), "its number");
        assert_eq!(found_in(&rows, [1, 2, 3, 4], None), Some(vec![0, 1]), "user and day");
        rows.shuffle(&mut Seed::master(3).stream("rows"));
        assert_eq!(found_in(&rows, [0, 1, 2, 3, 4], None), None);
        assert_eq!(found_in(&rows, [1, 2, 3, 4], None), None);
        // Rows that agree in the label and nothing else have nothing in common.
        rows.sort_by_key(|row| row[1]);
        assert_eq!(found_in(&rows, [1, 3, 4], Some(0)), None, "the user is the label");
        // Where only some of many rows are asked, all are searched.
        let pairs: Vec<[u32; 5]> =
            (0..100_000).map(|i| [i / 2, i % 7, i % 11, i % 13, i % 17]).collect();
        assert_eq!(found_in(&pairs, [0, 1, 2, 3, 4], None), Some(vec![0]));
    }

    #[test]
    fn what_drifts_is_no_visit() {
        // Of few groups.
        let by_half: Vec<[u32; 5]> = (0..15_000)
            .map(|i| [u32::from(i >= 9000), 7, 7, i * 7919 % 60, i * 104_729 % 60])
            .collect();
        assert_eq!(found_in(&by_half, [0, 1, 2, 3, 4], None), None);
        // Of many, as hours are, alone or with what else their rows have in common.
        let mut rng = Seed::master(6).stream("hours");
        let mut below = |most: u32| rng.random_range(0..most);
        let hours: Vec<[u32; 5]> =
            (0..15_000).map(|i| [i / 60, below(300), below(9), below(60), i % 2]).collect();
        assert_eq!(found_in(&hours, [0, 1, 2, 3, 4], None), None);
        let apart = |rows: &[[u32; 5]]| {
            set_apart(&coded(&rows[..9000]), &coded(&rows[9000..]), None, &Seed::master(2))
        };
        assert_eq!(apart(&hours), [0]);
        assert_eq!(apart(&requests(5000)), Vec::<usize>::new(), "requests are small");
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
