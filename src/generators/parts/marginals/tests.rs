use proptest::prelude::*;
use serde::Deserialize;
use statrs::function::gamma::digamma;

use super::beta::Beta;
use super::range::Range;
use super::shapes::Shapes;
use super::shapes_fit::{Start, ascent, best_shapes};
use super::special::{stirling_remainder, trigamma};
use super::*;

#[derive(Deserialize)]
struct Fixture {
    fits: Vec<Fit>,
    tails: Vec<[f64; 6]>,
    quantiles: Vec<[f64; 4]>,
    special: Vec<[f64; 3]>,
    normal: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct Fit {
    name: String,
    unit: f64,
    first: i64,
    counts: Vec<u64>,
    half_gap: f64,
    a: f64,
    b: f64,
    ends: [f64; 2],
    log_likelihood: f64,
    bounded: Bounded,
}

/// The best that scipy's optimisers find with the support bounded as ours is.
#[derive(Deserialize)]
struct Bounded {
    log_likelihood: f64,
    a: f64,
    b: f64,
    ends: [f64; 2],
}

impl Fit {
    fn sample(&self) -> Sample {
        let value = |i: usize| (self.first + i as i64) as f64 * self.unit;
        Sample::counted(self.counts.iter().enumerate().map(|(i, &count)| (value(i), count)))
    }
}

fn fixture() -> Fixture {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/marginals.json"));
    serde_json::from_str(text).expect("a fixture")
}

fn beta(sample: &Sample) -> Beta {
    match Marginal::fit(Family::Beta, sample) {
        Marginal::Beta(beta) => beta,
        other => panic!("{other:?}"),
    }
}

fn assert_close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(error <= tolerance, "{what}: {found:e}, not {expected:e}: off by {error:e}");
}

#[test]
fn special_functions_are_those_of_mpmath() {
    for [x, by_mpmath, remainder] in fixture().special {
        assert_close(trigamma(x), by_mpmath, 1e-14, &format!("trigamma({x})"));
        let error = (stirling_remainder(x) - remainder).abs();
        assert!(error < 5e-14, "Stirling's remainder of {x}: off by {error:e}");
    }
    for [z, probability] in fixture().normal {
        let score = special::score_of_tails(probability, 1.0 - probability);
        assert!((score - z).abs() < 1e-14 * z.abs().max(1.0), "Φ⁻¹ at {z}: {score}");
    }
}

#[test]
fn tails_of_the_beta_distribution_are_those_of_mpmath() {
    for [a, b, y, w, lower, upper] in fixture().tails {
        let what = format!("F({y}) of shapes {a}, {b}");
        let tails = Shapes::new(a, b).tails(y, w);
        assert_close(tails.lower.min(tails.upper), lower.min(upper), 2e-11, &what);
        let error = (tails.lower - lower).abs().max((tails.upper - upper).abs());
        assert!(error < 3e-13, "{what}: off by {error:e}");
    }
}

#[test]
fn quantiles_of_the_beta_distribution_are_those_of_scipy() {
    for [a, b, u, value] in fixture().quantiles {
        let shapes = Shapes::new(a, b);
        let (found, rest) = shapes.quantile(special::score_of_tails(u, 1.0 - u));
        let what = format!("F⁻¹({u}) of shapes {a}, {b}");
        assert_close(found, value, 1e-10, &what);
        let error = (shapes.tails(found, rest).lower - u).abs();
        let tolerance = if a.max(b) < 1e4 { 1e-12 } else { 1e-11 };
        assert!(error < tolerance, "{what}: comes back off by {error:e}");
    }
}

#[test]
fn no_likelihood_is_below_that_of_scipy() {
    for fit in fixture().fits {
        let sample = fit.sample();
        let found = beta(&sample).mean_ln_density(&sample) * sample.n_rows();
        // With shapes of 10⁵ scipy's log density has nine digits.
        for (theirs, share) in [(fit.log_likelihood, 1e-9), (fit.bounded.log_likelihood, 2e-9)] {
            let gain = found - theirs;
            assert!(gain >= -share * theirs.abs(), "{}: {found} is {gain:e} more", fit.name);
        }
    }
}

