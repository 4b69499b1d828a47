//! Whole numbers of any length, as Thrift's compact protocol and Parquet's differences have them.

/// A number of seven bits in each byte, the lowest first, whose bytes `next` gives.
pub(super) fn unsigned(mut next: impl FnMut() -> Result<u8, String>) -> Result<u64, String> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err("a number in a page does not end".to_owned())
}

/// Zigzag: 0, −1, 1, −2 …
pub(super) fn signed(next: impl FnMut() -> Result<u8, String>) -> Result<i64, String> {
    let number = unsigned(next)?;
    Ok((number >> 1) as i64 ^ -((number & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_format() {
        let read = |bytes: &[u8]| {
            let mut bytes = bytes.iter().copied();
            signed(|| bytes.next().ok_or_else(|| "no end".to_owned()))
        };
        for (bytes, number) in [(&[0][..], 0), (&[1], -1), (&[2], 1), (&[3], -2), (&[0xac, 2], 150)]
        {
            assert_eq!(read(bytes), Ok(number));
        }
        assert!(read(&[0x80]).is_err() && read(&[0xff; 11]).is_err());
    }
}
