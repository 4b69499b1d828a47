//! Every integration test in one binary: one link instead of many.

mod bench;
mod bundle;
mod compare;
mod ctr;
mod data;
mod experiment;
mod external;
mod generators;
mod golden;
mod metrics;
mod quality;
mod report;
mod slurm;
mod statistics;
mod verdict;

/// A Python that has these packages; none where there is none, which is a failure where `SYNTHCTR_PYTHON`
/// names one and the packages are not `large`.
pub fn python(packages: &str, large: bool) -> Option<String> {
    let named = std::env::var("SYNTHCTR_PYTHON").ok();
    let python = named.clone().unwrap_or_else(|| "python3".to_owned());
    let imports = format!("import {packages}");
    let imported = std::process::Command::new(&python).args(["-c", &imports]).output();
    let has = imported.is_ok_and(|output| output.status.success());
    assert!(has || large || named.is_none(), "{python} has not all of {packages}");
    if !has {
        eprintln!("skipped: needs a Python with {packages}; SYNTHCTR_PYTHON may name one");
    }
    has.then_some(python)
}

/// Insta settings that keep the snapshots in the top-level folder.
pub fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
