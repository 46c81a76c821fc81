//! Comparing with lists, as lists compare.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyList;

use super::SpillList;

/// Either kind of list, item by item.
enum Side<'a, 'py> {
    Ours(&'a SpillList),
    Plain(&'a Bound<'py, PyList>),
}

impl<'py> Side<'_, 'py> {
    fn len(&self) -> usize {
        match self {
            Side::Ours(list) => list.len(),
            Side::Plain(list) => list.len(),
        }
    }

    fn item(&self, py: Python<'py>, index: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self {
            Side::Ours(list) => list.item(py, index),
            Side::Plain(list) if index < list.len() => list.get_item(index).map(Some),
            Side::Plain(_) => Ok(None),
        }
    }
}

/// Whether two items are the same, or equal: as containers ask.
pub fn same(left: &Bound<'_, PyAny>, right: &Bound<'_, PyAny>) -> PyResult<bool> {
    // SAFETY: both are alive.
    match unsafe { ffi::PyObject_RichCompareBool(left.as_ptr(), right.as_ptr(), ffi::Py_EQ) } {
        -1 => Err(PyErr::fetch(left.py())),
        answer => Ok(answer != 0),
    }
}

impl SpillList {
    /// `None` if the other is no list.
    pub(super) fn compare<'py>(
        &self,
        other: &Bound<'py, PyAny>,
        how: CompareOp,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = other.py();
        let left = Side::Ours(self);
        let right = if let Ok(list) = other.cast::<SpillList>() {
            Side::Ours(list.get())
        } else if let Ok(list) = other.cast::<PyList>() {
            Side::Plain(list)
        } else {
            return Ok(None);
        };
        let truth = |value: bool| -> PyResult<_> { Ok(Some(value.into_pyobject(py)?.to_owned().into_any())) };
        if left.len() != right.len() && matches!(how, CompareOp::Eq | CompareOp::Ne) {
            return truth(matches!(how, CompareOp::Ne));
        }
        let mut index = 0;
        while let (Some(mine), Some(theirs)) = (left.item(py, index)?, right.item(py, index)?) {
            if !same(&mine, &theirs)? {
                return match how {
                    CompareOp::Eq => truth(false),
                    CompareOp::Ne => truth(true),
                    _ => mine.rich_compare(theirs, how).map(Some),
                };
            }
            index += 1;
        }
        truth(how.matches(left.len().cmp(&right.len())))
    }
}
