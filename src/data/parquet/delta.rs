//! Values that are stored as differences (DELTA_BINARY_PACKED and what is built on it, Apache Parquet's
//! `Encodings.md`): how much they unpack to.

use super::varint;
use parquet::basic::Encoding;

const BINARY_PACKED: i32 = Encoding::DELTA_BINARY_PACKED as i32;
const LENGTHS: i32 = Encoding::DELTA_LENGTH_BYTE_ARRAY as i32;
const PREFIXES: i32 = Encoding::DELTA_BYTE_ARRAY as i32;

/// Whether values of this encoding are stored as differences.
pub(super) fn is_delta(encoding: i32) -> bool {
    [BINARY_PACKED, LENGTHS, PREFIXES].contains(&encoding)
}

/// How many bytes the texts in `data` unpack to, numbers to 0, if there are no more than `values`.
pub(super) fn unpacked(encoding: Encoding, data: &[u8], values: u64) -> Result<u64, String> {
    let mut bits = Bits { data, at: 0 };
    match encoding {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => bits.lengths(values),
        Encoding::DELTA_BYTE_ARRAY => {
            let prefixes = bits.lengths(values)?;
            Ok(prefixes.saturating_add(bits.lengths(values)?))
        }
        _ => bits.header(values).map(|_| 0),
    }
}

/// Bytes of which every number has as many bits as its block says.
struct Bits<'a> {
    data: &'a [u8],
    /// The next byte.
    at: usize,
}

/// How differences are dealt into blocks.
struct Blocks {
    /// Parts of a block, each of which has a width of its own.
    parts: usize,
    /// Numbers in each part.
    of_part: usize,
    /// Numbers in all, the first included.
    values: u64,
    first: i64,
}

impl Bits<'_> {
    fn byte(&mut self) -> Result<u8, String> {
        let byte = self.data.get(self.at).ok_or("differences have no end")?;
        self.at += 1;
        Ok(*byte)
    }

    fn unsigned(&mut self) -> Result<u64, String> {
        varint::unsigned(|| self.byte())
    }

    fn signed(&mut self) -> Result<i64, String> {
        varint::signed(|| self.byte())
    }

    /// What precedes the blocks.
    fn header(&mut self, most: u64) -> Result<Blocks, String> {
        let (block, parts) = (self.unsigned()?, self.unsigned()?);
        let values = self.unsigned()?;
        let first = self.signed()?;
        if values > most {
            return Err("a page holds more values than it says".to_owned());
        }
        let whole = block.is_multiple_of(128) && parts > 0 && block.is_multiple_of(32 * parts);
        if !whole || block > 1 << 24 {
            return Err("differences are in blocks that cannot be".to_owned());
        }
        Ok(Blocks { parts: parts as usize, of_part: (block / parts) as usize, values, first })
    }

    /// The sum of lengths, of which there are at most `most`; then follows what stands behind them.
    fn lengths(&mut self, most: u64) -> Result<u64, String> {
        let Blocks { parts, of_part, values, first } = self.header(most)?;
        let mut left = values.saturating_sub(1);
        // Lengths have 32 bits, and wrap.
        let mut length = first as i32;
        let mut sum = if values > 0 { length.max(0) as u64 } else { 0 };
        while left > 0 {
            let least = self.signed()? as i32;
            let widths = self.data.get(self.at..self.at + parts).ok_or("a block has no widths")?;
            self.at += parts;
            for &width in widths {
                if left == 0 {
                    break;
                }
                let width = usize::from(width);
                let bytes = of_part / 8 * width;
                let part = self.data.get(self.at..self.at + bytes).ok_or("a block has no end")?;
                self.at += bytes;
                if width > 32 {
                    return Err("a length has more bits than lengths can have".to_owned());
                }
                let n = left.min(of_part as u64);
                for number in 0..n as usize {
                    let step = bits_at(part, number * width, width);
                    length = length.wrapping_add(least).wrapping_add(step as i32);
                    sum += length.max(0) as u64;
                }
                left -= n;
            }
        }
        Ok(sum)
    }
}

/// The `width` bits, at most 32, that start at a bit, the lowest first.
fn bits_at(data: &[u8], start: usize, width: usize) -> u32 {
    if width == 0 {
        return 0;
    }
    let from = start / 8;
    let mut bytes = [0; 8];
    let there = data.len().min(from + 8) - from;
    bytes[..there].copy_from_slice(&data[from..from + there]);
    ((u64::from_le_bytes(bytes) >> (start % 8)) & ((1 << width) - 1)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 numbers from 1 in steps of 1, 2, 1, 2 …: one block of four parts, of which all four have a width.
    fn ramp() -> Vec<u8> {
        // Blocks of 128, four parts, 100 values, the first 1; the least step 1, then widths of one bit.
        let mut data = vec![0x80, 0x01, 4, 100, 2, 2, 1, 1, 1, 1];
        data.extend([0b1010_1010; 16]);
        data
    }

    #[test]
    fn lengths_are_summed() {
        let steps = (0..99).map(|step| 1 + step % 2);
        let lengths: Vec<u64> = std::iter::once(1)
            .chain(steps.scan(1, |length, step| {
                *length += step;
                Some(*length)
            }))
            .collect();
        let sum = unpacked(Encoding::DELTA_LENGTH_BYTE_ARRAY, &ramp(), 100);
        assert_eq!(sum, Ok(lengths.iter().sum()));
        let two = [ramp(), ramp()].concat();
        let sum = unpacked(Encoding::DELTA_BYTE_ARRAY, &two, 100);
        assert_eq!(sum, Ok(2 * lengths.iter().sum::<u64>()));
    }

    #[test]
    fn more_values_than_the_page_says_are_refused() {
        let refused = unpacked(Encoding::DELTA_LENGTH_BYTE_ARRAY, &ramp(), 99);
        assert!(refused.is_err_and(|reason| reason.contains("more values")));
        // As many as no memory holds.
        let many = [0x80, 0x01, 4, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0];
        for encoding in [Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_BINARY_PACKED] {
            assert!(unpacked(encoding, &many, 100).is_err(), "{encoding}");
        }
    }

    #[test]
    fn what_ends_early_is_refused() {
        let whole = ramp();
        for end in 0..whole.len() - 3 {
            assert!(
                unpacked(Encoding::DELTA_LENGTH_BYTE_ARRAY, &whole[..end], 100).is_err(),
                "{end}"
            );
        }
    }
}
