//! What all dictionaries that go to disk together share, and how they get there.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rustc_hash::FxHashMap;

use super::kind::Kind;
use super::packed::{Looked, Packed};
use super::snapshot::Snapshot;
use crate::record::{Policy, is_plain};
use crate::settings;
use crate::size::size;
use crate::spill_dict::SpillDict;
use crate::spill_groups::store::{Gone, Store};
use crate::spill_groups::{Cursor, NOBODY};

/// What an entry takes in a dict besides key and value, and a small dict.
const OWN: usize = 60;
const EMPTY: usize = 232;
/// One part in so many of the budget may be taken by real dicts.
const SHARE: usize = 8;
/// As much may be taken by packed ones.
const PACKED: usize = 2;
const SMALLEST: usize = 4 << 10;
/// So many entries are looked at before the first go to disk.
const LOOKED_AT: usize = 64;

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The number and key that were asked for last, and both together.
pub type Last = (u32, Py<PyAny>, Py<PyTuple>);

/// See the module. Nobody's code runs while anything is borrowed.
pub struct DictStore {
    pub kind: Kind,
    pub policy: Policy,
    budget: usize,
    /// Who refers to each; and the keys of those that are neither real nor packed.
    pub order: Store,
    /// Those that are in memory: all until they are written, then those that stay.
    pub real: RefCell<FxHashMap<u32, Py<PyDict>>>,
    /// Those that are packed in memory.
    pub packed: RefCell<Packed>,
    /// The values of the others, by their numbers and keys.
    pub shared: Py<SpillDict>,
    pub snapshot: RefCell<Snapshot>,
    pub last: RefCell<Option<Last>>,
    /// What real dicts take, roughly, and how much they may.
    total: Cell<usize>,
    limit: Cell<usize>,
    spilled: Cell<bool>,
    /// Something is held in memory for an entry on disk.
    pub odd: Cell<bool>,
    /// A real dict that has come after the others were written, and may be, if whoever has
    /// made it does not hold it any more.
    latest: Cell<u32>,
}

