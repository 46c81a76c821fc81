//! Numbers and texts as bytes.

use crate::store::StoreError;

/// Appends to bytes.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    /// Seven bits a byte, the lowest first; the last byte is below 128.
    pub fn number(&mut self, number: impl Into<u64>) {
        let mut rest: u64 = number.into();
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    /// Nothing is zero; a number is one more than it is.
    pub fn maybe(&mut self, number: Option<impl Into<u64>>) {
        self.number(number.map_or(0, |number| number.into() + 1));
    }

    pub fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes.extend(text.as_bytes());
    }
}

/// Takes from bytes.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn number(&mut self) -> Result<u64, StoreError> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let (byte, rest) = self.bytes.split_first().ok_or(StoreError::Damaged)?;
            self.bytes = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Ok(number);
            }
        }
        Err(StoreError::Damaged)
    }

    /// A number that is not above `most`.
    pub fn at_most(&mut self, most: usize) -> Result<u32, StoreError> {
        let number = self.number()?;
        if number > most as u64 { Err(StoreError::Damaged) } else { Ok(number as u32) }
    }

    /// How many things follow: each takes at least one byte.
    pub fn count(&mut self) -> Result<usize, StoreError> {
        Ok(self.at_most(self.bytes.len())? as usize)
    }

    pub fn maybe(&mut self, most: usize) -> Result<Option<u32>, StoreError> {
        Ok(self.at_most(most + 1)?.checked_sub(1))
    }

    pub fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.at_most(1)? == 1)
    }

    pub fn text(&mut self) -> Result<&'a str, StoreError> {
        let len = self.count()?;
        let (text, rest) = self.bytes.split_at(len);
        self.bytes = rest;
        std::str::from_utf8(text).map_err(|_| StoreError::Damaged)
    }
}

/// FNV-1a, 64 bits.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
