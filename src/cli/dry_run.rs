//! What `synthctr run --dry-run` says.

use super::progress::count;
use indicatif::HumanDuration;
use std::time::Duration;
use synthctr::experiment::{CellRecord, Outlook, Standing};
use synthctr::report;
use synthctr::submit::Rates;

/// What stands of each cell, what there is to do, and how long that may take, given the finished cells with the
/// predicted operations of their trainings.
pub fn text(outlook: &Outlook, finished: &[(CellRecord, f64)]) -> String {
    cells(outlook) + &duration(outlook, finished)
}

/// The cells and what stands of them.
fn cells(outlook: &Outlook) -> String {
    let mut text = String::new();
    let width = outlook.cells.iter().map(|(cell, _)| cell.name().len()).max().unwrap_or(0);
    for (cell, standing) in &outlook.cells {
        let standing = match standing {
            Standing::Done => "done",
            Standing::Missing => "to do",
            Standing::Outdated => "to do again: made with other settings or data",
            Standing::Damaged => "to do again: damaged file",
        };
        text += &format!("{:width$}  {standing}\n", cell.name());
    }
    if !outlook.number_fields.is_empty() {
        text += &format!("\nRead as numbers: {}\n", outlook.number_fields.join(", "));
    }
    for left_out in &outlook.left_out {
        text += &format!("\n{left_out}\n");
    }
    let done = outlook.cells.iter().filter(|(_, s)| *s == Standing::Done).count();
    let rows = outlook.dataset.rows;
    text += &format!(
        "\n{} of {} here, {} done; {}, {} and {} to do on {}; {} has {} training, {} \
         validation and {} test rows\n",
        count(outlook.cells.len(), "cell"),
        report::whole(outlook.experiment_cells),
        report::whole(done),
        count(outlook.cells.len() - done, "cell"),
        count(outlook.fits, "fit"),
        count(outlook.measured, "measurement"),
        outlook.device,
        outlook.dataset.name,
        report::whole(rows.train),
        report::whole(rows.valid),
        report::whole(rows.test)
    );
    if let Some(few) = outlook.dataset.few() {
        text += &format!("Note on {}: {few}.\n", outlook.dataset.name);
    }
    text
}

/// How long what is to be done may take.
fn duration(outlook: &Outlook, finished: &[(CellRecord, f64)]) -> String {
    if outlook.cost <= 0.0 {
        return String::new();
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = outlook.jobs.max(1);
    let rates = Rates::of(finished, (threads / jobs).max(1));
    let seconds = (outlook.cost / rates.trainings / jobs as f64).min(1e9);
    let time = HumanDuration(Duration::from_secs_f64(seconds));
    match rates.measured {
        true => format!("About {time} on this machine, if the rest goes as what is done.\n"),
        false => format!(
            "Very roughly {time} on this machine, by the number of operations; what is done will tell better.\n"
        ),
    }
}
