//! How often the gate is red without a change, and with one.

use rand_distr::{Distribution, Normal, Uniform};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use synthctr::compare::{Entry, Gate, Kind, MadeWith, Recorded, compare};
use synthctr::seed::{Rng, Seed};

/// Seeds and, of each model, scenarios.
const DESIGN: (u64, usize) = (5, 27);

/// A run whose numbers vary as Frappe's do over seeds, 0.03 to 0.09 points of AUC. `common` is the
/// share of the variance that all cells of a model and seed have in common.
fn replicate(revision: u64, loss: f64, common: f64, rng: &mut Rng) -> Recorded {
    let standard = Normal::new(0.0, 1.0).unwrap();
    let spread = Uniform::new(0.03, 0.09).unwrap();
    let mut entries = BTreeMap::new();
    for seed in 1..=DESIGN.0 {
        for model in ["dnn", "deepfm", "masknet"] {
            let shared: f64 = standard.sample(rng) * common.sqrt();
            for scenario in 0..DESIGN.1 {
                let own: f64 = standard.sample(rng) * (1.0 - common).sqrt();
                let off = spread.sample(rng) * (shared + own);
                let leaves = [
                    ("model", json!(model)),
                    ("seed", json!(seed)),
                    ("device", json!("cpu")),
                    ("test_auc", json!((98.4 + off - loss) / 100.0)),
                    ("test_logloss", json!(0.15 + 0.002 * standard.sample(rng))),
                    ("calibration_error", json!(0.018 + 0.001 * standard.sample(rng))),
                ];
                let leaves = leaves.map(|(path, leaf)| (path.to_owned(), leaf)).into();
                let fingerprint = revision.to_string();
                let entry =
                    Entry { made_with: made_with(revision), fingerprint, leaves, rest: None };
                entries.insert((Kind::Cell, format!("neg{scenario}.{model}.seed{seed}")), entry);
            }
        }
    }
    Recorded {
        place: String::new(),
        experiment: json!({}),
        entries,
        damaged: BTreeMap::new(),
        data: BTreeMap::new(),
        costs: Vec::new(),
    }
}

fn made_with(revision: u64) -> MadeWith {
    let [program, instruction_set, machine] = ["synthctr", "avx2", "any"].map(str::to_owned);
    MadeWith { program, revision, instruction_set, machine }
}

/// How many of `trials` comparisons of two such runs are red.
fn red(name: &str, trials: usize, loss: f64, common: f64) -> usize {
    let mut rng = Seed::master(5).stream(name);
    let outcomes = (0..trials).map(|_| {
        let base = replicate(2, 0.0, common, &mut rng);
        let new = replicate(3, loss, common, &mut rng);
        compare(&base, &new, &Gate::default(), false).is_green()
    });
    outcomes.filter(|green| !green).count()
}

/// `scripts/gate_proof.py` does 200 and 100.
#[test]
fn no_false_alarm_and_a_loss_of_0_05_points_is_found() {
    assert_eq!(red("nothing", 40, 0.0, 0.0), 0);
    assert_eq!(red("nothing, in common", 40, 0.0, 0.2), 0);
    let found = red("loss", 20, 0.05, 0.0);
    assert!(found >= 19, "{found} of 20");
}

/// The mean over many cells is known better than any of them.
#[test]
fn a_gain_of_any_size_is_no_regression() {
    assert_eq!(red("gain", 2, -0.5, 0.0), 0);
}

#[test]
fn yardsticks_are_of_real_rows_and_no_result() {
    let folder = super::folders::twins(2);
    let new = folder.path().join("new");
    super::folders::edit(&new.join("quality/yardstick.real.json"), |table: &mut Value| {
        table["fidelity"]["score"] = json!(0.1);
        table["fingerprint"] = json!("other");
    });
    let runs = [folder.path().join("base"), new].map(|path| Recorded::open(&path).unwrap());
    let comparison = compare(&runs[0], &runs[1], &Gate::default(), true);
    let score = comparison.effects.iter().find(|effect| effect.measure == "quality score").unwrap();
    assert_eq!((score.loss.n, score.loss.mean), (2, 0.0));
    assert!(comparison.is_green(), "{:?}", comparison.reasons);
}
