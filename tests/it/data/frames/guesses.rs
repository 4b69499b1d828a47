//! What columns are taken for.

use super::*;
use proptest::prelude::*;

#[test]
fn guesses_follow_the_values_and_the_name() {
    let folder = folder();
    let header = "bit,flag,text,userId,visits,step,place,age,ratio,day,at,order id,padded,hash,\
                  maybe,empty";
    let rows: String = (0..100)
        .map(|i| {
            let cells = [
                (i % 2).to_string(),
                ["True", "false"][i % 2].to_string(),
                format!("word {i}"),
                i.to_string(),
                i.to_string(),
                (i % 10).to_string(),
                (i % 51).to_string(),
                (i % 11).to_string(),
                format!("{i}.5"),
                format!("2026-11-{:02}", i % 28 + 1),
                ["", "2026-11-24 13:05:00"][i % 2].to_string(),
                (i % 20).to_string(),
                format!("0{i:02}"),
                (9_007_199_254_740_993 + i).to_string(),
                ["12.0", "5.0", "NaN"][i % 3].to_string(),
                String::new(),
            ];
            cells.join(",") + "\n"
        })
        .collect();
    let frames = read(&[&file(&folder, "t.csv", format!("{header}\n{rows}"))]);
    let guesses: String = frames.guesses.iter().map(|guess| format!("{guess}\n")).collect();
    crate::snapshots().bind(|| insta::assert_snapshot!("frame_guesses", guesses));
    let names_rows =
        |warning: &String| warning.contains("different values in 100 rows and so names rows");
    assert!(!frames.warnings.is_empty() && frames.warnings.iter().all(names_rows));
    assert_eq!(shown(&frames, 0, "maybe")[..3], ["12", "5", ""]);
    assert_eq!(shown(&frames, 0, "padded")[1], "001");
    assert_eq!(shown(&frames, 0, "visits")[99], "99");
}

#[test]
fn codes_are_whole_numbers_that_come_again() {
    let cells = |values: usize, rows: usize| -> Vec<String> {
        (0..rows).map(|row| (row % values + 2).to_string()).collect()
    };
    let kind = |cells: Vec<String>| {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        guess(&column(&[&cells]), "x").0
    };
    assert_eq!(kind(cells(30, 300)), Kind::Categories, "ten rows each");
    assert_eq!(kind(cells(30, 299)), Kind::Numbers);
    assert_eq!(kind(cells(10, 20)), Kind::Categories, "few");
    assert_eq!(kind(cells(10, 19)), Kind::Numbers);
    assert_eq!(kind(cells(11, 22)), Kind::Numbers);
    let with_point = |cells: Vec<String>| cells.iter().map(|cell| format!("{cell}.0")).collect();
    assert_eq!(kind(with_point(cells(30, 300))), Kind::Numbers, "a tool's numbers");
    let mut some_missing: Vec<String> = with_point(cells(30, 300));
    some_missing.push(String::new());
    assert_eq!(kind(some_missing), Kind::Categories, "a tool's codes, one of them missing");
}

#[test]
fn large_whole_numbers_are_codes() {
    let (small, large) = (["9007199254740992", "7"], ["9007199254740993", "7"]);
    assert_eq!(guess(&column(&[&small]), "x").0, Kind::Numbers);
    let frames = column(&[&large]);
    assert_eq!(guess(&frames, "x").0, Kind::Categories);
    assert_eq!(shown(&frames, 0, "x"), large);
}

#[test]
fn a_name_that_speaks_of_a_measure_makes_no_large_number_exact() {
    let folder = folder();
    let rows = |first: u64| (0..30).map(move |i| format!("{},{}\n", first + 7 * i, i % 2));
    for (first, kind) in [(1, Kind::Numbers), (9_007_199_254_740_993, Kind::Categories)] {
        let text = format!("amount,label\n{}", rows(first).collect::<String>());
        let frames = read(&[&file(&folder, "t.csv", text)]);
        assert_eq!(guess(&frames, "amount").0, kind);
    }
}

