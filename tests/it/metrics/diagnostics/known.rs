//! Tables of which the numbers are known.

use crate::metrics::assert_close;
use rayon::ThreadPoolBuilder;
use std::sync::Arc;
use synthctr::data::{Column, Frame, Values};
use synthctr::metrics::privacy::neighbours::Nearest;
use synthctr::metrics::privacy::{
    Cap, ClosestRecord, dcr_baseline_protection, dcr_overfitting_protection, disclosure_protection,
    distances, new_row_share, random_rows, share_closer,
};
use synthctr::seed::Seed;

fn nearest(first: f64, second: f64) -> Nearest {
    Nearest { first, second: Some(second) }
}

#[test]
fn a_record_of_known_distances() {
    let rows = [nearest(0.0, 0.0), nearest(0.0, 0.5), nearest(0.02, 0.08), nearest(1.0, 1.0)];
    let record = ClosestRecord::new(&rows, Some(0.75)).expect("rows");
    assert_close(record.mean, 1.02 / 4.0);
    assert_close(record.median, 0.01);
    assert_eq!((record.share_zero, record.share_closer_to_train), (0.5, Some(0.75)));
    // Of 1, 0, 0.25 and 1.
    assert_close(record.nndr_median.expect("two rows"), 0.625);
    assert_eq!(record.quantiles.len(), 9);
    assert_eq!(record.quantiles[4], [0.5, record.median]);
    assert_eq!(record.histogram.len(), 50);
    assert_eq!([0, 1, 2, 49].map(|bin| record.histogram[bin]), [0.5, 0.25, 0.0, 0.25]);
    let lonely = [Nearest { first: 0.5, second: None }];
    assert_eq!(ClosestRecord::new(&lonely, None).expect("a row").nndr_median, None);
    assert_eq!(ClosestRecord::new(&[], None), None);
    let text = serde_json::to_string(&record).expect("JSON");
    assert_eq!(serde_json::from_str::<ClosestRecord>(&text).expect("a record"), record);
}

#[test]
fn closer_rows_count_and_ties_by_half() {
    let at = |distances: &[f64]| distances.iter().map(|&d| nearest(d, 1.0)).collect::<Vec<_>>();
    let (one, other) = (at(&[0.1, 0.2, 0.3, 0.4]), at(&[0.2, 0.2, 0.1, 0.5]));
    assert_eq!(share_closer(&one, &other), Some(2.5 / 4.0));
    assert_eq!(share_closer(&other, &one), Some(1.5 / 4.0));
    assert_eq!(share_closer(&[], &[]), None);
    let protection = dcr_overfitting_protection(&one, &other).expect("rows");
    assert_eq!((protection.score, protection.closer_to_training), (1.0, 0.5));
    assert_eq!(dcr_overfitting_protection(&[], &[]), None);
    let protection = dcr_baseline_protection(&one, &other).expect("rows");
    assert_eq!(protection.score, Some(1.0), "at most 1");
    let protection = dcr_baseline_protection(&at(&[0.1]), &one).expect("rows");
    assert_close(protection.score.expect("random rows are apart"), 0.4);
    assert_eq!(dcr_baseline_protection(&one, &at(&[0.0])).expect("rows").score, None);
    assert_eq!(dcr_baseline_protection(&one, &[]), None);
}

/// Independent rows of a few columns, the last of them numbers.
fn made_up(n: usize, seed: u64) -> Frame {
    let draw = Seed::master(seed).counter("rows");
    let code =
        |column: u64, row: usize, size: u64| (draw.word(row as u64 * 8 + column) >> 20) % size;
    let columns = (0..5).map(|column| {
        let size = [2, 5, 30, 12, 1 << 20][column as usize];
        let codes = (0..n).map(|row| code(column, row, size) as u32);
        match column {
            4 => Column::numbers("x", codes.map(|code| f64::from(code) / 1e6).collect()),
            _ => {
                let vocabulary = (0..size).map(|code| code.to_string()).collect();
                Column::categories(format!("c{column}"), Arc::new(vocabulary), codes.collect())
            }
        }
    });
    Frame::new(columns.collect())
}

#[test]
fn only_rows_that_were_remembered_are_closer_to_train() {
    let (train, holdout) = (made_up(2_000, 1), made_up(700, 2));
    let share = |synthetic: &Frame, train: &Frame, holdout: &Frame| {
        let found = distances(synthetic, train, Some(holdout), &Seed::master(9), &());
        found.expect("rows").closest_record.share_closer_to_train.expect("a holdout")
    };
    // Five standard deviations of a fair coin, thrown 1,000 times.
    let fair = 0.5 - 0.08..0.5 + 0.08;
    let fresh = made_up(1_000, 3);
    assert!(fair.contains(&share(&fresh, &train, &holdout)));
    assert!(fair.contains(&share(&fresh, &holdout, &train)), "a larger holdout");
    assert!(fair.contains(&share(&fresh, &train.head(700), &holdout)), "as many");
    let copies = train.head(1_000);
    let seen = share(&copies, &train, &holdout);
    // Of the copies as many as are in the subset are 0 away, the others are a fair coin.
    assert!((seen - (0.35 + 0.65 / 2.0)).abs() < 0.08, "{seen}");
    assert_eq!(share(&copies, &copies, &fresh), 1.0);
    // One number that is far out does not bring all others of the holdout nearer.
    let mut columns = holdout.columns().to_vec();
    if let Values::Numbers(numbers) = &mut columns[4].values {
        numbers[0] = 1e6;
    }
    assert!(fair.contains(&share(&fresh, &train, &Frame::new(columns))));
    // Without numbers too.
    let [train, holdout, fresh] = [train, holdout, fresh].map(|frame| frame.without("x"));
    assert!(fair.contains(&share(&fresh, &train, &holdout)));
    assert!(share(&train, &train, &holdout) > 0.58);
    assert!(fair.contains(&share(&fresh, &holdout, &train)), "a larger holdout");
}

