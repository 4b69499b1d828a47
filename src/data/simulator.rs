//! The embedded data set: a click log in Frappe's schema whose truth is known.
//!
//! Every user `u` and every item `i` has a vector of latent preferences, and so has every
//! category of context (`daytime`, `weekday`, … `city`); `v(c)` is the scaled sum of those of a
//! context `c`. A click is made by drawing a user (some are far more active than others), a
//! context, and an item from
//!
//! ```text
//! p(i | u, c) ∝ exp(popularity(i) + preference · ⟨p(u), q(i)⟩/√K + context · ⟨v(c), q(i)⟩/√K)
//! ```
//!
//! Each click is paired with two non-clicks: the same user and context, and an item drawn
//! uniformly from the `N − 1` others. (Frappe draws from the items that the user never used; which
//! those are depends on the whole log, and no exact probability could be given.) A non-click's
//! item therefore has the probability `(1 − p(i | u, c)) / (N − 1)`, users and contexts are
//! distributed alike among both, and so by Bayes' rule, exactly,
//!
//! ```text
//! P(click | u, c, i) = p / (p + 2 (1 − p) / (N − 1)),   p = p(i | u, c).
//! ```
//!
//! By the lemma of Neyman and Pearson no other score of a row has a larger expected AUC.
//! A click and its non-clicks stay in one part of the split, and so the rows of train say nothing
//! about those of test that this probability does not hold.

mod world;

use super::encode::{encode, schema};
use super::raw::Raw;
use super::{DataError, ReadOptions, Split};
use crate::seed::Seed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use world::World;

/// Its name on the command line and in files.
pub const NAME: &str = "simulated";

/// Rows made from one click: itself and its non-clicks.
const ROWS_PER_CLICK: usize = 3;

/// Size and shape of a simulated click log.
///
/// With the defaults the best possible test AUC is 0.91 to 0.93; the items' popularity alone gives
/// about 0.79, and a small DeepFM trained on the 12,000 rows about 0.875.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulatorConfig {
    /// Rows of train, rounded up to a multiple of 3, from 1.
    pub train_rows: usize,
    /// Rows of valid, rounded up to a multiple of 3, from 1.
    pub valid_rows: usize,
    /// Rows of test, rounded up to a multiple of 3, from 1.
    pub test_rows: usize,
    /// Number of users, from 1.
    pub users: usize,
    /// Number of items, from 2.
    pub items: usize,
    /// Number of cities, from 1.
    pub cities: usize,
    /// Number of countries, from 1 to the number of cities.
    pub countries: usize,
    /// Length of the latent vectors, from 1.
    pub factors: usize,
    /// The activity of the `r`-th most active user is in proportion to `r` to minus this, from 0.
    pub user_skew: f64,
    /// The popularity of the `r`-th most popular item is in proportion to `r` to minus this,
    /// from 0.
    pub item_skew: f64,
    /// Weight of the users' preferences, from 0.
    pub preference: f64,
    /// Weight of the context's effects, from 0.
    pub context: f64,
    /// Whether users and items are plain integers, as they are in most logs, and not names such as
    /// `user-07`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub integer_ids: bool,
}

impl Default for SimulatorConfig {
    fn default() -> Self {
        Self {
            train_rows: 12_000,
            valid_rows: 3_000,
            test_rows: 6_000,
            users: 100,
            items: 200,
            cities: 40,
            countries: 12,
            factors: 3,
            user_skew: 0.7,
            item_skew: 0.7,
            preference: 2.2,
            context: 0.8,
            integer_ids: false,
        }
    }
}

/// A simulated click log and its truth.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// The rows.
    pub split: Split,
    /// The probability that a row of test is a click, given all that the simulator knows.
    pub test_probabilities: Vec<f64>,
}

impl Simulated {
    /// The AUC on test of the true probabilities: the best that can be expected of any score.
    pub fn bayes_auc(&self) -> f64 {
        auc(self.split.test.labels(), &self.test_probabilities)
    }
}

impl SimulatorConfig {
    /// Checks every setting's range.
    pub fn check(&self) -> Result<(), DataError> {
        let fail = |name: &str, value: String, must: &str| {
            let message = format!("dataset.simulator.{name} is {value}; it must be {must}");
            Err(DataError::Setting(message))
        };
        let sizes = [
            ("train_rows", self.train_rows, 1),
            ("valid_rows", self.valid_rows, 1),
            ("test_rows", self.test_rows, 1),
            ("users", self.users, 1),
            ("items", self.items, 2),
            ("cities", self.cities, 1),
            ("countries", self.countries, 1),
            ("factors", self.factors, 1),
        ];
        // Forty bytes a row: what a large machine holds.
        let most = 200_000_000;
        for (name, value, least) in sizes {
            if !(least..=most).contains(&value) {
                return fail(name, value.to_string(), &format!("{least} to {most}"));
            }
        }
        if self.countries > self.cities {
            return fail("countries", self.countries.to_string(), "at most the number of cities");
        }
        let weights = [
            ("user_skew", self.user_skew),
            ("item_skew", self.item_skew),
            ("preference", self.preference),
            ("context", self.context),
        ];
        for (name, value) in weights {
            if !(0.0..=100.0).contains(&value) {
                return fail(name, value.to_string(), "0 to 100");
            }
        }
        Ok(())
    }
}

/// The groups of fields in which one decides the other.
pub fn constraints() -> Vec<Vec<String>> {
    super::frappe::constraints()
}

/// Simulates a click log. The same configuration and seed give the same rows, whatever the
/// number of threads.
pub fn simulate(config: &SimulatorConfig, seed: Seed) -> Result<Simulated, DataError> {
    config.check()?;
    let seed = seed.derive("simulator");
    let world = World::new(config, seed);
    let part = |name: &str, rows: usize| world.draw(seed, name, rows.div_ceil(ROWS_PER_CLICK));
    let (train, _) = part("train", config.train_rows);
    let options = ReadOptions::default();
    let rows: Vec<u32> = (0..train.labels.len() as u32).collect();
    let schema = Arc::new(schema(&train, &rows, &options)?);
    let table = |raw: Raw| encode(raw, &schema);
    let (test, test_probabilities) = part("test", config.test_rows);
    let valid = part("valid", config.valid_rows).0;
    let split = Split { train: table(train)?, valid: table(valid)?, test: table(test)? };
    Ok(Simulated { split, test_probabilities })
}

/// The share of pairs of a click and a non-click in which the click has the larger score, ties
/// counting half (Mann and Whitney 1947).
fn auc(labels: &[u8], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_unstable_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut concordant, mut clicks) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let tied_clicks = tied.iter().filter(|&&row| labels[row] == 1).count() as f64;
        let tied_others = tied.len() as f64 - tied_clicks;
        concordant += tied_clicks * (below + tied_others / 2.0);
        below += tied_others;
        clicks += tied_clicks;
    }
    concordant / (clicks * below)
}
