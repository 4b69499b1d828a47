//! Where claims, cells or seeds are not as one expects.

use super::folder::{self, cell, run};
use serde_json::json;
use synthctr::experiment::CellRecord;
use synthctr::experiment::store::to_csv;
use synthctr::verdict::{Answer, Claims, Run, Verdict, verify};

/// A claim about `ctgan` in `neg25` with DNN, unless `settings` say otherwise.
fn claims(settings: &str) -> Claims {
    let own = |key: &str| settings.lines().any(|line| line.starts_with(key));
    let usual = [
        ("generators", "['ctgan']"),
        ("scenarios", "['neg25']"),
        ("models", "['dnn']"),
        ("conditioning", "['joint']"),
        ("comparator", "'base'"),
    ];
    let mut text =
        "title = 't'\nsource = 's'\n[[claim]]\nid = 'c'\nsentence = 'x'\n".to_owned() + settings;
    for (key, value) in usual.iter().filter(|(key, _)| !own(key)) {
        text += &format!("{key} = {value}\n");
    }
    Claims::parse("c.toml", &text).unwrap()
}

/// So many seeds, of which four is a divisor, of exactly this mean and standard deviation; those of `base` are not
/// alike those of others.
fn seeds(
    source: &str,
    scenario: &str,
    model: &str,
    n: u64,
    [mean, sd]: [f64; 2],
) -> Vec<CellRecord> {
    let turns = if source == "none" { 2 } else { 1 };
    let half = sd * ((n - 1) as f64 / n as f64).sqrt();
    let auc = |seed: u64| if (seed / turns).is_multiple_of(2) { mean + half } else { mean - half };
    (1..=n).map(|seed| cell(source, scenario, model, seed, auc(seed))).collect()
}

fn judged(cells: Vec<CellRecord>, settings: &str) -> Verdict {
    verify(&run(cells), &claims(settings), &())
}

/// A value near 0 claims no side, so a difference that does not matter is not against it.
#[test]
fn a_small_value_that_is_held_is_not_contradicted() {
    let base = |model| seeds("none", "base", model, 12, [98.0, 0.005]);
    let dnn = seeds("ctgan.joint", "neg25", "dnn", 12, [98.01, 0.005]);
    let wide = seeds("ctgan.joint", "neg25", "deepfm", 12, [98.0, 0.9]);
    let settings = "models = ['dnn', 'deepfm']\nvalue = 0.01\n";
    let open = judged([base("dnn"), dnn.clone(), base("deepfm"), wide].concat(), settings);
    let answers = |verdict: &Verdict| -> Vec<Answer> {
        verdict.claims[0].comparisons.iter().map(|comparison| comparison.answer).collect()
    };
    assert_eq!(answers(&open), [Answer::Reproduced, Answer::Undecided]);
    assert_eq!(open.claims[0].answer, Answer::Undecided, "{}", open.claims[0].words);

    let missing = judged([base("dnn"), dnn].concat(), settings);
    assert_eq!(answers(&missing), [Answer::Reproduced]);
    assert_eq!(missing.claims[0].answer, Answer::Undecided, "{}", missing.claims[0].words);
}

/// Over some of its cells a mean says something else.
#[test]
fn a_mean_lacks_none_of_its_cells() {
    let settings = "scenarios = ['neg25', 'pos25']\ndirection = 'higher'\nover = 'mean'\n";
    let base = seeds("none", "base", "dnn", 8, [98.0, 0.01]);
    let worse = seeds("ctgan.joint", "pos25", "dnn", 8, [97.0, 0.01]);
    let better = seeds("ctgan.joint", "neg25", "dnn", 8, [99.4, 0.01]);
    let half = judged([base.clone(), worse.clone()].concat(), settings);
    let claim = &half.claims[0];
    assert_eq!((claim.answer, claim.comparisons.len()), (Answer::Undecided, 0));
    assert_eq!(claim.missing, ["ctgan.joint.neg25.dnn"]);
    assert!(claim.words.contains("cells are missing of each mean"), "{}", claim.words);
    let whole = judged([base.clone(), worse.clone(), better.clone()].concat(), settings);
    assert_eq!(whole.claims[0].answer, Answer::Reproduced, "{}", whole.claims[0].words);
    assert!((whole.claims[0].comparisons[0].numbers.mean - 0.2).abs() < 1e-9);

    // Nor is there one where no seed is common to its cells.
    let mut apart = better;
    apart.iter_mut().for_each(|cell| cell.row.seed += 100);
    let claim = &judged([base, worse, apart].concat(), settings).claims[0];
    assert_eq!((claim.answer, claim.comparisons.len()), (Answer::Undecided, 0));
}

