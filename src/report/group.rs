//! Scenarios by what is added.

use crate::experiment::Scenario;

/// Scenarios whose differences are of one size and one sign: those of others would press them together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Group {
    /// Synthetic clicks alone.
    Clicks,
    /// Synthetic non-clicks alone.
    Others,
    /// Both.
    Both,
    /// Synthetic rows without real ones.
    Only,
}

impl Group {
    /// All of them, in the order of reports.
    pub const ALL: [Group; 4] = [Self::Clicks, Self::Others, Self::Both, Self::Only];

    /// That of a scenario; none of `base`.
    pub fn of(scenario: Scenario) -> Option<Self> {
        match scenario {
            Scenario::Base => None,
            Scenario::SyntheticOnly => Some(Self::Only),
            Scenario::Added(added) => Some(match (added.clicks(), added.others()) {
                (_, 0) => Self::Clicks,
                (0, _) => Self::Others,
                _ => Self::Both,
            }),
        }
    }
}
