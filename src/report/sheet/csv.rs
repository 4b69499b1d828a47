//! Tables for programs.

use super::{Entry, Sheet, Spread};

/// A table as CSV with all digits. A column of numbers with spreads has further columns for these
/// behind it: `… low` and `… high`, or `… sd` and `… seeds`.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, csv::Error> {
    let kinds: Vec<Kind> = (0..sheet.columns.len()).map(|column| kind(sheet, column)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = Vec::new();
    for (name, kind) in sheet.columns.iter().zip(&kinds) {
        header.push(name.clone());
        header.extend(kind.more().iter().map(|more| format!("{name} {more}")));
    }
    writer.write_record(&header)?;
    for row in &sheet.rows {
        let mut record = Vec::new();
        for (entry, kind) in row.iter().zip(&kinds) {
            match entry {
                Entry::Text(text) => record.push(text.clone()),
                Entry::Number(number) => record.push(number.value.to_string()),
                Entry::Word(word) => record.push((*word).to_owned()),
                Entry::Nothing => record.push(String::new()),
            }
            let spread = match entry {
                Entry::Number(number) => number.spread,
                _ => Spread::Unknown,
            };
            let more: Vec<f64> = match (kind, spread) {
                (Kind::Deviations, Spread::Deviation(deviation, n)) => vec![deviation, n as f64],
                (Kind::Intervals, Spread::Interval(low, high)) => vec![low, high],
                _ => Vec::new(),
            };
            let mut more = more.iter().map(f64::to_string);
            record.extend(kind.more().iter().map(|_| more.next().unwrap_or_default()));
        }
        writer.write_record(&record)?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

/// What a column's numbers have with them.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Plain,
    Deviations,
    Intervals,
}

impl Kind {
    fn more(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Deviations => &["sd", "seeds"],
            Self::Intervals => &["low", "high"],
        }
    }
}

fn kind(sheet: &Sheet, column: usize) -> Kind {
    let of = |row: &Vec<Entry>| match &row[column] {
        Entry::Number(number) => match number.spread {
            Spread::Unknown => None,
            Spread::Deviation(..) => Some(Kind::Deviations),
            Spread::Interval(..) => Some(Kind::Intervals),
        },
        _ => None,
    };
    sheet.rows.iter().find_map(of).unwrap_or(Kind::Plain)
}

#[cfg(test)]
mod tests {
    use super::super::tests::nasty;
    use super::*;

    #[test]
    fn all_digits_and_both_ends_are_there() {
        let text = String::from_utf8(csv(&nasty()).unwrap()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header =
            ["a,b|c", "gain", "gain low", "gain high", "d_e & f", "d_e & f sd", "d_e & f seeds"];
        assert_eq!(reader.headers().unwrap(), &csv::StringRecord::from(header.to_vec()));
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(
            rows[0].iter().skip(1).collect::<Vec<_>>(),
            ["0.12", "-0.0123", "0.25", "1234.5", "0.24", "3"]
        );
        assert_eq!(&rows[0][0], "<i>\"x\"</i> \\ ${}^~#|\n=1+1");
        assert_eq!(rows[1].iter().collect::<Vec<_>>(), ["plain", "-0.5", "", "", "", "", ""]);
    }
}
