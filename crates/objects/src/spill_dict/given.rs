//! Values that have been handed out to be changed.

use pyo3::ffi;
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use spacetime_runtime::keyed::{Spot, Value};

use super::{Disk, SpillDict};
use crate::record::Output;
use crate::settings::os_error;

/// Values that are changed stay in memory when they take more, and such values have been written
/// again so many times on an average.
const LARGE: usize = 1 << 10;
const AGAIN: u64 = 4;

/// So many bytes of objects as this part of the budget are kept in memory where each is asked for again
/// and again.
const KEPT: usize = 2;

/// While this lives, the garbage collector runs nobody's code: what is on its way from or to the disk
/// could not be found by it.
pub(super) struct Undisturbed(bool);

impl Undisturbed {
    pub(super) fn new(_py: Python<'_>) -> Self {
        // SAFETY: the interpreter's lock is held.
        Self(unsafe { ffi::PyGC_Disable() } != 0)
    }
}

impl Drop for Undisturbed {
    fn drop(&mut self) {
        if self.0 {
            // SAFETY: the interpreter's lock is held, as it was when this was made.
            unsafe { ffi::PyGC_Enable() };
        }
    }
}

/// Values of the real dict that come from the disk: where each is there, and the bytes that it
/// was made of, by the addresses of the keys, which the real dict holds.
#[derive(Default)]
pub(super) struct Given {
    from: FxHashMap<usize, From>,
    keys: FxHashMap<u64, usize>,
    bytes: Vec<u8>,
    /// So many bytes of values were written for the first time, and so many of large ones again.
    written: [u64; 2],
    /// So often a value was asked for by its key.
    pub asked: usize,
}

#[derive(Clone, Copy)]
struct From {
    place: u64,
    spot: Spot,
    start: usize,
    length: usize,
}

/// Where a value is on disk, and the bytes there.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    place: u64,
    spot: Spot,
    bytes: &'a [u8],
}

impl Given {
    fn note(&mut self, key: usize, place: u64, bytes: &[u8], spot: Spot) {
        let (start, length) = (self.bytes.len(), bytes.len());
        self.bytes.extend_from_slice(bytes);
        self.from.insert(key, From { place, spot, start, length });
        self.keys.insert(place, key);
    }

    /// The entry at a place goes.
    pub(super) fn forget(&mut self, place: u64) {
        if let Some(key) = self.keys.remove(&place) {
            self.from.remove(&key);
        }
    }

    /// What there is to be known when the real dict is emptied.
    pub(super) fn take(&mut self) -> Self {
        let Self { written, asked, .. } = *self;
        std::mem::replace(self, Self { written, asked, ..Self::default() })
    }

    /// Brings entries that come from the disk first, in the order of their places there.
    pub(super) fn sort(&self, entries: &mut [(Py<PyAny>, Py<PyAny>)]) {
        if !self.from.is_empty() {
            entries.sort_by_cached_key(|(key, _)| self.get(key).map_or(u64::MAX, |before| before.place));
        }
    }

    /// Where the value of a key is on disk, and what it was made of.
    pub(super) fn get(&self, key: &Py<PyAny>) -> Option<Before<'_>> {
        let From { place, spot, start, length } = *self.from.get(&(key.as_ptr() as usize))?;
        Some(Before { place, spot, bytes: self.bytes.get(start..start + length)? })
    }
}

impl SpillDict {
    /// A value on disk that may be changed by whoever gets it is one of the latest from now on. It was made
    /// of these bytes, or of those that were read last.
    pub(super) fn give(
        &self,
        key: &Bound<'_, PyAny>,
        hash: isize,
        place: u64,
        value: &Bound<'_, PyAny>,
        made_of: Option<(&[u8], Spot)>,
    ) -> PyResult<()> {
        let forgotten = match self.disk.borrow_mut().as_mut() {
            // Whoever changes that one changes what is in memory.
            Some(disk) if disk.held.contains_key(&place) => return Ok(()),
            Some(disk) => {
                let Disk { given, reader, .. } = &mut **disk;
                let read = reader.as_ref().map(|reader| (&*reader.bytes, reader.spot));
                if let Some((bytes, spot)) = made_of.or(read) {
                    given.note(key.as_ptr() as usize, place, bytes, spot);
                }
                disk.forget(hash)
            }
            None => return Ok(()),
        };
        drop(forgotten);
        self.recent(key.py()).set_item(key, value)?;
        self.count(key, value)
    }
}

impl SpillDict {
    /// Whether the value of a key of the real dict comes from the disk; if not, it may be there all the same.
    pub(super) fn is_given(&self, key: &Bound<'_, PyAny>) -> bool {
        let address = key.as_ptr() as usize;
        self.disk.borrow().as_ref().is_some_and(|disk| disk.given.from.contains_key(&address))
    }

    /// Writes a value that was handed out, if it has been changed.
    pub(super) fn put_given(
        &self,
        py: Python<'_>,
        value: &Py<PyAny>,
        before: Before<'_>,
        output: &mut Output,
    ) -> PyResult<()> {
        let mut held = self.write_value(py, value, output);
        if !held {
            if output.bytes == before.bytes {
                return Ok(());
            }
            held = self.stays(true, output.bytes.len());
        }
        let gone = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(()) };
            disk.learn_texts(output);
            let failed = |error| os_error(&error);
            if held {
                disk.keyed.replace(before.place, Value::Held).map_err(failed)?;
            } else if !disk.keyed.overwrite(before.spot, &output.bytes).map_err(failed)? {
                disk.keyed.replace(before.place, Value::Bytes(&output.bytes)).map_err(failed)?;
            }
            let held = held.then(|| disk.held.insert(before.place, value.clone_ref(py)));
            (held, disk.last.take())
        };
        // Their end may run code of others.
        drop(gone);
        Ok(())
    }

    /// Whether all values, which take so much each, had better be in memory: they have room there, and each
    /// is asked for again and again.
    pub(super) fn had_better_stay(&self, own: usize, budget: usize) -> bool {
        let disk = self.disk.borrow();
        let Some(disk) = disk.as_ref() else { return false };
        let entries = disk.keyed.len() + disk.fresh;
        disk.given.asked > entries && entries.saturating_mul(own) < budget / KEPT
    }

    /// Whether a value of so many bytes stays in memory, because large ones are written again and again.
    pub(super) fn stays(&self, again: bool, length: usize) -> bool {
        let mut disk = self.disk.borrow_mut();
        let Some(disk) = disk.as_mut() else { return false };
        let [first, later] = &mut disk.given.written;
        if !again {
            *first += length as u64;
        } else if length > LARGE {
            *later += length as u64;
            return *later > AGAIN * *first;
        }
        false
    }
}