/// What a mean is compared with is fitted in one way in all its cells.
#[test]
fn a_mean_is_compared_with_one_way_of_fitting() {
    let mut cells = Vec::new();
    for scenario in ["neg25", "pos25"] {
        cells.extend(seeds("gaussian-copula.per-class", scenario, "dnn", 8, [98.2, 0.01]));
        cells.extend(seeds("ctgan.joint", scenario, "dnn", 8, [98.0, 0.01]));
    }
    // Fitted like the compared, but in one of the cells alone.
    cells.extend(seeds("ctgan.per-class", "pos25", "dnn", 8, [90.0, 0.01]));
    let settings = "generators = ['gaussian-copula']\nconditioning = ['per-class']\ncomparator = 'ctgan'\n\
                    scenarios = ['neg25', 'pos25']\ndirection = 'higher'\nover = 'mean'\n";
    let verdict = judged(cells, settings);
    let comparison = &verdict.claims[0].comparisons[0];
    assert_eq!(comparison.comparator_way.as_deref(), Some("joint"));
    assert_eq!(comparison.comparator_cells, ["ctgan.joint.neg25.dnn", "ctgan.joint.pos25.dnn"]);
    assert!((comparison.numbers.mean - 0.2).abs() < 1e-9);
}

/// A claim is contradicted in all its ways or not at all.
#[test]
fn a_way_without_cells_keeps_a_claim_open() {
    let base = seeds("none", "base", "dnn", 8, [98.0, 0.01]);
    let worse = seeds("ctgan.joint", "neg25", "dnn", 8, [97.0, 0.01]);
    let elsewhere = seeds("ctgan.per-class", "pos25", "dnn", 8, [98.0, 0.01]);
    let settings = "conditioning = ['joint', 'per-class']\ndirection = 'higher'\n";
    let verdict = judged([base, worse, elsewhere].concat(), settings);
    let claim = &verdict.claims[0];
    let ways: Vec<Answer> = claim.ways.iter().map(|way| way.answer).collect();
    assert_eq!(ways, [Answer::Contradicted, Answer::Undecided]);
    assert_eq!(claim.answer, Answer::Undecided);
}

/// Who goes on with the most promising of four ways of fitting is judged at the level of one of four.
#[test]
fn ways_that_were_left_behind_count() {
    let of = |ways: &str| {
        let base = seeds("none", "base", "dnn", 12, [98.0, 0.1]);
        let gain = seeds("ctgan.joint", "neg25", "dnn", 12, [98.1, 0.1]);
        let text =
            format!("title = 't'\nsource = 's'\n{ways}[[claim]]\nid = 'c'\nsentence = 'x'\n");
        let claim = "generators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\ncomparator = 'base'\n\
                     direction = 'higher'\n";
        let claims = Claims::parse("c.toml", &(text + claim)).unwrap();
        verify(&run([base, gain].concat()), &claims, &()).claims[0].clone()
    };
    let p = of("").comparisons[0].numbers.p.unwrap().above;
    assert!((0.025 / 4.0..0.025).contains(&p), "{p}");
    assert_eq!(of("").answer, Answer::Reproduced);
    assert_eq!(of("ways = 1\n").answer, Answer::Reproduced);
    let four = of("ways = 4\n");
    assert_eq!(four.answer, Answer::Undecided);
    assert!(four.words.contains("1 way of fitting was chosen of 4"), "{}", four.words);
    // One of four does not speak against it in all.
    let base = seeds("none", "base", "dnn", 12, [98.0, 0.1]);
    let loss = seeds("ctgan.joint", "neg25", "dnn", 12, [97.0, 0.1]);
    let claim = "[[claim]]\nid = 'c'\nsentence = 'x'\ngenerators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\n\
                 comparator = 'base'\ndirection = 'higher'\n";
    let against = |ways: &str| {
        let claims = Claims::parse("c.toml", &format!("title = 't'\nsource = 's'\n{ways}{claim}"));
        verify(&run([base.clone(), loss.clone()].concat()), &claims.unwrap(), &()).claims[0].answer
    };
    assert_eq!((against(""), against("ways = 4\n")), (Answer::Contradicted, Answer::Undecided));
    for file in ["paper", "ways", "over_models", "sweep", "longer", "until_decided"] {
        Claims::open(&format!("claims/{file}.toml")).unwrap();
    }
    let none = Claims::parse("c.toml", "title = 't'\nsource = 's'\nways = 0\nclaim = []\n");
    assert!(none.is_err());
}

