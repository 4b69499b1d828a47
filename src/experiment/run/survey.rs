//! What stands in a run folder, and what of it may surprise.

use super::agenda::{Agenda, Work};
use super::{Listener, Outlook, RunError, Runner, Standing, Task};
use crate::ctr::Trained;
use crate::data::{self, Dataset};
use crate::experiment::plan::Cell;
use crate::experiment::store::{Found, RunFolder, Scores, StoreError};
use rayon::prelude::*;

impl Runner {
    /// What stands of the shard's cells, and which are still to be done.
    pub(super) fn survey(&self, folder: &RunFolder) -> Result<Survey<'_>, RunError> {
        let mut survey = Survey::default();
        let tasks: Vec<&Task> = self.chosen_tasks().collect();
        let found: Vec<Result<Found, StoreError>> =
            tasks.par_iter().map(|task| self.found(folder, task)).collect();
        for (task, found) in tasks.into_iter().zip(found) {
            let standing = match found? {
                Found::Standing(_) if self.lacks_model(folder, &task.cell) => Standing::Missing,
                Found::Standing(_) => Standing::Done,
                Found::Nothing => Standing::Missing,
                Found::Outdated => Standing::Outdated,
                Found::Damaged(how) => {
                    survey.damage.push(how);
                    Standing::Damaged
                }
            };
            survey.cells.push((task.cell, standing));
            if standing != Standing::Done {
                survey.pending.push(task);
            }
        }
        Ok(survey)
    }

    /// What stands for a cell. Damaged scores are damage to it where scores are wanted: other cells are
    /// compared with those of `base`.
    fn found(&self, folder: &RunFolder, task: &Task) -> Result<Found, StoreError> {
        let found = task.find(folder)?;
        let Found::Standing(record) = &found else { return Ok(found) };
        let path = folder.scores_path(&task.cell);
        let sound = || Scores::read(&path).is_some_and(|s| s.sha256() == record.scores_sha256);
        if self.options.save_scores && path.exists() && !sound() {
            let why = "not the scores that the cell names";
            return Ok(Found::Damaged(format!("{}: {why}", path.display())));
        }
        Ok(found)
    }

    /// Whether a cell's trained model is wanted and not there, or damaged.
    fn lacks_model(&self, folder: &RunFolder, cell: &Cell) -> bool {
        self.options.save_models
            && cell.model.ours().is_some()
            && !Trained::is_whole(&folder.model_path(cell))
    }

    pub(super) fn outlook_of(&self, survey: &Survey<'_>, agenda: &Agenda<'_>) -> Outlook {
        Outlook {
            cells: survey.cells.clone(),
            experiment_cells: self.tasks.len(),
            fits: agenda.work.iter().filter(|work| matches!(work, Work::Fit(..))).count(),
            measured: agenda.work.iter().filter(|work| matches!(work, Work::Quality(_))).count(),
            cost: agenda.jobs.iter().map(|job| job.cost).sum(),
            jobs: self.workers(agenda),
            number_fields: self.number_fields.clone(),
            left_out: self.left_out.clone(),
            device: self.device,
            dataset: self.summary.clone(),
        }
    }

    /// Tells what in the run folder may surprise.
    pub(super) fn warn(&self, survey: &Survey<'_>, folder: &RunFolder, listener: &dyn Listener) {
        for message in &self.left_out {
            listener.warn(message);
        }
        for damage in &survey.damage {
            listener.warn(&format!("{damage}; this result is damaged and will be done again"));
        }
        let outdated =
            survey.cells.iter().filter(|(_, standing)| *standing == Standing::Outdated).count();
        if outdated > 0 {
            listener.warn(&format!(
                "{outdated} of {} results in {} were made with other settings or other data; \
                 they will be done again",
                survey.cells.len(),
                folder.root().display()
            ));
        }
        for (field, [valid, test]) in
            train_fields(&self.dataset).zip(data::unseen_shares(&self.dataset.split))
        {
            if valid.max(test) > MOSTLY {
                listener.warn(&format!(
                    "{:.0} % of the validation rows and {:.0} % of the test rows have values of `{field}` \
                     that train does not hold; no model or generator can learn it, and real rows look \
                     unreal: leave it out (dataset.ignore, or dataset.fields without it), or cut it into bins if it is a number \
                     (dataset.numeric)",
                    100.0 * valid,
                    100.0 * test
                ));
            }
        }
        let done = survey.cells.iter().filter(|(_, standing)| *standing == Standing::Done);
        let bare = done.filter(|(cell, _)| !folder.scores_path(cell).exists()).count();
        if self.options.save_scores && bare > 0 {
            listener.warn(&format!(
                "{bare} results in {} have no scores beside them; to make them again with scores, \
                 remove their files in cells/",
                folder.root().display()
            ));
        }
        let planned = self.tasks.iter().filter(|task| folder.cell_path(&task.cell).exists());
        let strangers = folder.n_cell_files().saturating_sub(planned.count());
        if strangers > 0 {
            listener.warn(&format!(
                "{strangers} more results in {} are not part of this experiment; they are left \
                 as they are, and not in results.csv",
                folder.root().display()
            ));
        }
    }
}

/// A field most of whose values are new in validation or test deserves a warning.
const MOSTLY: f64 = 0.5;

fn train_fields(dataset: &Dataset) -> impl Iterator<Item = &str> {
    dataset.split.train.schema().fields.iter().map(|field| field.name.as_str())
}

/// What stands in a run folder of a shard's cells.
#[derive(Default)]
pub(super) struct Survey<'a> {
    pub cells: Vec<(Cell, Standing)>,
    pub pending: Vec<&'a Task>,
    pub damage: Vec<String>,
}
