//! Walking: a group in both directions, as list iterators do, and the values and
//! items of all groups, as dict views do.

use std::cell::RefCell;
use std::ffi::CStr;
use std::ptr::null_mut;
use std::sync::atomic::AtomicPtr;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::SpillGroups;
use super::cursor::Cursor;
use super::group::SpillGroup;
use crate::method::this;
use crate::record::Object;
use crate::spill_dict::{SpillDict, SpillDictIterator, What};
use crate::spill_list::same;
use crate::walker::{Made, Walked};

fn busy() -> PyErr {
    PyRuntimeError::new_err("the iterator is already at work")
}

impl Walked for SpillGroup {
    const NAME: &'static CStr = c"spacetime_compiler.runtime.SpillGroupIterator";
    const SHOWN: Option<&'static str> = Some("list_iterator");

    fn class() -> &'static AtomicPtr<ffi::PyTypeObject> {
        static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(null_mut());
        &CLASS
    }

    type Cursor = Cursor;

    #[inline]
    unsafe fn of<'a>(object: Object) -> &'a Self {
        // SAFETY: the caller's promise.
        unsafe { this(object) }
    }

    #[inline]
    fn version(&self) -> u64 {
        self.store.version.get()
    }

    fn length(&self) -> usize {
        self.len()
    }

    fn index(cursor: &Cursor) -> usize {
        cursor.index
    }

    fn seek(cursor: &mut Cursor, index: usize) {
        cursor.seek(index);
    }

    fn make(&self, py: Python<'_>, cursor: &mut Cursor, into: &mut Made) -> PyResult<()> {
        cursor.make_some(py, &self.store, self.number.get(), into)
    }

    #[inline]
    fn held(&self, cursor: &mut Cursor) -> Object {
        let number = self.number.get();
        // SAFETY: the interpreter's lock is held.
        let py = unsafe { Python::assume_attached() };
        let waiting = cursor.index.checked_sub(self.store.spilled(number));
        let item = waiting.and_then(|index| self.store.waiting(py, number, index));
        cursor.index += usize::from(item.is_some());
        item.map_or_else(null_mut, Bound::into_ptr)
    }
}

/// A group from its end.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupReverseIterator {
    state: RefCell<(Option<Py<SpillGroup>>, usize)>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillGroupReverseIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupReverseIterator {}

impl SpillGroupReverseIterator {
    pub fn new(group: Py<SpillGroup>) -> Self {
        let left = group.get().len();
        Self { state: RefCell::new((Some(group), left)) }
    }
}

#[pymethods]
impl SpillGroupReverseIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let mut state = self.state.try_borrow_mut().map_err(|_| busy())?;
        let (group, left) = &mut *state;
        let Some(known) = group else {
            return Ok(None);
        };
        if let Some(index) = left.checked_sub(1) {
            let known = known.get();
            let item = known.store.item(py, known.number.get(), index)?;
            *left = index;
            if item.is_some() {
                return Ok(item);
            }
        }
        let gone = group.take();
        drop(state);
        drop(gone);
        Ok(None)
    }

    fn __length_hint__(&self) -> usize {
        let Ok(state) = self.state.try_borrow() else {
            return 0;
        };
        let length = state.0.as_ref().map_or(0, |group| group.get().len());
        if length < state.1 { 0 } else { state.1 }
    }
}

/// `values()`.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupsValues(pub Py<SpillGroups>);

/// `items()`.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupsItems(pub Py<SpillGroups>);

/// What walks over either.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupsIterator {
    owner: Py<SpillGroups>,
    /// Over the items, or the values, of the dictionary of numbers.
    numbers: Py<PyAny>,
    pairs: bool,
}

impl SpillGroupsIterator {
    fn new(py: Python<'_>, owner: &Py<SpillGroups>, pairs: bool, reverse: bool) -> PyResult<Self> {
        let keys = owner.get().keys.bind(py);
        let numbers = if reverse {
            SpillDict::whole(keys)?.call_method0("items")?.call_method0("__reversed__")?
        } else {
            SpillDictIterator::new(keys, if pairs { What::Items } else { What::Values })?.into_any()
        };
        Ok(Self { owner: owner.clone_ref(py), numbers: numbers.unbind(), pairs })
    }
}

#[pymethods]
impl SpillGroupsIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // SAFETY: an iterator; the result is a new reference, or null at the end
        // or with an exception set.
        let next = unsafe {
            let next = ffi::PyIter_Next(self.numbers.as_ptr());
            Bound::from_owned_ptr_or_opt(py, next)
        };
        let Some(pair) = next else {
            return PyErr::take(py).map_or(Ok(None), Err);
        };
        let owner = self.owner.get();
        let pair = match pair.cast_into::<PyTuple>() {
            Ok(pair) => pair,
            Err(number) => return owner.given(py, number.into_inner().extract()?).map(Some),
        };
        let value = owner.given(py, pair.get_item(1)?.extract()?)?;
        if !self.pairs {
            return Ok(Some(value));
        }
        Ok(Some(PyTuple::new(py, [pair.get_item(0)?, value])?.into_any()))
    }

    fn __length_hint__(&self, py: Python<'_>) -> PyResult<usize> {
        self.numbers.bind(py).call_method0("__length_hint__")?.extract()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.owner)?;
        visit.call(&self.numbers)
    }
}

#[pymethods]
impl SpillGroupsValues {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.0.get().count(py)
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<SpillGroupsIterator> {
        SpillGroupsIterator::new(py, &self.0, false, false)
    }

    fn __reversed__(&self, py: Python<'_>) -> PyResult<SpillGroupsIterator> {
        SpillGroupsIterator::new(py, &self.0, false, true)
    }

    fn __contains__(&self, py: Python<'_>, wanted: &Bound<'_, PyAny>) -> PyResult<bool> {
        let all = SpillGroupsIterator::new(py, &self.0, false, false)?;
        while let Some(value) = all.__next__(py)? {
            if same(&value, wanted)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let all = py.import("builtins")?.getattr("list")?.call1((self.__iter__(py)?,))?;
        Ok(format!("dict_values({})", all.repr()?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}

#[pymethods]
impl SpillGroupsItems {
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.0.get().count(py)
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<SpillGroupsIterator> {
        SpillGroupsIterator::new(py, &self.0, true, false)
    }

    fn __reversed__(&self, py: Python<'_>) -> PyResult<SpillGroupsIterator> {
        SpillGroupsIterator::new(py, &self.0, true, true)
    }

    fn __contains__(&self, py: Python<'_>, wanted: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(pair) = wanted.cast::<PyTuple>() else {
            return Ok(false);
        };
        if pair.len() != 2 {
            return Ok(false);
        }
        match self.0.get().value(py, &pair.get_item(0)?)? {
            Some(value) => same(&value, &pair.get_item(1)?),
            None => Ok(false),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let all = py.import("builtins")?.getattr("list")?.call1((self.__iter__(py)?,))?;
        Ok(format!("dict_items({})", all.repr()?))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.0)
    }
}
