//! What the numbers of groups stand for: lists, sets, or dictionaries.

use std::cell::Cell;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::group::SpillGroup;
use super::store::{Gone, Store};

/// What dictionaries of groups share that have the same groups.
pub trait Shelf {
    /// What makes a group, for others.
    fn factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;

    /// What has been written took so much as objects, roughly.
    fn written(&self) -> &Rc<Cell<usize>>;

    /// What may be taken by what is known of keys.
    fn room_for_keys(&self) -> usize;

    /// A new group without items, to which one key or view refers.
    fn add_group(&self) -> PyResult<u32>;

    /// Adds an item to a group.
    fn push(self: Rc<Self>, number: u32, item: Bound<'_, PyAny>) -> PyResult<()>;

    /// Makes a group of a value, or holds the one that it shows; `None` if it has to stay what it
    /// is. `sole` says that nobody but the caller refers to it, if that can be told.
    ///
    /// # Safety
    /// The value is alive.
    unsafe fn take(
        &self,
        py: Python<'_>,
        value: *mut ffi::PyObject,
        sole: Option<bool>,
    ) -> PyResult<Option<u32>>;

    /// A view of a group.
    fn view(self: Rc<Self>, py: Python<'_>, number: u32) -> PyResult<Bound<'_, PyAny>>;

    /// One of those views shows another group from now on.
    ///
    /// # Safety
    /// It is one.
    unsafe fn turn(&self, view: &Bound<'_, PyAny>, number: u32);

    /// One more key or view.
    fn hold(&self, number: u32);

    /// The group that a view of a shelf shows, which is held once more; nothing if the shelf is another.
    fn held(&self, shelf: &Rc<Self>, number: &Cell<u32>) -> Option<u32>
    where
        Self: Sized,
    {
        std::ptr::eq(Rc::as_ptr(shelf), self).then(|| {
            self.hold(number.get());
            number.get()
        })
    }

    /// One key or view less. The caller drops what is given back.
    fn let_go(&self, number: u32) -> Gone;

    /// Everything in memory, for the garbage collector.
    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError>;

    /// Drops all items.
    fn clear(&self);
}

impl Shelf for Store {
    fn factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.get_type::<PyList>().into_any())
    }

    fn written(&self) -> &Rc<Cell<usize>> {
        &self.written
    }

    fn room_for_keys(&self) -> usize {
        self.room_for_keys()
    }

    fn add_group(&self) -> PyResult<u32> {
        self.add_group(Vec::new())
    }

    fn push(self: Rc<Self>, number: u32, item: Bound<'_, PyAny>) -> PyResult<()> {
        Self::push(&self, number, item.unbind());
        Ok(())
    }

    unsafe fn take(
        &self,
        py: Python<'_>,
        value: *mut ffi::PyObject,
        sole: Option<bool>,
    ) -> PyResult<Option<u32>> {
        // SAFETY: the caller's promise.
        let value = unsafe { Bound::from_borrowed_ptr(py, value) };
        if let Ok(list) = value.cast_exact::<PyList>() {
            if sole != Some(true) {
                return Ok(None);
            }
            return self.add_group(list.iter().map(Bound::unbind).collect()).map(Some);
        }
        Ok(value
            .cast_exact::<SpillGroup>()
            .ok()
            .and_then(|view| self.held(&view.get().store, &view.get().number)))
    }

    fn view(self: Rc<Self>, py: Python<'_>, number: u32) -> PyResult<Bound<'_, PyAny>> {
        Ok(Bound::new(py, SpillGroup::new(self, number))?.into_any())
    }

    unsafe fn turn(&self, view: &Bound<'_, PyAny>, number: u32) {
        // SAFETY: the caller's promise.
        unsafe { view.cast_unchecked::<SpillGroup>() }.get().turn(number);
    }

    fn hold(&self, number: u32) {
        self.hold(number);
    }

    fn let_go(&self, number: u32) -> Gone {
        self.let_go(number)
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.traverse(visit)
    }

    fn clear(&self) {
        self.clear();
    }
}
