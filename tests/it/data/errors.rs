//! What bad input gets: every message, as a snapshot.

use super::{file, message};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use synthctr::data::simulator::SimulatorConfig;
use synthctr::data::{
    self, Binning, Clicks, DataError, DatasetConfig, LabelValue, LeastLabel, Numeric, ReadOptions,
    SplitBy, Table, load_and_split, load_split, load_table, write_csv, write_parquet, write_table,
};
use synthctr::seed::Seed;

/// The messages of one test, each below the name of its case.
struct Messages {
    folder: tempfile::TempDir,
    text: String,
}

impl Messages {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), text: String::new() }
    }

    fn add<T>(&mut self, case: &str, outcome: Result<T, DataError>) {
        let message = match outcome {
            Ok(_) => "NO ERROR".into(),
            Err(error) => message(error, self.folder.path()),
        };
        self.text += &format!("{case}:\n    {message}\n");
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        file(&self.folder, name, content)
    }

    /// Reads `content` as a file called `name`.
    fn read(&mut self, case: &str, name: &str, content: impl AsRef<[u8]>, options: &ReadOptions) {
        let path = self.file(name, content);
        self.add(case, load_table(&path, options));
    }

    fn check(self, snapshot: &str) {
        crate::snapshots().bind(|| insta::assert_snapshot!(snapshot, self.text));
    }
}

#[test]
fn csv_files() {
    let mut messages = Messages::new();
    let plain = ReadOptions::default();
    let mut csv = |case: &str, content: &[u8], options: &ReadOptions| {
        messages.read(case, "clicks.csv", content, options);
    };
    csv("empty file", b"", &plain);
    csv("header only", b"label,user\n", &plain);
    let click = ReadOptions { label: "click".into(), ..plain.clone() };
    csv("label misspelt", b"user,clicks,item\na,1,b\n", &click);
    csv("label of another name", b"user,y,item\na,1,b\n", &plain);
    let fields = |names: &[&str]| ReadOptions {
        fields: Some(names.iter().map(|name| name.to_string()).collect()),
        ..ReadOptions::default()
    };
    csv("unknown field", b"label,user,item\n1,a,b\n", &fields(&["user", "itm"]));
    csv("label as a field", b"label,user\n1,a\n", &fields(&["user", "label"]));
    csv("field named twice", b"label,user\n1,a\n", &fields(&["user", "user"]));
    csv("no field", b"label\n1\n", &plain);
    csv("duplicate column", b"label,user,item,user\n1,a,b,c\n", &plain);
    csv("column without a name", b",label,user\n0,1,a\n", &plain);
    csv("too few values", b"label,user,item\n1,a,b\n0,a\n", &plain);
    csv("too many values, CRLF", b"label,user\r\n1,a\r\n\r\n0,a,b\r\n", &plain);
    csv("label 2", b"label,user\n1,a\n2,a\n", &plain);
    csv("label missing, after a value of two lines", b"user,label\n\"a\nb\",1\nc,\n", &plain);
    csv("not UTF-8", b"label,user\n1,caf\xe9\n", &plain);
    csv("name not UTF-8", b"label,caf\xe9\n1,a\n", &plain);
    let open = format!("label,user\n1,a\n0,\"b\n{}", "1,c\n".repeat(20_000));
    csv("quote left open", open.as_bytes(), &plain);
    csv("quote left open in a row of the right length", b"label,user\n1,a\n0,\"b\n1,c\n", &plain);
    csv("quote left open in the middle", b"label,user,item\n1,\"a,b\n0,a,b\n", &plain);
    let few = ReadOptions { max_categories: 4, ..plain.clone() };
    csv("too many categories", b"label,user,id\n1,a,1\n0,a,2\n1,b,3\n0,b,4\n", &few);
    let numeric = |name: &str, bins| ReadOptions {
        numeric: vec![Numeric { name: name.into(), bins }],
        ..ReadOptions::default()
    };
    let price = numeric("price", Binning::Quantiles(10));
    csv("not a number", b"label,price\n1,10\n0,cheap\n", &price);
    csv("infinite", b"label,price\n1,inf\n", &price);
    csv("unknown numeric field", b"label,price\n1,10\n", &numeric("prize", Binning::Log2));
    csv("one quantile", b"label,price\n1,10\n", &numeric("price", Binning::Quantiles(1)));
    let stars = |clicks| ReadOptions { clicks: Some(clicks), ..ReadOptions::default() };
    csv(
        "no label",
        b"label,user\n4,a\n,b\n",
        &stars(Clicks::Values(vec![LabelValue::Number(4.0)])),
    );
    csv(
        "a label that is no number",
        b"label,user\n4,a\nfour,b\n",
        &stars(Clicks::From(LeastLabel { from: 4.0 })),
    );
    csv("no label is a click", b"label,user\n4,a\n", &stars(Clicks::Values(Vec::new())));
    let ignoring = |name: &str| ReadOptions { ignore: vec![name.into()], ..ReadOptions::default() };
    csv("unknown column left out", b"label,user,id\n1,a,1\n", &ignoring("usr"));
    csv("the label left out", b"label,user\n1,a\n", &ignoring("label"));
    let both = ReadOptions { fields: Some(vec!["user".into()]), ..ignoring("id") };
    csv("fields named and left out", b"label,user,id\n1,a,1\n", &both);
    let twice = ReadOptions { numeric: [&price.numeric[..], &price.numeric].concat(), ..plain };
    csv("numeric twice", b"label,price\n1,10\n", &twice);
    messages.check("data_errors_csv");
}

