//! Whose tolerances count.

use super::{CompareError, Gate, Recorded};
use serde_json::{Map, Value};

/// A tolerance by its key in `[gate]`.
pub type Tolerance = (String, f64);

/// The tolerances that count and, in words, whose they are where the two runs differ.
///
/// Those `given` on the command line come first, then BASE's, so that a change under test cannot
/// tolerate itself; NEW's count where BASE, an older run perhaps, has none.
pub fn tolerances(
    base: &Recorded,
    new: &Recorded,
    given: &[Tolerance],
) -> Result<(Gate, Vec<String>), CompareError> {
    let (old, other) = (of_run(base)?, of_run(new)?);
    let mut notes = Vec::new();
    if old.is_empty() && !other.is_empty() {
        notes.push("BASE does not say what is tolerated: NEW's tolerances count".to_owned());
    }
    for (key, value) in &other {
        let of_base = old.get(key);
        if given.iter().any(|(named, _)| named == key) || of_base == Some(value) {
            continue;
        }
        match of_base {
            Some(of_base) => {
                notes.push(format!("gate.{key}: BASE's {of_base} counts, not NEW's {value}"))
            }
            None if old.is_empty() => {}
            None => notes.push(format!("gate.{key}: NEW's {value} counts, since BASE has none")),
        }
    }
    let mut all = other;
    all.extend(old);
    let gate = with_given(gate(all)?, given)?;
    notes.extend(
        given.iter().map(|(key, value)| format!("gate.{key}: {value} on the command line")),
    );
    Ok((gate, notes))
}

/// The gate with some tolerances set otherwise.
pub fn with_given(base: Gate, given: &[Tolerance]) -> Result<Gate, CompareError> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(base) else { return Ok(base) };
    all.extend(given.iter().map(|(key, value)| (key.clone(), Value::from(*value))));
    gate(all)
}

/// `[gate]` of a run's experiment, checked; empty if it has none.
fn of_run(run: &Recorded) -> Result<Map<String, Value>, CompareError> {
    run.gate()?;
    let gate = run.experiment.get("gate").and_then(Value::as_object);
    let numbers = gate.into_iter().flatten().map(|(key, value)| {
        // 1 is 1.0.
        (key.clone(), value.as_f64().map_or_else(|| value.clone(), Value::from))
    });
    Ok(numbers.collect())
}

fn gate(tolerances: Map<String, Value>) -> Result<Gate, CompareError> {
    let gate: Gate = serde_json::from_value(Value::Object(tolerances))
        .map_err(|e| CompareError::Setting(format!("gate: {e}")))?;
    gate.check()?;
    Ok(gate)
}
