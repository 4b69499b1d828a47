//! What holds for all tables.

use super::{categories, frames, numbers, same};
use proptest::prelude::*;
use synthctr::data::{Column, Frame, Values};
use synthctr::metrics::fidelity::{
    Fidelity, FidelityOptions, fidelity, jensen_shannon, total_variation, tv_complement,
};
use synthctr::seed::Seed;

fn measured([real, synthetic]: &[Frame; 2]) -> Fidelity {
    let options = FidelityOptions { label: Some("c0".into()), ..FidelityOptions::default() };
    fidelity(real, synthetic, &options, Seed::master(1), &())
}

/// A row: three categories, of which 0 is missing, and two numbers, of which the last is missing.
type Row = ([u8; 3], [i8; 2]);

fn row() -> impl Strategy<Value = Row> {
    ((0u8..3, 0u8..6, 0u8..40), (-9i8..10, -3i8..4)).prop_map(|(c, n)| (c.into(), n.into()))
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), 1..80)
}

fn tables(real: &[Row], synthetic: &[Row]) -> [Frame; 2] {
    tables_of(real, synthetic, |_, code| if code == 0 { String::new() } else { format!("x{code}") })
}

fn tables_of(real: &[Row], synthetic: &[Row], text: impl Fn(usize, u8) -> String) -> [Frame; 2] {
    let texts = |rows: &[Row], c: usize| -> Vec<String> {
        rows.iter().map(|row| text(c, row.0[c])).collect()
    };
    let floats = |rows: &[Row], c: usize| -> Vec<f64> {
        let float = |row: &Row| if row.1[c] == 3 { f64::NAN } else { f64::from(row.1[c]) / 7.0 };
        rows.iter().map(float).collect()
    };
    let columns =
        (0..3).map(|c| categories(&format!("c{c}"), &texts(real, c), &texts(synthetic, c)));
    let others = (0..2).map(|c| numbers(&format!("n{c}"), &floats(real, c), &floats(synthetic, c)));
    frames(columns.chain(others))
}

/// Every number of a result by its place, but for the notes.
fn flat(result: &Fidelity) -> Vec<(String, Option<f64>)> {
    fn walk(path: &str, value: &serde_json::Value, all: &mut Vec<(String, Option<f64>)>) {
        match value {
            serde_json::Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{path}/{key}"), value, all));
            }
            serde_json::Value::Array(values) => {
                let paths = values.iter().enumerate();
                paths.for_each(|(i, value)| walk(&format!("{path}/{i}"), value, all));
            }
            serde_json::Value::String(_) => {}
            number => all.push((path.to_owned(), number.as_f64())),
        }
    }
    let mut value = serde_json::to_value(result).expect("a result");
    value.as_object_mut().expect("a map").remove("notes");
    let mut all = Vec::new();
    walk("", &value, &mut all);
    all
}

fn equal(a: &Fidelity, b: &Fidelity, but: &[&str]) {
    let (a, b) = (flat(a), flat(b));
    assert_eq!(a.len(), b.len());
    for ((path, a), (other, b)) in a.into_iter().zip(b) {
        assert_eq!(path, other);
        if !but.iter().any(|part| path.contains(part)) {
            same(a, b, &path);
        }
    }
}

