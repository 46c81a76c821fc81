//! `external_sort(groups.items())`: the sort has the keys and the numbers of the groups.

use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::SpillGroups;
use super::iterate::SpillGroupsItems;
use crate::record::Policy;
use crate::sort;
use crate::spill_dict::{SpillDictIterator, What};

/// What a pair is sorted by: its key, of which there are no two, or what a function says.
#[pyclass(frozen, module = "spacetime_compiler._runtime")]
struct ByPair {
    groups: Py<SpillGroups>,
    key: Option<Py<PyAny>>,
}

/// The pairs in their order.
#[pyclass(frozen, module = "spacetime_compiler._runtime")]
struct SortedPairs {
    groups: Py<SpillGroups>,
    numbered: Py<PyAny>,
}

fn parts<'py>(numbered: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, i64)> {
    numbered.cast::<PyTuple>().map_err(|_| PyTypeError::new_err("not a pair"))?.extract()
}

/// Sorts the items of groups; `None` if some value is no group.
pub fn sort_items<'py>(
    items: &SpillGroupsItems,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    policy: Policy,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = key.py();
    let groups = items.0.get();
    if groups.keeps_values() {
        return Ok(None);
    }
    // Each stays until it is given, whatever happens to the dictionary meanwhile.
    for pair in groups.pairs(py)? {
        groups.store.hold(pair?.1 as u32);
    }
    let by = ByPair { groups: items.0.clone_ref(py), key: (!key.is_none()).then(|| key.clone().unbind()) };
    let numbered = SpillDictIterator::new(groups.keys.bind(py), What::Items)?;
    let sorted = sort::sort(numbered.as_any(), Bound::new(py, by)?.as_any(), reverse, policy)?;
    let sorted = SortedPairs { groups: items.0.clone_ref(py), numbered: sorted.unbind() };
    Ok(Some(Bound::new(py, sorted)?.into_any()))
}

#[pymethods]
impl ByPair {
    fn __call__<'py>(&self, numbered: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = numbered.py();
        let (own, number) = parts(numbered)?;
        match &self.key {
            None => Ok(own),
            Some(key) => {
                key.bind(py).call1((PyTuple::new(py, [own, self.groups.get().given(py, number)?])?,))
            }
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.groups)?;
        visit.call(&self.key)
    }
}

#[pymethods]
impl SortedPairs {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(numbered) = sort::next(self.numbered.bind(py))? else { return Ok(None) };
        let (key, number) = parts(&numbered)?;
        let groups = self.groups.get();
        let pair = PyTuple::new(py, [key, groups.given(py, number)?])?;
        drop(groups.store.let_go(number as u32));
        Ok(Some(pair.into_any()))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.groups)?;
        visit.call(&self.numbered)
    }
}
