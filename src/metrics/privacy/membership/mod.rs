//! Membership inference: can it be told which rows, or users, a generator learned from?
//!
//! Attacks are scored by rows of train, the members, and rows of a holdout that the generator never
//! saw. One that does better than chance on them shows a leak that distances to train need not show
//! ("The DCR Delusion", arXiv 2505.01524).

mod attacks;
mod level;
mod permutations;
mod roc;
mod users;
mod world;

pub use level::{Achieved, Level};
pub use roc::AtFpr;
pub use world::World;

use crate::data::Coded;
use crate::progress::Progress;
use crate::seed::Seed;
use attacks::{ATTACKS, Attack, Evidence};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use users::{Users, maximum, mean};

/// Users outside train without which nothing is said about users.
const FEWEST_USERS: usize = 10;

/// How membership is attacked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Random choices of members that the real one is compared with.
    pub permutations: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { permutations: 1999 }
    }
}

/// What is known of the columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Roles<'a> {
    /// The position of the user's column.
    pub user: Option<usize>,
    /// The columns in which rows are alike that a split has kept together, if it has: see
    /// [`kept_together`](super::kept_together).
    pub together: Option<&'a [usize]>,
}

/// What membership inference achieves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// On rows; None where `notes` say why.
    pub row: Option<Level>,
    /// On users; None where `notes` say why.
    pub user: Option<Level>,
    /// The share of users of train whose identifier stands among the synthetic rows. Nothing
    /// alarming in itself: a generator that draws identifiers from train names most of them.
    pub users_named: Option<f64>,
    /// Why something is missing.
    pub notes: Vec<String>,
}

/// Attacks the rows of `train`, and its users where their column is known.
///
/// The holdout is dealt into non-members and the attacker's reference at random: row by row for
/// attacks on rows, user by user for attacks on users, so that no attack gets to know a non-member
/// by other rows of the same user. In attacks on users the user column takes no part in comparisons,
/// since its mere values would tell.
///
/// The p-values of rows hold where rows were dealt into train and holdout at random, or where those
/// that were dealt as one are named: they are then dealt as one here too, and one of them is at
/// stake. Where users were, the identifier alone tells rows of train; then it is the users that
/// should be looked at.
pub fn membership(
    train: &Coded,
    holdout: &Coded,
    synthetic: &Coded,
    roles: Roles<'_>,
    options: &Options,
    seed: &Seed,
    progress: &dyn Progress,
) -> Membership {
    let mut notes = Vec::new();
    let mut noted = |level: Result<Level, String>, what: &str| {
        level.map_err(|reason| notes.push(format!("membership, {what}: {reason}"))).ok()
    };
    let world = World::of_rows(train, holdout, synthetic, roles.together, &seed.derive("rows"));
    let row = noted(Level::of_rows(&world, options, &seed.derive("rows"), progress), "row");
    let user = roles.user;
    let user_level = match user {
        None => Err("no user column was named".to_owned()),
        Some(user) => {
            let seed = seed.derive("users");
            let (world, members, non_members) =
                World::of_users(train, holdout, synthetic, user, &seed);
            Level::of_users(&world, &members, &non_members, options, &seed, progress)
        }
    };
    let user_level = noted(user_level, "user");
    if holdout.n_rows() == 1 {
        notes.push("membership: a holdout of one row leaves no reference to compare with".into());
    }
    let dealt_by_user = |user: usize| {
        let train: BTreeSet<u32> = train.column(user).iter().copied().collect();
        holdout.n_rows() > 1 && !holdout.column(user).iter().any(|user| train.contains(user))
    };
    if row.is_some() && user.is_some_and(dealt_by_user) {
        let told = "no user of the holdout is in train, so rows are told by their user; their \
                    p-values do not hold, those of users do";
        notes.push(format!("membership, row: {told}"));
    }
    let users_named = user.and_then(|user| users_named(train.column(user), synthetic.column(user)));
    Membership { row, user: user_level, users_named, notes }
}

/// The scores of all rows at stake, members then non-members, under each attack. Without a
/// reference, those of the attacks that need none.
pub fn attack_scores(world: &World, progress: &dyn Progress) -> Vec<(String, Vec<f64>)> {
    let evidence = Evidence::new(world, progress);
    let possible = |attack: &&Attack| !attack.compares || world.reference.n_rows() > 0;
    let attacks: Vec<&Attack> = ATTACKS.iter().filter(possible).collect();
    progress.start("attacks", attacks.len() as u64);
    let scores = attacks.into_par_iter().map(|attack| {
        let scores = (attack.scores)(&evidence);
        progress.advance(1);
        (attack.name.to_owned(), scores)
    });
    let scores = scores.collect();
    progress.finish();
    scores
}

impl Level {
    /// Attacks rows. The error says what there is none of.
    pub fn of_rows(
        world: &World,
        options: &Options,
        seed: &Seed,
        progress: &dyn Progress,
    ) -> Result<Self, String> {
        world.check()?;
        let is_member = world.is_member();
        let rows = 0..is_member.len();
        let scores = attack_scores(world, progress);
        Self::new(&scores, &is_member, std::slice::from_ref(&rows), options.permutations, seed)
            .ok_or_else(|| "there is no attack".to_owned())
    }

    /// Attacks users, given those of the members and of the non-members, row by row: each attack by
    /// the mean and by the maximum of the scores of a user's rows. Members are the users that have a
    /// row in train. The error says why there are none to compare.
    ///
    /// # Panics
    /// If there are not as many users as rows.
    pub fn of_users(
        world: &World,
        members: &[u32],
        non_members: &[u32],
        options: &Options,
        seed: &Seed,
        progress: &dyn Progress,
    ) -> Result<Self, String> {
        assert_eq!(members.len(), world.members.n_rows(), "a user of each member");
        assert_eq!(non_members.len(), world.non_members.n_rows(), "a user of each non-member");
        world.check()?;
        let users = Users::new(members, non_members);
        let outside = users.is_member.iter().filter(|&&is_member| !is_member).count();
        if outside < FEWEST_USERS {
            return Err(format!(
                "{outside} users outside train have about as many rows as users in train; it takes \
                 {FEWEST_USERS}"
            ));
        }
        let scores = attack_scores(world, progress);
        let gathered = scores.par_iter().flat_map_iter(|(name, scores)| {
            [
                (format!("{name}/mean"), users.scores(scores, mean)),
                (format!("{name}/maximum"), users.scores(scores, maximum)),
            ]
        });
        let gathered: Vec<(String, Vec<f64>)> = gathered.collect();
        Self::new(&gathered, &users.is_member, &users.strata, options.permutations, seed)
            .ok_or_else(|| "there is no attack".to_owned())
    }
}

/// The share of the distinct users in `train` that stand in `synthetic`.
fn users_named(train: &[u32], synthetic: &[u32]) -> Option<f64> {
    let distinct = |users: &[u32]| users.iter().copied().collect::<BTreeSet<u32>>();
    let (train, synthetic) = (distinct(train), distinct(synthetic));
    let named = train.intersection(&synthetic).count();
    (!train.is_empty()).then(|| named as f64 / train.len() as f64)
}
