//! `keys()`, `values()` and `items()` of a dictionary on disk, which follow it.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyTuple;

use super::SpillGroupDict;
use super::iterate::SpillGroupDictIterator;
use super::methods::operator;
use crate::sort::next;
use crate::spill_dict::What;
use crate::spill_list::same;

/// See the module.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupDictView {
    dict: Py<SpillGroupDict>,
    what: What,
}

/// A view of a real dict in the place of one of ours.
fn real<'py>(other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match other.cast_exact::<SpillGroupDictView>() {
        Ok(view) => view.get().whole(other.py()),
        Err(_) => Ok(other.clone()),
    }
}

impl SpillGroupDictView {
    /// A view; that of the real dict if it is one.
    pub fn of<'py>(dict: &Bound<'py, SpillGroupDict>, what: What) -> PyResult<Bound<'py, PyAny>> {
        let py = dict.py();
        dict.get().store.settle_latest(py)?;
        match dict.get().real(py)? {
            Some(real) => real.call_method0(what.name()),
            None => Ok(Bound::new(py, Self { dict: dict.clone().unbind(), what })?.into_any()),
        }
    }

    /// The view of a real dict with the same entries.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dict.get().whole(py)?.call_method0(self.what.name())
    }

    /// What an operator gives that has this on its left.
    fn with<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operator(name, self.whole(other.py())?.as_any(), &real(other)?)
    }

    /// The same on its right.
    fn after<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operator(name, other, self.whole(other.py())?.as_any())
    }
}

#[pymethods]
impl SpillGroupDictView {
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        SpillGroupDictIterator::over(self.dict.bind(py), self.what)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.dict.get().len(py)
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        let dict = self.dict.get();
        match self.what {
            What::Keys => dict.contains(item),
            What::Items => match item.cast::<PyTuple>() {
                Ok(pair) if pair.len() == 2 => match dict.find(&pair.get_item(0)?)? {
                    Some(value) => same(&value, &pair.get_item(1)?),
                    None => Ok(false),
                },
                _ => Ok(false),
            },
            What::Values => {
                let all = self.__iter__(item.py())?;
                while let Some(value) = next(&all)? {
                    if same(&value, item)? {
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

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if self.what == What::Values {
            return Ok(py.NotImplemented().into_bound(py));
        }
        self.whole(py)?.rich_compare(real(other)?, how)
    }

    fn __and__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("and_", other)
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("or_", other)
    }

    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("sub", other)
    }

    fn __xor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.with("xor", other)
    }

    fn __rand__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("and_", other)
    }

    fn __ror__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("or_", other)
    }

    fn __rsub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("sub", other)
    }

    fn __rxor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.after("xor", other)
    }

    fn isdisjoint<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(other.py())?.call_method1("isdisjoint", (real(other)?,))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
