//! α-precision, β-recall and authenticity of tables whose truth is known.

use rand::RngExt;
use synthctr::data::Coded;
use synthctr::metrics::fidelity::{Side, Support, Undefined, support};
use synthctr::seed::Seed;

/// Rows around one of some kinds; of the first `kinds` ones.
fn rows(n: usize, kinds: u32, name: &str) -> Coded {
    let mut rng = Seed::master(11).stream(name);
    let mut columns = vec![Vec::new(); 12];
    for _ in 0..n {
        let kind = rng.random_range(0..kinds);
        for (position, column) in columns.iter_mut().enumerate() {
            let typical = (kind * (position as u32 + 2)) % 8;
            column.push(if rng.random::<f64>() < 0.7 { typical } else { rng.random_range(0..8) });
        }
    }
    Coded::new(columns, vec![8; 12])
}

fn of(real: &Coded, synthetic: &Coded) -> Support {
    support(real, synthetic, Seed::master(1)).expect("rows")
}

#[test]
fn a_holdout_is_precise_and_covers_and_is_authentic_by_half() {
    let support = of(&rows(2000, 5, "real"), &rows(2000, 5, "holdout"));
    assert!(support.alpha_precision > 0.9, "{support:?}");
    assert!((support.beta_recall - 0.5).abs() < 0.05, "{support:?}");
    assert!((support.authenticity - 0.5).abs() < 0.05, "{support:?}");
    // A third of the rows of both.
    let support = of(&rows(2000, 5, "real"), &rows(1000, 5, "smaller"));
    assert!((support.beta_recall - 1.0 / 3.0).abs() < 0.05, "{support:?}");
}

#[test]
fn the_real_table_covers_itself_and_is_not_authentic() {
    let real = rows(1000, 5, "real");
    let support = of(&real, &real);
    assert!((support.alpha_precision - 1.0).abs() < 1e-9, "{support:?}");
    assert!((support.beta_recall - 1.0).abs() < 1e-9, "{support:?}");
    assert_eq!(support.authenticity, 0.0);
}

#[test]
fn lost_kinds_of_rows_are_not_recalled_and_copies_are_not_authentic() {
    let real = rows(2000, 5, "real");
    let holdout = of(&real, &rows(2000, 5, "holdout"));
    let lost = of(&real, &rows(2000, 1, "lost"));
    assert!(lost.beta_recall < 0.6 * holdout.beta_recall, "{lost:?}");
    assert!(lost.alpha_precision < holdout.alpha_precision - 0.1, "{lost:?}");
    // Half of the rows are copies.
    let copied =
        of(&real, &real.select(&(0..1000).collect::<Vec<_>>()).chain(&rows(1000, 5, "new")));
    assert!(copied.authenticity < 0.6 * holdout.authenticity, "{copied:?}");
}

#[test]
fn too_few_rows_or_columns_are_undefined() {
    let (none, one, two) = (rows(0, 5, "none"), rows(1, 5, "one"), rows(2, 5, "two"));
    let of = |real: &Coded, synthetic: &Coded| support(real, synthetic, Seed::master(1));
    assert_eq!(of(&one, &two), Err(Undefined::FewRows { side: Side::Real, needed: 2 }));
    assert_eq!(of(&two, &none), Err(Undefined::FewRows { side: Side::Synthetic, needed: 1 }));
    let narrow = |rows: &Coded| (0..12).fold(rows.clone(), |rows, _| rows.without(0));
    assert_eq!(of(&narrow(&two), &narrow(&two)), Err(Undefined::FewColumns(1)));
    assert!(of(&two, &one).is_ok());
}