#[test]
fn beyond_its_bound_a_shape_is_held_and_the_other_follows() {
    // The mean logarithms of a beta distribution of shapes 3·10⁵ and 10⁵.
    let ln = [3e5, 1e5].map(|shape| digamma(shape) - digamma(4e5));
    let shapes = best_shapes(ln, Start::of(Shapes::new(1.0, 1.0)));
    let [rise_a, rise_b] = ascent([shapes.a, shapes.b], ln);
    assert_eq!(shapes.a, 1e5);
    assert!(rise_a > 0.0 && rise_b.abs() < 1e-14, "{shapes:?}: {rise_a:e}, {rise_b:e}");
}

#[test]
fn nothing_near_a_fit_is_likelier() {
    for fit in fixture().fits {
        let sample = fit.sample();
        let range = Range::of(&sample).expect("two values");
        let least = fit.half_gap / (range.ends().1 - range.ends().0);
        let ours = beta(&sample);
        let found = ours.mean_ln_density(&sample);
        let [below, above] = ours.reach();
        let parameters = [ours.shapes().0, ours.shapes().1, below, above];
        for (i, factor) in (0..4).flat_map(|i| [(i, 1.001), (i, 0.999), (i, 1.3), (i, 0.7)]) {
            let mut moved = parameters;
            moved[i] *= factor;
            let [a, b, below, above] = moved;
            if a.max(b) > 1e5 || below.min(above) < least * (1.0 - 1e-9) || below.max(above) > 1e5 {
                continue;
            }
            let other = Beta::new(Shapes::new(a, b), range, below, above).mean_ln_density(&sample);
            assert!(other <= found + 1e-11, "{}: {moved:?} against {parameters:?}", fit.name);
        }
    }
}

#[test]
fn inside_its_bounds_a_fit_is_that_of_scipy() {
    let fixture = fixture();
    let of = |name: &str| fixture.fits.iter().find(|fit| fit.name == name).expect("a sample");
    let (skewed, bell, ids) = (of("skewed"), of("bell"), of("u-shaped ids"));
    let by_beta_fit = [skewed, bell].map(|fit| (fit, fit.a, fit.b, fit.ends));
    let by_optimize = [skewed, bell, ids, of("j-shaped"), of("few values")];
    let by_optimize = by_optimize.map(|fit| (fit, fit.bounded.a, fit.bounded.b, fit.bounded.ends));
    for (fit, a, b, ends) in by_beta_fit.into_iter().chain(by_optimize) {
        let ours = beta(&fit.sample());
        assert_close(ours.shapes().0, a, 1e-5, &fit.name);
        assert_close(ours.shapes().1, b, 1e-5, &fit.name);
        let (low, high) = ours.support();
        let error = (low - ends[0]).abs().max((high - ends[1]).abs()) / (high - low);
        assert!(error < 1e-5, "{}: {low} to {high}, not {ends:?}", fit.name);
    }
}

#[test]
fn the_support_holds_the_cells_of_both_ends() {
    for fit in fixture().fits {
        let sample = fit.sample();
        let (min, max) = sample.ends().expect("values");
        let (low, high) = beta(&sample).support();
        let slack = 1e-9 * (max - min);
        assert!(
            low <= min - fit.half_gap + slack && high >= max + fit.half_gap - slack,
            "{}",
            fit.name
        );
    }
}

#[test]
fn a_sample_holds_distinct_values_in_order() {
    let sample = Sample::of(&[2.0, -1.0, f64::NAN, 2.0, f64::INFINITY, -0.0, 0.0]);
    assert_eq!((sample.values(), sample.counts()), (&[-1.0, 0.0, 2.0][..], &[1, 2, 2][..]));
    assert_eq!(sample, Sample::counted([(2.0, 1), (0.0, 2), (-1.0, 1), (2.0, 1), (5.0, 0)]));
    assert_eq!((sample.n_rows(), sample.mean(|x| x)), (5.0, 0.6));
}

