//! `append` without the general machinery of calls, which costs more than the
//! rest of it.

use std::ptr::null_mut;

use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillList;
use crate::method::{Definition, none, this};
use crate::record::Object;

unsafe extern "C" fn append(list: Object, item: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    if unsafe { this::<SpillList>(list).push(item) } { none() } else { null_mut() }
}

static APPEND: Definition = Definition::one(
    c"append",
    append,
    c"append($self, object, /)\n--\n\nAppend object to the end of the list.",
);

/// Gives the class its methods.
pub fn install(class: &Bound<'_, PyType>) -> PyResult<()> {
    APPEND.install(class)
}
