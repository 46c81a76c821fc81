//! Elements for which a word of memory says all: they are found without hashing,
//! writing or reading anything.

use std::collections::HashMap;
use std::ffi::c_int;
use std::ptr::addr_of_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use spacetime_runtime::exact::{Cursor, Exact, Key, LONGEST, Word};

use super::{Disk, SpillSet, Way};
use crate::canonical;
use crate::record::{Object, utf8};
use crate::spill_list::same;

/// The words, and where they are found by Python's hashes.
#[derive(Default)]
pub struct Words {
    exact: Exact,
    /// Made when something comes that may equal a number or a text without being one.
    hashes: Option<Box<Hashes>>,
}

#[derive(Default)]
struct Hashes {
    first: HashMap<isize, Word>,
    /// Those whose hash another one has.
    others: Vec<(isize, Word)>,
}

/// What an object may have a word by.
///
/// # Safety
/// The object is alive, and the key is not used after it.
#[inline]
unsafe fn key<'a>(object: Object) -> Option<Key<'a>> {
    // SAFETY: the caller's promise; types are asked before their functions are used.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if std::ptr::eq(class, addr_of_mut!(ffi::PyLong_Type)) {
            let mut overflow: c_int = 0;
            let value = ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow);
            return (overflow == 0).then_some(Key::Int(value));
        }
        let is_text = std::ptr::eq(class, addr_of_mut!(ffi::PyUnicode_Type));
        if is_text && ffi::PyUnicode_GetLength(object) <= LONGEST.cast_signed() {
            return utf8(object).map(Key::Text);
        }
        None
    }
}

impl Words {
    pub fn len(&self) -> usize {
        self.exact.len()
    }

    pub fn walk(&self, cursor: &mut Cursor) -> Option<Word> {
        self.exact.walk(cursor)
    }

    /// Whether there is a word for a key.
    pub fn has(&mut self, key: Key<'_>) -> bool {
        self.exact.word(key).is_some_and(|word| self.exact.contains(word))
    }

    /// The word that a key can be added by.
    pub fn make(&mut self, key: Key<'_>) -> Option<Word> {
        self.exact.make_word(key)
    }

    /// The element of a word.
    pub fn made<'py>(&self, py: Python<'py>, word: Word) -> PyResult<Bound<'py, PyAny>> {
        let mut space = Vec::new();
        match self.exact.key(word, &mut space) {
            Key::Int(value) => Ok(value.into_pyobject(py)?.into_any()),
            // SAFETY: pointer and length are those of a slice; gives a new reference,
            // or null with an exception set.
            Key::Text(text) => unsafe {
                let made = ffi::PyUnicode_DecodeUTF8(
                    text.as_ptr().cast(),
                    text.len().cast_signed(),
                    std::ptr::null(),
                );
                Bound::from_owned_ptr_or_err(py, made)
            },
        }
    }

    /// Adds a word; says whether it is new.
    #[inline]
    pub fn insert(&mut self, word: Word, hash: impl FnOnce() -> PyResult<isize>) -> bool {
        let is_new = self.exact.insert(word);
        if is_new
            && let Some(hashes) = &mut self.hashes
            && let Ok(hash) = hash()
        {
            hashes.insert(hash, word);
        }
        is_new
    }

    /// Takes a word out; says whether it was there. Its hash may stay.
    pub fn remove(&mut self, word: Word) -> bool {
        self.exact.remove(word)
    }

    fn find_hash(&mut self, py: Python<'_>, hash: isize) -> PyResult<Vec<Word>> {
        if self.hashes.is_none() {
            let (mut hashes, mut cursor) = (Hashes::default(), Cursor::default());
            while let Some(word) = self.exact.walk(&mut cursor) {
                hashes.insert(self.made(py, word)?.hash()?, word);
            }
            self.hashes = Some(Box::new(hashes));
        }
        let Some(hashes) = &self.hashes else { return Ok(Vec::new()) };
        let others = hashes.others.iter().filter(|other| other.0 == hash).map(|other| other.1);
        let found = hashes.first.get(&hash).copied().into_iter().chain(others);
        Ok(found.filter(|word| self.exact.contains(*word)).collect())
    }
}

