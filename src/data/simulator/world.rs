//! Who lives in the simulator: users, items, contexts, and the clicks they make.

use super::{ROWS_PER_CLICK, SimulatorConfig};
use crate::data::frappe::FIELDS;
use crate::data::intern::Interner;
use crate::data::raw::{Cells, Raw, RawColumn};
use crate::seed::{Rng, Seed};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_distr::StandardNormal;
use rayon::prelude::*;

/// Clicks drawn from one stream of random numbers.
const BLOCK: usize = 1 << 12;

/// How often someone is away from the home city.
const TRAVELLING: f64 = 0.1;

const DAYTIMES: [(&str, f64); 7] = [
    ("sunrise", 0.5),
    ("morning", 2.0),
    ("noon", 1.5),
    ("afternoon", 3.0),
    ("sunset", 1.5),
    ("evening", 3.5),
    ("night", 2.0),
];
const WEEKDAYS: [(&str, f64); 7] = [
    ("monday", 1.0),
    ("tuesday", 1.0),
    ("wednesday", 1.0),
    ("thursday", 1.0),
    ("friday", 1.1),
    ("saturday", 1.2),
    ("sunday", 1.1),
];
const FIRST_WEEKEND_DAY: u32 = 5;
const ISWEEKEND: [&str; 2] = ["workday", "weekend"];
const HOMEWORK: [&str; 3] = ["unknown", "home", "work"];
const COSTS: [(&str, f64); 2] = [("free", 0.85), ("paid", 0.15)];
const WEATHERS: [(&str, f64); 9] = [
    ("unknown", 2.0),
    ("sunny", 4.0),
    ("cloudy", 4.0),
    ("rainy", 1.5),
    ("drizzle", 1.0),
    ("foggy", 0.4),
    ("snowy", 0.5),
    ("stormy", 0.2),
    ("sleet", 0.1),
];

/// Positions in [`FIELDS`].
const USER: usize = 0;
const ITEM: usize = 1;
const CONTEXT: usize = 2;

/// The truth behind a click log.
pub(super) struct World {
    /// The values of each field.
    names: Vec<Vec<String>>,
    activity: Cumulative,
    homes: Vec<u32>,
    city_sizes: Cumulative,
    country_of: Vec<u32>,
    daytimes: Cumulative,
    weekdays: Cumulative,
    costs: Cumulative,
    weathers: Cumulative,
    popularity: Vec<f64>,
    /// A vector per category of each field, scaled so that its product with an item's vector
    /// is its part of the score.
    vectors: Vec<Vec<f64>>,
    factors: usize,
}

