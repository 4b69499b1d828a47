//! All measurements of one synthetic table.

use super::classifiers;
use super::diagnostics::{Diagnostics, diagnostics};
use super::world::{Codes, World};
use crate::data::{Coded, Frame};
use crate::measure;
use crate::metrics::fidelity::{self, Fidelity, FidelityOptions, Learner, Marginal, TwoSample};
use crate::metrics::privacy;
use crate::metrics::privacy::anonymeter::{Anonymeter, Doubt};
use crate::metrics::privacy::membership::{Membership, Roles};
use crate::progress::Progress;
use crate::seed::Seed;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Instant;

/// Most rows of either table that a classifier of the two-sample test learns from and is tested
/// on: enough for a standard error of 0.002.
const CLASSIFIED: usize = 50_000;

/// Parts of the rows, each scored by a classifier that has learned from the others.
const FOLDS: usize = 3;

/// How good and how private a synthetic table is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Numbers of rows.
    pub rows: RowCounts,
    /// The columns in which rows are alike that the split into real table and holdout has kept
    /// together; none where rows were dealt one by one.
    pub kept_together: Option<Vec<String>>,
    /// How alike it is to the real table.
    pub fidelity: FidelityOf,
    /// What it tells about the rows it was learned from.
    pub privacy: Privacy,
    /// The commonest categories of each column, and their shares of the rows of both tables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub marginals: BTreeMap<String, Marginal>,
    /// Why a number is missing, by its place, such as `privacy/membership`.
    pub notes: BTreeMap<String, String>,
}

/// Numbers of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Of the table that the synthetic one was learned from.
    pub real: usize,
    /// Of the synthetic one.
    pub synthetic: usize,
    /// Real rows that nothing was learned from; none without such a table.
    pub holdout: Option<usize>,
}

/// Fidelity, the classifiers' included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FidelityOf {
    /// What needs no classifier.
    #[serde(flatten)]
    pub table: Fidelity,
    /// AUC of telling synthetic rows from real ones: 0.5 where that cannot be done. Below it are
    /// copies: a classifier that knows a row as real takes its copy for real.
    pub two_sample_auc: TwoSampleAuc,
}

/// The two-sample test by two classifiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TwoSampleAuc {
    /// By a logistic regression, which sees every column on its own.
    pub logistic: Option<f64>,
    /// By a network, which sees what columns mean together.
    pub dnn: Option<f64>,
    /// Standard errors of the two.
    pub standard_errors: [Option<f64>; 2],
    /// Rows of either table that were used.
    pub rows: usize,
}

/// Attacks, and beside them diagnostics, which prove nothing: tables that pass all of these leak
/// (arXiv 2505.01524).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Privacy {
    /// Membership inference.
    pub membership: Membership,
    /// Singling out, linkability, inference.
    pub anonymeter: Anonymeter,
    /// Diagnostics by distances and copies.
    #[serde(flatten)]
    pub diagnostics: Diagnostics,
}

