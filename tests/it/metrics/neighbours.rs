//! Rows near others.

use proptest::prelude::*;
use synthctr::data::Coded;
use synthctr::metrics::privacy::neighbours::{Engine, distance_counts_by};

/// Counts over all pairs of rows.
fn by_definition(queries: &Coded, rows: &Coded, deepest: usize) -> Vec<Vec<u32>> {
    let count = |query: usize| {
        let mut counts = vec![0; deepest + 1];
        for row in 0..rows.n_rows() {
            let columns = queries.columns().iter().zip(rows.columns());
            let distance = columns.filter(|(a, b)| a[query] != b[row]).count();
            if let Some(count) = counts.get_mut(distance) {
                *count += 1;
            }
        }
        counts
    };
    (0..queries.n_rows()).map(count).collect()
}

/// Queries and rows of the same columns, whose codes are few or many and apart.
fn two_tables(columns: usize) -> impl Strategy<Value = (Coded, Coded)> {
    let sizes = prop::collection::vec(
        prop_oneof![(1usize..5).prop_map(|n| (n, 1)), Just((400, 1)), Just((3, 60_000))],
        1..=columns,
    );
    (sizes, 0usize..40, 0usize..300).prop_flat_map(|(sizes, n_queries, n_rows)| {
        let table = |n: usize| {
            let column = |&(size, stride): &(usize, usize)| {
                prop::collection::vec(0..size as u32, n)
                    .prop_map(move |codes| codes.iter().map(|c| c * stride as u32).collect())
            };
            let sizes_of_codes: Vec<usize> = sizes.iter().map(|(n, stride)| n * stride).collect();
            let columns: Vec<_> = sizes.iter().map(column).collect();
            columns.prop_map(move |columns| Coded::new(columns, sizes_of_codes.clone()))
        };
        (table(n_queries), table(n_rows))
    })
}

fn counts(engine: Engine, queries: &Coded, rows: &Coded, deepest: usize) -> Vec<Vec<u32>> {
    let counts = distance_counts_by(Some(engine), queries, rows, deepest, &());
    (0..counts.n_queries()).map(|query| counts.of(query).to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_are_their_definition((queries, rows) in two_tables(6), deepest in 0usize..8) {
        let expected = by_definition(&queries, &rows, deepest.min(queries.n_columns()));
        for engine in [Engine::Pairs, Engine::Subsets] {
            prop_assert_eq!(&counts(engine, &queries, &rows, deepest), &expected, "{:?}", engine);
        }
    }
}
