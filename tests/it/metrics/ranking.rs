//! Lists of the best items.

use super::{assert_close, recorded};
use proptest::prelude::*;
use std::collections::HashSet;
use synthctr::metrics::{Ranking, RankingScores};

#[test]
fn hit_rate_and_ndcg_are_those_of_scikit_learn() {
    let recorded = recorded();
    let case = recorded.ranking;
    let mut ranking = Ranking::new(&recorded.clicks_by_item, case.k);
    for (scores, &clicked) in case.scores.iter().zip(&case.clicked) {
        ranking.add(scores, clicked);
    }
    let scores = ranking.finish().expect("clicks");
    assert_close(scores.hit_rate, case.hit_rate);
    assert_close(scores.ndcg, case.ndcg);
}

/// From the whole order of all items in each context.
fn by_definition(clicks: &[u64], k: usize, contexts: &[(Vec<i8>, usize)]) -> RankingScores {
    let clicks: Vec<f64> = clicks.iter().map(|&clicks| clicks.max(1) as f64).collect();
    let total: f64 = clicks.iter().sum();
    let mut shown = Vec::new();
    let (mut hits, mut gain) = (0.0, 0.0);
    for (scores, clicked) in contexts {
        let mut items: Vec<usize> = (0..clicks.len()).collect();
        items.sort_by_key(|&item| (-i32::from(scores[item]), item));
        let rank = 1 + items.iter().position(|item| item == clicked).expect("in the catalogue");
        if rank <= k {
            hits += 1.0;
            gain += 2f64.ln() / (1.0 + rank as f64).ln();
        }
        shown.extend(items.into_iter().take(k));
    }
    let information = |&item: &usize| -(clicks[item] / total).log2();
    let different: HashSet<usize> = shown.iter().copied().collect();
    RankingScores {
        hit_rate: hits / contexts.len() as f64,
        ndcg: gain / contexts.len() as f64,
        coverage: different.len() as f64 / clicks.len() as f64,
        novelty: shown.iter().map(information).sum::<f64>() / shown.len() as f64,
    }
}

fn finish(clicks: &[u64], k: usize, contexts: &[(Vec<f64>, usize)]) -> Option<RankingScores> {
    let mut ranking = Ranking::new(clicks, k);
    for (scores, clicked) in contexts {
        ranking.add(scores, *clicked);
    }
    ranking.finish()
}

proptest! {
    #[test]
    fn ranking_is_its_definition(
        (clicks, contexts) in (1usize..20).prop_flat_map(|n| {
            let context = (prop::collection::vec(-3i8..4, n), 0..n);
            (prop::collection::vec(0u64..5, n), prop::collection::vec(context, 1..8))
        }),
        k in 1usize..9,
    ) {
        let expected = by_definition(&clicks, k, &contexts);
        let mut ranking = Ranking::new(&clicks, k);
        for (scores, clicked) in &contexts {
            // Both zeros occur.
            let scores: Vec<f32> =
                scores.iter().map(|&s| if s == 0 { -0.0 } else { f32::from(s) }).collect();
            ranking.add(&scores, *clicked);
        }
        let actual = ranking.finish().expect("clicks");
        assert_close(actual.hit_rate, expected.hit_rate);
        assert_close(actual.ndcg, expected.ndcg);
        assert_close(actual.coverage, expected.coverage);
        assert_close(actual.novelty, expected.novelty);
        prop_assert!(0.0 <= actual.ndcg && actual.ndcg <= actual.hit_rate);
        prop_assert!(actual.hit_rate <= 1.0 && actual.coverage <= 1.0 && actual.novelty >= 0.0);

        // Only the order of the scores matters, and not the order of the contexts.
        let stretch = |(scores, clicked): &(Vec<i8>, usize)| {
            (scores.iter().map(|&s| (f64::from(s) * 200.0).exp()).collect(), *clicked)
        };
        let stretched: Vec<_> = contexts.iter().rev().map(stretch).collect();
        let stretched = finish(&clicks, k, &stretched).expect("clicks");
        assert_close(stretched.ndcg, actual.ndcg);
        assert_close(stretched.novelty, actual.novelty);
        prop_assert_eq!(stretched.hit_rate, actual.hit_rate);
        prop_assert_eq!(stretched.coverage, actual.coverage);
    }
}

#[test]
fn ranking_at_the_edges() {
    let scores = [0.5, f64::NEG_INFINITY, f64::INFINITY].to_vec();
    // Of 8 clicks six, one, and one that counts although there is none.
    let clicks = [6, 1, 0];
    assert_eq!(finish(&clicks, 2, &[]), None);
    assert_eq!(finish(&clicks, 0, &[(scores.clone(), 0)]), None);
    assert_eq!(finish(&[], 2, &[(vec![], 0)]), None);
    assert_eq!(finish(&clicks, 2, &[(vec![0.5, f64::NAN, 0.1], 0)]), None);
    let third = finish(&clicks, 2, &[(scores.clone(), 0)]).expect("a click");
    assert_eq!((third.hit_rate, third.coverage), (1.0, 2.0 / 3.0));
    assert_close(third.ndcg, 1.0 / 3f64.log2());
    assert_close(third.novelty, ((8f64 / 6.0).log2() + 3.0) / 2.0);
    // An item that the catalogue does not hold is missed; a list may be longer than the catalogue.
    let unseen = finish(&clicks, 9, &[(scores, 3)]).expect("a click");
    assert_eq!((unseen.hit_rate, unseen.ndcg, unseen.coverage), (0.0, 0.0, 1.0));
}
