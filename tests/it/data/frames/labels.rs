//! Labels other than 0 and 1.

use super::*;
use synthctr::data::{
    Binning, Clicks, LabelValue, LeastLabel, WriteBack, to_tables_with, write_like,
};
use synthctr::seed::Seed;

/// So many bins that every different number has its own.
const FINE: Binning = Binning::Quantiles(1000);

/// Which labels are clicks is said, and rows get those that the real file has, as often among the clicks and the
/// others.
#[test]
fn labels_of_any_kind_become_clicks_and_come_back() {
    let folder = folder();
    // Of six rows one each has 1 to 4 stars, two have 5.
    let stars = |row: usize| (row % 6 + 1).min(5);
    let log = |name: &str, label: &dyn Fn(usize) -> String| {
        let rows: String = (0..3000).map(|i| format!("x{},{}\n", i % 7, label(i))).collect();
        file(&folder, name, format!("item,stars\n{rows}"))
    };
    let rated = log("stars.csv", &|row| stars(row).to_string());
    let options = FrameOptions { label: Some("stars".into()), ..FrameOptions::default() };
    let from_four = Clicks::From(LeastLabel { from: 4.0 });
    let frames = read_with(&[&rated], &options);
    let (tables, write_back) =
        to_tables_with(&frames, "stars", Some(&from_four), |_| FINE).expect("tables");
    let expected: Vec<u8> = (0..3000).map(|row| u8::from(stars(row) >= 4)).collect();
    assert_eq!(tables[0].labels(), expected);
    let out = folder.path().join("t.csv");
    write_like(&tables[0], &write_back, &out, Some(Seed::master(1))).expect("written");
    let text = std::fs::read_to_string(&out).expect("read");
    let mut counts = [0usize; 5];
    for (line, &label) in text.lines().skip(1).zip(tables[0].labels()) {
        let stars: usize = line.rsplit(',').next().unwrap().parse().expect("stars");
        assert_eq!(u8::from(stars >= 4), label, "{line}");
        counts[stars - 1] += 1;
    }
    // Five standard deviations; 64 labels are kept of each kind, which moves a share by less than a hundredth.
    for (count, wanted) in counts.into_iter().zip([500.0, 500.0, 500.0, 500.0, 1000.0]) {
        assert!((count as f64 - wanted).abs() < 5.0 * 22.0 + 15.0, "{counts:?}");
    }
    // As numbers it is no different.
    let numeric = FrameOptions { numeric: vec!["stars".into()], ..FrameOptions::default() };
    let (numbers, _) =
        to_tables_with(&read_with(&[&rated], &numeric), "stars", Some(&from_four), |_| FINE)
            .expect("tables");
    assert_eq!(numbers[0].labels(), expected);
    let signed = file(&folder, "signed.csv", "item,stars\na,-0.0\nb,1.0\n");
    let frames = read_with(&[&signed], &numeric);
    let (signed, _) = to_tables_with(&frames, "stars", None, |_| FINE).expect("tables");
    assert_eq!(signed[0].labels(), [0, 1]);
    // Two labels come back as they were, and a frame so marked is that of a file with 0 and 1.
    let said = log("said.csv", &|row| ["no", "yes"][usize::from(expected[row])].to_owned());
    let plain = log("plain.csv", &|row| expected[row].to_string());
    let yes = Clicks::Values(vec![LabelValue::Text("yes".into())]);
    let mut frames = read_with(&[&said], &options);
    let (tables, write_back) =
        to_tables_with(&frames, "stars", Some(&yes), |_| FINE).expect("tables");
    assert_eq!(tables[0].labels(), expected);
    let back = folder.path().join("back.csv");
    write_like(&tables[0], &write_back, &back, None).expect("written");
    assert_eq!(std::fs::read(back).expect("read"), std::fs::read(&said).expect("read"));
    let kept = serde_json::to_string(&write_back).expect("kept");
    assert_eq!(serde_json::from_str::<WriteBack>(&kept).expect("read"), write_back);
    frames.mark_clicks("stars", &yes).expect("marked");
    assert_eq!(frames.frames, read_with(&[&plain], &options).frames);
    // What is no label is told.
    let missing = file(&folder, "missing.csv", "item,stars\na,5\nb,\n");
    let few = file(&folder, "few.csv", "item,stars\na,5\nb,few\n");
    for (path, clicks, wanted) in [
        (
            &missing,
            &from_four,
            "line 3, column 2 (`stars`): the label is \"\"; --clicks is of numbers",
        ),
        (
            &few,
            &from_four,
            "line 3, column 2 (`stars`): the label is \"few\"; --clicks is of numbers",
        ),
        (&missing, &yes, "line 3, column 2 (`stars`): the label is \"\"; a row needs one"),
    ] {
        let mut frames = read_with(&[path], &options);
        let error = to_tables_with(&frames, "stars", Some(clicks), |_| FINE).expect_err("none");
        assert!(error.to_string().contains(wanted), "{error}");
        assert_eq!(frames.mark_clicks("stars", clicks).unwrap_err().to_string(), error.to_string());
    }
}
