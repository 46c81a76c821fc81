//! `SpillList`: a list whose beginning is on disk once it has grown.
//!
//! The latest items are in a real list, the *tail*. When they take more than
//! their share of the budget, all but the last few are packed into blocks and
//! written away. What a list can do without reading much is done on blocks and
//! tail; for the rest everything is brought back, and stays in memory.

pub mod columns;
mod compare;
mod cursor;
mod fast;
mod iterate;
pub mod lookup;
mod methods;
mod pages;
mod share;
mod spill;
mod splice;
mod update;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use spacetime_runtime::Block;

use super::record::{Codec, Groups, Output, Policy};
use super::sort::ask_length;
use super::{settings, walker};
use pages::Pages;

pub use compare::same;
pub use methods::{Place, index_to_pop, is_about_the_disk, is_in_place, place, whole_number};
pub use update::SpillListUpdater;

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Some hundred items on disk, which slices and copies have in common.
#[derive(Clone)]
struct Stored {
    /// The index of the first of them.
    first: usize,
    items: usize,
    /// So many items of the block come before the first.
    skip: usize,
    /// Where the table of pages begins in the block.
    table: usize,
    block: Rc<Block>,
    pins: Rc<Vec<Py<PyAny>>>,
    /// Lists with items on disk that are parts of the items.
    groups: Rc<Groups>,
}

// Borrows are short: no code of others runs during one.
/// A list that keeps little of itself in memory.
///
/// Does what a list does, with the same results, exceptions and order, and is no
/// list for isinstance only. The latest items are kept as they are; when they take
/// more than their share of the budget (1 MiB at first and 256 KiB later, or less if
/// there are many such lists), they are packed and written to disk, and made again each time they are
/// asked for. That is done to values whose copies cannot be told from them: exact
/// str, bytes, int, float (not NaN), bool and None, tuples of them, and types
/// named to register().
///
/// frozen=True promises that an item is not changed any more once it is in the
/// list and was taken from it, and not told apart by its identity: then dicts,
/// lists, sets, dates, Decimal, UUID, named tuples, dataclasses and instances of
/// other plain classes are written too, and made again without calling __init__.
/// An object that can be changed stays in memory as long as anything else refers
/// to it. compared=False promises that nobody compares, hashes or looks for
/// items: then NaN and instances that are equal by identity only are written too,
/// but not those that an item holds.
///
/// Slices, copies and sums have what is on disk in common. A slice that takes in
/// none of it, or little, is a plain list; +, * and copy give a SpillList; pickling
/// gives a list.
/// insert, remove, pop(0), reverse, and assigning to or deleting from what is on
/// disk write little; a list to which that is done more than some times comes back
/// into memory for good, and so does one of which items with a step between them are
/// assigned or deleted. Where nothing can be written (a full disk), everything stays
/// in memory.
#[pyclass(frozen, sequence, name = "SpillList", module = "spacetime_compiler.runtime")]
pub struct SpillList {
    tail: Py<PyList>,
    /// So many more items, and the size of the tail is looked at.
    left: Cell<isize>,
    /// What the tail takes, as far as it has been looked at, and how many items
    /// that were.
    measured: Cell<(usize, usize)>,
    /// How many items come before the tail.
    spilled: Cell<usize>,
    stored: RefCell<Vec<Stored>>,
    /// Counts changes other than additions at the end.
    version: Cell<u64>,
    /// Nothing is written any more.
    resident: Cell<bool>,
    /// Blocks are being made.
    spilling: Cell<bool>,
    /// How often something was put in, or taken out, before the end.
    splices: Cell<u8>,
    /// It is known that it will be as large as one that is on disk.
    large: Cell<bool>,
    /// What indexing has read last.
    pages: RefCell<Pages>,
    indices: RefCell<Vec<lookup::Index>>,
    output: RefCell<Option<Box<Output>>>,
    pending: RefCell<VecDeque<spill::Pending>>,
    codec: Rc<Codec>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillList {}
// SAFETY: as above.
unsafe impl Sync for SpillList {}

impl Drop for SpillList {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SpillList {
    fn empty(py: Python<'_>, codec: Rc<Codec>) -> Self {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Self {
            tail: PyList::empty(py).unbind(),
            left: Cell::new(1),
            measured: Cell::new((0, 0)),
            spilled: Cell::new(0),
            stored: RefCell::default(),
            version: Cell::new(0),
            resident: Cell::new(false),
            spilling: Cell::new(false),
            splices: Cell::new(0),
            large: Cell::new(false),
            pages: RefCell::default(),
            indices: RefCell::default(),
            output: RefCell::default(),
            pending: RefCell::default(),
            codec,
        }
    }

