//! Rows that an attack tells apart, and what it knows.

use crate::data::Coded;
use crate::metrics::privacy::groups;
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
    ///
    /// Rows that agree in the columns `together`, if there are such columns, are dealt as one, and
    /// one of them, drawn at random, is at stake: the others would tell it, or be counted as if they
    /// were independent of it.
    pub fn of_rows(
        train: &Coded,
        holdout: &Coded,
        synthetic: &Coded,
        together: Option<&[usize]>,
        seed: &Seed,
    ) -> Self {
        let group = |rows: &Coded| match together {
            Some(columns) => groups(rows, columns),
            None => (0..rows.n_rows() as u32).collect(),
        };
        let ids = group(holdout);
        let n_groups = ids.iter().max().map_or(0, |&last| last as usize + 1);
        let mut order: Vec<u32> = (0..n_groups as u32).collect();
        order.shuffle(&mut seed.stream("deal"));
        let mut at_stake = vec![false; n_groups];
        order[..n_groups.div_ceil(2)].iter().for_each(|&id| at_stake[id as usize] = true);
        let (stake, reference): (Vec<usize>, Vec<usize>) =
            (0..holdout.n_rows()).partition(|&row| at_stake[ids[row] as usize]);
        let stake = one_each(stake, &ids, seed.derive("non-members"));
        let members = match together {
            Some(_) => {
                let all = (0..train.n_rows()).collect();
                train.select(&one_each(all, &group(train), seed.derive("members")))
            }
            None => train.clone(),
        };
        Self {
            members,
            non_members: holdout.select(&stake),
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

/// One of `rows` for each group, at random; `groups` has the group of each row.
fn one_each(mut rows: Vec<usize>, groups: &[u32], seed: Seed) -> Vec<usize> {
    rows.shuffle(&mut seed.stream("one of each group"));
    let mut seen = BTreeSet::new();
    rows.retain(|&row| seen.insert(groups[row]));
    rows.sort_unstable();
    rows
}
