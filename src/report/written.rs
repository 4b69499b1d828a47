//! Numbers as they are read.

/// A number with a minus sign of its own, and commas between thousands.
pub fn written(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    // Even of what rounds to nothing the side may matter.
    let sign = if value < 0.0 { "−" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{point}{fraction}")
}

/// A whole number with commas between thousands.
pub fn whole(number: usize) -> String {
    written(number as f64, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_commas_and_a_true_minus() {
        for (value, decimals, text) in [
            (1_234_567.0, 0, "1,234,567"),
            (-1234.5, 1, "−1,234.5"),
            (-0.0004, 3, "−0.000"),
            (0.0, 1, "0.0"),
            (999.0, 0, "999"),
        ] {
            assert_eq!(written(value, decimals), text);
        }
    }
}