    /// A list of what is in these blocks of this one.
    fn of_blocks(&self, py: Python<'_>, stored: &[Stored], items: usize) -> Self {
        let list = self.like(py);
        list.spilled.set(items);
        drop(list.stored.replace(stored.to_vec()));
        list
    }

    fn policy(&self) -> Policy {
        self.codec.policy()
    }

    fn tail_len(&self) -> usize {
        // SAFETY: the tail is a list and alive.
        unsafe { ffi::PyList_Size(self.tail.as_ptr()) }.unsigned_abs()
    }

    pub fn len(&self) -> usize {
        self.spilled.get() + self.tail_len()
    }

    /// Adds an item at the end.
    ///
    /// # Safety
    /// The interpreter's lock is held and the item alive.
    #[inline]
    unsafe fn push(&self, item: *mut ffi::PyObject) -> bool {
        // SAFETY: the tail is a list and alive.
        if unsafe { ffi::PyList_Append(self.tail.as_ptr(), item) } != 0 {
            return false;
        }
        let left = self.left.get() - 1;
        self.left.set(left);
        if left <= 0 {
            self.look();
        }
        true
    }

    /// Adds everything from an iterable, as `list.extend` does.
    fn take_all(&self, items: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = items.py();
        if let Ok(other) = items.cast_exact::<SpillList>()
            && std::ptr::eq(other.get(), self)
        {
            return self.repeat_once(py, self.len());
        }
        if let Ok(other) = items.cast_exact::<SpillList>() {
            return self.take_other(py, other.get());
        }
        if let Ok(items) = items.cast_exact::<PyTuple>() {
            return items.iter().try_for_each(|item| self.add(&item));
        }
        if let Ok(items) = items.cast_exact::<PyList>() {
            // What it holds now, whatever happens to it on the way.
            for index in 0..items.len() {
                match items.get_item(index) {
                    Ok(item) => self.add(&item)?,
                    Err(_) => break,
                }
            }
            return Ok(());
        }
        let iterator = items.try_iter()?;
        ask_length(items)?;
        loop {
            // SAFETY: the result is a new reference, or null at the end or with an
            // exception set; the list's reference is the only one afterwards.
            unsafe {
                let item = ffi::PyIter_Next(iterator.as_ptr());
                if item.is_null() {
                    return PyErr::take(py).map_or(Ok(()), Err);
                }
                if ffi::PyList_Append(self.tail.as_ptr(), item) != 0 {
                    ffi::Py_DECREF(item);
                    return Err(PyErr::fetch(py));
                }
                ffi::Py_DECREF(item);
            }
            let left = self.left.get() - 1;
            self.left.set(left);
            if left <= 0 {
                self.look();
            }
        }
    }

    fn add(&self, item: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: the item is alive.
        if unsafe { self.push(item.as_ptr()) } { Ok(()) } else { Err(PyErr::fetch(item.py())) }
    }

    /// Adds the first `length` items of this list to its end.
    fn repeat_once(&self, py: Python<'_>, length: usize) -> PyResult<()> {
        for index in 0..length {
            match self.item(py, index)? {
                Some(item) => self.add(&item)?,
                None => break,
            }
        }
        Ok(())
    }

