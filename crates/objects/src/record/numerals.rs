//! The latest `Decimal` objects that were made, by how they are written: amounts come
//! again and again, zero most of all, and making one takes longer than all else.

use std::ptr::null_mut;

use pyo3::ffi;

use super::Object;

/// So many are remembered.
const SLOTS: usize = 64;
/// What is written longer is not.
const LONGEST: usize = 15;

/// How a number is written. A NaN is none: it is equal by identity only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Numeral {
    length: u8,
    text: [u8; LONGEST],
}

impl Numeral {
    #[inline]
    pub fn of(content: &[u8]) -> Option<Self> {
        let plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        if content.len() > LONGEST || !content.iter().all(plain) {
            return None;
        }
        let mut text = [0; LONGEST];
        text[..content.len()].copy_from_slice(content);
        Some(Self { length: content.len() as u8, text })
    }

    #[inline]
    fn slot(&self) -> usize {
        let word =
            |from: usize| self.text[from..].first_chunk::<8>().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let mixed = (word(0) ^ word(7).rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> (u64::BITS - SLOTS.trailing_zeros())) as usize
    }
}

/// Whether what is written like this is no number.
pub fn is_nan(written: &str) -> bool {
    written.contains(['n', 'N']) && written.to_ascii_lowercase().contains("nan")
}

/// Made when the first one is remembered: few collections hold any.
#[derive(Default)]
pub struct Numerals(Option<Box<[(Numeral, Object); SLOTS]>>);

impl Numerals {
    /// The object that was made of it, borrowed.
    #[inline]
    pub fn find(&self, numeral: &Numeral) -> Option<Object> {
        let (known, object) = self.0.as_ref()?[numeral.slot()];
        (known == *numeral && !object.is_null()).then_some(object)
    }

    /// Remembers an object, which is alive.
    pub fn put(&mut self, numeral: Numeral, object: Object) {
        let empty = (Numeral { length: 0, text: [0; LONGEST] }, null_mut());
        let slots = self.0.get_or_insert_with(|| Box::new([empty; SLOTS]));
        // SAFETY: the object is alive; the old one is null or a reference of our own.
        unsafe {
            ffi::Py_INCREF(object);
            let (_, old) = std::mem::replace(&mut slots[numeral.slot()], (numeral, object));
            ffi::Py_XDECREF(old);
        }
    }
}

impl Drop for Numerals {
    fn drop(&mut self) {
        for (_, object) in self.0.iter().flat_map(|slots| slots.iter()) {
            // SAFETY: a reference of our own, or null.
            unsafe { ffi::Py_XDECREF(*object) };
        }
    }
}
