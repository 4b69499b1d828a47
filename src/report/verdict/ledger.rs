//! The ledger of variance as a table.

use crate::report::table::{NOTHING, empty_table, titled};
use crate::statistics::{Ledger, Source};
use crate::verdict::Verdict;
use comfy_table::Cell;

/// Titles of the columns, in the order of [`Source::ALL`].
const SOURCES: [&str; 5] = ["fit", "draws", "train", "fit ×\ntrain", "draws ×\ntrain"];

/// Where the spread of every difference to `base` comes from; none without crossed seeds.
pub fn ledger_table(verdict: &Verdict, colour: bool) -> Option<String> {
    if verdict.ledger.is_empty() {
        return None;
    }
    let columns = SOURCES.into_iter().chain(["test\nrows", "mean,\ns.e."]);
    let mut table = empty_table(&["", "fits ×\ndraws ×\ntrain", "more of"], columns, colour);
    for of in &verdict.ledger {
        let ledger = &of.ledger;
        let [fits, draws, trains] = ledger.levels;
        let name =
            format!("{} {}\n  {} {}", of.generator, of.way.title(" "), of.scenario, of.model);
        let advice = ledger.advice.map_or(NOTHING, |source| match source {
            Source::Fit => "fits",
            Source::Draw => "draws",
            _ => "trainings",
        });
        let mut row = vec![
            Cell::new(name),
            Cell::new(format!("{fits} × {draws} × {trains}")),
            Cell::new(advice),
        ];
        row.extend(Source::ALL.map(|source| Cell::new(component_text(ledger, source))));
        let rows = ledger.test_rows.map_or(NOTHING.to_owned(), |v| format!("{:.3}", v.sqrt()));
        row.push(Cell::new(rows));
        row.push(Cell::new(format!("{:+.3}\n±{:.3}", ledger.mean, ledger.standard_error)));
        table.add_row(row);
    }
    let title = "Where the spread of differences to base comes from: standard deviations in points, and \
                 shares\nof the variance over seeds";
    Some(titled(title, &table))
}

fn component_text(ledger: &Ledger, source: Source) -> String {
    ledger.component(source).estimate.map_or(NOTHING.to_owned(), |estimate| {
        format!("{:.3}\n{:.0} %", estimate.variance.sqrt(), 100.0 * estimate.share)
    })
}
