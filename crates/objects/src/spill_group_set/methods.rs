//! The methods of `SpillGroupSet`: what a real set would do.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyFrozenSet, PyList, PySet, PyTuple, PyType};

use super::SpillGroupSet;
use super::iterate::SpillGroupSetIterator;
use crate::spill_set::SpillSet;

/// The real set instead of one on disk, and anything else as it is.
fn real<'py>(other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match other.cast_exact::<SpillGroupSet>() {
        Ok(set) => Ok(set.get().whole(other.py())?.into_any()),
        Err(_) => Ok(other.clone()),
    }
}

fn is_set(other: &Bound<'_, PyAny>) -> bool {
    other.is_instance_of::<PySet>()
        || other.is_instance_of::<PyFrozenSet>()
        || other.is_exact_instance_of::<SpillSet>()
}

fn all_real<'py>(others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let made: PyResult<Vec<_>> = others.iter().map(|other| real(&other)).collect();
    PyTuple::new(others.py(), made?)
}

impl SpillGroupSet {
    /// What a method that changes nothing gives.
    fn ask<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method1(name, all_real(others)?)
    }

    /// The same for one that changes the set.
    fn change<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let others = all_real(others)?;
        self.reside(py)?;
        self.own(py)?.call_method1(name, others)
    }

    /// `set |= other` and the like.
    fn change_by(&self, name: &str, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, other) = (other.py(), real(other)?);
        self.reside(py)?;
        let own = self.own(py)?;
        let changed = py.import("operator")?.getattr(name)?.call1((&own, other))?;
        // A set on disk makes another one.
        if !changed.is(&own) {
            own.call_method0("clear")?;
            own.call_method1("update", (changed,))?;
        }
        Ok(())
    }
}

#[pymethods]
impl SpillGroupSet {
    #[new]
    #[pyo3(signature = (*iterable), text_signature = "(iterable=(), /)")]
    fn new<'py>(py: Python<'py>, iterable: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, Self>> {
        if iterable.len() > 1 {
            let text = format!("set expected at most 1 argument, got {}", iterable.len());
            return Err(pyo3::exceptions::PyTypeError::new_err(text));
        }
        let set = Bound::new(py, Self::empty(py)?)?;
        for elements in iterable {
            elements.try_iter()?.try_for_each(|element| set.get().add(&element?))?;
        }
        Ok(set)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.len(py)
    }

    fn __contains__(&self, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.whole(element.py())?.as_any().contains(element)
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, set) = (this.py(), this.get());
        set.len(py)?;
        if set.is_on_disk() {
            return Ok(Bound::new(py, SpillGroupSetIterator::new(this)?)?.into_any());
        }
        Ok(set.own(py)?.try_iter()?.into_any())
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.whole(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let whole = self.whole(other.py())?;
        whole.rich_compare(real(other)?, how)
    }

    #[pyo3(signature = (*others))]
    fn update(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        for other in others {
            // Of itself everything is there.
            if !other.is(this) {
                other.try_iter()?.try_for_each(|element| this.get().add(&element?))?;
            }
        }
        Ok(())
    }

    fn discard(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        self.reside(element.py())?;
        self.own(element.py())?.call_method1("discard", (element,)).map(drop)
    }

    fn remove(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        self.reside(element.py())?;
        self.own(element.py())?.call_method1("remove", (element,)).map(drop)
    }

    fn pop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.reside(py)?;
        self.own(py)?.call_method0("pop")
    }

    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        self.reside(py)?;
        self.own(py)?.call_method0("clear").map(drop)
    }

    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(py)?.call_method0("copy")
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let elements = PyList::new(py, self.whole(py)?.iter())?;
        (py.get_type::<PySet>(), (elements,)).into_pyobject(py)
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(other.py())?.bitor(real(other)?)
    }

    fn __and__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(other.py())?.bitand(real(other)?)
    }

    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(other.py())?.sub(real(other)?)
    }

    fn __xor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(other.py())?.bitxor(real(other)?)
    }

    fn __ror__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        other.bitor(self.whole(other.py())?)
    }

    fn __rand__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        other.bitand(self.whole(other.py())?)
    }

    fn __rsub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        other.sub(self.whole(other.py())?)
    }

    fn __rxor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        other.bitxor(self.whole(other.py())?)
    }

    fn __ior__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let other = real(other)?;
        if is_set(&other) {
            return Self::update(this, &PyTuple::new(other.py(), [other])?);
        }
        this.get().change_by("ior", &other)
    }

    fn __iand__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("iand", other)
    }

    fn __isub__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("isub", other)
    }

    fn __ixor__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("ixor", other)
    }

    #[pyo3(signature = (*others))]
    fn union<'py>(&self, py: Python<'py>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "union", others)
    }

    #[pyo3(signature = (*others))]
    fn intersection<'py>(
        &self,
        py: Python<'py>,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "intersection", others)
    }

    #[pyo3(signature = (*others))]
    fn difference<'py>(&self, py: Python<'py>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "difference", others)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference<'py>(
        &self,
        py: Python<'py>,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "symmetric_difference", others)
    }

    #[pyo3(signature = (*others))]
    fn issubset<'py>(&self, py: Python<'py>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "issubset", others)
    }

    #[pyo3(signature = (*others))]
    fn issuperset<'py>(&self, py: Python<'py>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "issuperset", others)
    }

    #[pyo3(signature = (*others))]
    fn isdisjoint<'py>(&self, py: Python<'py>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.ask(py, "isdisjoint", others)
    }

    #[pyo3(signature = (*others))]
    fn intersection_update(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change(py, "intersection_update", others).map(drop)
    }

    #[pyo3(signature = (*others))]
    fn difference_update(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change(py, "difference_update", others).map(drop)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference_update(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change(py, "symmetric_difference_update", others).map(drop)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if !self.own {
            return Ok(());
        }
        let Ok(tables) = self.store.tables.try_borrow() else { return Ok(()) };
        tables.real.get(&self.number.get()).map_or(Ok(()), |set| visit.call(set))
    }

    fn __clear__(&self) {
        if self.own {
            let tables = self.store.tables.try_borrow_mut();
            let real = tables.map(|mut tables| tables.real.remove(&self.number.get()));
            drop(real);
        }
    }
}
