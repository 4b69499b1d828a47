use super::{Attack, Evidence};
use crate::data::Coded;
use crate::metrics::privacy::Logistic;
use rayon::prelude::*;

/// Classifier: how sure a classifier is that a row is synthetic and not real.
///
/// The log odds of a logistic regression that tells synthetic rows from the reference, by their
/// categories and pairs of categories (hashed). The classifier in the role of a GAN's discriminator:
/// Hayes, Melis, Danezis and De Cristofaro 2019, "LOGAN", the black-box attack; "Classifier" and
/// "LOGAN" in Synth-MIA.
pub const ATTACK: Attack = Attack { name: "classifier", scores, compares: true };

const PENALTY: f64 = 1.0;
const TOLERANCE: f64 = 0.01;
/// The pairs of two columns' categories are hashed into as many codes as there are rows to learn
/// from, up to this.
const MOST_CODES: usize = 1 << 12;

fn scores(evidence: &Evidence) -> Vec<f64> {
    let rows = evidence.synthetic.chain(&evidence.reference);
    let n_codes = rows.n_rows().clamp(1, MOST_CODES) as u64;
    let mut labels = vec![1; evidence.synthetic.n_rows()];
    labels.resize(rows.n_rows(), 0);
    // Of 39 columns there are 741 pairs: kilobytes a row, for one set of rows at a time.
    let fitted = {
        let rows = with_pairs(&rows, n_codes);
        Logistic::fit_within(&rows, &labels, PENALTY, TOLERANCE)
    };
    fitted.scores(&with_pairs(&evidence.at_stake, n_codes))
}

/// The columns, then a column for each pair of them, with at most so many codes.
fn with_pairs(rows: &Coded, n_codes: u64) -> Coded {
    let n_columns = rows.n_columns();
    let pairs: Vec<(usize, usize)> =
        (0..n_columns).flat_map(|b| (0..b).map(move |a| (a, b))).collect();
    let pair = |&(a, b): &(usize, usize)| {
        let (size, other) = (rows.sizes()[a] as u64, rows.sizes()[b] as u64);
        let n_pairs = size.saturating_mul(other);
        let code = |(&a, &b): (&u32, &u32)| match n_pairs <= n_codes {
            true => a + size as u32 * b,
            // Multiplicative hashing; the upper bits are the well mixed ones.
            false => {
                let key = u64::from(a).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(b);
                let hash = (key ^ (key >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
                (((hash >> 32) * n_codes) >> 32) as u32
            }
        };
        let codes = rows.column(a).iter().zip(rows.column(b)).map(code).collect::<Vec<u32>>();
        (codes, n_pairs.min(n_codes) as usize)
    };
    let (pairs, pair_sizes): (Vec<_>, Vec<_>) = pairs.par_iter().map(pair).unzip();
    let mut columns = rows.columns().to_vec();
    columns.extend(pairs);
    Coded::new(columns, [rows.sizes(), &pair_sizes].concat())
}
