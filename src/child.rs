//! One run of another program, and what the system says that it took.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Time and memory of a process that has ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ended {
    pub wall_seconds: f64,
    pub user_seconds: f64,
    pub system_seconds: f64,
    pub peak_mb: f64,
    /// The end of what it said.
    pub said: String,
}

/// Why a program did not do what it was started for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// The system refuses to start it, to keep what it says or to wait for it.
    #[error("cannot {verb} it")]
    Io { verb: &'static str, source: io::Error },
    /// It ended otherwise than well.
    #[error("{status}")]
    Status { status: String, said: String },
    /// It took too long and was stopped.
    #[error("stopped after {seconds} s")]
    TooLong { seconds: u64, said: String },
    /// It said more than anybody reads and was stopped.
    #[error("stopped after more than {} MB of output", MOST_SAID / 1_000_000)]
    TooMuch { said: String },
}

/// Most bytes that a program may say.
const MOST_SAID: u64 = 100_000_000;

/// Bytes of the end of what it said that are kept.
const KEPT: u64 = 1 << 16;

/// How often a program is looked at that may take too long or say too much.
const SHORTEST_WAIT: Duration = Duration::from_millis(2);
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// What is kept of a program's words.
pub(crate) struct Words {
    file: File,
}

impl Words {
    /// Into this file, which can be read.
    pub fn new(file: File) -> Self {
        Self { file }
    }

    /// Where a program is to say them: a file and not a pipe, which would have to be emptied while it
    /// runs.
    pub fn stdio(&self) -> io::Result<Stdio> {
        Ok(self.file.try_clone()?.into())
    }

    fn end(&mut self) -> io::Result<String> {
        let length = self.file.seek(SeekFrom::End(0))?;
        self.file.seek(SeekFrom::Start(length.saturating_sub(KEPT)))?;
        let mut bytes = Vec::new();
        (&self.file).take(KEPT).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The last lines of what a program said.
pub(crate) fn last_lines(said: &str, most: usize) -> String {
    let lines: Vec<&str> = said.trim().lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}

/// Runs a command to its end, without input; what it says goes where the caller has it go, `words` if
/// the end of it is wanted. With a limit it is stopped after that time, and all processes that it
/// started with it. On Linux it ends with the thread that waits for it, however that ends; what it started
/// itself may not.
pub(crate) fn run(
    command: &mut Command,
    mut words: Words,
    limit: Option<Duration>,
) -> Result<Ended, ChildError> {
    let failed = |verb| move |source| ChildError::Io { verb, source };
    command.stdin(Stdio::null());
    end_with_us(command);
    let start = Instant::now();
    let child = command.spawn().map_err(failed("start"))?;
    let (waited, stopped) = wait(&child, start, limit, &words).map_err(failed("wait for"))?;
    let mut ended = waited.ended;
    ended.wall_seconds = start.elapsed().as_secs_f64();
    ended.said = words.end().unwrap_or_default();
    let said = ended.said.clone();
    match (stopped, waited.failed) {
        (Some(Stopped::TooLong), _) => {
            Err(ChildError::TooLong { seconds: limit.unwrap_or_default().as_secs(), said })
        }
        (Some(Stopped::TooMuch), _) => Err(ChildError::TooMuch { said }),
        (None, Some(status)) => Err(ChildError::Status { status, said }),
        (None, None) => Ok(ended),
    }
}

/// Why a program was stopped.
#[derive(Clone, Copy, PartialEq)]
enum Stopped {
    TooLong,
    TooMuch,
}

/// A process that has ended.
struct Waited {
    /// How it failed, if it did.
    failed: Option<String>,
    ended: Ended,
}

fn wait(
    child: &Child,
    start: Instant,
    limit: Option<Duration>,
    words: &Words,
) -> io::Result<(Waited, Option<Stopped>)> {
    let Some(limit) = limit else {
        return Ok((wait_for(child, true)?.unwrap_or_else(unreached), None));
    };
    let (mut stopped, mut pause) = (None, SHORTEST_WAIT);
    loop {
        if let Some(waited) = wait_for(child, stopped.is_some())? {
            return Ok((waited, stopped));
        }
        stopped = match start.elapsed() > limit {
            true => Some(Stopped::TooLong),
            false if words.file.metadata()?.len() > MOST_SAID => Some(Stopped::TooMuch),
            false => None,
        };
        if stopped.is_some() {
            stop(child.id());
        } else {
            std::thread::sleep(pause.min(limit.saturating_sub(start.elapsed())));
            pause = (2 * pause).min(LONGEST_WAIT);
        }
    }
}

/// Who waits to the end has somebody who ended.
fn unreached() -> Waited {
    Waited { failed: None, ended: Ended::default() }
}

/// Waits for a child, or looks whether it has ended.
#[cfg(unix)]
fn wait_for(child: &Child, to_the_end: bool) -> io::Result<Option<Waited>> {
    use std::os::unix::process::ExitStatusExt;
    let mut status = 0;
    let options = if to_the_end { 0 } else { libc::WNOHANG };
    // SAFETY: plain numbers, of which all bits 0 is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: waits for a child of ours that nobody else waits for; fills both structures.
        match unsafe { libc::wait4(child.id() as libc::pid_t, &mut status, options, &mut usage) } {
            0 => return Ok(None),
            1.. => break,
            _ => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + 1e-6 * time.tv_usec as f64;
    // macOS counts bytes, the others KiB.
    let unit = if cfg!(target_vendor = "apple") { 1.0 } else { 1024.0 };
    let ended = Ended {
        user_seconds: seconds(usage.ru_utime),
        system_seconds: seconds(usage.ru_stime),
        peak_mb: usage.ru_maxrss as f64 * unit / 1e6,
        ..Ended::default()
    };
    let status = std::process::ExitStatus::from_raw(status);
    Ok(Some(Waited { failed: (!status.success()).then(|| status.to_string()), ended }))
}

/// Unknown on this system.
#[cfg(not(unix))]
fn wait_for(_child: &Child, _to_the_end: bool) -> io::Result<Option<Waited>> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "other programs are run on Unix only"))
}

