//! Whole runs of the program: stopped, in parts, with other threads and orders.

use super::{synthctr, tiny_folder};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant, SystemTime};
use synthctr::experiment::{ResultRow, from_csv};

/// Cells of the tiny experiment: per seed and model `base` and two scenarios of two generators.
const CELLS: usize = 2 * 2 * (1 + 2 * 2);

/// The results without what may differ between runs.
fn results(run: &Path) -> Vec<ResultRow> {
    let rows = from_csv(&fs::read(run.join("results.csv")).unwrap()).unwrap();
    let timeless = |row| ResultRow {
        fit_seconds: 0.0,
        sample_seconds: 0.0,
        train_seconds: 0.0,
        peak_rss_mb: 0.0,
        fit_peak_mb: 0.0,
        sample_peak_mb: 0.0,
        train_peak_mb: 0.0,
        evaluate_seconds: 0.0,
        jobs: 1,
        ..row
    };
    rows.into_iter().map(timeless).collect()
}

/// When each cell file was written.
fn written(run: &Path) -> BTreeMap<String, SystemTime> {
    let Ok(entries) = fs::read_dir(run.join("cells")) else { return BTreeMap::new() };
    let entries = entries.map(|entry| entry.unwrap());
    let cells = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let time = |entry: &fs::DirEntry| entry.metadata().unwrap().modified().unwrap();
    cells.map(|entry| (entry.file_name().into_string().unwrap(), time(&entry))).collect()
}

#[test]
fn threads_order_shards_and_a_kill_change_nothing() {
    let folder = tiny_folder();
    let run = |out: &str, threads: &str, more: &[&str]| {
        let mut command = synthctr(folder.path());
        command.args(["run", "tiny.toml", "--out", out]).args(more);
        command.env("RAYON_NUM_THREADS", threads).assert().success();
    };
    let of = |out: &str| results(&folder.path().join(out));

    run("whole", "2", &[]);
    let whole = of("whole");
    assert_eq!(whole.len(), CELLS);
    assert!(whole.iter().all(|row| (0.0..=1.0).contains(&row.test_auc)));

    run("shuffled", "1", &["--order", "shuffled:9"]);
    assert_eq!(of("shuffled"), whole, "one thread, another order");

    run("jobs", "2", &["--jobs", "1"]);
    assert_eq!(of("jobs"), whole, "one after the other, on two threads");
    run("many", "3", &["--jobs", "5"]);
    assert_eq!(of("many"), whole, "five at a time");

    run("shards", "2", &["--shard", "2/3"]);
    run("shards", "2", &["--shard", "1/3"]);
    run("shards", "1", &["--shard", "3/3"]);
    assert_eq!(of("shards"), whole, "three shards");

    stop_in_the_middle(folder.path(), "interrupted", libc::SIGINT);
    run("interrupted", "2", &[]);
    assert_eq!(of("interrupted"), whole, "interrupted and started again");

    stop_in_the_middle(folder.path(), "killed", libc::SIGKILL);
    let killed = folder.path().join("killed");
    let before = written(&killed);
    assert!((1..CELLS).contains(&before.len()), "killed after {} cells", before.len());
    run("killed", "2", &[]);
    assert_eq!(of("killed"), whole, "killed and started again");
    let after = written(&killed);
    assert!(before.iter().all(|(cell, time)| after[cell] == *time), "finished cells stay");
    assert_eq!(after.len(), CELLS);
}

/// Starts the tiny experiment and sends it a signal once it has finished a few cells.
fn stop_in_the_middle(folder: &Path, out: &str, signal: i32) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_synthctr"));
    command.current_dir(folder).args(["run", "tiny.toml", "--out", out, "--jobs", "2"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    // Tests that run in a shell's background inherit that interrupts are ignored.
    // SAFETY: sets a signal's disposition, which is allowed between fork and exec.
    unsafe {
        std::os::unix::process::CommandExt::pre_exec(&mut command, || {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            Ok(())
        });
    }
    let mut child = command.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    while written(&folder.join(out)).len() < 3 && child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "no cell was finished");
        std::thread::sleep(Duration::from_millis(2));
    }
    // SAFETY: sends a signal to the child, which has not been waited for and so still exists.
    assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal));
}

/// Two processes started together share a folder: they give what one gives, and fit once.
#[test]
fn two_processes_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let trained = "\n[generator.tvae]\npreset = \"quick\"\nepochs = 20\n";
    let text = super::TINY.replace("\"resample\"", "\"tvae\"") + trained;
    fs::write(folder.path().join("tiny.toml"), text).unwrap();
    let start = |out: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_synthctr"))
            .current_dir(folder.path())
            .args(["run", "tiny.toml", "--seeds", "1", "--out", out, "--jobs", "1"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    // A training is told as it begins, one each for clicks and other rows where they are apart.
    let told = |child: Child| {
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{stderr}");
        let mut fits: Vec<String> =
            stderr.lines().filter(|line| line.contains("fit tvae,")).map(str::to_owned).collect();
        fits.sort_unstable();
        fits
    };
    let alone = told(start("alone"));
    assert!(!alone.is_empty());
    let [mut both, others] = [start("both"), start("both")].map(told);
    both.extend(others);
    both.sort_unstable();
    assert_eq!(both, alone, "each fit is done by one of them");
    assert_eq!(results(&folder.path().join("both")), results(&folder.path().join("alone")));
}

#[test]
fn a_dry_run_writes_nothing_and_says_what_stands() {
    let folder = tiny_folder();
    let dry_run = || {
        let mut command = synthctr(folder.path());
        let output = command.args(["run", "tiny.toml", "--models", "dnn", "--seeds", "1"]);
        let output = output.arg("--dry-run").assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    // How long it may take hangs on the machine.
    let parted = |text: String| -> (String, String) {
        let (lines, time): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| !line.contains("on this machine"));
        (lines.join("\n") + "\n", time.join("\n"))
    };
    let (before, guessed) = parted(dry_run());
    assert!(guessed.starts_with("Very roughly ") && !guessed.contains('\n'), "{guessed}");
    assert!(!folder.path().join("runs").exists());
    synthctr(folder.path())
        .args(["run", "tiny.toml", "--models", "dnn", "--seeds", "1", "--scenarios", "base"])
        .assert()
        .success();
    let (after, known) = parted(dry_run());
    assert!(known.starts_with("About ") && !known.contains('\n'), "{known}");
    crate::snapshots().bind(|| {
        insta::assert_snapshot!("dry_run", format!("{before}\n--- base is done\n\n{after}"));
    });
}

#[test]
fn a_damaged_model_is_made_again() {
    let folder = tempfile::tempdir().unwrap();
    let text = super::TINY.replace("\"masknet\"", "").replace("seeds = 2", "seeds = 1");
    fs::write(folder.path().join("tiny.toml"), text).unwrap();
    let run = || {
        let mut command = synthctr(folder.path());
        let arguments =
            ["run", "tiny.toml", "--out", "run", "--save-models", "--scenarios", "base"];
        command.args(arguments).assert().success();
    };
    run();
    let model = folder.path().join("run/models/none.base.dnn.seed1");
    let before = written(&folder.path().join("run"));
    run();
    assert_eq!(written(&folder.path().join("run")), before, "what is whole stands");
    for name in ["weights.mpk", "model.json"] {
        fs::write(model.join(name), "").unwrap();
        run();
        assert!(synthctr::ctr::Trained::is_whole(&model), "{name}");
    }
}
