//! Where tuples keep their elements: a call of a function for each of them, which is
//! all that the stable ABI offers, costs as much as the rest of packing it.
//!
//! The place is what `tuple.__basicsize__` says, and is tried out when the module is
//! loaded. Where it is another, the functions are called.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::Object;

/// So many bytes behind the beginning of a tuple, or 0 if that is not known.
static ELEMENTS: AtomicUsize = AtomicUsize::new(0);

/// Finds out.
pub fn examine(py: Python<'_>) -> PyResult<()> {
    let place: usize = py.get_type::<PyTuple>().getattr("__basicsize__")?.extract()?;
    let marks = [py.None(), py.Ellipsis(), py.NotImplemented()];
    let tuple = PyTuple::new(py, &marks)?;
    let size: usize = tuple.call_method0("__sizeof__")?.extract()?;
    if place == 0 || !place.is_multiple_of(align_of::<Object>()) || size < place + size_of_val(&marks) {
        return Ok(());
    }
    // SAFETY: the tuple says that it is large enough.
    let is_there = marks.iter().enumerate().all(|(index, mark)| unsafe {
        tuple.as_ptr().byte_add(place).cast::<Object>().add(index).read() == mark.as_ptr()
    });
    if is_there {
        ELEMENTS.store(place, Ordering::Relaxed);
    }
    Ok(())
}

/// The first element of a tuple, or null if it is not known where that is.
///
/// # Safety
/// The object is a tuple.
#[inline]
unsafe fn elements(tuple: Object) -> *mut Object {
    match ELEMENTS.load(Ordering::Relaxed) {
        0 => std::ptr::null_mut(),
        // SAFETY: that is where they are.
        place => unsafe { tuple.byte_add(place).cast() },
    }
}

/// An element of a tuple, borrowed from it.
///
/// # Safety
/// The object is a tuple with so many elements and one more.
#[inline]
pub unsafe fn get(tuple: Object, index: isize) -> Object {
    // SAFETY: the caller's promise.
    unsafe {
        let first = elements(tuple);
        if first.is_null() { ffi::PyTuple_GetItem(tuple, index) } else { *first.offset(index) }
    }
}

/// Fills an empty place of a tuple, which takes over the reference.
///
/// # Safety
/// As above, and nobody else has seen the tuple yet.
#[inline]
pub unsafe fn put(tuple: Object, index: isize, element: Object) {
    // SAFETY: the caller's promise.
    unsafe {
        let first = elements(tuple);
        if first.is_null() {
            ffi::PyTuple_SetItem(tuple, index, element);
        } else {
            first.offset(index).write(element);
        }
    }
}
