//! What a trained model is worth on the test rows, and why.

use super::train::Oracle;
use crate::data::{Dataset, Table};
use crate::experiment::store::ScoreQuantiles;
use crate::metrics::{self, DeLong, Ranking, RankingScores};
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;

/// Most test clicks for which all items are ranked.
const RANKED_CLICKS: usize = 500;

/// Most rows scored for that, in passes over the training rows. A pass of scoring takes a third of
/// an epoch of training or less, so this is one epoch's time; on Frappe it is 148 clicks.
const RANKED_PASSES: usize = 3;

/// Most test rows on which the fields' importance is measured, as a share of the training rows.
const IMPORTANCE_SHARE: f64 = 0.2;

/// Length of the lists of best items.
const BEST: usize = 10;

/// Probabilities of the quantiles of scores.
const PROBABILITIES: [f64; 9] = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];

/// What all models of an experiment are measured with: the same rows for each.
pub(super) struct Judge<'a> {
    dataset: &'a Dataset,
    user: Option<usize>,
    catalogue: Option<Catalogue>,
    /// Rows for the fields' importance.
    sample: Table,
    /// For the order in which their values change places.
    seed: Seed,
    notes: Vec<String>,
}

/// The items.
struct Catalogue {
    field: usize,
    /// Clicks in train by item.
    clicks: Vec<u64>,
    /// The third of the items that each belongs to.
    thirds: Vec<u8>,
    /// The test clicks for which all items are ranked, as positions in test.
    ranked: Vec<usize>,
}

/// The measurements of one model.
pub(super) struct Evaluation {
    pub scores: Vec<f64>,
    pub auc: f64,
    pub logloss: f64,
    pub group_auc: Option<f64>,
    pub normalised_entropy: Option<f64>,
    pub calibration_error: Option<f64>,
    pub predicted_over_observed: Option<f64>,
    pub corrected_logloss: Option<f64>,
    /// Head, middle, tail.
    pub auc_by_third: [Option<f64>; 3],
    pub variance: Option<f64>,
    pub ranking: Option<RankingScores>,
    pub importance: BTreeMap<String, Option<f64>>,
    pub quantiles: Option<ScoreQuantiles>,
    /// Why some of these are missing.
    pub notes: Vec<String>,
}

impl<'a> Judge<'a> {
    /// Chooses the rows with `seed`.
    pub fn new(dataset: &'a Dataset, seed: Seed) -> Self {
        let test = &dataset.split.test;
        let position = |name: &Option<String>| test.schema().position(name.as_ref()?);
        let (user, item) = (position(&dataset.user), position(&dataset.item));
        let mut notes = Vec::new();
        if user.is_none() {
            notes.push("group_auc: the data set names no user field (dataset.user)".to_owned());
        }
        if item.is_none() {
            notes.push(
                "auc_head to auc_tail, hit_rate_10 to novelty_10: the data set names no item field \
                 (dataset.item)"
                    .to_owned(),
            );
        }
        let catalogue = item.map(|field| Catalogue::new(dataset, field, seed));
        if catalogue.as_ref().is_some_and(|catalogue| catalogue.ranked.is_empty()) {
            notes.push(format!(
                "hit_rate_10 to novelty_10: no test click has an item of train, or there are more \
                 items than {RANKED_PASSES} times the training rows"
            ));
        }
        let mut rows: Vec<usize> = (0..test.n_rows()).collect();
        let most = (IMPORTANCE_SHARE * dataset.split.train.n_rows() as f64).ceil() as usize;
        if rows.len() > most {
            rows.shuffle(&mut seed.stream("importance/rows"));
            rows.truncate(most);
            notes.push(format!("importance: of {most} test rows, drawn at random"));
        }
        Self { dataset, user, catalogue, sample: test.select(&rows), seed, notes }
    }

