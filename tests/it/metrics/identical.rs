//! Identical rows.

use proptest::prelude::*;
use std::sync::Arc;
use synthctr::data::{Field, Schema, Table};
use synthctr::metrics::{Identical, identical_rows};

proptest! {
    #[test]
    fn identical_rows_are_counted_one_by_one(
        real in prop::collection::vec((0u32..4, 0u32..4, 0u8..2), 0..30),
        synthetic in prop::collection::vec((0u32..4, 0u32..4, 0u8..2), 0..30),
    ) {
        let values = || (0..3).map(|i| i.to_string()).collect();
        let fields = vec![Field::categorical("a", values()), Field::categorical("b", values())];
        let schema = Arc::new(Schema { label: "label".into(), fields });
        let table = |rows: &[(u32, u32, u8)]| {
            let columns = vec![
                rows.iter().map(|row| row.0).collect(),
                rows.iter().map(|row| row.1).collect(),
            ];
            Table::new(schema.clone(), columns, rows.iter().map(|row| row.2).collect())
        };
        let with_label = synthetic.iter().filter(|row| real.contains(row)).count();
        let without_label =
            synthetic.iter().filter(|s| real.iter().any(|r| (r.0, r.1) == (s.0, s.1))).count();
        let expected = Identical { with_label, without_label };
        prop_assert_eq!(identical_rows(&table(&synthetic), &table(&real)), expected);
    }
}
