//! What a file says of its pages, checked before they are unpacked.
//!
//! The parquet crate takes as much memory as a file says it needs, and where there is not as much the program
//! ends. So the sizes and counts that it believes are looked at first, and refused if no honest file of that size
//! has them.

use super::delta;
use super::header::PageHeader;
use crate::data::format::most_unpacked;
use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};
use std::sync::Arc;

/// A file may hold as many cells in any case, or as many for each byte of it.
const CELLS_ALWAYS_ALLOWED: u64 = 1 << 26;
const CELLS_PER_BYTE: u64 = 200;

/// What the pages of a file may still hold.
struct Allowance {
    /// Bytes, when unpacked.
    bytes: u64,
    /// Values, missing ones counted.
    cells: u64,
    /// Values in all.
    most_cells: u64,
}

impl Allowance {
    /// Of a file of `size` bytes.
    fn of_file(size: u64) -> Self {
        let cells = size.saturating_mul(CELLS_PER_BYTE).max(CELLS_ALWAYS_ALLOWED);
        Self { bytes: most_unpacked(size), cells, most_cells: cells }
    }

    fn take_bytes(&mut self, bytes: u64) -> Result<(), String> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or("it unpacks to too much for its size")?;
        Ok(())
    }

    fn take_cells(&mut self, cells: u64) -> Result<(), String> {
        let left = self.cells.checked_sub(cells);
        self.cells = left
            .ok_or_else(|| format!("more than {} cells, too many for its size", self.most_cells))?;
        Ok(())
    }
}

/// Checks the pages of the columns at `used`, none of which is nested.
pub(crate) fn check_pages(
    file: &File,
    metadata: &ParquetMetaData,
    used: &[usize],
) -> Result<(), String> {
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    check(file, metadata, used, &mut Allowance::of_file(size))
}

fn check(
    file: &File,
    metadata: &ParquetMetaData,
    used: &[usize],
    allowance: &mut Allowance,
) -> Result<(), String> {
    let schema = metadata.file_metadata().schema_descr();
    for group in metadata.row_groups() {
        for (leaf, chunk) in group.columns().iter().enumerate() {
            if used.contains(&schema.get_column_root_idx(leaf)) {
                let rows = usize::try_from(group.num_rows()).map_err(|e| e.to_string())?;
                check_chunk(file, chunk, rows, allowance)?;
            }
        }
    }
    Ok(())
}

/// Checks the pages of a column in a group of rows.
fn check_chunk(
    file: &File,
    chunk: &ColumnChunkMetaData,
    rows: usize,
    allowance: &mut Allowance,
) -> Result<(), String> {
    let (start, mut left) = chunk.byte_range();
    let mut input = BufReader::new(file);
    input.seek(SeekFrom::Start(start)).map_err(|e| e.to_string())?;
    let (mut values, mut has_deltas) = (0, false);
    // All of them: those that follow as many values as the column is said to have are read as well.
    while left > 0 {
        let (header, length) = match PageHeader::read(&mut input) {
            // Something that is no page may fill the end.
            Err(_) if values >= chunk.num_values() => break,
            read => read?,
        };
        allowance.take_bytes(header.unpacked)?;
        allowance.take_cells(header.values)?;
        has_deltas |= header.encoding.is_some_and(delta::is_delta);
        values += header.values as i64;
        input.seek_relative(header.packed as i64).map_err(|e| e.to_string())?;
        left = left.saturating_sub(length + header.packed);
    }
    if !has_deltas {
        return Ok(());
    }
    let file = Arc::new(file.try_clone().map_err(|e| e.to_string())?);
    let pages = SerializedPageReader::new(file, chunk, rows, None).map_err(|e| e.to_string())?;
    for page in pages {
        let page = page.map_err(|e| e.to_string())?;
        let encoding = page.encoding();
        if delta::is_delta(encoding as i32) {
            let values = values_of(&page, chunk.column_descr().max_def_level() > 0)?;
            let bytes = delta::unpacked(encoding, values, u64::from(page.num_values()))?;
            allowance.take_bytes(bytes)?;
        }
    }
    Ok(())
}

/// The bytes of a data page that follow the levels of a column that may have missing values, if it is `nullable`.
fn values_of(page: &Page, nullable: bool) -> Result<&[u8], String> {
    let (buffer, levels) = match page {
        Page::DataPage { buf, num_values, def_level_encoding, .. } => {
            let length =
                || buf.first_chunk().map_or(0, |&length| u32::from_le_bytes(length) as usize);
            let levels = match def_level_encoding {
                _ if !nullable => 0,
                Encoding::RLE => 4 + length(),
                _ => (*num_values as usize).div_ceil(8),
            };
            (buf, levels)
        }
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            (buf, *def_levels_byte_len as usize + *rep_levels_byte_len as usize)
        }
        Page::DictionaryPage { buf, .. } => (buf, 0),
    };
    buffer.get(levels..).ok_or_else(|| "a page ends before its values".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::schema::{Field, Schema};
    use crate::data::{ReadOptions, Table, load_table, write_parquet};
    use parquet::file::metadata::ParquetMetaDataReader;

    #[test]
    fn a_file_of_any_number_of_cells_ends() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("t.parquet");
        let fields = vec![Field::categorical("a", vec!["x".into()])];
        let schema = Arc::new(Schema { label: "label".into(), fields });
        write_parquet(&Table::new(schema, vec![vec![0; 10]], vec![0; 10]), &path).expect("written");
        load_table(&path, &ReadOptions::default()).expect("a log");
        let file = File::open(&path).expect("a file");
        let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).expect("Parquet");
        let check = |cells, bytes| {
            check(&file, &metadata, &[0, 1], &mut Allowance { bytes, cells, most_cells: cells })
        };
        check(20, 1 << 20).expect("as many as are allowed");
        let error = check(19, 1 << 20).expect_err("one more");
        assert_eq!(error, "more than 19 cells, too many for its size");
        let error = check(20, 10).expect_err("too long");
        assert_eq!(error, "it unpacks to too much for its size");
    }
}
