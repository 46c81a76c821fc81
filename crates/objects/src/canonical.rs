//! Values as bytes of which equal values have the same: `1`, `1.0` and `True`
//! are one element of a set, and so are a named tuple and a tuple of the same elements.

use std::ffi::c_int;
use std::ptr::addr_of_mut;

use pyo3::exceptions::PySystemError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBytes, PyInt, PyTuple, PyType};
use spacetime_runtime::codec::{Reader, varint};
use spacetime_runtime::pack::Input;

use crate::record::{Codec, Object, Output, RecentTexts, Source, utf8};

mod tag {
    pub const TEXT: u8 = 1;
    /// With lone surrogates.
    pub const TEXT_ODD: u8 = 2;
    pub const BYTES: u8 = 3;
    pub const INT: u8 = 4;
    pub const INT_BIG: u8 = 5;
    pub const FLOAT: u8 = 6;
    pub const NONE: u8 = 7;
    pub const TUPLE: u8 = 8;
    /// Stands beside a tuple with another name; what the codec writes never begins so.
    pub const NAMED: u8 = 0xff;
}

/// Deeper tuples are left alone, to keep recursion short.
const DEEPEST: usize = 20;

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It can be made from the bytes again.
    Whole,
    /// It is a tuple with another name; all but its class is in them.
    Named,
    /// It is equal to what would be made from them, but not the same.
    Equal,
    /// It cannot be written.
    Odd,
}

macro_rules! is_exactly {
    ($class:expr, $exact:ident) => {
        std::ptr::eq($class, addr_of_mut!(ffi::$exact))
    };
}

/// Writes a value. What classes are is known to the codec: see [`Codec::learn_class`].
///
/// # Safety
/// The object is alive.
#[inline]
pub unsafe fn write(
    py: Python<'_>,
    object: Object,
    into: &mut Vec<u8>,
    depth: usize,
    codec: &Codec,
) -> Written {
    // SAFETY: the caller's promise; types are asked before their functions are
    // used.
    unsafe {
        let class = ffi::Py_TYPE(object);
        if is_exactly!(class, PyUnicode_Type) {
            return text(py, object, into);
        }
        if is_exactly!(class, PyLong_Type) {
            return int(py, object, into);
        }
        if is_exactly!(class, PyBytes_Type) {
            let bytes = Bound::from_borrowed_ptr(py, object).cast_into_unchecked::<PyBytes>();
            into.push(tag::BYTES);
            into.extend_from_slice(bytes.as_bytes());
            return Written::Whole;
        }
        if is_exactly!(class, PyFloat_Type) {
            return float(py, ffi::PyFloat_AsDouble(object), into);
        }
        if is_exactly!(class, PyTuple_Type) {
            return tuple(py, object, into, depth, codec);
        }
        if object == ffi::Py_None() {
            into.push(tag::NONE);
            return Written::Whole;
        }
        if is_exactly!(class, PyBool_Type) {
            small(i64::from(object == ffi::Py_True()), into);
            return Written::Equal;
        }
        if ffi::PyTuple_Check(object) != 0 && codec.is_plain_tuple(py, object) {
            return match tuple(py, object, into, depth, codec) {
                Written::Whole => Written::Named,
                written => written,
            };
        }
    }
    Written::Odd
}

fn small(value: i64, into: &mut Vec<u8>) {
    into.push(tag::INT);
    into.extend(value.to_le_bytes());
}

