//! Frappe, where it is there.

use std::path::{Path, PathBuf};
use synthctr::data::{self, DATA_DIR_VARIABLE, DatasetConfig};
use synthctr::seed::Seed;

/// The folder with Frappe, if there is one.
fn data_dir() -> Option<PathBuf> {
    let named = std::env::var_os(DATA_DIR_VARIABLE).map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let found = [named, Some(beside)].into_iter().flatten();
    found.into_iter().find(|dir| dir.join("frappe_x1/train.csv").is_file())
}

#[test]
fn frappe_loads_with_its_published_counts() {
    let Some(dir) = data_dir() else {
        eprintln!("skipped: Frappe is not there; name its folder with {DATA_DIR_VARIABLE}");
        return;
    };
    let config = DatasetConfig::named("frappe_x1");
    let dataset = data::load(&config, Some(&dir), Seed::master(1)).expect("Frappe");
    let split = &dataset.split;
    let counts = [&split.train, &split.valid, &split.test].map(|t| (t.n_rows(), t.count(1)));
    assert_eq!(counts, [(202_027, 67_604), (57_722, 19_063), (28_860, 9_536)]);
    let schema = split.train.schema();
    let categories: usize = schema.fields.iter().map(|field| field.n_categories()).sum();
    assert_eq!(categories, 5_379);
    assert_eq!(dataset.checksums["test"], "3470f6d32713dc5f7715f198ca7c612a");
    let redrawn = dataset.checksums["train"].starts_with("5a8370");
    assert_eq!(dataset.notes, if redrawn { vec!["train negatives redrawn"] } else { vec![] });

    // Codes follow the published ones: sorted as integers, without those that train lacks.
    let user = schema.position("user").expect("a field");
    let codes = split.train.column(user);
    let first_row_with = |code| codes.iter().position(|&c| c == code).expect("seen");
    let value = |code: u32| -> i64 { schema.fields[user].text(code).parse().expect("a number") };
    assert!(value(codes[first_row_with(2)]) < value(codes[first_row_with(10)]));

    let fields = Some(vec!["user".to_string(), "item".into(), "city".into()]);
    let config = DatasetConfig { fields, ..config };
    let narrow = data::load(&config, Some(&dir), Seed::master(1)).expect("Frappe");
    assert_eq!(narrow.split.train.n_fields(), 3);
    assert!(narrow.constraints.is_empty(), "constraints go with their fields");
}
