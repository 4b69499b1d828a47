//! Accuracy of one marginal distribution.

use super::fields::Field;
use std::f64::consts::PI;

/// Memory to count in: rows by cell, real table and synthetic table.
pub(super) type Scratch = Vec<[u32; 2]>;

/// The accuracy of the joint distribution of some fields, and what could be expected of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marginal {
    /// One minus the total variation distance.
    pub accuracy: f64,
    /// The same for two samples of the real distribution of as many rows, about.
    pub expected: f64,
}

/// Compares the joint distribution of `fields` of tables that both have rows.
pub(super) fn marginal(fields: &[&Field], scratch: &mut Scratch) -> Marginal {
    scratch.clear();
    scratch.resize(fields.iter().map(|field| field.size).product(), [0; 2]);
    let n = [0, 1].map(|table| fields[0].codes[table].len());
    for table in [0, 1] {
        let codes: Vec<(&[u32], u32)> =
            fields.iter().map(|f| (f.codes[table].as_slice(), f.size as u32)).collect();
        match codes[..] {
            [(a, _)] => a.iter().for_each(|&a| scratch[a as usize][table] += 1),
            [(a, _), (b, m)] => {
                for (&a, &b) in a.iter().zip(b) {
                    scratch[(a * m + b) as usize][table] += 1;
                }
            }
            [(a, _), (b, m), (c, l)] => {
                for ((&a, &b), &c) in a.iter().zip(b).zip(c) {
                    scratch[((a * m + b) * l + c) as usize][table] += 1;
                }
            }
            _ => unreachable!("one to three fields"),
        }
    }
    let (mut difference, mut expected) = (0u128, 0.0);
    for &[real, synthetic] in scratch.iter() {
        let real_rows = u128::from(real) * n[1] as u128;
        difference += real_rows.abs_diff(u128::from(synthetic) * n[0] as u128);
        let share = f64::from(real) / n[0] as f64;
        expected += (share * (1.0 - share)).sqrt();
    }
    // The difference of two shares is about normal, with the variances of both; the mean of its
    // absolute value is √(2/π) of its standard deviation.
    let expected = expected * (2.0 / PI * (1.0 / n[0] as f64 + 1.0 / n[1] as f64)).sqrt();
    Marginal {
        accuracy: 1.0 - difference as f64 / (2.0 * n[0] as f64 * n[1] as f64),
        // In tables of a few rows the approximation is of no use.
        expected: (1.0 - expected / 2.0).max(0.0),
    }
}
