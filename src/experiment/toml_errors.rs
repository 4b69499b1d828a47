//! Messages about a faulty experiment: where the fault is and what was probably meant.

use crate::names;
use std::ops::Range;

/// Why an experiment cannot be understood.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    /// An error with the given message.
    pub(super) fn new(message: String) -> Self {
        Self(message)
    }
}

/// `:line:column`, counted from 1, of where a span of `text` begins.
pub(super) fn position(text: &str, span: Option<Range<usize>>) -> String {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else { return String::new() };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    format!(":{line}:{column}")
}

/// The deserialiser's message, with the nearest valid name where it rejects a name.
pub(super) fn explain(message: &str) -> String {
    let message = message.trim();
    for (start, what) in [("unknown field ", "key"), ("unknown variant ", "name")] {
        if let Some(rest) = message.strip_prefix(start) {
            // The names stand between backticks: the faulty one first, then the valid ones.
            let quoted: Vec<_> = rest.split('`').skip(1).step_by(2).collect();
            if let [name, valid @ ..] = quoted.as_slice() {
                return names::unknown(what, name, valid);
            }
        }
    }
    message.replace('\n', "; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one() {
        let text = "a = 1\nü = 2\n";
        assert_eq!(position(text, Some(0..1)), ":1:1");
        assert_eq!(position(text, text.find('2').map(|at| at..at + 1)), ":2:5");
        assert_eq!(position(text, None), "");
    }

    #[test]
    fn names_are_suggested() {
        assert_eq!(
            explain("unknown field `epoch`, expected one of `epochs`, `batch_size`"),
            "unknown key `epoch`; did you mean `epochs`? (valid: epochs, batch_size)"
        );
        assert_eq!(
            explain("unknown variant `dn`, expected `dnn` or `deepfm`"),
            "unknown name `dn`; did you mean `dnn`? (valid: dnn, deepfm)"
        );
        assert_eq!(explain("invalid type: string"), "invalid type: string");
    }
}
