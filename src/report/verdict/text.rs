//! Pieces of text that verdicts are written in.

use crate::report::table::NOTHING;
use crate::statistics::Interval;
use crate::verdict::Contrast;

/// Columns of running text.
const WIDTH: usize = 100;

/// Text in lines that a terminal shows whole, indented.
pub(super) fn wrapped(text: &str) -> String {
    let mut lines = vec![String::from(" ")];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("  {word}")),
        }
    }
    lines.join("\n") + "\n"
}

/// `3 more seeds`.
pub(super) fn seeds_text(n: usize, what: &str) -> String {
    format!("{n}{what} seed{}", if n == 1 { "" } else { "s" })
}

/// An interval from end to end.
pub(super) fn interval_text(interval: Option<Interval>, signed: bool) -> String {
    match interval {
        Some(Interval { low, high }) if low.is_finite() && high.is_finite() => match signed {
            true => format!("{low:+.3} … {high:+.3}"),
            false => format!("{low:.3} … {high:.3}"),
        },
        _ => NOTHING.to_owned(),
    }
}

/// A difference above half the width of its interval.
pub(super) fn contrast_text(contrast: &Contrast) -> String {
    let half = contrast.interval.map(|interval| interval.half_width());
    match half.filter(|half| half.is_finite()) {
        Some(half) => format!("{:+.3}\n±{half:.3}", contrast.mean),
        None => format!("{:+.3}", contrast.mean),
    }
}
