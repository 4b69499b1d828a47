//! Numbers and names in words.

use crate::compare::{Comparison, Effect, EntryChange, LeafChange};
use serde_json::Value;

/// `1 cell`, `2 cells`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A share with its sign: `+5.0 %`.
pub(super) fn share(share: f64) -> String {
    format!("{:+.1} %", 100.0 * share)
}

/// A number in about four digits.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if !size.is_finite() => "–".to_owned(),
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 0.001 => format!("{value:.4}"),
        _ => format!("{value:.1e}"),
    }
}

/// The same with its sign.
pub(super) fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", number(value))
}

/// A p-value.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.0001 { format!("{p:.0e}") } else { format!("{p:.4}") }
}

/// A leaf, for a cell of a table: numbers in full, since one bit counts; texts cut.
pub(super) fn leaf(value: &Option<Value>) -> String {
    match value {
        None => "–".to_owned(),
        Some(Value::String(text)) => cut(text, 12),
        Some(value) => cut(&value.to_string(), 20),
    }
}

/// At most `most` characters, without those that a terminal would obey.
pub(super) fn cut(text: &str, most: usize) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= most {
        return clean.collect();
    }
    clean.take(most.saturating_sub(1)).chain(['…']).collect()
}

/// The last `most` characters, where the end says most.
pub(super) fn end(text: &str, most: usize) -> String {
    let n = text.chars().count();
    let clean = cut(text, usize::MAX);
    if n <= most {
        return clean;
    }
    std::iter::once('…').chain(clean.chars().skip(n + 1 - most)).collect()
}

/// The leaf that speaks for a change: what is read first if it is among those that differ, else the
/// one that differs most.
pub(super) fn headline(change: &EntryChange) -> Option<&LeafChange> {
    let first = ["test_auc", "fidelity/score", "privacy/membership/row/auc", "test_logloss"];
    let broken = change
        .leaves
        .iter()
        .find(|leaf| change.new_violations && leaf.path.starts_with("fidelity/constraints/"));
    let read_first =
        first.into_iter().find_map(|path| change.leaves.iter().find(|l| l.path == path));
    broken.or(read_first).or(change.leaves.first())
}

/// What a reason says first, without what to do about it.
pub(super) fn first_clause(reason: &str) -> &str {
    reason.split(';').next().unwrap_or(reason)
}

/// What an effect is of: `test AUC, dnn`.
pub(super) fn name(effect: &Effect) -> String {
    match &effect.of {
        Some(of) => format!("{}, {of}", effect.measure),
        None => effect.measure.to_owned(),
    }
}

/// The effects that a table shows: all means, then the parts that are worse, the worst first, of
/// which there may be hundreds; of these at most so many, and how many were left out.
pub(super) fn shown(quality: &Comparison, most: usize) -> (Vec<&Effect>, usize) {
    let (parts, mut means): (Vec<&Effect>, Vec<&Effect>) =
        quality.effects.iter().partition(|effect| effect.scope.is_part());
    let mut worse: Vec<&Effect> =
        parts.into_iter().filter(|part| quality.means_are_judged && part.regression).collect();
    // A tolerance of 0 would make any loss infinitely bad.
    let size = |part: &Effect| part.loss.mean / part.tolerance.max(1e-9);
    worse.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let more = worse.len().saturating_sub(most);
    means.extend(worse.into_iter().take(most));
    (means, more)
}

/// An effect's row: what it is of, both means, the loss and its error, what is tolerated, p and, where
/// means are judged, the verdict.
pub(super) fn effect_row(effect: &Effect, judged: bool) -> [String; 8] {
    let unit = if effect.unit.is_empty() { String::new() } else { format!(", {}", effect.unit) };
    [
        format!("{}{unit}", name(effect)),
        number(effect.base),
        number(effect.new),
        signed(effect.loss.mean),
        number(effect.loss.standard_error),
        number(effect.tolerance),
        p_value(effect.loss.p_value),
        if judged { effect.verdict().to_owned() } else { String::new() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_texts_harmless() {
        let numbers = [0.0, 12_345.6, 123.45, 0.05, -0.00001].map(number);
        assert_eq!(numbers, ["0", "12346", "123.5", "0.0500", "-1.0e-5"]);
        assert_eq!(signed(0.05), "+0.0500");
        assert_eq!(share(-0.0123), "-1.2 %");
        assert_eq!(cut("a\u{1b}[31mb", 20), "a [31mb");
        assert_eq!([cut("abcdef", 4), end("abcdef", 4), end("ab", 4)], ["abc…", "…def", "ab"]);
    }
}
