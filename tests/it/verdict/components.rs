//! The ledger of variance beside statsmodels and planted variances.

use rand_distr::{Distribution, StandardNormal};
use serde::Deserialize;
use synthctr::seed::Seed;
use synthctr::statistics::{CrossedResult, Ledger, MeanSquare, Source};

/// One case of `scripts/peers/verdict_components.py`.
#[derive(Deserialize)]
struct Recorded {
    levels: [usize; 3],
    values: Vec<f64>,
    table: [Option<Line>; 5],
    variances: Option<[f64; 5]>,
}

#[derive(Deserialize)]
struct Line {
    df: usize,
    mean_square: f64,
}

/// Results of all combinations: `value` is asked for by fit, draw and training seed, in order.
fn crossed(
    [fits, draws, trains]: [usize; 3],
    mut value: impl FnMut(usize, usize, usize) -> f64,
) -> Vec<CrossedResult> {
    let cells = (0..fits * draws * trains).map(|i| (i / (draws * trains), i / trains, i % trains));
    let result = |(fit, draw, train): (usize, usize, usize)| CrossedResult {
        fit: fit as u64,
        draw: draw as u64,
        train: train as u64,
        value: value(fit, draw, train),
    };
    cells.map(result).collect()
}

/// Results of which each source has its variance.
fn planted(levels: [usize; 3], variances: [f64; 5], seed: u64) -> Vec<CrossedResult> {
    let [fits, draws, trains] = levels;
    let effects = |source: Source, n: usize| -> Vec<f64> {
        let mut rng = Seed::master(seed).stream(&format!("{source:?}"));
        let sd = variances[source as usize].sqrt();
        let effect = |_| sd * Distribution::<f64>::sample(&StandardNormal, &mut rng);
        (0..n).map(effect).collect()
    };
    let of_fit = effects(Source::Fit, fits);
    let of_draw = effects(Source::Draw, fits * draws);
    let of_train = effects(Source::Train, trains);
    let of_fit_train = effects(Source::FitTrain, fits * trains);
    let of_draw_train = effects(Source::DrawTrain, fits * draws * trains);
    crossed(levels, |fit, draw, train| {
        1.0 + of_fit[fit]
            + of_draw[draw]
            + of_train[train]
            + of_fit_train[fit * trains + train]
            + of_draw_train[draw * trains + train]
    })
}

fn raw(ledger: &Ledger, source: Source) -> f64 {
    ledger.component(source).estimate.expect("told by the design").raw
}

