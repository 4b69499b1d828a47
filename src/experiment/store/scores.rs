//! A model's scores of the test rows, as a file that other tools read.

use super::StoreError;
use crate::files::{self, sha256};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int8Type};
use arrow_array::{ArrayRef, Float64Array, Int8Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The labels of the test rows, in their order, and a model's click probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    /// 0 or 1.
    pub labels: Vec<u8>,
    /// In `0..=1`, one for each label.
    pub scores: Vec<f64>,
}

impl Scores {
    /// Hash of the scores' bits.
    pub fn sha256(&self) -> String {
        let bytes: Vec<u8> = self.scores.iter().flat_map(|score| score.to_le_bytes()).collect();
        sha256(&bytes)
    }

    /// Writes a Parquet file with the columns `label` and `score`, whole or not at all.
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let labels = self.labels.iter().map(|&label| label as i8);
        let columns: [ArrayRef; 2] = [
            Arc::new(Int8Array::from_iter_values(labels)),
            Arc::new(Float64Array::from_iter_values(self.scores.iter().copied())),
        ];
        let schema = Arc::new(Schema::new(vec![
            Field::new("label", DataType::Int8, false),
            Field::new("score", DataType::Float64, false),
        ]));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            // Nearly all scores differ, so a dictionary of them is one more copy.
            .set_dictionary_enabled(false)
            .set_created_by("synthctr".into())
            .build();
        files::write_whole(path, |out| {
            let mut writer = ArrowWriter::try_new(out, schema.clone(), Some(properties))?;
            let batch = RecordBatch::try_new(schema, columns.to_vec());
            writer.write(&batch.map_err(io::Error::other)?)?;
            writer.close()?;
            Ok(())
        })
        .map_err(StoreError::io("write", path))
    }

    /// Reads what [`write`](Self::write) wrote; a missing or damaged file is as good as none.
    pub fn read(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        // Some damage makes the parquet crate panic instead of returning an error.
        crate::data::quietly(|| read_sound(file)).ok()?
    }
}

fn read_sound(file: File) -> Option<Scores> {
    let again = file.try_clone().ok()?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(again).ok()?;
    crate::data::check_pages(&file, reader.metadata(), &[0, 1]).ok()?;
    let batches = reader.build().ok()?;
    let (mut labels, mut scores) = (Vec::new(), Vec::new());
    for batch in batches {
        let batch = batch.ok()?;
        let label = batch.column_by_name("label")?.as_primitive_opt::<Int8Type>()?;
        let score = batch.column_by_name("score")?.as_primitive_opt::<Float64Type>()?;
        labels.extend(label.values().iter().map(|&label| label as u8));
        scores.extend_from_slice(score.values());
    }
    Some(Scores { labels, scores })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_come_back_bit_for_bit_and_damage_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("scores.parquet");
        let scores = Scores {
            labels: (0..1000).map(|row| (row % 3 == 0).into()).collect(),
            scores: (0..1000).map(|row| 1.0 / (1.0 + f64::from(row).sqrt())).collect(),
        };
        scores.write(&path).unwrap();
        assert_eq!(Scores::read(&path), Some(scores.clone()));
        let mut other = scores.clone();
        other.scores[500] = f64::from_bits(other.scores[500].to_bits() + 1);
        assert_ne!(other.sha256(), scores.sha256());
        let bytes = std::fs::read(&path).unwrap();
        for end in [0, 3, bytes.len() / 2, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..end]).unwrap();
            assert_eq!(Scores::read(&path), None, "{end} bytes");
        }
        assert_eq!(Scores::read(&folder.path().join("none.parquet")), None);
    }
}
