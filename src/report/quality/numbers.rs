//! The numbers that are shown of a table, what each means and what would be alarming.

use super::risks;
use crate::evaluate::Measured;
use crate::metrics::privacy::anonymeter::Attackers;
use crate::metrics::privacy::membership::Level;
use std::borrow::Cow;

/// What a number tells about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// How alike the tables are.
    Fidelity,
    /// What attacks find out.
    Attacks,
    /// What does not prove anything.
    Diagnostics,
}

impl Section {
    /// All, in the order of reports.
    pub const ALL: [Section; 3] = [Section::Fidelity, Section::Attacks, Section::Diagnostics];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fidelity => "Fidelity: how alike the tables are",
            Self::Attacks => "Privacy: what attacks find out",
            Self::Diagnostics => "Diagnostics: distances and copies, which prove nothing",
        }
    }
}

/// One number of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// What it tells about.
    pub section: Section,
    /// Its name; the same in every table.
    pub name: String,
    /// The number, where it is defined.
    pub value: Option<f64>,
    /// Its 95 % interval, where it has one.
    pub interval: Option<[f64; 2]>,
    /// What it means, and what would be alarming.
    pub meaning: Cow<'static, str>,
    /// Whether it is alarming by itself.
    pub alarm: bool,
}

/// Collects numbers.
struct Numbers(Vec<Number>);

impl Numbers {
    fn add(
        &mut self,
        section: Section,
        name: &str,
        value: Option<f64>,
        meaning: impl Into<Cow<'static, str>>,
    ) {
        self.with(section, name, value, None, meaning, false);
    }

    fn with(
        &mut self,
        section: Section,
        name: &str,
        value: Option<f64>,
        interval: Option<[f64; 2]>,
        meaning: impl Into<Cow<'static, str>>,
        alarm: bool,
    ) {
        let (name, meaning) = (name.to_owned(), meaning.into());
        self.0.push(Number { section, name, value, interval, meaning, alarm });
    }
}

/// All numbers of a table, in the order of reports.
pub fn numbers(measured: &Measured) -> Vec<Number> {
    let mut numbers = Numbers(Vec::new());
    fidelity(measured, &mut numbers);
    attacks(measured, &mut numbers);
    diagnostics(measured, &mut numbers);
    numbers.0
}

