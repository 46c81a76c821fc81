//! Walking records of which only some parts are looked at.
//!
//! To make a dict of six texts takes longer than to pass over five of them.

use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::SpillList;
use super::cursor::Cursor;
use crate::method::this;
use crate::record::{Columns, Object};
use crate::walker::{self, Made, Walked};

/// A list, and the parts of its items that are looked at.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillListColumns {
    list: Py<SpillList>,
    columns: Columns,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillListColumns {}
// SAFETY: as above.
unsafe impl Sync for SpillListColumns {}

impl Walked for SpillListColumns {
    const NAME: &'static CStr = c"spacetime_compiler.runtime.SpillListColumnsIterator";

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
        self.list.get().version()
    }

    fn length(&self) -> usize {
        self.list.get().length()
    }

    fn index(cursor: &Cursor) -> usize {
        cursor.index
    }

    fn seek(cursor: &mut Cursor, index: usize) {
        cursor.seek(index);
    }

    fn make(&self, py: Python<'_>, cursor: &mut Cursor, into: &mut Made) -> PyResult<()> {
        cursor.make_page(py, self.list.get(), Some(&self.columns), into)
    }

    #[inline]
    fn held(&self, cursor: &mut Cursor) -> Object {
        self.list.get().held(cursor)
    }
}

#[pymethods]
impl SpillListColumns {
    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        walker::walk::<Self>(this.as_any())
    }

    fn __length_hint__(&self) -> usize {
        self.length()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.list)
    }
}

/// See `spacetime_compiler.runtime.columns`.
#[pyfunction]
#[pyo3(signature = (items, names, attributes))]
pub fn columns<'py>(
    items: &Bound<'py, PyAny>,
    names: &Bound<'py, PyTuple>,
    attributes: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let Ok(list) = items.cast_exact::<SpillList>() else { return Ok(items.clone()) };
    if list.get().spilled.get() == 0 {
        return Ok(items.clone());
    }
    let names =
        names.iter().map(|name| Ok(name.cast_into::<PyString>()?.unbind())).collect::<PyResult<_>>()?;
    let found = SpillListColumns { list: list.clone().unbind(), columns: Columns::new(names, attributes) };
    Ok(Bound::new(items.py(), found)?.into_any())
}

/// Makes the class of the iterator.
pub fn register(py: Python<'_>) -> PyResult<()> {
    walker::install::<SpillListColumns>(py)
}
