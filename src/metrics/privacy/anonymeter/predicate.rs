//! Predicates: what an attacker says about one row.

/// What must hold of a row for a [`Predicate`] to match it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Condition {
    /// The category of this code.
    Is(u32),
    /// Any other category.
    IsNot(u32),
    /// This number.
    Equal(f64),
    /// Another number.
    NotEqual(f64),
    /// This number or a larger one.
    AtLeast(f64),
    /// This number or a smaller one.
    AtMost(f64),
    /// A larger number.
    Above(f64),
    /// A smaller number.
    Below(f64),
    /// No number.
    Missing,
    /// Any number.
    Present,
}

impl Condition {
    /// Whether a category satisfies this.
    pub fn holds_for_code(self, code: u32) -> bool {
        match self {
            Self::Is(wanted) => code == wanted,
            Self::IsNot(unwanted) => code != unwanted,
            _ => false,
        }
    }

    /// Whether a number satisfies this. No comparison holds for a missing one.
    pub fn holds_for_number(self, number: f64) -> bool {
        match self {
            Self::Equal(other) => number == other,
            Self::NotEqual(other) => number != other && !number.is_nan(),
            Self::AtLeast(other) => number >= other,
            Self::AtMost(other) => number <= other,
            Self::Above(other) => number > other,
            Self::Below(other) => number < other,
            Self::Missing => number.is_nan(),
            Self::Present => !number.is_nan(),
            Self::Is(_) | Self::IsNot(_) => false,
        }
    }

    /// Equal for equal conditions, and for those alone.
    fn key(self) -> (u8, u64) {
        // Adding 0.0 makes the negative zero positive.
        match self {
            Self::Is(code) => (0, code.into()),
            Self::IsNot(code) => (1, code.into()),
            Self::Equal(number) => (2, (number + 0.0).to_bits()),
            Self::NotEqual(number) => (3, (number + 0.0).to_bits()),
            Self::AtLeast(number) => (4, (number + 0.0).to_bits()),
            Self::AtMost(number) => (5, (number + 0.0).to_bits()),
            Self::Above(number) => (6, (number + 0.0).to_bits()),
            Self::Below(number) => (7, (number + 0.0).to_bits()),
            Self::Missing => (8, 0),
            Self::Present => (9, 0),
        }
    }
}

/// Conditions on some columns, all of which must hold; columns ascend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Predicate(pub Vec<(usize, Condition)>);

impl Predicate {
    /// Equal for equal predicates, and for those alone.
    pub fn key(&self) -> Vec<(usize, (u8, u64))> {
        self.0.iter().map(|&(column, condition)| (column, condition.key())).collect()
    }
}