/// The mean of what is defined.
fn mean(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    let (sum, n) = values.flatten().fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

fn fidelity(measured: &Measured, numbers: &mut Numbers) {
    let table = &measured.fidelity.table;
    let associated = table.pairs.iter().filter(|pair| pair.trend.is_some()).count();
    let trends = format!(
        "the {associated} of {} pairs that are associated in the real table go together as there; 1 is \
         best, low where columns were drawn independently",
        table.pairs.len()
    );
    let mut add = |name: &str, value, meaning: &str| {
        numbers.add(Section::Fidelity, name, value, meaning.to_owned());
    };
    add(
        "quality score",
        table.quality.score,
        "SDMetrics' report, the mean of the next two; 1 is best. Below the real rows' score, \
         something was not learned",
    );
    add(
        "column shapes",
        table.quality.column_shapes,
        "every column's values are as frequent as in the real table; 1 is best",
    );
    add("column pair trends", table.quality.column_pair_trends, &trends);
    let accuracy = &table.triples;
    add(
        "accuracy of columns",
        accuracy.univariate,
        "as mostlyai-qa: shares of the ten most frequent values; 1 is best",
    );
    add("accuracy of pairs", accuracy.bivariate, "the same of all pairs of columns");
    add(
        "accuracy of triples",
        accuracy.trivariate,
        "the same of all triples; above the real rows' it is copies that score",
    );
    let columns = || table.columns.values();
    add(
        "Jensen-Shannon distance",
        mean(columns().map(|column| column.js_distance)),
        "mean over the columns, 0 is best",
    );
    add(
        "category coverage",
        mean(columns().map(|column| column.category_coverage)),
        "share of the real categories that occur; low: rare ones were forgotten",
    );
    add(
        "category adherence",
        mean(columns().map(|column| column.category_adherence)),
        "share of values that are real categories; below 1, some were made up",
    );
    let association = table
        .pairs
        .iter()
        .map(|pair| Some((pair.cramers_v_real? - pair.cramers_v_synthetic?).abs()));
    add(
        "difference of Cramér's V",
        mean(association),
        "how much stronger or weaker pairs are associated, mean over the pairs; 0 is best",
    );
    for group in &table.given_label {
        add(
            &format!("score given label {}", group.value),
            group.quality.score,
            "the quality score among the rows of one label; lower than the real rows' of the same \
             label: what makes a click was not learned",
        );
    }
    for group in &table.constraints {
        add(
            &format!("unseen {}", group.columns.join(" + ")),
            group.share,
            "share of rows with a combination that no real row has; above 0 a constraint is broken",
        );
    }
    let classifiers = &measured.fidelity.two_sample_auc;
    add(
        "two-sample AUC, logistic",
        classifiers.logistic,
        "can a regression on single columns tell the tables apart? 0.5: no; 1: always; below 0.5 \
         columns are more alike than chance would have it, or rows are copies",
    );
    add(
        "two-sample AUC, DNN",
        classifiers.dnn,
        "can a network that sees columns together? Far above the regression's: single columns were \
         learned, not how they go together",
    );
    add(
        "α-precision",
        table.alpha_precision,
        "are the rows as typical as real ones are? 1 is best; low: implausible, or too average",
    );
    add(
        "β-recall",
        table.beta_recall,
        "are all kinds of real rows among them? The nearer to the real rows' the better; below it: \
         modes were dropped, above it: copies",
    );
    add(
        "authenticity",
        table.authenticity,
        "share of rows further from any real row than that one from its real neighbour; below the \
         real rows' share: copies",
    );
}

fn attacks(measured: &Measured, numbers: &mut Numbers) {
    let section = Section::Attacks;
    let privacy = &measured.privacy;
    let levels = [("rows", &privacy.membership.row), ("users", &privacy.membership.user)];
    for (what, level) in levels {
        let achieved = level.as_ref().map(|level: &Level| level.achieved);
        let counts = level.as_ref().map_or(String::new(), |level| {
            format!(" ({} were, {} were not)", level.members, level.non_members)
        });
        let alarm = achieved.is_some_and(|achieved| achieved.alarm);
        numbers.with(
            section,
            &format!("membership of {what}: AUC"),
            achieved.map(|achieved| achieved.auc),
            achieved.and_then(|achieved| achieved.auc_interval),
            format!("can the strongest attack tell who was in train{counts}? 0.5 is chance"),
            false,
        );
        let rates = achieved.map(|a| (a.tpr_at_fpr, a.tpr_interval));
        numbers.with(
            section,
            &format!("membership of {what}: found at 1 %"),
            rates.and_then(|(rate, _)| rate.per_cent),
            rates.and_then(|(_, interval)| interval.per_cent),
            "members found where 1 % of others are taken for members: 0.01 by chance",
            false,
        );
        numbers.with(
            section,
            &format!("membership of {what}: found at 0.1 %"),
            rates.and_then(|(rate, _)| rate.per_mille),
            rates.and_then(|(_, interval)| interval.per_mille),
            "the same at 0.1 %: 0.001 by chance. Leaks of a few rows show here first",
            false,
        );
        numbers.with(
            section,
            &format!("membership of {what}: p-value"),
            achieved.map(|achieved| achieved.p_value),
            None,
            "how often chance does as well, all attacks taken together; at most 0.05 is alarming",
            alarm,
        );
    }
    let anonymeter = &privacy.anonymeter;
    let mut risk = |name: &str, attackers: Option<&Attackers>, meaning: &str| {
        let risk = attackers.and_then(|attackers| attackers.risk);
        let interval = risk.map(|risk| risk.interval);
        // An attack that does no better than guessing shows no leak.
        let alarm = attackers.and_then(risks::risk).is_some_and(|risk| risk.interval[0] > 0.0);
        let meaning = risks::explained(meaning, attackers);
        numbers.with(section, name, risk.map(|risk| risk.value), interval, meaning, alarm);
    };
    risk(
        "singling out by one value",
        anonymeter.singling_out.univariate.as_ref(),
        "Anonymeter: share of guesses that fit exactly one person, beyond what fits people who \
         were not in train; alarming if its interval is above 0",
    );
    risk(
        "singling out by several",
        anonymeter.singling_out.multivariate.as_ref(),
        "the same with values of three columns together",
    );
    risk(
        "linkability",
        anonymeter.linkability.as_ref(),
        "Anonymeter: halves of a person's record found to belong together",
    );
    let worst = risks::worst_column(anonymeter);
    let of = worst.map_or_else(
        || "none is guessed better than blindly".to_owned(),
        |(name, ..)| format!("of that whose interval begins highest, here {name}"),
    );
    risk(
        "inference, worst column",
        worst.map(|(_, attackers, _)| attackers),
        &format!("Anonymeter: a column guessed from all others; {of}"),
    );
    numbers.add(
        section,
        "attribute disclosure (CAP)",
        privacy.diagnostics.cap,
        "SDMetrics' CategoricalCAP: 1 minus the chance that rows with the same other values give \
         the label away; low is alarming only if that of real rows is higher",
    );
}

fn diagnostics(measured: &Measured, numbers: &mut Numbers) {
    let section = Section::Diagnostics;
    let diagnostics = &measured.privacy.diagnostics;
    let rows = measured.rows.synthetic.max(1) as f64;
    let overfitting = match measured.rows.holdout {
        Some(holdout) => format!(
            "SDMetrics: 1 if at most half of the rows are closer to train ({} rows) than to the \
             holdout ({holdout}); the larger of the two is closer to anything",
            measured.rows.real
        ),
        None => String::new(),
    };
    let mut add = |name: &str, value, meaning: &str| {
        numbers.add(section, name, value, meaning.to_owned());
    };
    add(
        "identical rows",
        Some(diagnostics.identical_rows as f64 / rows),
        "share of rows that stand in train, whatever the label; more than of real rows: copies",
    );
    add(
        "identical rows with the label",
        diagnostics.identical_rows_with_label.map(|n| n as f64 / rows),
        "the same, the label included",
    );
    add(
        "new rows",
        diagnostics.new_row_share,
        "SDMetrics' NewRowSynthesis: the share of rows that match none",
    );
    let closest = diagnostics.closest_record.as_ref();
    add(
        "closest record, median",
        closest.map(|closest| closest.median),
        "share of columns that differ from the closest row of train; far below the real rows' is \
         suspicious",
    );
    add("closest record, mean", closest.map(|closest| closest.mean), "the same, mean");
    add(
        "closer to train",
        closest.and_then(|closest| closest.share_closer_to_train),
        "share of rows closer to train than to as many rows of the holdout: 0.5 is best. A table \
         at 0.5 can leak all the same",
    );
    add(
        "nearest-neighbour distance ratio",
        closest.and_then(|closest| closest.nndr_median),
        "closest over second closest, median; 1 is best, near 0 rows follow single real ones",
    );
    add(
        "DCR baseline protection",
        diagnostics.dcr_baseline_protection,
        "SDMetrics: distances beside those of random rows; 1: as far away as those",
    );
    add("DCR overfitting protection", diagnostics.dcr_overfitting_protection, &overfitting);
}
