//! Dictionaries as the values of a `SpillGroups`.

use std::cell::Cell;
use std::rc::Rc;

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{DictStore, SpillGroupDict};
use crate::spill_groups::shelf::Shelf;
use crate::spill_groups::store::Gone;

impl Shelf for DictStore {
    fn factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.kind.factory(py)
    }

    fn written(&self) -> &Rc<Cell<usize>> {
        &self.order.written
    }

    fn room_for_keys(&self) -> usize {
        self.order.room_for_keys()
    }

    fn add_group(&self) -> PyResult<u32> {
        self.order.add_group(Vec::new())
    }

    fn push(self: Rc<Self>, _number: u32, _item: Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("nothing can be added to a dictionary without a key"))
    }

    unsafe fn take(
        &self,
        py: Python<'_>,
        value: *mut ffi::PyObject,
        sole: Option<bool>,
    ) -> PyResult<Option<u32>> {
        // SAFETY: the caller's promise.
        let value = unsafe { Bound::from_borrowed_ptr(py, value) };
        if let Ok(dict) = value.cast::<PyDict>() {
            // Where it cannot be told who holds it, it is the dict itself until nobody does.
            let ours = sole != Some(false) && self.kind.is_one(dict);
            return if ours { self.adopt(dict).map(Some) } else { Ok(None) };
        }
        Ok(value
            .cast_exact::<SpillGroupDict>()
            .ok()
            .and_then(|view| self.held(&view.get().store, &view.get().number)))
    }

    fn view(self: Rc<Self>, py: Python<'_>, number: u32) -> PyResult<Bound<'_, PyAny>> {
        Ok(Bound::new(py, SpillGroupDict::view(self, number))?.into_any())
    }

    unsafe fn turn(&self, view: &Bound<'_, PyAny>, number: u32) {
        // SAFETY: the caller's promise.
        unsafe { view.cast_unchecked::<SpillGroupDict>() }.get().turn(number);
    }

    fn hold(&self, number: u32) {
        self.hold(number);
    }

    fn let_go(&self, number: u32) -> Gone {
        self.let_go(number)
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.kind.traverse(visit)?;
        self.order.traverse(visit)?;
        visit.call(&self.shared)?;
        if let Ok(last) = self.last.try_borrow()
            && let Some((_, key, pair)) = last.as_ref()
        {
            visit.call(key)?;
            visit.call(pair)?;
        }
        let Ok(real) = self.real.try_borrow() else { return Ok(()) };
        real.values().try_for_each(|dict| visit.call(dict))
    }

    fn clear(&self) {
        self.clear();
    }
}
