//! The simulator keeps its promises, above all the exact truth.

use std::collections::{BTreeMap, HashMap};
use synthctr::data::simulator::{SimulatorConfig, simulate};
use synthctr::data::{self, DatasetConfig, Table};
use synthctr::seed::Seed;

/// Area under the ROC curve by its definition, all pairs.
fn auc_by_pairs(labels: &[u8], scores: &[f64]) -> f64 {
    let of = |label| {
        let chosen = labels.iter().zip(scores).filter(move |(l, _)| **l == label);
        chosen.map(|(_, score)| *score).collect::<Vec<f64>>()
    };
    let (clicks, others) = (of(1), of(0));
    let pairs = clicks.iter().flat_map(|click| others.iter().map(move |other| (click, other)));
    let concordant: f64 = pairs
        .map(|(click, other)| if click > other { 1.0 } else { f64::from(click == other) / 2.0 })
        .sum();
    concordant / (clicks.len() * others.len()) as f64
}

/// The default world, with as many rows of test as `rows`.
fn large_test(rows: usize) -> SimulatorConfig {
    SimulatorConfig { test_rows: rows, ..SimulatorConfig::default() }
}

#[test]
fn shape_is_that_of_frappe() {
    let simulated = simulate(&SimulatorConfig::default(), Seed::master(1)).expect("simulated");
    let split = &simulated.split;
    let names: Vec<_> = split.train.schema().fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, data::frappe::FIELDS);
    for (table, rows) in [(&split.train, 12_000), (&split.valid, 3_000), (&split.test, 6_000)] {
        assert_eq!(table.n_rows(), rows);
        assert_eq!(table.count(1) * 3, rows, "two non-clicks per click");
    }
    // Long tails: a tenth of the items and of the users get far more than a tenth of the clicks.
    let clicks = split.train.select(&split.train.rows_with(1));
    for name in ["user", "item"] {
        let field = clicks.schema().position(name).expect("a field");
        let mut counts = vec![0; clicks.schema().fields[field].n_codes()];
        clicks.column(field).iter().for_each(|&code| counts[code as usize] += 1);
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let top: usize = counts[..counts.len() / 10].iter().sum();
        assert!(top as f64 > 0.25 * clicks.n_rows() as f64, "{name}: {top}");
    }
}

#[test]
fn weekday_decides_isweekend_and_city_decides_country() {
    let split = simulate(&large_test(30_000), Seed::master(2)).expect("simulated").split;
    for [decides, decided] in [["weekday", "isweekend"], ["city", "country"]] {
        let mut seen: HashMap<u32, u32> = HashMap::new();
        for table in [&split.train, &split.valid, &split.test] {
            let column = |name| table.column(table.schema().position(name).expect("a field"));
            let unseen = |name: &str| {
                let schema = table.schema();
                schema.fields[schema.position(name).expect("a field")].unseen()
            };
            for (&a, &b) in column(decides).iter().zip(column(decided)) {
                if a != unseen(decides) {
                    assert_eq!(*seen.entry(a).or_insert(b), b, "{decides} → {decided}");
                }
            }
        }
    }
}

#[test]
fn same_seed_same_rows_on_any_number_of_threads() {
    let config = SimulatorConfig { train_rows: 40_000, ..SimulatorConfig::default() };
    let with_threads = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
        pool.install(|| simulate(&config, Seed::master(3)).expect("simulated"))
    };
    let (one, four) = (with_threads(1), with_threads(4));
    assert_eq!(one.split, four.split);
    assert_eq!(one.test_probabilities, four.test_probabilities);
    let other = simulate(&config, Seed::master(4)).expect("simulated");
    assert_ne!(other.split.train, one.split.train);
}

#[test]
fn probabilities_are_calibrated() {
    let simulated = simulate(&large_test(300_000), Seed::master(5)).expect("simulated");
    let labels = simulated.split.test.labels();
    let mut bins: BTreeMap<u32, (f64, f64, f64)> = BTreeMap::new();
    for (&p, &label) in simulated.test_probabilities.iter().zip(labels) {
        let (n, expected, clicks) = bins.entry((p * 20.0) as u32).or_default();
        *n += 1.0;
        *expected += p;
        *clicks += f64::from(label);
    }
    assert!(bins.len() >= 18, "the probabilities spread over the unit interval");
    for (bin, (n, expected, clicks)) in bins {
        let p = expected / n;
        let deviations = (clicks - expected) / (n * p * (1.0 - p)).sqrt();
        assert!(deviations.abs() < 4.5, "bin {bin}: {clicks} clicks, {expected} expected");
    }
}

