//! What a model would show: lists of the best items of the whole catalogue.

use serde::{Deserialize, Serialize};

/// Counts over lists of the `k` best items, one list for the context of each click in test.
///
/// Items of equal score stand in the order of their codes.
#[derive(Clone, Debug)]
pub struct Ranking {
    k: usize,
    /// By item, the negative logarithm to base 2 of its share of the clicks.
    information: Vec<f64>,
    /// By item, whether it was in a list.
    recommended: Vec<bool>,
    /// The last list: scores and items, best first.
    list: Vec<(f64, usize)>,
    n_lists: usize,
    n_recommended: usize,
    hits: usize,
    gain: f64,
    novelty: f64,
    all_numbers: bool,
}

/// How good and how varied lists of `k` items are; from [`Ranking`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankingScores {
    /// The share of clicks whose item is in its list.
    pub hit_rate: f64,
    /// Normalised discounted cumulative gain with the clicked item as the only relevant one: the
    /// mean of `1 / log2(1 + rank)`, 0 where the item is not in the list (Järvelin and Kekäläinen
    /// 2002).
    pub ndcg: f64,
    /// The share of the catalogue that is in any list.
    pub coverage: f64,
    /// Mean self-information in bits of the items shown (Zhou et al. 2010), `-log2` of an item's
    /// share of train's clicks (Vargas and Castells 2011). An item without a click counts as one
    /// that was clicked once, also in the number of all clicks.
    pub novelty: f64,
}

impl Ranking {
    /// An empty count over lists of `k` items, from a catalogue that was clicked so often in train,
    /// by item.
    pub fn new(clicks_by_item: &[u64], k: usize) -> Self {
        let clicks = |&clicks: &u64| clicks.max(1) as f64;
        let total: f64 = clicks_by_item.iter().map(clicks).sum();
        Self {
            k,
            information: clicks_by_item.iter().map(|n| (total / clicks(n)).log2()).collect(),
            recommended: vec![false; clicks_by_item.len()],
            list: Vec::new(),
            n_lists: 0,
            n_recommended: 0,
            hits: 0,
            gain: 0.0,
            novelty: 0.0,
            all_numbers: true,
        }
    }

    /// Adds a click: the scores of all items in its context, and the item that was clicked. One
    /// that is not in the catalogue is a miss.
    ///
    /// Takes the time to read the scores and, for each of the few that enter the list, to move `k`
    /// entries.
    ///
    /// # Panics
    /// If there are not as many scores as items in the catalogue.
    pub fn add<S: Copy + Into<f64>>(&mut self, scores: &[S], clicked: usize) {
        assert_eq!(scores.len(), self.information.len(), "one score per item");
        self.list.clear();
        for (item, &score) in scores.iter().enumerate() {
            let score = score.into();
            self.all_numbers &= !score.is_nan();
            if self.list.len() == self.k {
                match self.list.last() {
                    Some(&(worst, _)) if score > worst => self.list.pop(),
                    _ => continue,
                };
            }
            // Behind the items of equal score: their codes are lower.
            let place = self.list.partition_point(|&(other, _)| other >= score);
            self.list.insert(place, (score, item));
        }
        self.n_lists += 1;
        self.n_recommended += self.list.len();
        for (place, &(_, item)) in self.list.iter().enumerate() {
            self.recommended[item] = true;
            self.novelty += self.information[item];
            if item == clicked {
                self.hits += 1;
                self.gain += 1.0 / (place as f64 + 2.0).log2();
            }
        }
    }

    /// The scores over all clicks added. None if no item was shown (no click was added, `k` is 0
    /// or the catalogue is empty) or a score was not a number.
    pub fn finish(self) -> Option<RankingScores> {
        if self.n_recommended == 0 || !self.all_numbers {
            return None;
        }
        let covered = self.recommended.iter().filter(|&&recommended| recommended).count();
        Some(RankingScores {
            hit_rate: self.hits as f64 / self.n_lists as f64,
            ndcg: self.gain / self.n_lists as f64,
            coverage: covered as f64 / self.recommended.len() as f64,
            novelty: self.novelty / self.n_recommended as f64,
        })
    }
}