#[test]
fn parquet_files() {
    use arrow_array::types::Int64Type;
    use arrow_array::{ArrayRef, Int64Array, ListArray, RecordBatch};
    let mut messages = Messages::new();
    let plain = ReadOptions::default();
    let table = load_table(&messages.file("t.csv", "label,user\n1,a\n0,b\n"), &plain);
    let path = messages.folder.path().join("good.parquet");
    write_parquet(&table.expect("read"), &path).expect("written");
    let bytes = std::fs::read(&path).expect("read");

    messages.read("empty file", "clicks.parquet", "", &plain);
    messages.read("a CSV file", "clicks.parquet", "label,user\n1,a\n", &plain);
    messages.read("cut in half", "clicks.parquet", &bytes[..bytes.len() / 2], &plain);
    let click = ReadOptions { label: "lable".into(), ..plain.clone() };
    messages.read("label misspelt", "clicks.parquet", &bytes, &click);

    let mut write = |case: &str, columns: Vec<(&str, ArrayRef)>, options: &ReadOptions| {
        let path = messages.folder.path().join("other.parquet");
        let batch = RecordBatch::try_from_iter(columns).expect("a batch");
        let out = std::fs::File::create(&path).expect("a file");
        let writer = parquet::arrow::ArrowWriter::try_new(out, batch.schema(), None);
        let mut writer = writer.expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("written");
        messages.add(case, load_table(&path, options));
    };
    let numbers = |values: &[i64]| -> ArrayRef { Arc::new(Int64Array::from(values.to_vec())) };
    write("label 3", vec![("label", numbers(&[0, 3])), ("a", numbers(&[1, 2]))], &plain);
    write("no rows", vec![("label", numbers(&[])), ("a", numbers(&[]))], &plain);
    let list = ListArray::from_iter_primitive::<Int64Type, _, _>([Some([Some(1), Some(2)])]);
    write("lists", vec![("label", numbers(&[0])), ("a", Arc::new(list))], &plain);
    messages.check("data_errors_parquet");
}

#[test]
fn broken_parquet_never_panics() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows: String = (0..300).map(|i| format!("{},{},{}\n", i % 2, i % 7, i % 50)).collect();
    let csv = file(&folder, "t.csv", format!("label,user,item\n{rows}"));
    let table = load_table(&csv, &ReadOptions::default()).expect("read");
    let path = folder.path().join("good.parquet");
    write_parquet(&table, &path).expect("written");
    let bytes = std::fs::read(&path).expect("read");
    for length in (0..bytes.len()).step_by(7) {
        let path = file(&folder, "cut.parquet", &bytes[..length]);
        assert!(load_table(&path, &ReadOptions::default()).is_err(), "{length}");
    }
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 0x55;
        let path = file(&folder, "damaged.parquet", &damaged);
        // Some bytes do not matter; none may end in anything but an answer.
        drop(load_table(&path, &ReadOptions::default()));
    }
}