#[test]
fn distances_depend_on_the_seed_alone() {
    let (train, holdout, synthetic) = (made_up(900, 1), made_up(300, 2), made_up(400, 3));
    let with = |threads: usize, seed: u64| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let seed = Seed::master(seed);
        pool.install(|| distances(&synthetic, &train, Some(&holdout), &seed, &())).expect("rows")
    };
    assert_eq!(with(1, 4), with(5, 4));
    let (a, b) = (with(1, 4), with(1, 6));
    assert_ne!(a.dcr_baseline_protection.random_median, b.dcr_baseline_protection.random_median);
    assert_ne!(a.closest_record.share_closer_to_train, b.closest_record.share_closer_to_train);
    assert_eq!(a.dcr_overfitting_protection, b.dcr_overfitting_protection);
    assert_eq!(a.closest_record.quantiles, b.closest_record.quantiles);
}

#[test]
fn random_rows_are_uniform_over_what_occurs() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let vocabulary = Arc::new(texts(&["", "common", "rare", "elsewhere"]));
    let nan = f64::NAN;
    let real = Frame::new(vec![
        Column::categories("some missing", vocabulary.clone(), vec![0, 1, 1, 1, 1, 2, 1, 1]),
        Column::categories("all missing", vocabulary, vec![0; 8]),
        Column::numbers("whole", vec![3.0, 5.0, 3.0, 3.0, 3.0, 3.0, nan, nan]),
        Column::numbers("x", vec![-1.5, 2.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        Column::numbers("none", vec![nan; 8]),
    ]);
    let n = 20_000;
    let random = random_rows(&real, n, &Seed::master(1));
    // As texts, since missing numbers are not equal.
    let text = |seed: u64| format!("{:?}", random_rows(&real, n, &Seed::master(seed)));
    assert!(text(1) == text(1) && text(1) != text(2));
    // Five standard deviations, at most.
    let near = |n_found: usize, share: f64| {
        let error = 5.0 * (share * (1.0 - share) / n as f64).sqrt();
        assert!((n_found as f64 / n as f64 - share).abs() <= error, "{n_found} {share}");
    };
    let values = |column: usize| &random.columns()[column].values;
    let Values::Categories { codes, .. } = values(0) else { panic!("categories") };
    let shares = [1.0 / 8.0, 7.0 / 16.0, 7.0 / 16.0, 0.0];
    for (code, share) in (0..).zip(shares) {
        near(codes.iter().filter(|&&c| c == code).count(), share);
    }
    let Values::Categories { codes, .. } = values(1) else { panic!("categories") };
    assert!(codes.iter().all(|&code| code == 0));
    let Values::Numbers(whole) = values(2) else { panic!("numbers") };
    for number in [3.0, 4.0, 5.0] {
        near(whole.iter().filter(|&&x| x == number).count(), 0.25);
    }
    near(whole.iter().filter(|x| x.is_nan()).count(), 0.25);
    let Values::Numbers(x) = values(3) else { panic!("numbers") };
    assert!(x.iter().all(|x| (-1.5..=2.5).contains(x)));
    near(x.iter().filter(|&&x| x < -0.5).count(), 0.25);
    let Values::Numbers(none) = values(4) else { panic!("numbers") };
    assert!(none.iter().all(|x| x.is_nan()));
    assert_eq!(random_rows(&real.head(0), 9, &Seed::master(1)).n_rows(), 0);
    assert_eq!(random_rows(&real, 0, &Seed::master(1)).n_rows(), 0);
}

#[test]
fn what_cannot_be_measured_is_none() {
    let rows = made_up(5, 1);
    let (none, narrow) = (rows.head(0), rows.select(&[0]));
    let seed = Seed::master(1);
    assert_eq!(distances(&none, &rows, None, &seed, &()), None);
    assert_eq!(distances(&rows, &none, None, &seed, &()), None);
    let columnless = ["c0", "c1", "c2", "c3", "x"].iter().fold(rows.clone(), |f, c| f.without(c));
    assert_eq!(distances(&columnless, &columnless, None, &seed, &()), None);
    let without = distances(&rows, &narrow, Some(&none), &seed, &()).expect("rows");
    assert_eq!(without.dcr_overfitting_protection, None);
    assert_eq!(without.closest_record.share_closer_to_train, None);
    assert_eq!(new_row_share(&none, &rows, 0.01), None);
    assert_eq!(new_row_share(&rows, &none, 0.01), Some(1.0));
    let protection = |keys: &[&str], sensitive: &[&str], real: &Frame| {
        disclosure_protection(&rows, real, keys, sensitive, Cap::Known, &())
    };
    assert_eq!(protection(&["c0"], &["no such"], &rows), None);
    assert_eq!(protection(&[], &["c1"], &rows), None);
    assert_eq!(protection(&["c0"], &[], &rows), None);
    assert_eq!(protection(&["c0"], &["c1"], &none), None);
    // One value to guess.
    let one = protection(&["c0"], &["c1"], &narrow).expect("a row");
    assert_eq!((one.score, one.baseline_protection), (None, 0.0));
}