/// Has a command's process killed when the thread that started it ends, as on Ctrl-C or a kill: nobody
/// would wait for it any more.
#[cfg(target_os = "linux")]
fn end_with_us(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: between fork and exec only a system call is made, which is allowed there.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_us(_command: &mut Command) {}

/// Kills a process and those that it started.
#[cfg(unix)]
fn stop(id: u32) {
    // Who could start more goes first.
    let started = descendants(id);
    for id in std::iter::once(id).chain(started) {
        // SAFETY: sends a signal, which cannot harm this process.
        unsafe { libc::kill(id as libc::pid_t, libc::SIGKILL) };
    }
}

#[cfg(not(unix))]
fn stop(_id: u32) {}

/// The processes that a process started, and those that these did, where the system tells.
#[cfg(unix)]
fn descendants(id: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let parent = |entry: std::fs::DirEntry| -> Option<(u32, u32)> {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name before it stands in brackets and may hold anything.
        let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
        Some((id, parent))
    };
    let parents: Vec<(u32, u32)> = processes.filter_map(parent).collect();
    let (mut all, mut at) = (vec![id], 0);
    while let Some(&of) = all.get(at) {
        all.extend(parents.iter().filter(|(_, parent)| *parent == of).map(|(child, _)| *child));
        at += 1;
    }
    all.split_off(1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Option<Duration>) -> Result<Ended, ChildError> {
        let words = Words::new(tempfile::tempfile().unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdout(words.stdio().unwrap()).stderr(words.stdio().unwrap());
        run(&mut command, words, limit)
    }

    #[test]
    fn time_and_memory_are_the_childs() {
        let sleeping = shell("sleep 0.3", None).unwrap();
        assert!(sleeping.wall_seconds > 0.3 && sleeping.user_seconds < 0.2);
        let counting = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let counting = shell(counting, Some(Duration::from_secs(100))).unwrap();
        assert!(counting.user_seconds > 0.02, "{}", counting.user_seconds);
        assert!(counting.peak_mb > 0.5 && counting.peak_mb < 100.0, "{}", counting.peak_mb);
    }

    #[test]
    fn failures_say_what_the_program_said() {
        match shell("echo no such thing >&2; exit 3", None) {
            Err(ChildError::Status { status, said }) => {
                assert_eq!((status.as_str(), said.as_str()), ("exit status: 3", "no such thing\n"));
            }
            other => panic!("{other:?}"),
        }
        let words = Words::new(tempfile::tempfile().unwrap());
        let error = run(&mut Command::new("/no/such/program"), words, None).unwrap_err();
        assert_eq!(error.to_string(), "cannot start it");
        let long = shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done", None);
        let said = long.unwrap().said;
        assert!(said.len() as u64 <= KEPT && last_lines(&said, 1) == "line 19999", "{said}");
    }

    /// Those that it started, too.
    #[test]
    fn who_takes_too_long_is_stopped_with_all_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let script = format!("(sleep 1; echo > {}) & echo begun; sleep 600", mark.display());
        let start = Instant::now();
        match shell(&script, Some(Duration::from_millis(300))) {
            Err(ChildError::TooLong { said, .. }) => assert_eq!(said, "begun\n"),
            other => panic!("{other:?}"),
        }
        assert!(start.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists());
    }

    #[test]
    fn who_says_too_much_is_stopped() {
        let error = shell("yes", Some(Duration::from_secs(600))).unwrap_err();
        assert!(matches!(error, ChildError::TooMuch { .. }), "{error}");
    }
}