    /// Notes a change other than an addition at the end.
    fn changed(&self) {
        self.version.set(self.version.get() + 1);
        self.pending.borrow_mut().clear();
        let kept = (self.pages.take(), self.indices.take());
        self.left.set(self.left.get().max(1));
        drop(kept);
    }

    /// Brings everything back for good.
    fn inflate<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyList>> {
        let tail = self.tail.bind(py);
        if self.spilled.get() > 0 {
            let items = PyList::empty(py);
            let mut cursor = cursor::Cursor::default();
            while cursor.index < self.spilled.get() {
                items.append(cursor.next(py, self)?)?;
            }
            self.resident.set(true);
            tail.set_slice(0, 0, items.as_any())?;
            self.spilled.set(0);
            let stored = self.stored.take();
            self.changed();
            drop(stored);
        } else {
            self.changed();
        }
        Ok(tail)
    }

    /// Takes what another list with the same codec holds, which nobody else has
    /// seen, instead of what it held itself.
    fn replace(&self, py: Python<'_>, other: &Self) -> PyResult<()> {
        let stored = self.stored.replace(other.stored.take());
        let items = other.tail.bind(py);
        let tail = self.tail.bind(py);
        let old = tail.get_slice(0, tail.len());
        self.spilled.set(other.spilled.replace(0));
        tail.set_slice(0, tail.len(), items.as_any())?;
        self.measured.set(other.measured.get());
        self.resident.set(other.resident.get());
        self.changed();
        self.left.set(other.left.get());
        drop((old, stored));
        Ok(())
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        let stored = self.stored.take();
        self.spilled.set(0);
        self.resident.set(false);
        self.measured.set((0, 0));
        self.changed();
        self.left.set(1);
        let tail = self.tail.bind(py);
        // The items go when the list is empty already, as those of a list do.
        let items = tail.get_slice(0, tail.len());
        tail.del_slice(0, tail.len())?;
        drop(stored);
        drop(items);
        Ok(())
    }

    /// A list with everything in it.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let tail = self.tail.bind(py);
        if self.spilled.get() == 0 {
            return Ok(tail.get_slice(0, tail.len()));
        }
        let items = PyList::empty(py);
        let mut cursor = cursor::Cursor::default();
        while cursor.index < self.len() {
            items.append(cursor.next(py, self)?)?;
        }
        Ok(items)
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.tail)?;
        // Shown twice, it would look as if nobody else held it.
        if Rc::strong_count(&self.codec) == 1 {
            self.codec.traverse(visit)?;
        }
        // What is being changed is simply not shown: then nobody is collected.
        if let Ok(stored) = self.stored.try_borrow() {
            let own = stored.iter().filter(|stored| Rc::strong_count(&stored.pins) == 1);
            for pin in own.flat_map(|stored| stored.pins.iter()) {
                visit.call(pin)?;
            }
        }
        if let Ok(pages) = self.pages.try_borrow() {
            for item in pages.kept.iter().flat_map(|page| &page.items) {
                visit.call(item)?;
            }
        }
        if let Ok(indices) = self.indices.try_borrow() {
            indices.iter().try_for_each(|index| index.traverse(visit))?;
        }
        Ok(())
    }
}

/// Adds the class to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillList>()?;
    let class = py.get_type::<SpillList>();
    fast::install(&class)?;
    walker::install::<SpillList>(py)?;
    walker::show_as(&py.get_type::<iterate::SpillListReverseIterator>(), "list_reverseiterator")?;
    columns::register(py)?;
    lookup::register(py)?;
    class.setattr("__hash__", py.None())?;
    // It matches `case [a, b]`, as lists do.
    py.import("_collections_abc")?.getattr("MutableSequence")?.call_method1("register", (class,))?;
    Ok(())
}

/// The budget, or what stands for it if it cannot be read any more.
fn budget() -> usize {
    settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT)
}
