//! What objects take in memory, roughly: enough to know when a list has grown.

use std::ptr::{addr_of_mut, null_mut};

use pyo3::ffi;
use pyo3::prelude::*;

use crate::record::Object;

/// So many elements of a collection are looked at, for all of them.
const SAMPLE: isize = 16;
const DEEPEST: usize = 4;

macro_rules! is_exactly {
    ($class:expr, $exact:ident) => {
        $class == addr_of_mut!(ffi::$exact)
    };
}

/// What takes more than so many bytes and is held by so many others stays where it
/// is, and takes room once: written each time, it would take far more.
const LARGE: usize = 4096;
const SEVERAL: isize = 2;

/// The size of an object with all that it holds, in bytes, but for what is large
/// and held by several others.
///
/// # Safety
/// The object is alive, and the interpreter's lock held.
pub unsafe fn size(object: Object, depth: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let size = own_size(object, depth);
        if size > LARGE && ffi::Py_REFCNT(object) > SEVERAL { 0 } else { size }
    }
}

/// Whether an object is large, and held by several others than the holders that
/// are known.
///
/// # Safety
/// As for [`size`].
#[inline]
pub unsafe fn is_held_by_several(object: Object, known: isize) -> bool {
    // SAFETY: the caller's promise.
    unsafe { ffi::Py_REFCNT(object) >= known.saturating_add(SEVERAL) && own_size(object, 0) > LARGE }
}

unsafe fn own_size(object: Object, depth: usize) -> usize {
    // SAFETY: the caller's promise; types are asked before their functions are
    // used, and indices stay below the sizes.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if is_exactly!(class, PyUnicode_Type) {
            return 49 + ffi::PyUnicode_GetLength(object).unsigned_abs();
        }
        if is_exactly!(class, PyLong_Type) {
            return 24 + integer(object);
        }
        if is_exactly!(class, PyFloat_Type) {
            return 32;
        }
        if is_exactly!(class, PyBytes_Type) {
            return 33 + ffi::PyBytes_Size(object).unsigned_abs();
        }
        if object == ffi::Py_None() || is_exactly!(class, PyBool_Type) {
            return 0;
        }
        if depth >= DEEPEST {
            return 64;
        }
        if is_exactly!(class, PyDict_Type) {
            return 64 + dict(object, depth);
        }
        if is_exactly!(class, PyList_Type) {
            let length = ffi::PyList_Size(object);
            return 72 + several(length, |index| ffi::PyList_GetItem(object, index), depth);
        }
        if ffi::PyTuple_Check(object) != 0 {
            let length = ffi::PyTuple_Size(object);
            return 56 + several(length, |index| ffi::PyTuple_GetItem(object, index), depth);
        }
        if ffi::PyAnySet_Check(object) != 0 {
            return 216 + 80 * ffi::PySet_Size(object).unsigned_abs();
        }
        let attributes = ffi::PyObject_GenericGetDict(object, null_mut());
        if attributes.is_null() {
            ffi::PyErr_Clear();
            return slots(class);
        }
        let held = if ffi::PyDict_Check(attributes) != 0 { dict(attributes, depth) } else { 0 };
        ffi::Py_DECREF(attributes);
        64 + held
    }
}

/// An instance without a dictionary: where its class was made by a `class` statement,
/// what lies in its slots is taken for texts and numbers.
unsafe fn slots(class: *mut ffi::PyTypeObject) -> usize {
    const OTHERS: usize = 96;
    const BARE: usize = 16;
    const CONTENT: usize = 48;
    // SAFETY: the class of a live object is alive; the result is a new reference, or
    // null with an exception set.
    unsafe {
        let flags = ffi::PyType_GetFlags(class);
        if flags & ffi::Py_TPFLAGS_HEAPTYPE == 0 || flags & ffi::Py_TPFLAGS_IMMUTABLETYPE != 0 {
            return OTHERS;
        }
        let size = ffi::PyObject_GetAttrString(class.cast(), c"__basicsize__".as_ptr());
        if size.is_null() {
            ffi::PyErr_Clear();
            return OTHERS;
        }
        let bytes = ffi::PyLong_AsLong(size).clamp(0, 1 << 12).unsigned_abs() as usize;
        ffi::Py_DECREF(size);
        ffi::PyErr_Clear();
        // The garbage collector has two words before each.
        BARE + bytes + bytes.saturating_sub(BARE) / size_of::<Object>() * CONTENT
    }
}

/// What the digits of an integer take; most have few.
unsafe fn integer(object: Object) -> usize {
    let mut overflow = 0;
    // SAFETY: the object is an exact int.
    unsafe { ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow) };
    if overflow == 0 {
        return 8;
    }
    // SAFETY: as above; only this type's own `__sizeof__` is called.
    Python::attach(|py| unsafe { Bound::from_borrowed_ptr(py, object) }.call_method0("__sizeof__")?.extract())
        .unwrap_or(8)
}

unsafe fn several(length: isize, element: impl Fn(isize) -> Object, depth: usize) -> usize {
    let looked = length.min(SAMPLE);
    // SAFETY: the elements are alive.
    let sum: usize = (0..looked).map(|index| unsafe { size(element(index), depth + 1) }).sum();
    scaled(sum + 8 * looked.unsigned_abs(), looked, length)
}

unsafe fn dict(object: Object, depth: usize) -> usize {
    let (mut position, mut name, mut value) = (0, null_mut(), null_mut());
    let (mut looked, mut sum) = (0, 0);
    // SAFETY: the dict is alive, and nobody changes it meanwhile.
    unsafe {
        while looked < SAMPLE
            && ffi::PyDict_Next(object, &raw mut position, &raw mut name, &raw mut value) != 0
        {
            sum += 40 + size(value, depth + 1);
            looked += 1;
        }
        scaled(sum, looked, ffi::PyDict_Size(object))
    }
}

/// What was found for some, for all.
fn scaled(sum: usize, looked: isize, all: isize) -> usize {
    if looked == 0 { 0 } else { sum / looked.unsigned_abs() * all.unsigned_abs() }
}