#[test]
fn options_overrule_the_look() {
    let folder = folder();
    let path = file(&folder, "t.csv", "who,bought,n,x,t,skip\n7,true,5,1.5,true,a\n8,,5,2,,b\n");
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let options = FrameOptions {
        categorical: names(&["x", "n"]),
        numeric: names(&["t"]),
        ignore: names(&["skip"]),
        label: Some("bought".into()),
        user: Some("who".into()),
        ..FrameOptions::default()
    };
    let frames = read_with(&[&path], &options);
    assert_eq!(guess(&frames, "who"), (Kind::Categories, "the user".into()));
    assert_eq!(guess(&frames, "bought"), (Kind::Categories, "the label".into()));
    assert_eq!(guess(&frames, "n"), (Kind::Categories, "asked for".into()));
    assert_eq!(guess(&frames, "t"), (Kind::Numbers, "asked for".into()));
    assert_eq!(shown(&frames, 0, "bought"), ["1", ""], "a label is 1 or 0");
    assert_eq!(shown(&frames, 0, "x"), ["1.5", "2"]);
    assert_eq!(shown(&frames, 0, "t"), ["1", "NaN"]);
    assert_eq!(frames.frames[0].position("skip"), None);
}

#[test]
fn missing_values_are_told_by_the_column() {
    let marks = ["", "NaN", "NaT", "NA", "n/a", "#N/A", "<NA>", "NULL", "None"];
    for (value, shown_as) in [("1.5", "1.5"), ("2026-11-24", "20781"), ("true", "true")] {
        let frames = column(&[&[&[value][..], &marks].concat()]);
        let missing = if value == "true" { "" } else { "NaN" };
        let expected = [&[shown_as][..], &[missing; 9]].concat();
        assert_eq!(shown(&frames, 0, "x"), expected, "{value}");
    }
    let texts = [&["Namibia"][..], &marks].concat();
    assert_eq!(shown(&column(&[&texts]), 0, "x"), texts, "texts are left alone");
}

#[test]
fn a_few_cells_that_keep_a_column_from_being_numbers_are_told() {
    let reason = |cells: &[&str]| guess(&column(&[cells]), "x");
    let said = |text: &str| (Kind::Categories, text.to_owned());
    let odd = "1 of 4 values is no number, such as \"abc\" in line 3";
    assert_eq!(reason(&["1.5", "abc", "NA", "2.5", "3"]), said(odd));
    let odd = "2 of 5 values are no numbers, such as \"?\" in line 2";
    assert_eq!(reason(&["?", "1", "?", "2", "3"]), said(odd));
    assert_eq!(reason(&["a", "b", "1"]), said("text, such as \"a\""), "most are texts");
    assert_eq!(reason(&["a", "1"]), said("text, such as \"a\""));
}

