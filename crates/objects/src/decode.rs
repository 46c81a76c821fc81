//! Bytes as Python objects again.

use std::sync::Arc;

use pyo3::exceptions::PySystemError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyTuple};
use spacetime_runtime::Record;
use spacetime_runtime::codec::{Event, Kind, Reader};

use super::dates;
use super::packed::Unpacker;
use super::types::{How, Types};

/// What is needed to make objects: the registered types, and the objects that
/// stayed in memory. Each of those is asked for once.
pub struct Decoder {
    pub types: Arc<Types>,
    pub kept: Vec<Option<Py<PyAny>>>,
    /// Makes what came with a key, where whole objects were packed.
    pub packed: Option<Unpacker>,
}

fn damaged() -> PyErr {
    PySystemError::new_err("a spilled value is damaged")
}

/// Takes over a new reference.
#[inline]
fn owned(py: Python<'_>, object: *mut ffi::PyObject) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: all callers pass a new reference, or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, object) }
}

impl Decoder {
    /// The value of a record.
    #[inline]
    pub fn value<'py>(&mut self, py: Python<'py>, record: Record<'_>) -> PyResult<Bound<'py, PyAny>> {
        match record {
            Record::Int(value) => int(py, value),
            Record::Float(value) => float(py, value),
            Record::Bytes { key, payload: &[] } => self.decode(py, key),
            Record::Bytes { payload, .. } => match &mut self.packed {
                Some(unpacker) => unpacker.item(py, payload),
                None => self.decode(py, payload),
            },
        }
    }

    /// Something that compares as the key of a record did.
    pub fn key<'py>(&mut self, py: Python<'py>, record: Record<'_>) -> PyResult<Bound<'py, PyAny>> {
        match record {
            Record::Bytes { key, .. } => self.decode(py, key),
            word => self.value(py, word),
        }
    }

    fn decode<'py>(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        self.next(py, &mut Reader::new(bytes))?.ok_or_else(damaged)
    }

    /// The next value; `None` at the end of a tuple.
    fn next<'py>(&mut self, py: Python<'py>, reader: &mut Reader<'_>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(Some(match reader.next().ok_or_else(damaged)? {
            Event::None => py.None().into_bound(py),
            Event::Bool(value) => value.into_pyobject(py)?.to_owned().into_any(),
            Event::Int(value) => int(py, value)?,
            Event::Float(value) => float(py, value)?,
            Event::BigInt { negative, magnitude } => big_int(py, negative, &magnitude)?,
            Event::Content(Kind::Text, content) => text(py, &content)?,
            Event::Content(Kind::Bytes, content) => PyBytes::new(py, &content).into_any(),
            Event::Content(Kind::Day | Kind::Moment, content) => dates::of_text(&text(py, &content)?)?,
            Event::TupleBegin => {
                let mut elements = Vec::new();
                while let Some(element) = self.next(py, reader)? {
                    elements.push(element);
                }
                PyTuple::new(py, elements)?.into_any()
            }
            Event::TupleSized(size) => self.sized_tuple(py, reader, size)?,
            Event::TupleEnd => return Ok(None),
            Event::Registered(number) => self.instance(py, reader, number)?,
            Event::Reference(number) => {
                let kept = self.kept.get_mut(number).and_then(Option::take);
                kept.ok_or_else(damaged)?.into_bound(py)
            }
        }))
    }

    /// An instance of a registered type.
    fn instance<'py>(
        &mut self,
        py: Python<'py>,
        reader: &mut Reader<'_>,
        number: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let types = Arc::clone(&self.types);
        let known = types.get(number).ok_or_else(damaged)?;
        let class = known.class.bind(py);
        let names = match &known.how {
            How::Fields(names) => names,
            How::Tuple(make) => {
                let elements = self.next(py, reader)?.ok_or_else(damaged)?;
                return make.bind(py).call1((class, elements));
            }
            How::Functions { unpack, .. } => {
                let packed = self.next(py, reader)?.ok_or_else(damaged)?;
                return unpack.bind(py).call1((packed,));
            }
        };
        if reader.next() != Some(Event::TupleSized(names.len())) {
            return Err(damaged());
        }
        // SAFETY: `object.__new__` makes instances of this class, and that is all
        // it would do; the result is a new reference, or null with an exception.
        let instance = owned(py, unsafe { ffi::PyType_GenericAlloc(class.as_type_ptr(), 0) })?;
        for name in names {
            let value = self.next(py, reader)?.ok_or_else(damaged)?;
            // SAFETY: all three are alive.
            let failed =
                unsafe { ffi::PyObject_GenericSetAttr(instance.as_ptr(), name.as_ptr(), value.as_ptr()) };
            if failed != 0 {
                return Err(PyErr::fetch(py));
            }
        }
        Ok(instance)
    }

    fn sized_tuple<'py>(
        &mut self,
        py: Python<'py>,
        reader: &mut Reader<'_>,
        size: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: a new tuple of empty slots, each of which is filled below.
        let tuple = owned(py, unsafe { ffi::PyTuple_New(size.cast_signed()) })?;
        for index in 0..size.cast_signed() {
            let element = self.next(py, reader)?.ok_or_else(damaged)?;
            // SAFETY: nobody else has seen the tuple yet; the slot takes over the
            // reference.
            unsafe { ffi::PyTuple_SetItem(tuple.as_ptr(), index, element.into_ptr()) };
        }
        Ok(tuple)
    }
}

#[inline]
fn int(py: Python<'_>, value: i64) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: gives a new reference.
    owned(py, unsafe { ffi::PyLong_FromLongLong(value) })
}

#[inline]
fn float(py: Python<'_>, value: f64) -> PyResult<Bound<'_, PyAny>> {
    // SAFETY: gives a new reference.
    owned(py, unsafe { ffi::PyFloat_FromDouble(value) })
}

#[inline]
fn text<'py>(py: Python<'py>, content: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: pointer and length are those of a slice; gives a new reference.
    owned(py, unsafe {
        ffi::PyUnicode_DecodeUTF8(
            content.as_ptr().cast(),
            content.len().cast_signed(),
            c"surrogatepass".as_ptr(),
        )
    })
}

#[cold]
fn big_int<'py>(py: Python<'py>, negative: bool, magnitude: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let value = py.get_type::<PyInt>().call_method1("from_bytes", (PyBytes::new(py, magnitude), "big"))?;
    if negative { value.neg() } else { Ok(value) }
}
