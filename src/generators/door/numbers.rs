//! Fields read as numbers: which they are, and back from any number to a value that train holds.

use super::kind::Reading;
use crate::data::{Encoding, Field, Schema, Table, Value};
use crate::generators::contract::Mixed;
use crate::generators::error::GeneratorError;
use crate::names;
use crate::seed::Seed;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A field of integers is one of numbers if it has more values than this.
const MOST_CATEGORIES: usize = 10;

/// Integers beyond this have no place of their own among floating-point numbers.
const LARGEST_INTEGER: i64 = 1 << 53;

/// A table's fields, parted into categories and numbers.
#[derive(Clone)]
pub(super) struct Numbers {
    original: Arc<Schema>,
    /// The fields that stay categories.
    categories: Arc<Schema>,
    /// The positions of those in the original.
    kept: Vec<usize>,
    fields: Vec<Number>,
}

/// What is saved of a field of numbers; the rest is in the schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NumberCard {
    /// The field's position.
    field: usize,
    /// By label: the share of the training rows in which it is missing.
    missing: [f64; 2],
    /// Mean of the other rows, which stands where it is missing.
    mean: f64,
}

/// One field of numbers.
#[derive(Clone)]
struct Number {
    card: NumberCard,
    /// By code; not a number where it is missing.
    values: Vec<f64>,
    /// The values with their codes, ascending.
    held: Vec<(f64, u32)>,
    /// The code of a missing value.
    missing: Option<u32>,
    /// Whether numbers drawn are rounded.
    whole: bool,
}

/// How many drawn numbers were none that train holds, and became its nearest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Numbers moved, after rounding.
    pub moved: usize,
    /// Numbers drawn of fields of whole numbers that are not binned: any other number is hardly ever one
    /// that train holds.
    pub of: usize,
}

impl Moved {
    /// The share of numbers moved; none where none was drawn.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.moved as f64 / self.of as f64)
    }
}

impl std::ops::AddAssign for Moved {
    fn add_assign(&mut self, other: Self) {
        self.moved += other.moved;
        self.of += other.of;
    }
}

/// The numbers that the categories of a field stand for, by code, if they are numbers, no two the
/// same; missing ones are not a number.
fn parsed(field: &Field, parse: fn(&str) -> Option<f64>) -> Result<Vec<f64>, String> {
    let number = |code: u32| match field.value(code) {
        Value::Text(text) => parse(text).ok_or_else(|| format!("`{text}` is not a number")),
        Value::Number(number) => Ok(number),
        Value::Missing | Value::Unseen => Ok(f64::NAN),
    };
    let values: Vec<f64> = (0..field.unseen()).map(number).collect::<Result<_, _>>()?;
    let mut seen: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    if seen.is_empty() {
        return Err("it holds no number".to_owned());
    }
    seen.sort_unstable_by(f64::total_cmp);
    match seen.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two of its values are the number {}", pair[0])),
        None => Ok(values),
    }
}

fn integer(text: &str) -> Option<f64> {
    let integer: i64 = text.parse().ok()?;
    (integer.abs() <= LARGEST_INTEGER).then_some(integer as f64)
}

