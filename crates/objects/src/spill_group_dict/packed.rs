//! Dictionaries that are packed in memory: what most small ones are after they were real ones.

use pyo3::exceptions::PySystemError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt};
use spacetime_runtime::small::{Set, Small};

use super::store::DictStore;
use crate::canonical::{self, Written};
use crate::record::Codec;

/// Besides what `canonical` writes: how things begin that are packed otherwise.
const SHORT: u8 = 0x40;
const REAL: u8 = 0x41;
const BOOL: u8 = 0x42;
/// How numbers and texts begin there.
const TEXT: u8 = 1;
const INT: u8 = 4;
/// A key begins with its length, and with this if it is no text.
const OTHER: u8 = 0x80;
const LONGEST: usize = 0x7f;

/// See the module.
#[derive(Default)]
pub struct Packed {
    /// By their numbers.
    all: Vec<Option<Small>>,
    /// What they take.
    total: usize,
    /// Counts what moves entries, and what it was when those of each were moved last.
    moves: u32,
    stamps: Vec<u32>,
    last_move: Option<Move>,
    key: Vec<u8>,
    value: Vec<u8>,
}

/// Entries of a dictionary behind an offset stand further behind.
struct Move {
    number: u32,
    behind: usize,
    more: usize,
    /// The stamp of the dictionary before that.
    before: u32,
}

/// Writes a small number without the bytes that say nothing.
fn shorten(bytes: &mut Vec<u8>) {
    if bytes.first() != Some(&INT) {
        return;
    }
    bytes[0] = SHORT;
    while let [.., before, last] = bytes[1..]
        && (last == 0 && before < 0x80 || last == 0xff && before >= 0x80)
    {
        bytes.pop();
    }
}

/// Writes a key; says what became of it.
fn write_key(key: &Bound<'_, PyAny>, into: &mut Vec<u8>, codec: &Codec) -> Written {
    into.clear();
    // SAFETY: the key is alive. Only builtins are looked at, whose code is nobody else's.
    let written = unsafe { canonical::write(key.py(), key.as_ptr(), into, 0, codec) };
    shorten(into);
    match into.first() {
        Some(&TEXT) if into.len() <= LONGEST => into[0] = into.len() as u8 - 1,
        Some(_) if into.len() <= LONGEST => into.insert(0, OTHER | into.len() as u8),
        _ => return Written::Odd,
    }
    written
}

/// Writes a value; says whether it can be.
fn write_value(value: &Bound<'_, PyAny>, into: &mut Vec<u8>, codec: &Codec) -> bool {
    into.clear();
    if let Ok(float) = value.cast_exact::<PyFloat>() {
        into.push(REAL);
        into.extend(float.value().to_le_bytes());
        return !float.value().is_nan();
    }
    // SAFETY: the value is alive, as `True` is; and nobody's code is run.
    unsafe {
        if ffi::PyBool_Check(value.as_ptr()) != 0 {
            into.extend([BOOL, u8::from(value.as_ptr() == ffi::Py_True())]);
            return true;
        }
        let written = canonical::write(value.py(), value.as_ptr(), into, 0, codec);
        shorten(into);
        written == Written::Whole
    }
}

fn made<'py>(py: Python<'py>, bytes: &[u8], codec: &Codec) -> PyResult<Bound<'py, PyAny>> {
    let damaged = || PySystemError::new_err("a packed dictionary is damaged");
    let (head, rest) = bytes.split_first().ok_or_else(damaged)?;
    match *head {
        SHORT => {
            let sign = if rest.last().is_some_and(|last| *last >= 0x80) { 0xff } else { 0 };
            let mut word = [sign; 8];
            word.get_mut(..rest.len()).ok_or_else(damaged)?.copy_from_slice(rest);
            Ok(PyInt::new(py, i64::from_le_bytes(word)).into_any())
        }
        REAL => {
            let word = rest.first_chunk().ok_or_else(damaged)?;
            Ok(PyFloat::new(py, f64::from_le_bytes(*word)).into_any())
        }
        BOOL => Ok((rest == [1]).into_pyobject(py)?.to_owned().into_any()),
        _ => canonical::made(py, bytes, &[], codec),
    }
}

/// A key that was written so.
fn made_key<'py>(py: Python<'py>, bytes: &[u8], codec: &Codec) -> PyResult<Bound<'py, PyAny>> {
    match bytes.split_first() {
        Some((head, rest)) if head & OTHER != 0 => made(py, rest, codec),
        Some((_, text)) => {
            let mut bytes = vec![TEXT];
            bytes.extend_from_slice(text);
            made(py, &bytes, codec)
        }
        None => made(py, bytes, codec),
    }
}

/// A key, its value, and where the next entry begins.
type Entry<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, usize);

/// What is known of a key.
pub enum Looked<'py> {
    Value(Bound<'py, PyAny>),
    Missing,
    /// The dictionary is not packed.
    Elsewhere,
}

impl Packed {
    #[inline]
    fn get(&self, number: u32) -> Option<&Small> {
        self.all.get(number as usize)?.as_ref()
    }

    pub fn len(&self, number: u32) -> Option<usize> {
        self.get(number).map(Small::len)
    }

    pub fn contains(&self, number: u32) -> bool {
        self.get(number).is_some()
    }

