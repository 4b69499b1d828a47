//! An evaluation for a terminal.

use super::numbers::{Number, Section, numbers};
use crate::evaluate::{Evaluation, Measured, Yardsticks};
use crate::report::table::{NOTHING, empty_table, titled};
use comfy_table::{Cell, Color, ContentArrangement};

/// Columns of a terminal where its width is unknown.
const WIDTH: u16 = 118;

/// An evaluation as tables, a line per number.
///
/// With `colour`, what is alarming is red.
pub fn evaluation_text(evaluation: &Evaluation, colour: bool) -> String {
    let columns = Columns::new(evaluation);
    let mut text = heading(evaluation);
    let mut alarms = false;
    for section in Section::ALL {
        let mut table = empty_table(&[""], columns.names(), colour);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        // On a terminal, which is where there are colours, its own width counts.
        if !colour {
            table.set_width(WIDTH);
        }
        let header = [vec![""], columns.names(), vec!["what it says"]].concat();
        table.set_header(header);
        for row in columns.rows(section) {
            let mut cells = vec![Cell::new(row.name)];
            cells.extend(row.values.iter().map(|value| Cell::new(number(*value))));
            if row.alarm {
                alarms = true;
                cells[1] = Cell::new(format!("! {}", number(row.values[0]))).fg(Color::Red);
            }
            cells.push(Cell::new(row.meaning));
            table.add_row(cells);
        }
        text += &titled(section.title(), &table);
        text.push('\n');
    }
    if alarms {
        text += "!: alarming by itself, see what it says.\n";
    }
    text += &strongest(&evaluation.measured);
    text += uneven(evaluation).unwrap_or_default();
    text += &utility(evaluation, colour);
    for (place, why) in &evaluation.measured.notes {
        // Columns and pairs are in the JSON file.
        if place.split('/').count() <= 2 || place.starts_with("privacy/membership/") {
            text += &format!("Note: {why}.\n");
        }
    }
    text
}

/// A number to three significant digits or so.
pub(super) fn number(value: Option<f64>) -> String {
    match value {
        None => NOTHING.to_owned(),
        Some(value) if value > 0.0 && value < 0.001 => "<0.001".to_owned(),
        Some(value) => format!("{value:.3}"),
    }
}

fn heading(evaluation: &Evaluation) -> String {
    let rows = evaluation.measured.rows;
    let holdout = rows.holdout.map_or(String::new(), |n| format!(", {n} held out"));
    let mut text = format!("{} synthetic rows, {} real ones{holdout}.", rows.synthetic, rows.real);
    if let Some(Yardsticks { synthetic, .. }) = &evaluation.yardsticks {
        let others = match synthetic.rows.holdout {
            Some(n) => format!("{} of train and {n} held out", synthetic.rows.real),
            None => format!("the other {} real ones", synthetic.rows.real),
        };
        text += &format!(
            " The last three columns are of {} rows each, compared with {others}: synthetic \
             ones, real ones that are not among those, and copies of real ones.",
            synthetic.rows.synthetic
        );
    }
    format!("{text}\n\n")
}

/// The tables whose numbers stand side by side.
pub(super) struct Columns {
    tables: Vec<(&'static str, Vec<Number>)>,
}

/// A number in all tables.
pub(super) struct Line {
    pub name: String,
    pub values: Vec<Option<f64>>,
    pub interval: Option<[f64; 2]>,
    pub meaning: String,
    pub alarm: bool,
}

impl Columns {
    pub fn new(evaluation: &Evaluation) -> Self {
        let mut tables = vec![("all rows", numbers(&evaluation.measured))];
        if let Some(Yardsticks { synthetic, real, resample }) = &evaluation.yardsticks {
            let more = [("synthetic", synthetic), ("real", real), ("copies", resample)];
            tables.extend(more.map(|(name, measured)| (name, numbers(measured))));
        }
        Self { tables }
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.tables.iter().map(|(name, _)| *name).collect()
    }

    /// The numbers of a section that some table has.
    pub fn rows(&self, section: Section) -> Vec<Line> {
        let line = |first: &Number| {
            let of = |(_, numbers): &(_, Vec<Number>)| {
                numbers.iter().find(|number| number.name == first.name).and_then(|n| n.value)
            };
            Line {
                name: first.name.clone(),
                values: self.tables.iter().map(of).collect(),
                interval: first.interval,
                meaning: first.meaning.to_string(),
                alarm: first.alarm,
            }
        };
        let of_section = self.tables[0].1.iter().filter(|number| number.section == section);
        let lines = of_section.map(line);
        lines.filter(|line| line.values.iter().any(Option::is_some)).collect()
    }
}

/// What to make of attacks that tell train from real rows that nothing was learned from.
pub(super) fn uneven(evaluation: &Evaluation) -> Option<&'static str> {
    let real = &evaluation.yardsticks.as_ref()?.real.privacy.membership;
    real.row.as_ref()?.achieved.alarm.then_some(
        "Real rows that nothing was learned from set off the same alarm: train and holdout are not \
         dealt at random\nfrom the same rows. A leak is only what goes beyond their numbers.\n",
    )
}

/// Which attack was the strongest.
fn strongest(measured: &Measured) -> String {
    let membership = &measured.privacy.membership;
    let mut text = String::new();
    for (what, level) in [("rows", &membership.row), ("users", &membership.user)] {
        if let Some(level) = level {
            let verdict = match level.achieved.alarm {
                true => "it finds members more often than chance does",
                false => "no better than chance",
            };
            text += &format!(
                "Strongest of {} attacks on {what}: {} (by its {}); {verdict} (p = {:.3}).\n",
                level.attacks.len(),
                level.strongest,
                level.strongest_by,
                level.achieved.p_value
            );
        }
    }
    text
}

fn utility(evaluation: &Evaluation, colour: bool) -> String {
    let Some(models) = &evaluation.utility else { return String::new() };
    let mut table = empty_table(&[""], ["synthetic", "real"], colour);
    for (model, utility) in models {
        let auc =
            |auc: Option<f64>| auc.map_or(NOTHING.to_owned(), |a| format!("{:.3}", 100.0 * a));
        table.add_row(vec![model.clone(), auc(utility.synthetic), auc(utility.real)]);
    }
    titled("\nUtility: AUC % on the holdout of click models trained on", &table)
}
