//! Adding seeds where the answer to a claim is open.

use super::Seeds;
use serde::{Deserialize, Serialize};

/// How seeds are added to the cells whose claims are open.
///
/// The seeds of the experiment come first, for all its cells; then come further ones, a block at a
/// time, for those that an open claim speaks of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UntilDecided {
    /// Most seeds of a cell, from 3. Default: 60, with which looking often takes a third
    /// fewer trainings than a fixed number of seeds that finds as much.
    pub max_seeds: u64,
    /// Seeds added to a cell before its claims are looked at again, from 1. Default: 2.
    pub block: u64,
    /// A file of claims. Default: those of the paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
}

impl Default for UntilDecided {
    fn default() -> Self {
        Self { max_seeds: 60, block: 2, claims: None }
    }
}

/// Fewer seeds say nothing about their spread.
const LEAST: usize = 3;

/// More seeds than anybody can run.
const MOST: u64 = 10_000;

impl UntilDecided {
    /// Checks every setting's range, given the seeds that come first.
    pub(super) fn check(&self, seeds: &Seeds) -> Result<(), String> {
        let n = seeds.training().len();
        if seeds.are_crossed() {
            return Err("until_decided adds replicates; seeds must be a number or a list".into());
        }
        if self.block == 0 || self.block > MOST {
            return Err(format!("until_decided.block is {}; it must be 1 to {MOST}", self.block));
        }
        if self.max_seeds < LEAST as u64 || self.max_seeds > MOST {
            return Err(format!(
                "until_decided.max_seeds is {}; it must be {LEAST} to {MOST}",
                self.max_seeds
            ));
        }
        if n < LEAST {
            return Err(format!(
                "seeds names {n}; to look at their spread until_decided needs {LEAST} to begin with: give --seeds {LEAST}"
            ));
        }
        if n as u64 > self.max_seeds {
            return Err(format!(
                "seeds names {n}, more than until_decided.max_seeds ({}), which are the most of a cell",
                self.max_seeds
            ));
        }
        Ok(())
    }

    /// The seeds that a cell may come to have: those that come first, then the smallest others.
    pub fn seeds(&self, first: &Seeds) -> Vec<u64> {
        let mut seeds = first.training().to_vec();
        let more = (1..).filter(|seed| !first.training().contains(seed));
        seeds.extend(more.take((self.max_seeds as usize).saturating_sub(seeds.len())));
        seeds
    }
}
