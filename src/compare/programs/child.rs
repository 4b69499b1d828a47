//! One run of a program, and what the system says that it took.

use crate::compare::CompareError;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Time and memory of a process that has ended.
pub(super) struct Ended {
    pub wall_seconds: f64,
    pub user_seconds: f64,
    pub system_seconds: f64,
    pub peak_mb: f64,
    /// What it said on stderr.
    pub said: String,
}

/// Runs a command to its end, without its output. `program` names it in errors.
pub(super) fn run(program: &str, command: &mut Command) -> Result<Ended, CompareError> {
    let failed = |verb| move |source| CompareError::Io { verb, path: program.to_owned(), source };
    // A file and not a pipe, which would have to be emptied while it runs.
    let mut said = tempfile::tempfile().map_err(failed("keep the messages of"))?;
    let copy = said.try_clone().map_err(failed("keep the messages of"))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(copy);
    let start = Instant::now();
    let child = command.spawn().map_err(failed("start"))?;
    let (status, mut ended) = wait(child.id()).map_err(failed("wait for"))?;
    ended.wall_seconds = start.elapsed().as_secs_f64();
    ended.said = text(&mut said).unwrap_or_default();
    match status {
        Ok(()) => Ok(ended),
        Err(status) => {
            let lines: Vec<&str> = ended.said.trim().lines().collect();
            let last = lines[lines.len().saturating_sub(5)..].join("\n");
            Err(CompareError::Program { program: program.to_owned(), status, message: last })
        }
    }
}

fn text(file: &mut File) -> io::Result<String> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Waits for a child; gives how it failed, if it did, and what it took.
#[cfg(unix)]
fn wait(id: u32) -> io::Result<(Result<(), String>, Ended)> {
    use std::os::unix::process::ExitStatusExt;
    let mut status = 0;
    // SAFETY: plain numbers, of which all bits 0 is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: waits for a child of ours that nobody else waits for; fills both structures.
        if unsafe { libc::wait4(id as libc::pid_t, &mut status, 0, &mut usage) } >= 0 {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + 1e-6 * time.tv_usec as f64;
    // macOS counts bytes, the others KiB.
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    let ended = Ended {
        wall_seconds: 0.0,
        user_seconds: seconds(usage.ru_utime),
        system_seconds: seconds(usage.ru_stime),
        peak_mb: usage.ru_maxrss as f64 * unit / 1e6,
        said: String::new(),
    };
    let status = std::process::ExitStatus::from_raw(status);
    Ok((if status.success() { Ok(()) } else { Err(status.to_string()) }, ended))
}

/// Unknown on this system.
#[cfg(not(unix))]
fn wait(_id: u32) -> io::Result<(Result<(), String>, Ended)> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "processor time is read on Unix only"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Ended, CompareError> {
        run("sh", Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn time_and_memory_are_the_childs() {
        let sleeping = shell("sleep 0.3").unwrap();
        assert!(sleeping.wall_seconds > 0.3 && sleeping.user_seconds < 0.2);
        let counting = shell("i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done").unwrap();
        assert!(counting.user_seconds > 0.02, "{}", counting.user_seconds);
        assert!(counting.peak_mb > 0.5 && counting.peak_mb < 100.0, "{}", counting.peak_mb);
    }

    #[test]
    fn failures_say_what_the_program_said() {
        let error = shell("echo no such thing >&2; exit 3").err().unwrap().to_string();
        assert!(error.contains("exit status: 3") && error.contains("no such thing"), "{error}");
        let error = run("none", &mut Command::new("/no/such/program")).err().unwrap();
        assert_eq!(error.to_string(), "cannot start none");
    }
}
