//! Walking a dictionary on disk in the order in which its keys came.

use std::cell::RefCell;

use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::SpillGroupDict;
use crate::runtime::sort::next;
use crate::runtime::spill_dict::What;
use crate::runtime::spill_groups::Cursor;

/// How far a walk has come.
struct State {
    /// How many entries there were; none is said when it has changed.
    size: Option<usize>,
    keys: Cursor,
    values: Cursor,
    /// Where the next entry of a packed one begins, unless something has moved since.
    at: usize,
    moves: u64,
    /// The rest, when the dictionary has become a real one meanwhile.
    rest: Option<Py<PyAny>>,
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
        let moves = own.store.packed.borrow().moves;
        let size = Some(own.len(py));
        let state = State { size, keys, values, at: 0, moves, rest: None, done: false };
        let walk = Self { dict: dict.clone().unbind(), what, state: RefCell::new(state) };
        Ok(Bound::new(py, walk)?.into_any())
    }

    fn next<'py>(&self, py: Python<'py>, state: &mut State) -> PyResult<Option<Bound<'py, PyAny>>> {
        let dict = self.dict.get();
        if state.size != Some(dict.len(py)) {
            state.size = None;
            return Err(PyRuntimeError::new_err("dictionary changed size during iteration"));
        }
        if let Some(rest) = &state.rest {
            return next(rest.bind(py));
        }
        if let Some(real) = dict.real(py)? {
            let rest = real.call_method0(self.what.name())?.try_iter()?.into_any();
            for _ in 0..state.keys.index {
                next(&rest)?;
            }
            let found = next(&rest);
            state.rest = Some(rest.unbind());
            return found;
        }
        let (store, number) = (&dict.store, dict.number.get());
        if store.packed.borrow().contains(number) {
            let moves = store.packed.borrow().moves;
            if state.moves != moves {
                (state.at, state.moves) = (store.packed_offset(number, state.keys.index), moves);
            }
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
        let found = self.next(py, &mut state);
        state.done = matches!(found, Ok(None));
        found
    }

    fn __length_hint__(&self, py: Python<'_>) -> usize {
        let Ok(state) = self.state.try_borrow() else { return 0 };
        let size = self.dict.get().len(py);
        if state.done || state.size != Some(size) { 0 } else { size.saturating_sub(state.keys.index) }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
