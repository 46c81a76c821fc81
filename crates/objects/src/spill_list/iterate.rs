//! Walking a list in both directions, as list iterators do: by index, so that
//! what is added meanwhile is seen, and for good once the end was met.

use std::cell::RefCell;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use super::SpillList;
use super::cursor::Cursor;
use super::pages::Page;
use crate::method::this;
use crate::record::Object;
use crate::walker::{Made, Walked};

impl Walked for SpillList {
    const NAME: &'static CStr = c"spacetime_compiler.runtime.SpillListIterator";
    const SHOWN: Option<&'static str> = Some("list_iterator");

    fn class() -> &'static AtomicPtr<ffi::PyTypeObject> {
        static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(null_mut());
        &CLASS
    }

    type Cursor = Cursor;

    #[inline]
    unsafe fn of<'a>(object: Object) -> &'a Self {
        // SAFETY: the caller's promise.
        unsafe { this(object) }
    }

    #[inline]
    fn version(&self) -> u64 {
        self.version.get()
    }

    fn length(&self) -> usize {
        self.len()
    }

    fn index(cursor: &Cursor) -> usize {
        cursor.index
    }

    fn seek(cursor: &mut Cursor, index: usize) {
        cursor.seek(index);
    }

    fn make(&self, py: Python<'_>, cursor: &mut Cursor, into: &mut Made) -> PyResult<()> {
        cursor.make_page(py, self, None, into)
    }

    #[inline]
    fn held(&self, cursor: &mut Cursor) -> Object {
        let item = self.tail_pointer(cursor.index.wrapping_sub(self.spilled.get()));
        cursor.index += usize::from(!item.is_null());
        item
    }
}

fn busy() -> PyErr {
    PyRuntimeError::new_err("the iterator is already at work")
}

/// What is left of a walk from the end.
struct Backwards {
    list: Option<Py<SpillList>>,
    /// The items up to here are left.
    left: usize,
    version: u64,
    /// Items of a page that have not been handed out.
    page: Page,
}

/// From the end.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillListReverseIterator {
    state: RefCell<Backwards>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillListReverseIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillListReverseIterator {}

impl SpillListReverseIterator {
    pub fn new(list: Py<SpillList>) -> Self {
        let left = list.get().len();
        let page = Page { first: 0, items: Vec::new() };
        Self { state: RefCell::new(Backwards { list: Some(list), left, version: 0, page }) }
    }
}

#[pymethods]
impl SpillListReverseIterator {
    fn __iter__(this: Bound<'_, Self>) -> Bound<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut state = self.state.try_borrow_mut().map_err(|_| busy())?;
        let state = &mut *state;
        let Some(list) = &state.list else {
            return Ok(None);
        };
        let known = list.get();
        let index = state.left.wrapping_sub(1);
        if state.left == 0 || index >= known.len() {
            state.list = None;
            state.page.items.clear();
            return Ok(None);
        }
        state.left = index;
        if index >= known.spilled.get() {
            return known.item(py, index);
        }
        let version = known.version.get();
        if state.version != version || state.page.items.is_empty() || index < state.page.first {
            state.page = known.page(py, index)?;
            state.version = version;
        }
        state.page.items.truncate(index - state.page.first + 1);
        Ok(state.page.items.pop().map(|item| item.into_bound(py)))
    }

    fn __length_hint__(&self) -> usize {
        let Ok(state) = self.state.try_borrow() else {
            return 0;
        };
        let length = state.list.as_ref().map_or(0, |list| list.get().len());
        if length < state.left { 0 } else { state.left }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Ok(state) = self.state.try_borrow() else {
            return Ok(());
        };
        state.page.items.iter().try_for_each(|item| visit.call(item))?;
        state.list.as_ref().map_or(Ok(()), |list| visit.call(list))
    }

    fn __clear__(&self) {
        let gone = self
            .state
            .try_borrow_mut()
            .map(|mut state| (state.list.take(), std::mem::take(&mut state.page.items)));
        drop(gone);
    }
}
