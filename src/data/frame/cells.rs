//! What the text of a cell can stand for.

/// Whether the cell is one that tools write for a missing number, date or truth value.
///
/// In a column of texts only an empty cell is missing: there `NA` is Namibia, and `None` somebody's
/// name.
pub(in crate::data) fn is_missing(text: &str) -> bool {
    const MARKS: [&str; 9] = ["nan", "nat", "na", "n/a", "#n/a", "<na>", "null", "none", "\\n"];
    text.is_empty() || MARKS.iter().any(|mark| text.eq_ignore_ascii_case(mark))
}

/// `true` or `false`, in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A whole number and how it is spelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Integer<'a> {
    pub(super) value: i128,
    /// The point and the zeros behind it, if any.
    pub(super) decimals: &'a str,
    /// Whether it is filled with zeros from the left, as numbers never are.
    pub(super) padded: bool,
}

/// A whole number, with any number of zeros behind a point.
pub(super) fn integer(text: &str) -> Option<Integer<'_>> {
    let (whole, decimals) = text.split_at(text.find('.').unwrap_or(text.len()));
    if !decimals.bytes().skip(1).all(|byte| byte == b'0') || decimals.len() == 1 {
        return None;
    }
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = digits.len() > 1 && digits.starts_with('0');
    Some(Integer { value: whole.parse().ok()?, decimals, padded })
}

/// A finite number.
pub(super) fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether this is one of the words for an infinite number.
pub(super) fn is_infinite(text: &str) -> bool {
    let word = text.strip_prefix(['-', '+']).unwrap_or(text);
    word.eq_ignore_ascii_case("inf") || word.eq_ignore_ascii_case("infinity")
}

/// The shortest text that reads as the number again, with `decimals` behind a whole one.
pub(super) fn number_text(number: f64, decimals: &str) -> String {
    match number {
        _ if number.is_nan() => String::new(),
        // All digits as long as it might be one of the whole numbers of a file.
        _ if number.fract() == 0.0 && number.abs() < 1e20 => format!("{number}{decimals}"),
        _ => format!("{number:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_told_from_other_numbers() {
        let value = |text| integer(text).map(|integer| (integer.value, integer.decimals));
        assert_eq!(value("12"), Some((12, "")));
        assert_eq!(value("-3.00"), Some((-3, ".00")));
        assert_eq!(value("+5.0"), Some((5, ".0")));
        for text in ["", "-", ".0", "1.", "1.5", "1e3", "0x1", "1 ", "--1", "1.0.0", "+-1"] {
            assert_eq!(value(text), None, "{text}");
        }
        assert!(integer("007").is_some_and(|integer| integer.padded));
        assert!(integer("0").is_some_and(|integer| !integer.padded));
        let wide = "9".repeat(60);
        assert_eq!(value(&wide), None, "no overflow");
    }

    #[test]
    fn numbers_are_written_shortly() {
        let texts =
            |decimals| [3.0, 0.1, -0.0, 1e19, 1e300, f64::NAN].map(|x| number_text(x, decimals));
        assert_eq!(texts(""), ["3", "0.1", "-0", "10000000000000000000", "1e300", ""]);
        assert_eq!(texts(".0"), ["3.0", "0.1", "-0.0", "10000000000000000000.0", "1e300", ""]);
    }
}