    /// Measures a model that was trained on so many rows of label 0 and 1; none if its scores of
    /// the test rows have no AUC.
    pub fn evaluate(&self, oracle: Oracle, trained_on: [usize; 2]) -> Option<Evaluation> {
        let test = &self.dataset.split.test;
        let labels = test.labels();
        let (predict, scores) = match oracle {
            Oracle::Any(predict) => {
                let scores = predict(test);
                (Some(predict), scores)
            }
            Oracle::Test(scores) => (None, scores),
        };
        let mut notes = self.notes.clone();
        if predict.is_none() {
            notes.push(
                "hit_rate_10 to novelty_10, importance: a model of the user's gives scores of the test rows \
                 and no others"
                    .to_owned(),
            );
        }
        let auc = metrics::auc(labels, &scores)?;
        let train = &self.dataset.split.train;
        let shift = metrics::prior_shift(trained_on, [train.count(0), train.count(1)]);
        let corrected = shift.map(|shift| {
            let corrected: Vec<f64> = scores.iter().map(|&p| metrics::shifted(p, shift)).collect();
            metrics::logloss(labels, &corrected)
        });
        let by_third = self.catalogue.as_ref().map(|catalogue| {
            metrics::auc_by_third(labels, &scores, test.column(catalogue.field), &catalogue.thirds)
        });
        let [others, clicks] = metrics::quantiles_by_label(labels, &scores, &PROBABILITIES);
        let quantiles = others.zip(clicks).map(|(others, clicks)| ScoreQuantiles {
            probabilities: PROBABILITIES.to_vec(),
            others,
            clicks,
        });
        let groups = self.user.map(|user| test.column(user));
        Some(Evaluation {
            auc,
            logloss: metrics::logloss(labels, &scores),
            group_auc: groups.and_then(|groups| metrics::group_auc(labels, &scores, groups)),
            normalised_entropy: metrics::normalised_entropy(labels, &scores),
            calibration_error: metrics::expected_calibration_error(labels, &scores),
            predicted_over_observed: metrics::predicted_over_observed(labels, &scores),
            corrected_logloss: corrected,
            auc_by_third: by_third.unwrap_or_default(),
            variance: DeLong::new(labels, &scores).map(|d| d.variance()).filter(|v| v.is_finite()),
            ranking: predict.as_ref().and_then(|predict| {
                self.catalogue.as_ref().and_then(|catalogue| catalogue.rank(test, predict))
            }),
            importance: predict.as_ref().map_or_else(BTreeMap::new, |p| self.importance(p)),
            quantiles,
            notes,
            scores,
        })
    }

    /// By field: the AUC lost when its values change places among the rows.
    fn importance(&self, predict: &dyn Fn(&Table) -> Vec<f64>) -> BTreeMap<String, Option<f64>> {
        let lost = metrics::permutation_importance(&self.sample, predict, self.seed);
        let names = self.sample.schema().fields.iter().map(|field| field.name.clone());
        names.zip(lost).collect()
    }
}

impl Catalogue {
    fn new(dataset: &Dataset, field: usize, seed: Seed) -> Self {
        let (train, test) = (&dataset.split.train, &dataset.split.test);
        let n_items = train.schema().fields[field].n_categories();
        let mut clicks = vec![0; n_items];
        for (&item, &label) in train.column(field).iter().zip(train.labels()) {
            if let Some(clicks) = clicks.get_mut(item as usize) {
                *clicks += u64::from(label);
            }
        }
        let mut ranked = test.rows_with(1);
        ranked.retain(|&row| (test.column(field)[row] as usize) < n_items);
        ranked.shuffle(&mut seed.stream("ranking/clicks"));
        let most = RANKED_PASSES * train.n_rows() / n_items.max(1);
        ranked.truncate(RANKED_CLICKS.min(most));
        let thirds = metrics::thirds(&clicks);
        Self { field, clicks, thirds, ranked }
    }

    /// Ranks all items in the context of each chosen click.
    fn rank(&self, test: &Table, predict: &dyn Fn(&Table) -> Vec<f64>) -> Option<RankingScores> {
        let n_items = self.clicks.len();
        let mut ranking = Ranking::new(&self.clicks, BEST);
        for &row in &self.ranked {
            let mut columns: Vec<Vec<u32>> =
                test.row(row).map(|code| vec![code; n_items]).collect();
            let clicked = columns[self.field].first().copied()?;
            columns[self.field] = (0..n_items as u32).collect();
            let table = Table::new(test.schema().clone(), columns, vec![1; n_items]);
            ranking.add(&predict(&table), clicked as usize);
        }
        ranking.finish()
    }
}
