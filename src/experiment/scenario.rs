//! How much synthetic data joins the real training rows.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a model is trained on. Percentages are of the number of real training rows.
///
/// Validation and test rows are real in every scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// The real rows alone.
    Base,
    /// The real rows and 25% synthetic clicks (S1 of the paper).
    Pos25,
    /// The real rows and 50% synthetic clicks (S2).
    Pos50,
    /// The real rows and 25% synthetic non-clicks (S3).
    Neg25,
    /// The real rows and 50% synthetic non-clicks (S4).
    Neg50,
    /// No real rows, but as many synthetic ones, with as many clicks (S5).
    SyntheticOnly,
}

impl Scenario {
    /// All scenarios, in the order of reports.
    pub const ALL: [Scenario; 6] = [
        Scenario::Base,
        Scenario::Pos25,
        Scenario::Pos50,
        Scenario::Neg25,
        Scenario::Neg50,
        Scenario::SyntheticOnly,
    ];

    /// The name in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Scenario::Base => "base",
            Scenario::Pos25 => "pos25",
            Scenario::Pos50 => "pos50",
            Scenario::Neg25 => "neg25",
            Scenario::Neg50 => "neg50",
            Scenario::SyntheticOnly => "synthetic-only",
        }
    }

    /// Whether models also learn from the real training rows.
    pub fn keeps_real_rows(self) -> bool {
        self != Scenario::SyntheticOnly
    }

    /// How many synthetic rows of label 0 and of label 1 are added, given how many training rows
    /// of each label there are.
    ///
    /// They are the first rows of one sample per label, so `Pos25` is part of `Pos50` and `Neg25`
    /// of `Neg50`.
    pub fn synthetic_rows(self, train: [usize; 2]) -> [usize; 2] {
        let percent = |p: usize| (train[0] + train[1]) * p / 100;
        match self {
            Scenario::Base => [0, 0],
            Scenario::Pos25 => [0, percent(25)],
            Scenario::Pos50 => [0, percent(50)],
            Scenario::Neg25 => [percent(25), 0],
            Scenario::Neg50 => [percent(50), 0],
            Scenario::SyntheticOnly => train,
        }
    }

    /// How many rows of each label are drawn from a generator: enough for every scenario, whether
    /// it is in the experiment or not, so that the sample never depends on which of them are.
    pub fn sample_rows(train: [usize; 2]) -> [usize; 2] {
        let mut most = [0, 0];
        for scenario in Scenario::ALL {
            let rows = scenario.synthetic_rows(train);
            most = [most[0].max(rows[0]), most[1].max(rows[1])];
        }
        most
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn frappe_sizes() {
        let train = [134_423, 67_604];
        let rows: Vec<_> = Scenario::ALL.iter().map(|s| s.synthetic_rows(train)).collect();
        assert_eq!(
            rows,
            [[0, 0], [0, 50_506], [0, 101_013], [50_506, 0], [101_013, 0], [134_423, 67_604]]
        );
        assert_eq!(Scenario::sample_rows(train), [134_423, 101_013]);
    }

    proptest! {
        #[test]
        fn sizes_and_nesting(negatives in 0usize..1_000_000, positives in 0usize..1_000_000) {
            let train = [negatives, positives];
            let n = (negatives + positives) as f64;
            let rows = |s: Scenario| s.synthetic_rows(train);
            for (quarter, half, label) in
                [(Scenario::Pos25, Scenario::Pos50, 1), (Scenario::Neg25, Scenario::Neg50, 0)]
            {
                let (quarter, half) = (rows(quarter), rows(half));
                prop_assert!((quarter[label] as f64 - 0.25 * n).abs() <= 1.0);
                prop_assert!((half[label] as f64 - 0.5 * n).abs() <= 1.0);
                prop_assert!(half[label] - 2 * quarter[label] <= 1);
                prop_assert_eq!([quarter[1 - label], half[1 - label]], [0, 0]);
            }
            prop_assert_eq!(rows(Scenario::Base), [0, 0]);
            prop_assert_eq!(rows(Scenario::SyntheticOnly), train);
            let most = Scenario::sample_rows(train);
            for scenario in Scenario::ALL {
                let rows = rows(scenario);
                prop_assert!(rows[0] <= most[0] && rows[1] <= most[1]);
            }
        }
    }
}
