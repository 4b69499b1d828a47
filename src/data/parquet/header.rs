//! The header of a page: a structure of Thrift's compact protocol.

use super::varint;
use std::io::{self, Read};

/// No header nests deeper.
const DEEPEST: usize = 8;

/// What the header of a page says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct PageHeader {
    /// Bytes in the file.
    pub(super) packed: u64,
    /// Bytes when unpacked.
    pub(super) unpacked: u64,
    /// Number of values, missing ones counted; none in a page that is no data.
    pub(super) values: u64,
    /// How the values of a page of data are encoded, by its number in the format.
    pub(super) encoding: Option<i32>,
}

impl PageHeader {
    /// Reads a header, and says how long it is.
    pub(super) fn read(input: &mut impl Read) -> Result<(Self, u64), String> {
        let mut compact = Compact { input, length: 0 };
        let mut header = Self::default();
        compact.structure(0, 0, &mut |outer, field, number| {
            let amount = u64::try_from(number).unwrap_or(u64::MAX);
            // The fields' numbers are those of the format's `parquet.thrift`.
            match (outer, field) {
                (0, 2) => header.unpacked = amount,
                (0, 3) => header.packed = amount,
                (5 | 8, 1) => header.values = amount,
                (5, 2) | (8, 4) => header.encoding = i32::try_from(number).ok(),
                _ => {}
            }
        })?;
        if header.packed > i32::MAX as u64 || header.values > i32::MAX as u64 {
            return Err("a page is longer than pages can be".to_owned());
        }
        Ok((header, compact.length))
    }
}

/// Bytes of the compact protocol, counted.
struct Compact<'a, R> {
    input: &'a mut R,
    length: u64,
}

impl<R: Read> Compact<'_, R> {
    fn byte(&mut self) -> Result<u8, String> {
        let mut byte = [0];
        self.input.read_exact(&mut byte).map_err(|e| unreadable(&e))?;
        self.length += 1;
        Ok(byte[0])
    }

    fn unsigned(&mut self) -> Result<u64, String> {
        varint::unsigned(|| self.byte())
    }

    fn signed(&mut self) -> Result<i64, String> {
        varint::signed(|| self.byte())
    }

    fn skip(&mut self, bytes: u64) -> Result<(), String> {
        let skipped = io::copy(&mut self.input.by_ref().take(bytes), &mut io::sink());
        self.length += bytes;
        match skipped {
            Ok(skipped) if skipped == bytes => Ok(()),
            Ok(_) => Err("the header of a page has no end".to_owned()),
            Err(e) => Err(unreadable(&e)),
        }
    }

    /// Reads a structure that is the field `outer`, and hands every number in it to `number`: `outer`, the
    /// field and its value.
    fn structure(
        &mut self,
        outer: i64,
        depth: usize,
        number: &mut dyn FnMut(i64, i64, i64),
    ) -> Result<(), String> {
        if depth > DEEPEST {
            return Err("the header of a page nests too deep".to_owned());
        }
        let mut field = 0;
        loop {
            let begin = self.byte()?;
            let (step, kind) = (begin >> 4, begin & 0x0f);
            if kind == 0 {
                return Ok(());
            }
            field = if step > 0 { field + i64::from(step) } else { self.signed()? };
            // Truth values are their own type.
            if kind > 2 {
                let found = self.value(field, kind, depth, number)?;
                found.into_iter().for_each(|found| number(outer, field, found));
            }
        }
    }

    /// Reads a value of a type, and gives it if it is a whole number.
    fn value(
        &mut self,
        field: i64,
        kind: u8,
        depth: usize,
        number: &mut dyn FnMut(i64, i64, i64),
    ) -> Result<Option<i64>, String> {
        match kind {
            1..=3 => self.skip(1)?,
            4..=6 => return Ok(Some(self.signed()?)),
            7 => self.skip(8)?,
            8 => {
                let length = self.unsigned()?;
                self.skip(length)?;
            }
            9 | 10 => {
                let begin = self.byte()?;
                let length = match begin >> 4 {
                    15 => self.unsigned()?,
                    short => u64::from(short),
                };
                for _ in 0..length {
                    self.value(i64::MAX, begin & 0x0f, depth + 1, number)?;
                }
            }
            12 => self.structure(field, depth + 1, number)?,
            _ => return Err("the header of a page is damaged".to_owned()),
        }
        Ok(None)
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("the header of a page cannot be read: {error}")
}
