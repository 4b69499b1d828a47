//! Bundles: as they are, and with a hash that fits whatever follows it.

use super::{LONGEST, RANDOM, Stage};
use bolero::check;
use sha2::{Digest, Sha256};
use std::path::Path;
use synthctr::bundle::Bundle;

/// Reads a bundle and unpacks it.
fn read(path: &Path) {
    let Ok(bundle) = Bundle::read(path) else { return };
    let folder = path.with_file_name("unpacked");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a folder");
    bundle.unpack_into(&folder).expect("a bundle that was read can be unpacked");
}

#[test]
fn bundle() {
    let stage = Stage::new("run.synthctr");
    check!().with_max_len(LONGEST).with_iterations(RANDOM).for_each(|bytes: &[u8]| {
        stage.hands(bytes, read);
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let fitting = [format!("synthctr-bundle 1 sha256 {hash}\n").as_bytes(), bytes].concat();
        stage.hands(&fitting, read);
    });
}
