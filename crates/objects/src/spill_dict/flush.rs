//! When the real dict is large, its entries go to disk.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use spacetime_runtime::keyed::{Keyed, Value};

use super::given::{Given, Undisturbed};
use super::{Disk, Found, LIVE, SpillDict};
use crate::canonical::{self, Written};
use crate::record::Output;
use crate::settings::{self, os_error};
use crate::size::size;

/// The size of one in so many entries is looked at.
const STEP: usize = 32;
/// What an entry takes in a dict besides key and value.
pub(super) const OWN: usize = 60;
const SMALLEST: usize = 4 << 10;
/// Room for a few more numbers or texts in a record that is changed.
const GROWTH: usize = 64;
/// One part in so many of the budget may be taken by the real dict, and half of it
/// once there is something on disk.
const SHARE: usize = 16;
/// The latest entries stay, since whoever has made them may still hold them.
pub(super) const LAST: usize = 8;
/// So many entries are looked at before the first go to disk.
const LOOKED_AT: usize = 64;

/// What is known of the entries that go to disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// All are new.
    New,
    /// So many as `Disk::fresh` says are new.
    Apart,
    /// Nothing, and nobody asks.
    Nothing,
}

impl SpillDict {
    /// An entry has been set.
    #[inline]
    pub(super) fn count(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let left = self.left.get().saturating_sub(1);
        self.left.set(left);
        // What is let go is freed at once only if PyO3 knows where we are.
        if left == 0 { Python::attach(|_| self.look(key, value)) } else { Ok(()) }
    }

    /// Sees how large the real dict has grown.
    #[cold]
    fn look(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        self.left.set(STEP);
        let py = key.py();
        // SAFETY: both are alive.
        let own = OWN + unsafe { size(key.as_ptr(), 0) + size(value.as_ptr(), 0) };
        // Entries that were there already have been counted too: an estimate from
        // above, until there are so many that it has to be known.
        self.total.set(self.total.get() + own * STEP);
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let live = LIVE.load(Ordering::Relaxed).max(1);
        let share = (budget / SHARE / live).max(SMALLEST).max(2 * self.beside());
        let limit = match self.is_on_disk() {
            true if self.is_changing() && self.had_better_stay(own, budget / live) => budget / live,
            true => share / 2,
            false => share,
        };
        if self.total.get() < limit {
            return Ok(());
        }
        let recent = self.recent(py);
        self.total.set(own * recent.len());
        if self.total.get() < limit {
            return Ok(());
        }
        if !self.is_on_disk() {
            if !self.is_writable(&recent) {
                // Not before it has grown to twice as much.
                self.left.set(recent.len().max(STEP));
                return Ok(());
            }
            self.begin(py, share / 2);
        }
        self.flush(py)
    }

    fn begin(&self, py: Python<'_>, room: usize) {
        let mut keyed = Keyed::new(settings::directory(), room);
        if self.is_changing() {
            keyed.grow(GROWTH);
        }
        let disk = Disk {
            keyed,
            fresh: self.recent.borrow().bind(py).len(),
            unknown: 0,
            row: 0,
            key: Vec::new(),
            held: BTreeMap::new(),
            odd: PyDict::new(py).unbind(),
            odd_keys: BTreeMap::new(),
            texts: Vec::new(),
            reader: None,
            cache: Vec::new(),
            last: None,
            given: Given::default(),
        };
        self.disk.replace(Some(Box::new(disk)));
    }

    /// Whether most of the first entries can go to disk.
    fn is_writable(&self, recent: &Bound<'_, PyDict>) -> bool {
        let py = recent.py();
        let groups = self.output.try_borrow().ok().and_then(|output| output.groups.clone());
        let (mut bytes, mut output) = (Vec::new(), Output::default());
        output.groups = groups;
        let (mut looked, mut fine) = (0, 0);
        for (key, value) in recent.iter().take(LOOKED_AT) {
            let written = loop {
                bytes.clear();
                // SAFETY: the key is alive.
                let written = unsafe { canonical::write(py, key.as_ptr(), &mut bytes, 0, &self.codec) };
                if written != Written::Odd || !self.codec.learn_class(py) {
                    break written;
                }
            };
            output.clear();
            // The dict holds it, and so do we.
            self.codec.write(py, value.as_ptr(), 2, &mut output);
            looked += 1;
            fine += usize::from(written != Written::Odd && output.pins.is_empty());
        }
        fine * 2 > looked
    }

    /// Puts all entries but the latest on disk.
    pub(super) fn flush(&self, py: Python<'_>) -> PyResult<()> {
        // Whoever is called meanwhile may not do so too.
        let Ok(mut output) = self.output.try_borrow_mut() else { return Ok(()) };
        let _undisturbed = Undisturbed::new(py);
        let waits = self.waits(py)?;
        let old = self.recent(py);
        let mut entries: Vec<_> = old.iter().map(|(key, value)| (key.unbind(), value.unbind())).collect();
        let latest = entries.len().saturating_sub(LAST);
        let recent = PyDict::new(py);
        for (key, value) in &entries[latest..] {
            recent.set_item(key, value)?;
        }
        let all_new = !waits && self.dirty(py) == 0;
        let known = match (waits, all_new) {
            (true, _) => Known::Nothing,
            (false, true) => Known::New,
            (false, false) => Known::Apart,
        };
        self.total.set(0);
        self.flushes.set(self.flushes.get() + 1);
        self.recent.replace(recent.unbind());
        old.clear();
        let given = self.disk.borrow_mut().as_mut().map(|disk| disk.given.take()).unwrap_or_default();
        entries.truncate(latest);
        given.sort(&mut entries);
        let mut entries = entries.into_iter();
        while let Some((key, value)) = entries.next() {
            let put = match given.get(&key) {
                Some(from) => self.put_given(py, &value, from, &mut output),
                None => self.put(key.bind(py), &value, known, &mut output),
            };
            if let Err(error) = put {
                self.put_back(py, std::iter::once((key, value)).chain(entries))?;
                self.forget_new(py, waits);
                return Err(error);
            }
        }
        self.forget_new(py, waits);
        drop(output);
        py.check_signals()
    }

