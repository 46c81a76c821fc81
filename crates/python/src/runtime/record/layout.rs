//! Where tuples keep their elements, and dates their digits: a call of a function for each of them, which is
//! all that the stable ABI offers, costs as much as the rest of packing it.
//!
//! The place is what `tuple.__basicsize__` says, and is tried out when the module is
//! loaded. Where it is another, the functions are called.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

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

/// Where a date says whether it has a time zone; its digits follow.
const ZONE: usize = size_of::<ffi::PyObject>() + size_of::<isize>();
const DIGITS: usize = ZONE + 1;

/// How many digits `date` or `datetime` objects have, if they are where they are
/// expected: what `__reduce_ex__` gives for some of them is there.
pub fn bytes_of_date(class: &Bound<'_, PyType>) -> PyResult<Option<usize>> {
    let room: usize = class.getattr("__basicsize__")?.extract()?;
    let probes = [(1234, 5, 6, 7, 8, 9, 123_456), (9998, 12, 31, 23, 59, 58, 987_654), (1, 1, 1, 0, 0, 0, 0)];
    let mut found = None;
    for (year, month, day, hour, minute, second, fraction) in probes {
        let whole = (year, month, day, hour, minute, second, fraction);
        let date = class.call1(whole).or_else(|_| class.call1((year, month, day)))?;
        let reduced: Bound<'_, PyTuple> = date.call_method1("__reduce_ex__", (4,))?.extract()?;
        let state: Bound<'_, PyBytes> = reduced.get_item(1)?.get_item(0)?.extract()?;
        let size = state.as_bytes().len();
        // One more says on which side of a change of the clock it is.
        if !matches!(size, 4 | 10) || room < DIGITS + size + 1 || found.is_some_and(|found| found != size) {
            return Ok(None);
        }
        // SAFETY: the class says that its objects are large enough.
        if unsafe { self::date(date.as_ptr(), size) } != Some(state.as_bytes()) {
            return Ok(None);
        }
        found = Some(size);
    }
    Ok(found)
}

/// The digits of a date, if it is one without a time zone.
///
/// # Safety
/// `bytes_of_date` has found so many bytes for the object's class.
#[inline]
pub unsafe fn date<'a>(object: Object, size: usize) -> Option<&'a [u8]> {
    let first = object.cast::<u8>();
    // SAFETY: the object is at least so large, and its digits never change.
    unsafe {
        let aware = *first.add(ZONE) != 0;
        let folded = size == 10 && *first.add(DIGITS + size) != 0;
        (!aware && !folded).then(|| std::slice::from_raw_parts(first.add(DIGITS), size))
    }
}
