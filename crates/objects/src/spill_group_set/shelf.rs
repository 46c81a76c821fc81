//! Sets as the values of a `SpillGroups`.

use std::cell::Cell;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PySet;

use super::{SetStore, SpillGroupSet};
use crate::spill_groups::shelf::Shelf;
use crate::spill_groups::store::Gone;

impl Shelf for SetStore {
    fn factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(py.get_type::<PySet>().into_any())
    }

    fn written(&self) -> &Rc<Cell<usize>> {
        &self.written
    }

    fn room_for_keys(&self) -> usize {
        self.room_for_keys()
    }

    fn add_group(&self) -> PyResult<u32> {
        self.add_set()
    }

    fn push(self: Rc<Self>, number: u32, item: Bound<'_, PyAny>) -> PyResult<()> {
        SpillGroupSet::view(self, number).add(&item)
    }

    unsafe fn take(
        &self,
        py: Python<'_>,
        value: *mut ffi::PyObject,
        sole: Option<bool>,
    ) -> PyResult<Option<u32>> {
        // SAFETY: the caller's promise.
        let value = unsafe { Bound::from_borrowed_ptr(py, value) };
        if let Ok(set) = value.cast_exact::<PySet>() {
            // Where it cannot be told who holds it, it is the set itself until nobody does.
            return if sole == Some(false) { Ok(None) } else { self.adopt(set).map(Some) };
        }
        Ok(value
            .cast_exact::<SpillGroupSet>()
            .ok()
            .and_then(|view| self.held(&view.get().store, &view.get().number)))
    }

    fn view(self: Rc<Self>, py: Python<'_>, number: u32) -> PyResult<Bound<'_, PyAny>> {
        Ok(Bound::new(py, SpillGroupSet::view(self, number))?.into_any())
    }

    unsafe fn turn(&self, view: &Bound<'_, PyAny>, number: u32) {
        // SAFETY: the caller's promise.
        unsafe { view.cast_unchecked::<SpillGroupSet>() }.get().turn(number);
    }

    fn hold(&self, number: u32) {
        self.hold(number);
    }

    fn let_go(&self, number: u32) -> Gone {
        self.let_go(number)
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.codec.traverse(visit)?;
        let Ok(tables) = self.tables.try_borrow() else { return Ok(()) };
        tables.real.values().try_for_each(|set| visit.call(set))
    }

    fn clear(&self) {
        let real = self.tables.try_borrow_mut().map(|mut tables| std::mem::take(&mut tables.real));
        drop(real);
    }
}