impl World {
    pub(super) fn new(config: &SimulatorConfig, seed: Seed) -> Self {
        let rng = &mut seed.stream("world");
        let numbered = |prefix: &str, n: usize| {
            let width = (n - 1).to_string().len();
            (0..n).map(|i| format!("{prefix}{i:0width$}")).collect::<Vec<String>>()
        };
        let ids = |prefix: &str, n: usize| match config.integer_ids {
            true => (0..n).map(|i| i.to_string()).collect(),
            false => numbered(prefix, n),
        };
        let names = vec![
            ids("user-", config.users),
            ids("item-", config.items),
            DAYTIMES.map(|(name, _)| name.to_string()).to_vec(),
            WEEKDAYS.map(|(name, _)| name.to_string()).to_vec(),
            ISWEEKEND.map(String::from).to_vec(),
            HOMEWORK.map(String::from).to_vec(),
            COSTS.map(|(name, _)| name.to_string()).to_vec(),
            WEATHERS.map(|(name, _)| name.to_string()).to_vec(),
            numbered("country-", config.countries),
            numbered("city-", config.cities),
        ];
        let city_sizes = Cumulative::new(zipf(config.cities, 1.0, rng));
        let homes = (0..config.users).map(|_| city_sizes.draw(rng)).collect();
        // The first cities make sure that every country has one.
        let country = |city: usize| match city < config.countries {
            true => city as u32,
            false => rng.random_range(0..config.countries as u32),
        };
        let country_of = (0..config.cities).map(country).collect();
        let contexts = (names.len() - CONTEXT) as f64;
        let length = (config.factors as f64).sqrt();
        let vectors = names.iter().enumerate().map(|(field, names)| {
            let scale = match field {
                USER => config.preference / length,
                ITEM => 1.0,
                _ => config.context / (length * contexts.sqrt()),
            };
            (0..names.len() * config.factors)
                .map(|_| scale * rng.sample::<f64, _>(StandardNormal))
                .collect()
        });
        let vectors = vectors.collect();
        Self {
            names,
            activity: Cumulative::new(zipf(config.users, config.user_skew, rng)),
            homes,
            city_sizes,
            country_of,
            daytimes: Cumulative::new(DAYTIMES.map(|(_, weight)| weight)),
            weekdays: Cumulative::new(WEEKDAYS.map(|(_, weight)| weight)),
            costs: Cumulative::new(COSTS.map(|(_, weight)| weight)),
            weathers: Cumulative::new(WEATHERS.map(|(_, weight)| weight)),
            popularity: zipf(config.items, config.item_skew, rng)
                .into_iter()
                .map(f64::ln)
                .collect(),
            vectors,
            factors: config.factors,
        }
    }

    /// Draws `clicks` clicks with their non-clicks, and each row's probability to be a click.
    pub(super) fn draw(&self, seed: Seed, part: &str, clicks: usize) -> (Raw, Vec<f64>) {
        let n = clicks * ROWS_PER_CLICK;
        let mut columns = vec![vec![0; n]; FIELDS.len()];
        let (mut labels, mut probabilities) = (vec![0; n], vec![0.0; n]);
        let rows = BLOCK * ROWS_PER_CLICK;
        let mut blocks: Vec<Block> = labels
            .chunks_mut(rows)
            .zip(probabilities.chunks_mut(rows))
            .map(|(labels, probabilities)| Block { columns: Vec::new(), labels, probabilities })
            .collect();
        for column in &mut columns {
            for (block, column) in blocks.iter_mut().zip(column.chunks_mut(rows)) {
                block.columns.push(column);
            }
        }
        blocks.into_par_iter().enumerate().for_each(|(index, block)| {
            self.fill(block, &mut seed.stream(&format!("{part}/{index}")));
        });
        let columns = FIELDS.iter().zip(&self.names).zip(columns).map(|((field, names), codes)| {
            let mut values = Interner::default();
            for name in names {
                values.insert(name.as_bytes());
            }
            RawColumn { name: field.to_string(), cells: Cells::Text { values, codes } }
        });
        let columns = columns.collect();
        let raw = Raw { path: super::NAME.into(), label: "label".into(), labels, columns };
        (raw, probabilities)
    }

    /// Draws one block's rows, in random order.
    fn fill(&self, mut block: Block, rng: &mut Rng) {
        let n_items = self.popularity.len();
        let mut order: Vec<usize> = (0..block.labels.len()).collect();
        order.shuffle(rng);
        let (mut weights, mut cumulative) = (vec![0.0; n_items], Vec::new());
        for rows in order.chunks(ROWS_PER_CLICK) {
            let (user, context) = self.user_and_context(rng);
            self.weigh_items(user, &context, &mut weights);
            cumulate(&weights, &mut cumulative);
            let total = cumulative[n_items - 1];
            let clicked = position(&cumulative, rng.random::<f64>() * total);
            for (&row, label) in rows.iter().zip([1, 0, 0]) {
                let item = match label {
                    1 => clicked,
                    _ => {
                        let other = rng.random_range(0..n_items - 1);
                        other + usize::from(other >= clicked)
                    }
                };
                let probability = weights[item] / total;
                let non_clicks = (ROWS_PER_CLICK - 1) as f64;
                let non_click = non_clicks * (1.0 - probability) / (n_items - 1) as f64;
                block.probabilities[row] = probability / (probability + non_click);
                block.labels[row] = label;
                block.columns[USER][row] = user;
                block.columns[ITEM][row] = item as u32;
                for (column, code) in block.columns[CONTEXT..].iter_mut().zip(context) {
                    column[row] = code;
                }
            }
        }
    }

