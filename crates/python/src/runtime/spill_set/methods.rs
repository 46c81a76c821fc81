//! The methods of `SpillSet`, one for each of `set`.

use std::cell::RefCell;

use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyFrozenSet, PyList, PySet, PyTuple, PyType};

use super::{SpillSet, Way, too_many};

/// Walks over a set: what is in memory first.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillSetIterator {
    set: Py<SpillSet>,
    size: usize,
    small: Py<PyAny>,
    walk: RefCell<Option<Way>>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillSetIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillSetIterator {}

#[pymethods]
impl SpillSetIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let busy = || PyRuntimeError::new_err("the iterator is already at work");
        let mut walk = self.walk.try_borrow_mut().map_err(|_| busy())?;
        let Some(walking) = &mut *walk else {
            return Ok(None);
        };
        if self.set.get().len(py) != self.size {
            return Err(PyRuntimeError::new_err("Set changed size during iteration"));
        }
        // SAFETY: an iterator; the result is a new reference, or null at the end
        // or with an exception set.
        let next = unsafe {
            let next = ffi::PyIter_Next(self.small.as_ptr());
            Bound::from_owned_ptr_or_opt(py, next)
        };
        if next.is_some() {
            return Ok(next);
        }
        if let Some(error) = PyErr::take(py) {
            return Err(error);
        }
        let next = self.set.get().walk(py, walking)?;
        if next.is_none() {
            *walk = None;
        }
        Ok(next)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.set)?;
        visit.call(&self.small)
    }
}

/// A real set of whatever is one, or an instance of this class.
fn as_real_set<'py>(other: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Ok(set) = other.cast::<SpillSet>() {
        return Ok(Some(set.get().whole(other.py())?.into_any()));
    }
    let is_set = other.is_instance_of::<PySet>() || other.is_instance_of::<PyFrozenSet>();
    Ok(is_set.then(|| other.clone()))
}

impl SpillSet {
    /// What the operator of real sets gives.
    fn operator<'py>(&self, name: &str, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        match as_real_set(other)? {
            Some(other) => self.whole(py)?.call_method1(name, (other,)),
            None => Ok(py.NotImplemented().into_bound(py)),
        }
    }

    /// What the method of real sets gives.
    fn method<'py>(&self, name: &str, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.whole(others.py())?.call_method1(name, others)
    }

    /// Holds what a real set holds, from now on.
    fn become_like(&self, set: &Bound<'_, PyAny>) -> PyResult<()> {
        self.clear(set.py());
        set.try_iter()?.try_for_each(|element| self.add(&element?))
    }

    fn change(&self, name: &str, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        let whole = self.whole(others.py())?;
        whole.call_method1(name, others)?;
        self.become_like(&whole)
    }

    fn change_by(&self, name: &str, other: &Bound<'_, PyAny>) -> PyResult<()> {
        match as_real_set(other)? {
            Some(other) => self.change(name, &PyTuple::new(other.py(), [other])?),
            None => {
                let kind = other.get_type().name()?;
                let operator = match name {
                    "difference_update" => "-=",
                    "intersection_update" => "&=",
                    "symmetric_difference_update" => "^=",
                    _ => "|=",
                };
                let text = format!("unsupported operand type(s) for {operator}: 'set' and '{kind}'");
                Err(pyo3::exceptions::PyTypeError::new_err(text))
            }
        }
    }
}

#[pymethods]
impl SpillSet {
    #[new]
    #[pyo3(signature = (*iterable), text_signature = "(iterable=(), /)")]
    fn new(py: Python<'_>, iterable: &Bound<'_, PyTuple>) -> PyResult<Self> {
        if iterable.len() > 1 {
            return Err(too_many(iterable.len()));
        }
        let set = Self::empty(py)?;
        if let Ok(elements) = iterable.get_item(0) {
            elements.try_iter()?.try_for_each(|element| set.add(&element?))?;
        }
        Ok(set)
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.len(py)
    }

