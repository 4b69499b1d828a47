//! Planted effects get their answers, with numbers that can be checked by hand.

use super::folder::{self, cell, run};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use synthctr::ctr::ModelKind;
use synthctr::experiment::CellRecord;
use synthctr::experiment::store::Scores;
use synthctr::metrics::DeLong;
use synthctr::seed::{Rng, Seed};
use synthctr::statistics::{Estimate, Interval};
use synthctr::verdict::claims::Comparator;
use synthctr::verdict::{Answer, Claims, Run, verify};

/// A claim file about `ctgan` in `neg25` against `base`, with DNN alone unless `models` says more.
fn claims(direction: &str, more: &str) -> Claims {
    let text = format!(
        "title = 't'\nsource = 's'\n[[claim]]\nid = 'c'\nsentence = 'x'\n\
         generators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\n\
         comparator = 'base'\ndirection = '{direction}'\n{more}"
    );
    Claims::parse("c.toml", &text).unwrap()
}

fn near(a: Interval, b: Interval) -> bool {
    (a.low - b.low).abs() + (a.high - b.high).abs() < 1e-9
}

fn normal(rng: &mut Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// `n` seeds of `base` and of ctgan under `neg25`, `effect` above it; a run and its `base` share
/// `alike` of their variance.
fn planted(rng: &mut Rng, ways: &[&str], n: u64, [effect, sd, alike]: [f64; 3]) -> Vec<CellRecord> {
    let mut cells = Vec::new();
    for seed in 1..=n {
        let shared = normal(rng) * alike.sqrt();
        let mut auc = |mean: f64| mean + sd * (shared + (1.0 - alike).sqrt() * normal(rng));
        cells.push(cell("none", "base", "dnn", seed, auc(98.0)));
        for way in ways {
            cells.push(cell(&format!("ctgan.{way}"), "neg25", "dnn", seed, auc(98.0 + effect)));
        }
    }
    cells
}

#[test]
fn planted_effects_get_their_answers() {
    let mut rng = Seed::master(3).stream("answers");
    for (effect, sd, direction, wanted) in [
        (0.2, 0.02, "higher", Answer::Reproduced),
        (-0.2, 0.02, "higher", Answer::Contradicted),
        (0.2, 0.02, "lower", Answer::Contradicted),
        (0.2, 0.02, "not-higher", Answer::Contradicted),
        (-0.2, 0.02, "not-higher", Answer::Reproduced),
        (0.0, 0.02, "not-higher", Answer::Reproduced),
        (0.0, 0.02, "higher", Answer::NoEffectThatMatters),
        (0.035, 0.1, "higher", Answer::Undecided),
    ] {
        let run = run(planted(&mut rng, &["joint"], 12, [effect, sd, 0.0]));
        let verdict = verify(&run, &claims(direction, ""), &());
        assert_eq!(verdict.claims[0].answer, wanted, "{effect} {direction}");
        let code = match wanted {
            Answer::Reproduced => 0,
            Answer::Undecided => 2,
            _ => 1,
        };
        assert_eq!(verdict.exit_code(), code);
    }
}

#[test]
fn values_of_other_data_are_not_judged() {
    let text = |dataset: &str, direction: &str| {
        format!(
            "title = 't'\nsource = 's'\ndataset = '{dataset}'\n[[claim]]\nid = 'c'\nsentence = 'x'\n\
             generators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\n{direction}\
             value = 99.9\nruns = 1"
        )
    };
    let answer = |dataset: &str, direction: &str| {
        let mut rng = Seed::master(5).stream("elsewhere");
        let run = run(planted(&mut rng, &["joint"], 12, [0.2, 0.02, 0.0]));
        let claims = Claims::parse("c.toml", &text(dataset, direction)).unwrap();
        let verdict = verify(&run, &claims, &());
        let claim = &verdict.claims[0];
        (claim.answer, claim.comparisons.len(), verdict.other_data.is_some())
    };
    assert_eq!(answer("planted", ""), (Answer::Contradicted, 1, false));
    assert_eq!(answer("frappe_x1", ""), (Answer::Undecided, 0, true));
    // A direction is one for all data.
    let higher = "comparator = 'base'\ndirection = 'higher'\n";
    assert_eq!(answer("planted", higher), (Answer::Contradicted, 1, false));
    assert_eq!(answer("frappe_x1", higher), (Answer::Reproduced, 1, true));
}

#[test]
fn numbers_are_those_of_the_tests_they_name() {
    let mut rng = Seed::master(4).stream("numbers");
    let cells = planted(&mut rng, &["joint"], 6, [0.1, 0.05, 0.0]);
    let aucs = |scenario: &str| -> Vec<f64> {
        let of = cells.iter().filter(|cell| cell.row.scenario.to_string() == scenario);
        of.map(|cell| 100.0 * cell.row.test_auc).collect()
    };
    let (base, ctgan) = (aucs("base"), aucs("neg25"));
    let verdict = verify(&run(cells), &claims("higher", "value = 0.3\nruns = 1"), &());
    let comparison = &verdict.claims[0].comparisons[0];
    let numbers = &comparison.numbers;
    // Six seeds are too few to know that equal seeds make runs alike, so Welch's.
    assert!(!numbers.paired);
    let welch = Estimate::welch(&ctgan, &base).unwrap();
    assert!(near(numbers.interval.unwrap(), welch.interval(0.95)));
    let sides = numbers.p.unwrap();
    let same = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
    assert!(same(sides.above, welch.p_above(0.0)) && same(sides.below, welch.p_below(0.0)));
    assert!(same(sides.within, welch.p_below(0.035).max(welch.p_above(-0.035))));
    assert!(same(sides.not_above, welch.p_below(0.035)));
    // One published run has the spread of one difference.
    let variance = |of: &[f64]| 6.0 * Estimate::of_mean(of).unwrap().standard_error.powi(2);
    let of_one = variance(&ctgan) + variance(&base);
    let against = Estimate::new(
        welch.mean - 0.3,
        welch.standard_error.powi(2) + of_one,
        welch.degrees_of_freedom,
    );
    let value = comparison.value.unwrap();
    assert!(near(value.interval.unwrap(), against.unwrap().interval(0.95)));
    assert!(same(value.p, against.unwrap().p_two_sided(0.0)));
    assert_eq!(comparison.cells, ["ctgan.joint.neg25.dnn"]);
    assert_eq!(comparison.comparator_cells, ["none.base.dnn"]);
    assert_eq!((numbers.seeds.len(), numbers.comparator_seeds.len()), (6, 6));
}

#[test]
fn runs_that_equal_seeds_make_alike_are_paired() {
    let mut rng = Seed::master(5).stream("alike");
    let cells = planted(&mut rng, &["joint"], 12, [0.1, 0.2, 0.98]);
    let verdict = verify(&run(cells), &claims("higher", ""), &());
    let numbers = &verdict.claims[0].comparisons[0].numbers;
    assert!(numbers.paired && verdict.alike[0].correlation.unwrap() > 0.9);
    assert_eq!(verdict.alike[0].degrees_of_freedom, 11);
    assert!((0.7..0.99).contains(&verdict.alike[0].at_least));
    assert!(numbers.wilcoxon_p.unwrap() < 0.05 && numbers.hodges_lehmann.is_some());
    assert_eq!(verdict.claims[0].answer, Answer::Reproduced);
}

#[test]
fn one_way_of_fitting_is_enough_and_missing_cells_leave_a_claim_open() {
    let mut rng = Seed::master(6).stream("ways");
    let mut cells = planted(&mut rng, &["joint", "per-class"], 10, [0.2, 0.02, 0.0]);
    for cell in cells.iter_mut().filter(|cell| cell.row.conditioning == "joint") {
        cell.row.test_auc -= 0.004;
    }
    let verdict = verify(&run(cells.clone()), &claims("higher", ""), &());
    let claim = &verdict.claims[0];
    let ways: Vec<Answer> = claim.ways.iter().map(|way| way.answer).collect();
    assert_eq!(ways, [Answer::Contradicted, Answer::Reproduced]);
    assert_eq!(claim.answer, Answer::Reproduced);

    // DeepFM is spoken of and was not run.
    let both = claims("higher", "").claims[0].clone();
    let both = Claims {
        claims: vec![synthctr::verdict::Claim {
            models: vec![ModelKind::Dnn.into(), ModelKind::DeepFm.into()],
            ..both
        }],
        ..claims("higher", "")
    };
    let verdict = verify(&run(cells), &both, &());
    let claim = &verdict.claims[0];
    assert_eq!(claim.answer, Answer::Undecided);
    assert_eq!(claim.missing.len(), 3, "{:?}", claim.missing);
    assert!(claim.words.contains("not in this run"), "{}", claim.words);

    let verdict = verify(&run(Vec::new()), &both, &());
    assert!(verdict.claims[0].words.contains("none of the cells"), "{}", verdict.claims[0].words);
}

#[test]
fn the_best_generator_is_better_than_each_other_on_average() {
    let mut rng = Seed::master(7).stream("best");
    let text = "title = 't'\nsource = 's'\n[[claim]]\nid = 'best'\nsentence = 'x'\n\
                generators = ['gaussian-copula']\ncomparator = ['ctgan', 'tvae']\n\
                scenarios = ['neg25', 'pos25']\nmodels = ['dnn']\ndirection = 'higher'\nover = 'mean'\n";
    let claims = Claims::parse("c.toml", text).unwrap();
    let mut cells = Vec::new();
    for seed in 1..=8 {
        for (generator, mean) in [("gaussian-copula", 98.3), ("ctgan", 98.0), ("tvae", 98.1)] {
            // Better on average, though not in every scenario.
            for (scenario, more) in [("neg25", 0.1), ("pos25", -0.1)] {
                let sign = if generator == "gaussian-copula" { 3.0 } else { 1.0 };
                let auc = mean + sign * more + 0.02 * normal(&mut rng);
                cells.push(cell(&format!("{generator}.joint"), scenario, "dnn", seed, auc));
            }
        }
    }
    let claim = &verify(&run(cells.clone()), &claims, &()).claims[0];
    assert_eq!(claim.answer, Answer::Reproduced);
    assert_eq!(claim.comparisons.len(), 2);
    assert!((claim.comparisons[0].numbers.mean - 0.3).abs() < 0.05);
    assert_eq!(claim.comparisons[0].scenario, None);
    for cell in cells.iter_mut().filter(|cell| cell.row.generator == "tvae") {
        cell.row.test_auc += 0.004;
    }
    assert_eq!(verify(&run(cells), &claims, &()).claims[0].answer, Answer::Contradicted);
}

/// Two seeds of two generators that happen to agree tell nothing where those of the others do not, whatever is asked.
#[test]
fn means_of_few_seeds_scatter_as_those_of_the_other_generators() {
    let claims = |generators: &str, comparators: &str| {
        let text = format!(
            "title = 't'\nsource = 's'\n[[claim]]\nid = 'best'\nsentence = 'x'\n\
             generators = [{generators}]\ncomparator = [{comparators}]\nmodels = ['dnn']\n\
             scenarios = ['neg25', 'pos25']\ndirection = 'higher'\nover = 'mean'\n"
        );
        Claims::parse("c.toml", &text).unwrap()
    };
    let run_of = |seeds: u64| {
        let spreads = [
            ("gaussian-copula", 98.3, 0.001),
            ("ctgan", 98.1, 0.001),
            ("tvae", 98.0, 0.1),
            ("smoten", 98.0, 0.1),
            ("tabddpm", 98.0, 0.1),
        ];
        let mut cells = Vec::new();
        for seed in 1..=seeds {
            for (generator, mean, spread) in spreads {
                // Of ctgan other seeds are those above its mean, so that none are alike.
                let above = if generator == "ctgan" { seed / 2 } else { seed };
                let auc = mean + if above % 2 == 0 { spread } else { -spread };
                for scenario in ["neg25", "pos25"] {
                    cells.push(cell(&format!("{generator}.joint"), scenario, "dnn", seed, auc));
                }
            }
        }
        run(cells)
    };
    let first = |seeds: u64, comparators: &str| {
        let claims = claims("'gaussian-copula'", comparators);
        verify(&run_of(seeds), &claims, &()).claims[0].comparisons[0].clone()
    };
    let two = first(2, "'ctgan', 'tvae', 'smoten', 'tabddpm'");
    // Of two values at a distance of d the variance is d²/2; five means tell of each.
    let usual = (3.0 * 0.2f64.powi(2) / 2.0 + 2.0 * 0.002f64.powi(2) / 2.0) / 5.0;
    assert!((two.numbers.sd.unwrap() - (2.0 * usual).sqrt()).abs() < 1e-9);
    assert_eq!(two.answer, Answer::Undecided);
    assert_eq!(first(2, "'ctgan'").numbers.interval, two.numbers.interval);
    let six = first(6, "'ctgan'");
    assert!(!six.numbers.paired);
    // Three values at either end have the variance 6/5 of their distance to the middle, squared.
    let own = |spread: f64| 6.0 / 5.0 * spread.powi(2);
    assert!((six.numbers.sd.unwrap() - (2.0 * own(0.001)).sqrt()).abs() < 1e-9);
    assert_eq!(six.answer, Answer::Reproduced, "by their own seeds");

    // Means are over scenarios and models, not over generators.
    let both = claims("'gaussian-copula', 'tvae'", "'ctgan'");
    let both = &verify(&run_of(2), &both, &()).claims[0];
    let of: Vec<_> =
        both.comparisons.iter().map(|c| (c.generator.as_deref(), c.numbers.mean)).collect();
    assert_eq!(of.len(), 2);
    for ((name, mean), wanted) in of.into_iter().zip([("gaussian-copula", 0.2), ("tvae", -0.1)]) {
        assert_eq!(name, Some(wanted.0));
        assert!((mean - wanted.1).abs() < 1e-9, "{mean}");
    }
    // Of the spread of all groups together Dunnett's would be narrower than the one by itself.
    for comparison in &both.comparisons {
        let own = comparison.numbers.interval.unwrap();
        let together = comparison.numbers.simultaneous_interval.unwrap();
        assert!(together.low <= own.low && own.high <= together.high, "{own:?} {together:?}");
    }
}

/// One way of fitting is enough to bear a claim out, and one cell to contradict it in a way.
#[test]
fn seeds_that_would_settle_a_claim_are_those_of_the_nearest_way() {
    let settled = |effects: &[(&str, &str, f64)]| {
        let mut cells = Vec::new();
        for seed in 1..=6 {
            let wobble = if seed % 2 == 0 { 0.1 } else { -0.1 };
            for model in ["dnn", "deepfm"] {
                cells.push(cell("none", "base", model, seed, 98.0 + wobble));
            }
            for &(way, model, effect) in effects {
                let source = format!("ctgan.{way}");
                cells.push(cell(&source, "neg25", model, seed, 98.0 + effect - wobble));
            }
        }
        let mut claims = claims("higher", "");
        claims.claims[0].models = vec![ModelKind::Dnn.into(), ModelKind::DeepFm.into()];
        let claim = verify(&run(cells), &claims, &()).claims[0].clone();
        assert_eq!(claim.answer, Answer::Undecided);
        let needed = claim.comparisons.iter().map(|c| c.seeds_needed.unwrap() - 6).collect();
        let by: Vec<_> = claim.ways.iter().map(|way| way.settled_by.unwrap()).collect();
        (needed, by, claim.words)
    };
    let (near, far) = (0.13, 0.06);
    let (needed, by, words): (Vec<usize>, _, _) = settled(&[
        ("joint", "dnn", near),
        ("joint", "deepfm", near),
        ("per-class", "dnn", near),
        ("per-class", "deepfm", far),
    ]);
    assert!(needed[0] < needed[3], "{needed:?}");
    let answers: Vec<_> = by.iter().map(|by| (by.more_seeds, by.answer)).collect();
    let wanted = [(needed[0], Answer::Reproduced), (needed[3], Answer::Reproduced)];
    assert_eq!(answers, wanted, "a way needs all of its cells");
    let told = format!("{} more seeds would just bear it out in one way of fitting", needed[0]);
    assert!(words.contains(&told), "{words}");

    let (needed, by, words) = settled(&[
        ("joint", "dnn", -near),
        ("joint", "deepfm", far),
        ("per-class", "dnn", far),
        ("per-class", "deepfm", -far),
    ]);
    let answers: Vec<_> = by.iter().map(|by| (by.more_seeds, by.answer)).collect();
    let wanted = [(needed[0], Answer::Contradicted), (needed[3], Answer::Contradicted)];
    assert_eq!(answers, wanted, "one cell is enough against a way");
    let most = needed[0].max(needed[3]);
    assert!(words.contains(&format!("{most} more seeds would just settle it")), "{words}");
}

#[test]
fn shares_of_copies_are_of_the_rows_whatever_the_model() {
    let text = "title = 't'\nsource = 's'\n[[claim]]\nid = 'copies'\nsentence = 'x'\n\
                generators = ['smoten']\nscenarios = ['neg25']\nmeasure = 'identical-rows'\n\
                direction = 'higher'\nthan = 50.0\nmargin = 1.0\n";
    let claims = Claims::parse("c.toml", text).unwrap();
    let mut cells = Vec::new();
    for seed in 1..=4 {
        for model in ["dnn", "deepfm"] {
            let mut copies = cell("smoten.joint", "neg25", model, seed, 98.0);
            copies.row.identical_rows = 700 + seed as usize;
            cells.push(copies);
        }
    }
    let claim = &verify(&run(cells), &claims, &()).claims[0];
    assert_eq!(claim.answer, Answer::Reproduced);
    let numbers = &claim.comparisons[0].numbers;
    assert!((numbers.mean - 70.25).abs() < 1e-9 && numbers.seeds == [1, 2, 3, 4]);
    assert_eq!(claim.comparisons[0].cells, ["smoten.joint.neg25.*"]);
}

#[test]
fn scores_make_the_variance_over_test_rows_exact() {
    let folder = tempfile::tempdir().unwrap();
    let mut rng = Seed::master(8).stream("scores");
    let labels: Vec<u8> = (0..400).map(|row| u8::from(row % 3 == 0)).collect();
    let mut cells = planted(&mut rng, &["joint"], 3, [0.1, 0.05, 0.0]);
    let mut scored: [Vec<DeLong>; 2] = [Vec::new(), Vec::new()];
    let mut bound = 0.0;
    for pair in cells.chunks_mut(2) {
        let noise: Vec<f64> = labels.iter().map(|_| rng.random::<f64>()).collect();
        let mut of_seed = Vec::new();
        for (which, cell) in pair.iter_mut().enumerate() {
            let score = |(row, label): (usize, &u8)| {
                0.5 * noise[row] + 0.3 * rng.random::<f64>() + 0.2 * f64::from(*label)
            };
            let scores = labels.iter().enumerate().map(score).collect();
            let scores = Scores { labels: labels.clone(), scores };
            folder::add_scores(folder.path(), cell, &scores);
            let delong = DeLong::new(&scores.labels, &scores.scores).unwrap();
            cell.row.auc_variance = Some(delong.variance());
            of_seed.push(delong.clone());
            scored[which].push(delong);
        }
        pair[1].row.auc_covariance_base = Some(of_seed[1].covariance(&of_seed[0]));
        let (a, b) = (&of_seed[0], &of_seed[1]);
        bound += (a.variance() + b.variance() - 2.0 * a.covariance(b)) / 3.0;
    }
    let root = folder.path();
    let judged = |cells: &[CellRecord]| {
        let run = Run { root: root.to_owned(), ..run(cells.to_vec()) };
        verify(&run, &claims("higher", ""), &()).claims[0].comparisons[0].clone()
    };
    let [base, ctgan] = scored.map(|models| DeLong::mean(&models).unwrap());
    let variance = base.variance() + ctgan.variance() - 2.0 * base.covariance(&ctgan);
    let wanted = |mean: f64, variance: f64| {
        Estimate::new(mean, 1e4 * variance, f64::INFINITY).unwrap().interval(0.95)
    };

    let exact = judged(&cells);
    let mean = exact.numbers.mean;
    assert!(!exact.rows_interval_is_bound);
    assert!(near(exact.numbers.rows_interval.unwrap(), wanted(mean, variance)));
    let both = exact.numbers.both_interval.unwrap().half_width();
    let rows = exact.numbers.rows_interval.unwrap().half_width();
    assert!((both - exact.numbers.interval.unwrap().half_width().hypot(rows)).abs() < 1e-12);

    // Scores of another result do not count; what the cells record does, as a bound.
    cells[0].scores_sha256 = "another".into();
    let bounded = judged(&cells);
    assert!(bounded.rows_interval_is_bound);
    assert!(near(bounded.numbers.rows_interval.unwrap(), wanted(mean, bound)));
    assert!(bounded.numbers.rows_interval.unwrap().half_width() > rows);
}

#[test]
fn two_seeds_count_with_at_least_the_usual_spread() {
    let mut cells = Vec::new();
    for (source, aucs) in [
        ("ctgan.joint", [98.20, 98.21]),
        ("tvae.joint", [98.0, 98.2]),
        ("smoten.joint", [97.9, 98.1]),
        ("gaussian-copula.joint", [98.0, 98.3]),
    ] {
        for (seed, auc) in (1..).zip(aucs) {
            cells.push(cell(source, "neg25", "dnn", seed, auc));
        }
    }
    let base = [98.0, 98.02, 98.04, 98.01, 98.03];
    cells.extend((1..).zip(base).map(|(seed, auc)| cell("none", "base", "dnn", seed, auc)));
    let text = "title = 't'\nsource = 's'\n[[claim]]\nid = 'c'\nsentence = 'x'\n\
                generators = ['ctgan']\nscenarios = ['neg25']\nmodels = ['dnn']\n\
                comparator = 'base'\ndirection = 'higher'\n";
    let claims = Claims::parse("c.toml", text).unwrap();
    // Half of the squared distance of two values is their variance; Satterthwaite's degrees of freedom.
    let variances = [0.01f64, 0.2, 0.2, 0.3].map(|apart| apart.powi(2) / 2.0);
    let sum: f64 = variances.iter().sum();
    let df = sum.powi(2) / variances.iter().map(|v| v * v).sum::<f64>();
    let of_base = Estimate::of_mean(&base).unwrap();
    let interval = |variance: f64, df: f64| {
        let ctgan = Estimate::new(98.205, variance / 2.0, df).unwrap();
        ctgan.less(&of_base).unwrap().interval(0.95)
    };
    let near = |found: &Interval, wanted: Interval| {
        assert!((found.low - wanted.low).abs() < 1e-9 && (found.high - wanted.high).abs() < 1e-9);
    };
    let verdict = verify(&run(cells.clone()), &claims, &());
    let numbers = &verdict.claims[0].comparisons[0].numbers;
    near(&numbers.interval.unwrap(), interval(sum / 4.0, df));
    assert!((numbers.sd.unwrap().powi(2) - sum / 4.0 - 0.00025).abs() < 1e-9);
    let differences =
        synthctr::verdict::differences(&run(cells.clone()), &claims, Comparator::Base);
    let of_ctgan = differences.iter().find(|d| d.source.generator.name() == "ctgan").unwrap();
    assert_eq!(of_ctgan.change.interval, numbers.interval, "reports show the same");
    // Among three arms nothing is usual.
    cells.drain(6..8);
    let verdict = verify(&run(cells), &claims, &());
    near(&verdict.claims[0].comparisons[0].numbers.interval.unwrap(), interval(variances[0], 1.0));
}

#[test]
fn wrong_answers_are_rare_over_many_runs() {
    // Twelve comparisons of no effect: one in twenty runs may contradict the claim that all are
    // above, and intervals hold the truth however alike equal seeds make runs.
    let text = "title = 't'\nsource = 's'\n[[claim]]\nid = 'c'\nsentence = 'x'\n\
                generators = ['ctgan', 'tvae']\nscenarios = ['neg25', 'neg50', 'pos25']\n\
                models = ['dnn', 'deepfm']\ncomparator = 'base'\ndirection = 'higher'\n";
    let claims = Claims::parse("c.toml", text).unwrap();
    let mut rng = Seed::master(9).stream("many");
    for (alike, runs) in [(0.0, 150), (0.6, 150)] {
        let (mut wrong, mut held, mut all) = (0, 0, 0);
        for _ in 0..runs {
            let mut cells = Vec::new();
            for model in ["dnn", "deepfm"] {
                for seed in 1..=5 {
                    let shared = normal(&mut rng) * f64::sqrt(alike);
                    let mut auc =
                        || 98.0 + 0.1 * (shared + f64::sqrt(1.0 - alike) * normal(&mut rng));
                    cells.push(cell("none", "base", model, seed, auc()));
                    for source in ["ctgan.joint", "tvae.joint"] {
                        for scenario in ["neg25", "neg50", "pos25"] {
                            cells.push(cell(source, scenario, model, seed, auc()));
                        }
                    }
                }
            }
            let claim = verify(&run(cells), &claims, &()).claims.remove(0);
            wrong += usize::from(matches!(claim.answer, Answer::Reproduced | Answer::Contradicted));
            all += claim.comparisons.len();
            held += claim
                .comparisons
                .iter()
                .filter(|c| c.numbers.interval.is_some_and(|interval| interval.holds(0.0)))
                .count();
        }
        // 5 % and three of the binomial distribution's standard deviations.
        assert!(wrong as f64 <= f64::from(runs) * 0.05 + 8.0, "{wrong} of {runs}, alike {alike}");
        let coverage = held as f64 / f64::from(all as u32);
        assert!(coverage > 0.93, "{coverage}, alike {alike}");
    }
}