/// Other codes for the same texts.
fn recoded(frame: &Frame, shift: usize) -> Frame {
    let column = |column: &Column| match &column.values {
        Values::Numbers(numbers) => Column::numbers(&column.name, numbers.clone()),
        Values::Categories { vocabulary, codes } => {
            let n = vocabulary.len();
            let new = |code: usize| (n - 1 - code + shift) % n;
            let mut texts = vec![String::new(); n];
            (0..n).for_each(|code| texts[new(code)].clone_from(&vocabulary[code]));
            let codes = codes.iter().map(|&code| new(code as usize) as u32).collect();
            Column::categories(&column.name, texts.into(), codes)
        }
    };
    Frame::new(frame.columns().iter().map(column).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn equal_tables_are_as_alike_as_can_be(rows in rows()) {
        let result = measured(&tables(&rows, &rows));
        for (path, value) in flat(&result) {
            let name = path.rsplit('/').next().expect("a name");
            let expected = match name {
                "tv_distance" | "js_distance" | "authenticity" => 0.0,
                "cramers_v_real" | "cramers_v_synthetic" | "correlation_real"
                | "correlation_synthetic" | "real_rows" | "synthetic_rows" => continue,
                name if name.ends_with("_expected") => continue,
                _ => 1.0,
            };
            prop_assert!(value.is_none_or(|x| (x - expected).abs() < 1e-12), "{}: {:?}", path, value);
        }
        for pair in &result.pairs {
            prop_assert_eq!(pair.cramers_v_real, pair.cramers_v_synthetic);
            prop_assert_eq!(pair.correlation_real, pair.correlation_synthetic);
        }
        prop_assert_eq!(result.alpha_precision.is_some(), rows.len() > 1);
    }

    #[test]
    fn numbers_are_within_their_bounds(real in rows(), synthetic in rows()) {
        let result = measured(&tables(&real, &synthetic));
        for (path, value) in flat(&result) {
            let low = match path.rsplit('/').next().expect("a name") {
                "real_rows" | "synthetic_rows" => continue,
                "correlation_real" | "correlation_synthetic" => -1.0,
                _ => 0.0,
            };
            prop_assert!(value.is_none_or(|x| (low..=1.0).contains(&x)), "{}: {:?}", path, value);
        }
    }

    #[test]
    fn what_is_undefined_has_a_reason(real in rows(), synthetic in rows()) {
        let result = measured(&tables(&real, &synthetic));
        for (name, column) in &result.columns {
            let column = serde_json::to_value(column).expect("a column");
            for (metric, value) in column.as_object().expect("a map") {
                let noted = result.notes.contains_key(&format!("columns/{name}/{metric}"));
                prop_assert_eq!(value.is_null(), noted, "{} {}", name, metric);
            }
        }
        for pair in &result.pairs {
            for (metric, value) in [
                ("contingency_similarity", pair.contingency_similarity),
                ("cramers_v_real", pair.cramers_v_real),
                ("cramers_v_synthetic", pair.cramers_v_synthetic),
            ] {
                let noted = format!("pairs/{}/{}/{metric}", pair.a, pair.b);
                prop_assert_eq!(value.is_none(), result.notes.contains_key(&noted));
            }
        }
    }

    #[test]
    fn distances_are_symmetric(real in rows(), synthetic in rows()) {
        let (there, back) = (tables(&real, &synthetic), tables(&synthetic, &real));
        let (there, back) = (measured(&there), measured(&back));
        for name in ["c0", "c1", "c2"] {
            let (a, b) = (&there.columns[name], &back.columns[name]);
            same(a.tv_distance, b.tv_distance, name);
            same(a.js_distance, b.js_distance, name);
        }
        for name in ["n0", "n1"] {
            same(there.columns[name].ks_complement, back.columns[name].ks_complement, name);
        }
        for (a, b) in there.pairs.iter().zip(&back.pairs) {
            same(a.contingency_similarity, b.contingency_similarity, "contingency");
            same(a.correlation_similarity, b.correlation_similarity, "correlation");
            same(a.cramers_v_real, b.cramers_v_synthetic, "V");
            same(a.cramers_v_synthetic, b.cramers_v_real, "V");
        }
    }

    #[test]
    fn neither_the_order_of_rows_nor_the_codes_matter(
        real in rows(), synthetic in rows(), shift in 0usize..5,
    ) {
        let both = tables(&real, &synthetic);
        let expected = measured(&both);
        let backwards = both.clone().map(|frame| {
            let order: Vec<usize> = (0..frame.n_rows()).rev().collect();
            recoded(&frame.select(&order), shift)
        });
        // The order of the labels is that of the vocabulary, and a random start knows the codes:
        // rounding errors may decide between points that are equally far.
        let but = ["given_label", "alpha_precision", "beta_recall", "authenticity"];
        equal(&measured(&backwards), &expected, &but);
        // The texts in another order too; of equally frequent categories others may be kept then.
        let renamed = tables_of(&real, &synthetic, |column, code| match code {
            0 => String::new(),
            _ => format!("{column}-{}", 200 - code),
        });
        let but = ["given_label", "alpha_precision", "beta_recall", "authenticity", "triples"];
        equal(&measured(&renamed), &expected, &but);
    }

    #[test]
    fn merged_categories_are_no_further_apart(
        counts in prop::collection::vec((0u64..50, 0u64..50), 2..30), into in 1usize..9,
    ) {
        let (mut real, mut synthetic): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
        real[0] += 1;
        synthetic[1] += 1;
        let merged = |counts: &[u64]| {
            let mut merged = vec![0; into];
            counts.iter().enumerate().for_each(|(i, count)| merged[i % into] += count);
            merged
        };
        let (few_real, few_synthetic) = (merged(&real), merged(&synthetic));
        for distance in [total_variation, jensen_shannon] {
            let fine = distance(&real, &synthetic).expect("rows");
            let coarse = distance(&few_real, &few_synthetic).expect("rows");
            prop_assert!(coarse <= fine + 1e-12, "{} above {}", coarse, fine);
        }
        // The complement has a millionth of a row for each new category.
        let complement = tv_complement(&real, &synthetic).expect("rows");
        let distance = total_variation(&real, &synthetic).expect("rows");
        prop_assert!((1.0 - complement - distance).abs() < 1e-4);
    }

    #[test]
    fn distances_are_those_of_their_definitions(
        counts in prop::collection::vec((0u64..9, 0u64..9), 1..20),
    ) {
        let (mut real, mut synthetic): (Vec<u64>, Vec<u64>) = counts.into_iter().unzip();
        real[0] += 1;
        synthetic[0] += 1;
        let shares = |counts: &[u64]| -> Vec<f64> {
            let total: u64 = counts.iter().sum();
            counts.iter().map(|&count| count as f64 / total as f64).collect()
        };
        let (p, q) = (shares(&real), shares(&synthetic));
        let tv = p.iter().zip(&q).map(|(p, q)| (p - q).abs()).sum::<f64>() / 2.0;
        let entropy = |shares: &[f64]| -> f64 {
            shares.iter().filter(|&&p| p > 0.0).map(|p| -p * p.log2()).sum()
        };
        let middle: Vec<f64> = p.iter().zip(&q).map(|(p, q)| (p + q) / 2.0).collect();
        let js = entropy(&middle) - (entropy(&p) + entropy(&q)) / 2.0;
        let actual = jensen_shannon(&real, &synthetic).expect("rows");
        prop_assert!((total_variation(&real, &synthetic).expect("rows") - tv).abs() < 1e-12);
        prop_assert!((actual.powi(2) - js).abs() < 1e-12, "{}, {}", actual, js.sqrt());
    }
}
