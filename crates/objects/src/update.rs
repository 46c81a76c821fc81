//! Items that are changed, and those that are not any more.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::spill_dict::SpillDict;
use super::spill_groups::SpillGroup;
use super::spill_list::{SpillList, SpillListUpdater};

/// See `spacetime_compiler.runtime.updating`.
#[pyfunction]
pub fn updating<'py>(items: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if items.is_exact_instance_of::<SpillGroup>() {
        return Err(PyTypeError::new_err("the items of a SpillGroup cannot be updated"));
    }
    match items.cast_exact::<SpillList>() {
        Ok(list) => SpillListUpdater::over(list),
        Err(_) => Ok(items.try_iter()?.into_any()),
    }
}

/// See `spacetime_compiler.runtime.settled`.
#[pyfunction]
pub fn settled<'py>(table: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if let Ok(dict) = table.cast_exact::<SpillDict>() {
        dict.get().settle(table.py())?;
    }
    Ok(table.clone())
}
