//! The numbers of the groups that were asked for last, by their keys.
//!
//! Keys are on disk, and to find one is to read it there. Where groups are added to in any
//! order, that takes longer than all else. Numbers and short texts that were looked for stay
//! here, in a few bytes for each; what equals what is the same for all of them, and asks nobody.

use pyo3::ffi;
use pyo3::prelude::*;

use crate::record::{Object, utf8};

/// A key has so many places.
const WAYS: usize = 4;
/// So many places there are at first.
const FIRST: usize = 1 << 10;
/// What stands where nothing is.
const NONE: u32 = u32::MAX;

/// A key that can be known: a number, or a text with its length in the highest byte.
#[derive(Clone, Copy)]
pub enum Short {
    Int(u64),
    Text(u128),
}

impl Short {
    pub fn of(key: &Bound<'_, PyAny>) -> Option<Self> {
        let key = key.as_ptr();
        // SAFETY: the key is alive, and an int or a text where it is taken for one.
        unsafe {
            if ffi::PyLong_CheckExact(key) != 0 {
                let mut overflow = 0;
                let number = ffi::PyLong_AsLongLongAndOverflow(key, &raw mut overflow);
                return (overflow == 0).then(|| Self::Int(number.cast_unsigned()));
            }
            if ffi::PyUnicode_CheckExact(key) == 0 || ffi::PyUnicode_GetLength(key) > 15 {
                return None;
            }
            let text = utf8(key)?;
            let mut bytes = [0; 16];
            bytes.get_mut(..text.len()).filter(|room| room.len() < 16)?.copy_from_slice(text);
            bytes[15] = text.len() as u8;
            Some(Self::Text(u128::from_le_bytes(bytes)))
        }
    }
}

/// Whether a key equals others by what it is made of alone.
pub fn is_plain(key: Object) -> bool {
    // SAFETY: the key is alive.
    unsafe { ffi::PyLong_CheckExact(key) != 0 || ffi::PyUnicode_CheckExact(key) != 0 }
}

trait Mixed: Copy + Eq + Default {
    fn mixed(self) -> u64;
}

impl Mixed for u64 {
    #[inline]
    fn mixed(self) -> u64 {
        let mixed = (self ^ (self >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    }
}

impl Mixed for u128 {
    #[inline]
    fn mixed(self) -> u64 {
        ((self as u64).mixed() ^ (self >> 64) as u64).mixed()
    }
}

/// Keys and numbers, apart so that neither takes room for the other.
#[derive(Default)]
struct Table<K> {
    keys: Vec<K>,
    numbers: Vec<u32>,
    used: usize,
    turn: usize,
}

impl<K: Mixed> Table<K> {
    /// The places where a key may be.
    #[inline]
    fn places(&self, key: K) -> std::ops::Range<usize> {
        let sets = self.keys.len() / WAYS;
        let first = (key.mixed() >> 20) as usize & sets.wrapping_sub(1);
        if sets == 0 { 0..0 } else { first * WAYS..(first + 1) * WAYS }
    }

    #[inline]
    fn find(&self, key: K) -> Option<usize> {
        self.places(key).find(|&at| self.keys[at] == key && self.numbers[at] != NONE)
    }

    fn put(&mut self, key: K, number: u32, room: impl FnOnce() -> usize) {
        if let Some(at) = self.find(key) {
            self.numbers[at] = number;
            return;
        }
        let one = size_of::<K>() + size_of::<u32>();
        if self.keys.is_empty() || self.used * 4 >= self.keys.len() * 3 {
            let size = (self.keys.len() * 2).max(FIRST);
            if self.keys.is_empty() || size * one <= room() {
                self.grow(size);
            }
        }
        let places = self.places(key);
        let free = places.clone().find(|&at| self.numbers[at] == NONE);
        self.turn = (self.turn + 1) % WAYS;
        let at = free.unwrap_or(places.start + self.turn);
        self.used += usize::from(free.is_some());
        (self.keys[at], self.numbers[at]) = (key, number);
    }

    fn grow(&mut self, size: usize) {
        let keys = std::mem::replace(&mut self.keys, vec![K::default(); size]);
        let numbers = std::mem::replace(&mut self.numbers, vec![NONE; size]);
        self.used = 0;
        for (key, number) in keys.into_iter().zip(numbers).filter(|(_, number)| *number != NONE) {
            self.put(key, number, || 0);
        }
    }

    fn forget(&mut self, key: K) {
        if let Some(at) = self.find(key) {
            self.numbers[at] = NONE;
            self.used -= 1;
        }
    }
}

/// See the module.
#[derive(Default)]
pub struct Known {
    ints: Table<u64>,
    texts: Table<u128>,
    /// Some key is another object, which may equal anything.
    odd: bool,
}

impl Known {
    #[inline]
    pub fn find(&self, key: Short) -> Option<u32> {
        match key {
            Short::Int(key) => self.ints.find(key).map(|at| self.ints.numbers[at]),
            Short::Text(key) => self.texts.find(key).map(|at| self.texts.numbers[at]),
        }
    }

    /// Notes a number. There is room for so many bytes.
    pub fn put(&mut self, key: Short, number: u32, room: impl FnOnce() -> usize) {
        match key {
            _ if self.odd => {}
            Short::Int(key) => self.ints.put(key, number, room),
            Short::Text(key) => self.texts.put(key, number, room),
        }
    }

    /// The number of a key is another now, or none.
    pub fn forget(&mut self, key: &Bound<'_, PyAny>) {
        match Short::of(key) {
            Some(Short::Int(key)) => self.ints.forget(key),
            Some(Short::Text(key)) => self.texts.forget(key),
            None if is_plain(key.as_ptr()) => {}
            None => self.clear(),
        }
    }

    pub fn clear(&mut self) {
        *self = Self { odd: self.odd, ..Self::default() };
    }

    /// A key is set.
    #[inline]
    pub fn meet(&mut self, key: &Bound<'_, PyAny>) {
        if !self.odd && !is_plain(key.as_ptr()) {
            *self = Self { odd: true, ..Self::default() };
        }
    }
}
