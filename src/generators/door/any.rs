//! Generators of this program and of users, by name.

use super::kind::{Conditioning, GeneratorKind, Reading};
use crate::names::{Any, Known};

/// What makes synthetic rows: a generator of this program, or a program or rows that a user brings.
pub type AnyGenerator = Any<GeneratorKind>;

impl Known for GeneratorKind {
    const WHAT: &'static str = "generator";
    const ALL: &'static [Self] = &Self::ALL;
    const TAKEN: &'static [&'static str] = &["none", "base", "real", "copies", "all"];

    fn name(self) -> &'static str {
        self.name()
    }
}

impl AnyGenerator {
    /// Whether this program trains it: its fit has losses, depends on the device and can be saved.
    pub fn is_trained(self) -> bool {
        self.ours().is_some_and(GeneratorKind::is_trained)
    }

    /// Whether it is a control, whose rows no model of the data stands behind.
    pub fn is_control(self) -> bool {
        use GeneratorKind::{Independent, Resample, UniformItem};
        self.ours().is_some_and(|kind| [Independent, Resample, UniformItem].contains(&kind))
    }

    /// The ways of fitting that differ for it. An external one gets all rows, and does with the labels
    /// as it likes.
    pub fn conditionings(self) -> &'static [Conditioning] {
        self.ours().map_or(&[Conditioning::Joint], GeneratorKind::conditionings)
    }

    /// The readings in which it does what its name says. An external one gets texts, and reads them as
    /// it likes.
    pub fn readings(self) -> &'static [Reading] {
        self.ours().map_or(&[Reading::Categories], GeneratorKind::readings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours_or_a_users() {
        for kind in GeneratorKind::ALL {
            assert_eq!(kind.name().parse::<AnyGenerator>().unwrap(), AnyGenerator::Ours(kind));
        }
        let mine: AnyGenerator = "my-gan".parse().unwrap();
        assert_eq!((mine.name(), mine.ours()), ("my-gan", None));
        assert_eq!(serde_json::to_string(&mine).unwrap(), "\"my-gan\"");
        assert!(AnyGenerator::Ours(GeneratorKind::UniformItem) < mine);
        for name in ["none", "real", "My GAN", ""] {
            let error = name.parse::<AnyGenerator>().unwrap_err();
            assert!(error.contains(&format!("unknown generator `{name}`")), "{error}");
        }
    }
}
