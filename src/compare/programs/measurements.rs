//! What repetitions of two programs took.

use super::Instructions;
use crate::compare::{CompareError, Gate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What one run of a program took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// From start to end.
    pub wall_seconds: f64,
    /// Processor time outside the system, of all threads.
    pub user_seconds: f64,
    /// Processor time inside the system, of all threads.
    pub system_seconds: f64,
    /// Largest resident memory in 10⁶ bytes: of the process, or of a stage that it recorded, for
    /// it sets the system's mark back between stages.
    pub peak_mb: f64,
    /// Seconds of all stages of a kind, as recorded: `fit`, `sample`, `train`, `evaluate`.
    pub stages: BTreeMap<String, f64>,
}

/// One run of each program, next to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Repetition {
    /// Whether the old program went first.
    pub old_first: bool,
    /// What the old program took.
    pub old: Usage,
    /// What the new program took.
    pub new: Usage,
}

/// All repetitions, and on what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// The two programs' files.
    pub programs: [String; 2],
    /// The experiment: its name or file.
    pub experiment: String,
    /// Keys of the experiment that were set otherwise.
    pub changes: Vec<String>,
    /// The repetitions, in the order they were made.
    pub repetitions: Vec<Repetition>,
    /// Numbers of instructions, if asked for.
    pub instructions: Option<Instructions>,
}

impl Measurements {
    /// Reads what `--json` wrote, and the tolerances.
    pub fn read(path: &Path) -> Result<(Self, Gate), CompareError> {
        let text = fs::read(path).map_err(CompareError::io("read", path))?;
        let mut tree: Value =
            serde_json::from_slice(&text).map_err(|e| CompareError::damaged(path, e))?;
        let measurements: Self = serde_json::from_value(tree["measurements"].take())
            .map_err(|e| CompareError::damaged(path, format!("`measurements`: {e}")))?;
        let wrong = measurements.repetitions.iter().any(|repetition| {
            [&repetition.old, &repetition.new]
                .into_iter()
                .any(|usage| !(usage.user_seconds > 0.0 && usage.peak_mb > 0.0))
        });
        if wrong || measurements.repetitions.is_empty() {
            let reason = "it needs repetitions with times and memory above 0";
            return Err(CompareError::damaged(path, reason));
        }
        let gate: Gate = serde_json::from_value(tree["gate"].take())
            .map_err(|e| CompareError::damaged(path, format!("`gate`: {e}")))?;
        gate.check()?;
        Ok((measurements, gate))
    }
}
