//! How many instructions a program takes: what does not depend on what else the machine does.

use super::child;
use super::interleave::Programs;
use crate::compare::CompareError;
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Numbers of instructions of the old and the new program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instructions {
    /// What counted them.
    pub tool: Option<String>,
    /// The numbers; none if they could not be counted.
    pub counts: Option<[f64; 2]>,
    /// What there is to know about them, or why there are none.
    pub note: String,
}

/// A tool that counts.
#[derive(Clone, Copy)]
enum Tool {
    /// The processor's own counter.
    Perf,
    /// A processor that is simulated; about 50 times slower.
    Valgrind,
}

/// Counts the instructions of one run of each program, on one thread, since threads that wait for
/// work spin: with `perf` where the processor's counter can be read, else with `valgrind`. Fits, samples
/// and trainings are counted; how good and how private rows are is not measured, which would take
/// valgrind longer than all else.
pub fn count_instructions(programs: &Programs) -> Result<Instructions, CompareError> {
    let mut reasons = Vec::new();
    let folder = tempfile::Builder::new().prefix("synthctr-compare-").tempdir();
    let folder = folder.map_err(CompareError::io("create a folder in", &std::env::temp_dir()))?;
    for tool in [Tool::Perf, Tool::Valgrind] {
        let works = match tool {
            Tool::Perf => count(tool, "true", &[], folder.path()).is_ok(),
            Tool::Valgrind => is_there(),
        };
        if !works {
            reasons.push(format!("{} cannot count here", tool.name()));
            continue;
        }
        let mut counts = [0.0; 2];
        let mut failed = None;
        for (side, program) in programs.names().iter().enumerate() {
            let out = folder.path().join(format!("{}{side}", tool.name()));
            let mut arguments = programs.arguments(&out);
            arguments.push("--no-quality".into());
            match count(tool, program, &arguments, folder.path()) {
                Ok(n) => counts[side] = n,
                Err(error) => failed = Some(error.to_string()),
            }
        }
        match failed {
            None => {
                let note = match tool {
                    Tool::Perf => "of one thread, outside the system, without measuring quality",
                    Tool::Valgrind => {
                        "of one thread, without measuring quality, on valgrind's processor, which has no \
                         AVX-512: other kernels than those that are timed may have run"
                    }
                };
                let tool = Some(tool.name().to_owned());
                return Ok(Instructions { tool, counts: Some(counts), note: note.to_owned() });
            }
            Some(error) => reasons.push(error),
        }
    }
    let note = format!("instructions are not measured: {}", reasons.join("; "));
    Ok(Instructions { tool: None, counts: None, note })
}

/// Whether valgrind can be started.
fn is_there() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The instructions of one run of `program`.
fn count(
    tool: Tool,
    program: &str,
    arguments: &[std::ffi::OsString],
    folder: &Path,
) -> Result<f64, CompareError> {
    let log = folder.join("log");
    let mut command = Command::new(tool.name());
    match tool {
        Tool::Perf => {
            command.args(["stat", "-x", ",", "-e", "instructions:u", "-o"]).arg(&log).arg("--");
        }
        Tool::Valgrind => {
            let mut log_file = std::ffi::OsString::from("--log-file=");
            log_file.push(&log);
            command.args(["--tool=cachegrind", "--cache-sim=no"]).arg(log_file);
            command.arg("--cachegrind-out-file=/dev/null");
        }
    }
    command.arg(program).args(arguments);
    on_one_processor(&mut command);
    child::run(&format!("{} {program}", tool.name()), &mut command)?;
    let text = fs::read_to_string(&log).map_err(CompareError::io("read", &log))?;
    tool.read(&text).ok_or_else(|| {
        CompareError::damaged(&log, format!("{} gives no number of instructions", tool.name()))
    })
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Tool::Perf => "perf",
            Tool::Valgrind => "valgrind",
        }
    }

    /// The count in what the tool wrote.
    fn read(self, text: &str) -> Option<f64> {
        let number = match self {
            Tool::Perf => text
                .lines()
                .find(|line| line.contains("instructions"))?
                .split(',')
                .next()?
                .to_owned(),
            Tool::Valgrind => {
                let is_count = |line: &&str| line.contains("I   refs:") || line.contains("I refs:");
                let line = text.lines().find(is_count)?;
                line.rsplit(':').next()?.trim().replace(',', "")
            }
        };
        number.trim().parse().ok().filter(|&n: &f64| n > 0.0)
    }
}

/// Has the command use one processor, and so one thread.
#[cfg(target_os = "linux")]
fn on_one_processor(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: between fork and exec, system calls and plain memory only.
    unsafe {
        command.pre_exec(|| {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            let size = std::mem::size_of_val(&set);
            if libc::sched_getaffinity(0, size, &mut set) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            let first = (0..libc::CPU_SETSIZE as usize).find(|&cpu| libc::CPU_ISSET(cpu, &set));
            libc::CPU_ZERO(&mut set);
            libc::CPU_SET(first.unwrap_or(0), &mut set);
            match libc::sched_setaffinity(0, size, &set) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            }
        });
    }
}

/// Other systems have no such call; threads may differ there.
#[cfg(not(target_os = "linux"))]
fn on_one_processor(command: &mut Command) {
    command.env("RAYON_NUM_THREADS", "1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_the_tools_write_them() {
        let perf = "# started on Wed\n\n12345678,,instructions:u,1000,100.00,,\n";
        assert_eq!(Tool::Perf.read(perf), Some(12_345_678.0));
        let unsupported = "<not supported>,,instructions:u,0,100.00,,\n";
        assert_eq!(Tool::Perf.read(unsupported), None);
        let valgrind = "==11051== Command: x\n==11051== \n==11051== I   refs:      1,365,215\n";
        assert_eq!(Tool::Valgrind.read(valgrind), Some(1_365_215.0));
        assert_eq!(Tool::Valgrind.read("==1== \n"), None);
    }
}