#[test]
fn an_empirical_marginal_has_scores_in_the_middles_of_its_steps() {
    let marginal = Marginal::fit(Family::Empirical, &Sample::of(&[5.0, 1.0, 1.0, 7.0]));
    // Φ⁻¹ of 1/4, 5/8, 7/8, and of 1/2 between the first two.
    let expected = [-0.674_489_750_196, 0.318_639_363_964, 1.150_349_380_376, 0.0];
    for (x, z) in [1.0, 5.0, 7.0, 3.0].into_iter().zip(expected) {
        assert!((marginal.score(x) - z).abs() < 1e-11, "{x}: {}", marginal.score(x));
    }
    assert_eq!([0.0, 8.0].map(|x| marginal.score(x)), [-MAX_SCORE, MAX_SCORE]);
    assert_eq!(
        [-9.0, -0.01, 0.01, 0.674, 0.675, 9.0].map(|z| marginal.value(z)),
        [1., 1., 5., 5., 7., 7.]
    );
}

#[test]
fn scores_end_a_step_of_single_precision_short_of_certainty() {
    let least = f64::from(f32::EPSILON);
    assert!((special::score_of_tails(1.0 - least, least) - MAX_SCORE).abs() < 1e-12);
    let column: Vec<f64> = (0..2000).map(f64::from).chain([1e6]).collect();
    for family in FAMILIES {
        let marginal = Marginal::fit(family, &Sample::of(&column));
        assert_eq!([-1e9, 1e9].map(|x| marginal.score(x)), [-MAX_SCORE, MAX_SCORE], "{family:?}");
        assert!(marginal.value(MAX_SCORE) <= marginal.value(9.0), "{family:?}");
    }
}

#[test]
fn a_normal_marginal_has_the_moments_of_its_rows() {
    let marginal = Marginal::fit(Family::Normal, &Sample::of(&[1.0, 1.0, 4.0, 10.0]));
    let deviation = 13.5f64.sqrt();
    assert!((marginal.score(4.0 + deviation) - 1.0).abs() < 1e-14);
    assert!((marginal.value(-2.0) - (4.0 - 2.0 * deviation)).abs() < 1e-14);
}

#[test]
fn a_uniform_marginal_has_half_a_gap_beyond_its_ends() {
    let marginal = Marginal::fit(Family::Uniform, &Sample::of(&[3.0, 5.0, 9.0]));
    // From 2 to 10: 3 lies at 1/8, 6 in the middle.
    assert!((marginal.score(3.0) + 1.150_349_380_376).abs() < 1e-11);
    assert!(marginal.score(6.0).abs() < 1e-15 && (marginal.value(0.0) - 6.0).abs() < 1e-14);
}

#[test]
fn one_value_or_none_is_constant() {
    for family in FAMILIES {
        for (column, value) in [(&[4.0, 4.0][..], 4.0), (&[], 0.0), (&[f64::NAN], 0.0)] {
            let marginal = Marginal::fit(family, &Sample::of(column));
            assert_eq!([marginal.score(7.0), marginal.value(3.0)], [0.0, value]);
        }
    }
}

#[test]
fn numbers_of_any_size_are_fitted() {
    let columns = [
        vec![-f64::MAX, 0.0, f64::MAX],
        vec![0.0, 5e-324],
        vec![1.0, 1.0 + f64::EPSILON, 1e300],
        vec![1e15, 1e15 + 1.0, 1e15 + 2.0, 1e15 + 9.0],
        [vec![0.0; 100_000], vec![1.0, 1e9]].concat(),
    ];
    for (family, column) in
        FAMILIES.into_iter().flat_map(|family| columns.iter().map(move |c| (family, c)))
    {
        let sample = Sample::of(column);
        let marginal = Marginal::fit(family, &sample);
        let scores: Vec<f64> = sample.values().iter().map(|&x| marginal.score(x)).collect();
        assert!(
            scores.is_sorted() && scores.iter().all(|z| z.is_finite()),
            "{marginal:?}: {scores:?}"
        );
        let values = [-1e300, -40.0, -1.0, 0.0, 2.0, 40.0, 1e300].map(|z| marginal.value(z));
        assert!(
            values.is_sorted() && values.iter().all(|x| x.is_finite()),
            "{marginal:?}: {values:?}"
        );
    }
}

