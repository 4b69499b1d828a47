//! Users at stake: their rows' scores, gathered.

use std::collections::BTreeMap;
use std::ops::Range;

/// Users that can be compared, stratum by stratum.
///
/// A user with many rows has higher maxima and surer means, and, where rows and not users were dealt
/// into train, is in train more often. Users are therefore compared with users of about as many
/// rows: exactly as many up to [`EXACT`], above that up to a quarter more. Strata in which all users
/// are members, or none, say nothing and are left out.
pub(super) struct Users {
    /// The rows of each user.
    rows: Vec<Vec<usize>>,
    /// Whether each user has a row in train.
    pub is_member: Vec<bool>,
    /// The users of each stratum.
    pub strata: Vec<Range<usize>>,
}

/// Up to so many rows a user is compared with users of as many.
const EXACT: usize = 8;

impl Users {
    /// Of the users of members and of non-members, by row.
    pub(super) fn new(members: &[u32], non_members: &[u32]) -> Self {
        let mut rows_of: BTreeMap<u32, (bool, Vec<usize>)> = BTreeMap::new();
        for (row, &user) in members.iter().chain(non_members).enumerate() {
            let (is_member, rows) = rows_of.entry(user).or_default();
            *is_member |= row < members.len();
            rows.push(row);
        }
        let mut by_stratum: BTreeMap<usize, Vec<(bool, Vec<usize>)>> = BTreeMap::new();
        for user in rows_of.into_values() {
            by_stratum.entry(stratum(user.1.len())).or_default().push(user);
        }
        let mut users = Self { rows: Vec::new(), is_member: Vec::new(), strata: Vec::new() };
        for stratum in by_stratum.into_values() {
            let n_members = stratum.iter().filter(|user| user.0).count();
            if n_members > 0 && n_members < stratum.len() {
                let start = users.rows.len();
                users.strata.push(start..start + stratum.len());
                for (is_member, rows) in stratum {
                    users.is_member.push(is_member);
                    users.rows.push(rows);
                }
            }
        }
        users
    }

    /// Every user's score: where the `gather`ed scores of the user's rows stand among those of the
    /// stratum, from 0 to 1, so that strata can be put side by side.
    pub(super) fn scores(&self, scores: &[f64], gather: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let mut standings = vec![0.0; self.rows.len()];
        for stratum in &self.strata {
            let gathered = stratum.clone().map(|user| {
                let rows: Vec<f64> = self.rows[user].iter().map(|&row| scores[row]).collect();
                (gather(&rows), user)
            });
            let mut gathered: Vec<(f64, usize)> = gathered.collect();
            gathered.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let mut below = 0;
            for tied in gathered.chunk_by(|a, b| a.0 == b.0) {
                let standing = (below as f64 + tied.len() as f64 / 2.0) / stratum.len() as f64;
                tied.iter().for_each(|&(_, user)| standings[user] = standing);
                below += tied.len();
            }
        }
        standings
    }
}

/// The stratum of users of `n` rows.
fn stratum(n: usize) -> usize {
    let mut top = EXACT;
    if n <= top {
        return n;
    }
    let mut place = EXACT;
    while top < n {
        top += (top / 4).max(1);
        place += 1;
    }
    place
}

/// The mean of scores.
pub(super) fn mean(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// The largest of scores.
pub(super) fn maximum(scores: &[f64]) -> f64 {
    scores.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_compared_with_users_of_about_as_many_rows() {
        let strata: Vec<usize> = (1..2000).map(stratum).collect();
        assert_eq!(strata[..9], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        for same in (1..2000usize).collect::<Vec<_>>().chunk_by(|&a, &b| stratum(a) == stratum(b)) {
            let (least, most) = (same[0], same[same.len() - 1]);
            assert!(4 * most <= 5 * (least - 1) || least == most, "{least} to {most}");
        }
        assert!(strata.is_sorted());
    }

    #[test]
    fn scores_are_standings_among_users_of_as_many_rows() {
        // Users 7 and 3 have two rows each, 5, 6 and 8 one, 4 three and nobody like it.
        let members = [7, 7, 5, 4, 4, 4, 8];
        let non_members = [3, 6, 3];
        let users = Users::new(&members, &non_members);
        assert_eq!(users.strata, [0..3, 3..5]);
        // By stratum in the order of users: 5, 6, 8, then 3, 7.
        assert_eq!(users.is_member, [true, false, true, false, true]);
        let scores = [0.0, 9.0, 2.0, 1.0, 1.0, 1.0, 2.0, 4.0, 1.0, 6.0];
        let middle = [2.0 / 3.0, 0.5 / 3.0, 2.0 / 3.0];
        assert_eq!(users.scores(&scores, maximum), [&middle[..], &[0.25, 0.75]].concat());
        assert_eq!(users.scores(&scores, mean), [&middle[..], &[0.75, 0.25]].concat());
    }

    #[test]
    fn a_user_of_both_is_a_member_by_all_its_rows() {
        let users = Users::new(&[1, 2], &[1, 3, 3, 4]);
        // 1 with 3, which have two rows, 2 with 4.
        assert_eq!(users.is_member, [true, false, true, false]);
        assert_eq!(
            users.scores(&[0.0, 5.0, 8.0, 3.0, 4.0, 6.0], maximum),
            [0.25, 0.75, 0.75, 0.25]
        );
    }

    #[test]
    fn nobody_to_compare_with_leaves_nobody() {
        assert!(Users::new(&[1, 1], &[1, 1]).strata.is_empty());
        assert!(Users::new(&[1, 1], &[2]).strata.is_empty());
        assert!(Users::new(&[], &[]).strata.is_empty());
    }
}
