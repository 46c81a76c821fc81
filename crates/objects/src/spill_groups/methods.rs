//! The methods of `SpillGroups`, one for each of `dict`.

use std::collections::HashMap;
use std::rc::Rc;

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyBool, PyDict, PyList, PyTuple, PyType};

use super::iterate::{SpillGroupsItems, SpillGroupsValues};
use super::{Policy, SpillGroups, no_key};
use crate::pairs;
use crate::spill_dict::{SpillDict, SpillDictIterator, What};
use crate::spill_group_dict::{DictStore, Kind};
use crate::spill_group_set::SetStore;
use crate::spill_list::same;

#[pymethods]
impl SpillGroups {
    #[new]
    #[pyo3(signature = (default=false, *, sets=false, dicts=None, frozen=false, compared=true))]
    #[expect(clippy::fn_params_excessive_bools, reason = "Python's callers name them")]
    fn new(
        py: Python<'_>,
        default: bool,
        sets: bool,
        dicts: Option<&Bound<'_, PyAny>>,
        frozen: bool,
        compared: bool,
    ) -> PyResult<Self> {
        if let Some(dicts) = dicts {
            let store = DictStore::new(py, Kind::of(dicts)?, Policy::new(frozen, compared))?;
            return Self::of(py, Rc::new(store), default);
        }
        if sets {
            return Self::of(py, Rc::new(SetStore::new(py)?), default);
        }
        Self::empty(py, default, Policy::new(frozen, compared))
    }

    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.count(py)
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.keys.bind(py).call_method0("__iter__")
    }

    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.keys.bind(py).call_method0("__reversed__")
    }

    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.find(key)?.is_some())
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        if let Some(value) = self.value(py, key)? {
            return Ok(value);
        }
        if !self.default {
            return Err(no_key(key));
        }
        let number = i64::from(self.store.add_group()?);
        self.put(key, number)?;
        self.given(py, number)
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        // What cannot be a key is noticed before anything else.
        key.hash()?;
        // SAFETY: the value is alive.
        let number = unsafe { self.number_of(key.py(), value.as_ptr())? };
        self.put(key, number)
    }

    fn __delitem__(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let number = self.find(key)?.ok_or_else(|| no_key(key))?;
        self.delete(key)?;
        drop(self.forget(key.py(), number));
        Ok(())
    }

    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, how: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let is_dict = other.is_instance_of::<PyDict>() || other.is_instance_of::<Self>();
        if !is_dict || !matches!(how, CompareOp::Eq | CompareOp::Ne) {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let equal = self.equals(other)?;
        Ok(PyBool::new(py, equal == matches!(how, CompareOp::Eq)).to_owned().into_any())
    }

    fn __repr__(this: &Bound<'_, Self>) -> PyResult<String> {
        let py = this.py();
        // SAFETY: the object is alive, and left again below.
        let text = match unsafe { ffi::Py_ReprEnter(this.as_ptr()) } {
            0 => {
                let text = this.get().text(py);
                // SAFETY: it was entered above.
                unsafe { ffi::Py_ReprLeave(this.as_ptr()) };
                text?
            }
            entered if entered > 0 => "{...}".to_owned(),
            _ => return Err(PyErr::fetch(py)),
        };
        let own = this.get();
        if !own.default {
            return Ok(text);
        }
        Ok(format!("defaultdict({}, {text})", own.store.factory(py)?.repr()?))
    }

    fn __or__<'py>(&self, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if !other.is_instance_of::<PyDict>() && !other.is_instance_of::<Self>() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let copy = Bound::new(py, self.copy(py)?)?;
        copy.get().take_all(other)?;
        Ok(copy.into_any())
    }

    fn __ror__<'py>(this: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        if !other.is_instance_of::<PyDict>() {
            return Ok(py.NotImplemented().into_bound(py));
        }
        let own = this.get();
        let made = Self::of(py, Rc::clone(&own.store), own.default)?;
        made.take_all(other)?;
        made.take_all(this)?;
        Ok(Bound::new(py, made)?.into_any())
    }

    fn __ior__(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        self.take_all(other)
    }

    /// Only where there is one.
    #[getter]
    fn default_factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.default {
            self.store.factory(py)
        } else {
            Err(PyAttributeError::new_err("'dict' object has no attribute 'default_factory'"))
        }
    }

    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.keys.bind(py).call_method0("keys")
    }

    fn values(this: &Bound<'_, Self>) -> SpillGroupsValues {
        SpillGroupsValues(this.clone().unbind())
    }

    fn items(this: &Bound<'_, Self>) -> SpillGroupsItems {
        SpillGroupsItems(this.clone().unbind())
    }

    #[pyo3(signature = (key, *default))]
    fn pop<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        default: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if default.len() > 1 {
            let text = format!("pop expected at most 2 arguments, got {}", default.len() + 1);
            return Err(PyTypeError::new_err(text));
        }
        let Some(number) = self.find(key)? else {
            return default.get_item(0).map_err(|_| no_key(key));
        };
        let value = self.given(key.py(), number)?;
        self.give_spare_away();
        self.delete(key)?;
        drop(self.forget(key.py(), number));
        Ok(value)
    }

    fn popitem<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (key, number): (Bound<'py, PyAny>, i64) = SpillDict::popitem(self.keys.bind(py))?.extract()?;
        self.known.borrow_mut().forget(&key);
        let value = self.given(py, number)?;
        self.give_spare_away();
        drop(self.forget(py, number));
        Ok((key, value))
    }

    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        let numbers = self.numbers(py)?;
        self.known.borrow_mut().clear();
        self.keys.get().clear(py);
        let gone: Vec<_> = numbers.into_iter().map(|number| self.forget(py, number)).collect();
        drop(gone);
        Ok(())
    }

    fn copy(&self, py: Python<'_>) -> PyResult<Self> {
        let copy = Self::of(py, Rc::clone(&self.store), self.default)?;
        for pair in self.pairs(py)? {
            let (key, number) = pair?;
            if let Ok(group) = u32::try_from(number) {
                self.store.hold(group);
                copy.put(&key, number)?;
            } else {
                copy.put(&key, copy.keep(self.given(py, number)?.unbind()))?;
            }
        }
        Ok(copy)
    }

    fn __copy__(&self, py: Python<'_>) -> PyResult<Self> {
        self.copy(py)
    }

    #[pyo3(signature = (*args, **options))]
    fn update(&self, args: &Bound<'_, PyTuple>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        if args.len() > 1 {
            let text = format!("update expected at most 1 argument, got {}", args.len());
            return Err(PyTypeError::new_err(text));
        }
        if let Ok(other) = args.get_item(0) {
            self.take_all(&other)?;
        }
        options.map_or(Ok(()), |options| self.take_all(options.as_any()))
    }

    /// A real dict of real lists, sets or dicts; one under several keys stays one.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut views: HashMap<u32, Bound<'py, PyAny>> = HashMap::new();
        let items = PyList::empty(py);
        for pair in self.pairs(py)? {
            let (key, number) = pair?;
            let value = match u32::try_from(number) {
                Err(_) => self.given(py, number)?,
                Ok(group) => match views.get(&group) {
                    Some(view) => view.clone(),
                    None => {
                        let view = Rc::clone(&self.store).view(py, group)?;
                        views.insert(group, view.clone());
                        view
                    }
                },
            };
            items.append((key, value))?;
        }
        let none = py.None();
        let items = items.try_iter()?;
        if self.default {
            let class = py.import("collections")?.getattr("defaultdict")?;
            return (class, (self.store.factory(py)?,), none.clone_ref(py), none, items).into_pyobject(py);
        }
        (py.get_type::<PyDict>(), PyTuple::empty(py), none.clone_ref(py), none, items).into_pyobject(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.keys)?;
        if let Ok(kept) = self.kept.try_borrow() {
            kept.all().try_for_each(|value| visit.call(value))?;
        }
        // What views show as well is not ours to report, nor is it then lost.
        if self.is_sole() { self.store.traverse(&visit) } else { Ok(()) }
    }

    fn __clear__(&self) {
        let kept = self.kept.try_borrow_mut().map(|mut kept| std::mem::take(&mut *kept));
        self.store.clear();
        drop(kept);
    }
}