#[test]
fn cut_points_scored_once_tell_where_a_value_lies() {
    let fit = &fixture().fits[2];
    let sample = fit.sample();
    for family in FAMILIES {
        let marginal = Marginal::fit(family, &sample);
        let cuts: Vec<f64> =
            sample.values().windows(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
        let edges: Vec<f64> = cuts.iter().map(|&cut| marginal.score(cut)).collect();
        for i in 0..2000 {
            let z = f64::from(i).mul_add(0.004, -4.0) + 1.234e-5;
            let value = marginal.value(z);
            let place = cuts.partition_point(|&cut| cut < value);
            assert_eq!(
                edges.partition_point(|&edge| edge < z),
                place,
                "{family:?} at {z}: {value}"
            );
        }
    }
}

#[test]
fn a_damaged_marginal_is_refused() {
    let sample = Sample::of(&[1.0, 2.0, 2.0, 9.0]);
    for family in FAMILIES {
        let marginal = Marginal::fit(family, &sample);
        let json = serde_json::to_string(&marginal).expect("json");
        assert_eq!(serde_json::from_str::<Marginal>(&json).expect("a marginal"), marginal);
    }
    for json in [
        r#"{"beta":{"a":0.0,"b":1.0,"min":0.0,"max":1.0,"below":0.1,"above":0.1}}"#,
        r#"{"beta":{"a":1.0,"b":1.0,"min":1.0,"max":1.0,"below":0.1,"above":0.1}}"#,
        r#"{"beta":{"a":1.0,"b":1.0,"min":0.0,"max":1.0,"below":0.1,"above":-0.1}}"#,
        r#"{"beta":{"a":1e9,"b":1.0,"min":0.0,"max":1.0,"below":0.1,"above":0.1}}"#,
        r#"{"normal":{"mean":0.0,"deviation":0.0}}"#,
        r#"{"empirical":{"values":[],"counts":[]}}"#,
        r#"{"empirical":{"values":[1.0,0.0],"counts":[1,1]}}"#,
        r#"{"empirical":{"values":[0.0,1.0],"counts":[1,0]}}"#,
        r#"{"empirical":{"values":[0.0,1.0],"counts":[1]}}"#,
    ] {
        assert!(serde_json::from_str::<Marginal>(json).is_err(), "{json}");
    }
}

const FAMILIES: [Family; 4] = [Family::Beta, Family::Empirical, Family::Normal, Family::Uniform];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn integers_come_back_from_their_scores(
        column in prop_oneof![
            prop::collection::vec(-1000i32..1000, 1..60),
            prop::collection::vec(0i32..4, 1..60),
            prop::collection::vec(any::<i32>(), 1..60),
        ],
        family in prop::sample::select(&FAMILIES[..]),
        z in -9.0..9.0,
    ) {
        let column: Vec<f64> = column.into_iter().map(f64::from).collect();
        let sample = Sample::of(&column);
        let marginal = Marginal::fit(family, &sample);
        let (min, max) = sample.ends().expect("a value");
        let scores: Vec<f64> = sample.values().iter().map(|&x| marginal.score(x)).collect();
        // At the bound scores of several values meet.
        let within = |score: f64| score.abs() < MAX_SCORE;
        let in_order = |pair: &[f64]| pair[0] < pair[1] || pair[0] == pair[1] && !within(pair[0]);
        prop_assert!(scores.windows(2).all(in_order), "{marginal:?}: {scores:?}");
        prop_assert!(scores.iter().all(|score| score.abs() <= MAX_SCORE));
        let inside = sample.values().iter().zip(&scores).filter(|&(_, &score)| within(score));
        for (&x, &score) in inside {
            let back = marginal.value(score);
            prop_assert!((back - x).abs() <= 1e-8 * (max - min), "{x} comes back as {back}");
        }
        let value = marginal.value(z);
        prop_assert!(value.is_finite());
        prop_assert!(family != Family::Empirical || column.contains(&value));
    }
}
