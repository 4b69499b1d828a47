//! What a run folder holds.

use super::{LONGEST, RANDOM, Stage};
use bolero::check;
use std::path::Path;
use synthctr::compare::Recorded;
use synthctr::experiment::QualityRecord;
use synthctr::experiment::environment::Environment;
use synthctr::experiment::store::RunFolder;
use synthctr::verdict::{Claims, Run, verify};

/// The experiment of the run that the file belongs to.
const EXPERIMENT: &str = "name = \"mutated\"\nscenarios = [\"base\", \"neg25\"]\n\
    generators = [\"resample\"]\nmodels = [\"dnn\"]\n";

#[test]
fn cell() {
    let stage = Stage::new("cells/none.base.dnn.seed1.json");
    let root = stage.folder.path().to_owned();
    stage.beside("experiment.toml", EXPERIMENT);
    let claims = Claims::paper().expect("the paper's");
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |_| {
            if let Ok(run) = Run::open(&root, &()) {
                let _ = verify(&run, &claims, &());
            }
            let recorded = Recorded::open(&root).expect("a damaged cell is told");
            let _ = recorded.baseline();
        });
    });
}

#[test]
fn measurement() {
    let stage = Stage::new("quality/resample.per-class.seed1.json");
    let root = stage.folder.path().to_owned();
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |_| {
            let (records, faults) = QualityRecord::read_all(&root);
            assert_eq!(records.len() + faults.len(), 1, "read or said to be damaged");
        });
    });
}

#[test]
fn baseline() {
    let stage = Stage::new("baseline.json");
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path| {
            if let Ok(recorded) = Recorded::open(path) {
                let _ = recorded.gate();
                let again = recorded.baseline().expect("a baseline that was read can be written");
                std::fs::write(path, again).expect("the file");
                let again = Recorded::open(path).expect("and read again");
                assert_eq!(recorded.entries.len(), again.entries.len());
            }
        });
    });
}

#[test]
fn environment() {
    let stage = Stage::new("environment.json");
    let root = stage.folder.path().to_owned();
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path: &Path| {
            let _ = Environment::read(&root);
            // A folder that holds no experiment is none of ours, whatever else it holds.
            assert!(RunFolder::look(&root).is_err(), "{}", path.display());
        });
    });
}
