//! Many groups against one control.

use super::{assert_close, recorded};
use serde::Deserialize;
use synthctr::statistics::{Dunnett, Estimate, Interval, ManyToOne, runs_of_control};

#[derive(Deserialize)]
pub struct Cases {
    p_values: Vec<PValue>,
    samples: Vec<Sample>,
}

/// Runs of the groups and of the control, degrees of freedom, t and p.
type PValue = (Vec<usize>, usize, Option<f64>, f64, f64);

#[derive(Deserialize)]
struct Sample {
    groups: Vec<Vec<f64>>,
    control: Vec<f64>,
    t: Vec<f64>,
    p: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
}

fn borrowed(groups: &[Vec<f64>]) -> Vec<&[f64]> {
    groups.iter().map(Vec::as_slice).collect()
}

#[test]
fn p_values_are_those_of_a_double_integral() {
    let recorded = recorded().dunnett.p_values;
    assert_eq!(recorded.len(), 19);
    for (runs, control, df, t, p) in recorded {
        let largest = Dunnett::new(&runs, control, df.unwrap_or(f64::INFINITY)).expect("possible");
        assert_close(largest.p_value(t), p);
        let critical = largest.critical_value(1.0 - p);
        assert!((largest.p_value(critical) - p).abs() < 1e-11, "{critical}, {t}");
        assert!((critical - t).abs() < 1e-8 * t, "{critical}, {t}");
    }
}

#[test]
fn a_single_group_makes_it_students_t() {
    for (n, m) in [(5, 5), (2, 40), (40, 2)] {
        let df = (n + m - 2) as f64;
        let largest = Dunnett::new(&[n], m, df).expect("possible");
        for t in [0.0, 0.3, 2.0, 5.0] {
            let student = Estimate::new(t, 1.0, df).expect("possible").p_two_sided(0.0);
            assert_close(largest.p_value(t), student);
        }
    }
}

#[test]
fn samples_agree_with_scipys_monte_carlo() {
    let recorded = recorded().dunnett.samples;
    assert_eq!(recorded.len(), 2);
    for sample in recorded {
        let found = ManyToOne::new(&borrowed(&sample.groups), &sample.control).expect("possible");
        let (intervals, p_values) = (found.intervals(0.95), found.p_values());
        for (i, estimate) in found.estimates().iter().enumerate() {
            assert_close(estimate.mean / estimate.standard_error, sample.t[i]);
            assert!((p_values[i] - sample.p[i]).abs() < 2e-3, "{}, {}", p_values[i], sample.p[i]);
            let width = sample.high[i] - sample.low[i];
            assert!((intervals[i].low - sample.low[i]).abs() < 0.005 * width);
            assert!((intervals[i].high - sample.high[i]).abs() < 0.005 * width);
        }
    }
}

#[test]
fn a_hundred_groups_of_many_sizes() {
    let runs: Vec<usize> = (0..100).map(|i| 2 + i % 8).collect();
    let largest = Dunnett::new(&runs, 30, 450.0).expect("possible");
    let critical = largest.critical_value(0.95);
    // Between Student's value and Bonferroni's.
    let student = |confidence: f64| {
        Estimate::new(0.0, 1.0, 450.0).expect("possible").interval(confidence).high
    };
    assert!(student(0.95) < critical && critical < student(0.9995), "{critical}");
    assert_close(largest.p_value(critical), 0.05);
}

#[test]
fn extremes_are_answered() {
    let largest = Dunnett::new(&[5, 5], 5, 1.0).expect("possible");
    assert_close(largest.p_value(0.0), 1.0);
    assert_eq!(largest.p_value(f64::INFINITY), 0.0);
    assert_eq!(largest.p_value(f64::NAN), 1.0);
    assert_eq!(largest.critical_value(1.0), f64::INFINITY);
    assert_eq!(largest.critical_value(0.0), 0.0);
    assert_eq!(Dunnett::new(&[], 5, 9.0), None);
    assert_eq!(Dunnett::new(&[5, 0], 5, 9.0), None);
    assert_eq!(Dunnett::new(&[5], 0, 9.0), None);
    assert_eq!(Dunnett::new(&[5], 5, 0.5), None);
    assert_eq!(ManyToOne::new(&[&[1.0]], &[2.0]), None);
    assert_eq!(ManyToOne::new(&[&[1.0, 2.0], &[]], &[2.0, 3.0]), None);
    assert_eq!(ManyToOne::new(&[&[1.0, f64::NAN]], &[2.0, 3.0]), None);
    assert_eq!(runs_of_control(9), 3.0);
}

#[test]
fn without_spread_nothing_is_uncertain() {
    let found = ManyToOne::new(&[&[0.3; 4], &[0.1; 2]], &[0.1; 3]).expect("possible");
    assert_eq!(found.p_values(), [0.0, 1.0]);
    assert_eq!(found.intervals(0.95)[1], Interval { low: 0.0, high: 0.0 });
}