    /// Someone, somewhere, at some time.
    fn user_and_context(&self, rng: &mut Rng) -> (u32, [u32; FIELDS.len() - CONTEXT]) {
        let user = self.activity.draw(rng);
        let daytime = self.daytimes.draw(rng);
        let weekday = self.weekdays.draw(rng);
        let isweekend = u32::from(weekday >= FIRST_WEEKEND_DAY);
        let working_hours = isweekend == 0 && (1..=3).contains(&daytime);
        let homework = match rng.random::<f64>() {
            draw if draw < 0.6 => 0,
            draw if draw < 0.95 => 1 + u32::from(working_hours),
            _ => 1 + u32::from(!working_hours),
        };
        let cost = self.costs.draw(rng);
        let weather = self.weathers.draw(rng);
        let city = match rng.random::<f64>() < TRAVELLING {
            true => self.city_sizes.draw(rng),
            false => self.homes[user as usize],
        };
        let country = self.country_of[city as usize];
        (user, [daytime, weekday, isweekend, homework, cost, weather, country, city])
    }

    /// The items' weights `exp(score)`, divided by the largest so that none overflows.
    fn weigh_items(&self, user: u32, context: &[u32], weights: &mut [f64]) {
        let vector = |field: usize, code: u32| {
            let start = code as usize * self.factors;
            &self.vectors[field][start..start + self.factors]
        };
        let mut taste = vector(USER, user).to_vec();
        for (field, &code) in context.iter().enumerate() {
            let effect = vector(CONTEXT + field, code);
            taste.iter_mut().zip(effect).for_each(|(taste, effect)| *taste += effect);
        }
        let items = self.popularity.iter().zip(self.vectors[ITEM].chunks_exact(self.factors));
        let mut largest = f64::NEG_INFINITY;
        for ((popularity, item), score) in items.zip(&mut *weights) {
            *score = popularity + taste.iter().zip(item).map(|(t, i)| t * i).sum::<f64>();
            largest = largest.max(*score);
        }
        weights.iter_mut().for_each(|score| *score = (*score - largest).exp());
    }
}

/// The rows that one stream of random numbers fills.
struct Block<'a> {
    columns: Vec<&'a mut [u32]>,
    labels: &'a mut [u8],
    probabilities: &'a mut [f64],
}

/// Weighted draws of a position.
struct Cumulative(Vec<f64>);

impl Cumulative {
    fn new(weights: impl AsRef<[f64]>) -> Self {
        let mut sums = Vec::new();
        cumulate(weights.as_ref(), &mut sums);
        Self(sums)
    }

    fn draw(&self, rng: &mut Rng) -> u32 {
        position(&self.0, rng.random::<f64>() * self.0[self.0.len() - 1]) as u32
    }
}

/// The sums of the weights up to each position.
fn cumulate(weights: &[f64], sums: &mut Vec<f64>) {
    sums.clear();
    sums.extend(weights.iter().scan(0.0, |sum, weight| {
        *sum += weight;
        Some(*sum)
    }));
}

/// The first position whose cumulative weight exceeds `at`.
fn position(cumulative: &[f64], at: f64) -> usize {
    cumulative.partition_point(|&sum| sum <= at).min(cumulative.len() - 1)
}

/// The weights `1, 2^-skew, 3^-skew …` in random order.
fn zipf(n: usize, skew: f64, rng: &mut Rng) -> Vec<f64> {
    let mut weights: Vec<f64> = (1..=n).map(|rank| (rank as f64).powf(-skew)).collect();
    weights.shuffle(rng);
    weights
}