impl Hashes {
    fn insert(&mut self, hash: isize, word: Word) {
        match self.first.get(&hash) {
            Some(known) if *known == word => {}
            Some(_) if self.others.contains(&(hash, word)) => {}
            Some(_) => self.others.push((hash, word)),
            None => {
                self.first.insert(hash, word);
            }
        }
    }
}

impl Disk {
    /// The word that an element can be added by, and whether there is nothing left to
    /// do: it is there by its word; or there was nothing else to look at, and it is now.
    #[inline]
    pub(super) fn make_word(&mut self, element: &Bound<'_, PyAny>, alone: bool) -> (Option<Word>, bool) {
        // SAFETY: the element is alive for as long as the key is used.
        let key = unsafe { key(element.as_ptr()) };
        if self.is_full() {
            return (None, key.is_some_and(|key| self.words.has(key)));
        }
        let Some(word) = key.and_then(|key| self.words.exact.make_word(key)) else {
            return (None, false);
        };
        let Self { words, seen, .. } = self;
        if alone && seen.is_empty() {
            words.insert(word, || element.hash());
            return (Some(word), true);
        }
        (Some(word), words.exact.contains(word))
    }

    /// The word of the number that is in `key`, if that is there: `1.0` equals one.
    pub(super) fn equal_word(&mut self) -> Option<Word> {
        let value = canonical::as_int(&self.key)?;
        self.words.exact.word(Key::Int(value)).filter(|word| self.words.exact.contains(*word))
    }

    /// Takes an element out that is there as a word.
    pub(super) fn remove_word(&mut self, element: &Bound<'_, PyAny>) -> bool {
        // SAFETY: as above.
        let key = unsafe { key(element.as_ptr()) };
        key.and_then(|key| self.words.exact.word(key)).is_some_and(|word| self.words.remove(word))
    }
}

impl SpillSet {
    /// Whether an element is there, if the words alone can say that.
    #[inline]
    pub(super) fn is_word(&self, element: &Bound<'_, PyAny>) -> Option<bool> {
        // SAFETY: as above.
        let key = unsafe { key(element.as_ptr()) }?;
        let mut disk = self.disk.borrow_mut();
        let Disk { words, seen, .. } = &mut **disk.as_mut()?;
        if words.exact.word(key).is_some_and(|word| words.exact.contains(word)) {
            return Some(true);
        }
        (seen.is_empty() && self.small.bind(element.py()).len() == 0).then_some(false)
    }

    /// The word of what equals an element that is neither a number nor a text itself.
    pub(super) fn find_equal_word(&self, element: &Bound<'_, PyAny>, hash: isize) -> PyResult<Option<Word>> {
        let py = element.py();
        let words = match self.disk.borrow_mut().as_mut() {
            Some(disk) if disk.words.len() > 0 => disk.words.find_hash(py, hash)?,
            _ => Vec::new(),
        };
        for word in words {
            let made = match self.disk.borrow().as_ref() {
                Some(disk) => disk.words.made(py, word)?,
                None => return Ok(None),
            };
            if same(&made, element)? {
                return Ok(Some(word));
            }
        }
        Ok(None)
    }

    /// The next element of a walk over those that are words.
    pub(super) fn next_word<'py>(
        &self,
        py: Python<'py>,
        way: &mut Way,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let disk = self.disk.borrow();
        let words = disk.as_ref().filter(|_| way.steps.is_none()).map(|disk| &disk.words);
        let Some(words) = words else { return Ok(None) };
        words.walk(&mut way.words).map(|word| words.made(py, word)).transpose()
    }

    /// Takes out any element that is a word.
    pub(super) fn pop_word<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut disk = self.disk.borrow_mut();
        let Some(words) = disk.as_mut().map(|disk| &mut disk.words) else { return Ok(None) };
        let Some(word) = words.exact.any() else { return Ok(None) };
        let made = words.made(py, word)?;
        words.remove(word);
        Ok(Some(made))
    }
}
