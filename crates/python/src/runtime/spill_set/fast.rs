//! `add` without the general machinery of calls, which costs more than the rest
//! of it.

use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillSet;
use crate::runtime::record::Object;

unsafe extern "C" fn add(set: Object, element: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        let set = pyo3::Borrowed::from_ptr(py, set).cast_unchecked::<SpillSet>();
        match set.get().add(&Bound::from_borrowed_ptr(py, element)) {
            Ok(()) => {
                let none = ffi::Py_None();
                ffi::Py_INCREF(none);
                none
            }
            Err(error) => {
                error.restore(py);
                null_mut()
            }
        }
    }
}

/// A definition that Python only reads.
struct Definition(std::cell::UnsafeCell<ffi::PyMethodDef>);

// SAFETY: nobody writes to it.
unsafe impl Sync for Definition {}

static ADD: Definition = Definition(std::cell::UnsafeCell::new(ffi::PyMethodDef {
    ml_name: c"add".as_ptr(),
    ml_meth: ffi::PyMethodDefPointer { PyCFunction: add },
    ml_flags: ffi::METH_O,
    ml_doc: c"add($self, object, /)\n--\n\nAdd an element to the set.".as_ptr(),
}));

/// Gives the class its method.
pub fn install(class: &Bound<'_, PyType>) -> PyResult<()> {
    let py = class.py();
    // SAFETY: class and definition live as long as the interpreter; the result is
    // a new reference, or null with an exception set.
    let method = unsafe {
        let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), ADD.0.get());
        Bound::from_owned_ptr_or_err(py, method)?
    };
    class.setattr("add", method)
}
