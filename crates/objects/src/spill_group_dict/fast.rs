//! `get` and `setdefault` without the general machinery of calls, which costs more
//! than the rest of them.

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillGroupDict;
use crate::method::{self, Definition, arguments, given, this};
use crate::record::Object;

/// What either does, having found nothing.
///
/// # Safety
/// The descriptor has checked the type, and the arguments are what the interpreter has passed.
unsafe fn look(dict: Object, args: *mut Object, count: isize, name: &str, sets: bool) -> Object {
    // SAFETY: the caller's promise. What is let go is freed at once only if PyO3 knows where
    // we are.
    Python::attach(|py| unsafe {
        let dict = this::<SpillGroupDict>(dict);
        let result = arguments(py, args, count, name).and_then(|(key, value)| {
            if let Some(found) = dict.find(&key)? {
                return Ok(found);
            }
            let value = Bound::from_borrowed_ptr(py, value.unwrap_or_else(|| ffi::Py_None()));
            if sets {
                dict.set(&key, &value)?;
            }
            Ok(value)
        });
        given(py, result)
    })
}

unsafe extern "C" fn get(dict: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: the interpreter has called.
    unsafe { look(dict, args, count, "get", false) }
}

unsafe extern "C" fn setdefault(dict: Object, args: *mut Object, count: isize) -> Object {
    // SAFETY: as above.
    unsafe { look(dict, args, count, "setdefault", true) }
}

static GET: Definition = Definition::some(c"get", get, method::GET);

static SETDEFAULT: Definition = Definition::some(c"setdefault", setdefault, method::SETDEFAULT);

/// Gives the class its methods.
pub fn register(class: &Bound<'_, PyType>) -> PyResult<()> {
    GET.install(class)?;
    SETDEFAULT.install(class)
}
