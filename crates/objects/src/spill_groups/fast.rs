//! The methods that are called for every item, without the general machinery of
//! calls, which costs more than the rest of them.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillGroups;
use super::group::SpillGroup;
use crate::method::{self, Definition, arguments, given, none, this};
use crate::record::Object;

unsafe extern "C" fn append(group: Object, item: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        let group = this::<SpillGroup>(group);
        group.store.push(group.number.get(), Bound::from_borrowed_ptr(py, item).unbind());
        none()
    }
}

unsafe extern "C" fn setdefault(groups: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let result = arguments(py, args, count, "setdefault").and_then(|(key, value)| {
            let value = value.unwrap_or_else(|| ffi::Py_None());
            this::<SpillGroups>(groups).set_default(py, &key, value)
        });
        given(py, result)
    }
}

unsafe extern "C" fn get(groups: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let result = arguments(py, args, count, "get").and_then(|(key, value)| {
            let found = this::<SpillGroups>(groups).value(py, &key)?;
            let otherwise = || Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
            Ok(found.unwrap_or_else(otherwise))
        });
        given(py, result)
    }
}

static APPEND: Definition = Definition::one(
    c"append",
    append,
    c"append($self, object, /)\n--\n\nAppend object to the end of the list.",
);

static SETDEFAULT: Definition = Definition::some(c"setdefault", setdefault, method::SETDEFAULT);

static GET: Definition = Definition::some(c"get", get, method::GET);

/// Gives the classes their methods.
pub fn register(groups: &Bound<'_, PyType>, group: &Bound<'_, PyType>) -> PyResult<()> {
    APPEND.install(group)?;
    SETDEFAULT.install(groups)?;
    GET.install(groups)
}
