//! The largest of many differences from one control.

use super::quadrature::{integral, root};
use super::{scale::mean_over_scale, student};

/// Beyond so many standard deviations nothing is left of a normal distribution.
const FAR: f64 = 8.5;

/// The distribution of `max |T_i|` over groups that are all compared with one control, where no
/// group differs from it (Dunnett 1955).
///
/// `T_i` is the difference of the means divided by its standard error, all with one pooled standard
/// deviation `S`. With `n_i` runs of the group and `n_0` of the control `T_i` and `T_j` correlate
/// by `l_i l_j`, `l_i = sqrt(n_i / (n_i + n_0))`. So given `S` and the control's mean they are
/// independent, and
///
/// ```text
/// P(max |T_i| <= c) = E_S E_Z prod_i (Phi((c S + l_i Z) / w_i) - Phi((-c S + l_i Z) / w_i)),
/// w_i = sqrt(1 - l_i^2)
/// ```
///
/// By quadrature, exact to 1e-10. Its cost grows with the number of different group sizes.
#[derive(Clone, Debug, PartialEq)]
pub struct Dunnett {
    groups: f64,
    kinds: Vec<Kind>,
    degrees_of_freedom: f64,
}

/// Groups of one size.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kind {
    /// `l_i`.
    loading: f64,
    /// `w_i`.
    width: f64,
    groups: i32,
}

impl Dunnett {
    /// For the given numbers of runs; the degrees of freedom are those of the pooled standard
    /// deviation, infinite if it is known.
    ///
    /// None without groups, if one or the control has no runs, or with less than one degree of
    /// freedom.
    pub fn new(runs: &[usize], runs_of_control: usize, degrees_of_freedom: f64) -> Option<Self> {
        let possible = runs.iter().min().is_some_and(|&fewest| fewest > 0) && runs_of_control > 0;
        let mut sizes = runs.to_vec();
        sizes.sort_unstable();
        let kind = |equal: &[usize]| {
            let (n, of_control) = (equal[0] as f64, runs_of_control as f64);
            let share = n / (n + of_control);
            let width = (of_control / (n + of_control)).sqrt();
            Kind { loading: share.sqrt(), width, groups: equal.len() as i32 }
        };
        (possible && degrees_of_freedom >= 1.0).then(|| Self {
            groups: runs.len() as f64,
            kinds: sizes.chunk_by(|a, b| a == b).map(kind).collect(),
            degrees_of_freedom,
        })
    }

    /// How likely the largest difference is at least `t` of its standard errors, on either side:
    /// the p-value, adjusted for the number of groups, of a group whose difference is `t`.
    pub fn p_value(&self, t: f64) -> f64 {
        let t = t.abs();
        // Given S the probability rises from 0 to 1 while `t s` goes from 0 to FAR or so.
        let steps = (1..=9).map(|i| f64::from(i) / t);
        let exceeded = |s: f64| 1.0 - self.within(t * s);
        let p = mean_over_scale(self.degrees_of_freedom, steps, exceeded);
        if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }
    }

    /// The number of standard errors that the largest difference stays within with the given
    /// probability. Infinite at 1, 0 at 0.
    pub fn critical_value(&self, confidence: f64) -> f64 {
        let alpha = 1.0 - confidence;
        if alpha.is_nan() || alpha <= 0.0 {
            return f64::INFINITY;
        }
        if alpha >= 1.0 {
            return 0.0;
        }
        // Between that of a single group and Bonferroni's.
        let of_single = student::upper_quantile(alpha / 2.0, self.degrees_of_freedom);
        if self.groups == 1.0 {
            return of_single;
        }
        let bonferroni =
            student::upper_quantile(alpha / 2.0 / self.groups, self.degrees_of_freedom);
        root(of_single, bonferroni, |t| self.p_value(t) - alpha)
    }

    /// The same probability where the standard deviation is known.
    fn within(&self, c: f64) -> f64 {
        if c > FAR + 1.0 {
            return 1.0;
        }
        // As fine as the narrowest step: a factor's is `w_i` wide.
        let narrowest = self.kinds.iter().map(|kind| kind.width).fold(0.5, f64::min);
        let panels = (FAR / (2.0 * narrowest)).ceil() as usize;
        let breaks: Vec<f64> = (0..=panels).map(|i| FAR * i as f64 / panels as f64).collect();
        let both = |z: f64| {
            let of_kind = |kind: &Kind| {
                let shift = kind.loading * z;
                let below = student::normal_tail((shift - c) / kind.width);
                let outside = student::normal_tail((shift + c) / kind.width);
                (below - outside).powi(kind.groups)
            };
            self.kinds.iter().map(of_kind).product::<f64>() * student::normal_density(z)
        };
        // The integrand is even.
        2.0 * integral(&breaks, both)
    }
}
