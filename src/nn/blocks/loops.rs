//! The inner loops of the `flex` operations on blocks, one row at a time.
//!
//! As in the kernels' loops nothing branches on data, sums have a fixed order, and each loop is
//! compiled for several processors. A value that is not a number stays one, so that a training
//! that diverges is seen.

use crate::seed::Counter;
use multiversion::multiversion;

/// Partial sums and maxima per loop: as many as the widest registers hold.
const LANES: usize = 16;

/// `eˣ` to a relative 2·10⁻⁷, with the polynomial of Moshier's Cephes library on ±½ ln 2.
/// Below −87.3 it stays at `e⁻⁸⁷·³`.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding this rounds to a whole number, which then stands in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x < -87.3 { -87.3 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
    let mut p = 1.987_569_1e-4;
    for coefficient in [1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5.0e-1] {
        p = p * r + coefficient;
    }
    let power = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    (p * r * r + r + 1.0) * f32::from_bits(power)
}

/// `ln x` of a positive normal number to a relative 2·10⁻⁷, with Cephes' polynomial on
/// `√½..√2`.
#[inline(always)]
fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits >> 23) as i32 - 127;
    let mantissa = f32::from_bits((bits & 0x007f_ffff) | 0x3f80_0000);
    let large = mantissa > std::f32::consts::SQRT_2;
    let mantissa = if large { 0.5 * mantissa } else { mantissa };
    let e = (exponent + i32::from(large)) as f32;
    let f = mantissa - 1.0;
    let z = f * f;
    let mut p = 7.037_683_6e-2;
    for coefficient in [
        -1.151_461e-1,
        1.167_699_9e-1,
        -1.242_014_1e-1,
        1.424_932_3e-1,
        -1.666_805_8e-1,
        2.000_071_4e-1,
        -2.499_999_4e-1,
        3.333_333e-1,
    ] {
        p = p * f + coefficient;
    }
    f + (f * z * p - 2.121_944_4e-4 * e - 0.5 * z) + 0.693_359_4 * e
}

/// The largest element. One that is not a number is passed over or takes the place of those before it;
/// what is reckoned from all elements afterwards shows it.
#[inline(always)]
fn largest(x: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    let wider = |a: f32, b: f32| if a > b { a } else { b };
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane = wider(*lane, x);
        }
    }
    lanes.iter().chain(rest).fold(f32::NEG_INFINITY, |a, &b| wider(a, b))
}

#[inline(always)]
fn sum(x: &[f32]) -> f32 {
    let mut lanes = [0.0; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

/// Gumbel noise from the words that begin at `first`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn gumbel(counter: &Counter, first: u64, noise: &mut [f32]) {
    let uniform = |bits: u32| ((bits >> 9) as f32 + 0.5) * (1.0 / (1 << 23) as f32);
    let mut pairs = noise.chunks_exact_mut(2);
    let mut index = first;
    for pair in pairs.by_ref() {
        let word = counter.word(index);
        pair[0] = uniform(word as u32);
        pair[1] = uniform((word >> 32) as u32);
        index += 1;
    }
    for last in pairs.into_remainder() {
        *last = uniform(counter.word(index) as u32);
    }
    for x in noise {
        *x = -ln(-ln(*x));
    }
}

/// `softmax(x)` in place. Gives the logarithm of the sum of the exponentials.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn softmax(x: &mut [f32]) -> f32 {
    let shift = largest(x);
    for x in x.iter_mut() {
        *x = exp(*x - shift);
    }
    let total = sum(x);
    let scale = 1.0 / total;
    for x in x.iter_mut() {
        *x *= scale;
    }
    shift + total.ln()
}

/// `x = (x + noise)·scale`, the noise left as it is.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add_scaled(x: &[f32], noise: &mut [f32], scale: f32) {
    for (noise, x) in noise.iter_mut().zip(x) {
        *noise = (x + *noise) * scale;
    }
}

/// `grad = p·(grad − Σ p·grad)·scale`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn softmax_backward(grad: &mut [f32], p: &[f32], scale: f32) {
    let n = grad.len();
    let p = &p[..n];
    for i in 0..n {
        grad[i] *= p[i];
    }
    let along = sum(grad);
    for i in 0..n {
        grad[i] = (grad[i] - along * p[i]) * scale;
    }
}

/// `sum += x`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn add(sum: &mut [f32], x: &[f32]) {
    for (sum, x) in sum.iter_mut().zip(x) {
        *sum += x;
    }
}

/// `x = x·scale`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn scale(x: &mut [f32], scale: f32) {
    for x in x {
        *x *= scale;
    }
}

/// `Σ ln(1 + gain·p)` and `Σ gain·p/(1 + gain·p)`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn gained_sums(p: &[f32], gain: f32) -> [f32; 2] {
    let (mut logs, mut shares) = ([0.0; LANES], [0.0; LANES]);
    let chunks = p.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for ((log, share), p) in logs.iter_mut().zip(&mut shares).zip(chunk) {
            let gained = gain * p;
            *log += ln(1.0 + gained);
            *share += gained / (1.0 + gained);
        }
    }
    for (i, p) in rest.iter().enumerate() {
        let gained = gain * p;
        logs[i] += ln(1.0 + gained);
        shares[i] += gained / (1.0 + gained);
    }
    [logs.iter().sum(), shares.iter().sum()]
}

/// `p = −weight·gain·p/(1 + gain·p) − p·sum`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
pub fn gained_slope(p: &mut [f32], gain: f32, weight: f32, sum: f32) {
    for p in p {
        let gained = gain * *p;
        *p = -weight * gained / (1.0 + gained) - *p * sum;
    }
}

/// The first place at which the cumulated weights exceed `limit`, or the last.
pub fn first_above(weights: &[f32], limit: f32) -> usize {
    let mut cumulated = 0.0;
    let passed = weights.iter().take_while(|&&weight| {
        cumulated += weight;
        cumulated <= limit
    });
    passed.count().min(weights.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::{exp, ln};

    #[test]
    fn exponential_and_logarithm_are_those_of_the_standard_library() {
        for i in -80_000..=80_000 {
            let x = i as f32 * 1e-3;
            let wanted = f64::from(x).exp();
            assert!((f64::from(exp(x)) / wanted - 1.0).abs() < 3e-7, "exp({x})");
        }
        for i in -1200..=1200 {
            let x = 1.07f32.powi(i);
            if x.is_normal() {
                let wanted = f64::from(x).ln();
                let off = (f64::from(ln(x)) - wanted).abs();
                assert!(off < 3e-7 * wanted.abs().max(0.05), "ln({x})");
            }
        }
        assert!(exp(f32::NAN).is_nan());
        assert!(exp(-1e30) < 1.3e-38);
    }
}
