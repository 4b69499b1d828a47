//! How often the gate is red without a change, and with one.

use rand_distr::{Distribution, Normal, Uniform};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use synthctr::compare::{Entry, Gate, Kind, MadeWith, Recorded, Scope, compare};
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

/// A run of `seeds` seeds, whose cells `loses` says to lose some points.
fn grid(revision: u64, seeds: u64, loses: impl Fn(&str, &str) -> f64, rng: &mut Rng) -> Recorded {
    let noise = Normal::new(0.0, 0.03).unwrap();
    let mut run = Recorded::default();
    for source in
        ["smoten.joint", "smoten.per-class", "ctgan.joint", "ctgan.per-class", "tvae.joint"]
    {
        for scenario in ["pos25", "pos50", "neg25", "neg50", "synthetic-only"] {
            for (model, seed) in
                ["dnn", "masknet"].iter().flat_map(|m| (1..=seeds).map(move |s| (m, s)))
            {
                let (generator, conditioning) = source.split_once('.').unwrap();
                let auc = (98.0 - loses(source, scenario) + noise.sample(rng)) / 100.0;
                let leaves = [
                    ("generator", json!(generator)),
                    ("conditioning", json!(conditioning)),
                    ("scenario", json!(scenario)),
                    ("model", json!(model)),
                    ("seed", json!(seed)),
                    ("test_auc", json!(auc)),
                ];
                let leaves = leaves.map(|(path, leaf)| (path.to_owned(), leaf)).into();
                let (made_with, fingerprint) = (made_with(revision), revision.to_string());
                let name = format!("{source}.{scenario}.{model}.seed{seed}");
                let entry = Entry { made_with, fingerprint, leaves, rest: None };
                run.entries.insert((Kind::Cell, name), entry);
            }
        }
    }
    run
}

/// Of two such runs, the second of which loses something, all that is worse.
fn worse(seeds: u64, loses: impl Fn(&str, &str) -> f64) -> Vec<(Scope, Option<String>)> {
    let mut rng = Seed::master(7).stream("grid");
    let base = grid(2, seeds, |_, _| 0.0, &mut rng);
    let new = grid(3, seeds, loses, &mut rng);
    let comparison = compare(&base, &new, &Gate::default(), false);
    let worse = comparison.effects.iter().filter(|effect| effect.regression);
    let worse: Vec<_> = worse.map(|effect| (effect.scope, effect.of.clone())).collect();
    assert_eq!(comparison.is_green(), worse.is_empty(), "{:?}", comparison.reasons);
    worse
}

/// A loss of a few cells once counted as its own noise: the more they lost, the greener.
#[test]
fn a_loss_of_few_cells_does_not_hide_itself() {
    let broken = |loss: f64| {
        move |source: &str, scenario: &str| {
            if source == "smoten.joint" && scenario == "synthetic-only" { loss } else { 0.0 }
        }
    };
    let of = |name: &str| Some(name.to_owned());
    for seeds in [2, 3, 5] {
        assert!(worse(seeds, broken(0.0)).is_empty());
        for loss in [1.0, 5.0, 30.0] {
            let found = worse(seeds, broken(loss));
            assert!(!found.is_empty(), "{seeds} seeds, {loss}");
            // Two seeds are few to tell 0.04 points on average from noise.
            if (seeds, loss) == (2, 1.0) {
                continue;
            }
            assert!(found.contains(&(Scope::All, None)), "{seeds} seeds, {loss}: {found:?}");
            assert!(
                found.contains(&(Scope::Source, of("smoten.joint"))),
                "{seeds}, {loss}: {found:?}"
            );
        }
    }
    let found = worse(5, broken(5.0));
    let arms = found.into_iter().filter(|(scope, _)| *scope == Scope::Arm);
    let named: Vec<String> = arms.filter_map(|(_, name)| name).collect();
    assert_eq!(
        named,
        ["dnn", "masknet"].map(|model| format!("smoten.joint.synthetic-only.{model}"))
    );
}

/// What others gain makes no loss good.
#[test]
fn a_loss_of_one_source_does_not_hide_in_gains() {
    let mut found = worse(3, |source, _| if source == "ctgan.joint" { 1.0 } else { -1.0 });
    found.retain(|(scope, _)| *scope != Scope::Arm);
    assert_eq!(found, [(Scope::Source, Some("ctgan.joint".to_owned()))]);
    let mut found = worse(3, |_, scenario| if scenario == "neg50" { 1.0 } else { -1.0 });
    found.retain(|(scope, _)| *scope != Scope::Arm);
    assert_eq!(found, [(Scope::Scenario, Some("neg50".to_owned()))]);
}

/// One seed tells no noise between seeds. Then it is said that a loss may hide.
#[test]
fn a_single_seed_has_no_parts() {
    let mut rng = Seed::master(7).stream("single");
    let runs = [2, 3].map(|revision| grid(revision, 1, |_, _| 0.0, &mut rng));
    let comparison = compare(&runs[0], &runs[1], &Gate::default(), false);
    assert!(comparison.is_green() && comparison.effects.iter().all(|e| !e.scope.is_part()));
    assert!(comparison.notes.iter().any(|note| note.contains("at least three seeds")));
}

/// Tables of rows have seeds too, and counts that agree by luck are no proof.
#[test]
fn a_loss_of_one_table_does_not_hide_itself() {
    let table = |revision: u64, source: &str, seed: u64, score: f64, identical: u64| {
        let leaves = [
            ("of/generator", json!(source)),
            ("of/seed", json!(seed)),
            ("fidelity/score", json!(score)),
            ("privacy/identical_rows", json!(identical)),
            ("rows/synthetic", json!(100)),
        ];
        let leaves = leaves.map(|(path, leaf)| (path.to_owned(), leaf)).into();
        let entry = Entry {
            made_with: made_with(revision),
            fingerprint: revision.to_string(),
            leaves,
            rest: None,
        };
        ((Kind::Quality, format!("{source}.joint.seed{seed}")), entry)
    };
    let compared = |broken: f64| {
        let mut rng = Seed::master(8).stream("tables");
        let noise = Normal::new(0.0, 0.001).unwrap();
        let mut runs = [2, 3].map(|_| Recorded::default());
        for source in 0..12 {
            for seed in 1..=3 {
                for (at, run) in runs.iter_mut().enumerate() {
                    let loss = if at == 1 && source == 4 { broken } else { 0.0 };
                    let score = 0.9 - loss + noise.sample(&mut rng);
                    // Source 7 has one row more under each seed, the others now more, now less.
                    let more = if source == 7 { at } else { (source + seed + at) % 3 };
                    let name = format!("source{source}");
                    run.entries.extend([table(
                        2 + at as u64,
                        &name,
                        seed as u64,
                        score,
                        more as u64,
                    )]);
                }
            }
        }
        compare(&runs[0], &runs[1], &Gate::default(), false).reasons
    };
    assert_eq!(compared(0.0), [""; 0]);
    let reasons = compared(0.3);
    assert!(reasons[0].contains("quality score is worse by 2.4"), "{reasons:?}");
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
