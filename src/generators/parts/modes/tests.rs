use super::*;
use crate::seed::Seed;
use proptest::prelude::*;
use serde_json::Value;
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

/// Made by `scripts/peers/modes.py`.
fn fixture() -> Value {
    let recorded = include_str!("../../../../tests/fixtures/modes.json");
    serde_json::from_str(recorded).expect("the fixture")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn normal(mean: f64, deviation: f64) -> Normal {
    Normal::new(mean, deviation).expect("a normal distribution")
}

/// The quantiles that the script writes for parts `[n, mean, deviation]`.
fn quantiles(parts: &Value) -> Vec<f64> {
    let part = |part: &Value| {
        let [n, mean, deviation] = [0, 1, 2].map(|place| number(&part[place]));
        let score = move |i| Normal::standard().inverse_cdf((f64::from(i) + 0.5) / n);
        (0..n as u32).map(move |i| mean + deviation * score(i))
    };
    list(parts).iter().flat_map(part).collect()
}

/// The script's ids, few of them often and many of them once.
fn ids(ids: &Value) -> Vec<f64> {
    let [n, scale, offset] = ["n", "scale", "offset"].map(|key| number(&ids[key]) as u32);
    let rows = |i| (1 + scale / (1 + i) * (1 + 7 * i % 13)) as usize;
    (0..n).flat_map(|i| vec![f64::from(offset + i); rows(i)]).collect()
}

/// The mean log likelihood of a row in the column's units, as scikit-learn's `score`.
fn score(mixture: &Mixture, column: &Column) -> f64 {
    let bells = mixture.bells();
    let density = |x| bells.iter().map(|bell| bell.log_density(x).exp()).sum::<f64>();
    let rows = column.values.iter().zip(&column.counts);
    rows.map(|(&x, n)| n * density(x).ln()).sum::<f64>() / column.n_rows() - unit(column).ln()
}

fn unit(column: &Column) -> f64 {
    column.unscaled(0.0, 1.0).1
}

/// The bound after the steps of a fit, none of which lowered it.
fn climb(column: &Column, max_components: usize) -> f64 {
    let mut mixture = Mixture::start(column, max_components);
    let mut bound = f64::NEG_INFINITY;
    for _ in 0..mixture::MAX_STEPS {
        let next = mixture.step(column);
        assert!(next >= bound - 1e-9 * next.abs(), "from {bound} to {next}");
        let gain = next - bound;
        bound = next;
        if gain < mixture::TOLERANCE {
            break;
        }
    }
    bound
}

#[test]
fn clear_mixtures_have_the_modes_of_scikit_learn() {
    for case in list(&fixture()["clear"]) {
        let (name, max_modes) = (&case["name"], number(&case["components"]) as usize);
        let peer = &case["fits"][0];
        let values = quantiles(&case["parts"]);
        let modes = Modes::fit(&values, max_modes, 0.005);
        assert_eq!(modes.n_modes(), list(&peer["modes"]).len(), "{name}: {modes:?}");
        for (mode, peer) in modes.modes().iter().zip(list(&peer["modes"])) {
            let [weight, mean, deviation] = [0, 1, 2].map(|place| number(&peer[place]));
            assert!((mode.weight - weight).abs() < 0.002, "{name}: {mode:?} {peer}");
            assert!((mode.mean - mean).abs() < 0.01 * deviation, "{name}: {mode:?} {peer}");
            assert!((mode.deviation / deviation - 1.0).abs() < 0.01, "{name}: {mode:?} {peer}");
        }
        let column = Column::new(&values);
        let likelihood = score(&Mixture::fit(&column, max_modes), &column);
        assert!((likelihood - number(&peer["score"])).abs() < 1e-6, "{name}: {likelihood}");
        // The peer's is of unscaled values. It is lower where superfluous components come before
        // others in its order.
        let n_units = values.len() as f64 + max_modes as f64;
        let bound = climb(&column, max_modes) - n_units * unit(&column).ln();
        let ahead = bound - number(&peer["bound"]);
        assert!((-0.01..1.0).contains(&ahead), "{name}: {bound}");
        // Without superfluous ones there is one order and one optimum.
        assert!(max_modes == 10 || ahead < 0.01, "{name}: {bound}");
    }
}

#[test]
fn long_tailed_ids_are_as_likely_as_by_scikit_learn() {
    let case = &fixture()["ids"];
    let column = Column::new(&ids(case));
    assert_eq!(column.values.len(), 1500);
    let likelihood = score(&Mixture::fit(&column, 10), &column);
    for peer in list(&case["fits"]) {
        let ratio = likelihood / number(&peer["score"]);
        assert!((ratio - 1.0).abs() < 0.005, "{likelihood} {}", peer["score"]);
    }
    climb(&column, 10);
}

#[test]
fn an_answer_does_not_depend_on_unit_offset_or_order() {
    let values = quantiles(&fixture()["clear"][3]["parts"]);
    let modes = Modes::fit(&values, 10, 0.005);
    let moved: Vec<f64> = values.iter().rev().map(|x| 1e9 + 1e-3 * x).collect();
    let moved = Modes::fit(&moved, 10, 0.005);
    assert_eq!((modes.n_modes(), moved.n_modes()), (3, 3));
    for (a, b) in modes.modes().iter().zip(moved.modes()) {
        // Beside 1e9 a number has seven places.
        assert!((1e9 + 1e-3 * a.mean - b.mean).abs() < 1e-6, "{a:?} {b:?}");
        assert!((1e-3 * a.deviation / b.deviation - 1.0).abs() < 1e-3, "{a:?} {b:?}");
    }
}

#[test]
fn a_constant_column_comes_back_whatever_is_drawn() {
    let mut rng = Seed::master(1).stream("modes");
    let modes = Modes::fit(&[5038.0; 7], 10, 0.005);
    assert_eq!(modes.n_modes(), 1);
    assert_eq!(modes.encode(5038.0, &mut rng), (0, 0.0));
    assert_eq!([-1.0, 0.3, 9.0].map(|v| modes.decode(0, v)), [5038.0; 3]);
    assert_eq!(modes.encode(1e300, &mut rng), (0, 0.99));
    assert!(Modes::fit(&[f64::NAN], 10, 0.005).decode(0, 0.5).abs() < f64::MIN_POSITIVE * 3.0);
}

#[test]
fn a_column_of_two_values_has_a_mode_for_each() {
    let mut rng = Seed::master(2).stream("modes");
    let values = [[957.0; 3000], [5038.0; 3000]].concat();
    let modes = Modes::fit(&values, 10, 0.005);
    assert_eq!(modes.n_modes(), 2);
    for (place, x) in [957.0, 5038.0].into_iter().enumerate() {
        let (mode, v) = modes.encode(x, &mut rng);
        assert_eq!(mode, place);
        assert!((modes.decode(mode, v) - x).abs() < 1e-3);
    }
    // Far from both, and from what a normal density can tell apart.
    assert!([-1e300, 1e300].map(|x| modes.responsibilities(x)).concat().iter().all(|r| *r >= 0.0));
}

#[test]
fn small_modes_are_left_out_but_one_always_stays() {
    let values = quantiles(&fixture()["clear"][5]["parts"]);
    let kept = |min_weight| Modes::fit(&values, 10, min_weight);
    assert_eq!([0.005, 0.1, 0.5, 1.0].map(|weight| kept(weight).n_modes()), [3, 2, 1, 1]);
    let total: f64 = kept(0.1).modes().iter().map(|mode| mode.weight).sum();
    assert!((total - 1.0).abs() < 1e-12);
    assert_eq!(Modes::fit(&values, 0, 0.005).n_modes(), 1);
}

#[test]
fn a_mode_is_drawn_by_its_share_of_the_density() {
    let values = quantiles(&fixture()["clear"][1]["parts"]);
    let modes = Modes::fit(&values, 2, 0.005);
    // Where the two meet.
    let x = -1.4;
    let densities: Vec<f64> =
        modes.modes().iter().map(|m| m.weight * normal(m.mean, m.deviation).pdf(x)).collect();
    let share = densities[1] / (densities[0] + densities[1]);
    assert!((0.1..0.9).contains(&share), "{share}");
    assert!((modes.responsibilities(x)[1] - share).abs() < 1e-12);
    let mut rng = Seed::master(3).stream("modes");
    let n = 10_000;
    let codes: Vec<_> = (0..n).map(|_| modes.encode(x, &mut rng)).collect();
    let drawn = codes.iter().filter(|code| code.0 == 1).count() as f64 / f64::from(n);
    // Within five standard errors.
    let error = (share * (1.0 - share) / f64::from(n)).sqrt();
    assert!((drawn - share).abs() < 5.0 * error, "{drawn} {share}");
    for (mode, v) in codes {
        let Mode { mean, deviation, .. } = modes.modes()[mode];
        assert_eq!(v, ((x - mean) / (4.0 * deviation)).clamp(-0.99, 0.99) as f32);
    }
}

#[test]
fn damaged_modes_are_refused() {
    let modes = Modes::fit(&[1.0, 1.0, 2.0, 8.0, 9.0], 3, 0.005);
    let json = serde_json::to_string(&modes).expect("json");
    assert_eq!(serde_json::from_str::<Modes>(&json).expect("modes"), modes);
    let read = |weight: &str, mean: &str, deviation: &str| {
        let mode = format!(r#"{{"weight":{weight},"mean":{mean},"deviation":{deviation}}}"#);
        serde_json::from_str::<Modes>(&format!("[{mode}]"))
    };
    assert!(read("1", "0", "1").is_ok());
    for [weight, mean, deviation] in
        [["0.9", "0", "1"], ["1", "0", "0"], ["1", "0", "-1"], ["-1", "0", "1"], ["1", "null", "1"]]
    {
        assert!(read(weight, mean, deviation).is_err(), "{weight} {mean} {deviation}");
    }
    assert!(serde_json::from_str::<Modes>("[]").is_err());
    let not_finite = Mode { weight: 1.0, mean: f64::INFINITY, deviation: 1.0 };
    assert!(Modes::try_from(vec![not_finite]).is_err());
    let two = [1.5, -0.5].map(|weight| Mode { weight, mean: 0.0, deviation: 1.0 });
    assert!(Modes::try_from(two.to_vec()).is_err());
}

/// Columns of a few to many whole numbers, some of them far.
fn columns() -> impl Strategy<Value = Vec<f64>> {
    let value =
        prop_oneof![-3..3i64, 0..1000i64, Just(-1_000_000_000), any::<i32>().prop_map(i64::from)];
    prop::collection::vec(value.prop_map(|x| x as f64), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_column_comes_back_as_far_as_it_is_not_clipped(values in columns(), seed: u64) {
        let modes = Modes::fit(&values, 10, 0.005);
        let total: f64 = modes.modes().iter().map(|mode| mode.weight).sum();
        prop_assert!((1..=10).contains(&modes.n_modes()) && (total - 1.0).abs() < 1e-9);
        prop_assert!(Modes::try_from(modes.modes().to_vec()).is_ok(), "{:?}", modes);
        let mut rng = Seed::master(seed).stream("modes");
        for x in values {
            let total: f64 = modes.responsibilities(x).iter().sum();
            prop_assert!((total - 1.0).abs() < 1e-9);
            let (mode, v) = modes.encode(x, &mut rng);
            let Mode { mean, deviation, .. } = modes.modes()[mode];
            let clipped = x.clamp(mean - 3.96 * deviation, mean + 3.96 * deviation);
            let error = (modes.decode(mode, v) - clipped).abs();
            // The 24 bits of an `f32` and the 53 of an `f64`.
            prop_assert!(error <= 4.0 * deviation * 1e-7 + x.abs() * 1e-15, "{} {}", x, error);
        }
    }

    #[test]
    fn the_bound_never_falls(values in columns()) {
        climb(&Column::new(&values), 10);
    }

    /// Against all cuts, each with its sum of squared distances written out.
    #[test]
    fn a_start_cuts_where_it_helps_most(values in columns()) {
        let column = Column::new(&values);
        let squares = |group: std::ops::Range<usize>| {
            let rows: f64 = column.counts[group.clone()].iter().sum();
            let sum: f64 = group.clone().map(|i| column.counts[i] * column.values[i]).sum();
            let mean = sum / rows;
            group.map(|i| column.counts[i] * (column.values[i] - mean).powi(2)).sum::<f64>()
        };
        let all = |groups: &[std::ops::Range<usize>]| -> f64 { groups.iter().cloned().map(squares).sum() };
        for n in 1..column.values.len().min(6) {
            let (before, after) = (start::groups(&column, n), start::groups(&column, n + 1));
            prop_assert_eq!(after.len(), n + 1);
            let mut best = f64::INFINITY;
            for (place, group) in before.iter().enumerate() {
                for at in group.start + 1..group.end {
                    let mut cut = before.clone();
                    cut[place] = group.start..at;
                    cut.push(at..group.end);
                    best = best.min(all(&cut));
                }
            }
            prop_assert!((all(&after) - best).abs() < 1e-9 * column.n_rows());
        }
    }
}