/// Of a claim that nothing is above a limit, what lies highest tells most.
#[test]
fn what_lies_against_a_claim_comes_first() {
    let models = ["dnn", "deepfm", "masknet"];
    let base = models.map(|model| seeds("none", "base", model, 8, [98.0, 0.1])).concat();
    let of = models.into_iter().zip([90.0, 98.1, 98.05]);
    let rest = of.flat_map(|(model, auc)| seeds("ctgan.joint", "neg25", model, 8, [auc, 0.3]));
    let cells: Vec<CellRecord> = base.into_iter().chain(rest).collect();
    let models = "models = ['dnn', 'deepfm', 'masknet']\n";
    let order = |direction: &str| -> Vec<String> {
        let verdict =
            judged(cells.clone(), &format!("{models}direction = '{direction}'\nthan = 0.0\n"));
        let name = |c: &&synthctr::verdict::Comparison| c.model.unwrap().to_string();
        let open =
            verdict.claims[0].telling().into_iter().filter(|c| c.answer == Answer::Undecided);
        open.map(|c| name(&c)).collect()
    };
    assert_eq!(order("higher"), ["masknet", "deepfm"]);
    assert_eq!(order("not-higher"), ["deepfm", "masknet"]);
}

/// With so many seeds as are said to be needed there is an answer, and with fewer there is none.
#[test]
fn seeds_needed_are_those_of_the_first_answer() {
    let several = "models = ['dnn', 'deepfm', 'masknet']\n";
    for (settings, effect, sd) in [
        ("direction = 'higher'\n".to_owned(), 0.03, 0.05),
        ("direction = 'higher'\n".to_owned(), -0.03, 0.05),
        ("direction = 'higher'\n".to_owned(), 0.005, 0.05),
        ("direction = 'not-higher'\n".to_owned(), -0.02, 0.1),
        ("direction = 'not-higher'\n".to_owned(), 0.01, 0.1),
        ("direction = 'not-higher'\n".to_owned(), 0.03, 0.1),
        (format!("direction = 'higher'\n{several}"), -0.005, 0.05),
        (format!("direction = 'higher'\n{several}"), -0.05, 0.1),
        (format!("direction = 'lower'\n{several}"), -0.05, 0.1),
    ] {
        let answers = |n: u64| {
            let of = |model: &&str| {
                let base = seeds("none", "base", model, n, [98.0, sd]);
                [base, seeds("ctgan.joint", "neg25", model, n, [98.0 + effect, sd])].concat()
            };
            let cells: Vec<CellRecord> = ["dnn", "deepfm", "masknet"].iter().flat_map(of).collect();
            judged(cells, &settings).claims[0].comparisons[0].clone()
        };
        let few = answers(8);
        assert_eq!(few.answer, Answer::Undecided, "{settings}{effect}");
        let needed = few.seeds_needed.unwrap() as u64;
        let enough = needed.next_multiple_of(4);
        assert_ne!(answers(enough).answer, Answer::Undecided, "{needed} for {settings}{effect}");
        let fewer = answers(enough - 4).answer;
        assert_eq!(fewer, Answer::Undecided, "{needed} for {settings}{effect}");
    }
}

/// A model that hangs on no seed gives one number many times over.
#[test]
fn equal_runs_are_no_certainty() {
    let cells = |sd: f64| {
        let base = seeds("none", "base", "dnn", 8, [98.0, sd]);
        [base, seeds("ctgan.joint", "neg25", "dnn", 8, [98.04, sd])].concat()
    };
    let verdict = judged(cells(0.0), "direction = 'higher'\n");
    let (claim, numbers) = (&verdict.claims[0], &verdict.claims[0].comparisons[0].numbers);
    assert_eq!(claim.answer, Answer::Undecided, "{}", claim.words);
    assert_eq!((numbers.interval, numbers.sd, numbers.p), (None, None, None));
    let verdict = judged(cells(0.001), "direction = 'higher'\n");
    assert_eq!(verdict.claims[0].answer, Answer::Reproduced);
}

