//! Variances that are taken for at least the usual one.

use super::assert_close;
use synthctr::statistics::{Estimate, UsualVariance};

#[test]
fn the_usual_variance_is_the_mean_as_far_as_it_is_known() {
    let usual = UsualVariance::new(&[(1.0, 2.0), (3.0, 2.0), (2.0, 4.0)]).expect("a variance");
    assert_close(usual.variance, 2.0);
    // (1 + 3 + 2)^2 / (1/2 + 9/2 + 4/4).
    assert_close(usual.degrees_of_freedom, 6.0);
    let alike = UsualVariance::new(&[(1e-200, 3.0); 5]).expect("a variance");
    assert_close(alike.degrees_of_freedom, 15.0);
    let one_decides = UsualVariance::new(&[(1e12, 2.0), (1.0, 9.0), (1.0, 9.0)]).expect("one");
    assert_close(one_decides.degrees_of_freedom, 2.0);
    for impossible in
        [&[][..], &[(0.0, 2.0), (0.0, 1.0)], &[(1.0, 2.0), (f64::NAN, 2.0)], &[(1.0, 0.0)]]
    {
        assert_eq!(UsualVariance::new(impossible), None, "{impossible:?}");
    }
}

#[test]
fn only_what_is_smaller_than_usual_is_taken_for_the_usual() {
    let usual = UsualVariance { variance: 4.0, degrees_of_freedom: 6.0 };
    let small = Estimate::of_mean(&[1.0, 1.2]).expect("a mean").with_at_least(&usual, 2);
    assert_close(small.mean, 1.1);
    assert_close(small.standard_error, 2f64.sqrt());
    assert_close(small.degrees_of_freedom, 6.0);
    let large = Estimate::of_mean(&[1.0, 5.0]).expect("a mean");
    assert_eq!(large.with_at_least(&usual, 2), large);
    // What is known of it is never less than before.
    let vague = UsualVariance { degrees_of_freedom: 0.5, ..usual };
    let small = Estimate::of_mean(&[1.0, 1.2]).expect("a mean").with_at_least(&vague, 2);
    assert_close(small.degrees_of_freedom, 1.0);
}
