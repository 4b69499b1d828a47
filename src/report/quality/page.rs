//! An evaluation as a page of its own.

use super::numbers::Section;
use super::text::{Columns, number, uneven};
use crate::evaluate::Evaluation;
use crate::report::html::{Cell, escape, page, table};

/// Most pairs of columns listed, those furthest from the real table.
const PAIRS: usize = 40;

/// A self-contained page: no network, no script. `made_with` are facts about how it was made.
pub fn evaluation_page(evaluation: &Evaluation, made_with: &[(String, String)]) -> String {
    let rows = evaluation.measured.rows;
    let holdout = match rows.holdout {
        Some(n) => format!(" and {n} real rows that nothing was learned from"),
        None => String::new(),
    };
    let mut body = format!(
        "<p>{} synthetic rows compared with the {} real rows they were learned from{holdout}. \
         {}</p>\n",
        rows.synthetic,
        rows.real,
        escape(&yardsticks(evaluation))
    );
    let columns = Columns::new(evaluation);
    let names = columns.names();
    for section in Section::ALL {
        let line = |line: super::text::Line| {
            let mut cells = vec![Cell::Explained(line.name, line.meaning)];
            for (position, value) in line.values.into_iter().enumerate() {
                let text = match (position, line.interval) {
                    (0, Some([lower, upper])) => {
                        format!("{}\n{lower:.3} to {upper:.3}", number(value))
                    }
                    _ => number(value),
                };
                let alarming = position == 0 && line.alarm;
                cells.push(if alarming { Cell::Alarm(text) } else { Cell::Number(text) });
            }
            cells
        };
        let lines: Vec<_> = columns.rows(section).into_iter().map(line).collect();
        let header = [vec![""], names.clone()].concat();
        body += &format!("<h2>{}</h2>\n", escape(section.title()));
        body += &table(&caption(evaluation), &header, &lines);
    }
    if let Some(text) = uneven(evaluation) {
        body += &format!("<p>{}</p>\n", escape(text));
    }
    body += &attacks(evaluation);
    body += &models(evaluation);
    body += &fields(evaluation);
    body += &pairs(evaluation);
    body += &notes(evaluation);
    body += "<h2>How this was made</h2>\n<dl>\n";
    for (name, fact) in made_with {
        body += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(name), escape(fact));
    }
    body += "</dl>\n";
    page("How good and how private the synthetic table is", &body)
}

fn caption(evaluation: &Evaluation) -> String {
    match &evaluation.yardsticks {
        Some(yardsticks) => format!(
            "Of all synthetic rows, and of {} synthetic rows, real ones and copies",
            yardsticks.synthetic.rows.synthetic
        ),
        None => "Of all synthetic rows".to_owned(),
    }
}

fn yardsticks(evaluation: &Evaluation) -> String {
    match &evaluation.yardsticks {
        Some(yardsticks) => format!(
            "No number means much alone: beside that of all rows stand those of {} synthetic rows, \
             as many real rows that nothing was learned from, and as many copies of real rows.",
            yardsticks.synthetic.rows.synthetic
        ),
        None => "Without yardsticks: no number means much alone.".to_owned(),
    }
}

fn attacks(evaluation: &Evaluation) -> String {
    let membership = &evaluation.measured.privacy.membership;
    let mut text = String::new();
    for (what, level) in [("rows", &membership.row), ("users", &membership.user)] {
        let Some(level) = level else { continue };
        let row = |(name, achieved): (&String, &crate::metrics::privacy::membership::Achieved)| {
            let interval = achieved
                .auc_interval
                .map_or(String::new(), |[lower, upper]| format!("\n{lower:.3} to {upper:.3}"));
            let p = format!("{:.4}", achieved.p_value);
            vec![
                Cell::Name(name.clone()),
                Cell::Number(format!("{:.4}{interval}", achieved.auc)),
                Cell::Number(number(achieved.tpr_at_fpr.per_cent)),
                Cell::Number(number(achieved.tpr_at_fpr.per_mille)),
                if achieved.alarm { Cell::Alarm(p) } else { Cell::Number(p) },
            ]
        };
        let rows: Vec<_> = level.attacks.iter().map(row).collect();
        let caption = format!(
            "Membership attacks on {what}: {} members, {} others. Strongest: {}.",
            level.members, level.non_members, level.strongest
        );
        let header = ["attack", "AUC", "found at 1 %", "found at 0.1 %", "corrected p"];
        text += &table(&caption, &header, &rows);
    }
    if text.is_empty() { text } else { format!("<h2>Membership attacks, one by one</h2>\n{text}") }
}

