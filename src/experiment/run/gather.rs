//! The results of a run, gathered from its cells and measurements.

use super::{RunError, RunResults, Runner, cell};
use crate::experiment::plan::Cell;
use crate::experiment::store::environment::Environment;
use crate::experiment::store::{self, CellRecord, Found, QualityRecord, RunFolder, Scores};

impl Runner {
    /// Reads all finished cells of the experiment and writes the results.
    pub(super) fn gather(
        &self,
        folder: &RunFolder,
        environment: Environment,
    ) -> Result<RunResults, RunError> {
        let (mut cells, mut planned) = (Vec::new(), 0);
        for task in &self.tasks {
            planned += usize::from(self.is_chosen(task));
            if let Found::Standing(mut record) = task.find(folder)? {
                self.complete(folder, &task.cell, &mut record)?;
                // A data set may have got another name since, and files of earlier versions name no reading.
                record.row.dataset.clone_from(&self.dataset.name);
                record.row.reading = task.cell.reading_name().to_owned();
                planned += usize::from(!self.is_chosen(task));
                cells.push(*record);
            }
        }
        let rows: Vec<_> = cells.iter().map(|cell| &cell.row).collect();
        folder.write("results.csv", &store::to_csv(&rows).map_err(std::io::Error::other)?)?;
        match rows.is_empty() {
            // Without a row there is no column either.
            true => folder.remove_file(&folder.root().join("results.parquet"))?,
            false => folder.write("results.parquet", &store::to_parquet(&rows)?)?,
        }
        folder.write_json("results.json", &rows)?;
        let quality = self.gather_quality(folder)?;
        let name = self.experiment.name.clone();
        Ok(RunResults { name, environment, cells, quality, planned, failures: Vec::new() })
    }

    /// Reads all measurements of synthetic rows and writes them into one file each for fidelity and
    /// privacy.
    fn gather_quality(&self, folder: &RunFolder) -> Result<Vec<QualityRecord>, RunError> {
        let measurands = self.measurands(self.tasks.iter());
        let records: Vec<_> = measurands.iter().filter_map(|of| self.quality(folder, of)).collect();
        if !records.is_empty() {
            let fidelity: Vec<_> = records.iter().map(QualityRecord::fidelity).collect();
            folder.write_json("fidelity.json", &fidelity)?;
            let privacy: Vec<_> = records.iter().map(QualityRecord::privacy).collect();
            folder.write_json("privacy.json", &privacy)?;
        }
        Ok(records)
    }

    /// Adds to a cell what could not be known when it was made: its replicate's `base` was still to
    /// be done, in another process.
    fn complete(
        &self,
        folder: &RunFolder,
        cell: &Cell,
        record: &mut CellRecord,
    ) -> Result<(), RunError> {
        if record.row.auc_covariance_base.is_some() {
            return Ok(());
        }
        let covariance = match Scores::read(&folder.scores_path(cell)) {
            Some(scores) => self.covariance_with_base(folder, cell, &scores)?,
            None => None,
        };
        if covariance.is_some() {
            record.row.auc_covariance_base = covariance;
            record.notes.retain(|note| note != cell::NO_COVARIANCE);
            folder.write_cell(cell, record)?;
        }
        Ok(())
    }
}
