//! Comparing groups with groups and lists, as lists compare.

use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::PyList;

use super::cursor::Cursor;
use super::group::SpillGroup;
use crate::spill_list::same;

/// Either, item by item.
enum Side<'a, 'py> {
    Group(&'a SpillGroup, Box<Cursor>),
    List(&'a Bound<'py, PyList>, usize),
}

impl<'py> Side<'_, 'py> {
    fn len(&self) -> usize {
        match self {
            Side::Group(group, _) => group.len(),
            Side::List(list, _) => list.len(),
        }
    }

    fn next(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self {
            Side::Group(group, cursor) => cursor.next(py, &group.store, group.number.get()),
            Side::List(list, index) if *index < list.len() => {
                *index += 1;
                list.get_item(*index - 1).map(Some)
            }
            Side::List(..) => Ok(None),
        }
    }
}

/// `None` if the other is no list.
pub fn compare<'py>(
    group: &SpillGroup,
    other: &Bound<'py, PyAny>,
    how: CompareOp,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = other.py();
    let mut left = Side::Group(group, Box::default());
    let mut right = if let Ok(group) = other.cast::<SpillGroup>() {
        Side::Group(group.get(), Box::default())
    } else if let Ok(list) = other.cast::<PyList>() {
        Side::List(list, 0)
    } else {
        return Ok(None);
    };
    let truth = |value: bool| -> PyResult<_> { Ok(Some(value.into_pyobject(py)?.to_owned().into_any())) };
    if left.len() != right.len() && matches!(how, CompareOp::Eq | CompareOp::Ne) {
        return truth(matches!(how, CompareOp::Ne));
    }
    loop {
        let (mine, theirs) = (left.next(py)?, right.next(py)?);
        let (Some(mine), Some(theirs)) = (mine, theirs) else {
            return truth(how.matches(left.len().cmp(&right.len())));
        };
        if !same(&mine, &theirs)? {
            return match how {
                CompareOp::Eq => truth(false),
                CompareOp::Ne => truth(true),
                _ => mine.rich_compare(theirs, how).map(Some),
            };
        }
    }
}