#[test]
fn bayes_auc_is_the_auc_of_the_truth() {
    let simulated = simulate(&SimulatorConfig::default(), Seed::master(6)).expect("simulated");
    let labels = simulated.split.test.labels();
    let by_pairs = auc_by_pairs(labels, &simulated.test_probabilities);
    assert!((simulated.bayes_auc() - by_pairs).abs() < 1e-12);
    assert!((0.90..0.95).contains(&by_pairs), "{by_pairs}");
}

/// Adds up, for every row, the log of the odds of each of `groups` of fields in `train`.
fn empirical_scores(train: &Table, test: &Table, groups: &[&[&str]]) -> Vec<f64> {
    let mut scores = vec![0.0; test.n_rows()];
    for group in groups {
        let fields: Vec<usize> =
            group.iter().map(|name| train.schema().position(name).expect("a field")).collect();
        let key = |table: &Table, row: usize| -> Vec<u32> {
            fields.iter().map(|&field| table.column(field)[row]).collect()
        };
        let mut counts: HashMap<Vec<u32>, [f64; 2]> = HashMap::new();
        for row in 0..train.n_rows() {
            let label = train.labels()[row] as usize;
            counts.entry(key(train, row)).or_insert([2.0, 1.0])[label] += 1.0;
        }
        for (row, score) in scores.iter_mut().enumerate() {
            let [others, clicks] = counts.get(&key(test, row)).copied().unwrap_or([2.0, 1.0]);
            *score += (clicks / others).ln();
        }
    }
    scores
}

#[test]
fn no_other_score_beats_the_truth() {
    let config = SimulatorConfig { train_rows: 600_000, ..large_test(60_000) };
    let simulated = simulate(&config, Seed::master(7)).expect("simulated");
    let (train, test) = (&simulated.split.train, &simulated.split.test);
    let bayes = simulated.bayes_auc();
    let auc = |groups: &[&[&str]]| {
        let scores = empirical_scores(train, test, groups);
        auc_by_pairs(&test.labels()[..9_000], &scores[..9_000])
    };
    let popularity = auc(&[&["item"]]);
    let preference = auc(&[&["item", "user"]]);
    let context = auc(&[&["item", "user"], &["item", "daytime"], &["item", "homework"]]);
    // Each adds something that is really there, and the truth is above all of them.
    assert!(0.6 < popularity && popularity < preference, "{popularity} {preference}");
    assert!(preference < bayes && context < bayes, "{preference} {context} {bayes}");
    // Nor does a disturbed truth do better.
    let noise = Seed::master(8).counter("noise");
    let disturbed = |strength: f64| -> Vec<f64> {
        let disturb = |(p, i): (&f64, u64)| {
            let logit = (p / (1.0 - p)).ln();
            logit + strength * (noise.word(i) as f64 / u64::MAX as f64 - 0.5)
        };
        simulated.test_probabilities.iter().zip(0..).map(disturb).collect()
    };
    let labels = &test.labels()[..9_000];
    let truth = auc_by_pairs(labels, &simulated.test_probabilities[..9_000]);
    let mut best = truth;
    for strength in [1.0, 2.0, 4.0] {
        let auc = auc_by_pairs(labels, &disturbed(strength)[..9_000]);
        assert!(auc < best, "{strength}: {auc}");
        best = auc;
    }
}

#[test]
fn the_embedded_data_set_says_all_about_itself() {
    let dataset = data::load(&DatasetConfig::default(), None, Seed::master(1)).expect("simulated");
    assert_eq!(dataset.name, "simulated");
    assert_eq!(dataset.checksums.len(), 3);
    assert_eq!(dataset.constraints, [["weekday", "isweekend"], ["country", "city"]]);
    assert_eq!(dataset.item.as_deref(), Some("item"));
    assert_eq!(dataset.user.as_deref(), Some("user"));
    assert!(dataset.bayes_auc.is_some());
    let other = data::load(&DatasetConfig::default(), None, Seed::master(2)).expect("simulated");
    assert_ne!(other.checksums, dataset.checksums);
}
