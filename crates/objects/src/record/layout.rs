//! Where tuples keep their elements, texts their characters, and dates their digits: a
//! call of a function for each of them, which is all that the stable ABI offers, costs as
//! much as the rest of packing or making it.
//!
//! The places are tried out: those in tuples and texts when the module is loaded, those in
//! dates when the first one comes. Where they are others, the functions are called.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyTuple, PyType};

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
    examine_texts(py)
}

/// `PyUnicode_New`, which is not in the stable ABI, if the interpreter has it, and so
/// many bytes behind the beginning of a text of ASCII its characters are, or 0.
static NEW_TEXT: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
static CHARACTERS: AtomicUsize = AtomicUsize::new(0);

type NewText = unsafe extern "C" fn(isize, u32) -> Object;

#[cfg(unix)]
fn examine_texts(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the name is a C string; null if there is none.
    let new = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"PyUnicode_New".as_ptr()) };
    if new.is_null() {
        return Ok(());
    }
    let probe = PyString::new(py, "some characters");
    let mut length = 0;
    // SAFETY: a text of ASCII is its own UTF-8, which lies in the object where it
    // lies in all of them; a new one is tried out only if that is so here.
    let place = unsafe { ffi::PyUnicode_AsUTF8AndSize(probe.as_ptr(), &raw mut length) as usize }
        .wrapping_sub(probe.as_ptr() as usize);
    let size: usize = probe.call_method0("__sizeof__")?.extract()?;
    if length != 15 || place == 0 || place.saturating_add(16) != size {
        return Ok(());
    }
    NEW_TEXT.store(new, Ordering::Relaxed);
    CHARACTERS.store(place, Ordering::Relaxed);
    // SAFETY: a new reference, or null with an exception set.
    let made = unsafe { Bound::from_owned_ptr_or_err(py, text(b"some characters"))? };
    let made_size: usize = made.call_method0("__sizeof__")?.extract()?;
    if !made.eq(&probe)? || made_size != size || made.hash()? != probe.hash()? {
        CHARACTERS.store(0, Ordering::Relaxed);
    }
    Ok(())
}

#[cfg(not(unix))]
fn examine_texts(_py: Python<'_>) -> PyResult<()> {
    Ok(())
}

/// A new text: a new reference, or null with an exception set.
#[inline]
pub fn text(content: &[u8]) -> Object {
    let length = content.len().cast_signed();
    let place = CHARACTERS.load(Ordering::Relaxed);
    // Texts of one character are the interpreter's own.
    if place == 0 || length < 2 || !content.is_ascii() {
        // SAFETY: pointer and length are those of a slice.
        return unsafe { ffi::PyUnicode_FromStringAndSize(content.as_ptr().cast(), length) };
    }
    // SAFETY: the function is what its name says, and gives a text of so many
    // characters of ASCII, which are there, and which nobody has seen yet.
    unsafe {
        let new: NewText = std::mem::transmute(NEW_TEXT.load(Ordering::Relaxed));
        let text = new(length, 127);
        if !text.is_null() {
            let characters = text.byte_add(place).cast::<u8>();
            std::ptr::copy_nonoverlapping(content.as_ptr(), characters, content.len());
        }
        text
    }
}

/// The first element of a tuple, or null if it is not known where that is.
///
/// # Safety
/// The object is a tuple.
#[inline]
unsafe fn elements(tuple: Object) -> *mut Object {
    match ELEMENTS.load(Ordering::Relaxed) {
        0 => null_mut(),
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
        // SAFETY: as above; a new reference, or null with an exception set.
        let made = unsafe { make_date(class.as_type_ptr(), state.as_bytes()) };
        let made = unsafe { Bound::from_owned_ptr_or_err(class.py(), made)? };
        if !made.eq(&date)?
            || made.hash()? != date.hash()?
            || made.repr()?.to_str()? != date.repr()?.to_str()?
        {
            return Ok(None);
        }
        found = Some(size);
    }
    Ok(found)
}

/// Whether bytes say that a date is the second one of its name, when clocks are changed.
pub fn is_folded(digits: &[u8]) -> bool {
    digits.len() == 10 && digits[2] >= 0x80
}

/// A date without a time zone: a new reference, or null with an exception set.
///
/// # Safety
/// `bytes_of_date` has found so many bytes for the class, or tries them out.
pub unsafe fn make_date(class: *mut ffi::PyTypeObject, digits: &[u8]) -> Object {
    // SAFETY: the caller's promise. The class makes room as it does for itself, and
    // nobody has seen the object yet. Its hash is not known.
    unsafe {
        let slot = ffi::PyType_GetSlot(class, ffi::Py_tp_alloc);
        let allocate: ffi::allocfunc = std::mem::transmute(slot);
        let made = allocate(class, 0);
        if !made.is_null() {
            made.byte_add(size_of::<ffi::PyObject>()).cast::<isize>().write(-1);
            let first = made.cast::<u8>();
            first.add(ZONE).write(0);
            std::ptr::copy_nonoverlapping(digits.as_ptr(), first.add(DIGITS), digits.len());
            if digits.len() == 10 {
                first.add(DIGITS + digits.len()).write(0);
            }
        }
        made
    }
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
