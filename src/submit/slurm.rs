//! Batches as arrays of Slurm.

use super::error::SubmitError;
use super::plan::{Batch, Part};
use crate::files::{FileError, write_whole};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a run is worked on by Slurm.
#[derive(Clone, Debug)]
pub struct Slurm {
    /// The run folder, absolute, which all machines see.
    pub run: PathBuf,
    /// This program, absolute.
    pub program: PathBuf,
    /// The name of the experiment.
    pub name: String,
    /// More arguments of `synthctr run`.
    pub arguments: Vec<String>,
    /// More arguments of `sbatch`.
    pub sbatch: Vec<String>,
    /// Threads of a task.
    pub threads: usize,
    /// Whether memory is asked for as it is predicted.
    pub limit_memory: bool,
    /// The longest that a task may take, in minutes.
    pub minutes: u64,
    /// What is run at the end besides gathering, as arguments of this program.
    pub finally: Vec<Vec<String>>,
}

/// An array that was handed over.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// Slurm's number of it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Number of its tasks.
    pub tasks: usize,
}

/// A task may need more memory than is predicted.
const MEMORY_FACTOR: f64 = 2.0;
const MEMORY_BYTES: f64 = 1e9;

/// Most tasks of an array, as Slurm is set up.
pub fn most_tasks() -> Result<usize, SubmitError> {
    let text = run(Command::new("scontrol").args(["show", "config"]), "scontrol")?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix("MaxArraySize"));
    let most =
        line.and_then(|line| line.trim_start_matches([' ', '=']).trim().parse::<usize>().ok());
    // The largest number is one less than the size.
    Ok(most.unwrap_or(1001).saturating_sub(1).max(1))
}

/// Writes what the tasks are to do into the run folder and hands the arrays over, and one job that waits for
/// all of them and gathers.
pub fn write_and_submit(slurm: &Slurm, batches: &[Batch]) -> Result<Vec<Submitted>, SubmitError> {
    let mut submitted: Vec<Submitted> = Vec::new();
    let handed = hand_all_over(slurm, batches, &mut submitted);
    if handed.is_err() {
        // Half a plan is none; without `scancel` there would have been no `sbatch`.
        let ids = submitted.iter().map(|array| &array.id);
        let _ = Command::new("scancel").args(ids).output();
    }
    handed.map(|()| submitted)
}

fn hand_all_over(
    slurm: &Slurm,
    batches: &[Batch],
    submitted: &mut Vec<Submitted>,
) -> Result<(), SubmitError> {
    let folder = slurm.own_folder()?;
    let logs = folder.join("log");
    fs::create_dir_all(&logs).map_err(FileError::when("create", &logs))?;
    for (at, batch) in batches.iter().enumerate() {
        let lists = folder.join(at.to_string());
        fs::create_dir_all(&lists).map_err(FileError::when("create", &lists))?;
        for (number, task) in batch.tasks.iter().enumerate() {
            write(&lists.join(format!("{}.txt", number + 1)), &(task.keys.join("\n") + "\n"))?;
        }
        let script = folder.join(format!("{at}.sh"));
        let lists = quoted(&format!("{}/", lists.display()));
        // The shell fills in the task's number.
        write(&script, &slurm.script(&format!("{lists}\"$SLURM_ARRAY_TASK_ID\".txt")))?;
        let name = match batch.part {
            Part::Fits => "fits",
            Part::Free => "free",
            Part::Behind { .. } => "cells",
        };
        let mut command = slurm.sbatch(&format!("{}-{name}", slurm.name), &logs);
        let memory = batch.tasks.iter().map(|task| task.memory).fold(0.0, f64::max);
        let megabytes = ((MEMORY_FACTOR * memory + MEMORY_BYTES) / 1e6).ceil();
        command.arg(format!("--array=1-{}", batch.tasks.len()));
        if slurm.limit_memory {
            command.arg(format!("--mem={megabytes}M"));
        }
        if let Part::Behind { batch, task } = batch.part {
            // However it ends: where its rows are missing the cells fail, or make them where a machine died.
            command.arg(format!("--dependency=afterany:{}_{}", submitted[batch].id, task + 1));
        }
        let id = hand_over(command.args(&slurm.sbatch).arg(&script))?;
        submitted.push(Submitted { id, name: name.to_owned(), tasks: batch.tasks.len() });
    }
    let nothing = folder.join("nothing.txt");
    write(&nothing, "")?;
    let script = folder.join("gather.sh");
    write(&script, &slurm.last_script(&nothing))?;
    let mut command = slurm.sbatch(&format!("{}-gather", slurm.name), &logs);
    if !submitted.is_empty() {
        let ids: Vec<&str> = submitted.iter().map(|array| array.id.as_str()).collect();
        command.arg(format!("--dependency=afterany:{}", ids.join(":")));
    }
    let id = hand_over(command.args(&slurm.sbatch).arg(&script))?;
    submitted.push(Submitted { id, name: "gather".to_owned(), tasks: 1 });
    Ok(())
}

