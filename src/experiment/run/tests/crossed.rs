//! Seeds of fits, draws and trainings apart.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

const CROSSED: [&str; 4] = [
    "seeds={fit=2,draw=[1,2],train=[1,2,3]}",
    "models=[\"dnn\"]",
    "scenarios=[\"base\",\"neg25\"]",
    "conditioning=[\"joint\"]",
];

#[test]
fn every_combination_is_run_and_equal_seeds_are_a_replicate() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let ear = Ear::default();
    let (rows, trained) = run(&runner(folders[0].path(), &CROSSED), &ear);
    // Three `base`, and of each of two sources 2 fits by 2 draws by 3 trainings.
    assert_eq!((rows.len(), trained), (3 + 2 * 12, 3 + 2 * 12));
    let seeds = |row: &ResultRow| Some((row.fit_seed?, row.draw_seed?, row.seed));
    let copula: BTreeSet<_> =
        rows.iter().filter(|row| row.generator == "gaussian-copula").filter_map(seeds).collect();
    assert_eq!(copula.len(), 12);

    // One seed for all is the same cell, in the same file.
    let plain: Vec<_> = CROSSED[1..].iter().copied().chain(["seeds=[1,2]"]).collect();
    let (replicates, _) = run(&runner(folders[1].path(), &plain), &ear);
    for row in &replicates {
        assert!(rows.contains(row), "{row:?}");
    }
    let file = "cells/gaussian-copula.joint.neg25.dnn.seed2.json";
    assert!(folders.iter().all(|folder| folder.path().join(file).is_file()));
    let apart = "cells/gaussian-copula.joint.neg25.dnn.seed3.fit1.draw2.json";
    assert!(folders[0].path().join(apart).is_file());
    assert_eq!(run(&runner(folders[0].path(), &plain), &ear).1, 0, "they stand already");
}

#[test]
fn each_seed_moves_what_hangs_on_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let trainer = Pretend::default();
    let results = runner(folder.path(), &CROSSED).run_with(&trainer, &Ear::default()).unwrap();
    let mut samples: BTreeMap<(String, Option<u64>, Option<u64>), BTreeSet<String>> =
        BTreeMap::new();
    for cell in results.cells.iter().filter(|cell| cell.row.generator != "none") {
        let key = (cell.row.generator.clone(), cell.row.fit_seed, cell.row.draw_seed);
        samples.entry(key).or_default().insert(cell.samples[0].sha256.clone());
    }
    // Rows are the same whatever the training's seed, and different for all others.
    assert!(samples.values().all(|hashes| hashes.len() == 1));
    let different: BTreeSet<&String> = samples.values().flatten().collect();
    let copula = samples.keys().filter(|(generator, ..)| generator == "gaussian-copula").count();
    assert_eq!(copula, 4);
    // A bootstrap learns nothing from a seed: its rows hang on the draw alone.
    assert_eq!(different.len(), 4 + 2);
}

#[test]
fn crossed_seeds_are_read_strictly() {
    let of = |seeds: &str| {
        let changes = [Override::parse(&format!("seeds={seeds}")).unwrap()];
        ExperimentConfig::parse("tiny.toml", TINY, &changes).map_err(|e| e.to_string())
    };
    assert!(of("{fit=2,draw=1,train=[3,4]}").is_ok());
    for (seeds, message) in [
        ("{fit=2,draw=1}", "missing field `train`"),
        ("{fit=2,draw=1,train=1,test=1}", "unknown key `test`"),
        ("{fit=0,draw=1,train=1}", "a number of seeds from 1"),
        ("{fit=2,draw=[],train=1}", "seeds.draw is empty"),
        ("{fit=[1,1],draw=1,train=1}", "seeds.fit names `1` twice"),
    ] {
        let error = of(seeds).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}