#[test]
fn files_and_splits() {
    let mut messages = Messages::new();
    let plain = ReadOptions::default();
    let path = |messages: &Messages, name: &str| messages.folder.path().join(name);
    let missing = path(&messages, "nowhere.csv");
    messages.add("missing CSV", load_table(&missing, &plain));
    let missing = path(&messages, "nowhere.parquet");
    messages.add("missing Parquet", load_table(&missing, &plain));
    messages.read("unknown extension", "clicks.xlsx", "", &plain);
    messages.read("no extension", "clicks", "", &plain);
    let folder = path(&messages, "folder.csv");
    std::fs::create_dir(&folder).expect("a folder");
    messages.add("a folder", load_table(&folder, &plain));

    let both = messages.file("both.csv", "label,a\n1,x\n0,y\n");
    let clicks = messages.file("clicks.csv", "label,a\n1,x\n1,y\n");
    let others = messages.file("others.csv", "label,a\n0,x\n0,y\n");
    let narrow = messages.file("narrow.csv", "label,b\n0,x\n1,y\n");
    messages.add("train without non-clicks", load_split(&clicks, &both, &both, &plain));
    messages.add("test without clicks", load_split(&both, &both, &others, &plain));
    messages.add("valid without a field", load_split(&both, &narrow, &both, &plain));
    let seed = Seed::master(1);
    let split = |fractions| load_and_split(&both, fractions, None, &plain, seed);
    messages.add("fractions", split([0.8, 0.1, 0.2]));
    messages.add("negative fraction", split([1.2, 0.1, -0.3]));
    messages.add("too few rows", split([0.8, 0.1, 0.1]));
    // A time that is the only field is named as one.
    let fields = ReadOptions { fields: Some(vec!["a".into()]), ..ReadOptions::default() };
    let by = |by: SplitBy| load_and_split(&both, [0.6, 0.2, 0.2], Some(&by), &fields, seed);
    messages.add("split by an unknown column", by(SplitBy::ByTime("ts".into())));
    messages.add("split by the label", by(SplitBy::ByGroup("label".into())));
    messages.add("split by what is no time", by(SplitBy::ByTime("a".into())));
    let alone = SplitBy::ByTime("a".into());
    let alone = load_and_split(&both, [0.6, 0.2, 0.2], Some(&alone), &plain, seed);
    messages.add("split by the only column", alone);

    let table = load_table(&both, &plain).expect("read");
    let into = |messages: &Messages, name: &str| write_table(&table, &path(messages, name));
    let outcome = into(&messages, "no/folder/out.csv");
    messages.add("write into a missing folder", outcome);
    let outcome = into(&messages, "out.json");
    messages.add("write an unknown format", outcome);
    let outcome = into(&messages, "folder.csv");
    messages.add("write over a folder", outcome);
    messages.check("data_errors_files");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_file() {
    // The kernel's limit on file sizes stands in for a full disk: set in a child, which is this
    // test binary run again with the folder in the environment.
    const FOLDER: &str = "SYNTHCTR_TEST_FULL_DISK";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let limit = libc::rlimit { rlim_cur: 100_000, rlim_max: 100_000 };
        // SAFETY: plain system calls on values of this frame.
        unsafe {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &limit), 0);
        }
        let config = SimulatorConfig { train_rows: 100_000, ..SimulatorConfig::default() };
        let split = data::simulator::simulate(&config, Seed::master(1)).expect("simulated").split;
        let folder = Path::new(&folder);
        type Writer = fn(&Table, &Path) -> Result<(), DataError>;
        for (name, write) in [("t.csv", write_csv as Writer), ("t.parquet", write_parquet)] {
            let error = write(&split.train, &folder.join(name)).expect_err("no space");
            let text = error.to_string();
            assert!(text.starts_with("cannot write ") && text.contains(name), "{text}");
            assert!(text.contains("File too large"), "{text}");
        }
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let status = std::process::Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "data::errors::a_full_disk_leaves_no_file"])
        .env(FOLDER, folder.path())
        .output()
        .expect("run");
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn settings() {
    let mut messages = Messages::new();
    let seed = Seed::master(1);
    let both = messages.file("both.csv", "label,user,item\n1,x,y\n0,y,y\n");
    let dir = messages.folder.path().to_path_buf();
    let mut load = |case: &str, config: DatasetConfig| {
        messages.add(case, data::load(&config, Some(&dir), seed));
    };
    let named = DatasetConfig::named;
    load("not fetched", named("frappe_x1"));
    load("unknown name, no files", named("frape_x1"));
    let train = Some(both.clone());
    load("train alone", DatasetConfig { train: train.clone(), ..named("mine") });
    let path = DatasetConfig { path: train.clone(), ..named("simulated") };
    load("files for the simulator", path);
    let simulator = Some(SimulatorConfig::default());
    load("a simulator for files", DatasetConfig { simulator, ..named("mine") });
    let mine = || DatasetConfig {
        train: train.clone(),
        valid: train.clone(),
        test: train.clone(),
        ..named("mine")
    };
    load("fractions of three files", DatasetConfig { fractions: Some([0.8, 0.1, 0.1]), ..mine() });
    let groups = |groups: &[&[&str]]| -> Option<Vec<Vec<String>>> {
        let names = |group: &&[&str]| group.iter().map(|name| name.to_string()).collect();
        Some(groups.iter().map(names).collect())
    };
    let constrained = |constraints| DatasetConfig { constraints, ..mine() };
    load("constraint on no field", constrained(groups(&[&["user", "itm"]])));
    load("constraint of one field", constrained(groups(&[&["user"]])));
    load("overlapping constraints", constrained(groups(&[&["user", "item"], &["item", "user"]])));
    load("unknown item", DatasetConfig { item: Some("product".into()), ..mine() });
    let simulated = |config| DatasetConfig { simulator: Some(config), ..named("simulated") };
    let default = SimulatorConfig::default;
    load("one item", simulated(SimulatorConfig { items: 1, ..default() }));
    load("no rows", simulated(SimulatorConfig { test_rows: 0, ..default() }));
    load("more countries", simulated(SimulatorConfig { countries: 41, ..default() }));
    load("skew", simulated(SimulatorConfig { item_skew: f64::NAN, ..default() }));

    let folder = dir.join("frappe_x1");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::copy(&both, folder.join("train.csv")).expect("copied");
    messages.add("checksum", data::load(&named("frappe_x1"), Some(&dir), seed));
    messages.check("data_errors_settings");
}

