//! `add` without the general machinery of calls, which costs more than the rest
//! of it.

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillSet;
use crate::method::{Definition, given, none, this};
use crate::record::Object;

unsafe extern "C" fn add(set: Object, element: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        match this::<SpillSet>(set).add(&Bound::from_borrowed_ptr(py, element)) {
            Ok(()) => none(),
            Err(error) => given(py, Err(error)),
        }
    }
}

static ADD: Definition =
    Definition::one(c"add", add, c"add($self, object, /)\n--\n\nAdd an element to the set.");

/// Gives the class its method.
pub fn install(class: &Bound<'_, PyType>) -> PyResult<()> {
    ADD.install(class)
}
