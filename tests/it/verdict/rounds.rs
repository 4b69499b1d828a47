//! Which cells are done next where claims are open.

use super::folder::cell;
use std::collections::BTreeSet;
use synthctr::ctr::ModelKind;
use synthctr::experiment::{Cell, CellRecord, ExperimentConfig, Seeds, UntilDecided, plan};
use synthctr::verdict::{Answer, Claims, Round, Run, Verdict, next_round, not_planned, verify};

const EXPERIMENT: &str = "seeds = 4\ngenerators = ['ctgan', 'tvae']\nconditioning = ['joint']\n\
                          scenarios = ['base', 'neg25']\nmodels = ['dnn', 'deepfm']\n\
                          [until_decided]\nmax_seeds = 6\nblock = 1\n";

const CLAIMS: &str = "title = 't'\nsource = 's'\n\
    [[claim]]\nid = 'ctgan'\nsentence = 'x'\ngenerators = ['ctgan']\nscenarios = ['neg25']\n\
    models = ['dnn', 'deepfm']\ncomparator = 'base'\ndirection = 'higher'\n\
    [[claim]]\nid = 'tvae'\nsentence = 'x'\ngenerators = ['tvae']\nscenarios = ['neg25']\n\
    models = ['dnn']\ncomparator = 'base'\ndirection = 'higher'\n";

/// All cells of seeds 1 to `n`, with the AUC and the seconds that `of` gives.
fn results(n: u64, of: impl Fn(&str, &str, u64) -> (f64, f64)) -> Vec<CellRecord> {
    let mut cells = Vec::new();
    for seed in 1..=n {
        for model in ["dnn", "deepfm"] {
            for source in ["none", "ctgan.joint", "tvae.joint"] {
                let scenario = if source == "none" { "base" } else { "neg25" };
                let (auc, seconds) = of(source, model, seed);
                let mut record = cell(source, scenario, model, seed, auc);
                record.row.train_seconds = seconds;
                cells.push(record);
            }
        }
    }
    cells
}

fn round(cells: Vec<CellRecord>) -> Round {
    judged(cells).1
}

fn judged(cells: Vec<CellRecord>) -> (Verdict, Round) {
    let experiment = ExperimentConfig::parse("e.toml", EXPERIMENT, &[]).unwrap();
    let settings: UntilDecided = experiment.until_decided.clone().unwrap();
    let seeds = Seeds::Replicates(settings.seeds(&experiment.seeds));
    let planned = plan::cells(&ExperimentConfig { seeds, ..experiment.clone() });
    let claims = Claims::parse("c.toml", CLAIMS).unwrap();
    let run = Run {
        root: "nowhere".into(),
        experiment: experiment.clone(),
        cells,
        sequential: false,
        faults: Vec::new(),
        notes: Vec::new(),
    };
    let verdict = verify(&run, &claims, &());
    let round = next_round(&run, &verdict, &experiment, &settings, &planned);
    (verdict, round)
}