fn missing(ledger: &Ledger) -> Vec<Source> {
    let components = ledger.components.iter().filter(|each| each.estimate.is_none());
    components.map(|each| each.source).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn analysis_of_variance_is_that_of_statsmodels() {
    let recorded = include_str!("../../fixtures/verdict_components.json");
    let recorded: Vec<Recorded> = serde_json::from_str(recorded).expect("the fixture");
    assert_eq!(recorded.len(), 5);
    for case in recorded {
        let [fits, draws, trains] = case.levels;
        let mut values = case.values.iter().copied();
        let results = crossed(case.levels, |_, _, _| values.next().expect("one per cell"));
        let ledger = Ledger::of(&results).expect("a design");
        assert_eq!((ledger.levels, ledger.n_left_out), (case.levels, 0));
        for (component, line) in ledger.components.iter().zip(&case.table) {
            let MeanSquare { df, value } = component.mean_square;
            let expected = line.as_ref().map_or((0, 0.0), |line| (line.df, line.mean_square));
            assert_eq!(df, expected.0, "{:?}", component.source);
            assert!((value - expected.1).abs() < 1e-12, "{:?}", component.source);
            assert_eq!(component.estimate.is_some(), df > 0);
            assert_eq!(component.missing.is_none(), df > 0);
        }
        if let ([1, 4, 3], [_, _, Some(of_train), _, Some(rest)]) = (case.levels, &case.table) {
            let expected = (of_train.mean_square - rest.mean_square) / 4.0;
            assert!((raw(&ledger, Source::Train) - expected).abs() < 1e-12);
        }
        // None is negative here, and so the balanced design's likelihood has the same answer.
        let Some(variances) = case.variances else { continue };
        assert!(fits > 1 && draws > 1 && trains > 1);
        for (source, expected) in Source::ALL.into_iter().zip(variances) {
            let raw = raw(&ledger, source);
            assert!((raw / expected - 1.0).abs() < 2e-3, "{source:?}: {raw}, not {expected}");
        }
    }
}

#[test]
fn planted_variances_are_recovered_on_average() {
    let variances = [0.5, 0.3, 0.8, 0.2, 0.4];
    let levels = [8, 3, 8];
    let ledgers: Vec<Ledger> = (0..300)
        .map(|seed| Ledger::of(&planted(levels, variances, seed)).expect("a design"))
        .collect();
    for (source, planted) in Source::ALL.into_iter().zip(variances) {
        let raw: Vec<f64> = ledgers.iter().map(|ledger| raw(ledger, source)).collect();
        assert!((mean(&raw) / planted - 1.0).abs() < 0.1, "{source:?}: {}", mean(&raw));
        let held = ledgers.iter().filter(|ledger| {
            let estimate = ledger.component(source).estimate.expect("told by the design");
            assert_eq!(estimate.variance, estimate.raw.max(0.0));
            estimate.interval.holds(planted)
        });
        let held = held.count() as f64 / ledgers.len() as f64;
        assert!((0.93..0.98).contains(&held), "{source:?}: {held} of the intervals hold it");
    }
    for ledger in &ledgers {
        let shares = ledger.components.iter().filter_map(|each| each.estimate);
        assert!((shares.map(|each| each.share).sum::<f64>() - 1.0).abs() < 1e-12);
    }
    let means: Vec<f64> = ledgers.iter().map(|ledger| (ledger.mean - 1.0).powi(2)).collect();
    let errors: Vec<f64> = ledgers.iter().map(|ledger| ledger.standard_error.powi(2)).collect();
    assert!((mean(&errors) / mean(&means) - 1.0).abs() < 0.1, "{} {}", mean(&errors), mean(&means));
}

#[test]
fn planted_variances_are_recovered_by_one_large_ledger() {
    let variances = [0.02, 0.01, 0.04, 0.005, 0.03];
    let ledger = Ledger::of(&planted([500, 2, 500], variances, 1)).expect("a design");
    for (source, planted) in Source::ALL.into_iter().zip(variances) {
        let raw = raw(&ledger, source);
        assert!((raw / planted - 1.0).abs() < 0.1, "{source:?}: {raw}, not {planted}");
        assert!(ledger.component(source).estimate.expect("told").interval.holds(planted));
    }
}

#[test]
fn a_seed_that_does_not_vary_leaves_its_variance_elsewhere() {
    let variances = [0.5, 0.3, 0.8, 0.2, 0.4];
    let [fit, draw, train, fit_train, draw_train] = variances;
    use Source::{Draw, DrawTrain, Fit, FitTrain, Train};
    type Told = Vec<(Source, f64)>;
    let cases: [([usize; 3], Told); 6] = [
        ([16, 1, 16], vec![(Fit, fit + draw), (Train, train), (FitTrain, fit_train + draw_train)]),
        ([1, 16, 16], vec![(Draw, draw), (Train, train + fit_train), (DrawTrain, draw_train)]),
        ([16, 3, 1], vec![(Fit, fit + fit_train), (Draw, draw + draw_train)]),
        ([40, 1, 1], vec![(Fit, fit + draw + fit_train + draw_train)]),
        ([1, 40, 1], vec![(Draw, draw + draw_train)]),
        ([1, 1, 40], vec![(Train, train + fit_train + draw_train)]),
    ];
    for (levels, expected) in cases {
        let ledgers: Vec<Ledger> = (0..80)
            .map(|seed| Ledger::of(&planted(levels, variances, seed)).expect("a design"))
            .collect();
        for &(source, planted) in &expected {
            let raw: Vec<f64> = ledgers.iter().map(|ledger| raw(ledger, source)).collect();
            assert!((mean(&raw) / planted - 1.0).abs() < 0.1, "{levels:?}, {source:?}");
        }
        let told: Vec<Source> = expected.iter().map(|&(source, _)| source).collect();
        let untold = Source::ALL.into_iter().filter(|source| !told.contains(source));
        assert_eq!(missing(&ledgers[0]), untold.collect::<Vec<_>>());
        let vary = levels.map(|n| n > 1);
        assert_eq!(ledgers[0].gain_per_training.map(|gain| gain.is_some()), vary);
    }
    let ledger = Ledger::of(&planted([3, 1, 3], variances, 1)).expect("a design");
    let reasons: Vec<&str> =
        ledger.components.iter().filter_map(|each| each.missing.as_deref()).collect();
    assert_eq!(
        reasons,
        [
            "one draw of each fit: what draws change is in the variance of fits",
            "one draw of each fit: it is in the variance of fit × train"
        ]
    );
}

#[test]
fn the_seed_that_varies_most_is_the_one_to_add() {
    let levels = [4, 3, 5];
    let advice =
        |variances: [f64; 5]| Ledger::of(&planted(levels, variances, 2)).expect("a design").advice;
    assert_eq!(advice([1.0, 0.01, 0.01, 0.01, 0.01]), Some(Source::Fit));
    assert_eq!(advice([0.01, 0.01, 1.0, 0.01, 0.01]), Some(Source::Train));
    // A fit brings draws of its own. Draws are advised where there is but one.
    assert_eq!(advice([0.0, 1.0, 0.0, 0.0, 0.0]), Some(Source::Fit));
    let one_fit = Ledger::of(&planted([1, 3, 5], [0.0, 1.0, 0.0, 0.0, 0.1], 2));
    assert_eq!(one_fit.expect("a design").advice, Some(Source::Draw));
    let equal = Ledger::of(&crossed(levels, |_, _, _| 0.07)).expect("a design");
    assert_eq!((equal.advice, equal.standard_error), (None, 0.0));
    // 15 trainings for a fit, 20 for a draw of each, 12 for a training seed.
    let ledger = Ledger::of(&planted(levels, [0.3, 0.2, 0.1, 0.1, 0.1], 3)).expect("a design");
    let of = |source| ledger.component(source).estimate.expect("told").variance;
    let square = ledger.standard_error.powi(2);
    let one_more_draw = of(Source::Fit) / 4.0
        + of(Source::Draw) / 16.0
        + of(Source::Train) / 5.0
        + of(Source::FitTrain) / 20.0
        + of(Source::DrawTrain) / 80.0;
    let gain = ledger.gain_per_training[1].expect("draws vary");
    assert!((gain - (square - one_more_draw) / 20.0).abs() < 1e-15);
}

#[test]
fn a_ledger_of_incomplete_results_is_that_of_their_complete_part() {
    let all = planted([4, 2, 3], [0.5, 0.3, 0.8, 0.2, 0.4], 5);
    let mut results: Vec<CrossedResult> = all.iter().rev().copied().collect();
    results.retain(|result| (result.fit, result.train) != (3, 1));
    let ledger = Ledger::of(&results).expect("a design");
    assert_eq!((ledger.levels, ledger.n_left_out), ([3, 2, 3], 4));
    let complete: Vec<CrossedResult> = all.into_iter().filter(|each| each.fit != 3).collect();
    let complete = Ledger::of(&complete).expect("a design").with_test_rows(0.01);
    assert_eq!(complete.components, ledger.components);
    let text = serde_json::to_string(&complete).expect("serialisable");
    assert_eq!(serde_json::from_str::<Ledger>(&text).expect("its own"), complete);
    assert_eq!(complete.test_rows, Some(0.01));
}
