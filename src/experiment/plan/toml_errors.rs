//! Messages about a faulty experiment: where the fault is and what was probably meant.

use crate::names;
use std::ops::Range;
use toml::de::DeTable;

/// Why an experiment cannot be understood.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    /// An error with the given message.
    pub(crate) fn new(message: String) -> Self {
        Self(message)
    }
}

/// `:line:column`, counted from 1, of where a span of `text` begins.
pub(crate) fn position(text: &str, span: Option<Range<usize>>) -> String {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else { return String::new() };
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    format!(":{line}:{column}")
}

/// The deserialiser's message, with the nearest valid name where it rejects a name.
pub(crate) fn explain(message: &str) -> String {
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
    let plain = [
        ("expected usize", "expected a whole number from 0"),
        ("expected u64", "expected a whole number from 0"),
        ("expected f64", "expected a number"),
        ("expected a boolean", "expected true or false"),
        ("unit variant, expected newtype variant", "a name alone, expected { name = ... }"),
        ("expected a sequence", "expected a list such as [\"a\", \"b\"] in its place"),
    ];
    plain.iter().fold(message.replace('\n', "; "), |text, (rust, plain)| text.replace(rust, plain))
}

/// `:line:column` of the setting that a message is about. Such messages begin with the setting's
/// dotted name, with or without its section.
pub(super) fn position_of_setting(text: &str, message: &str) -> String {
    let Ok(table) = DeTable::parse(text) else { return String::new() };
    let name = message.split([' ', ',', ':']).next().unwrap_or_default();
    let paths = ["", "model.", "generator."].map(|section| format!("{section}{name}"));
    position(text, paths.iter().find_map(|path| span_of(table.get_ref(), path)))
}

/// Where the value at a dotted path stands.
fn span_of(table: &DeTable<'_>, path: &str) -> Option<Range<usize>> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
    let value = table.get(first)?;
    match rest {
        None => Some(value.span()),
        Some(rest) => span_of(value.get_ref().as_table()?, rest),
    }
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
        assert_eq!(
            explain("invalid type: string \"x\", expected usize"),
            "invalid type: string \"x\", expected a whole number from 0"
        );
    }

    #[test]
    fn settings_are_found_with_and_without_their_section() {
        let text = "seeds = []\n[training]\nepochs = 0\n[model.dnn]\ndropout = 2.0\n";
        assert_eq!(position_of_setting(text, "training.epochs is 0; …"), ":3:10");
        assert_eq!(position_of_setting(text, "dnn.dropout is 2; …"), ":5:11");
        assert_eq!(position_of_setting(text, "seeds names `1` twice"), ":1:9");
        assert_eq!(position_of_setting(text, "nothing to do"), "");
    }
}
