//! What files that cannot be read or compared get: every message, as a snapshot.

use super::*;

/// The messages of one test, each below the name of its case.
struct Messages {
    folder: TempDir,
    text: String,
}

impl Messages {
    fn add(&mut self, case: &str, outcome: Result<Frames, DataError>) {
        let message = match outcome {
            Ok(_) => "NO ERROR".into(),
            Err(error) => message(error, self.folder.path()),
        };
        self.text += &format!("{case}:\n    {}\n", message.replace('\n', "\n    "));
    }

    /// Reads files of these contents, called `real.csv`, `synthetic.csv` and `holdout.csv`.
    fn csv(&mut self, case: &str, files: &[&str], options: &FrameOptions) {
        let names = ["real.csv", "synthetic.csv", "holdout.csv"];
        let contents = names.iter().zip(files);
        let paths: Vec<PathBuf> =
            contents.map(|(name, content)| file(&self.folder, name, content)).collect();
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        self.add(case, try_read(&paths, options));
    }
}

#[test]
fn messages() {
    let mut messages = Messages { folder: folder(), text: String::new() };
    let plain = FrameOptions::default();
    let names = |names: &[&str]| names.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let real = "click,user,city,price,day\n1,7,Basel,1.5,2026-11-24\n0,7,Bern,2.5,2026-11-25\n";

    messages.csv("empty file", &[""], &plain);
    messages.csv("no rows", &["a,b\n"], &plain);
    messages.csv("semicolons", &["a;b\n1;2,5\n"], &plain);
    messages.csv("no rows to compare", &["a\n1\n", "a\n"], &plain);
    messages.csv("too few values", &["a,b\n1,2\n3\n"], &plain);
    messages.csv("no name at all", &[",\n1,2\n"], &plain);
    let latin = file(&messages.folder, "t.csv", b"a\nx\ncaf\xe9\n");
    messages.add("not UTF-8", try_read(&[&latin], &plain));
    let few = FrameOptions { max_categories: 3, ..plain.clone() };
    messages.csv("too many categories", &["a,b\nx,1.5\ny,2.5\n"], &few);
    messages.csv("too many to compare", &["a\nx\n", "a\nx\ny\nz\nv\n"], &few);
    let long = format!("a\n{}\n", "x".repeat(70_000));
    messages.csv("long value", &[&long], &plain);
    messages.csv("infinite", &["a,price\n1,1.5\n2,inf\n3,-inf\n"], &plain);

    let both =
        FrameOptions { numeric: names(&["city"]), categorical: names(&["city"]), ..plain.clone() };
    messages.csv("numbers and categories", &[real], &both);
    let both =
        FrameOptions { label: Some("user".into()), user: Some("user".into()), ..plain.clone() };
    messages.csv("label and user", &[real], &both);
    let asked = FrameOptions {
        label: Some("clik".into()),
        user: Some("visitor".into()),
        numeric: names(&["city", "prise"]),
        ignore: names(&["row"]),
        ..plain.clone()
    };
    messages.csv("names and kinds that are not there", &[real], &asked);

    messages.csv(
        "everything at once",
        &[
            real,
            "clicks,user,user,town,price,day\n1,7,7,Basel,1.5,2026-11-24\n1,7,7,Bern,cheap,soon\n\
             1,7,7,Bern,free,2026-11-26\n",
            "day,city,user,price\n2026-11-24,Basel,7,\n20781,Basel,8,\"1,5\"\n",
        ],
        &plain,
    );
    messages.csv("the same column twice", &["a,b,a\n1,2,3\n"], &plain);

    let packed = gzip(real.as_bytes());
    let mut damaged = packed.clone();
    damaged[packed.len() / 2] ^= 0xff;
    for (case, name, content) in [
        ("cut gzip", "t.csv.gz", &packed[..packed.len() - 10]),
        ("damaged gzip", "t.csv.gz", &damaged),
        ("no gzip", "t.csv.gz", real.as_bytes()),
        ("no zstd", "t.csv.zst", real.as_bytes()),
        ("no Parquet", "t.parquet", real.as_bytes()),
        ("packed Parquet", "t.parquet.gz", &packed),
        ("of another tool", "t.xlsx", b""),
        ("gzip by another name", "t.csv", &packed),
        ("zstd by another name", "t.tsv", &zstd(real.as_bytes())),
        ("Parquet by another name", "t.csv", b"PAR1\x15\x00"),
        ("a spreadsheet by another name", "t.csv", b"PK\x03\x04\x14\x00"),
    ] {
        let path = file(&messages.folder, name, content);
        messages.add(case, try_read(&[&path], &plain));
    }
    let column = file(&messages.folder, "t.csv", b"PAR1,PAR2\n1,2\n");
    assert!(
        try_read(&[&column], &FrameOptions::default()).is_ok(),
        "a column called like Parquet's mark"
    );
    let nowhere = messages.folder.path().join("nowhere.csv.gz");
    messages.add("no file", try_read(&[&nowhere], &plain));
    messages.add("no files", try_read(&[], &plain));
    crate::snapshots().bind(|| insta::assert_snapshot!("frame_errors", messages.text));
}

#[test]
fn lines_are_counted_in_packed_text() {
    let folder = folder();
    let real = file(&folder, "real.csv", "a,x\nb,1.5\n");
    let text = "a,x\n\"b\nb\",1.5\n\nb,cheap\n";
    for (name, content) in
        [("t.csv.gz", gzip(text.as_bytes())), ("t.csv.zst", zstd(text.as_bytes()))]
    {
        let path = file(&folder, name, content);
        let error = try_read(&[&real, &path], &FrameOptions::default()).expect_err("a text");
        assert!(error.to_string().contains("line 5, column 2 (`x`): \"cheap\""), "{error}");
    }
}
