//! The same measures for real rows and for copies of them.

use super::measured::{Measured, measure};
use super::utility::{self, Logs, ModelUtility};
use super::world::World;
use crate::data::{self, Coding, Column, Frame, Values};
use crate::device::Device;
use crate::metrics::privacy::groups;
use crate::progress::Progress;
use crate::seed::Seed;
use rand::RngExt;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything about one synthetic table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Of all its rows.
    #[serde(flatten)]
    pub measured: Measured,
    /// What click models learn from it, by model; missing if it was not asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utility: Option<BTreeMap<String, ModelUtility>>,
    /// The same measures for as many rows of three tables.
    pub yardsticks: Option<Yardsticks>,
    /// Seconds of each part, the yardsticks' included.
    pub seconds: BTreeMap<String, f64>,
}

/// The same measures for as many rows of three tables, against one world: with a holdout, the real
/// table and that half of the holdout's rows that is not `real` below; without one, the other half
/// of the real table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Yardsticks {
    /// Synthetic rows.
    pub synthetic: Measured,
    /// Real rows that nothing was learned from.
    pub real: Measured,
    /// Copies of the world's real rows, drawn with replacement.
    pub resample: Measured,
}

/// The world without those real rows that serve as yardstick, and these: half of the holdout, or,
/// where there is none, of the real rows.
pub fn split_holdout(world: &World, seed: Seed) -> (World, Frame) {
    let held = world.holdout.as_ref().unwrap_or(&world.real);
    let mut rows: Vec<usize> = (0..held.n_rows()).collect();
    rows.shuffle(&mut seed.stream("yardstick/real"));
    if let Some(columns) = world.together_at() {
        // Groups one after the other, in the order of their first rows; one may be cut in two.
        let ids = groups(&Coding::new(held, 2).code(held), &columns);
        let mut first = vec![usize::MAX; held.n_rows()];
        for (place, &row) in rows.iter().enumerate() {
            let place_of = &mut first[ids[row] as usize];
            *place_of = place.min(*place_of);
        }
        rows.sort_by_key(|&row| first[ids[row] as usize]);
    }
    let others = rows.split_off(rows.len() / 2);
    let (yardstick, rest) = (held.select(&rows), held.select(&others));
    let world = match world.holdout {
        Some(_) => World { holdout: Some(rest), ..world.clone() },
        None => World { real: rest, ..world.clone() },
    };
    (world, yardstick)
}

/// `n` rows of `frame`, drawn with replacement.
pub fn resample(frame: &Frame, n: usize, seed: Seed) -> Frame {
    let mut rng = seed.stream("yardstick/resample");
    let rows: Vec<usize> = match frame.n_rows() {
        0 => Vec::new(),
        all => (0..n).map(|_| rng.random_range(0..all)).collect(),
    };
    frame.select(&rows)
}

/// What is measured beyond what always is.
#[derive(Clone, Copy, Debug)]
pub struct EvaluateOptions {
    /// Whether to measure the yardsticks.
    pub yardsticks: bool,
    /// Whether to train click models, and where.
    pub utility: Option<Device>,
}

/// Measures `synthetic` and its yardsticks.
///
/// # Panics
/// If the frames do not have the same columns, or the world names one they do not have.
pub fn evaluate(
    world: &World,
    synthetic: &Frame,
    options: EvaluateOptions,
    seed: Seed,
    progress: &dyn Progress,
) -> Evaluation {
    let mut seconds = BTreeMap::new();
    let stages = if options.yardsticks { 4 } else { 1 };
    let stage = |number: usize, name: &str| Stage {
        progress,
        name: format!("{number} of {stages}, {name}"),
    };
    let mut measured = measure(world, synthetic, seed, &stage(1, "all rows"), &mut seconds);
    let utility = options.utility.and_then(|device| {
        let (seed, notes) = (seed.derive("utility"), &mut measured.notes);
        let outcome = of_models(world, synthetic, device, seed, progress, notes);
        outcome.map_err(|why| measured.notes.insert("utility".to_owned(), why)).ok()
    });
    let yardsticks = options.yardsticks.then(|| {
        let (world, mut real) = split_holdout(world, seed);
        let mut rows: Vec<usize> = (0..synthetic.n_rows()).collect();
        rows.shuffle(&mut seed.stream("yardstick/synthetic"));
        rows.truncate(real.n_rows());
        real = real.head(rows.len());
        let copies = resample(&world.real, rows.len(), seed);
        let mut of = |stage: Stage<'_>, table: &Frame| {
            let mut parts = BTreeMap::new();
            let measured = measure(&world, table, seed, &stage, &mut parts);
            *seconds.entry("yardsticks".to_owned()).or_default() += parts.values().sum::<f64>();
            measured
        };
        Yardsticks {
            synthetic: of(stage(2, "as many synthetic"), &synthetic.select(&rows)),
            real: of(stage(3, "real"), &real),
            resample: of(stage(4, "copies"), &copies),
        }
    });
    Evaluation { measured, utility, yardsticks, seconds }
}

