//! `SpillGroups`: a dict of lists, sets or dicts that are on disk once they have grown.
//!
//! Keys are in a dictionary whose values are the numbers of groups, which goes to disk,
//! too, when there are many. A *group* is a few words in a table: where its last chunk is,
//! and which list of items waits in memory for room on disk. What `d[k]` gives is a view, made when it is asked
//! for, that does what a list does. Values that are no lists, or lists that
//! somebody else holds, are kept as they are. How sets and dicts are kept is said
//! at `SpillGroupSet` and `SpillGroupDict`.

mod again;
mod compare;
mod cursor;
mod ends;
pub mod fast;
mod flush;
mod group;
mod iterate;
mod kept;
mod known;
mod methods;
mod order;
pub mod shelf;
mod sorted;
pub mod store;

use std::cell::RefCell;
use std::rc::Rc;

use pyo3::exceptions::PyKeyError;
use pyo3::ffi;
use pyo3::prelude::*;

use super::record::Policy;
use super::spill_dict::SpillDict;
use super::walker;
pub use cursor::Cursor;
pub use group::NOBODY;
pub use group::SpillGroup;
pub use iterate::SpillGroupsItems;
use kept::Kept;
use known::{Known, Short};
use shelf::Shelf;
pub use sorted::sort_items;
pub use store::Store as GroupStore;
use store::{Gone, Store};

/// See the module.
#[pyclass(frozen, mapping, name = "SpillGroups", module = "spacetime_compiler.runtime")]
pub struct SpillGroups {
    /// The number of a group, or below zero of another value.
    keys: Py<SpillDict>,
    store: Rc<dyn Shelf>,
    /// The view that was made last, which is used again when nobody holds it.
    spare: RefCell<Option<Py<PyAny>>>,
    /// Values that are no groups.
    kept: RefCell<Kept>,
    /// What was found of late.
    known: RefCell<Known>,
    default: bool,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillGroups {}
// SAFETY: as above.
unsafe impl Sync for SpillGroups {}

fn no_key(key: &Bound<'_, PyAny>) -> PyErr {
    PyKeyError::new_err((key.clone().unbind(),))
}

/// Whether a reference count of one says that a list is nobody else's. From 3.14
/// on a caller may pass what it holds without a reference of its own.
fn counts_tell(py: Python<'_>) -> bool {
    static TELL: pyo3::sync::PyOnceLock<bool> = pyo3::sync::PyOnceLock::new();
    *TELL.get_or_init(py, || py.version_info() < (3, 14))
}

impl SpillGroups {
    fn empty(py: Python<'_>, default: bool, policy: Policy) -> PyResult<Self> {
        Self::of(py, Rc::new(Store::new(py, policy)?), default)
    }

    /// None yet, in this store.
    fn of(py: Python<'_>, store: Rc<dyn Shelf>, default: bool) -> PyResult<Self> {
        let keys = Self::no_keys(py, &*store)?;
        let (spare, kept, known) = (RefCell::default(), RefCell::default(), RefCell::default());
        Ok(Self { keys, store, spare, kept, known, default })
    }

    fn no_keys(py: Python<'_>, store: &dyn Shelf) -> PyResult<Py<SpillDict>> {
        let policy = Policy::new(false, true);
        Py::new(py, SpillDict::beside_of(py, policy, Rc::clone(store.written()))?)
    }

    /// None yet, which are kept as the items of something else are.
    pub fn like(py: Python<'_>, policy: Policy) -> PyResult<Self> {
        Self::empty(py, false, policy)
    }

    /// Adds an item to the group of a key.
    pub fn add(&self, key: &Bound<'_, PyAny>, item: Bound<'_, PyAny>) -> PyResult<()> {
        let number = match self.find(key)?.map(u32::try_from) {
            Some(Ok(number)) => number,
            _ => {
                let number = self.store.add_group()?;
                self.put(key, i64::from(number))?;
                number
            }
        };
        Rc::clone(&self.store).push(number, item)
    }

    /// The group of a key.
    pub fn group<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.value(key.py(), key)
    }

    /// How many groups there are.
    pub fn count(&self, py: Python<'_>) -> PyResult<usize> {
        self.keys.get().len(py)
    }

