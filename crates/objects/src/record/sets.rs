//! Sets that are packed: those whose copies are walked in the same order.

use std::ptr::{addr_of_mut, null_mut};

use pyo3::ffi;
use pyo3::prelude::*;

use super::Object;

macro_rules! is_exactly {
    ($class:expr, $exact:ident) => {
        // Only the address is taken, and types are never moved.
        std::ptr::eq($class, addr_of_mut!(ffi::$exact))
    };
}

/// The elements of a set, if they are plain and a set made of them in this order
/// is like it in every way.
pub fn faithful<'py>(set: &Bound<'py, PyAny>, frozen: bool) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = set.py();
    let odd = || pyo3::exceptions::PyValueError::new_err("");
    let elements: Vec<_> = set.try_iter()?.collect::<PyResult<_>>()?;
    let weak = py.import("_weakref")?.getattr("getweakrefcount")?.call1((set,))?;
    if weak.extract::<usize>()? > 0 || !elements.iter().all(|element| is_plain(element.as_ptr(), 0)) {
        return Err(odd());
    }
    let copy = set_of(py, &elements, frozen)?;
    let size = |set: &Bound<'py, PyAny>| set.call_method0("__sizeof__")?.extract::<usize>();
    let mut same = size(set)? == size(&copy)?;
    for (mine, other) in elements.iter().zip(copy.try_iter()?) {
        same &= mine.is(&other?);
    }
    if same { Ok(elements) } else { Err(odd()) }
}

/// A set made in exactly one way, so that the same elements give the same order.
pub fn set_of<'py>(
    py: Python<'py>,
    elements: &[Bound<'py, PyAny>],
    frozen: bool,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: a new set that nobody else has seen, which is when frozen ones may
    // be added to.
    unsafe {
        let made = if frozen { ffi::PyFrozenSet_New(null_mut()) } else { ffi::PySet_New(null_mut()) };
        let set = Bound::from_owned_ptr_or_err(py, made)?;
        for element in elements {
            if ffi::PySet_Add(set.as_ptr(), element.as_ptr()) != 0 {
                return Err(PyErr::fetch(py));
            }
        }
        Ok(set)
    }
}

/// Whether hashing and comparing an object calls nobody's code.
pub fn is_plain(object: Object, depth: usize) -> bool {
    // SAFETY: the object is alive; indices stay below the size of the tuple.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if is_exactly!(class, PyTuple_Type) {
            let size = ffi::PyTuple_Size(object);
            return depth < 4
                && (0..size).all(|index| is_plain(ffi::PyTuple_GetItem(object, index), depth + 1));
        }
        if is_exactly!(class, PyFloat_Type) {
            return !ffi::PyFloat_AsDouble(object).is_nan();
        }
        is_exactly!(class, PyUnicode_Type)
            || is_exactly!(class, PyLong_Type)
            || is_exactly!(class, PyBytes_Type)
            || is_exactly!(class, PyBool_Type)
            || object == ffi::Py_None()
    }
}
