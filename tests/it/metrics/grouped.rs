//! Group AUC.

use super::{assert_close, auc_by_definition, recorded, reversed};
use proptest::prelude::*;
use synthctr::metrics::{auc, group_auc};

#[test]
fn group_auc_is_that_of_fuxictr() {
    let recorded = recorded();
    for case in recorded.cases.values() {
        let auc = group_auc(&recorded.labels, &case.scores, &recorded.groups);
        assert_close(auc.expect("a group with both labels"), case.group_auc);
    }
}

proptest! {
    #[test]
    fn group_auc_is_its_definition(
        rows in prop::collection::vec((0u8..2, -4i8..5, 0u32..6), 0..60),
    ) {
        let labels: Vec<u8> = rows.iter().map(|row| row.0).collect();
        let scores: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let groups: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let (mut sum, mut weight) = (0.0, 0.0);
        for group in 0..6 {
            let of_group = rows.iter().filter(|row| row.2 == group);
            let (labels, scores): (Vec<u8>, Vec<f64>) =
                of_group.map(|row| (row.0, f64::from(row.1))).unzip();
            if let Some(auc) = auc_by_definition(&labels, &scores) {
                sum += auc * labels.len() as f64;
                weight += labels.len() as f64;
            }
        }
        let result = group_auc(&labels, &scores, &groups);
        prop_assert_eq!(result.is_some(), weight > 0.0);
        if let Some(result) = result {
            assert_close(result, sum / weight);
            prop_assert!((0.0..=1.0).contains(&result));
        }
        let backwards = group_auc(&reversed(&labels), &reversed(&scores), &reversed(&groups));
        prop_assert_eq!(backwards, result);
        // What a group has in common does not matter.
        let raised = scores.iter().zip(&groups).map(|(score, &group)| score - f64::from(group * 7));
        prop_assert_eq!(group_auc(&labels, &raised.collect::<Vec<_>>(), &groups), result);
        let one_group = group_auc(&labels, &scores, &vec![u32::MAX; rows.len()]);
        prop_assert_eq!(one_group.is_some(), auc(&labels, &scores).is_some());
        if let (Some(one_group), Some(auc)) = (one_group, auc(&labels, &scores)) {
            assert_close(one_group, auc);
        }
    }
}

#[test]
fn group_auc_is_undefined_without_a_group_of_both_labels() {
    assert_eq!(group_auc(&[], &[], &[]), None);
    assert_eq!(group_auc(&[0, 1], &[0.1, 0.2], &[1, 2]), None);
    assert_eq!(group_auc(&[0, 1, 1], &[0.1, 0.2, f64::NAN], &[1, 1, 2]), None);
    assert_eq!(group_auc(&[0, 1, 1], &[0.1, 0.2, 0.0], &[1, 1, 2]), Some(1.0));
}