    fn __contains__(&self, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.contains(element)
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, SpillSetIterator>> {
        let py = this.py();
        let set = this.get();
        let small = set.small.bind(py).try_iter()?.into_any().unbind();
        let walk = RefCell::new(Some(Way::default()));
        Bound::new(py, SpillSetIterator { set: this.clone().unbind(), size: set.len(py), small, walk })
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let py = this.py();
        Ok(this.get().whole(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        match as_real_set(other)? {
            Some(other) => self.whole(py)?.rich_compare(other, how),
            None => Ok(py.NotImplemented().into_bound(py)),
        }
    }

    fn discard(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        self.take_out(element).map(drop)
    }

    fn remove(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.take_out(element)? { Ok(()) } else { Err(PyKeyError::new_err((element.clone().unbind(),))) }
    }

    fn pop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let small = self.small.bind(py);
        if small.len() == 0
            && let Some(element) = self.pop_word(py)?
        {
            return Ok(element);
        }
        if small.len() == 0
            && let Some(element) = self.walk(py, &mut Way::default())?
        {
            self.take_out(&element)?;
            return Ok(element);
        }
        small.call_method0("pop")
    }

    fn clear(&self, py: Python<'_>) {
        let disk = self.disk.replace(None);
        self.total.set(0);
        self.left.set(1);
        self.small.bind(py).clear();
        drop(disk);
    }

    #[pyo3(signature = (*others))]
    fn update(&self, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        for other in others {
            // Of itself everything is there.
            if other.cast_exact::<Self>().is_ok_and(|other| std::ptr::eq(other.get(), self)) {
                continue;
            }
            other.try_iter()?.try_for_each(|element| self.add(&element?))?;
        }
        Ok(())
    }

    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let copy = Self::empty(py)?;
        for element in self.small.bind(py) {
            copy.add(&element)?;
        }
        let mut walk = Way::default();
        while let Some(element) = self.walk(py, &mut walk)? {
            copy.add(&element)?;
        }
        Ok(copy)
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        self.copy(py)
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = this.py();
        let elements = py.get_type::<PyList>().call1((this,))?;
        (py.get_type::<PySet>(), (elements,)).into_pyobject(py)
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__or__", other)
    }

    fn __and__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__and__", other)
    }

    fn __sub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__sub__", other)
    }

    fn __xor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__xor__", other)
    }

    fn __ror__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__ror__", other)
    }

    fn __rand__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__rand__", other)
    }

    fn __rsub__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__rsub__", other)
    }

    fn __rxor__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.operator("__rxor__", other)
    }

    fn __ior__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        match other.cast_exact::<Self>() {
            Ok(_) => self.update(&PyTuple::new(other.py(), [other])?),
            Err(_) if as_real_set(other)?.is_some() => self.update(&PyTuple::new(other.py(), [other])?),
            Err(_) => self.change_by("update", other),
        }
    }

    fn __iand__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("intersection_update", other)
    }

    fn __isub__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("difference_update", other)
    }

    fn __ixor__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.change_by("symmetric_difference_update", other)
    }

    #[pyo3(signature = (*others))]
    fn union<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("union", others)
    }

    #[pyo3(signature = (*others))]
    fn intersection<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("intersection", others)
    }

    #[pyo3(signature = (*others))]
    fn difference<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("difference", others)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("symmetric_difference", others)
    }

    #[pyo3(signature = (*others))]
    fn intersection_update(&self, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change("intersection_update", others)
    }

    #[pyo3(signature = (*others))]
    fn difference_update(&self, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change("difference_update", others)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference_update(&self, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.change("symmetric_difference_update", others)
    }

    #[pyo3(signature = (*others))]
    fn issubset<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("issubset", others)
    }

    #[pyo3(signature = (*others))]
    fn issuperset<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("issuperset", others)
    }

    #[pyo3(signature = (*others))]
    fn isdisjoint<'py>(&self, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.method("isdisjoint", others)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.small)?;
        self.codec.traverse(&visit)
    }
}
