//! How good and how private the sources of a run are, side by side.

use super::risks;
use super::text::number;
use crate::experiment::{Measurand, QualityRecord, ResultRow, Scenario};
use crate::report::stats::Sample;
use crate::report::table::{empty_table, titled};
use comfy_table::{Cell, Color};
use std::collections::BTreeMap;

/// A number of a record.
pub type Get = fn(&QualityRecord) -> Option<f64>;

/// The columns of the table of fidelity.
pub const FIDELITY: [(&str, Get); 9] = [
    ("score", |r| r.measured.fidelity.table.quality.score),
    ("shapes", |r| r.measured.fidelity.table.quality.column_shapes),
    ("pairs", |r| r.measured.fidelity.table.quality.column_pair_trends),
    ("triples", |r| r.measured.fidelity.table.triples.trivariate),
    ("AUC log.", |r| r.measured.fidelity.two_sample_auc.logistic),
    ("AUC DNN", |r| r.measured.fidelity.two_sample_auc.dnn),
    ("α-prec.", |r| r.measured.fidelity.table.alpha_precision),
    ("β-rec.", |r| r.measured.fidelity.table.beta_recall),
    ("auth.", |r| r.measured.fidelity.table.authenticity),
];

/// The columns of the table of privacy.
pub const PRIVACY: [(&str, Get); 8] = [
    ("MIA AUC", |r| r.measured.privacy.membership.row.as_ref().map(|level| level.achieved.auc)),
    ("at 1 %", |r| r.measured.privacy.membership.row.as_ref()?.achieved.tpr_at_fpr.per_cent),
    ("p", |r| r.measured.privacy.membership.row.as_ref().map(|level| level.achieved.p_value)),
    ("singled out", |r| {
        let singled = &r.measured.privacy.anonymeter.singling_out;
        let both = [singled.univariate.as_ref(), singled.multivariate.as_ref()];
        let values = both.into_iter().flatten().filter_map(risks::risk).map(|risk| risk.value);
        values.max_by(f64::total_cmp)
    }),
    ("linked", |r| {
        let linked = r.measured.privacy.anonymeter.linkability.as_ref()?;
        risks::risk(linked).map(|risk| risk.value)
    }),
    ("inferred", |r| {
        let (.., risk) = risks::worst_column(&r.measured.privacy.anonymeter)?;
        Some(risk.interval[0])
    }),
    ("identical", |r| {
        let rows = r.measured.rows.synthetic.max(1) as f64;
        Some(r.measured.privacy.diagnostics.identical_rows as f64 / rows)
    }),
    ("to train", |r| r.measured.privacy.diagnostics.closest_record.as_ref()?.share_closer_to_train),
];

/// What the columns of the table of fidelity mean.
pub const FIDELITY_COLUMNS: &str = "score, shapes, pairs: SDMetrics' quality report. triples: accuracy as in mostlyai-qa. AUC: of telling \
     the rows\nfrom train's, 0.5 at best. α-precision, β-recall, authenticity: the nearer to the real rows' \
     the better.";

/// What those of the table of privacy mean.
pub const PRIVACY_COLUMNS: &str = "MIA: membership inference; at 1 %: members found where 1 % of others are taken for members; p: of all \
     attacks\ntogether, the largest of several seeds. singled out, linked, inferred: Anonymeter's risks, left \
     out where the\nattack does no better than guessing; inferred: of the worst column, the lower end of the \
     95 % interval.\nidentical: share of rows that stand in train. to train: closer to it than to held-out rows.";

/// How alike the rows of each source are to train, beside real rows and copies of train; means over
/// the seeds.
pub fn fidelity_table(records: &[QualityRecord], colour: bool) -> Option<String> {
    let title =
        "Fidelity of as many rows of each source, of held-out real rows and of copies of train's";
    let text = side_by_side(records, &FIDELITY, title, colour)?;
    Some(format!("{text}{FIDELITY_COLUMNS}\n"))
}

/// What attacks find out about train from the rows of each source, and two diagnostics.
pub fn privacy_table(records: &[QualityRecord], colour: bool) -> Option<String> {
    let title = "Privacy: the strongest of the membership attacks, Anonymeter's risks, and two \
                 diagnostics that prove nothing";
    let text = side_by_side(records, &PRIVACY, title, colour)?;
    let uneven = uneven(records.iter()).map_or(String::new(), |note| format!("{note}\n"));
    let red = if colour { "p is red where it is at most 0.05 in some seed.\n" } else { "" };
    Some(format!("{text}{PRIVACY_COLUMNS}\n{red}{uneven}"))
}

/// What must be known where held-out real rows, which give nothing away, seem to.
pub fn uneven<'a>(mut records: impl Iterator<Item = &'a QualityRecord>) -> Option<&'static str> {
    let real = records.find(|record| record.of.generator == "real")?;
    let alarm = real.measured.privacy.membership.row.as_ref()?.achieved.alarm;
    alarm.then_some(
        "Held-out real rows set off the alarm too, so train and what is held out can be told apart without any \
         leak:\na small p alone proves none, only what goes beyond their numbers.",
    )
}

