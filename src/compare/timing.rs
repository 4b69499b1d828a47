//! What the stages of a run took, as its cells recorded it. Two runs are not interleaved, so this
//! is for information; it turns nothing red.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The seconds and the memory of all cells' stages of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageCost {
    /// `fit`, `sample`, `train` or `evaluate`.
    pub stage: &'static str,
    /// Seconds in all. A fit or sample counts once however many cells use it, a sample with what
    /// the cell took that used most of it.
    pub seconds: f64,
    /// Largest resident memory in 10⁶ bytes, where it was recorded.
    pub peak_mb: Option<f64>,
}

/// A stage, what identifies one, and where its time and memory stand.
type Stage = (&'static str, &'static [&'static str], &'static str, Option<&'static str>);

/// The stages, what identifies one, and where its time and memory stand in a cell file.
const STAGES: [Stage; 4] = [
    ("fit", &["generator", "conditioning", "reading", "seed"], "fit_seconds", Some("fit_peak_mb")),
    (
        "sample",
        &["generator", "conditioning", "reading", "seed"],
        "sample_seconds",
        Some("sample_peak_mb"),
    ),
    (
        "train",
        &["generator", "conditioning", "reading", "seed", "scenario", "model"],
        "train_seconds",
        Some("train_peak_mb"),
    ),
    (
        "evaluate",
        &["generator", "conditioning", "reading", "seed", "scenario", "model"],
        "evaluate_seconds",
        None,
    ),
];

/// What the stages of these cells took; nothing of no cells.
pub(super) fn costs(cells: &[Value]) -> Vec<StageCost> {
    let cost = |(stage, identity, seconds, peak): Stage| {
        let mut each: BTreeMap<Vec<String>, f64> = BTreeMap::new();
        for cell in cells {
            let name = identity.iter().map(|key| cell[*key].to_string()).collect();
            let most = each.entry(name).or_default();
            *most = most.max(cell[seconds].as_f64().unwrap_or(0.0));
        }
        let peaks =
            peak.into_iter().flat_map(|peak| cells.iter().map(move |cell| cell[peak].as_f64()));
        StageCost { stage, seconds: each.values().sum(), peak_mb: peaks.flatten().reduce(f64::max) }
    };
    if cells.is_empty() { Vec::new() } else { STAGES.map(cost).into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fit_counts_once() {
        let cell = |model: &str, scenario: &str, peak: f64| {
            json!({
                "generator": "g", "conditioning": "joint", "seed": 1, "scenario": scenario,
                "model": model, "fit_seconds": 2.0, "sample_seconds": 0.5, "train_seconds": 1.0,
                "evaluate_seconds": 0.25, "fit_peak_mb": 9.0, "train_peak_mb": peak
            })
        };
        let cells = [cell("a", "neg25", 7.0), cell("b", "neg25", 8.0), cell("b", "pos25", 6.0)];
        let found: Vec<(&str, f64, Option<f64>)> =
            costs(&cells).iter().map(|cost| (cost.stage, cost.seconds, cost.peak_mb)).collect();
        let expected = [
            ("fit", 2.0, Some(9.0)),
            ("sample", 0.5, None),
            ("train", 3.0, Some(8.0)),
            ("evaluate", 0.75, None),
        ];
        assert_eq!(found, expected);
        assert!(costs(&[]).is_empty());
    }
}
