//! What a run was made with: program, machine, data.

use crate::data::Dataset;
use crate::device::Device;
use crate::experiment::plan::{ALGORITHM_REVISION, Fingerprint};
use crate::metrics;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Name and version of this program.
pub const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

/// The content of `environment.json`, of the latest start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// Name and version of this program.
    pub program: String,
    /// Which results this program gives: raised whenever they change.
    #[serde(default)]
    pub revision: u32,
    /// When the run was last started, in UTC.
    pub started: String,
    /// Operating system and instruction set.
    pub system: String,
    /// The processor and its number of threads.
    pub machine: String,
    /// The widest vector instructions that are used: results differ between them in the last bits.
    #[serde(default)]
    pub instruction_set: String,
    /// Where models are trained.
    pub device: Device,
    /// Whether a rerun gives the same bits.
    pub bit_identical_reruns: bool,
    /// The data.
    pub dataset: DatasetSummary,
    /// Of each generator that the user brings, the hashes of the files that its rows hang on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a report must say about the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetSummary {
    /// Its name.
    pub name: String,
    /// Hash of the rows and their codes as loaded.
    pub fingerprint: Fingerprint,
    /// The md5 checksum of each file.
    pub checksums: BTreeMap<String, String>,
    /// What a report must mention.
    pub notes: Vec<String>,
    /// Groups of fields whose combinations are kept.
    pub constraints: Vec<Vec<String>>,
    /// Rows of each part.
    pub rows: Parts,
    /// Rows with label 1 of each part.
    pub clicks: Parts,
    /// Validation rows that stand in train with the same label.
    pub valid_identical_rows: usize,
    /// Validation rows that stand in train whatever their label.
    pub valid_identical_rows_without_label: usize,
    /// The best AUC to be expected on test, where the truth is known.
    pub bayes_auc: Option<f64>,
}

/// With fewer rows of a label the standard error of an AUC is a point or more.
const FEW: usize = 100;

/// A number for each part of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Of the training rows.
    pub train: usize,
    /// Of the validation rows.
    pub valid: usize,
    /// Of the test rows.
    pub test: usize,
}

impl Environment {
    /// Of the latest start of the run in this folder, if there is one that can be read.
    pub fn read(root: &Path) -> Option<Self> {
        super::read_json(&root.join("environment.json"))
    }

    /// Whether it differs in the time of its start alone.
    pub fn is_like(&self, other: &Self) -> bool {
        *self == Self { started: self.started.clone(), ..other.clone() }
    }

    /// Of a run that starts now.
    pub fn now(device: Device, dataset: DatasetSummary) -> Self {
        Self {
            program: PROGRAM.to_owned(),
            revision: ALGORITHM_REVISION,
            started: utc(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            machine: machine(),
            instruction_set: instruction_set().to_owned(),
            device,
            bit_identical_reruns: device != Device::Cuda,
            dataset,
            external: BTreeMap::new(),
        }
    }
}

impl DatasetSummary {
    /// Describes a loaded data set.
    pub fn of(dataset: &Dataset) -> Self {
        let split = &dataset.split;
        let identical = metrics::identical_rows(&split.valid, &split.train);
        let parts = |count: &dyn Fn(&crate::data::Table) -> usize| Parts {
            train: count(&split.train),
            valid: count(&split.valid),
            test: count(&split.test),
        };
        Self {
            name: dataset.name.clone(),
            fingerprint: Fingerprint::of_split(split),
            checksums: dataset.checksums.clone(),
            notes: dataset.notes.clone(),
            constraints: dataset.constraints.clone(),
            rows: parts(&|table| table.n_rows()),
            clicks: parts(&|table| table.count(1)),
            valid_identical_rows: identical.with_label,
            valid_identical_rows_without_label: identical.without_label,
            bayes_auc: dataset.bayes_auc,
        }
    }

    /// What to know where a part has so few rows of a label that AUCs hang on which these happen to be.
    pub fn few(&self) -> Option<String> {
        let parts = [
            ("test", self.clicks.test, self.rows.test),
            ("validation", self.clicks.valid, self.rows.valid),
        ];
        let labels = parts.into_iter().flat_map(|(part, clicks, rows)| {
            [(part, clicks, "click"), (part, rows.saturating_sub(clicks), "non-click")]
        });
        let few = labels.filter(|(_, n, _)| *n < FEW).map(|(part, n, label)| {
            format!("{part} has {n} {label}{}", if n == 1 { "" } else { "s" })
        });
        let few: Vec<String> = few.collect();
        (!few.is_empty()).then(|| {
            format!(
                "{}: an AUC hangs on so few by points, which intervals over seeds do not say",
                few.join(", ")
            )
        })
    }
}

/// The processor's name and the number of threads it offers this process.
pub fn machine() -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or(std::env::consts::ARCH, |(_, model)| model.trim());
    format!("{model}, {threads} threads")
}

/// The widest vector instructions of the processor that the kernels and matrix products use.
pub fn instruction_set() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
        {
            return "avx512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return "avx2";
        }
    }
    "baseline"
}

/// A time since 1970 as `2026-01-31T23:59:59Z`, by the proleptic Gregorian calendar.
fn utc(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs();
    let (mut year, mut day) = (1970, seconds / 86_400);
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let year_days = |year| if is_leap(year) { 366 } else { 365 };
    while day >= year_days(year) {
        day -= year_days(year);
        year += 1;
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_with_few_rows_of_a_label_are_told() {
        let of = |clicks: Parts| DatasetSummary {
            name: "log".into(),
            fingerprint: Fingerprint::of(&serde_json::json!({})),
            checksums: BTreeMap::new(),
            notes: Vec::new(),
            constraints: Vec::new(),
            rows: Parts { train: 7000, valid: 2000, test: 1000 },
            clicks,
            valid_identical_rows: 0,
            valid_identical_rows_without_label: 0,
            bayes_auc: None,
        };
        assert_eq!(of(Parts { train: 9, valid: 100, test: 900 }).few(), None);
        let few = of(Parts { train: 3000, valid: 1, test: 901 }).few().unwrap();
        assert!(few.starts_with("test has 99 non-clicks, validation has 1 click: "), "{few}");
    }

    #[test]
    fn times_as_coreutils_writes_them() {
        // `date -u -d @N +%FT%TZ`
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_772_323_200, "2026-03-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(utc(Duration::from_secs(seconds)), expected);
        }
    }
}
