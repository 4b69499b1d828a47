//! Click models of this program and of users, by name.

use super::ModelKind;
use crate::names::{Any, Known};

/// What is trained on rows: a click model of this program, or a program that a user brings.
pub type AnyModel = Any<ModelKind>;

impl Known for ModelKind {
    const WHAT: &'static str = "model";
    const ALL: &'static [Self] = &Self::ALL;
    const TAKEN: &'static [&'static str] = &["all"];

    fn name(self) -> &'static str {
        self.name()
    }
}

impl AnyModel {
    /// The name as the papers spell it, or as the user does.
    pub fn title(self) -> &'static str {
        self.ours().map_or(self.name(), ModelKind::title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ours_or_a_users() {
        for kind in ModelKind::ALL {
            assert_eq!(kind.name().parse(), Ok(AnyModel::Ours(kind)));
        }
        let mine: AnyModel = "my-trees".parse().unwrap();
        assert_eq!((mine.title(), mine.ours()), ("my-trees", None));
        assert_eq!(serde_json::to_string(&mine).unwrap(), "\"my-trees\"");
        assert!(AnyModel::Ours(ModelKind::MaskNet) < mine);
        let error = "My trees".parse::<AnyModel>().unwrap_err();
        assert!(
            error.contains("unknown model `My trees` (valid: dnn, deepfm, masknet)"),
            "{error}"
        );
    }
}