fn names(round: &Round) -> BTreeSet<String> {
    round.cells.iter().map(Cell::name).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Undecided by four seeds, of either sign.
fn wobble(seed: u64, scale: f64) -> f64 {
    scale * [1.0, -1.0, 0.8, -0.7, 0.9, -1.1][(seed - 1) as usize % 6]
}

#[test]
fn the_fastest_information_comes_first_with_its_base() {
    // TVAE's DNN is as uncertain as CTGAN's models, but takes a hundredth of the time.
    let cells = results(4, |source, _, seed| {
        let seconds = if source == "tvae.joint" { 0.1 } else { 60.0 };
        let auc = if source == "none" { 98.0 } else { 98.02 + wobble(seed, 0.1) };
        (auc, if source == "none" { 0.1 } else { seconds })
    });
    let round = round(cells);
    assert_eq!((round.open, round.given_up), (3, 0));
    // One half of three, rounded up: TVAE's and one of CTGAN's, each with its `base`.
    assert_eq!(round.cells.len(), 4 - 1, "{:?}", names(&round));
    let tvae = set(&["none.base.dnn.seed5", "tvae.joint.neg25.dnn.seed5"]);
    assert!(names(&round).is_superset(&tvae), "{:?}", names(&round));
    assert!(round.cells.iter().all(|cell| cell.seed == 5));
}

/// What no seed answers is told by claim.
#[test]
fn cells_that_an_experiment_does_not_make_are_told() {
    let experiment = ExperimentConfig::parse("e.toml", EXPERIMENT, &[]).unwrap();
    let planned = plan::cells(&experiment);
    let of = |scenarios: &str, more: &str| {
        let claim = format!(
            "title = 't'\nsource = 's'\n[[claim]]\nid = 'a'\nsentence = 'x'\ngenerators = ['ctgan']\n\
             conditioning = ['joint']\nreading = ['categories']\nscenarios = {scenarios}\n{more}"
        );
        let claims = Claims::parse("c.toml", &claim).unwrap();
        let run = Run {
            root: "nowhere".into(),
            experiment: experiment.clone(),
            cells: Vec::new(),
            sequential: false,
            faults: Vec::new(),
            notes: Vec::new(),
        };
        let verdict = verify(&run, &claims, &());
        let lacking = not_planned(&verdict, &planned).into_iter();
        lacking.map(|(claim, cell)| format!("{claim} {cell}")).collect::<Vec<_>>()
    };
    let auc = "models = ['dnn']\ncomparator = 'base'\ndirection = 'higher'\n";
    assert!(of("['neg25']", auc).is_empty(), "they are planned, and not done");
    assert_eq!(of("['neg25', 'neg50']", auc), ["a ctgan.joint.neg50.dnn"]);
    // Of rows alone no model is asked.
    let copies = "measure = 'identical-rows'\ndirection = 'lower'\nthan = 1.0\n";
    assert!(of("['neg25']", copies).is_empty());
    assert_eq!(of("['pos25']", copies), ["a ctgan.joint.pos25"]);
}

#[test]
fn decided_claims_get_no_more_seeds() {
    let cells = results(6, |source, _, seed| match source {
        "none" => (98.0, 1.0),
        "tvae.joint" => (98.5 + wobble(seed, 0.001), 1.0),
        _ => (98.02 + wobble(seed, 0.1), 1.0),
    });
    let four: Vec<_> = cells.iter().filter(|cell| cell.row.seed <= 4).cloned().collect();
    let first = round(four);
    assert!(first.open >= 2);
    // With all six seeds TVAE is clear, and CTGAN has no more to get.
    let last = round(cells);
    assert_eq!((names(&last), last.open, last.given_up), (BTreeSet::new(), 0, 2));
}

/// DNN gains, DeepFM does not, which contradicts a claim about both; but with two comparisons that is sure only
/// at half the level at which DeepFM's by itself is.
#[test]
fn a_claim_is_open_as_long_as_too_small_an_effect_is_one_by_itself_only() {
    let of = |scale: f64| {
        judged(results(4, |source, model, seed| match (source, model) {
            ("none", _) => (98.0, 1.0),
            ("ctgan.joint", "deepfm") => (98.0 + wobble(seed, scale), 1.0),
            _ => (98.5 + wobble(seed, 0.001), 1.0),
        }))
    };
    let by_itself = |(verdict, _): &(Verdict, Round)| {
        let claim = &verdict.claims[0];
        let answers: Vec<Answer> = claim.comparisons.iter().map(|c| c.answer).collect();
        assert!(answers.contains(&Answer::Reproduced), "{answers:?}");
        claim.answer == Answer::Undecided && answers.contains(&Answer::NoEffectThatMatters)
    };
    let found = (1..100).map(|step| of(f64::from(step) * 5e-4)).find(by_itself);
    let (_, round) = found.expect("a spread that is just small enough");
    assert_eq!((round.open, round.given_up), (1, 0));
    let next = set(&["ctgan.joint.neg25.deepfm.seed5", "none.base.deepfm.seed5"]);
    assert_eq!(names(&round), next);
}

#[test]
fn seeds_that_a_comparator_lacks_are_done_too() {
    let mut cells = results(4, |source, _, seed| match source {
        "none" => (98.0, 1.0),
        _ => (98.02 + wobble(seed, 0.1), 1.0),
    });
    // The base of seed 4 was lost: it comes before any new seed.
    cells.retain(|cell| cell.row.generator != "none" || cell.row.seed != 4);
    let names = names(&round(cells));
    assert!(names.iter().all(|name| name.starts_with("none.base.") && name.ends_with("seed4")));
    assert!(!names.is_empty());
}

#[test]
fn what_is_open_in_a_claim_that_is_answered_gets_none_either() {
    // DNN loses clearly by six seeds, which contradicts that both gain. DeepFM is open and has five.
    let mut cells = results(6, |source, model, seed| match (source, model) {
        ("none", _) => (98.0, 1.0),
        ("ctgan.joint", "dnn") => (97.0 + wobble(seed, 0.01), 1.0),
        ("ctgan.joint", _) => (98.02 + wobble(seed, 0.1), 1.0),
        _ => (98.5 + wobble(seed, 0.001), 1.0),
    });
    cells.retain(|cell| cell.row.model == ModelKind::Dnn || cell.row.seed < 6);
    let round = round(cells);
    assert_eq!((names(&round), round.open), (BTreeSet::new(), 0));
}
