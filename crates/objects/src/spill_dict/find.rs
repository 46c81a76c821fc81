//! Finding entries, changing them, taking them out.

use pyo3::prelude::*;
use spacetime_runtime::keyed::Value;
use spacetime_runtime::pack::Input;

use super::given::Undisturbed;
use super::{Cached, Disk, Found, Last, Reader, SpillDict};
use crate::canonical::{self, Written};
use crate::record::{RecentTexts, Source, is_plain};
use crate::settings::os_error;
use crate::spill_list::same;

/// So many values that were read are remembered, unless they or their keys are long: more where
/// their owner has written much else.
const REMEMBERED: usize = 1024;
const LONG: usize = 128;
/// What one takes in memory, roughly.
const CACHED: usize = 96;

impl Disk {
    /// Forgets what was read for keys with that hash.
    #[must_use = "what is let go may run code of others"]
    pub(super) fn forget(&mut self, hash: isize) -> (Option<Cached>, Option<Last>) {
        let slot = self.slot(hash);
        let cached = self.cache.get_mut(slot).and_then(Option::take);
        (cached, self.last.take())
    }

    fn slot(&self, hash: isize) -> usize {
        let hash = hash.unsigned_abs();
        // Hashes of tuples and texts are mixed well, and numbers are their own.
        (hash ^ (hash >> 32)) & self.cache.len().wrapping_sub(1)
    }

    fn cached(&self, hash: isize) -> Option<&Cached> {
        let cached = self.cache.get(self.slot(hash))?.as_ref()?;
        (cached.hash == hash && *cached.key == *self.key).then_some(cached)
    }

    /// Remembers a value; gives back what is forgotten for it.
    #[must_use = "what is let go may run code of others"]
    fn remember(&mut self, cached: Cached, beside: usize) -> Vec<Option<Cached>> {
        let most = (beside / CACHED).max(REMEMBERED).next_power_of_two();
        let mut gone = Vec::new();
        if self.cache.len() < most {
            let mut cache = Vec::new();
            cache.resize_with(most, || None);
            gone = std::mem::replace(&mut self.cache, cache);
        }
        let slot = self.slot(cached.hash);
        gone.push(self.cache[slot].replace(cached));
        gone
    }

    fn reader(&mut self, py: Python<'_>) -> PyResult<Box<Reader>> {
        let mut reader = self.reader.take().unwrap_or_default();
        if reader.known != self.texts.len() {
            reader.texts = RecentTexts::known(py, &self.texts)?;
            reader.known = self.texts.len();
        }
        Ok(reader)
    }
}

impl SpillDict {
    /// Finds a key on disk. What can be written is left in `disk.key`.
    pub(super) fn find(&self, key: &Bound<'_, PyAny>, hash: isize) -> PyResult<Found> {
        self.find_written(key, hash).map(|(found, _)| found)
    }

    /// The same, with what became of the key.
    pub(super) fn find_written(&self, key: &Bound<'_, PyAny>, hash: isize) -> PyResult<(Found, Written)> {
        let written = self.write_key(key);
        self.find_as(key, hash, written)
    }

    /// Finds a key that has been written.
    fn find_as(&self, key: &Bound<'_, PyAny>, hash: isize, written: Written) -> PyResult<(Found, Written)> {
        let py = key.py();
        let odd = {
            let disk = self.disk.borrow();
            let Some(disk) = disk.as_ref() else { return Ok((Found::Nowhere, Written::Odd)) };
            let odd = disk.odd.bind(py);
            (odd.len() > 0).then(|| odd.clone())
        };
        if let Some(odd) = odd {
            if let Some(place) = odd.get_item(key)? {
                return Ok((Found::Place(place.extract()?, None), written));
            }
            // What it was compared with may have looked for others meanwhile.
            self.write_key(key);
        }
        if written == Written::Odd {
            return Ok((self.find_equal(key, hash)?, written));
        }
        let mut disk = self.disk.borrow_mut();
        let Some(disk) = disk.as_mut() else { return Ok((Found::Nowhere, Written::Odd)) };
        let Disk { keyed, key: bytes, .. } = &mut **disk;
        let found = keyed.find(hash.cast_unsigned() as u64, bytes).map_err(|error| os_error(&error))?;
        let found = found.map_or(Found::Nowhere, |(slot, place)| Found::Place(place, Some(slot)));
        // What is let go is a value of builtin types, whose end runs no code.
        disk.last = Some(Last { key: key.clone().unbind(), hash, found });
        Ok((found, written))
    }