#[test]
fn words_say_which_of_side_and_value_is_missed() {
    let words = |mean: f64| {
        let base = seeds("none", "base", "dnn", 8, [98.0, 0.01]);
        let of = seeds("ctgan.joint", "neg25", "dnn", 8, [98.0 + mean, 0.01]);
        let verdict = judged([base, of].concat(), "direction = 'higher'\nvalue = 2.0\n");
        assert_eq!(verdict.claims[0].answer, Answer::Contradicted);
        verdict.claims[0].words.clone()
    };
    assert!(words(0.2).starts_with("Contradicted: the claimed value is out of reach."));
    assert!(words(-0.2).starts_with("Contradicted: the interval lies on the other side."));
    // What equals the other side is not below it.
    let settings = "models = ['dnn', 'deepfm']\ndirection = 'higher'\n";
    let equal = |model| {
        let base = seeds("none", "base", model, 8, [98.0, 0.01]);
        [base, seeds("ctgan.joint", "neg25", model, 8, [98.0, 0.01])].concat()
    };
    let claim = &judged([equal("dnn"), equal("deepfm")].concat(), settings).claims[0];
    assert!(claim.words.contains("and 0 below (0)"), "{}", claim.words);
}

/// Cells of a run of other settings are not further seeds of it.
#[test]
fn seeds_of_other_settings_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let with = |mut cell: CellRecord, settings: Option<&str>| {
        cell.settings = settings.map(|s| serde_json::from_value(json!(s)).unwrap());
        cell
    };
    let all = |settings: Option<&'static str>, seeds: std::ops::RangeInclusive<u64>, auc: f64| {
        seeds.map(move |seed| with(cell("none", "base", "dnn", seed, auc), settings))
    };
    let open = || Run::open(folder.path(), &()).unwrap();
    // Six seeds with few epochs, of which three were done again with more.
    let cells: Vec<CellRecord> =
        all(Some("new"), 1..=3, 98.0).chain(all(Some("old"), 4..=6, 90.0)).collect();
    folder::write(folder.path(), &cells, "");
    let rows: Vec<_> = cells[..3].iter().map(|cell| &cell.row).collect();
    std::fs::write(folder.path().join("results.csv"), to_csv(&rows).unwrap()).unwrap();
    let run = open();
    assert_eq!(run.cells.len(), 3);
    assert!(run.cells.iter().all(|cell| cell.row.seed <= 3));
    assert!(run.notes[0].starts_with("3 cells of other settings"), "{:?}", run.notes);
    // Without a list the more of them count; files of before do in any case.
    std::fs::remove_file(folder.path().join("results.csv")).unwrap();
    let more: Vec<CellRecord> =
        all(Some("old"), 7..=7, 90.0).chain(all(None, 8..=8, 98.0)).collect();
    folder::write(folder.path(), &more, "");
    let run = open();
    let seeds: Vec<u64> = run.cells.iter().map(|cell| cell.row.seed).collect();
    assert_eq!(seeds, [4, 5, 6, 7, 8]);
}

/// What a model learned in few epochs is not compared with what it learned in many.
#[test]
fn models_trained_otherwise_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let of = |source: &str, scenario: &str, seed, training: &str| {
        let mut cell = cell(source, scenario, "dnn", seed, 98.0);
        cell.training = Some(serde_json::from_value(json!(training)).unwrap());
        cell
    };
    // Everything with few epochs; then `base` again with more, and clicks besides.
    let base = || (1..=3).map(|seed| of("none", "base", seed, "long"));
    let clicks = || (1..=3).map(|seed| of("gaussian-copula.joint", "pos25", seed, "long"));
    let others = || (1..=3).map(|seed| of("gaussian-copula.joint", "neg25", seed, "short"));
    let longest: Vec<CellRecord> = base().chain(clicks()).collect();
    folder::write(folder.path(), &longest.iter().cloned().chain(others()).collect::<Vec<_>>(), "");
    let rows: Vec<_> = longest.iter().map(|cell| &cell.row).collect();
    std::fs::write(folder.path().join("results.csv"), to_csv(&rows).unwrap()).unwrap();
    let run = Run::open(folder.path(), &()).unwrap();
    let scenarios: Vec<String> =
        run.cells.iter().map(|cell| cell.row.scenario.to_string()).collect();
    assert!(!scenarios.contains(&"neg25".to_owned()) && scenarios.len() == 6, "{scenarios:?}");
    assert!(run.notes[0].starts_with("3 cells are left out whose models"), "{:?}", run.notes);
    assert!(run.notes[0].contains("(dnn)"), "{:?}", run.notes);
}
