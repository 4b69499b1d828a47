//! Which fields are numbers, and from numbers back to values.

use super::*;
use proptest::prelude::*;

fn texts(values: impl IntoIterator<Item = impl ToString>) -> Vec<String> {
    values.into_iter().map(|value| value.to_string()).collect()
}

fn field(name: &str, values: impl IntoIterator<Item = impl ToString>) -> Field {
    Field::categorical(name, texts(values))
}

fn schema(fields: Vec<Field>) -> Arc<Schema> {
    Arc::new(Schema { label: "label".into(), fields })
}

fn bins() -> Field {
    let encoding = Encoding::Bins {
        edges: vec![1.0, 10.0],
        representatives: vec![0.5, 4.25, 30.0],
        missing: false,
    };
    Field { name: "price".into(), encoding }
}

/// What is found among fields of all kinds.
fn found(named: Option<&[&str]>, groups: &[Vec<usize>]) -> Result<Vec<usize>, String> {
    let named = named.map(texts);
    let schema = schema(vec![
        field("id", 0..11),
        field("few", 0..10),
        field("word", (0..20).map(|i| format!("w{i}"))),
        field(
            "gaps",
            std::iter::once(String::new()).chain((0..11).map(|i| (i * 7 - 20).to_string())),
        ),
        bins(),
        field("twice", ["1", "01", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]),
        field("half", (0..30).map(|i| f64::from(i) / 2.0)),
        field("huge", (0..12).map(|i| (1i64 << 60) + i)),
    ]);
    resolve(&schema, Reading::Numbers, named.as_deref(), groups).map_err(|e| e.to_string())
}

#[test]
fn more_than_ten_integers_or_bins_are_numbers() {
    // Eleven integers, eleven with missing values, bins however few. Not: ten, words, two texts of one
    // number, halves, integers that floating-point numbers do not tell apart.
    assert_eq!(found(None, &[]), Ok(vec![0, 3, 4]));
    // Combinations are categories.
    assert_eq!(found(None, &[vec![0, 1]]), Ok(vec![3, 4]));
    let none = found(None, &[vec![0, 3, 4]]).unwrap_err();
    assert!(none.contains("no field is one of numbers"), "{none}");
}