    /// What is known of a key that was just looked for.
    #[inline]
    pub(super) fn found_last(&self, key: &Bound<'_, PyAny>) -> Option<(Found, isize)> {
        let disk = self.disk.borrow();
        let last = disk.as_ref()?.last.as_ref()?;
        last.key.is(key).then_some((last.found, last.hash))
    }

    /// Finds a key, unless it is what was looked for last; gives its hash, too.
    #[inline]
    pub(super) fn find_again(&self, key: &Bound<'_, PyAny>) -> PyResult<(Found, isize)> {
        if let Some(found) = self.found_last(key) {
            return Ok(found);
        }
        let hash = key.hash()?;
        Ok((self.find(key, hash)?, hash))
    }

    pub(super) fn write_key(&self, key: &Bound<'_, PyAny>) -> Written {
        loop {
            let written = match self.disk.borrow_mut().as_mut() {
                Some(disk) => {
                    disk.key.clear();
                    // SAFETY: the key is alive. Only builtins are looked at, whose code is
                    // nobody else's.
                    unsafe { canonical::write(key.py(), key.as_ptr(), &mut disk.key, 0, &self.codec) }
                }
                None => Written::Odd,
            };
            if written != Written::Odd || !self.codec.learn_class(key.py()) {
                return written;
            }
        }
    }

    /// An odd key may equal one that was written.
    fn find_equal(&self, key: &Bound<'_, PyAny>, hash: isize) -> PyResult<Found> {
        let candidates = match self.disk.borrow_mut().as_mut() {
            Some(disk) => {
                disk.keyed.settle().map_err(|error| os_error(&error))?;
                disk.keyed.candidates(hash.cast_unsigned() as u64)
            }
            None => Vec::new(),
        };
        for (slot, place) in candidates {
            let Some(candidate) = self.key_at(key.py(), place)? else { continue };
            // A tag is not all of a hash, and dicts compare only what has the same.
            if candidate.hash()? == hash && same(&candidate, key)? {
                return Ok(Found::Place(place, Some(slot)));
            }
        }
        Ok(Found::Nowhere)
    }

