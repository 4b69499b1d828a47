//! The help of every command.

use super::synthctr;

fn help(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = synthctr(folder.path()).args(arguments).arg("--help").assert().success();
    String::from_utf8(output.get_output().stdout.clone()).unwrap()
}

#[test]
fn help_of_every_command() {
    crate::snapshots().bind(|| {
        insta::assert_snapshot!("help", help(&[]));
        insta::assert_snapshot!("help_run", help(&["run"]));
        insta::assert_snapshot!("help_bench", help(&["bench"]));
        insta::assert_snapshot!("help_generate", help(&["generate"]));
        insta::assert_snapshot!("help_evaluate", help(&["evaluate"]));
        insta::assert_snapshot!("help_compare", help(&["compare"]));
    });
}

#[test]
fn version_and_usage_errors_have_their_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| synthctr(folder.path()).args(arguments).assert();
    run(&["--version"]).success().stdout(concat!("synthctr ", env!("CARGO_PKG_VERSION"), "\n"));
    run(&[]).code(2);
    run(&["rum"]).code(2);
    run(&["run", "--epochs", "many"]).code(2);
    run(&["run", "--out", "/proc/1/none", "--models", "dnn"]).code(2);
}

#[test]
fn output_into_a_closed_pipe_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{} run --help | head -n 1; echo done", env!("CARGO_BIN_EXE_synthctr"));
    let output = assert_cmd::Command::new("sh").current_dir(&folder).args(["-c", &script]).assert();
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert_eq!(stderr, "");
}