impl SpillGroups {
    pub(super) fn pairs<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<impl Iterator<Item = PyResult<(Bound<'py, PyAny>, i64)>>> {
        let pairs = SpillDictIterator::new(self.keys.bind(py), What::Items)?;
        Ok(pairs.try_iter()?.map(|pair| pair?.extract()))
    }

    /// Takes a key out.
    fn delete(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let result = self.keys.get().delete(key);
        self.known.borrow_mut().forget(key);
        result.map(drop)
    }

    fn numbers(&self, py: Python<'_>) -> PyResult<Vec<i64>> {
        let mut numbers = Vec::with_capacity(self.count(py)?);
        // To collect them would ask how many are left, for which Python's modules have to be there.
        for number in SpillDictIterator::new(self.keys.bind(py), What::Values)?.try_iter()? {
            numbers.push(number?.extract()?);
        }
        Ok(numbers)
    }

    /// Sets what a mapping or an iterable of pairs gives, as `dict.update` does.
    fn take_all(&self, other: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = other.py();
        pairs::each(other, |key, value| {
            // A reference more, so that a list in there is never taken for ours.
            let value = value.clone();
            key.hash()?;
            // SAFETY: the value is alive.
            let number = unsafe { self.number_of(py, value.as_ptr())? };
            self.put(key, number)
        })
    }

    fn equals(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = other.py();
        if other.len()? != self.count(py)? {
            return Ok(false);
        }
        for pair in self.pairs(py)? {
            let (key, number) = pair?;
            let theirs = if let Ok(groups) = other.cast::<Self>() {
                groups.get().value(py, &key)?
            } else {
                other.cast::<PyDict>()?.get_item(&key)?
            };
            let Some(theirs) = theirs else {
                return Ok(false);
            };
            if !same(&self.given(py, number)?, &theirs)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn text(&self, py: Python<'_>) -> PyResult<String> {
        let mut text = String::from("{");
        for pair in self.pairs(py)? {
            let (key, number) = pair?;
            if text.len() > 1 {
                text.push_str(", ");
            }
            text.push_str(key.repr()?.to_str()?);
            text.push_str(": ");
            text.push_str(self.given(py, number)?.repr()?.to_str()?);
        }
        text.push('}');
        Ok(text)
    }
}

impl Drop for SpillGroups {
    fn drop(&mut self) {
        // Views of groups may live on, and copies.
        if self.is_sole() {
            return;
        }
        Python::attach(|py| {
            // An exception may be on its way meanwhile.
            let error = PyErr::take(py);
            let numbers = self.numbers(py).unwrap_or_default();
            let gone: Vec<_> = numbers.into_iter().map(|number| self.let_go(number)).collect();
            drop(gone);
            if let Some(error) = error {
                error.restore(py);
            }
        });
    }
}