    fn key_at<'py>(&self, py: Python<'py>, place: u64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (key, beside) = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(None) };
            let (key, beside) = disk.keyed.key(place).map_err(|error| os_error(&error))?;
            (key.to_vec(), beside.to_vec())
        };
        self.key_of(py, &key, &beside).map(Some)
    }

    /// The key that was written so.
    pub(super) fn key_of<'py>(
        &self,
        py: Python<'py>,
        key: &[u8],
        beside: &[u8],
    ) -> PyResult<Bound<'py, PyAny>> {
        canonical::made(py, key, beside, &self.codec)
    }

    /// The value at a place; kept for others that ask for it soon, if the key is given.
    fn value_at<'py>(
        &self,
        py: Python<'py>,
        place: u64,
        hash: Option<isize>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (mut reader, key) = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(None) };
            let mut reader = disk.reader(py)?;
            match disk.keyed.value(place).map_err(|error| os_error(&error))? {
                Value::Held => {
                    disk.reader = Some(reader);
                    return Ok(disk.held.get(&place).map(|value| value.bind(py).clone()));
                }
                Value::Bytes(bytes) => {
                    reader.bytes.clear();
                    reader.bytes.extend_from_slice(bytes);
                    reader.spot = disk.keyed.spot();
                }
            }
            let short = disk.key.len() <= LONG && reader.bytes.len() <= LONG;
            let key = hash.filter(|_| short).map(|hash| (hash, Box::from(&*disk.key)));
            (reader, key)
        };
        let value = self.value_of(py, &mut reader);
        let old = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return value.map(Some) };
            disk.reader = Some(reader);
            if let (Ok(value), Some((hash, key))) = (&value, key)
                && is_plain(value.as_ptr(), 0)
            {
                // What can be changed would stay in memory wherever else it is put: its reference count does not
                // tell us from somebody who may change it.
                let cached = Cached { hash, key, value: value.clone().unbind() };
                disk.remember(cached, self.beside())
            } else {
                Vec::new()
            }
        };
        drop(old);
        value.map(Some)
    }

    /// Makes a value of the bytes that the reader has.
    fn value_of<'py>(&self, py: Python<'py>, reader: &mut Reader) -> PyResult<Bound<'py, PyAny>> {
        let Reader { texts, bytes, .. } = reader;
        self.codec.read(&mut Source {
            py,
            input: Input::new(bytes, 0),
            recent: texts,
            pins: &[],
            groups: Some(&self.groups),
        })
    }

    /// Makes a value of bytes.
    pub(super) fn made<'py>(&self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let mut reader = match self.disk.borrow_mut().as_mut() {
            Some(disk) => disk.reader(py)?,
            None => Box::default(),
        };
        let input = Input::new(bytes, 0);
        let made = self.codec.read(&mut Source {
            py,
            input,
            recent: &mut reader.texts,
            pins: &[],
            groups: Some(&self.groups),
        });
        if let Some(disk) = self.disk.borrow_mut().as_mut() {
            disk.reader = Some(reader);
        }
        made
    }

    /// The value of a key.
    #[inline]
    pub fn get<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = key.py();
        let value = self.recent(py).get_item(key)?;
        if value.is_some() || !self.is_on_disk() {
            return Ok(value);
        }
        self.end_row();
        let (found, hash) = match self.found_last(key) {
            Some(found) => found,
            None => {
                let hash = key.hash()?;
                let written = self.write_key(key);
                if written != Written::Odd
                    && let Some(disk) = self.disk.borrow().as_ref()
                    && let Some(cached) = disk.cached(hash)
                {
                    return Ok(Some(cached.value.bind(py).clone()));
                }
                (self.find_as(key, hash, written)?.0, hash)
            }
        };
        match found {
            Found::Nowhere => Ok(None),
            Found::Place(place, slot) => {
                // An odd key may equal another, whose bytes are not known here.
                let plain = slot.is_some() && self.found_last(key).is_some();
                if !self.is_changing() {
                    return self.value_at(py, place, plain.then_some(hash));
                }
                let _undisturbed = Undisturbed::new(py);
                let value = self.value_at(py, place, None)?;
                if let Some(disk) = self.disk.borrow_mut().as_mut() {
                    disk.given.asked += 1;
                }
                if let Some(value) = &value {
                    self.give(key, hash, place, value, None)?;
                }
                Ok(value)
            }
        }
    }

    #[inline]
    pub fn contains(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        if self.recent(key.py()).contains(key)? {
            return Ok(true);
        }
        if !self.is_on_disk() {
            return Ok(false);
        }
        self.end_row();
        Ok(!matches!(self.find_again(key)?.0, Found::Nowhere))
    }

    /// Sets the value of a key.
    #[inline]
    pub fn set(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.keep_for_walks(key)?;
        let py = key.py();
        let recent = self.recent(py);
        if self.is_on_disk() && !recent.contains(key)? {
            return self.set_on_disk(key, value);
        }
        recent.set_item(key, value)?;
        self.count(key, value)
    }

    fn set_on_disk(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        if self.may_wait(key) {
            return self.set_unknown(key, value);
        }
        self.know(py)?;
        let (found, hash) = self.find_again(key)?;
        let mut old = None;
        {
            let mut disk = self.disk.borrow_mut();
            if let (Found::Place(place, _), Some(disk)) = (found, disk.as_mut())
                && let Some(held) = disk.held.get_mut(&place)
            {
                old = Some(std::mem::replace(held, value.clone().unbind()));
            }
        }
        if old.is_some() {
            return Ok(());
        }
        self.recent(py).set_item(key, value)?;
        let forgotten = match (self.disk.borrow_mut().as_mut(), found) {
            (Some(disk), Found::Nowhere) => {
                disk.fresh += 1;
                None
            }
            (Some(disk), Found::Place(..)) => Some(disk.forget(hash)),
            (None, _) => None,
        };
        drop(forgotten);
        self.count(key, value)
    }

    /// Takes an entry out; says whether it was there.
    pub fn delete(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.keep_for_walks(key)?;
        let py = key.py();
        let recent = self.recent(py);
        let there = recent.contains(key)?;
        if !self.is_on_disk() {
            if there {
                recent.del_item(key)?;
            }
            return Ok(there);
        }
        self.be_asked(py)?;
        let (found, hash) = self.find_again(key)?;
        if let Found::Place(place, slot) = found {
            let gone = {
                let mut disk = self.disk.borrow_mut();
                let Some(disk) = disk.as_mut() else { return Ok(false) };
                let removed = match slot {
                    Some(slot) => disk.keyed.remove(slot),
                    None => disk.keyed.remove_place(place),
                };
                removed.map_err(|error| os_error(&error))?;
                let odd = slot.is_none().then(|| disk.odd.bind(py).clone());
                disk.given.forget(place);
                (disk.forget(hash), disk.held.remove(&place), disk.odd_keys.remove(&place), odd)
            };
            if let Some(odd) = &gone.3 {
                odd.del_item(key)?;
            }
        } else if there && let Some(disk) = self.disk.borrow_mut().as_mut() {
            disk.fresh = disk.fresh.saturating_sub(1);
        }
        if there {
            self.recent(py).del_item(key)?;
        }
        Ok(there || matches!(found, Found::Place(..)))
    }
}