    /// The view that was made last, if nobody holds it.
    #[inline]
    fn idle<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let spare = self.spare.borrow();
        // SAFETY: the view is alive.
        let view = spare.as_ref().filter(|view| unsafe { ffi::Py_REFCNT(view.as_ptr()) } == 1)?;
        Some(view.bind(py).clone())
    }

    /// A view of a group.
    fn view<'py>(&self, py: Python<'py>, number: u32) -> PyResult<Bound<'py, PyAny>> {
        if let Some(view) = self.idle(py) {
            // SAFETY: it is one of ours.
            unsafe { self.store.turn(&view, number) };
            return Ok(view);
        }
        let view = Rc::clone(&self.store).view(py, number)?;
        let mut spare = self.spare.borrow_mut();
        if spare.is_none() {
            *spare = Some(view.clone().unbind());
        }
        Ok(view)
    }

    /// The view that nobody holds lets its group go.
    fn put_spare_away(&self, py: Python<'_>) {
        if let Some(view) = self.idle(py) {
            // SAFETY: it is one of ours.
            unsafe { self.store.turn(&view, NOBODY) };
        }
    }

    /// The view that was made last is its owner's alone, who may let the group go with it.
    fn give_spare_away(&self) {
        let spare = self.spare.take();
        drop(spare);
    }

    /// What stands for the value of a key.
    #[inline]
    fn find(&self, key: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
        let keys = self.keys.get();
        let short = if keys.is_on_disk() { Short::of(key) } else { None };
        if let Some(short) = short
            && let Some(number) = self.known.borrow().find(short)
        {
            return Ok(Some(number.into()));
        }
        // SAFETY: what is found is an exact int that fits.
        let number = keys.get(key)?.map(|found| unsafe { ffi::PyLong_AsLongLong(found.as_ptr()) });
        if let (Some(short), Some(Ok(number))) = (short, number.map(u32::try_from)) {
            self.known.borrow_mut().put(short, number, || self.store.room_for_keys());
        }
        Ok(number)
    }

    /// The value that a number stands for.
    #[inline]
    fn given<'py>(&self, py: Python<'py>, number: i64) -> PyResult<Bound<'py, PyAny>> {
        if let Ok(group) = u32::try_from(number) {
            return self.view(py, group);
        }
        let kept = self.kept.borrow().find(number).map(|value| value.bind(py).clone());
        kept.ok_or_else(|| pyo3::exceptions::PySystemError::new_err("a value is lost"))
    }

    /// The value of a key.
    #[inline]
    fn value<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.find(key)?.map(|number| self.given(py, number)).transpose()
    }

    /// Sets the number of a key, and gives up the one before.
    fn put(&self, key: &Bound<'_, PyAny>, number: i64) -> PyResult<()> {
        let before = self.find(key);
        self.known.borrow_mut().meet(key);
        let result = before.and_then(|before| {
            self.keys.get().set(key, number.into_pyobject(key.py())?.as_any())?;
            Ok(before)
        });
        self.known.borrow_mut().forget(key);
        match result {
            Ok(before) => {
                drop(before.map(|before| self.forget(key.py(), before)));
                Ok(())
            }
            Err(error) => {
                drop(self.let_go(number));
                Err(error)
            }
        }
    }

    /// A key does not refer to this any more.
    fn forget(&self, py: Python<'_>, number: i64) -> Gone {
        if number >= 0 {
            self.put_spare_away(py);
        }
        self.let_go(number)
    }

    /// What a number stands for is not needed for it any more.
    fn let_go(&self, number: i64) -> Gone {
        if let Ok(group) = u32::try_from(number) {
            return self.store.let_go(group);
        }
        Gone::of(self.kept.borrow_mut().take(number).into_iter().collect(), Vec::new())
    }

    /// Keeps a value that is no group.
    fn keep(&self, value: Py<PyAny>) -> i64 {
        self.kept.borrow_mut().keep(value)
    }

    /// Whether some value is no group.
    fn keeps_values(&self) -> bool {
        self.kept.borrow().all().next().is_some()
    }

    /// A number for a value; the number counts one reference.
    ///
    /// # Safety
    /// The value is alive.
    unsafe fn number_of(&self, py: Python<'_>, value: *mut ffi::PyObject) -> PyResult<i64> {
        // SAFETY: the caller's promise.
        unsafe {
            let sole = counts_tell(py).then(|| ffi::Py_REFCNT(value) == 1);
            Ok(match self.store.take(py, value, sole)? {
                Some(number) => i64::from(number),
                None => self.keep(Bound::from_borrowed_ptr(py, value).unbind()),
            })
        }
    }

    /// # Safety
    /// The value is alive.
    unsafe fn set_default<'py>(
        &self,
        py: Python<'py>,
        key: &Bound<'py, PyAny>,
        value: *mut ffi::PyObject,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(found) = self.value(py, key)? {
            return Ok(found);
        }
        // SAFETY: the caller's promise.
        let number = unsafe { self.number_of(py, value)? };
        self.put(key, number)?;
        self.given(py, number)
    }

    /// Whether nobody but this sees the groups.
    fn is_sole(&self) -> bool {
        let Ok(spare) = self.spare.try_borrow() else {
            return false;
        };
        // SAFETY: the view is alive.
        let idle = spare.as_ref().is_none_or(|view| unsafe { ffi::Py_REFCNT(view.as_ptr()) } == 1);
        idle && Rc::strong_count(&self.store) == 1 + usize::from(spare.is_some())
    }
}

/// Adds the classes to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillGroups>()?;
    module.add_class::<SpillGroup>()?;
    let (groups, group) = (py.get_type::<SpillGroups>(), py.get_type::<SpillGroup>());
    fast::register(&groups, &group)?;
    walker::install::<SpillGroup>(py)?;
    let abstracts = py.import("_collections_abc")?;
    for (class, name) in [
        (&groups, "MutableMapping"),
        (&group, "MutableSequence"),
        (&py.get_type::<iterate::SpillGroupsValues>(), "ValuesView"),
        (&py.get_type::<iterate::SpillGroupsItems>(), "ItemsView"),
    ] {
        abstracts.getattr(name)?.call_method1("register", (class,))?;
    }
    groups.setattr("__hash__", py.None())?;
    group.setattr("__hash__", py.None())
}