fn models(evaluation: &Evaluation) -> String {
    let Some(models) = &evaluation.utility else { return String::new() };
    let auc = |auc: Option<f64>| {
        Cell::Number(auc.map_or("–".to_owned(), |auc| format!("{:.3}", 100.0 * auc)))
    };
    let row = |(model, utility): (&String, &crate::evaluate::ModelUtility)| {
        vec![Cell::Name(model.clone()), auc(utility.synthetic), auc(utility.real)]
    };
    let rows: Vec<_> = models.iter().map(row).collect();
    let caption = "AUC % on the holdout of click models trained on synthetic and on real rows";
    let header = ["model", "trained on synthetic", "trained on real"];
    format!("<h2>Utility</h2>\n{}", table(caption, &header, &rows))
}

fn fields(evaluation: &Evaluation) -> String {
    let columns = &evaluation.measured.fidelity.table.columns;
    let row = |(name, column): (&String, &crate::metrics::fidelity::ColumnFidelity)| {
        let values = [
            column.ks_complement.or(column.tv_complement),
            column.js_distance,
            column.category_coverage.or(column.range_coverage),
            column.category_adherence.or(column.boundary_adherence),
        ];
        let mut cells = vec![Cell::Name(name.clone())];
        cells.extend(values.map(|value| Cell::Number(number(value))));
        cells
    };
    let rows: Vec<_> = columns.iter().map(row).collect();
    let caption = "Total variation (of numbers: Kolmogorov-Smirnov) complement, Jensen-Shannon \
                   distance, coverage and adherence of each column";
    let header = ["column", "shape", "JS distance", "coverage", "adherence"];
    format!("<h2>Columns</h2>\n{}", table(caption, &header, &rows))
}

fn pairs(evaluation: &Evaluation) -> String {
    let mut pairs: Vec<_> = evaluation.measured.fidelity.table.pairs.iter().collect();
    let similarity = |pair: &crate::metrics::fidelity::PairFidelity| {
        pair.contingency_similarity.or(pair.correlation_similarity)
    };
    let of = |pair: &crate::metrics::fidelity::PairFidelity| similarity(pair).unwrap_or(1.0);
    pairs.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let shown = pairs.len().min(PAIRS);
    let caption = match shown < pairs.len() {
        true => {
            format!("The {shown} of {} pairs that are furthest from the real ones", pairs.len())
        }
        false => "All pairs, the furthest from the real ones first".to_owned(),
    };
    let row = |pair: &&crate::metrics::fidelity::PairFidelity| {
        let values = [similarity(pair), pair.cramers_v_real, pair.cramers_v_synthetic];
        let mut cells = vec![Cell::Name(format!("{} × {}", pair.a, pair.b))];
        cells.extend(values.map(|value| Cell::Number(number(value))));
        cells
    };
    let rows: Vec<_> = pairs[..shown].iter().map(row).collect();
    let header = ["pair", "similarity", "Cramér's V, real", "Cramér's V, synthetic"];
    format!("<h2>Pairs of columns</h2>\n{}", table(&caption, &header, &rows))
}

fn notes(evaluation: &Evaluation) -> String {
    if evaluation.measured.notes.is_empty() {
        return String::new();
    }
    let mut text = "<h2>What is missing, and why</h2>\n<dl>\n".to_owned();
    for (place, why) in &evaluation.measured.notes {
        text += &format!("<dt>{}</dt><dd>{}</dd>\n", escape(place), escape(why));
    }
    text + "</dl>\n"
}
