//! `external_sort(table.items())` of a dictionary whose values may be changed: the sort has the
//! keys, and what is handed out are the values themselves.

use pyo3::exceptions::PyRuntimeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::SpillDict;
use super::iterate::{SpillDictIterator, What};
use super::methods::missing;
use super::views::SpillDictView;
use crate::runtime::record::Policy;
use crate::runtime::sort;

/// What an entry is sorted by, of which the key is given.
#[pyclass(frozen, module = "spacetime_compiler._native")]
struct ByEntry {
    dict: Py<SpillDict>,
    what: What,
    key: Option<Py<PyAny>>,
}

/// The entries in their order, as long as none is set or deleted.
#[pyclass(frozen, module = "spacetime_compiler._native")]
struct SortedEntries {
    dict: Py<SpillDict>,
    what: What,
    keys: Py<PyAny>,
    version: u64,
}

fn entry<'py>(dict: &SpillDict, what: What, key: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let value = dict.get(&key)?.ok_or_else(|| missing(&key))?;
    match what {
        What::Items => Ok(PyTuple::new(key.py(), [key, value])?.into_any()),
        What::Keys | What::Values => Ok(value),
    }
}

/// Sorts what a view gives; `None` if that had better be done otherwise.
pub fn sort_view<'py>(
    view: &SpillDictView,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    policy: Policy,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = key.py();
    let (dict, what) = (view.dict.bind(py), view.what);
    if !dict.get().changing || what == What::Keys || what == What::Values && key.is_none() {
        return Ok(None);
    }
    let by =
        ByEntry { dict: view.dict.clone_ref(py), what, key: (!key.is_none()).then(|| key.clone().unbind()) };
    let keys = SpillDictIterator::new(dict, What::Keys)?;
    let keys = sort::sort(keys.as_any(), Bound::new(py, by)?.as_any(), reverse, policy)?;
    let version = dict.get().version.get();
    let sorted = SortedEntries { dict: view.dict.clone_ref(py), what, keys: keys.unbind(), version };
    Ok(Some(Bound::new(py, sorted)?.into_any()))
}

#[pymethods]
impl ByEntry {
    fn __call__<'py>(&self, own: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match &self.key {
            None => Ok(own),
            Some(key) => key.bind(own.py()).call1((entry(self.dict.get(), self.what, own.clone())?,)),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)?;
        visit.call(&self.key)
    }
}

#[pymethods]
impl SortedEntries {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let dict = self.dict.get();
        let Some(key) = sort::next(self.keys.bind(py))? else { return Ok(None) };
        if dict.version.get() != self.version {
            return Err(PyRuntimeError::new_err("dictionary changed while its sorted entries are walked"));
        }
        entry(dict, self.what, key).map(Some)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)?;
        visit.call(&self.keys)
    }
}
