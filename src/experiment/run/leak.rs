//! Rows of users' own that know more than train: what looks like a gain then is none.

use super::{Listener, Runner};
use crate::data::{Split, Table};
use crate::experiment::plan::{SampleSeed, Source};
use crate::experiment::store::RunFolder;
use crate::external::ExternalGenerator;
use crate::names::Name;
use std::collections::{BTreeMap, HashSet};
use std::hash::{DefaultHasher, Hasher};
use std::sync::OnceLock;

/// So large a share of rows that stand in validation or test alone deserves a warning.
const MANY: f64 = 0.01;

/// The rows that nothing may be learned from: those of validation and test that train does not hold.
pub(super) struct Withheld {
    rows: HashSet<u64>,
    /// The share of real rows, drawn afresh, that would be among them.
    chance: f64,
}

/// The rows of one source and seed.
struct Suspect {
    name: String,
    withheld: usize,
    rows: usize,
}

impl Suspect {
    fn share(&self) -> f64 {
        self.withheld as f64 / self.rows.max(1) as f64
    }
}

impl Withheld {
    /// Those of a split.
    pub fn of(split: &Split) -> Self {
        let [mut valid, mut test] =
            [&split.valid, &split.test].map(|t| hashes(t).collect::<HashSet<_>>());
        for row in hashes(&split.train) {
            valid.remove(&row);
            test.remove(&row);
        }
        // Real rows that are none of train's tell how often a row is another part's without any leak.
        let share = |part: &Table, others: &HashSet<u64>| {
            count(part, others) as f64 / part.n_rows().max(1) as f64
        };
        let chance = share(&split.valid, &test) + share(&split.test, &valid);
        valid.extend(test);
        Self { rows: valid, chance }
    }

    /// Those of a split, reckoned when first asked for.
    pub fn once<'a>(known: &'a OnceLock<Self>, split: &Split) -> &'a Self {
        known.get_or_init(|| Self::of(split))
    }

    /// How many rows of a table are among them.
    pub fn count(&self, table: &Table) -> usize {
        count(table, &self.rows)
    }

    /// Whether these rows can hardly have been learned from train alone.
    fn tells_on(&self, suspect: &Suspect) -> bool {
        suspect.share() > MANY.max(self.chance)
    }
}

fn count(table: &Table, rows: &HashSet<u64>) -> usize {
    hashes(table).filter(|row| rows.contains(row)).count()
}

/// A hash of each row, fields and label.
fn hashes(table: &Table) -> impl Iterator<Item = u64> + '_ {
    table.labels().iter().enumerate().map(|(row, &label)| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(label);
        table.row(row).for_each(|code| hasher.write_u32(code));
        hasher.finish()
    })
}

impl Runner {
    /// Warns of generators that users bring whose rows can hardly have been learned from train alone.
    pub(super) fn warn_of_leaks(&self, folder: &RunFolder, listener: &dyn Listener) {
        let mut seen: HashSet<(Source, SampleSeed)> = HashSet::new();
        let mut suspects: BTreeMap<Name, Vec<Suspect>> = BTreeMap::new();
        for task in self.chosen_tasks() {
            let (Some(source), sample) = (task.cell.source, task.cell.sample) else { continue };
            let Some(own) = source.generator.external() else { continue };
            if !seen.insert((source, sample)) {
                continue;
            }
            let request = self.request_of(source, sample, 1);
            let known = || Withheld::once(&self.withheld, &self.dataset.split);
            let [withheld, rows] = request.withheld_rows(folder);
            let suspect = Suspect { name: request.name(), withheld, rows };
            // The rest is not looked at where there is nothing to suspect.
            if suspect.share() > MANY && known().tells_on(&suspect) {
                suspects.entry(own).or_default().push(suspect);
            }
        }
        for (own, mut all) in suspects {
            all.sort_by(|a, b| b.share().total_cmp(&a.share()));
            let settings = self.experiment.generator.external.get(own.text());
            if let ([worst, others @ ..], Some(settings)) = (all.as_slice(), settings) {
                listener.warn(&warning(worst, others.len(), settings, folder));
            }
        }
    }
}

/// What is said of the worst of a generator's samples.
fn warning(
    worst: &Suspect,
    others: usize,
    settings: &ExternalGenerator,
    folder: &RunFolder,
) -> String {
    let write = format!(
        "`synthctr data write {} --out split --format csv` writes it",
        folder.root().join("experiment.toml").display()
    );
    let (origin, remedy) = match &settings.rows {
        Some(rows) => (rows.display().to_string(), format!("make them from train alone, {write}")),
        None => (
            settings.command.join(" "),
            "learn from nothing but the train.parquet in its folder".to_owned(),
        ),
    };
    let more = match others {
        0 => String::new(),
        1 => ", and of another seed as well".to_owned(),
        n => format!(", and of {n} other seeds as well"),
    };
    format!(
        "generator {} ({origin}): {} of {} rows ({:.1} %) stand in validation or test and not in train{more}. \
         Learned from the whole log, rows give test rows away, and a gain in AUC means nothing: {remedy}",
        worst.name,
        worst.withheld,
        worst.rows,
        100.0 * worst.share()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Field, Schema};
    use std::sync::Arc;

    fn split(train: &[u32], valid: &[u32], test: &[u32]) -> Split {
        let values = (0..9).map(|value| value.to_string()).collect();
        let fields = vec![Field::categorical("f", values)];
        let schema = Arc::new(Schema { label: "label".into(), fields });
        let table =
            |codes: &[u32]| Table::new(schema.clone(), vec![codes.to_vec()], vec![1; codes.len()]);
        Split { train: table(train), valid: table(valid), test: table(test) }
    }

    #[test]
    fn withheld_are_rows_of_valid_and_test_that_train_lacks() {
        let split = split(&[0, 1, 2], &[2, 3, 3, 4], &[0, 5]);
        let withheld = Withheld::of(&split);
        assert_eq!(withheld.count(&split.train), 0);
        assert_eq!(withheld.count(&split.valid), 3);
        assert_eq!(withheld.count(&split.test), 1);
        assert_eq!(withheld.chance, 0.0);
        let suspect = |withheld, rows| Suspect { name: String::new(), withheld, rows };
        assert!(withheld.tells_on(&suspect(2, 100)) && !withheld.tells_on(&suspect(1, 100)));
        assert!(!withheld.tells_on(&suspect(0, 0)));
    }

    /// In a log of few different rows some come again without any leak.
    #[test]
    fn what_real_rows_do_is_no_leak() {
        let withheld = Withheld::of(&split(&[0, 1, 2], &[0, 3], &[0, 0, 0, 3]));
        assert_eq!(withheld.chance, 0.5 + 0.25);
        let suspect = |withheld| Suspect { name: String::new(), withheld, rows: 100 };
        assert!(!withheld.tells_on(&suspect(75)) && withheld.tells_on(&suspect(76)));
    }
}