unsafe fn text(py: Python<'_>, object: Object, into: &mut Vec<u8>) -> Written {
    // SAFETY: the object is an exact str; results are new references, or null
    // with an exception set.
    unsafe {
        // Beyond ASCII a text keeps the UTF-8 that it is asked for.
        let lasting = ffi::Py_REFCNT(object) > 2 && ffi::PyUnicode_GetLength(object) > 64;
        if !lasting && let Some(content) = utf8(object) {
            into.push(tag::TEXT);
            into.extend_from_slice(content);
            return Written::Whole;
        }
        let mut opening = tag::TEXT;
        let mut bytes = ffi::PyUnicode_AsUTF8String(object);
        if bytes.is_null() {
            ffi::PyErr_Clear();
            opening = tag::TEXT_ODD;
            bytes = ffi::PyUnicode_AsEncodedString(object, c"utf-8".as_ptr(), c"surrogatepass".as_ptr());
        }
        if bytes.is_null() {
            ffi::PyErr_Clear();
            return Written::Odd;
        }
        let bytes = Bound::from_owned_ptr(py, bytes).cast_into_unchecked::<PyBytes>();
        into.push(opening);
        into.extend_from_slice(bytes.as_bytes());
        Written::Whole
    }
}

unsafe fn int(py: Python<'_>, object: Object, into: &mut Vec<u8>) -> Written {
    let mut overflow: c_int = 0;
    // SAFETY: the object is an exact int, for which this cannot fail.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow) };
    if overflow == 0 {
        small(value, into);
        return Written::Whole;
    }
    // SAFETY: the object is alive.
    let value = unsafe { Bound::from_borrowed_ptr(py, object) };
    let write = || -> PyResult<Bound<'_, PyAny>> {
        let bits: usize = value.call_method0("bit_length")?.extract()?;
        let options = [("signed", true)].into_py_dict(py)?;
        value.call_method("to_bytes", (bits / 8 + 1, "little"), Some(&options))
    };
    match write().map(Bound::cast_into::<PyBytes>) {
        Ok(Ok(bytes)) => {
            into.push(tag::INT_BIG);
            into.extend_from_slice(bytes.as_bytes());
            Written::Whole
        }
        _ => Written::Odd,
    }
}

fn float(py: Python<'_>, value: f64, into: &mut Vec<u8>) -> Written {
    if value.is_nan() {
        return Written::Odd;
    }
    if value.is_infinite() || value.fract() != 0.0 {
        into.push(tag::FLOAT);
        into.extend(value.to_bits().to_le_bytes());
        return Written::Whole;
    }
    // SAFETY: a new reference to an exact int, or null with an exception set.
    let equal = unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyLong_FromDouble(value)) };
    let Ok(equal) = equal else {
        return Written::Odd;
    };
    // SAFETY: the int is alive.
    match unsafe { int(py, equal.as_ptr(), into) } {
        Written::Odd => Written::Odd,
        _ => Written::Equal,
    }
}

unsafe fn tuple(py: Python<'_>, object: Object, into: &mut Vec<u8>, depth: usize, codec: &Codec) -> Written {
    if depth >= DEEPEST {
        return Written::Odd;
    }
    into.push(tag::TUPLE);
    let mut all = Written::Whole;
    // SAFETY: the object is a tuple, and indices stay below its size.
    for index in 0..unsafe { ffi::PyTuple_Size(object) } {
        // Nearly always there is room for the length in one byte.
        let start = into.len() + 1;
        into.push(0);
        match unsafe { write(py, ffi::PyTuple_GetItem(object, index), into, depth + 1, codec) } {
            Written::Whole => {}
            Written::Named | Written::Equal => all = Written::Equal,
            Written::Odd => return Written::Odd,
        }
        let length = into.len() - start;
        if length < 0x80 {
            into[start - 1] = length as u8;
        } else {
            let element = into.split_off(start);
            into.pop();
            varint(into, length as u64);
            into.extend_from_slice(&element);
        }
    }
    all
}

/// The number that bytes are, if it has 64 bits.
pub fn as_int(bytes: &[u8]) -> Option<i64> {
    match bytes.split_first() {
        Some((&tag::INT, number)) => number.try_into().ok().map(i64::from_le_bytes),
        _ => None,
    }
}

/// The text that bytes are, if it has no lone surrogates.
pub fn as_text(bytes: &[u8]) -> Option<&[u8]> {
    match bytes.split_first() {
        Some((&tag::TEXT, text)) => Some(text),
        _ => None,
    }
}

