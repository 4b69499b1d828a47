//! Head, middle and tail.

use super::{auc_by_definition, recorded};
use proptest::prelude::*;
use synthctr::metrics::{auc_by_third, thirds};

#[test]
fn thirds_are_those_of_numpy() {
    let recorded = recorded();
    assert_eq!(thirds(&recorded.clicks_by_item), recorded.thirds);
    assert!(thirds(&[]).is_empty());
    assert_eq!(thirds(&[5]), [0]);
    assert_eq!(thirds(&[5, 6]), [1, 0]);
    assert_eq!(thirds(&[1, 1, 1, 1]), [0, 0, 1, 2]);
}

proptest! {
    #[test]
    fn thirds_are_of_one_size_and_in_order(clicks in prop::collection::vec(0u64..9, 0..40)) {
        let thirds = thirds(&clicks);
        let size = |third: u8| thirds.iter().filter(|&&each| each == third).count();
        let sizes = [0, 1, 2].map(size);
        prop_assert_eq!(sizes.iter().sum::<usize>(), clicks.len());
        prop_assert!(sizes[0] >= sizes[1] && sizes[1] >= sizes[2] && sizes[0] <= sizes[2] + 1);
        for more in 0..clicks.len() {
            for less in 0..clicks.len() {
                let first = clicks[more] > clicks[less]
                    || clicks[more] == clicks[less] && more < less;
                prop_assert!(!first || thirds[more] <= thirds[less]);
            }
        }
    }

    #[test]
    fn auc_by_third_is_that_of_its_rows(
        rows in prop::collection::vec((0u8..2, -4i8..5, 0u32..7), 0..60),
    ) {
        // Items 5 and 6 are not in train.
        let thirds = [2, 0, 1, 1, 0];
        let labels: Vec<u8> = rows.iter().map(|row| row.0).collect();
        let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let items: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let expected = [vec![1, 4], vec![2, 3], vec![0, 5, 6]].map(|items| {
            let of_third = rows.iter().filter(|row| items.contains(&row.2));
            let (labels, scores): (Vec<u8>, Vec<f64>) =
                of_third.map(|row| (row.0, f64::from(row.1))).unzip();
            auc_by_definition(&labels, &scores)
        });
        prop_assert_eq!(auc_by_third(&labels, &scores, &items, &thirds), expected);
    }
}

#[test]
fn a_third_without_both_labels_has_no_auc() {
    assert_eq!(auc_by_third(&[], &[], &[], &[]), [None; 3]);
    let (labels, items) = ([0, 1, 1, 0, 1], [0, 0, 1, 2, 2]);
    let aucs = auc_by_third(&labels, &[0.1, 0.2, 0.3, f64::NAN, 0.5], &items, &[0, 1, 2]);
    assert_eq!(aucs, [Some(1.0), None, None]);
}
