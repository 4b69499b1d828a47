//! Both programs in turn on the same experiment.

use super::child;
use super::measurements::{Measurements, Repetition, Usage};
use crate::compare::{CompareError, Recorded};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Two programs and what they are to run.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The old program's file and the new one's.
    pub files: [PathBuf; 2],
    /// The experiment: its name or file.
    pub experiment: String,
    /// Keys of the experiment to set otherwise, as `key=value`.
    pub changes: Vec<String>,
}

/// What the programs took and the folders of their last runs, which go when this is dropped.
#[derive(Debug)]
pub struct Interleaved {
    /// What each repetition took.
    pub measurements: Measurements,
    folder: TempDir,
}

/// What the programs are called, and their folders.
const SIDES: [&str; 2] = ["old", "new"];

impl Interleaved {
    /// The folders of the last runs of the old and the new program.
    pub fn folders(&self) -> [PathBuf; 2] {
        SIDES.map(|side| self.folder.path().join(side))
    }
}

impl Programs {
    /// The programs as commands that begin a run in `out`. One job at a time: side by side they
    /// would take each other's time, and stages could not tell their memory apart.
    pub(super) fn arguments(&self, out: &Path) -> Vec<std::ffi::OsString> {
        let mut arguments = vec!["run".into(), self.experiment.clone().into()];
        arguments.extend(["--jobs", "1", "--out"].map(Into::into));
        arguments.push(out.into());
        for change in &self.changes {
            arguments.extend(["--set".into(), change.into()]);
        }
        arguments
    }

    /// As they are called in messages.
    pub(super) fn names(&self) -> [String; 2] {
        self.files.each_ref().map(|file| file.display().to_string())
    }

    /// Runs one of them into an empty folder.
    fn run(&self, side: usize, out: &Path) -> Result<Usage, CompareError> {
        if out.exists() {
            fs::remove_dir_all(out).map_err(CompareError::io("remove", out))?;
        }
        let mut command = Command::new(&self.files[side]);
        command.args(self.arguments(out));
        let ended = child::run(&self.names()[side], &mut command)?;
        let recorded = Recorded::open(out)?;
        let peaks = recorded.costs.iter().filter_map(|cost| cost.peak_mb);
        Ok(Usage {
            wall_seconds: ended.wall_seconds,
            user_seconds: ended.user_seconds,
            system_seconds: ended.system_seconds,
            peak_mb: peaks.fold(ended.peak_mb, f64::max),
            stages: recorded.costs.iter().map(|c| (c.stage.to_owned(), c.seconds)).collect(),
        })
    }
}

/// Runs both programs `repeat` times, after one run of each that is not counted: the first finds
/// nothing in the caches. `done` is told of every repetition and how many there are.
pub fn interleave(
    programs: &Programs,
    repeat: usize,
    mut done: impl FnMut(usize, &Repetition),
) -> Result<Interleaved, CompareError> {
    let folder = tempfile::Builder::new().prefix("synthctr-compare-").tempdir();
    let folder = folder.map_err(CompareError::io("create a folder in", &std::env::temp_dir()))?;
    let run = |side: usize| programs.run(side, &folder.path().join(SIDES[side]));
    for side in [0, 1] {
        run(side)?;
    }
    let mut repetitions = Vec::with_capacity(repeat);
    for number in 0..repeat {
        let old_first = number % 2 == 0;
        let (old, new) = if old_first {
            let old = run(0)?;
            (old, run(1)?)
        } else {
            let new = run(1)?;
            (run(0)?, new)
        };
        repetitions.push(Repetition { old_first, old, new });
        if let Some(repetition) = repetitions.last() {
            done(number + 1, repetition);
        }
    }
    let measurements = Measurements {
        programs: programs.names(),
        experiment: programs.experiment.clone(),
        changes: programs.changes.clone(),
        repetitions,
        instructions: None,
    };
    Ok(Interleaved { measurements, folder })
}