impl Slurm {
    /// A folder of this plan's own: tasks of an earlier one may still be reading theirs.
    fn own_folder(&self) -> Result<PathBuf, FileError> {
        let all = self.run.join("slurm");
        fs::create_dir_all(&all).map_err(FileError::when("create", &all))?;
        for number in 1.. {
            let folder = all.join(number.to_string());
            match fs::create_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => {
                    return made
                        .map(|()| folder.clone())
                        .map_err(FileError::when("create", &folder));
                }
            }
        }
        Ok(all)
    }

    /// What all arrays have in common.
    fn sbatch(&self, name: &str, logs: &Path) -> Command {
        let mut command = Command::new("sbatch");
        command.args(["--parsable", "--requeue", "--open-mode=append"]);
        command.arg(format!("--job-name={name}")).arg(format!("--time={}", self.minutes));
        command.arg(format!("--cpus-per-task={}", self.threads));
        command.arg(format!("--output={}", logs.join("%x-%A_%a.txt").display()));
        command
    }

    /// A call of `synthctr run` on the jobs in a list, whose path is given in the shell's words.
    fn call(&self, list: &str) -> String {
        let experiment = self.run.join("experiment.toml");
        let mut words = vec![quoted(&self.program.display().to_string()), "run".to_owned()];
        words.push(quoted(&experiment.display().to_string()));
        words.extend(["--out".to_owned(), quoted(&self.run.display().to_string())]);
        words.extend(["--jobs 1".to_owned()]);
        words.extend(self.arguments.iter().map(|argument| quoted(argument)));
        words.extend(["--only".to_owned(), list.to_owned()]);
        words.join(" ")
    }

    fn script(&self, list: &str) -> String {
        format!("#!/bin/sh\nexport RAYON_NUM_THREADS={}\nexec {}\n", self.threads, self.call(list))
    }

    /// Gathers, and whatever else is to be done at the end; goes on where a claim is contradicted.
    fn last_script(&self, nothing: &Path) -> String {
        let mut text = format!("#!/bin/sh\nexport RAYON_NUM_THREADS={}\n", self.threads);
        text += &format!("{} || exit\n", self.call(&quoted(&nothing.display().to_string())));
        for arguments in &self.finally {
            let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
            text +=
                &format!("{} {}\n", quoted(&self.program.display().to_string()), words.join(" "));
        }
        text + "exit 0\n"
    }
}

/// A word as a shell takes it for itself.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

fn write(path: &Path, text: &str) -> Result<(), FileError> {
    write_whole(path, |out| out.write_all(text.as_bytes())).map_err(FileError::when("write", path))
}

/// Hands a job over; gives its number.
fn hand_over(command: &mut Command) -> Result<String, SubmitError> {
    let text = run(command, "sbatch")?;
    // Of several clusters the name stands behind.
    Ok(text.trim().split(';').next().unwrap_or_default().to_owned())
}

fn run(command: &mut Command, name: &'static str) -> Result<String, SubmitError> {
    let output =
        command.output().map_err(|source| SubmitError::Command { command: name, source })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(SubmitError::Refused {
            command: name.to_owned(),
            said: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        for word in ["plain", "with space", "it's", "$HOME", "a\"b", "", "`x`"] {
            let output =
                Command::new("sh").args(["-c", &format!("printf %s {}", quoted(word))]).output();
            assert_eq!(String::from_utf8(output.unwrap().stdout).unwrap(), word);
        }
    }
}
