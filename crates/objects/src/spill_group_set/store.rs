//! What all sets that go to disk together share, and how they get there.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySet};
use rustc_hash::FxHashMap;
use spacetime_runtime::gathered::{Gathered, Steps};
use spacetime_runtime::group_table::GroupTable;

use crate::canonical::{self, Written};
use crate::record::{Codec, Policy};
use crate::settings::{self, os_error};
use crate::size::size;
use crate::spill_groups::store::Gone;

/// The number of a set that has none.
pub const NOBODY: u32 = u32::MAX;
/// What an element takes in a set besides itself, and an empty set.
pub const OWN: usize = 40;
pub const EMPTY: usize = 264;

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// One part in so many of the budget may be taken by real sets.
const SHARE: usize = 8;
const SMALLEST: usize = 4 << 10;
/// One part in so many of the budget, or of what has been written, may be taken by the
/// numbers of keys.
const OF_BUDGET: usize = 16;
const OF_WRITTEN: usize = 128;

thread_local! {
    /// What sets that are in no dictionary share.
    static CURRENT: RefCell<Weak<SetStore>> = RefCell::default();
}

#[derive(Default)]
pub struct Tables {
    /// How many refer to each set; and, if nothing has come since that was read, where the
    /// elements on disk are and how many.
    pub groups: GroupTable,
    pub placed: bool,
    /// The sets that are in memory: all until they are written, then those that stay.
    pub real: FxHashMap<u32, Py<PySet>>,
    pub gathered: Option<Gathered>,
    /// A walk that stands where a set begins.
    pub steps: Option<Steps>,
    /// What was asked for last.
    pub whole: Option<(u32, Py<PySet>)>,
    key: Vec<u8>,
    pub recounts: usize,
    /// So many elements were made to be looked for.
    pub made: usize,
}

/// See the module. Nobody's code runs while the tables are borrowed.
pub struct SetStore {
    pub codec: Codec,
    pub tables: RefCell<Tables>,
    budget: usize,
    /// What real sets take, roughly.
    total: Cell<usize>,
    /// The same for what has been written.
    pub written: Rc<Cell<usize>>,
    spilled: Cell<bool>,
    /// All are real sets for good.
    pub open: Cell<bool>,
    /// A real set that has come after the others were written, and may be, if whoever has made
    /// it does not hold it any more.
    latest: Cell<u32>,
}