    /// Something could not be written: the rest stays.
    fn put_back(
        &self,
        py: Python<'_>,
        entries: impl Iterator<Item = (Py<PyAny>, Py<PyAny>)>,
    ) -> PyResult<()> {
        let recent = PyDict::new(py);
        for (key, value) in entries {
            recent.set_item(key, value)?;
        }
        recent.update(self.recent(py).as_mapping())?;
        self.recent.replace(recent.unbind());
        Ok(())
    }

    /// Nobody knows which entries of the real dict are new, if they have waited.
    fn forget_new(&self, py: Python<'_>, waited: bool) {
        let count = self.recent(py).len();
        if let Some(disk) = self.disk.borrow_mut().as_mut().filter(|_| waited) {
            (disk.fresh, disk.unknown) = (0, count);
        }
    }

    /// Writes a value that we alone hold; says whether it has to stay in memory.
    pub(super) fn write_value(&self, py: Python<'_>, value: &Py<PyAny>, output: &mut Output) -> bool {
        output.bytes.clear();
        self.codec.write(py, value.as_ptr(), 1, output);
        let held = !output.pins.is_empty();
        while !output.pins.is_empty() {
            output.unpin();
        }
        held
    }

    /// Puts an entry on disk. We alone hold the value, unless others do.
    fn put(
        &self,
        key: &Bound<'_, PyAny>,
        value: &Py<PyAny>,
        known: Known,
        output: &mut Output,
    ) -> PyResult<()> {
        let py = key.py();
        let mut held = self.write_value(py, value, output);
        let hash = key.hash()?;
        let (found, written) = match self.write_key(key) {
            written if known == Known::New && written != Written::Odd => (Found::Nowhere, written),
            written if known == Known::Nothing && written != Written::Odd && !held => {
                return self.put_unseen(key, hash, written, output);
            }
            _ => self.find_written(key, hash)?,
        };
        let beside = canonical::beside(key, written, &self.codec);
        held |= written == Written::Odd && matches!(found, Found::Nowhere);
        if self.is_changing() && !held {
            held = self.stays(!matches!(found, Found::Nowhere), output.bytes.len());
        }
        let stored = if held { Value::Held } else { Value::Bytes(&output.bytes) };
        let is_odd = written == Written::Odd && matches!(found, Found::Nowhere);
        let (mut gone, mut odd) = (None, None);
        let forgotten = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(()) };
            disk.learn_texts(output);
            let forgotten = disk.forget(hash);
            let place = disk.store(found, (!is_odd).then_some(hash), &beside, stored)?;
            if held || matches!(found, Found::Place(_, None)) {
                gone = disk.held.insert(place, value.clone_ref(py));
            }
            if is_odd {
                disk.odd_keys.insert(place, key.clone().unbind());
                odd = Some((disk.odd.bind(py).clone(), place));
            }
            forgotten
        };
        // Their end may run code of others.
        drop((gone, forgotten));
        odd.map_or(Ok(()), |(odd, place)| odd.set_item(key, place))
    }
}

impl SpillDict {
    /// Puts the key that is written, and a value, on disk without looking for the key.
    fn put_unseen(
        &self,
        key: &Bound<'_, PyAny>,
        hash: isize,
        written: Written,
        output: &Output,
    ) -> PyResult<()> {
        let beside = canonical::beside(key, written, &self.codec);
        let forgotten = {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(()) };
            disk.learn_texts(output);
            let Disk { keyed, key, .. } = &mut **disk;
            let put = keyed.put(hash.cast_unsigned() as u64, key, &beside, &output.bytes);
            put.map_err(|error| os_error(&error))?;
            disk.forget(hash)
        };
        drop(forgotten);
        Ok(())
    }
}

impl Disk {
    /// What is read from now on may refer to these texts.
    pub(super) fn learn_texts(&mut self, output: &Output) {
        let new = output.texts().get(self.texts.len()..).unwrap_or_default();
        self.texts.extend_from_slice(new);
    }

    /// Writes a value where its key was found, or the key that was looked for with it:
    /// only its place if it is without a hash.
    fn store(&mut self, found: Found, hash: Option<isize>, beside: &[u8], value: Value<'_>) -> PyResult<u64> {
        match found {
            Found::Place(place, Some(_)) => {
                self.keyed.replace(place, value).map_err(|error| os_error(&error))?;
                Ok(place)
            }
            Found::Place(place, None) => Ok(place),
            Found::Nowhere => {
                self.fresh = self.fresh.saturating_sub(1);
                Ok(match hash {
                    Some(hash) => {
                        self.keyed.insert(Some(hash.cast_unsigned() as u64), &self.key, beside, value)
                    }
                    None => self.keyed.insert(None, &[], &[], value),
                })
            }
        }
    }
}
