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
            shares.iter().map(|share| { sum += share / total; sum }).collect::<Vec<f64>>()
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
    /// copies of as many members, one each, and the others rows like any.
    pub fn world(&self, n: usize, memorised: f64, altered: bool, seed: &Seed) -> World {
        let mut rng = seed.stream("world");
        let members = self.rows(n, &mut rng);
        let (non_members, reference) = (self.rows(n, &mut rng), self.rows(n, &mut rng));
        let n_copies = (memorised * n as f64).round() as usize;
        let copied: Vec<usize> = (0..n_copies).collect();
        let mut copies = members.select(&copied);
        if altered {
            let others = self.rows(n_copies, &mut rng);
            let mut columns = copies.columns().to_vec();
            for row in 0..n_copies {
                let column = rng.random_range(0..SIZES.len());
                columns[column][row] = others.column(column)[row];
            }
            copies = Coded::new(columns, SIZES.to_vec());
        }
        let synthetic = copies.chain(&self.rows(n - n_copies, &mut rng));
        World { members, non_members, reference, synthetic }
    }
}

fn draw(cumulative: &[f64], rng: &mut Rng) -> usize {
    let u: f64 = rng.random();
    cumulative.partition_point(|&share| share <= u).min(cumulative.len() - 1)
}