#[test]
fn toml_keys() {
    let mut text = String::new();
    let mut add = |case: &str, toml: &str| {
        let message = match toml::from_str::<DatasetConfig>(toml) {
            Ok(_) => "NO ERROR".to_string(),
            Err(error) => error.to_string(),
        };
        text += &format!("{case}:\n{message}\n");
    };
    add("unknown key", "name = \"mine\"\nlable = \"click\"\n");
    add("numeric without bins", "numeric = [\"price\"]\n");
    add("unknown bins", "numeric = [{ name = \"price\", bins = \"log10\" }]\n");
    add("unknown simulator key", "[simulator]\nrows = 10\n");
    crate::snapshots().bind(|| insta::assert_snapshot!("data_errors_toml", text));

    let config: DatasetConfig = toml::from_str(
        "name = \"mine\"\npath = \"all.csv\"\nlabel = \"click\"\nnumeric = [{ name = \"price\", \
         bins = { quantiles = 10 } }, { name = \"visits\", bins = \"log2\" }]\n",
    )
    .expect("the documented form");
    assert_eq!(config.numeric[0].bins, Binning::Quantiles(10));
    assert_eq!(config.numeric[1].bins, Binning::Log2);
    let again = toml::from_str(&toml::to_string(&config).expect("written")).expect("read");
    assert_eq!(config, again);
    assert_eq!(DatasetConfig::default().name, "simulated");
}
