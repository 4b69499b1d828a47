//! What a number of runs can show.

use super::{assert_close, recorded};
use serde::Deserialize;
use synthctr::statistics::{Power, noncentral_t_cdf, power, runs_for_half_width};

#[derive(Deserialize)]
pub struct Cases {
    one: Vec<(usize, f64, f64, f64)>,
    two: Vec<(usize, usize, f64, f64, f64)>,
    runs: Vec<(f64, usize)>,
    runs_for_half_width: Vec<(f64, usize)>,
}

#[test]
fn noncentral_t_is_its_series() {
    let recorded = recorded().noncentral;
    assert_eq!(recorded.len(), 24);
    for [t, df, noncentrality, p] in recorded {
        assert_close(noncentral_t_cdf(t, df, noncentrality), p);
        assert_close(noncentral_t_cdf(-t, df, -noncentrality), 1.0 - p);
    }
}

#[test]
fn effects_and_runs_are_those_of_statsmodels() {
    let recorded = recorded().power;
    assert_eq!((recorded.one.len(), recorded.two.len()), (12, 3));
    assert_eq!((recorded.runs.len(), recorded.runs_for_half_width.len()), (5, 4));
    for (n, level, wanted, effect) in recorded.one {
        let found = Power { level, power: wanted }.smallest_effect(1.0, n).expect("possible");
        assert_close(found, effect);
        let se = 1.0 / (n as f64).sqrt();
        assert_close(power(-effect, se, (n - 1) as f64, level).expect("possible"), wanted);
    }
    for (n, m, level, wanted, effect) in recorded.two {
        let wanted = Power { level, power: wanted };
        assert_close(wanted.smallest_effect_of_two(3.0, [n, m]).expect("possible"), 3.0 * effect);
    }
    for (effect, runs) in recorded.runs {
        assert_eq!(Power::USUAL.runs_to_show(-2.0 * effect, 2.0), Some(runs));
    }
    for (half_width, runs) in recorded.runs_for_half_width {
        assert_eq!(runs_for_half_width(half_width / 5.0, 0.2, 0.95), Some(runs));
    }
}

#[test]
fn no_effect_is_found_as_often_as_the_level_says() {
    assert_close(power(0.0, 1.0, 7.0, 0.03).expect("possible"), 0.03);
    assert_close(power(0.0, 0.0, 7.0, 0.03).expect("possible"), 0.03);
    assert_close(power(1.0, 0.0, 7.0, 0.03).expect("possible"), 1.0);
    // So many degrees of freedom that the standard deviation is as good as known.
    let known = power(3.0, 1.0, f64::INFINITY, 0.05).expect("possible");
    for df in [1e13, 1e15, 1e300] {
        assert_close(power(3.0, 1.0, df, 0.05).expect("possible"), known);
    }
    // The known standard deviation: Phi(3 - 1.96) + Phi(-3 - 1.96).
    assert_close(known, 0.8508387683270562);
}

#[test]
fn impossible_questions_have_no_answer() {
    let usual = Power::USUAL;
    assert_eq!(usual.smallest_effect(1.0, 1), None);
    assert_eq!(usual.smallest_effect(f64::NAN, 5), None);
    assert_eq!(usual.smallest_effect(0.0, 5), Some(0.0));
    assert_eq!(usual.smallest_effect_of_two(1.0, [5, 1]), None);
    assert_eq!(usual.runs_to_show(0.0, 1.0), None);
    assert_eq!(usual.runs_to_show(1e-9, 1.0), None);
    assert_eq!(usual.runs_to_show(1.0, 0.0), Some(2));
    assert_eq!(usual.runs_to_show(f64::NAN, 1.0), None);
    assert_eq!(Power { level: 0.05, power: 1.0 }.runs_to_show(1.0, 1.0), None);
    assert_eq!(Power { level: 0.05, power: 0.01 }.smallest_effect(1.0, 9), None);
    assert_eq!(power(1.0, -1.0, 5.0, 0.05), None);
    assert_eq!(power(1.0, 1.0, 0.0, 0.05), None);
    assert_eq!(runs_for_half_width(0.0, 1.0, 0.95), None);
    assert_eq!(runs_for_half_width(1.0, 1.0, 1.0), None);
    assert_eq!(runs_for_half_width(0.1, 0.0, 0.95), Some(2));
}
