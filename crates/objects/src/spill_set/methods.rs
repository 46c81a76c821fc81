//! The methods of `SpillSet`, one for each of `set`.

use std::cell::RefCell;

use pyo3::exceptions::{PyKeyError, PyRuntimeError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyBool, PyList, PySet, PyTuple, PyType};

use super::algebra::{Operation, Side, combine};
use super::{SpillSet, Way, too_many};

/// Walks over a set: what is in memory first.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillSetIterator {
    set: Py<SpillSet>,
    size: usize,
    small: Py<PyAny>,
    walk: RefCell<Option<Way>>,
    /// It is one of the walks that the set counts.
    counted: bool,
}

impl Drop for SpillSetIterator {
    fn drop(&mut self) {
        let walks = &self.set.get().walks;
        walks.set(walks.get() - usize::from(self.counted));
    }
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
        if self.set.get().len(py)? != self.size {
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

impl SpillSet {
    /// What an operator gives.
    fn operator<'py>(
        this: &Bound<'py, Self>,
        operation: Operation,
        other: &Bound<'py, PyAny>,
        reversed: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let Some(other) = Side::of(other) else { return Ok(py.NotImplemented().into_bound(py)) };
        let own = Side::Spilled(this.clone());
        let (left, right) = if reversed { (other, own) } else { (own, other) };
        let made = this.get().empty_like(py)?;
        combine(&left, &right, operation, &made)?;
        Ok(Bound::new(py, made)?.into_any())
    }

    /// The other set of a method that is given one.
    fn only<'py>(others: &Bound<'py, PyTuple>) -> Option<Side<'py>> {
        let other = others.get_item(0).ok().filter(|_| others.len() == 1)?;
        Side::of(&other)
    }

    /// What a method gives: that of real sets where it is given other iterables.
    fn method<'py>(
        this: &Bound<'py, Self>,
        name: &str,
        operation: Operation,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match others.get_item(0) {
            Ok(other) if Self::only(others).is_some() => Self::operator(this, operation, &other, false),
            _ => this.get().whole(this.py())?.call_method1(name, others),
        }
    }

    /// The same for methods that change the set.
    fn change(
        this: &Bound<'_, Self>,
        name: &str,
        operation: Operation,
        others: &Bound<'_, PyTuple>,
    ) -> PyResult<()> {
        let py = this.py();
        if let Some(other) = Self::only(others) {
            let made = this.get().empty_like(py)?;
            combine(&Side::Spilled(this.clone()), &other, operation, &made)?;
            return this.get().take_over(py, &made);
        }
        let whole = this.get().whole(py)?;
        whole.call_method1(name, others)?;
        this.get().clear(py);
        whole.try_iter()?.try_for_each(|element| this.get().add(&element?))
    }

    fn change_by(
        this: &Bound<'_, Self>,
        name: &str,
        operation: Operation,
        other: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if Side::of(other).is_some() {
            return Self::change(this, name, operation, &PyTuple::new(other.py(), [other])?);
        }
        let kind = other.get_type().name()?;
        let operator = match operation {
            Operation::Difference => "-=",
            Operation::Intersection => "&=",
            Operation::Either => "^=",
            Operation::Union => "|=",
        };
        let text = format!("unsupported operand type(s) for {operator}: 'set' and '{kind}'");
        Err(pyo3::exceptions::PyTypeError::new_err(text))
    }
}

