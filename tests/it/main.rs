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

/// Insta settings that keep the snapshots in the top-level folder.
pub fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}
