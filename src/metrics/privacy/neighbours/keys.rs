//! Values as codes that are equal where the values are.

use crate::data::{Frame, Values};
use hashbrown::HashMap;

/// By frame and column, the codes of all rows: two values of a column are equal, in whatever
/// frame, where their codes are. Missing values are equal to one another.
///
/// # Panics
/// If the frames have different columns.
pub fn keys<const N: usize>(frames: [&Frame; N]) -> [Vec<Vec<u32>>; N] {
    let mut keys = [const { Vec::new() }; N];
    for position in 0..frames[0].columns().len() {
        let mut seen = HashMap::new();
        for (frame, keys) in frames.iter().zip(&mut keys) {
            keys.push(match &frame.columns()[position].values {
                Values::Categories { codes, .. } => codes.clone(),
                Values::Numbers(numbers) => {
                    numbers.iter().map(|&number| key(number, &mut seen)).collect()
                }
            });
        }
    }
    keys
}

fn key(number: f64, seen: &mut HashMap<u64, u32>) -> u32 {
    // Both zeros are equal, and so are all that are not numbers.
    let bits = if number.is_nan() { f64::NAN } else { number + 0.0 }.to_bits();
    let next = seen.len() as u32;
    *seen.entry(bits).or_insert(next)
}
