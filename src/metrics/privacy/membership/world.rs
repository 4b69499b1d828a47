//! Rows that an attack tells apart, and what it knows.

use crate::data::Coded;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use std::collections::BTreeSet;

/// Rows in train, rows that are not, and what an attacker holds; all coded alike.
#[derive(Clone, Debug)]
pub struct World {
    /// The rows of the train table.
    pub members: Coded,
    /// Real rows that neither the generator nor the attacker has seen.
    pub non_members: Coded,
    /// Other real rows that the generator has not seen, for attacks that compare.
    pub reference: Coded,
    /// The synthetic rows.
    pub synthetic: Coded,
}

impl World {
    /// Non-members and the reference are halves of the rows of `holdout`, at random.
    pub fn of_rows(train: &Coded, holdout: &Coded, synthetic: &Coded, seed: &Seed) -> Self {
        let mut rows: Vec<usize> = (0..holdout.n_rows()).collect();
        rows.shuffle(&mut seed.stream("deal"));
        let reference = rows.split_off(rows.len().div_ceil(2));
        Self {
            members: train.clone(),
            non_members: holdout.select(&rows),
            reference: holdout.select(&reference),
            synthetic: synthetic.clone(),
        }
    }

    /// Non-members and the reference are the rows of halves of the users of `holdout`, at random.
    /// The column of users is taken out and returned, of members and of non-members.
    pub(super) fn of_users(
        train: &Coded,
        holdout: &Coded,
        synthetic: &Coded,
        user: usize,
        seed: &Seed,
    ) -> (Self, Vec<u32>, Vec<u32>) {
        let users = holdout.column(user);
        let distinct: BTreeSet<u32> = users.iter().copied().collect();
        let mut shuffled: Vec<u32> = distinct.into_iter().collect();
        shuffled.shuffle(&mut seed.stream("deal"));
        let n_stake = shuffled.len().div_ceil(2);
        let at_stake: BTreeSet<u32> = shuffled[..n_stake].iter().copied().collect();
        let (stake, reference): (Vec<usize>, Vec<usize>) =
            (0..users.len()).partition(|&row| at_stake.contains(&users[row]));
        let non_members = stake.iter().map(|&row| users[row]).collect();
        let world = Self {
            members: train.without(user),
            non_members: holdout.select(&stake).without(user),
            reference: holdout.select(&reference).without(user),
            synthetic: synthetic.without(user),
        };
        (world, train.column(user).to_vec(), non_members)
    }

    /// Whether every row at stake is a member: members first.
    pub(super) fn is_member(&self) -> Vec<bool> {
        let mut is_member = vec![true; self.members.n_rows()];
        is_member.resize(self.members.n_rows() + self.non_members.n_rows(), false);
        is_member
    }

    /// What there must be for any attack.
    pub(super) fn check(&self) -> Result<(), String> {
        let needed = [
            (&self.members, "train"),
            (&self.non_members, "holdout"),
            (&self.synthetic, "synthetic"),
        ];
        match needed.iter().find(|(rows, _)| rows.n_rows() == 0) {
            Some((_, name)) => Err(format!("there is no {name} row")),
            None if self.members.n_columns() == 0 => Err("there is no column to compare".into()),
            None => Ok(()),
        }
    }
}