/// One of several passes through the same work.
struct Stage<'a> {
    progress: &'a dyn Progress,
    name: String,
}

impl Progress for Stage<'_> {
    fn start(&self, what: &str, total: u64) {
        self.progress.start(&format!("{}: {what}", self.name), total);
    }
    fn advance(&self, steps: u64) {
        self.progress.advance(steps);
    }
    fn note(&self, text: &str) {
        self.progress.note(text);
    }
    fn finish(&self) {
        self.progress.finish();
    }
}

/// What click models learn; the error says what that needs, `notes` are told which AUCs are missing.
fn of_models(
    world: &World,
    synthetic: &Frame,
    device: Device,
    seed: Seed,
    progress: &dyn Progress,
    notes: &mut BTreeMap<String, String>,
) -> Result<BTreeMap<String, ModelUtility>, String> {
    let (label, [of_real, of_drawn, of_rest]) = click_labels(world, synthetic)?;
    let codes = world.coded(synthetic);
    let rest = codes.holdout.as_ref().ok_or(NO_HOLDOUT)?.without(label);
    let (real, drawn) = (codes.real.without(label), codes.synthetic.without(label));
    let logs = Logs {
        real: (&real, &of_real),
        synthetic: (&drawn, &of_drawn),
        holdout: (&rest, &of_rest),
    };
    Ok(utility::utility(&logs, device, seed, progress, notes))
}

const NO_HOLDOUT: &str = "needs a holdout to test on";

/// Where the label stands, and whether each row is a click, of the real rows, the synthetic ones and the holdout; the
/// error says what click models lack.
pub fn click_labels(world: &World, synthetic: &Frame) -> Result<(usize, [Vec<u8>; 3]), String> {
    let label = world.label.as_ref().and_then(|label| world.real.position(label));
    let label = label.ok_or("needs a label column")?;
    let holdout = world.holdout.as_ref().ok_or(NO_HOLDOUT)?;
    let labels = |frame: &Frame, whose: &str| {
        let column = &frame.columns()[label];
        clicks(column).map_err(|value| {
            format!("needs labels of 0 and 1; `{}` of the {whose} has {value:?}", column.name)
        })
    };
    let of_rows = [
        labels(&world.real, "real rows")?,
        labels(synthetic, "synthetic rows")?,
        labels(holdout, "holdout")?,
    ];
    Ok((label, of_rows))
}

/// The labels of a click log; the first that is none as the error.
fn clicks(column: &Column) -> Result<Vec<u8>, String> {
    let label = |text: &str| data::label(text.as_bytes()).ok_or_else(|| text.to_owned());
    match &column.values {
        Values::Categories { vocabulary, codes } => {
            codes.iter().map(|&code| label(&vocabulary[code as usize])).collect()
        }
        Values::Numbers(numbers) => {
            numbers.iter().map(|number| label(&number.to_string())).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;
    use std::sync::Arc;

    fn column(name: &str, codes: Vec<u32>) -> Column {
        let vocabulary = (0..1000).map(|code: u32| code.to_string()).collect();
        Column::categories(name, Arc::new(vocabulary), codes)
    }

    /// 100 visits of three rows each, in a row.
    fn world(holdout: bool) -> World {
        let visits = || (0..300).map(|row| row / 3).collect();
        let items = || (0..300).map(|row| row % 7).collect();
        let frame = || Frame::new(vec![column("visit", visits()), column("item", items())]);
        World {
            real: frame(),
            holdout: holdout.then(frame),
            label: None,
            user: None,
            constraints: Vec::new(),
            together: Some(vec!["visit".to_owned()]),
        }
    }

    fn visits(frame: &Frame) -> HashSet<u32> {
        let Values::Categories { codes, .. } = &frame.columns()[0].values else { panic!("codes") };
        codes.iter().copied().collect()
    }

    #[test]
    fn the_yardstick_is_half_of_the_holdout_and_cuts_no_visit_but_one() {
        let (rest, yardstick) = split_holdout(&world(true), Seed::master(1));
        let kept = rest.holdout.as_ref().unwrap();
        assert_eq!((yardstick.n_rows(), kept.n_rows(), rest.real.n_rows()), (150, 150, 300));
        assert!(visits(&yardstick).intersection(&visits(kept)).count() <= 1);
        assert_ne!(visits(&yardstick), (0..50).collect(), "at random");
        let (rest, yardstick) = split_holdout(&world(false), Seed::master(1));
        assert_eq!((yardstick.n_rows(), rest.real.n_rows(), rest.holdout), (150, 150, None));
    }

    #[test]
    fn copies_are_drawn_with_replacement() {
        let copies = resample(&world(true).real, 300, Seed::master(1));
        let visits = visits(&copies).len();
        assert_eq!(copies.n_rows(), 300);
        assert!((85..100).contains(&visits), "{visits} of 100 visits");
        assert_eq!(resample(&copies.head(0), 5, Seed::master(1)).n_rows(), 0);
    }
}
