//! Tables as separated text with a header line.

use super::config::ReadOptions;
use super::error::{Place, RowAt};
use super::format::TextFormat;
use super::raw::{Raw, RawBuilder};
use super::{DataError, Table};
use std::cell::Cell;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;
use std::rc::Rc;

/// No row may be longer: memory holds one at a time.
const LONGEST_ROW: u64 = 1 << 26;

/// Added to every text as its last row, which cannot be one of the file's: where it is not found by itself, a quote
/// that was left open has swallowed it.
const END: &[u8] = b"\n\0end of the file\0\n";

/// The rows of a file, one after the other. Blank lines are skipped.
pub(super) struct CsvRows<'a> {
    path: &'a Path,
    format: TextFormat,
    reader: csv::Reader<RowBounded>,
    /// What the row that is being read may still take.
    row_left: Rc<Cell<u64>>,
    record: csv::ByteRecord,
    header: Vec<String>,
    header_at: u64,
    /// Most rows that are read.
    most: u64,
}

impl<'a> CsvRows<'a> {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &'a Path, format: TextFormat) -> Result<Self, DataError> {
        let row_left = Rc::new(Cell::new(LONGEST_ROW));
        let source =
            RowBounded { inner: Box::new(format.open(path)?.chain(END)), left: row_left.clone() };
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(format.delimiter)
            .buffer_capacity(1 << 18)
            .from_reader(source);
        let record = csv::ByteRecord::new();
        let mut rows = Self {
            path,
            format,
            reader,
            row_left,
            record,
            header: Vec::new(),
            header_at: 0,
            most: u64::MAX,
        };
        if !rows.next()? {
            return Err(DataError::Empty { path: path.to_path_buf() });
        }
        rows.header_at = start_of(&rows.record);
        rows.header = rows.names()?;
        if let [only] = rows.header.as_slice()
            && let Some(separator) = only.chars().find(|c| [';', '\t', '|'].contains(c))
        {
            return Err(DataError::Separator { path: path.to_path_buf(), separator });
        }
        Ok(rows)
    }

    /// The same, of the first `rows` rows at most.
    pub(super) fn first(self, rows: Option<u64>) -> Self {
        Self { most: rows.unwrap_or(u64::MAX), ..self }
    }

    /// The column names.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Where they stand.
    pub(super) fn header_at(&self) -> RowAt {
        self.row_at(self.header_at)
    }

    /// The line of the row that starts at this byte of the text.
    pub(super) fn row_at(&self, start: u64) -> RowAt {
        row_at(self.path, self.format, start)
    }

    /// Hands every cell to `take`: its column, its content and the byte where its row starts.
    pub(super) fn for_each_cell<E: From<DataError>>(
        &mut self,
        mut take: impl FnMut(usize, &[u8], u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut left = self.most;
        while left > 0 && self.next()? {
            left -= 1;
            let start = start_of(&self.record);
            let (found, expected) = (self.record.len() as u64, self.header.len() as u64);
            if found != expected {
                let (path, row) = (self.path.to_path_buf(), self.row_at(start));
                let place = Box::new(Place { path, row, column: None });
                return Err(DataError::Ragged { place, found, expected }.into());
            }
            for (position, cell) in self.record.iter().enumerate() {
                take(position, cell, start)?;
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<bool, DataError> {
        self.row_left.set(LONGEST_ROW);
        self.reader.read_byte_record(&mut self.record).map_err(|error| {
            // With `flexible`, nothing but the operating system or a packed stream can fail.
            let error = match error.into_kind() {
                csv::ErrorKind::Io(error) => error,
                other => io::Error::other(format!("{other:?}")),
            };
            DataError::io("read", self.path)(error)
        })?;
        let Some(last) = self.record.iter().next_back() else { return Ok(false) };
        if self.record.len() == 1 && last == &END[1..END.len() - 1] {
            return Ok(false);
        }
        if last.ends_with(END) {
            let column = self.record.len();
            let name = self.header.get(column - 1).cloned().unwrap_or_default();
            let (path, row) = (self.path.to_path_buf(), self.row_at(start_of(&self.record)));
            let place = Box::new(Place { path, row, column: Some((column, name)) });
            return Err(DataError::OpenQuote { place });
        }
        Ok(true)
    }

    fn names(&self) -> Result<Vec<String>, DataError> {
        let name = |(position, bytes): (usize, &[u8])| {
            std::str::from_utf8(bytes).map(str::to_string).map_err(|_| {
                let column = Some((position + 1, String::from_utf8_lossy(bytes).into_owned()));
                let (path, row) = (self.path.to_path_buf(), self.row_at(self.header_at));
                DataError::NotUtf8 { place: Box::new(Place { path, row, column }) }
            })
        };
        self.record.iter().enumerate().map(name).collect()
    }
}

fn start_of(record: &csv::ByteRecord) -> u64 {
    record.position().map_or(0, |position| position.byte())
}

/// The line on which a row begins that starts at this byte. Counted again from the start of the
/// file, because the reader takes the rest of a CRLF and blank lines as part of the row below
/// them; only errors ask.
pub(super) fn row_at(path: &Path, format: TextFormat, start: u64) -> RowAt {
    let Ok(text) = format.open(path) else { return RowAt::Line(1) };
    let mut line = 1;
    for (offset, byte) in BufReader::new(text).bytes().map_while(Result::ok).enumerate() {
        match byte {
            b'\n' => line += 1,
            b'\r' => {}
            _ if offset as u64 >= start => break,
            _ => {}
        }
    }
    RowAt::Line(line)
}

/// The line on which a row begins, the first below the header being 0, if there is such a row.
pub(super) fn line_of(path: &Path, format: TextFormat, row: usize) -> Option<RowAt> {
    let mut rows = CsvRows::open(path, format).ok()?;
    for _ in 0..=row {
        if !rows.next().ok()? {
            return None;
        }
    }
    Some(rows.row_at(start_of(&rows.record)))
}

/// Text that ends with an error within a row that is absurdly long.
struct RowBounded {
    inner: Box<dyn Read>,
    left: Rc<Cell<u64>>,
}

impl Read for RowBounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left.get() == 0 {
            let text = format!("a row of more than {LONGEST_ROW} bytes; is a quote left open?");
            return Err(io::Error::other(text));
        }
        let n = self.inner.read(buffer)?;
        self.left.set(self.left.get().saturating_sub(n as u64));
        Ok(n)
    }
}

/// Reads the columns that `options` chooses.
pub(super) fn read(
    path: &Path,
    format: TextFormat,
    options: &ReadOptions,
) -> Result<Raw, DataError> {
    let mut rows = CsvRows::open(path, format)?.first(options.rows);
    let mut builder = RawBuilder::new(path, rows.header().to_vec(), rows.header_at(), options)?;
    rows.for_each_cell(|position, cell, start| {
        builder.push(position, cell, || row_at(path, format, start))
    })?;
    builder.finish()
}

/// Writes the label and the fields of `table` with their names above.
pub(super) fn write(table: &Table, format: TextFormat, out: &mut dyn Write) -> io::Result<()> {
    format.pack(out, |out| {
        let schema = table.schema();
        let mut writer = writer(format, out);
        let names = schema.fields.iter().map(|field| field.name.as_str());
        writer.write_record([schema.label.as_str()].into_iter().chain(names))?;
        let texts: Vec<Vec<_>> = schema
            .fields
            .iter()
            .map(|field| (0..field.n_codes() as u32).map(|code| field.text(code)).collect())
            .collect();
        for row in 0..table.n_rows() {
            writer.write_field([b'0' + table.labels()[row]])?;
            for (texts, code) in texts.iter().zip(table.row(row)) {
                writer.write_field(texts[code as usize].as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    })
}

/// What writes rows of values, quoted where they must be.
pub(super) fn writer(format: TextFormat, out: &mut dyn Write) -> csv::Writer<&mut dyn Write> {
    csv::WriterBuilder::new().delimiter(format.delimiter).buffer_capacity(1 << 18).from_writer(out)
}