impl Drop for DictStore {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl DictStore {
    pub fn new(py: Python<'_>, kind: Kind, policy: Policy) -> PyResult<Self> {
        let budget = settings::memory()?;
        let order = Store::new(py, Policy::new(false, true))?;
        let shared = Py::new(py, SpillDict::empty(py, policy)?)?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            kind,
            policy,
            budget,
            order,
            real: RefCell::default(),
            packed: RefCell::default(),
            shared,
            snapshot: RefCell::default(),
            last: RefCell::default(),
            total: Cell::new(0),
            limit: Cell::new(0),
            spilled: Cell::new(false),
            odd: Cell::new(false),
            latest: Cell::new(NOBODY),
        })
    }

    /// So much may be taken by real dicts.
    fn limit(&self) -> usize {
        let share = self.budget / SHARE / LIVE.load(Ordering::Relaxed).max(1);
        share.max(SMALLEST).max(self.limit.get())
    }

    /// So much may be taken by packed dictionaries.
    pub fn room(&self) -> usize {
        self.budget / PACKED / LIVE.load(Ordering::Relaxed).max(1)
    }

    pub fn hold(&self, number: u32) {
        self.order.hold(number);
    }

    /// One refers to a dictionary less. The caller drops what is given back.
    #[inline]
    pub fn let_go(&self, number: u32) -> Gone {
        let mut tables = self.order.tables.borrow_mut();
        if !tables.groups.let_go(number) {
            return Gone::default();
        }
        let packed = self.packed.borrow_mut().remove(number);
        if packed || !self.spilled.get() {
            tables.groups.remove(number);
            drop(tables);
            let real = self.real.borrow_mut().remove(&number);
            return Gone::of(real.into_iter().map(Py::into_any).collect(), Vec::new());
        }
        drop(tables);
        // What is on disk under a number stays there, so that it is not used again.
        let real = self.real.borrow_mut().remove(&number);
        let mut gone: Vec<_> = real.into_iter().map(Py::into_any).collect();
        if gone.is_empty() {
            if self.odd.get() {
                // What is held goes with it. What goes wrong cannot be told to anybody.
                gone.extend(Python::attach(|py| {
                    self.take_entries(py, number).ok().map(|real| real.into_any().unbind())
                }));
            }
            drop(self.forget_order(number));
        }
        Gone::of(gone, Vec::new())
    }

    /// The keys on disk are not needed any more.
    fn forget_order(&self, number: u32) -> Gone {
        let (items, last) = {
            let mut tables = self.order.tables.borrow_mut();
            (tables.take_waiting(number), tables.groups.take(number))
        };
        self.order.edits.set(self.order.edits.get() + 1);
        Gone::of(items, self.order.release(last))
    }

    /// The real dict of one that is not on disk.
    #[inline]
    pub fn real<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Option<Bound<'py, PyDict>>> {
        let known = self.real.borrow().get(&number).map(|real| real.bind(py).clone());
        if known.is_some() || self.spilled.get() {
            return Ok(known);
        }
        let real = self.kind.make(py)?;
        self.total.set(self.total.get() + EMPTY);
        self.put_real(number, &real);
        Ok(Some(real))
    }

    #[inline]
    pub fn is_on_disk(&self, number: u32) -> bool {
        self.spilled.get() && !self.real.borrow().contains_key(&number)
    }

    fn put_real(&self, number: u32, real: &Bound<'_, PyDict>) {
        let before = self.real.borrow_mut().insert(number, real.clone().unbind());
        drop(before);
    }

    pub fn len(&self, py: Python<'_>, number: u32) -> usize {
        if let Some(real) = self.real.borrow().get(&number) {
            return real.bind(py).len();
        }
        self.packed.borrow().len(number).unwrap_or_else(|| self.order.len(number))
    }

    /// A number for a dict that somebody has made, and perhaps still holds.
    pub fn adopt(&self, dict: &Bound<'_, PyDict>) -> PyResult<u32> {
        let py = dict.py();
        self.settle_latest(py)?;
        // SAFETY: the dict is alive.
        self.count(py, EMPTY + unsafe { size(dict.as_ptr(), 0) })?;
        let number = self.order.add_group(Vec::new())?;
        self.put_real(number, dict);
        if self.spilled.get() {
            self.latest.set(number);
        }
        Ok(number)
    }

    /// Writes the dict that has come last.
    #[inline]
    pub fn settle_latest(&self, py: Python<'_>) -> PyResult<()> {
        match self.latest.replace(NOBODY) {
            NOBODY => Ok(()),
            number => self.spill(py, number),
        }
    }

    /// An entry has been added to a real dict.
    #[inline]
    pub fn count_entry(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: both are alive.
        let taken = OWN + unsafe { size(key.as_ptr(), 0) + size(value.as_ptr(), 0) };
        self.count(key.py(), taken)
    }

    /// So many were added to one.
    pub fn count_entries(&self, py: Python<'_>, entries: usize) -> PyResult<()> {
        self.count(py, entries * 2 * OWN)
    }

    /// Notes what real dicts take besides, and writes them if that is much.
    #[inline]
    fn count(&self, py: Python<'_>, taken: usize) -> PyResult<()> {
        self.total.set(self.total.get() + taken);
        if self.spilled.get() || self.total.get() < self.limit() {
            return Ok(());
        }
        self.begin(py)
    }

    #[cold]
    fn begin(&self, py: Python<'_>) -> PyResult<()> {
        let mut numbers: Vec<_> = self.real.borrow().keys().copied().collect();
        numbers.sort_unstable();
        if !self.are_writable(py, &numbers) {
            // Not before there is twice as much.
            self.limit.set(2 * self.total.get());
            return Ok(());
        }
        self.spilled.set(true);
        numbers.into_iter().try_for_each(|number| self.spill(py, number))
    }

    /// Whether most of the first entries can go to disk.
    fn are_writable(&self, py: Python<'_>, numbers: &[u32]) -> bool {
        let real = self.real.borrow();
        let (mut looked, mut fine) = (0, 0);
        for real in numbers.iter().filter_map(|number| real.get(number)) {
            for (key, value) in real.bind(py).iter().take(LOOKED_AT / 4) {
                looked += 1;
                let plain = self.policy.frozen || is_plain(value.as_ptr(), 0);
                fine += usize::from(plain && is_plain(key.as_ptr(), 0));
            }
            if looked >= LOOKED_AT {
                break;
            }
        }
        fine * 2 > looked
    }

    /// Writes what is in a real dict, unless somebody else holds it.
    fn spill(&self, py: Python<'_>, number: u32) -> PyResult<()> {
        let Some(real) = self.real(py, number)? else { return Ok(()) };
        // SAFETY: the dict is alive.
        if unsafe { ffi::Py_REFCNT(real.as_ptr()) } > 2 {
            return Ok(());
        }
        let entries: Vec<_> = real.iter().collect();
        for (key, value) in &entries {
            self.set(number, key, value)?;
        }
        if real.len() != entries.len() {
            // Somebody's code has changed it meanwhile.
            self.packed.borrow_mut().remove(number);
            drop(self.forget_order(number));
            return Ok(());
        }
        drop(entries);
        let gone = self.real.borrow_mut().remove(&number);
        drop(gone.map(|real| real.into_bound(py)));
        Ok(())
    }

    /// Puts all entries on disk.
    pub fn put_all(&self, number: u32, entries: &Bound<'_, PyDict>) -> PyResult<()> {
        for (key, value) in entries.iter() {
            self.put(entries.py(), number, &key, &value)?;
            self.order.push(number, key.unbind());
        }
        Ok(())
    }

    /// A dict says what is wrong with a key.
    pub fn check(key: &Bound<'_, PyAny>) -> PyResult<()> {
        if !is_plain(key.as_ptr(), 0) && key.hash().is_err() {
            PyDict::new(key.py()).set_item(key, key)?;
        }
        Ok(())
    }

    /// The key of an entry in the common dictionary.
    #[inline]
    fn pair<'py>(&self, number: u32, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let py = key.py();
        if let Some((known, same, pair)) = self.last.borrow().as_ref()
            && *known == number
            && same.is(key)
        {
            return Ok(pair.bind(py).clone());
        }
        Self::check(key)?;
        let pair = PyTuple::new(py, [number.into_pyobject(py)?.into_any(), key.clone()])?;
        let known = (number, key.clone().unbind(), pair.clone().unbind());
        let old = self.last.borrow_mut().replace(known);
        drop(old.map(|(_, key, pair)| (key.into_bound(py), pair.into_bound(py))));
        Ok(pair)
    }

    /// The value of a key of one on disk.
    #[inline]
    pub fn get<'py>(&self, number: u32, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.look(number, key)? {
            Looked::Value(value) => Ok(Some(value)),
            Looked::Missing => Ok(None),
            Looked::Elsewhere => self.shared.get().get(self.pair(number, key)?.as_any()),
        }
    }

    pub fn contains(&self, number: u32, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        match self.look(number, key)? {
            Looked::Value(_) => Ok(true),
            Looked::Missing => Ok(false),
            Looked::Elsewhere => self.shared.get().contains(self.pair(number, key)?.as_any()),
        }
    }

    /// Sets the value of a key of one on disk.
    #[inline]
    pub fn set(&self, number: u32, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        if self.pack(number, key, value)? {
            return Ok(());
        }
        let new = self.put(py, number, key, value)?;
        if new {
            self.order.push(number, key.clone().unbind());
        }
        self.snapshot.borrow_mut().forget(number);
        Ok(())
    }

    /// Puts an entry on disk; says whether it is new.
    #[inline]
    fn put(
        &self,
        py: Python<'_>,
        number: u32,
        key: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let odd = !is_plain(key.as_ptr(), 0) || !is_plain(value.as_ptr(), 0);
        if odd && !self.odd.replace(true) {
            // It would hold what is not in the dictionary any more.
            let gone = self.snapshot.take();
            drop(gone);
        }
        let pair = self.pair(number, key)?;
        let shared = self.shared.bind(py).get();
        let new = !shared.contains(pair.as_any())?;
        shared.set(pair.as_any(), value)?;
        Ok(new)
    }

    /// A real dict with the same entries as one on disk.
    pub fn whole<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Bound<'py, PyDict>> {
        let dict = self.kind.make(py)?;
        if self.unpack_into(number, &dict)? {
            return Ok(dict);
        }
        self.prepare(py, number)?;
        let (mut keys, mut values) = (Cursor::default(), Cursor::default());
        while let Some(key) = keys.next(py, &self.order, number)? {
            if let Some(value) = self.value(&key, number, keys.index - 1, &mut values)? {
                // A class of its own would do more than that.
                dict.set_item(key, value)?;
            }
        }
        Ok(dict)
    }

    /// Makes one on disk a real dict for good.
    pub fn reside<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Bound<'py, PyDict>> {
        let packed = self.packed.borrow().contains(number);
        let real =
            if self.odd.get() && !packed { self.take_entries(py, number)? } else { self.whole(py, number)? };
        if !self.packed.borrow_mut().remove(number) {
            drop(self.forget_order(number));
        }
        self.put_real(number, &real);
        Ok(real)
    }

    /// The entries, which are not on disk any more.
    fn take_entries<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Bound<'py, PyDict>> {
        let real = self.whole(py, number)?;
        for key in real.keys() {
            let pair = self.pair(number, &key)?;
            self.shared.get().delete(pair.as_any())?;
        }
        let last = self.last.take();
        drop(last);
        Ok(real)
    }

    /// Drops everything.
    pub fn clear(&self) {
        let real = self.real.try_borrow_mut().map(|mut real| std::mem::take(&mut *real));
        let snapshot = self.snapshot.try_borrow_mut().map(|mut snapshot| std::mem::take(&mut *snapshot));
        let last = self.last.try_borrow_mut().map(|mut last| last.take());
        drop(self.packed.try_borrow_mut().map(|mut packed| std::mem::take(&mut *packed)));
        self.order.clear();
        Python::attach(|py| self.shared.get().clear(py));
        drop((real, snapshot, last));
    }
}
