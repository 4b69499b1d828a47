//! Tables of text between three lines.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

/// An empty table.
pub(crate) fn table(colour: bool) -> Table {
    let mut table = Table::new();
    let line = LineStyle::none().fill('─').junction('─');
    table.load_style(TableStyle::new().top_border(line).header_separator(line).bottom_border(line));
    // In a terminal that is narrower than the table, cells are broken between their words.
    table.set_content_arrangement(ContentArrangement::Dynamic);
    if colour {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table
}

/// A table below its title.
pub(crate) fn titled(title: &str, table: &Table) -> String {
    format!("{title}\n{}\n", table.trim_fmt())
}