/// What stands beside bytes from which another, equal value would be made; nothing beside
/// those of a value that was written whole.
pub fn beside(value: &Bound<'_, PyAny>, written: Written, codec: &Codec) -> Vec<u8> {
    if matches!(written, Written::Whole | Written::Odd) {
        return Vec::new();
    }
    let mut beside = Output::default();
    match codec.number_of_class(value.as_ptr()) {
        Some(number) if written == Written::Named => {
            beside.bytes.push(tag::NAMED);
            varint(&mut beside.bytes, number as u64);
        }
        _ => codec.write(value.py(), value.as_ptr(), 0, &mut beside),
    }
    beside.bytes
}

/// The value of bytes, and what stands beside them.
#[inline]
pub fn made<'py>(py: Python<'py>, bytes: &[u8], beside: &[u8], codec: &Codec) -> PyResult<Bound<'py, PyAny>> {
    match beside.split_first() {
        None => read(py, bytes),
        Some((&tag::NAMED, number)) => {
            let number = Reader::new(number).varint().ok_or_else(damaged)?;
            let class = codec.class(py, number as usize).ok_or_else(damaged)?;
            named(&class, &elements(py, bytes.get(1..).ok_or_else(damaged)?)?)
        }
        Some(_) => {
            let mut recent = RecentTexts::default();
            let input = Input::new(beside, 0);
            codec.read(&mut Source { py, input, recent: &mut recent, pins: &[], groups: None })
        }
    }
}

/// A tuple of that name.
fn named<'py>(class: &Bound<'py, PyType>, elements: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    // SAFETY: instances of the class are nothing but tuples, which this makes with empty
    // slots; each of them takes over a reference, before anybody else sees the tuple.
    unsafe {
        let made = ffi::PyType_GenericAlloc(class.as_type_ptr(), elements.len().cast_signed());
        let made = Bound::from_owned_ptr_or_err(py, made)?;
        for (index, element) in elements.iter().enumerate() {
            ffi::PyTuple_SetItem(made.as_ptr(), index.cast_signed(), element.clone().into_ptr());
        }
        Ok(made)
    }
}

/// The elements of a tuple.
fn elements<'py>(py: Python<'py>, mut rest: &[u8]) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let mut reader = Reader::new(rest);
        let length = reader.varint().ok_or_else(damaged)? as usize;
        let start = reader.position();
        let element = start.checked_add(length).and_then(|end| rest.get(start..end));
        elements.push(read(py, element.ok_or_else(damaged)?)?);
        rest = &rest[start + length..];
    }
    Ok(elements)
}

fn damaged() -> PyErr {
    PySystemError::new_err("a spilled value is damaged")
}

/// The value of what was written whole.
pub fn read<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let (opening, rest) = bytes.split_first().ok_or_else(damaged)?;
    let word = || rest.first_chunk::<8>().copied().ok_or_else(damaged);
    match *opening {
        // SAFETY: pointer and length are those of a slice; gives a new reference,
        // or null with an exception set.
        tag::TEXT | tag::TEXT_ODD => unsafe {
            let length = rest.len().cast_signed();
            let text = ffi::PyUnicode_DecodeUTF8(rest.as_ptr().cast(), length, c"surrogatepass".as_ptr());
            Bound::from_owned_ptr_or_err(py, text)
        },
        tag::BYTES => Ok(PyBytes::new(py, rest).into_any()),
        tag::INT => Ok(i64::from_le_bytes(word()?).into_pyobject(py)?.into_any()),
        tag::INT_BIG => {
            let options = [("signed", true)].into_py_dict(py)?;
            let bytes = PyBytes::new(py, rest);
            py.get_type::<PyInt>().call_method("from_bytes", (bytes, "little"), Some(&options))
        }
        tag::FLOAT => Ok(f64::from_bits(u64::from_le_bytes(word()?)).into_pyobject(py)?.into_any()),
        tag::NONE => Ok(py.None().into_bound(py)),
        tag::TUPLE => Ok(PyTuple::new(py, elements(py, rest)?)?.into_any()),
        _ => Err(damaged()),
    }
}