/// What stands for several seeds: the mean, but the largest of p-values, whose mean is none.
pub fn over_seeds(column: &str, values: &Sample) -> Option<f64> {
    match column {
        "p" => (values.n() > 0).then(|| values.max()),
        _ => values.mean(),
    }
}

fn side_by_side(
    records: &[QualityRecord],
    columns: &[(&str, Get)],
    title: &str,
    colour: bool,
) -> Option<String> {
    let mut sources: Vec<(&Measurand, Vec<&QualityRecord>)> = Vec::new();
    for record in records {
        let same =
            |of: &Measurand| (&of.generator, of.way()) == (&record.of.generator, record.of.way());
        match sources.iter_mut().find(|(of, _)| same(of)) {
            Some((_, records)) => records.push(record),
            None => sources.push((&record.of, vec![record])),
        }
    }
    let mut table = empty_table(&["", ""], columns.iter().map(|(name, _)| *name), colour);
    for (of, records) in &sources {
        let alarm = records.iter().any(|record| {
            let level = record.measured.privacy.membership.row.as_ref();
            level.is_some_and(|level| level.achieved.alarm)
        });
        let way = if of.seed.is_none() { String::new() } else { of.way() };
        let mut row = vec![Cell::new(&of.generator), Cell::new(way)];
        for (name, get) in columns {
            let values: Sample = records.iter().filter_map(|record| get(record)).collect();
            let cell = Cell::new(number(over_seeds(name, &values)));
            row.push(if *name == "p" && alarm { cell.fg(Color::Red) } else { cell });
        }
        table.add_row(row);
    }
    (!sources.is_empty()).then(|| titled(title, &table))
}

/// Whether what is most like train is also what models learn most from: the rank correlation over
/// the sources between the quality score and the AUC of models trained on synthetic rows alone.
/// None with fewer than three sources of which both are known.
pub fn usefulness(records: &[QualityRecord], rows: &[&ResultRow]) -> Option<String> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut by_source: BTreeMap<(&str, String), (Sample, Sample)> = BTreeMap::new();
    for record in records.iter().filter(|record| record.of.seed.is_some()) {
        let key = (record.of.generator.as_str(), record.of.way());
        let entry = by_source.entry(key).or_default();
        entry.0.extend(record.measured.fidelity.table.quality.score);
    }
    for row in rows.iter().filter(|row| row.scenario == Scenario::SyntheticOnly) {
        let key = (row.generator.as_str(), row.way());
        if let Some(entry) = by_source.get_mut(&key) {
            entry.1.extend(Some(row.test_auc));
        }
    }
    for (score, auc) in by_source.into_values() {
        points.extend(score.mean().zip(auc.mean()));
    }
    let rho = spearman(&points)?;
    Some(format!(
        "Rank correlation over {} sources between the quality score and the AUC of models trained on \
         their rows alone: {rho:.2}\n(1: the better the score, the more a model learns; the two \
         rankings need not be the same).\n",
        points.len()
    ))
}

/// Spearman's rank correlation, ties at their mean rank.
fn spearman(points: &[(f64, f64)]) -> Option<f64> {
    if points.len() < 3 {
        return None;
    }
    let ranks = |get: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let rank = |value: f64| {
            let below = points.iter().filter(|point| get(point) < value).count();
            let same = points.iter().filter(|point| get(point) == value).count();
            below as f64 + (same as f64 + 1.0) / 2.0
        };
        points.iter().map(|point| rank(get(point))).collect()
    };
    let (x, y) = (ranks(|point| point.0), ranks(|point| point.1));
    let mean = (points.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    let rho = product(&x, &y) / (product(&x, &x) * product(&y, &y)).sqrt();
    rho.is_finite().then_some(rho)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_knows_order_and_ties() {
        let spearman = |x: &[f64], y: &[f64]| {
            spearman(&x.iter().copied().zip(y.iter().copied()).collect::<Vec<_>>())
        };
        assert_eq!(spearman(&[1.0, 2.0, 5.0], &[0.1, 7.0, 8.0]), Some(1.0));
        assert_eq!(spearman(&[1.0, 2.0, 5.0], &[3.0, 2.0, 1.0]), Some(-1.0));
        assert_eq!(spearman(&[1.0, 2.0], &[1.0, 2.0]), None);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        // Recorded from scipy.stats.spearmanr([1, 2, 2, 4], [1, 3, 2, 4]).
        let rho = spearman(&[1.0, 2.0, 2.0, 4.0], &[1.0, 3.0, 2.0, 4.0]).unwrap();
        assert!((rho - 0.948_683_298_050_513_7).abs() < 1e-12, "{rho}");
    }
}
