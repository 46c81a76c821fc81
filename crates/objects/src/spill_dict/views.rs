//! `keys()`, `values()` and `items()`: what follows the dictionary, as its own views do.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyBool, PyDict, PyDictKeys, PyTuple};

use super::SpillDict;
use super::iterate::{SpillDictIterator, What};
use crate::spill_list::same;
use crate::spill_set::{Operation, Side, SpillSet};

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

    /// What an operator gives: a set on disk, if one of the two is there. What is small is a real view.
    fn operator<'py>(
        this: &Bound<'py, Self>,
        name: &str,
        operation: Operation,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let (Some(own), Some(beside)) = (keys(this), side(other)) else {
            return this.get().real(name, other);
        };
        if let Some(own) = in_memory(this.as_any())
            && let Some(other) = in_memory(other)
        {
            return own.call_method1(name, (other,));
        }
        let (left, right) = if name.starts_with("__r") { (beside, own) } else { (own, beside) };
        Ok(Bound::new(py, SpillSet::combined(py, &left, &right, operation)?)?.into_any())
    }
}

/// A view as a side of an operation, if it is one of keys.
fn keys<'py>(view: &Bound<'py, SpillDictView>) -> Option<Side<'py>> {
    (view.get().what == What::Keys).then(|| Side::Keys(view.clone().into_any()))
}

/// What is beside a view of keys, if it is a set, another such view or a dictionary.
fn side<'py>(other: &Bound<'py, PyAny>) -> Option<Side<'py>> {
    if let Ok(view) = other.cast::<SpillDictView>() {
        return keys(view);
    }
    if other.is_exact_instance_of::<SpillDict>() || other.is_exact_instance_of::<PyDict>() {
        return Some(Side::Dict(other.clone()));
    }
    if other.is_exact_instance_of::<PyDictKeys>() {
        return Some(Side::Keys(other.clone()));
    }
    Side::of(other)
}

/// Something real in the place of what is not on disk; `None` for what is there.
fn in_memory<'py>(other: &Bound<'py, PyAny>) -> Option<Bound<'py, PyAny>> {
    let py = other.py();
    let recent = |dict: &SpillDict| (!dict.is_on_disk()).then(|| dict.recent(py));
    if let Ok(view) = other.cast::<SpillDictView>() {
        return recent(view.get().dict.get())?.call_method0("keys").ok();
    }
    match other.cast::<SpillDict>() {
        Ok(dict) => recent(dict.get()).map(Bound::into_any),
        Err(_) => (!other.is_instance_of::<SpillSet>()).then(|| other.clone()),
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
        match (keys(this), side(other)) {
            (Some(own), Some(other)) if !matches!(other, Side::Dict(_)) => {
                Ok(PyBool::new(py, own.compare(&other, how)?).to_owned().into_any())
            }
            _ => this.get().whole(py)?.rich_compare(real(other)?, how),
        }
    }

    fn __and__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__and__", Operation::Intersection, other)
    }

    fn __rand__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__rand__", Operation::Intersection, other)
    }

    fn __or__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__or__", Operation::Union, other)
    }

    fn __ror__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__ror__", Operation::Union, other)
    }

    fn __sub__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__sub__", Operation::Difference, other)
    }

    fn __rsub__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__rsub__", Operation::Difference, other)
    }

    fn __xor__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__xor__", Operation::Either, other)
    }

    fn __rxor__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, "__rxor__", Operation::Either, other)
    }

    fn isdisjoint<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match (keys(this), side(other)) {
            (Some(own), Some(other)) => {
                Ok(PyBool::new(this.py(), own.is_disjoint(&other)?).to_owned().into_any())
            }
            _ => this.get().real("isdisjoint", other),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)
    }
}
