//! One master seed per replicate, one named stream per purpose.
//!
//! A consumer never receives "the" random number generator: it derives its own from the
//! master seed and a name (`split`, `fit/smoten`, `train/deepfm/neg25` …). Streams of
//! different names are independent, so a new consumer never changes another's numbers,
//! and work may run in any order or in parallel.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The random number generator of every stream.
pub type Rng = ChaCha8Rng;

/// A point in the tree of seeds: the master seed of a replicate, or one derived from it by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The root of a replicate's streams.
    pub fn master(seed: u64) -> Self {
        Self(Sha256::digest(seed.to_le_bytes()).into())
    }

    /// The seed of the consumer called `name` below this one.
    pub fn derive(&self, name: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(name.as_bytes());
        Self(hash.finalize().into())
    }

    /// A fresh generator at the start of the stream called `name`.
    pub fn stream(&self, name: &str) -> Rng {
        Rng::from_seed(self.derive(name).0)
    }

    /// A number for programs of others, below 2³¹: not every language has whole numbers of 64 bits, or takes
    /// them as seeds.
    pub fn for_programs(&self) -> u64 {
        self.stream("seed").random_range(0..1 << 31)
    }

    /// A generator addressed by position instead of by order, for parallel consumers.
    pub fn counter(&self, name: &str) -> Counter {
        let key = self.derive(name).0;
        let word = |i: usize| u64::from_le_bytes(key[i..i + 8].try_into().expect("eight bytes"));
        Counter { key: word(0), stride: word(8) | 1 }
    }
}

/// Random numbers addressed by index: `word(i)` can be asked for in any order, by any thread.
///
/// The mixing function is SplitMix64's finaliser (Steele, Lea and Flood 2014) over a keyed
/// counter. Good enough for dropout masks and jitter; not a cryptographic generator.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    key: u64,
    stride: u64,
}

impl Counter {
    /// The 64 random bits at `index`.
    #[inline(always)]
    pub fn word(&self, index: u64) -> u64 {
        let mut z = index.wrapping_mul(self.stride).wrapping_add(self.key);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng as _;

    #[test]
    fn streams_depend_on_seed_and_name_only() {
        let draw = |seed: u64, name: &str| Seed::master(seed).stream(name).next_u64();
        assert_eq!(draw(1, "split"), draw(1, "split"));
        assert_ne!(draw(1, "split"), draw(2, "split"));
        assert_ne!(draw(1, "split"), draw(1, "fit"));
    }

    #[test]
    fn counter_bits_are_balanced() {
        let counter = Seed::master(7).counter("mask");
        let n = 1 << 14;
        for bit in 0..64 {
            let ones: u64 = (0..n).map(|i| counter.word(i) >> bit & 1).sum();
            // Five standard deviations of a fair coin.
            assert!(
                (ones as f64 - n as f64 / 2.0).abs() < 5.0 * (n as f64).sqrt() / 2.0,
                "bit {bit}: {ones}"
            );
        }
    }
}