/// Measures `synthetic`, which was learned from the world's real rows.
///
/// `seconds` is told what each part took.
///
/// # Panics
/// If the frames do not have the same columns, or the world names one they do not have.
pub fn measure(
    world: &World,
    synthetic: &Frame,
    seed: Seed,
    progress: &dyn Progress,
    seconds: &mut BTreeMap<String, f64>,
) -> Measured {
    let mut timed = |name: &str, start: Instant| {
        *seconds.entry(name.to_owned()).or_default() += measure::seconds(start);
    };
    let mut notes = BTreeMap::new();
    let codes = world.coded(synthetic);
    let together = world.together_at();

    let start = Instant::now();
    let options = FidelityOptions {
        label: world.label.clone(),
        constraints: world.constraints.clone(),
        ..FidelityOptions::default()
    };
    let fidelity_seed = seed.derive("fidelity");
    let mut table = fidelity::fidelity(&world.real, synthetic, &options, fidelity_seed, progress);
    take(&mut notes, "fidelity", std::mem::take(&mut table.notes));
    if table.pairs.iter().any(|pair| pair.trend.is_none()) {
        let why = "null where the real columns are not associated (Cramér's V up to 0.3, correlation \
                   up to 0.5); SDMetrics leaves such pairs out of the score";
        notes.insert("fidelity/pairs/trend".to_owned(), why.to_owned());
    }
    timed("fidelity", start);

    let start = Instant::now();
    let two_sample_auc =
        two_sample(&codes, together.as_deref(), seed.derive("two-sample"), progress, &mut notes);
    timed("two-sample test", start);

    let start = Instant::now();
    let user = world.user.as_ref().and_then(|user| world.real.position(user));
    let mut membership = match &codes.holdout {
        Some(holdout) => privacy::membership::membership(
            &codes.real,
            holdout,
            &codes.synthetic,
            Roles { user, together: together.as_deref() },
            &privacy::membership::Options::default(),
            &seed.derive("membership"),
            progress,
        ),
        None => Membership {
            row: None,
            user: None,
            users_named: None,
            notes: vec!["needs real rows that nothing was learned from (a holdout)".to_owned()],
        },
    };
    let why = std::mem::take(&mut membership.notes).join("; ");
    if !why.is_empty() {
        notes.insert("privacy/membership".to_owned(), why);
    }
    for (of, level) in [("row", &membership.row), ("user", &membership.user)] {
        let Some(level) = level else { continue };
        let mut note = |what: &str, why: String| {
            notes.insert(format!("privacy/membership/{of}/{what}"), why);
        };
        if level.achieved.tpr_at_fpr.per_mille.is_none() {
            let why = format!(
                "null at 0.1 % with fewer than 1,000 non-members, at 1 % with fewer than 100; there \
                 are {}",
                level.non_members
            );
            note("tpr_at_fpr", why);
        }
        if let Some(why) = level.without_interval() {
            note("auc_interval", why);
        }
    }
    timed("membership", start);

    let start = Instant::now();
    let mut anonymeter = privacy::anonymeter::anonymeter(
        &world.real,
        synthetic,
        world.holdout.as_ref(),
        &privacy::anonymeter::Options::default(),
        seed.derive("anonymeter"),
        progress,
    );
    take(&mut notes, "privacy/anonymeter", std::mem::take(&mut anonymeter.notes));
    if world.holdout.is_none() {
        notes.insert("privacy/anonymeter".to_owned(), Doubt::NoControl.to_string());
    }
    timed("anonymeter", start);

    let start = Instant::now();
    let of_distances = seed.derive("distances");
    let diagnostics = diagnostics(world, synthetic, &codes, of_distances, progress, &mut notes);
    timed("distances", start);

    Measured {
        rows: RowCounts {
            real: world.real.n_rows(),
            synthetic: synthetic.n_rows(),
            holdout: world.holdout.as_ref().map(Frame::n_rows),
        },
        kept_together: world.together.clone(),
        fidelity: FidelityOf { table, two_sample_auc },
        privacy: Privacy { membership, anonymeter, diagnostics },
        marginals: fidelity::marginals([&world.real, synthetic], [&codes.real, &codes.synthetic]),
        notes,
    }
}

/// Moves notes under `path`.
fn take(notes: &mut BTreeMap<String, String>, path: &str, more: BTreeMap<String, String>) {
    notes.extend(more.into_iter().map(|(place, why)| (format!("{path}/{place}"), why)));
}

