//! How the attacks are made, and why one cannot be.

use serde::{Deserialize, Serialize};

/// How the attacks are made. The defaults are Anonymeter's where it has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Number of attacks of each attacker; fewer where there are fewer rows to attack.
    pub attacks: usize,
    /// Confidence of all intervals, between 0 and 1.
    pub confidence: f64,
    /// Columns in a predicate of the multivariate singling-out attack; all, if there are fewer.
    pub predicate_columns: usize,
    /// Predicates of the multivariate singling-out attack that may be tried to find as many as
    /// `attacks` that single out a synthetic row.
    pub attempts: usize,
    /// Synthetic rows nearest to each half of a record among which linkability looks for a
    /// common one.
    pub neighbors: usize,
    /// Largest relative error of a guessed number that counts as right.
    pub tolerance: f64,
    /// The columns known to each side in linkability; without them, columns go to the two sides
    /// in turn.
    pub halves: Option<(Vec<usize>, Vec<usize>)>,
    /// The columns that inference guesses, each given all the others; without them, every column.
    pub secrets: Option<Vec<usize>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            attacks: 2000,
            confidence: 0.95,
            predicate_columns: 3,
            attempts: 500_000,
            neighbors: 1,
            tolerance: 0.05,
            halves: None,
            secrets: None,
        }
    }
}

impl Options {
    /// Says what is not possible with these options and tables.
    pub(super) fn check(&self, real: usize, synthetic: usize) -> Result<(), Undefined> {
        if real == 0 {
            return Err(Undefined::NoRealRows);
        }
        if synthetic == 0 {
            return Err(Undefined::NoSyntheticRows);
        }
        if self.attacks == 0 {
            return Err(Undefined::NoAttacks);
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            return Err(Undefined::Confidence(self.confidence));
        }
        Ok(())
    }
}

/// Why an attack cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Undefined {
    /// There is nobody to attack.
    #[error("the real table has no rows")]
    NoRealRows,
    /// There is nothing to attack with.
    #[error("the synthetic table has no rows")]
    NoSyntheticRows,
    /// No column to say anything about.
    #[error("the tables have no columns")]
    NoColumns,
    /// Options that ask for nothing.
    #[error("no attacks are asked for")]
    NoAttacks,
    /// Options that ask for no neighbours.
    #[error("linkability needs at least one nearest row of each side")]
    NoNeighbors,
    /// Options that ask for an impossible interval.
    #[error("a confidence of {0} does not lie between 0 and 1")]
    Confidence(f64),
    /// One side of linkability is empty.
    #[error("linkability needs two sides with a column each")]
    OneSide,
    /// Nothing to guess from.
    #[error("inference needs a column besides the one that is guessed")]
    NothingKnown,
    /// The secret is given away.
    #[error("the column that inference guesses is among those that the attacker knows")]
    SecretKnown,
}