fn finite(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether a field counts as one of numbers where nobody names any: bins of numbers do, and integers
/// of which there are more than ten.
fn is_number(field: &Field) -> bool {
    match &field.encoding {
        Encoding::Bins { representatives, .. } => !representatives.is_empty(),
        Encoding::Categories { .. } => parsed(field, integer).is_ok_and(|values| {
            values.iter().filter(|value| !value.is_nan()).count() > MOST_CATEGORIES
        }),
    }
}

/// The positions of the fields read as numbers: those `named`, else those that look like numbers;
/// none that stands in one of the `groups`, whose combinations are categories.
pub(super) fn resolve(
    schema: &Schema,
    reading: Reading,
    named: Option<&[String]>,
    groups: &[Vec<usize>],
) -> Result<Vec<usize>, GeneratorError> {
    if reading == Reading::Categories {
        return Ok(Vec::new());
    }
    let grouped: BTreeSet<usize> = groups.iter().flatten().copied().collect();
    let Some(named) = named else {
        let free = (0..schema.n_fields()).filter(|field| !grouped.contains(field));
        let found: Vec<usize> = free.filter(|&field| is_number(&schema.fields[field])).collect();
        return match found.is_empty() {
            false => Ok(found),
            true => Err(GeneratorError::NoNumbers),
        };
    };
    let fail = |name: &str, reason: String| GeneratorError::Number { field: name.into(), reason };
    let mut found = BTreeSet::new();
    for name in named {
        let field = schema.position(name).ok_or_else(|| {
            let all: Vec<&str> = schema.fields.iter().map(|f| f.name.as_str()).collect();
            GeneratorError::Setting(format!(
                "fields read as numbers: {}",
                names::unknown("field", name, &all)
            ))
        })?;
        if grouped.contains(&field) {
            let reason = "a constraint ties it to another field, and combinations are categories";
            return Err(fail(name, reason.to_owned()));
        }
        parsed(&schema.fields[field], finite).map_err(|reason| fail(name, reason))?;
        if !found.insert(field) {
            return Err(fail(name, "it is named twice".to_owned()));
        }
    }
    match found.is_empty() {
        true => Err(GeneratorError::NoNumbers),
        false => Ok(found.into_iter().collect()),
    }
}

impl Number {
    fn new(card: NumberCard, field: &Field) -> Result<Self, String> {
        let values = parsed(field, finite)?;
        let mut held: Vec<(f64, u32)> =
            values.iter().copied().zip(0..).filter(|(value, _)| !value.is_nan()).collect();
        held.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let missing = values.iter().position(|value| value.is_nan()).map(|code| code as u32);
        let whole = held.iter().all(|(value, _)| value.fract() == 0.0);
        Ok(Self { card, values, held, missing, whole })
    }

    /// Learns how often the field is missing, and its mean.
    fn learn(
        position: usize,
        field: &Field,
        column: &[u32],
        labels: &[u8],
    ) -> Result<Self, String> {
        let card = NumberCard { field: position, missing: [0.0; 2], mean: 0.0 };
        let mut number = Self::new(card, field)?;
        let known = column.iter().map(|&code| number.values[code as usize]);
        let known: Vec<f64> = known.filter(|value| !value.is_nan()).collect();
        if known.is_empty() {
            return Err("it is missing in all rows".to_owned());
        }
        let (mut missing, mut rows) = ([0.0; 2], [0.0f64; 2]);
        for (&code, &label) in column.iter().zip(labels) {
            rows[usize::from(label)] += 1.0;
            missing[usize::from(label)] += f64::from(u8::from(Some(code) == number.missing));
        }
        number.card.missing = [0, 1].map(|label| missing[label] / rows[label].max(1.0));
        number.card.mean = known.iter().sum::<f64>() / known.len() as f64;
        Ok(number)
    }

    /// The code of the nearest value, the smaller of two, and whether it is another.
    fn nearest(&self, x: f64) -> (u32, bool) {
        let x = if self.whole { x.round() } else { x };
        let above = self.held.partition_point(|(value, _)| *value < x);
        let (first, last) = (above.saturating_sub(1), above.min(self.held.len() - 1));
        let (below, above) = (self.held[first], self.held[last]);
        let (value, code) = if (above.0 - x).abs() < (x - below.0).abs() { above } else { below };
        (code, value != x)
    }
}

impl Numbers {
    /// Reads the fields at `positions` of `train` as numbers.
    pub(super) fn new(train: &Table, positions: &[usize]) -> Result<Self, GeneratorError> {
        let schema = train.schema();
        let learn = |&position: &usize| {
            let field = &schema.fields[position];
            Number::learn(position, field, train.column(position), train.labels())
                .map_err(|reason| GeneratorError::Number { field: field.name.clone(), reason })
        };
        let fields = positions.iter().map(learn).collect::<Result<_, _>>()?;
        Ok(Self::of(schema.clone(), fields))
    }

    /// What [`cards`](Self::cards) gave, of tables of `schema`.
    pub(super) fn load(schema: Arc<Schema>, cards: Vec<NumberCard>) -> Result<Self, String> {
        let known = |card: &NumberCard| {
            let shares = card.missing.iter().all(|share| (0.0..=1.0).contains(share));
            let sound = shares && card.mean.is_finite();
            schema.fields.get(card.field).filter(|_| sound)
        };
        let rising = cards.windows(2).all(|pair| pair[0].field < pair[1].field);
        let number = |card: NumberCard| {
            let field = known(&card).ok_or("the fields of numbers do not belong to the schema")?;
            let number = Number::new(card, field)?;
            match number.missing.is_some() || number.card.missing == [0.0; 2] {
                true => Ok(number),
                false => Err("a field that is never missing is said to be".to_owned()),
            }
        };
        if cards.is_empty() || !rising {
            return Err("the fields of numbers are not in order".to_owned());
        }
        let fields = cards.into_iter().map(number).collect::<Result<_, String>>()?;
        Ok(Self::of(schema, fields))
    }

    fn of(original: Arc<Schema>, fields: Vec<Number>) -> Self {
        let is_number = |position: &usize| fields.iter().any(|f| f.card.field == *position);
        let kept: Vec<usize> = (0..original.n_fields()).filter(|p| !is_number(p)).collect();
        let categories = Schema {
            label: original.label.clone(),
            fields: kept.iter().map(|&position| original.fields[position].clone()).collect(),
        };
        Self { original, categories: Arc::new(categories), kept, fields }
    }

    /// What is saved.
    pub(super) fn cards(&self) -> Vec<NumberCard> {
        self.fields.iter().map(|number| number.card.clone()).collect()
    }

    /// The fields that stay categories.
    pub(super) fn categories(&self) -> &Arc<Schema> {
        &self.categories
    }

    /// How many fields are numbers.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// `rows` as generators see them. A missing number is the mean of the others.
    pub(super) fn part(&self, rows: &Table) -> Mixed<'static> {
        let kept = self.kept.iter().map(|&position| rows.column(position).to_vec()).collect();
        let categories = Table::new(self.categories.clone(), kept, rows.labels().to_vec());
        let column = |number: &Number| {
            let value = |&code: &u32| {
                let value = number.values[code as usize];
                if value.is_nan() { number.card.mean } else { value }
            };
            rows.column(number.card.field).iter().map(value).collect()
        };
        Mixed::new(categories, self.fields.iter().map(column).collect())
    }

    /// Rows drawn, in the original fields. A number is rounded where all of train's are whole, and
    /// becomes the nearest value that train holds; of a binned field, the bin with the nearest
    /// representative, since bins begin at values and a number just below one would fall short of it.
    /// As many values are missing as in train's rows of the same label, anywhere among them.
    pub(super) fn join(&self, rows: Mixed<'_>, seed: Seed) -> (Table, Moved) {
        let mut columns = vec![Vec::new(); self.original.n_fields()];
        for (&position, column) in self.kept.iter().zip(rows.categories.columns()) {
            columns[position].clone_from(column);
        }
        let mut count = Moved::default();
        for (number, drawn) in self.fields.iter().zip(&rows.numbers) {
            let field = &self.original.fields[number.card.field];
            let counts = number.whole && !matches!(field.encoding, Encoding::Bins { .. });
            let mut rng = seed.stream(&format!("missing/{}", field.name));
            let code = |(&x, &label): (&f64, &u8)| {
                if let Some(missing) = number.missing
                    && rng.random::<f64>() < number.card.missing[usize::from(label)]
                {
                    return missing;
                }
                let (code, moved) = number.nearest(x);
                count.of += usize::from(counts);
                count.moved += usize::from(counts && moved);
                code
            };
            let labels = rows.categories.labels();
            columns[number.card.field] = drawn.iter().zip(labels).map(code).collect();
        }
        let labels = rows.categories.labels().to_vec();
        (Table::new(self.original.clone(), columns, labels), count)
    }
}

#[cfg(test)]
mod tests;
