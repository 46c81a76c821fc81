//! Values that do not equal themselves: an object that holds one in a field need not
//! equal its copy, since fields are compared one by one from CPython 3.13 on.

use std::ptr::addr_of_mut;

use pyo3::ffi;
use pyo3::prelude::*;

use super::classes::How;
use super::{Codec, Object};

/// Types whose values equal themselves, or are looked into when they are compared.
fn is_common(class: *mut ffi::PyTypeObject) -> bool {
    [
        addr_of_mut!(ffi::PyUnicode_Type),
        addr_of_mut!(ffi::PyLong_Type),
        addr_of_mut!(ffi::PyBool_Type),
        addr_of_mut!(ffi::PyBytes_Type),
        addr_of_mut!(ffi::PyList_Type),
        addr_of_mut!(ffi::PyDict_Type),
        addr_of_mut!(ffi::PyTuple_Type),
    ]
    .contains(&class)
}

impl Codec {
    /// Whether a value is a NaN of some type.
    pub(super) fn is_nan(&self, py: Python<'_>, value: Object) -> bool {
        // SAFETY: the object is alive.
        let class = unsafe { ffi::Py_TYPE(value) };
        if class == addr_of_mut!(ffi::PyFloat_Type) {
            // SAFETY: it is an exact float.
            return unsafe { ffi::PyFloat_AsDouble(value) }.is_nan();
        }
        if class == addr_of_mut!(ffi::PyComplex_Type) {
            // SAFETY: it is an exact complex number.
            let parts = unsafe { [ffi::PyComplex_RealAsDouble(value), ffi::PyComplex_ImagAsDouble(value)] };
            return parts.iter().any(|part| part.is_nan());
        }
        // SAFETY: reading the address of a singleton.
        if is_common(class) || value == unsafe { ffi::Py_None() } {
            return false;
        }
        // SAFETY: the object is alive; a reference of our own is taken.
        let text = || unsafe { Bound::from_borrowed_ptr(py, value) }.str();
        matches!(self.class_of(py, value).how, How::Decimal)
            && text().is_ok_and(|text| text.to_string_lossy().to_ascii_lowercase().contains("nan"))
    }
}
