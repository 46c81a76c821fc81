//! `append` without the general machinery of calls, which costs more than the
//! rest of it.

use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::SpillList;

/// The list behind a pointer.
///
/// # Safety
/// It must be an instance of the class, and the interpreter's lock held.
#[inline]
pub unsafe fn this<'a>(list: *mut ffi::PyObject) -> &'a SpillList {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let bound = pyo3::Borrowed::from_ptr(py, list).cast_unchecked::<SpillList>();
        &*std::ptr::from_ref(bound.get())
    }
}

unsafe extern "C" fn append(list: *mut ffi::PyObject, item: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        if !this(list).push(item) {
            return null_mut();
        }
        let none = ffi::Py_None();
        ffi::Py_INCREF(none);
        none
    }
}

/// A definition that Python only reads.
struct Definition(std::cell::UnsafeCell<ffi::PyMethodDef>);

// SAFETY: nobody writes to it.
unsafe impl Sync for Definition {}

static APPEND: Definition = Definition(std::cell::UnsafeCell::new(ffi::PyMethodDef {
    ml_name: c"append".as_ptr(),
    ml_meth: ffi::PyMethodDefPointer { PyCFunction: append },
    ml_flags: ffi::METH_O,
    ml_doc: c"append($self, object, /)\n--\n\nAppend object to the end of the list.".as_ptr(),
}));

/// Gives the class its methods.
pub fn install(class: &Bound<'_, PyType>) -> PyResult<()> {
    let py = class.py();
    // SAFETY: class and definition live as long as the interpreter; the result is
    // a new reference, or null with an exception set.
    let method = unsafe {
        let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), APPEND.0.get());
        Bound::from_owned_ptr_or_err(py, method)?
    };
    class.setattr("append", method)
}
