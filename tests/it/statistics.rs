//! Tests of the statistics, most of them against numbers of other packages.

mod bootstrap;
mod coverage;
mod dunnett;
mod estimate;
mod power;
mod signed_rank;
mod small;
mod usual_variance;

use serde::Deserialize;
use synthctr::statistics::Interval;

/// What `scripts/peers/verdict_statistics.py` recorded.
#[derive(Deserialize)]
struct Recorded {
    tails: Vec<[f64; 3]>,
    quantiles: Vec<[f64; 3]>,
    pairs: Vec<estimate::Pair>,
    holm: Vec<[Vec<f64>; 2]>,
    signed_rank: Vec<signed_rank::Case>,
    bootstrap: Vec<bootstrap::Case>,
    dunnett: dunnett::Cases,
    noncentral: Vec<[f64; 4]>,
    power: power::Cases,
}

fn recorded() -> Recorded {
    let recorded = include_str!("../fixtures/verdict_statistics.json");
    serde_json::from_str(recorded).expect("the fixture")
}

/// Equal to nine digits, or to nine places.
#[track_caller]
fn assert_close(actual: f64, expected: f64) {
    let tolerance = 1e-9 * expected.abs().max(1.0);
    assert!((actual - expected).abs() <= tolerance, "{actual} is not {expected}");
}

#[track_caller]
fn assert_interval(actual: Interval, [low, high]: [f64; 2]) {
    assert_close(actual.low, low);
    assert_close(actual.high, high);
}