#[test]
fn named_fields_are_numbers_if_they_can_be() {
    assert_eq!(found(Some(&["half", "few"]), &[]), Ok(vec![1, 6]));
    for (names, message) in [
        (&["wrd"][..], "did you mean `word`?"),
        (&["word"], "`w0` is not a number"),
        (&["twice"], "two of its values are the number 1"),
        (&["id", "id"], "named twice"),
    ] {
        let error = found(Some(names), &[]).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    let tied = found(Some(&["id"]), &[vec![0, 1]]).unwrap_err();
    assert!(tied.contains("`id`") && tied.contains("a constraint ties it"), "{tied}");
}

#[test]
fn categories_have_no_numbers() {
    let schema = schema(vec![field("id", 0..100)]);
    assert_eq!(resolve(&schema, Reading::Categories, None, &[]).unwrap(), Vec::<usize>::new());
}

/// A table of one field of numbers between two others.
fn table(number: Field, codes: Vec<u32>) -> Table {
    let n = codes.len();
    let schema = schema(vec![field("a", ["x"]), number, field("b", ["y", "z"])]);
    let b = (0..n).map(|row| row as u32 % 2).collect();
    Table::new(schema, vec![vec![0; n], codes, b], (0..n).map(|row| (row % 2) as u8).collect())
}

fn joined(numbers: &Numbers, drawn: Vec<f64>) -> (Vec<u32>, Moved) {
    let n = drawn.len();
    let columns = vec![vec![0; n], vec![1; n]];
    let categories = Table::new(numbers.categories().clone(), columns, vec![1; n]);
    let rows = Mixed::new(categories, vec![drawn]);
    let (table, moved) = numbers.join(rows, Seed::master(1));
    assert_eq!((table.column(0), table.column(2)), (&vec![0; n][..], &vec![1; n][..]));
    (table.column(1).to_vec(), moved)
}

#[test]
fn a_number_becomes_the_nearest_that_train_holds() {
    let train = table(field("id", [-5, 2, 10, 11]), vec![0, 1, 2, 3, 3]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    let drawn = vec![-1e9, -5.4, -1.6, -1.4, 2.49, 2.6, 9.9, 10.4, 10.6, 12.0, f64::MAX];
    let (codes, moved) = joined(&numbers, drawn);
    // 2.49 is rounded to 2; halfway between two that are held, -1.6 to -2 and -1.4 to -1.
    assert_eq!(codes, [0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3]);
    // Moved: below the range, -2, -1, 3, 12 and above.
    assert_eq!(moved, Moved { moved: 6, of: 11 });
    assert_eq!(moved.share(), Some(6.0 / 11.0));
    assert_eq!(Moved::default().share(), None);
}

#[test]
fn numbers_that_are_not_whole_are_not_rounded() {
    let train = table(field("id", [0.25, 0.5, 3.0]), vec![0, 1, 2]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    let (codes, moved) = joined(&numbers, vec![0.25, 0.37, 0.38, 1.75, 1.76]);
    assert_eq!(codes, [0, 0, 1, 1, 2]);
    assert_eq!(moved, Moved::default());
}

#[test]
fn a_binned_number_takes_the_bin_with_the_nearest_representative() {
    let train = table(bins(), vec![0, 1, 2, 2]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    assert_eq!(numbers.part(&train).numbers, [[0.5, 4.25, 30.0, 30.0]]);
    // 17.1 lies in the last bin, but is nearer to 4.25 than to 30.
    let (codes, moved) = joined(&numbers, vec![-3.0, 2.3, 2.4, 9.9, 17.1, 17.2, 1e9]);
    assert_eq!(codes, [0, 0, 1, 1, 1, 2, 2]);
    assert_eq!(moved, Moved::default());
}

/// Bins of one value each begin at it: what is drawn around a value is that value, not the one below.
#[test]
fn bins_of_one_value_are_drawn_as_often_as_they_are_near() {
    let values: Vec<f64> = (1..=12).map(|i| f64::from(i) / 2.0).collect();
    let encoding = Encoding::Bins {
        edges: values[1..].to_vec(),
        representatives: values.clone(),
        missing: false,
    };
    let train = table(Field { name: "size".into(), encoding }, (0..12).collect());
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    // Every value and what lies up to half a step around it, evenly.
    let drawn: Vec<f64> = (0..1200).map(|i| 0.25 + (f64::from(i) + 0.5) / 200.0).collect();
    let (codes, _) = joined(&numbers, drawn);
    for code in 0..12 {
        assert_eq!(codes.iter().filter(|&&c| c == code).count(), 100, "of {code}");
    }
}

#[test]
fn as_many_are_missing_as_in_rows_of_the_label() {
    // Every other row is a click: of these, rows 1, 3, 5, 7 and 9, one is missing; of the others two.
    let train = table(field("id", ["", "1", "4"]), vec![0, 1, 1, 2, 0, 0, 2, 2, 1, 1]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    // The mean of four ones and three fours.
    let seen = numbers.part(&train);
    assert_eq!(seen.numbers[0][..4], [16.0 / 7.0, 1.0, 1.0, 4.0]);
    assert_eq!(seen.categories.n_fields(), 2);
    let n = 20_000;
    // All drawn are clicks.
    let (codes, moved) = joined(&numbers, vec![4.0; n]);
    let missing = codes.iter().filter(|&&code| code == 0).count();
    // Four standard deviations.
    assert!((missing as f64 - 0.2 * n as f64).abs() < 4.0 * (0.16 * n as f64).sqrt(), "{missing}");
    assert_eq!((moved.moved, moved.of), (0, n - missing));
    // The first rows are those of any longer sample.
    assert_eq!(joined(&numbers, vec![4.0; 500]).0, codes[..500]);
}

#[test]
fn a_label_that_never_has_the_number_never_gets_it() {
    let train = table(field("id", ["", "1", "4"]), vec![1, 0, 2, 0]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    assert_eq!(joined(&numbers, vec![4.0; 300]).0, [0; 300]);
}

#[test]
fn a_field_that_is_always_missing_is_no_number() {
    let train = table(field("id", ["", "1"]), vec![0, 0]);
    let error = Numbers::new(&train, &[1]).err().expect("an error").to_string();
    assert!(error.contains("`id`") && error.contains("missing in all rows"), "{error}");
}

#[test]
fn what_is_saved_is_read_again_and_checked() {
    let train = table(field("id", ["", "1", "4"]), vec![0, 1, 2, 2]);
    let numbers = Numbers::new(&train, &[1]).expect("numbers");
    let again = Numbers::load(train.schema().clone(), numbers.cards()).expect("numbers");
    assert_eq!(again.part(&train), numbers.part(&train));
    let card = numbers.cards()[0].clone();
    for damaged in [
        vec![],
        vec![NumberCard { field: 7, ..card.clone() }],
        vec![NumberCard { field: 0, ..card.clone() }],
        vec![NumberCard { missing: [0.0, 1.5], ..card.clone() }],
        vec![NumberCard { mean: f64::NAN, ..card.clone() }],
        vec![card.clone(), card.clone()],
    ] {
        assert!(Numbers::load(train.schema().clone(), damaged.clone()).is_err(), "{damaged:?}");
    }
    let never = table(field("id", ["1", "4"]), vec![0, 1]);
    assert!(Numbers::load(never.schema().clone(), vec![card]).is_err());
}

proptest! {
    #[test]
    fn the_nearest_is_the_nearest(
        held in prop::collection::btree_set(-1000i64..1000, 1..40),
        x in -1500.0..1500.0f64,
    ) {
        let values: Vec<i64> = held.into_iter().collect();
        let codes: Vec<u32> = (0..values.len() as u32).collect();
        let numbers = Numbers::new(&table(field("id", &values), codes), &[1]).unwrap();
        let (codes, moved) = joined(&numbers, vec![x]);
        let found = values[codes[0] as usize] as f64;
        let least = values.iter().map(|&v| (v as f64 - x.round()).abs()).fold(f64::MAX, f64::min);
        prop_assert_eq!((found - x.round()).abs(), least);
        prop_assert_eq!(moved.moved == 0, least == 0.0);
    }

    #[test]
    fn held_values_come_back(codes in prop::collection::vec(0u32..12, 1..60)) {
        let train = table(field("id", (0..12).map(|i| i * i - 30)), codes.clone());
        let numbers = Numbers::new(&train, &[1]).unwrap();
        let (back, moved) = joined(&numbers, numbers.part(&train).numbers[0].clone());
        prop_assert_eq!(back, codes);
        prop_assert_eq!(moved.moved, 0);
    }
}
