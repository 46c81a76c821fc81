//! Walking a dictionary on disk in the order in which its keys came.

use std::cell::RefCell;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::SpillGroupDict;
use crate::spill_dict::What;
use crate::spill_groups::Cursor;

/// How far a walk has come.
struct State {
    /// How many entries there were; none is said when it has changed.
    size: Option<usize>,
    keys: Cursor,
    values: Cursor,
    /// Where the next entry of a packed one begins, unless something has moved since.
    at: usize,
    stamp: u32,
    /// Where it stands in the real dict that the dictionary has become meanwhile.
    rest: Option<isize>,
    /// How many entries are to come.
    left: usize,
    done: bool,
}

/// See the module.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupDictIterator {
    dict: Py<SpillGroupDict>,
    what: What,
    state: RefCell<State>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillGroupDictIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupDictIterator {}

impl SpillGroupDictIterator {
    /// A walk; that of the real dict if it is one.
    pub fn over<'py>(dict: &Bound<'py, SpillGroupDict>, what: What) -> PyResult<Bound<'py, PyAny>> {
        let (py, own) = (dict.py(), dict.get());
        own.store.settle_latest(py)?;
        if let Some(real) = own.real(py)? {
            return Ok(real.call_method0(what.name())?.try_iter()?.into_any());
        }
        if what != What::Keys && !own.store.packed.borrow().contains(own.number.get()) {
            own.store.prepare(py, own.number.get())?;
        }
        let (keys, values) = (Cursor::default(), Cursor::default());
        let stamp = own.store.packed.borrow().stamp_of(own.number.get());
        let size = Some(own.len(py));
        let state = State { size, keys, values, at: 0, stamp, rest: None, left: own.len(py), done: false };
        let walk = Self { dict: dict.clone().unbind(), what, state: RefCell::new(state) };
        Ok(Bound::new(py, walk)?.into_any())
    }

    fn next<'py>(&self, py: Python<'py>, state: &mut State) -> PyResult<Option<Bound<'py, PyAny>>> {
        let dict = self.dict.get();
        if state.size != Some(dict.len(py)) {
            state.size = None;
            return Err(PyRuntimeError::new_err("dictionary changed size during iteration"));
        }
        if let Some(real) = dict.real(py)? {
            // Entries stand where they stood before any was taken out.
            let position = state.rest.get_or_insert(state.keys.index.cast_signed());
            let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
            // SAFETY: the dict is alive; what it gives is borrowed, and taken at once.
            let (key, value) = unsafe {
                if ffi::PyDict_Next(real.as_ptr(), position, &raw mut key, &raw mut value) == 0 {
                    return Ok(None);
                }
                (Bound::from_borrowed_ptr(py, key), Bound::from_borrowed_ptr(py, value))
            };
            return self.given(key, value).map(Some);
        }
        let (store, number) = (&dict.store, dict.number.get());
        if store.packed.borrow().contains(number) {
            state.at = store.packed_offset(number, state.keys.index, state.at, state.stamp);
            state.stamp = store.packed.borrow().stamp_of(number);
            let Some((key, value, next)) = store.packed_entry(py, number, state.at)? else {
                return Ok(None);
            };
            state.at = next;
            state.keys.seek(state.keys.index + 1);
            return self.given(key, value).map(Some);
        }
        let Some(key) = state.keys.next(py, &store.order, number)? else { return Ok(None) };
        if self.what == What::Keys {
            return Ok(Some(key));
        }
        let value = store.value(&key, number, state.keys.index - 1, &mut state.values)?;
        let value =
            value.ok_or_else(|| PyRuntimeError::new_err("dictionary keys changed during iteration"))?;
        self.given(key, value).map(Some)
    }

    fn given<'py>(&self, key: Bound<'py, PyAny>, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match self.what {
            What::Keys => Ok(key),
            What::Values => Ok(value),
            What::Items => Ok(PyTuple::new(key.py(), [key, value])?.into_any()),
        }
    }
}

#[pymethods]
impl SpillGroupDictIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let busy = || PyRuntimeError::new_err("the iterator is already at work");
        let mut state = self.state.try_borrow_mut().map_err(|_| busy())?;
        if state.done {
            return Ok(None);
        }
        let found = self.next(py, &mut state)?;
        state.done = found.is_none();
        if found.is_some() {
            let Some(left) = state.left.checked_sub(1) else {
                state.done = true;
                return Err(PyRuntimeError::new_err("dictionary keys changed during iteration"));
            };
            state.left = left;
        }
        Ok(found)
    }

    fn __length_hint__(&self, py: Python<'_>) -> usize {
        let Ok(state) = self.state.try_borrow() else { return 0 };
        let size = self.dict.get().len(py);
        if state.done || state.size != Some(size) { 0 } else { state.left }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