#[pymethods]
impl SpillSet {
    #[new]
    #[pyo3(signature = (*iterable, lookups = true), text_signature = "(iterable=(), /, *, lookups=True)")]
    fn new(py: Python<'_>, iterable: &Bound<'_, PyTuple>, lookups: bool) -> PyResult<Self> {
        if iterable.len() > 1 {
            return Err(too_many(iterable.len()));
        }
        let set = Self::empty(py, lookups)?;
        if let Ok(elements) = iterable.get_item(0) {
            elements.try_iter()?.try_for_each(|element| set.add(&element?))?;
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
        self.contains(element)
    }

    fn __iter__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, SpillSetIterator>> {
        let py = this.py();
        let set = this.get();
        let small = set.small.bind(py).try_iter()?.into_any().unbind();
        let (size, way) = (set.len(py)?, set.way(py)?);
        let counted = way.steps.is_none();
        set.walks.set(set.walks.get() + usize::from(counted));
        set.walked.set(size);
        let (set, walk) = (this.clone().unbind(), RefCell::new(Some(way)));
        Bound::new(py, SpillSetIterator { set, size, small, walk, counted })
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let py = this.py();
        Ok(this.get().whole(py)?.repr()?.to_str()?.to_owned())
    }

    fn __richcmp__<'py>(
        this: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        how: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        match Side::of(other) {
            Some(other) => {
                let found = Side::Spilled(this.clone()).compare(&other, how)?;
                Ok(PyBool::new(py, found).to_owned().into_any())
            }
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
        self.be_asked()?;
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

    fn copy(this: &Bound<'_, Self>) -> PyResult<Self> {
        Self::copied(this)
    }

    fn __copy__(this: &Bound<'_, Self>) -> PyResult<Self> {
        Self::copied(this)
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = this.py();
        let elements = py.get_type::<PyList>().call1((this,))?;
        (py.get_type::<PySet>(), (elements,)).into_pyobject(py)
    }

    fn __or__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Union, other, false)
    }

    fn __and__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Intersection, other, false)
    }

    fn __sub__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Difference, other, false)
    }

    fn __xor__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Either, other, false)
    }

    fn __ror__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Union, other, true)
    }

    fn __rand__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Intersection, other, true)
    }

    fn __rsub__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Difference, other, true)
    }

    fn __rxor__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::operator(this, Operation::Either, other, true)
    }

    fn __ior__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        match Side::of(other) {
            Some(_) => this.get().update(&PyTuple::new(other.py(), [other])?),
            None => Self::change_by(this, "update", Operation::Union, other),
        }
    }

    fn __iand__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        Self::change_by(this, "intersection_update", Operation::Intersection, other)
    }

    fn __isub__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        Self::change_by(this, "difference_update", Operation::Difference, other)
    }

    fn __ixor__(this: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<()> {
        Self::change_by(this, "symmetric_difference_update", Operation::Either, other)
    }

    #[pyo3(signature = (*others))]
    fn union<'py>(this: &Bound<'py, Self>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::method(this, "union", Operation::Union, others)
    }

    #[pyo3(signature = (*others))]
    fn intersection<'py>(
        this: &Bound<'py, Self>,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::method(this, "intersection", Operation::Intersection, others)
    }

    #[pyo3(signature = (*others))]
    fn difference<'py>(this: &Bound<'py, Self>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::method(this, "difference", Operation::Difference, others)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference<'py>(
        this: &Bound<'py, Self>,
        others: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::method(this, "symmetric_difference", Operation::Either, others)
    }

    #[pyo3(signature = (*others))]
    fn intersection_update(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::change(this, "intersection_update", Operation::Intersection, others)
    }

    #[pyo3(signature = (*others))]
    fn difference_update(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::change(this, "difference_update", Operation::Difference, others)
    }

    #[pyo3(signature = (*others))]
    fn symmetric_difference_update(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::change(this, "symmetric_difference_update", Operation::Either, others)
    }

    #[pyo3(signature = (*others))]
    fn issubset(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<bool> {
        let own = Side::Spilled(this.clone());
        match Self::only(others) {
            Some(other) => own.compare(&other, CompareOp::Le),
            None => this.get().whole(this.py())?.call_method1("issubset", others)?.extract(),
        }
    }

    #[pyo3(signature = (*others))]
    fn issuperset(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<bool> {
        let own = Side::Spilled(this.clone());
        match Self::only(others) {
            Some(other) => own.compare(&other, CompareOp::Ge),
            None => this.get().whole(this.py())?.call_method1("issuperset", others)?.extract(),
        }
    }

    #[pyo3(signature = (*others))]
    fn isdisjoint(this: &Bound<'_, Self>, others: &Bound<'_, PyTuple>) -> PyResult<bool> {
        let own = Side::Spilled(this.clone());
        match Self::only(others) {
            Some(other) => own.is_disjoint(&other),
            None => this.get().whole(this.py())?.call_method1("isdisjoint", others)?.extract(),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.small)?;
        self.codec.traverse(&visit)
    }
}
