//! A comparison as text, for people and for machines.

mod junit;
mod markdown;
mod table;
mod words;

pub use junit::junit;
pub use markdown::markdown;
pub use table::table;

use super::programs::{CostJudgement, FEWEST, Measurements};
use super::{CompareError, Comparison, Gate};
use serde::Serialize;

/// All that was compared.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether nothing got worse and nothing changed that should not.
    pub green: bool,
    /// The tolerances.
    pub gate: Gate,
    /// The results.
    pub quality: Option<Comparison>,
    /// Time and memory.
    pub costs: Option<Vec<CostJudgement>>,
    /// What they rest on.
    pub measurements: Option<Measurements>,
}

impl Report {
    /// Of results, of costs and what they rest on, or of both.
    pub fn new(
        gate: Gate,
        quality: Option<Comparison>,
        costs: Option<(Vec<CostJudgement>, Measurements)>,
    ) -> Self {
        let (costs, measurements) = costs.unzip();
        let of_costs = costs.iter().flatten().all(|cost: &CostJudgement| !cost.regression);
        let green = quality.as_ref().is_none_or(Comparison::is_green) && of_costs;
        Self { green, gate, quality, costs, measurements }
    }

    /// Everything, as JSON.
    pub fn json(&self) -> Result<String, CompareError> {
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|e| CompareError::Setting(format!("cannot write JSON: {e}")))?;
        Ok(text + "\n")
    }

    /// The outcome in a line, which is what a log shows last: of a red light why.
    pub fn summary(&self) -> String {
        if self.green {
            return format!("GREEN: {}", self.counts());
        }
        let reasons = self.reasons();
        let first = reasons.first().map_or("", |reason| words::first_clause(reason));
        let more = match reasons.len() {
            0 | 1 => String::new(),
            2 => ", and one more reason".to_owned(),
            n => format!(", and {} more reasons", n - 1),
        };
        format!("RED: {}{more}", words::cut(first, 90))
    }

    /// How much is equal, and what takes more.
    fn counts(&self) -> String {
        let mut parts = Vec::new();
        if let Some(quality) = &self.quality {
            let all = quality.compared[0] + quality.compared[1];
            let equal = quality.equal.len();
            parts.push(if equal == all && all > 0 {
                let [cells, tables] = quality.compared;
                let cells = words::count(cells, "cell");
                let tables = words::count(tables, "measured table");
                format!("{cells} and {tables} are the same bits")
            } else {
                format!("{} of {all} results differ", all - equal)
            });
        }
        if let Some(costs) = &self.costs {
            let worse: Vec<String> = costs
                .iter()
                .filter(|cost| cost.regression)
                .map(|cost| format!("{} {}", cost.what, words::share(cost.more)))
                .collect();
            let judged =
                costs.iter().any(|cost| cost.verdict() != "not judged" && cost.tolerance.is_some());
            parts.push(if !judged {
                "too few repetitions to judge time and memory".to_owned()
            } else if worse.is_empty() {
                "time and memory as before".to_owned()
            } else {
                format!("takes more: {}", worse.join(", "))
            });
        }
        parts.join("; ")
    }

    /// Why the light is red.
    fn reasons(&self) -> Vec<String> {
        let mut reasons = self.quality.as_ref().map_or_else(Vec::new, |q| q.reasons.clone());
        for cost in self.costs.iter().flatten().filter(|cost| cost.regression) {
            let tolerated = words::share(cost.tolerance.unwrap_or(0.0));
            reasons.push(format!(
                "{} {}, more than the {tolerated} that are tolerated",
                cost.what,
                words::share(cost.more)
            ));
        }
        reasons
    }

    /// What else there is to know.
    fn notes(&self) -> Vec<String> {
        let mut notes = self.quality.as_ref().map_or_else(Vec::new, |q| q.notes.clone());
        let Some(measurements) = &self.measurements else { return notes };
        let n = measurements.repetitions.len();
        if n < FEWEST {
            notes.push(format!(
                "{} cannot tell time and memory from noise; it takes at least {FEWEST}",
                words::count(n, "repetition")
            ));
        }
        notes.extend(measurements.instructions.iter().map(|counted| {
            let tool = counted.tool.as_ref().map(|tool| format!("instructions by {tool}: "));
            format!("{}{}", tool.unwrap_or_default(), counted.note)
        }));
        notes
    }
}