/// Of rows that belong together one is used: a classifier that has learned from the others would
/// know it by them.
fn two_sample(
    codes: &Codes,
    together: Option<&[usize]>,
    seed: Seed,
    progress: &dyn Progress,
    notes: &mut BTreeMap<String, String>,
) -> TwoSampleAuc {
    progress.start("two-sample test", 2);
    let thin = |rows: &Coded, name: &str| {
        let mut chosen: Vec<usize> = (0..rows.n_rows()).collect();
        chosen.shuffle(&mut seed.stream(name));
        if let Some(columns) = together {
            let ids = privacy::groups(rows, columns);
            let mut seen = vec![false; rows.n_rows()];
            chosen.retain(|&row| !std::mem::replace(&mut seen[ids[row] as usize], true));
        }
        chosen.truncate(CLASSIFIED);
        rows.select(&chosen)
    };
    let (real, synthetic) = (thin(&codes.real, "thin/real"), thin(&codes.synthetic, "thin"));
    let mut test = |name: &str, learner: &Learner<'_>| {
        let seed = seed.derive(name);
        let outcome = fidelity::two_sample_auc(&real, &synthetic, FOLDS, seed, learner);
        progress.advance(1);
        outcome
            .map_err(|why| notes.insert(format!("fidelity/two_sample_auc/{name}"), why.to_string()))
            .ok()
    };
    let logistic = test("logistic", &classifiers::logistic);
    let dnn = test("dnn", &classifiers::dnn);
    progress.finish();
    let auc = |test: &Option<TwoSample>| test.as_ref().map(|test| test.auc);
    let error = |test: &Option<TwoSample>| test.as_ref().map(|test| test.standard_error);
    TwoSampleAuc {
        logistic: auc(&logistic),
        dnn: auc(&dnn),
        standard_errors: [error(&logistic), error(&dnn)],
        rows: real.n_rows().min(synthetic.n_rows()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Column;
    use rand::RngExt;
    use std::sync::Arc;

    /// Visits of three rows that agree in all columns but the last.
    fn visits(stream: &str) -> Coded {
        let mut rng = Seed::master(5).stream(stream);
        let mut columns = vec![Vec::new(); 3];
        for _ in 0..700 {
            let context = [rng.random_range(0..30), rng.random_range(0..40)];
            for _ in 0..3 {
                columns[0].push(context[0]);
                columns[1].push(context[1]);
                columns[2].push(rng.random_range(0..5));
            }
        }
        Coded::new(columns, vec![30, 40, 5])
    }

    #[test]
    fn tables_of_one_distribution_are_not_told_apart_by_their_visits() {
        let codes = Codes { real: visits("real"), synthetic: visits("synthetic"), holdout: None };
        let auc = |together: Option<&[usize]>| {
            let seed = Seed::master(1);
            let auc = two_sample(&codes, together, seed, &(), &mut BTreeMap::new());
            (auc.dnn.expect("an AUC"), auc.rows)
        };
        let ((as_one, visits), (row_by_row, rows)) = (auc(Some(&[0, 1])), auc(None));
        assert!(visits < 700 && rows == 2100, "{visits} {rows}");
        assert!((as_one - 0.5).abs() < 0.06, "{as_one}");
        assert!(row_by_row > 0.6, "{row_by_row}: the test must be able to fail");
    }
    /// A column of categories.
    fn column(name: &str, codes: impl Iterator<Item = u32>) -> Column {
        let vocabulary = (0..1000).map(|code: u32| code.to_string()).collect();
        Column::categories(name, Arc::new(vocabulary), codes.collect())
    }

    /// The notes on rows of these columns, beside a holdout or not.
    fn notes(
        real: Vec<Column>,
        synthetic: Vec<Column>,
        holdout: Option<Vec<Column>>,
    ) -> BTreeMap<String, String> {
        let world = World {
            real: Frame::new(real),
            holdout: holdout.map(Frame::new),
            label: None,
            user: Some("user".to_owned()),
            constraints: Vec::new(),
            together: None,
        };
        let synthetic = Frame::new(synthetic);
        measure(&world, &synthetic, Seed::master(1), &(), &mut BTreeMap::new()).notes
    }

    #[test]
    fn notes_on_rows_and_on_users_stand_beside_each_other() {
        // Rows of the holdout are of other users, three of each.
        let log = |first: u32| {
            let users = (first..first + 240).map(|row| row / 3);
            vec![column("user", users), column("item", (0..240).map(|row| row * 7 % 11))]
        };
        let notes = notes(log(0), log(0), Some(log(900)));
        let of = |level: &str| &notes[&format!("privacy/membership/{level}/tpr_at_fpr")];
        assert!(of("row").ends_with("there are 120"), "{}", of("row"));
        assert!(of("user").ends_with("there are 40"), "{}", of("user"));
    }

    #[test]
    fn what_cannot_be_guessed_says_why() {
        let items = |shift: u32| column("item", (0..60).map(move |row| row % 5 + shift));
        let users = |shift: u32| column("user", (0..60).map(move |row| row % 7 + shift));
        let reasons = |real: Vec<Column>, synthetic: Vec<Column>| {
            let notes = notes(real, synthetic, None);
            let of = |name: &str| notes.get(&format!("privacy/{name}")).cloned();
            (of("cap"), of("disclosure_protection"))
        };
        let (cap, protection) = reasons(vec![users(0), items(0)], vec![users(100), items(0)]);
        assert!(cap.as_ref().is_some_and(|why| why.contains("no real row agrees")), "{cap:?}");
        assert_eq!(cap, protection);
        let (cap, protection) = reasons(vec![users(0)], vec![users(0)]);
        assert!(cap.as_ref().is_some_and(|why| why.contains("needs a column to guess")), "{cap:?}");
        assert_eq!(cap, protection);
        let one = || column("item", (0..60).map(|_| 3));
        let (cap, protection) = reasons(vec![users(0), one()], vec![users(0), one()]);
        assert_eq!(cap, None);
        assert_eq!(protection.as_deref(), Some("the column to guess has one value only"));
    }

    #[test]
    fn without_a_holdout_anonymeter_has_a_note() {
        let log = || vec![column("user", 0..60), column("item", (0..60).map(|row| row % 5))];
        let notes = notes(log(), log(), None);
        assert!(notes["privacy/anonymeter"].starts_with("no control rows"), "{notes:?}");
    }
}
