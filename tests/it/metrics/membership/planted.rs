//! Generators of which it is known what they leak.

use super::rows_of;
use super::worlds::Population;
use rand::RngExt;
use rayon::prelude::*;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::{Level, Options, World};
use synthctr::seed::Seed;

const OPTIONS: Options = Options { permutations: 199 };

fn level(world: &World, seed: &Seed) -> Level {
    Level::of_rows(world, &OPTIONS, seed, &()).expect("rows of each kind")
}

/// The distance of each row to the closest of `rows`.
fn closest(of: &Coded, rows: &Coded) -> Vec<usize> {
    let rows = rows_of(rows);
    let closest = |row: Vec<u32>| {
        let distance = |other: &Vec<u32>| row.iter().zip(other).filter(|(a, b)| a != b).count();
        rows.iter().map(distance).min().expect("rows")
    };
    rows_of(of).into_iter().map(closest).collect()
}

/// What the usual checks of distances look at, to train and to a holdout.
struct Distances {
    identical: [f64; 2],
    medians: [usize; 2],
    means: [f64; 2],
    closer_to_train: f64,
}

impl Distances {
    fn new(world: &World) -> Self {
        let n = world.synthetic.n_rows() as f64;
        let both = [&world.members, &world.non_members].map(|rows| closest(&world.synthetic, rows));
        let closer =
            both[0].iter().zip(&both[1]).map(|(train, holdout)| match train.cmp(holdout) {
                std::cmp::Ordering::Less => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Greater => 0.0,
            });
        let closer_to_train = closer.sum::<f64>() / n;
        let count = |distances: &Vec<usize>| distances.iter().filter(|&&d| d == 0).count() as f64;
        Self {
            identical: both.each_ref().map(|distances| count(distances) / n),
            means: both.each_ref().map(|distances| distances.iter().sum::<usize>() as f64 / n),
            medians: both.map(|mut distances| {
                distances.sort_unstable();
                distances[distances.len() / 2]
            }),
            closer_to_train,
        }
    }

    /// Whether train looks no closer than the holdout does.
    fn pass(&self) -> bool {
        self.identical[0] < self.identical[1] + 0.075
            && self.medians[0] + 1 >= self.medians[1]
            && self.means[0] > 0.85 * self.means[1]
            && (self.closer_to_train - 0.5).abs() < 0.05
    }
}

/// Of 100 generators that memorise 5 % of 1,000 rows of train, how many alarm, and how many pass the
/// checks of distances.
fn memorised(skew: f64, altered: bool) -> (usize, usize) {
    let tries: Vec<(bool, bool)> = (0..100)
        .into_par_iter()
        .map(|attempt| {
            let seed = Seed::master(attempt);
            let world = Population::new(skew, &seed).world(1000, 0.05, altered, &seed);
            (level(&world, &seed).achieved.alarm, Distances::new(&world).pass())
        })
        .collect();
    let count = |which: fn(&(bool, bool)) -> bool| tries.iter().filter(|row| which(row)).count();
    (count(|row| row.0), count(|row| row.1))
}

#[test]
fn five_per_cent_of_train_are_found_where_copies_are_common_anyway() {
    // About a sixth of fresh rows stand in train, too.
    let (alarms, pass) = memorised(2.0, false);
    assert!(alarms >= 95, "{alarms} of 100");
    assert!(pass >= 95, "distances look well in {pass} of 100");
}

#[test]
fn five_per_cent_of_train_are_found_with_a_field_altered() {
    let (alarms, pass) = memorised(1.5, true);
    assert!(alarms >= 95, "{alarms} of 100");
    assert!(pass >= 95, "distances look well in {pass} of 100");
}

#[test]
fn tables_without_a_leak_seldom_alarm() {
    let alarms: usize = (0..1000)
        .into_par_iter()
        .map(|attempt| {
            let seed = Seed::master(attempt);
            let skew = [1.0, 2.0][attempt as usize % 2];
            let world = Population::new(skew, &seed).world(200, 0.0, false, &seed);
            usize::from(level(&world, &seed).achieved.alarm)
        })
        .sum();
    // 50 are expected; more than 72 with one chance in a thousand, and fewer than 29.
    assert!((29..=72).contains(&alarms), "{alarms} of 1,000");
}

#[test]
fn resampled_rows_are_always_found() {
    for attempt in 0..20 {
        let seed = Seed::master(attempt);
        let mut world = Population::new(1.5, &seed).world(300, 0.0, false, &seed);
        let mut rng = seed.stream("resample");
        let drawn: Vec<usize> = (0..300).map(|_| rng.random_range(0..300)).collect();
        world.synthetic = world.members.select(&drawn);
        let level = level(&world, &seed);
        assert!(level.achieved.alarm && level.achieved.auc > 0.7, "{level:?}");
        let interval = level.achieved.auc_interval.expect("an interval");
        assert!(interval[0] > 0.6 && interval[1] > level.achieved.auc);
        assert!(level.attacks["closest-distance"].alarm && level.attacks["plagiarism"].alarm);
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let seed = Seed::master(5);
    let world = Population::new(1.5, &seed).world(1100, 0.02, false, &seed);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| level(&world, &seed))
    };
    let one = on(1);
    assert_eq!(one, on(3));
    assert!(one.achieved.tpr_at_fpr.per_mille.is_some());
    let other = Level::of_rows(&world, &OPTIONS, &Seed::master(6), &()).expect("a level");
    let attacks = |level: &Level| level.attacks.values().map(|a| a.auc).collect::<Vec<f64>>();
    assert_eq!(attacks(&one), attacks(&other), "only the permutations are random");
}
