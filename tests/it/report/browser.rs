//! Reports in headless Chromium, by `scripts/browser/check.mjs`.

use super::report;
use super::size::write_study;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The check, with its packages installed; none where the browser or they are missing.
fn check() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/browser");
    let chromium = std::env::var_os("CHROMIUM").map_or("/usr/bin/chromium".into(), PathBuf::from);
    let node = Command::new("node").arg("--version").output().is_ok_and(|out| out.status.success());
    let there = chromium.is_file() && node && folder.join("node_modules/axe-core").is_dir();
    there.then(|| folder.join("check.mjs"))
}

#[test]
fn readers_trip_over_nothing() {
    let Some(check) = check() else {
        // `.ci/run` installs both and says that they must be there.
        assert!(
            std::env::var_os("SYNTHCTR_BROWSER_TESTS").is_none(),
            "no Chromium, node or packages"
        );
        eprintln!("skipped: needs Chromium, node and `npm install` in scripts/browser");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    write_study(folder.path());
    report(folder.path(), "study --out study");
    report(folder.path(), "nasty study --out both");
    for page in ["study/report.html", "both/report.html"] {
        let output =
            Command::new("node").arg(&check).arg(folder.path().join(page)).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{page}: {text}{errors}");
    }
}
