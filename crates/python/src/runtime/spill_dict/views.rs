//! `keys()`, `values()` and `items()`: what follows the dictionary, as its own views do.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyTuple;

use super::SpillDict;
use super::iterate::{SpillDictIterator, What};
use crate::runtime::spill_list::same;

/// See the module.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillDictView {
    pub(super) dict: Py<SpillDict>,
    pub(super) what: What,
}

/// A view of a real dict in the place of one of ours.
fn real<'py>(other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match other.cast::<SpillDictView>() {
        Ok(view) => view.get().whole(other.py()),
        Err(_) => Ok(other.clone()),
    }
}

impl SpillDictView {
    pub fn new(dict: &Bound<'_, SpillDict>, what: What) -> Self {
        Self { dict: dict.clone().unbind(), what }
    }

    /// The view of a real dict with the same entries.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        SpillDict::whole(self.dict.bind(py))?.call_method0(self.what.name())
    }

    /// What an operator or method of real views gives.
    fn real<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let whole = self.whole(py)?;
        if !whole.hasattr(name)? {
            return Ok(py.NotImplemented().into_bound(py));
        }
        whole.call_method1(name, (real(other)?,))
    }
}

#[pymethods]
impl SpillDictView {
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, SpillDictIterator>> {
        SpillDictIterator::new(self.dict.bind(py), self.what)
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.dict.get().len(py)
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = item.py();
        match self.what {
            What::Keys => self.dict.get().contains(item),
            What::Items => match item.cast::<PyTuple>() {
                Ok(pair) if pair.len() == 2 => match self.dict.get().get(&pair.get_item(0)?)? {
                    Some(value) => same(&value, &pair.get_item(1)?),
                    None => Ok(false),
                },
                _ => Ok(false),
            },
            What::Values => {
                for value in self.__iter__(py)?.try_iter()? {
                    if same(&value?, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method0("__reversed__")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.whole(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        how: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if this.get().what == What::Values {
            return Ok(py.NotImplemented().into_bound(py));
        }
        this.get().whole(py)?.rich_compare(real(other)?, how)
    }

    fn __and__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__and__", other)
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__or__", other)
    }

    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__sub__", other)
    }

    fn __xor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__xor__", other)
    }

    fn __rand__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__rand__", other)
    }

    fn __ror__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__ror__", other)
    }

    fn __rsub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__rsub__", other)
    }

    fn __rxor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("__rxor__", other)
    }

    fn isdisjoint<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.real("isdisjoint", other)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
