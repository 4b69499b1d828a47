//! Tables as the networks read them: one row of codes after the other, in one shared code space.

use crate::data::{Schema, Table};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData};

/// Rows of codes, row by row; the codes of field `f` follow those of field `f − 1`.
pub struct Rows {
    codes: Vec<i32>,
    labels: Vec<f32>,
    fields: usize,
}

/// Number of codes of each field.
pub fn code_counts(schema: &Schema) -> Vec<usize> {
    schema.fields.iter().map(|field| field.n_codes()).collect()
}

impl Rows {
    /// The rows of a table whose fields have `counts` codes.
    pub fn new(table: &Table, counts: &[usize]) -> Self {
        let fields = table.n_fields();
        let mut codes = vec![0; table.n_rows() * fields];
        let mut offset = 0;
        for (field, count) in counts.iter().enumerate() {
            for (row, &code) in table.column(field).iter().enumerate() {
                codes[row * fields + field] = (offset + code as usize) as i32;
            }
            offset += count;
        }
        Self {
            codes,
            labels: table.labels().iter().map(|&label| f32::from(label)).collect(),
            fields,
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Codes `[n, f]` and labels `[n, 1]` of the rows at `rows`.
    pub fn batch<B: Backend>(
        &self,
        rows: &[u32],
        device: &B::Device,
    ) -> (Tensor<B, 2, Int>, Tensor<B, 2>) {
        let mut codes = Vec::with_capacity(rows.len() * self.fields);
        for &row in rows {
            codes.extend_from_slice(&self.codes[row as usize * self.fields..][..self.fields]);
        }
        let labels: Vec<f32> = rows.iter().map(|&row| self.labels[row as usize]).collect();
        let codes = TensorData::new(codes, [rows.len(), self.fields]);
        let labels = TensorData::new(labels, [rows.len(), 1]);
        (Tensor::from_data(codes, device), Tensor::from_data(labels, device))
    }

    /// Codes `[n, f]` of a run of rows.
    pub fn codes<B: Backend>(
        &self,
        rows: std::ops::Range<usize>,
        device: &B::Device,
    ) -> Tensor<B, 2, Int> {
        let shape = [rows.len(), self.fields];
        let codes = self.codes[rows.start * self.fields..rows.end * self.fields].to_vec();
        Tensor::from_data(TensorData::new(codes, shape), device)
    }
}