#[test]
fn columns_too_long_to_keep_all_texts_are_the_same() {
    let folder = folder();
    let options = FrameOptions { max_categories: 150_000, ..FrameOptions::default() };
    let rows = 200_000;
    let path = |name: &str, last: &str, cell: &dyn Fn(usize) -> String| {
        let rows: String = (0..rows).map(|i| cell(i) + "\n").collect();
        file(&folder, name, format!("x\n{rows}{last}\n"))
    };
    let number = |i: usize| format!("{}", i as f64 / 8.0 + 0.1);
    let frames = read_with(&[&path("floats.csv", "NA", &number)], &options);
    let expected: Vec<f64> = (0..rows).map(|i| i as f64 / 8.0 + 0.1).collect();
    let Values::Numbers(numbers) = &frames.frames[0].columns()[0].values else { panic!("numbers") };
    assert_eq!(numbers[..rows], expected);
    assert!(numbers[rows].is_nan());
    assert_eq!(guess(&frames, "x"), (Kind::Numbers, "numbers".into()));

    let time = |i: usize| {
        format!(
            "2026-11-{:02}T{:02}:{:02}:{:02}Z",
            i / 86_400 + 1,
            i / 3600 % 24,
            i / 60 % 60,
            i % 60
        )
    };
    let frames = read_with(&[&path("times.csv", "", &time)], &options);
    let days: Vec<String> = shown(&frames, 0, "x");
    assert_eq!((days[0].as_str(), days[86_400].as_str()), ("20758", "20759"));
    assert_eq!(guess(&frames, "x").0, Kind::Dates);

    // A text at the end: the numbers before it were texts as well.
    let wide = FrameOptions::default();
    let frames = read_with(&[&path("texts.csv", "cheap", &number)], &wide);
    let odd = "1 of 200001 values is no number, such as \"cheap\" in line 200002";
    assert_eq!(guess(&frames, "x"), (Kind::Categories, odd.into()));
    assert_eq!(shown(&frames, 0, "x")[..2], ["0.1", "0.225"]);
    let frames = read_with(&[&path("mixed.csv", "5", &time)], &wide);
    assert_eq!(guess(&frames, "x").0, Kind::Categories, "dates and a number");

    let asked = FrameOptions { numeric: vec!["x".into()], ..FrameOptions::default() };
    let error = try_read(&[&path("asked.csv", "cheap", &number)], &asked).expect_err("a text");
    let error = error.to_string();
    assert!(error.contains("line 200002, column 1 (`x`): \"cheap\" is not a finite"), "{error}");
}

#[test]
fn numbers_kept_alone_leave_room_for_categories() {
    let folder = folder();
    let rows: String = (0..200_000).map(|i| format!("{i}.5,{}\n", i / 4)).collect();
    let path = file(&folder, "t.csv", format!("x,user\n{rows}"));
    // More than both have when the numbers' texts are forgotten, less than both have in all.
    let options = FrameOptions { max_categories: 170_000, ..FrameOptions::default() };
    let frames = read_with(&[&path], &options);
    assert_eq!(
        frames.guesses.iter().map(|g| g.kind).collect::<Vec<_>>(),
        [Kind::Numbers, Kind::Categories]
    );
}

#[test]
fn whole_numbers_are_kept_as_codes_for_longer() {
    let folder = folder();
    let rows: String = (0..1_100_000).map(|i| format!("{i}\n")).collect();
    let path = file(&folder, "t.csv", format!("x\n{rows}"));
    let options = FrameOptions { max_categories: 1 << 20, ..FrameOptions::default() };
    let (kind, reason) = guess(&read_with(&[&path], &options), "x");
    assert_eq!(kind, Kind::Numbers);
    assert!(reason.contains("1048576 different whole numbers on 1048576 rows"), "{reason}");
    let options = FrameOptions { user: Some("x".into()), ..options };
    let error = try_read(&[&path], &options).expect_err("too many categories").to_string();
    assert!(error.contains("1048576 of them in `x`"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn guesses_do_not_depend_on_the_order_of_rows(
        rows in proptest::collection::vec(
            proptest::sample::select(vec!["", "1", "2", "3.0", "4.5", "true", "NA", "x", "2026-01-02", "07"]),
            1..20,
        ),
        kind in 0..6usize,
    ) {
        // Columns of few sorts of cells, so that there are others than texts.
        let sorts = [&["", "1", "2"][..], &["", "1", "3.0"], &["4.5", "NA"], &["true", ""], &["2026-01-02"], &["07", "1"]];
        let mut cells: Vec<&str> = rows.iter().enumerate().map(|(i, cell)| {
            if kind == 5 { *cell } else { sorts[kind][(cell.len() + i) % sorts[kind].len()] }
        }).collect();
        let one = column(&[&cells]);
        cells.reverse();
        let other = column(&[&cells]);
        prop_assert_eq!(guess(&one, "x").0, guess(&other, "x").0);
        let mut reversed = shown(&other, 0, "x");
        reversed.reverse();
        prop_assert_eq!(shown(&one, 0, "x"), reversed);
    }
}
