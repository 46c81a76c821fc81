//! Methods that are called for every item, without the general machinery of calls,
//! which costs more than the rest of them.

use std::cell::UnsafeCell;
use std::ffi::CStr;
use std::ptr::null_mut;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyType;

use super::record::Object;

/// What `get` and `setdefault` of a dictionary say of themselves.
pub const GET: &CStr = c"get($self, key, default=None, /)\n--\n\nReturn the value for key if key is in the dictionary, else default.";
pub const SETDEFAULT: &CStr = c"setdefault($self, key, default=None, /)\n--\n\nInsert key with a value of default if key is not in the dictionary.";

/// A method that Python only reads.
pub struct Definition(UnsafeCell<ffi::PyMethodDef>);

// SAFETY: nobody writes to it.
unsafe impl Sync for Definition {}

impl Definition {
    /// One that takes one argument.
    pub const fn one(name: &'static CStr, function: ffi::PyCFunction, doc: &'static CStr) -> Self {
        Self::new(name, ffi::PyMethodDefPointer { PyCFunction: function }, ffi::METH_O, doc)
    }

    /// One that takes some.
    pub const fn some(name: &'static CStr, function: ffi::PyCFunctionFast, doc: &'static CStr) -> Self {
        Self::new(name, ffi::PyMethodDefPointer { PyCFunctionFast: function }, ffi::METH_FASTCALL, doc)
    }

    const fn new(
        name: &'static CStr,
        ml_meth: ffi::PyMethodDefPointer,
        ml_flags: std::ffi::c_int,
        doc: &'static CStr,
    ) -> Self {
        let (ml_name, ml_doc) = (name.as_ptr(), doc.as_ptr());
        Self(UnsafeCell::new(ffi::PyMethodDef { ml_name, ml_meth, ml_flags, ml_doc }))
    }

    /// Gives a class the method.
    pub fn install(&'static self, class: &Bound<'_, PyType>) -> PyResult<()> {
        let py = class.py();
        // SAFETY: class and definition live as long as the interpreter; the result is
        // a new reference, or null with an exception set.
        let (name, method) = unsafe {
            let method = ffi::PyDescr_NewMethod(class.as_type_ptr(), self.0.get());
            let name = CStr::from_ptr((*self.0.get()).ml_name);
            (name, Bound::from_owned_ptr_or_err(py, method)?)
        };
        class.setattr(name, method)
    }
}

/// The object behind a pointer.
///
/// # Safety
/// It must be an instance of the class, alive, and the interpreter's lock held.
#[inline]
pub unsafe fn this<'a, T: pyo3::PyClass<Frozen = pyo3::pyclass::boolean_struct::True> + Sync>(
    object: Object,
) -> &'a T {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let bound = pyo3::Borrowed::from_ptr(py, object).cast_unchecked::<T>();
        &*std::ptr::from_ref(bound.get())
    }
}

/// A new reference to `None`.
#[inline]
pub fn none() -> Object {
    // SAFETY: it lives as long as the interpreter, which has called.
    unsafe {
        let none = ffi::Py_None();
        ffi::Py_INCREF(none);
        none
    }
}

/// A new reference, or null with the exception set.
pub fn given(py: Python<'_>, result: PyResult<Bound<'_, PyAny>>) -> Object {
    match result {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            null_mut()
        }
    }
}

/// The arguments of a call that takes one or two.
///
/// # Safety
/// They must be what the interpreter has passed.
pub unsafe fn arguments<'py>(
    py: Python<'py>,
    arguments: *mut Object,
    count: isize,
    name: &str,
) -> PyResult<(Bound<'py, PyAny>, Option<Object>)> {
    // SAFETY: there are so many, and all are alive during the call.
    unsafe {
        match count {
            1 => Ok((Bound::from_borrowed_ptr(py, *arguments), None)),
            2 => Ok((Bound::from_borrowed_ptr(py, *arguments), Some(*arguments.add(1)))),
            0 => Err(wrong(format!("{name} expected at least 1 argument, got 0"))),
            _ => Err(wrong(format!("{name} expected at most 2 arguments, got {count}"))),
        }
    }
}

fn wrong(text: String) -> PyErr {
    pyo3::exceptions::PyTypeError::new_err(text)
}