impl Drop for SetStore {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SetStore {
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        let budget = settings::memory()?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            budget,
            codec: Codec::new(py, Policy::new(false, true)),
            tables: RefCell::default(),
            total: Cell::new(0),
            written: Rc::default(),
            spilled: Cell::new(false),
            open: Cell::new(false),
            latest: Cell::new(NOBODY),
        })
    }

    /// The store of all sets that are made now, and in no dictionary.
    pub fn current(py: Python<'_>) -> PyResult<Rc<Self>> {
        if let Some(store) = CURRENT.with_borrow(Weak::upgrade) {
            return Ok(store);
        }
        let store = Rc::new(Self::new(py)?);
        CURRENT.set(Rc::downgrade(&store));
        Ok(store)
    }

    /// So much may be taken by real sets.
    fn limit(&self) -> usize {
        (self.budget / SHARE / LIVE.load(Ordering::Relaxed).max(1)).max(SMALLEST)
    }

    /// What may be taken by what is known of keys.
    pub fn room_for_keys(&self) -> usize {
        let share = self.budget / OF_BUDGET / LIVE.load(Ordering::Relaxed).max(1);
        share.max(self.written.get() / OF_WRITTEN)
    }

    /// Whether the elements of a set are on disk, if it has any.
    #[inline]
    pub fn is_on_disk(&self, number: u32) -> bool {
        self.spilled.get() && !self.open.get() && !self.tables.borrow().real.contains_key(&number)
    }

    /// A new set, to which one refers.
    pub fn add_set(&self) -> PyResult<u32> {
        let number = self.tables.borrow_mut().groups.add();
        number.ok_or_else(|| PyMemoryError::new_err("too many sets"))
    }

    pub fn hold(&self, number: u32) {
        self.tables.borrow_mut().groups.hold(number);
    }

    /// One refers to a set less. The caller drops what is given back.
    #[inline]
    pub fn let_go(&self, number: u32) -> Gone {
        let mut tables = self.tables.borrow_mut();
        if !tables.groups.let_go(number) {
            return Gone::default();
        }
        // What is on disk under a number stays there.
        if tables.gathered.is_none() {
            tables.groups.remove(number);
        }
        let real = tables.real.remove(&number);
        drop(tables);
        Gone::of(real.into_iter().map(Py::into_any).collect(), Vec::new())
    }

    /// The real set of one that is not on disk.
    pub fn real<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Bound<'py, PySet>> {
        if let Some(real) = self.known_real(py, number) {
            return Ok(real);
        }
        let real = PySet::empty(py)?;
        self.total.set(self.total.get() + EMPTY);
        self.put_real(number, real.clone());
        Ok(real)
    }

    pub fn known_real<'py>(&self, py: Python<'py>, number: u32) -> Option<Bound<'py, PySet>> {
        self.tables.borrow().real.get(&number).map(|real| real.bind(py).clone())
    }

    /// From now on a set is this one, in memory.
    pub fn put_real(&self, number: u32, set: Bound<'_, PySet>) {
        let before = self.tables.borrow_mut().real.insert(number, set.unbind());
        drop(before);
    }

    /// A number for a set that somebody has made, and perhaps still holds.
    pub fn adopt(&self, set: &Bound<'_, PySet>) -> PyResult<u32> {
        let py = set.py();
        self.settle_latest(py)?;
        // SAFETY: the elements are alive.
        let each = |element: Bound<'_, PyAny>| OWN + unsafe { size(element.as_ptr(), 0) };
        self.count(py, EMPTY + set.iter().map(each).sum::<usize>())?;
        let number = self.add_set()?;
        self.put_real(number, set.clone());
        if self.spilled.get() {
            self.latest.set(number);
        }
        Ok(number)
    }

    /// Writes the set that has come last.
    #[inline]
    pub fn settle_latest(&self, py: Python<'_>) -> PyResult<()> {
        match self.latest.replace(NOBODY) {
            NOBODY => Ok(()),
            _ if self.open.get() => Ok(()),
            number => self.spill(py, number),
        }
    }

    /// Notes what real sets take besides, and writes them if that is much.
    pub fn count(&self, py: Python<'_>, taken: usize) -> PyResult<()> {
        self.total.set(self.total.get() + taken);
        if self.total.get() < self.limit() || self.open.get() || self.spilled.get() {
            return Ok(());
        }
        let gathered = Gathered::new(settings::directory(), self.limit() / 2);
        self.spilled.set(true);
        let mut numbers = {
            let mut tables = self.tables.borrow_mut();
            tables.gathered = Some(gathered);
            tables.real.keys().copied().collect::<Vec<_>>()
        };
        numbers.sort_unstable();
        numbers.into_iter().try_for_each(|number| self.spill(py, number))
    }

    /// Writes what is in a real set, unless somebody walks it or it cannot be written.
    fn spill(&self, py: Python<'_>, number: u32) -> PyResult<()> {
        let Some(real) = self.known_real(py, number) else { return Ok(()) };
        let elements = PyList::new(py, real.iter())?;
        // SAFETY: the set is alive.
        let held = unsafe { ffi::Py_REFCNT(real.as_ptr()) } > 2;
        if held || !elements.iter().all(|element| self.write(&element) != Written::Odd) {
            return Ok(());
        }
        for element in &elements {
            self.push(number, &element)?;
        }
        // What is added by somebody's code that runs meanwhile is not on disk.
        if real.len() == elements.len() {
            let gone = self.tables.borrow_mut().real.remove(&number);
            drop(gone.map(|set| set.into_bound(py)));
        }
        Ok(())
    }

    fn write(&self, element: &Bound<'_, PyAny>) -> Written {
        loop {
            let written = {
                let mut tables = self.tables.borrow_mut();
                let key = &mut tables.key;
                key.clear();
                // SAFETY: the element is alive. Only builtins are looked at, whose code is
                // nobody else's.
                unsafe { canonical::write(element.py(), element.as_ptr(), key, 0, &self.codec) }
            };
            if written != Written::Odd || !self.codec.learn_class(element.py()) {
                return written;
            }
        }
    }

    /// Adds an element to a set on disk; says no where it cannot be written.
    pub fn push(&self, number: u32, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let hash = element.hash()?;
        let written = self.write(element);
        if written == Written::Odd {
            return Ok(false);
        }
        let beside = canonical::beside(element, written, &self.codec);
        let mixed = (hash.cast_unsigned() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut tables = self.tables.borrow_mut();
        let Tables { gathered: Some(gathered), key, placed, whole, .. } = &mut *tables else {
            return Ok(false);
        };
        *placed = false;
        let before = whole.take();
        self.written.set(self.written.get() + OWN + key.len());
        let order = u64::from(number) << 32 | mixed >> 32;
        let pushed = gathered.push(order, key, &beside).map_err(|error| os_error(&error));
        drop(tables);
        drop(before.map(|(_, set)| set.into_bound(element.py())));
        pushed.map(|()| true)
    }
}