    /// It is not packed any more; says whether it was.
    pub fn remove(&mut self, number: u32) -> bool {
        let gone = self.all.get_mut(number as usize).and_then(Option::take);
        self.total -= gone.as_ref().map_or(0, Small::size);
        self.stamp(number);
        self.last_move = None;
        gone.is_some()
    }

    /// When entries of a dictionary have been moved last.
    pub fn stamp_of(&self, number: u32) -> u32 {
        self.stamps.get(number as usize).copied().unwrap_or_default()
    }

    /// Entries of it are moved.
    fn stamp(&mut self, number: u32) {
        self.moves = self.moves.wrapping_add(1);
        if self.stamps.len() <= number as usize {
            self.stamps.resize(number as usize + 1, 0);
        }
        self.stamps[number as usize] = self.moves;
    }

    /// Puts an entry there, unless it cannot be packed or there is no room; says whether it is new.
    fn set(&mut self, number: u32, key: Written, room: usize, may_begin: bool) -> Option<bool> {
        let full = self.total >= room;
        if !self.contains(number) && (full || !may_begin) {
            return None;
        }
        if self.all.len() <= number as usize {
            self.all.resize_with(number as usize + 1, || None);
        }
        let small = self.all[number as usize].get_or_insert_with(|| {
            self.total += Small::default().size();
            Small::default()
        });
        let known = small.get(&self.key).is_some();
        // Another one that is equal would be made again.
        if !known && (full || key != Written::Whole) {
            return None;
        }
        let before = small.size();
        let set = small.set(&self.key, &self.value);
        self.total = self.total + small.size() - before;
        if let Set::Moved(behind, more) = set {
            let before = self.stamp_of(number);
            self.stamp(number);
            self.last_move = Some(Move { number, behind, more, before });
        }
        (set != Set::Full).then_some(!known)
    }
}

impl DictStore {
    /// The value of a key of a packed dictionary.
    #[inline]
    pub fn look<'py>(&self, number: u32, key: &Bound<'py, PyAny>) -> PyResult<Looked<'py>> {
        {
            let mut packed = self.packed.borrow_mut();
            let Packed { all, key: bytes, .. } = &mut *packed;
            let small = all.get(number as usize).and_then(Option::as_ref);
            let Some(small) = small else { return Ok(Looked::Elsewhere) };
            if write_key(key, bytes, &self.order.codec) != Written::Odd {
                let Some(value) = small.get(bytes) else { return Ok(Looked::Missing) };
                return made(key.py(), value, &self.order.codec).map(Looked::Value);
            }
        }
        Self::check(key)?;
        self.unpack(key.py(), number)?;
        Ok(Looked::Elsewhere)
    }

    /// Puts an entry into a packed dictionary, or begins one; says no if it has to go elsewhere.
    #[inline]
    pub fn pack(&self, number: u32, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        let may_begin = self.order.len(number) == 0;
        {
            let mut packed = self.packed.borrow_mut();
            if !may_begin && !packed.contains(number) {
                return Ok(false);
            }
            let Packed { key: key_bytes, value: value_bytes, .. } = &mut *packed;
            let written = write_key(key, key_bytes, &self.order.codec);
            if written != Written::Odd
                && write_value(value, value_bytes, &self.order.codec)
                && packed.set(number, written, self.room(), may_begin).is_some()
            {
                return Ok(true);
            }
        }
        Self::check(key)?;
        self.unpack(key.py(), number)?;
        Ok(false)
    }

    /// Puts what is packed where all else is.
    #[cold]
    fn unpack(&self, py: Python<'_>, number: u32) -> PyResult<()> {
        let dict = PyDict::new(py);
        self.unpack_into(number, &dict)?;
        if self.packed.borrow_mut().remove(number) { self.put_all(number, &dict) } else { Ok(()) }
    }

    /// Sets the entries of a packed one; says no if it is none.
    pub fn unpack_into(&self, number: u32, dict: &Bound<'_, PyDict>) -> PyResult<bool> {
        let packed = self.packed.borrow();
        let Some(small) = packed.get(number) else { return Ok(false) };
        let mut at = 0;
        while let Some((key, value, next)) = small.entry(at) {
            let key = made_key(dict.py(), key, &self.order.codec)?;
            // Nothing but builtins is in there.
            dict.set_item(key, made(dict.py(), value, &self.order.codec)?)?;
            at = next;
        }
        Ok(true)
    }

    /// The entry at a place, and the next one's; `None` behind the last.
    pub fn packed_entry<'py>(&self, py: Python<'py>, number: u32, at: usize) -> PyResult<Option<Entry<'py>>> {
        let packed = self.packed.borrow();
        let Some((key, value, next)) = packed.get(number).and_then(|small| small.entry(at)) else {
            return Ok(None);
        };
        let key = made_key(py, key, &self.order.codec)?;
        Ok(Some((key, made(py, value, &self.order.codec)?, next)))
    }

    /// Where the entry with this index begins now, which began at an offset when the dictionary had
    /// that stamp.
    pub fn packed_offset(&self, number: u32, index: usize, at: usize, stamp: u32) -> usize {
        let packed = self.packed.borrow();
        match &packed.last_move {
            _ if packed.stamp_of(number) == stamp => at,
            Some(last) if last.number == number && last.before == stamp => {
                at + if last.behind < at { last.more } else { 0 }
            }
            _ => packed.get(number).map_or(0, |small| small.offset(index)),
        }
    }
}
