//! The commonest categories of a real column, and their shares in a synthetic one.

use super::counts;
use crate::data::{Coded, Frame, Values};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most categories that are named.
const NAMED: usize = 8;

/// Characters of a name that are kept: a category may be a whole text.
const LONGEST: usize = 60;

/// The shares of rows that a real column's commonest categories have in two tables. Which they are is
/// the real table's alone to say: the commonest of a synthetic one are those it happens to have too many of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Marginal {
    /// At most eight categories of real rows, the commonest first.
    pub categories: Vec<String>,
    /// Their shares of the real rows, 0 to 1.
    pub real: Vec<f64>,
    /// Their shares of the synthetic rows.
    pub synthetic: Vec<f64>,
    /// What is left for all other categories, of the real rows and of the synthetic ones.
    pub others: [f64; 2],
}

/// The marginals of all columns of categories, by name. `coded` are the rows of `frames`, real ones
/// first, coded by the real ones.
pub fn marginals(frames: [&Frame; 2], coded: [&Coded; 2]) -> BTreeMap<String, Marginal> {
    let mut marginals = BTreeMap::new();
    for (position, column) in frames[0].columns().iter().enumerate() {
        let Values::Categories { vocabulary, .. } = &column.values else { continue };
        let size = coded[0].sizes()[position];
        let counted = coded.map(|rows| counts(rows.column(position).iter().copied(), size));
        marginals.insert(column.name.clone(), marginal(vocabulary, &counted));
    }
    marginals
}

fn marginal(vocabulary: &[String], counted: &[Vec<u64>; 2]) -> Marginal {
    let rows = [0, 1].map(|table| counted[table].iter().sum::<u64>().max(1) as f64);
    let share = |table: usize, code: usize| counted[table][code] as f64 / rows[table];
    let mut codes: Vec<usize> =
        (0..vocabulary.len()).filter(|&code| counted[0][code] > 0).collect();
    // A stable sort: ties stay in the order of the vocabulary.
    codes.sort_by_key(|&code| std::cmp::Reverse(counted[0][code]));
    codes.truncate(NAMED);
    let left = |table: usize| 1.0 - codes.iter().map(|&code| share(table, code)).sum::<f64>();
    let left = [0, 1].map(|table| left(table).max(0.0));
    Marginal {
        categories: codes.iter().map(|&code| short(&vocabulary[code], code)).collect(),
        real: codes.iter().map(|&code| share(0, code)).collect(),
        synthetic: codes.iter().map(|&code| share(1, code)).collect(),
        others: left,
    }
}

/// A name, or the beginning of a long one and the category's position, which tells it from others.
fn short(name: &str, code: usize) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let begin: String = name.chars().take(LONGEST).collect();
    format!("{begin}… ({code})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Coding, Column};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn frame(codes: &[u32], vocabulary: usize) -> Frame {
        let names = (0..vocabulary).map(|code| format!("c{code}")).collect();
        Frame::new(vec![Column::categories("field", Arc::new(names), codes.to_vec())])
    }

    fn of(real: &[u32], synthetic: &[u32], vocabulary: usize) -> Marginal {
        let frames = [frame(real, vocabulary), frame(synthetic, vocabulary)];
        let coding = Coding::new(&frames[0], 10);
        let coded = [coding.code(&frames[0]), coding.code(&frames[1])];
        marginals([&frames[0], &frames[1]], [&coded[0], &coded[1]])["field"].clone()
    }

    #[test]
    fn the_commonest_real_ones_come_first() {
        let marginal = of(&[0, 0, 0, 1], &[2, 2, 1, 1, 2], 4);
        assert_eq!(marginal.categories, ["c0", "c1"]);
        assert_eq!(marginal.real, [0.75, 0.25]);
        assert_eq!(marginal.synthetic, [0.0, 0.4]);
        assert_eq!(marginal.others, [0.0, 0.6]);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(short(&"ä".repeat(61), 7), format!("{}… (7)", "ä".repeat(60)));
        assert_eq!(short(&"ä".repeat(60), 7), "ä".repeat(60));
    }

    proptest! {
        #[test]
        fn shares_sum_to_one_and_no_common_real_one_is_left_out(
            real in prop::collection::vec(0u32..20, 1..60),
            synthetic in prop::collection::vec(0u32..20, 1..60),
        ) {
            let marginal = of(&real, &synthetic, 20);
            prop_assert!(marginal.categories.len() <= NAMED);
            let tables = [(&real, &marginal.real), (&synthetic, &marginal.synthetic)];
            for (table, (rows, shares)) in tables.into_iter().enumerate() {
                let sum = shares.iter().sum::<f64>() + marginal.others[table];
                prop_assert!((sum - 1.0).abs() < 1e-9);
                let least = marginal.real.iter().copied().fold(1.0, f64::min);
                for code in 0..20u32 {
                    let n = rows.iter().filter(|&&of| of == code).count();
                    let share = n as f64 / rows.len() as f64;
                    match marginal.categories.iter().position(|name| *name == format!("c{code}")) {
                        Some(at) => prop_assert!((shares[at] - share).abs() < 1e-12),
                        None => prop_assert!(table == 1 || share <= least),
                    }
                }
            }
        }
    }
}
