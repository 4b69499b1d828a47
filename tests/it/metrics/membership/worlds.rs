//! Populations of known distribution, and generators that are known to leak or not to.

use rand::RngExt;
use rand::seq::SliceRandom;
use synthctr::data::Coded;
use synthctr::metrics::privacy::membership::World;
use synthctr::seed::{Rng, Seed};

/// Rows of a latent class model: a class, then every field's category given the class.
pub struct Population {
    /// Cumulative shares of classes, and by field and class those of categories.
    classes: Vec<f64>,
    fields: Vec<Vec<Vec<f64>>>,
}

/// Numbers of categories.
const SIZES: [usize; 8] = [10, 50, 20, 40, 15, 30, 12, 25];
const CLASSES: usize = 10;

impl Population {
    pub fn new(skew: f64, seed: &Seed) -> Self {
        let mut rng = seed.stream("population");
        let shares = |size: usize, rng: &mut Rng| {
            // Shares fall with rank, as categories of clicks do; ranks are the class's own.
            let mut shares: Vec<f64> = (1..=size).map(|rank| (rank as f64).powf(-skew)).collect();
            shares.shuffle(rng);
            let total: f64 = shares.iter().sum();
            let mut sum = 0.0;
            shares
                .iter()
                .map(|share| {
                    sum += share / total;
                    sum
                })
                .collect::<Vec<f64>>()
        };
        let classes = shares(CLASSES, &mut rng);
        let of_field = |&size: &usize| (0..CLASSES).map(|_| shares(size, &mut rng)).collect();
        Self { classes, fields: SIZES.iter().map(of_field).collect() }
    }

    pub fn rows(&self, n: usize, rng: &mut Rng) -> Coded {
        let mut columns = vec![Vec::with_capacity(n); SIZES.len()];
        for _ in 0..n {
            let class = draw(&self.classes, rng);
            for (column, field) in columns.iter_mut().zip(&self.fields) {
                column.push(draw(&field[class], rng) as u32);
            }
        }
        Coded::new(columns, SIZES.to_vec())
    }

    /// `n` rows each of members, non-members, the reference and synthetic ones, of which a share are
    /// copies of as many members, one each, perhaps with a field altered, and the others rows like
    /// any.
    pub fn world(&self, n: usize, memorised: f64, altered: bool, seed: &Seed) -> World {
        let mut rng = seed.stream("world");
        let members = self.rows(n, &mut rng);
        let (non_members, reference) = (self.rows(n, &mut rng), self.rows(n, &mut rng));
        let n_copies = (memorised * n as f64).round() as usize;
        let copied: Vec<usize> = (0..n_copies).collect();
        let mut copies = members.select(&copied);
        if altered {
            copies = with_a_field_of(&copies, &self.rows(n_copies, &mut rng), &mut rng);
        }
        let synthetic = copies.chain(&self.rows(n - n_copies, &mut rng));
        World { members, non_members, reference, synthetic }
    }
}

/// Rows with one field each, any of them, taken from `others`.
fn with_a_field_of(rows: &Coded, others: &Coded, rng: &mut Rng) -> Coded {
    let fields: Vec<usize> =
        (0..rows.n_rows()).map(|_| rng.random_range(0..rows.n_columns())).collect();
    let column = |column: usize| {
        let codes = rows.column(column).iter().zip(others.column(column)).zip(&fields);
        codes.map(|((&own, &other), &field)| if field == column { other } else { own }).collect()
    };
    Coded::new((0..rows.n_columns()).map(column).collect(), rows.sizes().to_vec())
}

fn draw(cumulative: &[f64], rng: &mut Rng) -> usize {
    let u: f64 = rng.random();
    cumulative.partition_point(|&share| share <= u).min(cumulative.len() - 1)
}

/// Tables whose first column names the user: train, holdout, synthetic.
pub struct UserTables {
    pub train: Coded,
    pub holdout: Coded,
    pub synthetic: Coded,
}

impl Population {
    /// Rows of users, whose numbers of rows differ widely, in the order of users from 0 on. A user
    /// has a favourite for every field, taken in half of the rows.
    fn rows_of_users(&self, users: usize, rng: &mut Rng) -> Vec<Vec<u32>> {
        let mut columns = vec![Vec::new(); 1 + SIZES.len()];
        for user in 0..users {
            let n_rows = 1 + (12.0 * rng.random::<f64>().powi(3)) as usize;
            let rows = self.rows(1 + n_rows, rng);
            for row in 1..=n_rows {
                columns[0].push(user as u32);
                for (to, from) in columns[1..].iter_mut().zip(rows.columns()) {
                    to.push(from[if rng.random::<bool>() { 0 } else { row }]);
                }
            }
        }
        columns
    }

    /// Train and holdout hold `users` users each. Of a share of train's users the generator gives
    /// all rows away, under the names of any users of train; its other rows are those of new users.
    pub fn user_tables(&self, users: usize, memorised: f64, seed: &Seed) -> UserTables {
        let mut rng = seed.stream("users");
        let mut sizes = vec![2 * users];
        sizes.extend(SIZES);
        let mut real = self.rows_of_users(2 * users, &mut rng);
        let n_train = real[0].partition_point(|&user| user < users as u32);
        let holdout = real.iter_mut().map(|column| column.split_off(n_train)).collect();
        let n_memorised = (memorised * users as f64).round() as u32;
        let n_copied = real[0].partition_point(|&user| user < n_memorised);
        let mut synthetic: Vec<Vec<u32>> =
            real.iter().map(|column| column[..n_copied].to_vec()).collect();
        let new = self.rows_of_users(users - n_memorised as usize, &mut rng);
        synthetic.iter_mut().zip(new).for_each(|(column, new)| column.extend(new));
        for user in &mut synthetic[0] {
            *user = rng.random_range(0..users as u32);
        }
        UserTables {
            train: Coded::new(real, sizes.clone()),
            holdout: Coded::new(holdout, sizes.clone()),
            synthetic: Coded::new(synthetic, sizes),
        }
    }

    /// The same real rows, dealt into train and holdout one by one instead of by user; the synthetic
    /// rows are those of new users.
    pub fn tables_dealt_by_row(&self, users: usize, seed: &Seed) -> UserTables {
        let tables = self.user_tables(users, 0.0, seed);
        let real = tables.train.chain(&tables.holdout);
        let mut rng = seed.stream("rows");
        let (train, holdout): (Vec<usize>, Vec<usize>) =
            (0..real.n_rows()).partition(|_| rng.random_bool(0.7));
        UserTables {
            train: real.select(&train),
            holdout: real.select(&holdout),
            synthetic: tables.synthetic,
        }
    }
}
