//! Experiments and claims, both TOML.

use super::{LONGEST, RANDOM, Stage};
use bolero::check;
use synthctr::experiment::{ExperimentConfig, plan};
use synthctr::verdict::Claims;

#[test]
fn experiment() {
    let stage = Stage::new("experiment.toml");
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path| {
            let Ok(experiment) = ExperimentConfig::open(&path.to_string_lossy(), &[]) else {
                return;
            };
            let text = experiment.to_toml().expect("an experiment can be written");
            let again = ExperimentConfig::parse("written", &text, &[]).expect("and read again");
            assert_eq!(plan::cells(&experiment), plan::cells(&again));
        });
    });
}

#[test]
fn claims() {
    let stage = Stage::new("claims.toml");
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, |path| {
            let _ = Claims::open(&path.to_string_lossy());
        });
    });
}
