//! The types of columns in Parquet.

use super::form::Form;
use super::{Column, Values};
use arrow_schema::{DataType, TimeUnit};

/// Whether the type is text.
pub(super) fn is_text(stored: &DataType) -> bool {
    match stored {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// The type for a column of a file that knew no types.
pub(super) fn natural(column: &Column, form: &Form) -> DataType {
    match form {
        Form::Text => DataType::Utf8,
        Form::Booleans { .. } => DataType::Boolean,
        Form::Integers { decimals } | Form::Numbers { decimals } if !decimals.is_empty() => {
            DataType::Float64
        }
        Form::Integers { .. } if is_whole(&column.values) => DataType::Int64,
        Form::Integers { .. } => DataType::Utf8,
        Form::Numbers { .. } if is_whole(&column.values) => DataType::Int64,
        Form::Numbers { .. } => DataType::Float64,
        Form::Dates(form) if form.has_times() => {
            let zone = form.has_zone().then(|| "+00:00".into());
            DataType::Timestamp(TimeUnit::Microsecond, zone)
        }
        Form::Dates(_) => DataType::Date32,
    }
}

/// Whether all values that occur are whole numbers of 64 bits, or missing.
fn is_whole(values: &Values) -> bool {
    match values {
        Values::Categories { vocabulary, codes } => {
            let whole = |value: &String| value.is_empty() || value.parse::<i64>().is_ok();
            let whole: Vec<bool> = vocabulary.iter().map(whole).collect();
            codes.iter().all(|&code| whole[code as usize])
        }
        // 2^63 itself is too large.
        Values::Numbers(numbers) => numbers.iter().all(|number| {
            number.is_nan() || (number.fract() == 0.0 && number.abs() < i64::MAX as f64)
        }),
    }
}
