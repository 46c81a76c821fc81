//! Walking a dictionary in the order in which its keys came.

use std::cell::RefCell;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use spacetime_runtime::keyed::{Value, Walk};

use super::given::Undisturbed;
use super::{Found, SpillDict};
use crate::settings::os_error;

/// What a walk gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Keys,
    Values,
    Items,
}

impl What {
    /// The method that gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Values => "values",
            Self::Items => "items",
        }
    }
}

/// How far a walk has come.
struct State {
    /// How many entries there were; none is said when it has changed.
    size: Option<usize>,
    /// How many of them are to come.
    left: usize,
    done: bool,
    walk: Walk,
    /// It has come to the real dict, at that position, which holds as long as this
    /// is the number of flushes.
    recent: Option<(isize, u64)>,
    /// So many new entries of the real dict have been given.
    given: usize,
    /// So many entries that come now have been given already.
    skip: usize,
    key: Vec<u8>,
    beside: Vec<u8>,
    value: Vec<u8>,
}

/// See the module.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillDictIterator {
    dict: Py<SpillDict>,
    what: What,
    state: RefCell<State>,
}

impl Drop for SpillDictIterator {
    fn drop(&mut self) {
        let walks = &self.dict.get().walks;
        walks.set(walks.get().saturating_sub(1));
    }
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillDictIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillDictIterator {}

/// A key and, if it was asked for, its value.
type Entry<'py> = (Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

impl SpillDictIterator {
    pub fn new<'py>(dict: &Bound<'py, SpillDict>, what: What) -> PyResult<Bound<'py, Self>> {
        let py = dict.py();
        dict.get().be_asked(py)?;
        if what != What::Keys && dict.get().dirty(py) > super::flush::LAST {
            dict.get().flush(py)?;
        }
        let size = dict.get().len(py)?;
        let state = State {
            size: Some(size),
            left: size,
            done: false,
            walk: Walk::default(),
            recent: None,
            given: 0,
            skip: 0,
            key: Vec::new(),
            beside: Vec::new(),
            value: Vec::new(),
        };
        let walks = &dict.get().walks;
        walks.set(walks.get() + 1);
        Bound::new(py, Self { dict: dict.clone().unbind(), what, state: RefCell::new(state) })
    }

    fn next<'py>(&self, py: Python<'py>, state: &mut State) -> PyResult<Option<Entry<'py>>> {
        let dict = self.dict.get();
        loop {
            let Some((position, flushes)) = &mut state.recent else {
                if let Some(entry) = self.next_on_disk(py, dict, state)? {
                    if state.skip == 0 {
                        return Ok(Some(entry));
                    }
                    state.skip -= 1;
                    continue;
                }
                state.recent = Some((0, dict.flushes.get()));
                continue;
            };
            if *flushes != dict.flushes.get() {
                state.recent = None;
                state.skip += std::mem::take(&mut state.given);
                continue;
            }
            let recent = dict.recent(py);
            let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
            // SAFETY: the dict is alive; what it gives is borrowed, and taken at once.
            let entry = unsafe {
                if ffi::PyDict_Next(recent.as_ptr(), position, &raw mut key, &raw mut value) == 0 {
                    return Ok(None);
                }
                (Bound::from_borrowed_ptr(py, key), Some(Bound::from_borrowed_ptr(py, value)))
            };
            let is_there = |key| Ok::<_, PyErr>(!matches!(dict.find_again(key)?.0, Found::Nowhere));
            if dict.dirty(py) > 0 && (dict.is_given(&entry.0) || is_there(&entry.0)?) {
                continue;
            }
            state.given += 1;
            if state.skip == 0 {
                return Ok(Some(entry));
            }
            state.skip -= 1;
        }
    }

    fn next_on_disk<'py>(
        &self,
        py: Python<'py>,
        dict: &SpillDict,
        state: &mut State,
    ) -> PyResult<Option<Entry<'py>>> {
        let values = self.what != What::Keys;
        let (mut key, mut value) = (None, None);
        let place;
        {
            let mut disk = dict.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return Ok(None) };
            let failed = |error| os_error(&error);
            let Some(entry) = state.walk.next(&disk.keyed).map_err(failed)? else { return Ok(None) };
            place = entry.place;
            if entry.key.is_empty() {
                key = disk.odd_keys.get(&place).map(|key| key.bind(py).clone());
            } else {
                state.key.clear();
                state.key.extend_from_slice(entry.key);
                state.beside.clear();
                state.beside.extend_from_slice(entry.beside);
            }
            if values {
                match state.walk.value(&mut disk.keyed).map_err(failed)? {
                    Value::Held => value = disk.held.get(&place).map(|value| value.bind(py).clone()),
                    Value::Bytes(bytes) => {
                        state.value.clear();
                        state.value.extend_from_slice(bytes);
                    }
                }
            }
        }
        let dirty = values && (dict.is_changing() || dict.dirty(py) > 0);
        let key = match key {
            Some(key) => key,
            None if self.what == What::Values && !dirty => py.None().into_bound(py),
            None => dict.key_of(py, &state.key, &state.beside)?,
        };
        if dirty && let Some(newer) = dict.recent(py).get_item(&key)? {
            return Ok(Some((key, Some(newer))));
        }
        if values && value.is_none() {
            let _undisturbed = dict.is_changing().then(|| Undisturbed::new(py));
            let made = dict.made(py, &state.value)?;
            if dict.is_changing() {
                dict.give(&key, key.hash()?, place, &made, Some((&state.value, state.walk.spot())))?;
            }
            value = Some(made);
        }
        Ok(Some((key, value)))
    }
}

#[pymethods]
impl SpillDictIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let busy = || PyRuntimeError::new_err("the iterator is already at work");
        let mut state = self.state.try_borrow_mut().map_err(|_| busy())?;
        if state.done {
            return Ok(None);
        }
        if state.size != Some(self.dict.get().len(py)?) {
            state.size = None;
            return Err(PyRuntimeError::new_err("dictionary changed size during iteration"));
        }
        let next = self.next(py, &mut state)?;
        if next.is_some() {
            let Some(left) = state.left.checked_sub(1) else {
                state.done = true;
                return Err(PyRuntimeError::new_err("dictionary keys changed during iteration"));
            };
            state.left = left;
        }
        match next {
            Some((key, None)) => Ok(Some(key)),
            Some((key, Some(value))) => match self.what {
                What::Keys => Ok(Some(key)),
                What::Values => Ok(Some(value)),
                What::Items => Ok(Some(PyTuple::new(py, [key, value])?.into_any())),
            },
            None => {
                state.done = true;
                Ok(None)
            }
        }
    }

    fn __length_hint__(&self, py: Python<'_>) -> usize {
        let Ok(state) = self.state.try_borrow() else { return 0 };
        let size = self.dict.get().len(py).ok();
        if state.done || state.size != size { 0 } else { state.left }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
