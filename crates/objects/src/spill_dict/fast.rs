//! `get` and `setdefault` without the general machinery of calls, which costs more
//! than the rest of them.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillDict;
use crate::method::{self, Definition, arguments, given, this};
use crate::record::Object;

unsafe extern "C" fn get(dict: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the descriptor has checked the type; the arguments are alive.
    unsafe {
        let py = Python::assume_attached();
        let dict = this::<SpillDict>(dict);
        let found = || {
            arguments(py, args, count, "get").and_then(|(key, value)| {
                let otherwise = || Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
                Ok(dict.get(&key)?.unwrap_or_else(otherwise))
            })
        };
        // What is let go is freed at once only if PyO3 knows where we are.
        let result = if dict.is_on_disk() { Python::attach(|_| found()) } else { found() };
        given(py, result)
    }
}

unsafe extern "C" fn setdefault(dict: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: as above.
    unsafe {
        let py = Python::assume_attached();
        let dict = this::<SpillDict>(dict);
        let found = || {
            arguments(py, args, count, "setdefault").and_then(|(key, value)| {
                if let Some(found) = dict.get(&key)? {
                    return Ok(found);
                }
                let value = Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
                dict.set(&key, &value)?;
                Ok(value)
            })
        };
        let result = if dict.is_on_disk() { Python::attach(|_| found()) } else { found() };
        given(py, result)
    }
}

static GET: Definition = Definition::some(c"get", get, method::GET);

static SETDEFAULT: Definition = Definition::some(c"setdefault", setdefault, method::SETDEFAULT);

/// Gives the class its methods.
pub fn register(class: &Bound<'_, PyType>) -> PyResult<()> {
    GET.install(class)?;
    SETDEFAULT.install(class)
}
