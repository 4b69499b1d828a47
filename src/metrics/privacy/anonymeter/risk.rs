//! Success rates of attacks, and the risk that is left when a control is taken off.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// A share with its interval, all within 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// The estimate: of a success rate, the middle of Wilson's interval, which lies a little
    /// nearer to one half than the share of successes.
    pub value: f64,
    /// Lower and upper bound at the level of confidence that was asked for.
    pub interval: [f64; 2],
}

/// An estimate and the half width of its interval, neither bound to lie within 0 and 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Half the width of its interval.
    pub error: f64,
}

impl Estimate {
    /// The success rate of `successes` in `attacks`, with Wilson's interval (1927, "Probable
    /// inference, the law of succession, and statistical inference").
    ///
    /// An expected number of successes need not be whole. `attacks` is at least 1 and
    /// `confidence` lies between 0 and 1, without the ends; otherwise nothing here is a number.
    pub fn wilson(successes: f64, attacks: usize, confidence: f64) -> Self {
        let (n, z) = (attacks as f64, Normal::standard().inverse_cdf((1.0 + confidence) / 2.0));
        let spread = successes * (n - successes) / n + z * z / 4.0;
        let weight = n + z * z;
        Self { value: (successes + z * z / 2.0) / weight, error: z * spread.sqrt() / weight }
    }

    /// The risk: what this attack achieves beyond `control`, as a share of what `control` leaves
    /// open, (main - control) / (1 - control) (Giomi et al. 2023, equation 1). Its error is
    /// propagated from both as if they were independent.
    pub fn beyond(self, control: Self) -> Self {
        let open = 1.0 - control.value;
        let by_control = (self.value - 1.0) / (open * open);
        Self {
            value: (self.value - control.value) / open,
            error: (self.error / open).hypot(control.error * by_control),
        }
    }

    /// Estimate and interval, cut at 0 and 1.
    pub fn rate(self) -> Rate {
        let bound = |x: f64| x.clamp(0.0, 1.0);
        let interval = [bound(self.value - self.error), bound(self.value + self.error)];
        Rate { value: bound(self.value), interval }
    }
}
