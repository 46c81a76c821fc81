//! Bytes as objects again. References are counted by hand here: this is what
//! walking a collection on disk costs.

use std::ptr::null_mut;
use std::rc::Rc;

use pyo3::exceptions::PySystemError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBytes, PyInt};
use spacetime_runtime::pack::{self, Input, tag};

use super::classes::{Class, How};
use super::encode::{is_text, utf8};
use super::numerals::Numeral;
use super::sets::set_of;
use super::shapes::Shape;
use super::{Codec, Groups, Object, RecentTexts, layout};
use crate::types;

/// What a page is read from.
pub struct Source<'a, 'b> {
    pub py: Python<'a>,
    pub input: Input<'b>,
    pub recent: &'b mut RecentTexts,
    pub pins: &'b [Py<PyAny>],
    /// The lists with items on disk that are parts of what is read.
    pub groups: Option<&'b Groups>,
}

/// Sets the exception that bytes which nobody wrote deserve.
#[cold]
pub(super) fn damaged() -> Object {
    // SAFETY: the name is a C string.
    unsafe { ffi::PyErr_SetString(ffi::PyExc_SystemError, c"a spilled value is damaged".as_ptr()) };
    null_mut()
}

/// A Rust error as a pending exception.
#[cold]
fn raised(py: Python<'_>, error: PyErr) -> Object {
    error.restore(py);
    null_mut()
}

fn result(py: Python<'_>, made: PyResult<Bound<'_, PyAny>>) -> Object {
    match made {
        Ok(object) => object.into_ptr(),
        Err(error) => raised(py, error),
    }
}

/// Goes on with a value, or gives up with [`damaged`].
macro_rules! known {
    ($value:expr) => {
        match $value {
            Some(value) => value,
            None => return $crate::record::decode::damaged(),
        }
    };
}
pub(super) use known;

/// A new reference to a singleton.
fn shared(object: Object) -> Object {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_INCREF(object) };
    object
}

impl Codec {
    /// The next object: a new reference, or an exception.
    #[inline]
    pub fn read<'py>(&self, source: &mut Source<'py, '_>) -> PyResult<Bound<'py, PyAny>> {
        let object = self.next(source);
        // SAFETY: a new reference, or null with an exception set.
        unsafe { Bound::from_owned_ptr_or_err(source.py, object) }
    }

    /// The next object: a new reference, or null with an exception set.
    pub fn next(&self, source: &mut Source<'_, '_>) -> Object {
        let opening = known!(source.input.byte());
        // SAFETY: all of these give new references, or null with an exception set.
        unsafe {
            match opening {
                ..tag::TEXT_SHORT => text(source, usize::from(opening)),
                tag::TEXT_KEPT..tag::TEXT_KEPT_END => text_kept(source, opening),
                tag::INT_SMALL..tag::INT_SMALL_END => ffi::PyLong_FromLong((opening - tag::INT_SMALL).into()),
                tag::NONE => shared(ffi::Py_None()),
                tag::FALSE => shared(ffi::Py_False()),
                tag::TRUE => shared(ffi::Py_True()),
                tag::INT_SIZED..tag::INT_SIZED_END => {
                    ffi::PyLong_FromLongLong(known!(source.input.int(opening)))
                }
                tag::INT_BIG => {
                    let bytes = known!(source.input.sized());
                    result(source.py, big_int(source.py, bytes))
                }
                tag::FLOAT => ffi::PyFloat_FromDouble(known!(source.input.float())),
                tag::TEXT => layout::text(known!(source.input.sized())),
                tag::TEXT_ODD => text_odd(known!(source.input.sized())),
                tag::BYTES => {
                    let bytes = known!(source.input.sized());
                    ffi::PyBytes_FromStringAndSize(bytes.as_ptr().cast(), bytes.len().cast_signed())
                }
                tag::TEXT_AGAIN => {
                    let slot = known!(source.input.byte());
                    match source.recent.slots.get(usize::from(slot)) {
                        Some(text) if !text.is_null() => shared(*text),
                        _ => damaged(),
                    }
                }
                tag::TUPLE_AGAIN => {
                    let slot = known!(source.input.byte());
                    match source.recent.tuples.get(usize::from(slot)) {
                        Some(tuple) if !tuple.is_null() => shared(*tuple),
                        _ => damaged(),
                    }
                }
                tag::TUPLE_KEPT => {
                    let slot = known!(source.input.byte());
                    let tuple = self.next(source);
                    if !tuple.is_null() {
                        source.recent.put_tuple(slot.into(), tuple);
                    }
                    tuple
                }
                tag::SHAPED_SMALL..tag::SHAPED_SMALL_END => {
                    self.shaped(source, (opening - tag::SHAPED_SMALL).into())
                }
                tag::TUPLE_SMALL.. => {
                    let length = (opening - tag::TUPLE_SMALL).into();
                    self.fill(source, ffi::PyTuple_New(length), length)
                }
                _ => self.rarer(source, opening),
            }
        }
    }

    fn rarer(&self, source: &mut Source<'_, '_>, opening: u8) -> Object {
        let number = known!(source.input.length());
        let py = source.py;
        match opening {
            tag::SHAPED => self.shaped(source, number),
            tag::LIST => self.list(source, number),
            tag::DICT => self.dict_of(source, number),
            tag::SET | tag::FROZENSET => {
                let elements: PyResult<Vec<_>> = (0..number).map(|_| self.read(source)).collect();
                result(py, elements.and_then(|them| set_of(py, &them, opening == tag::FROZENSET)))
            }
            // SAFETY: a new tuple that nobody has seen.
            tag::TUPLE => unsafe {
                let length = number.cast_signed();
                self.fill(source, ffi::PyTuple_New(length), length)
            },
            tag::TUPLE_CLASS => {
                let length = known!(source.input.length()).cast_signed();
                let class = known!(self.classes.borrow().get(number));
                // SAFETY: instances of the class are nothing but tuples, which
                // this makes with empty slots.
                unsafe {
                    let made = ffi::PyType_GenericAlloc(class.object.as_ptr().cast(), length);
                    self.fill(source, made, length)
                }
            }
            tag::CALL => self.called(source, number),
            tag::REGISTERED => {
                let made = self.instance_registered(source, number);
                result(py, made)
            }
            tag::GROUP => {
                let group = known!(source.input.length()) as u32;
                let made = known!(source.groups).make(py, number, group);
                result(py, known!(made))
            }
            tag::PIN => shared(known!(source.pins.get(number)).as_ptr()),
            _ => damaged(),
        }
    }

    /// What the class with that number makes of what was written of an instance.
    fn called(&self, source: &mut Source<'_, '_>, number: usize) -> Object {
        let py = source.py;
        let class = known!(self.classes.borrow().get(number));
        let before = source.input;
        if let How::Dated(size) = class.how
            && let Some(bytes) = source.input.argument(size)
        {
            if !layout::is_folded(bytes) {
                // SAFETY: the class is one whose instances have so many bytes.
                return unsafe { layout::make_date(class.object.as_ptr().cast(), bytes) };
            }
            source.input = before;
        }
        if matches!(class.how, How::Decimal) {
            return self.make_decimal(source, &class);
        }
        if let How::Row(rows) = &class.how {
            return result(py, self.read(source).and_then(|parts| rows.make(&parts)));
        }
        let made = self.read(source).and_then(|arguments| {
            let arguments = arguments.cast_into::<pyo3::types::PyTuple>()?;
            class.object.bind(py).call1(arguments)
        });
        result(py, made)
    }

    /// Fills a new tuple, of which there is one reference.
    ///
    /// # Safety
    /// `tuple` must be null with an exception set, or such a tuple.
    #[inline]
    unsafe fn fill(&self, source: &mut Source<'_, '_>, tuple: Object, length: isize) -> Object {
        if tuple.is_null() {
            return tuple;
        }
        for index in 0..length {
            let element = self.next(source);
            // SAFETY: nobody else has seen the tuple yet; the slot takes over the
            // reference.
            unsafe {
                if element.is_null() {
                    ffi::Py_DECREF(tuple);
                    return element;
                }
                layout::put(tuple, index, element);
            }
        }
        tuple
    }

    fn list(&self, source: &mut Source<'_, '_>, length: usize) -> Object {
        // SAFETY: a new list of empty places, each of which takes over a
        // reference, and which nobody sees before it is full.
        unsafe {
            let list = ffi::PyList_New(length.cast_signed());
            if list.is_null() {
                return list;
            }
            for index in 0..length.cast_signed() {
                let element = self.next(source);
                if element.is_null() {
                    ffi::Py_DECREF(list);
                    return element;
                }
                ffi::PyList_SetItem(list, index, element);
            }
            list
        }
    }

    fn dict_of(&self, source: &mut Source<'_, '_>, length: usize) -> Object {
        // SAFETY: a new dict, and new references that are given up here.
        unsafe {
            let dict = ffi::PyDict_New();
            if dict.is_null() {
                return dict;
            }
            for _ in 0..length {
                let key = self.next(source);
                let value = if key.is_null() { key } else { self.next(source) };
                let failed = value.is_null() || ffi::PyDict_SetItem(dict, key, value) != 0;
                ffi::Py_XDECREF(key);
                ffi::Py_XDECREF(value);
                if failed {
                    ffi::Py_DECREF(dict);
                    return null_mut();
                }
            }
            dict
        }
    }

    #[inline]
    fn shaped(&self, source: &mut Source<'_, '_>, number: usize) -> Object {
        let shape = Rc::clone(known!(self.shapes.borrow().get(number)));
        // SAFETY: template and class are alive; both ways give a new reference or
        // null with an exception set.
        let (object, set) = unsafe {
            match &shape.template {
                Some(template) => (
                    ffi::PyDict_Copy(template.as_ptr()),
                    ffi::PyDict_SetItem as unsafe extern "C" fn(Object, Object, Object) -> std::ffi::c_int,
                ),
                None => (
                    instance(&shape),
                    ffi::PyObject_GenericSetAttr
                        as unsafe extern "C" fn(Object, Object, Object) -> std::ffi::c_int,
                ),
            }
        };
        if object.is_null() {
            return object;
        }
        let places = shape.places.iter().copied().chain(std::iter::repeat(0));
        for (name, place) in shape.names.iter().zip(places) {
            let value = self.next(source);
            // SAFETY: the object is ours alone, and its slots are empty; the value's
            // reference is given up, or goes into a slot.
            unsafe {
                if place > 0 && !value.is_null() {
                    object.byte_add(place).cast::<Object>().write(value);
                    continue;
                }
                let failed = value.is_null() || set(object, name.as_ptr(), value) != 0;
                ffi::Py_XDECREF(value);
                if failed {
                    ffi::Py_DECREF(object);
                    return null_mut();
                }
            }
        }
        object
    }

    /// A `Decimal`, which is the one made before if it is written in the same way.
    fn make_decimal(&self, source: &mut Source<'_, '_>, class: &Class) -> Object {
        let arguments = self.next(source);
        if arguments.is_null() {
            return arguments;
        }
        // SAFETY: a new reference; it has been checked that there is one element.
        unsafe {
            let arguments = Bound::from_owned_ptr(source.py, arguments);
            let written = match arguments.cast::<pyo3::types::PyTuple>() {
                Ok(tuple) if tuple.len() == 1 => layout::get(tuple.as_ptr(), 0),
                _ => return damaged(),
            };
            let content = if is_text(written) { utf8(written) } else { None };
            let slot = content.and_then(Numeral::of);
            if let Some(slot) = &slot
                && let Some(known) = source.recent.numerals.find(slot)
            {
                return shared(known);
            }
            let made = ffi::PyObject_Call(class.object.as_ptr(), arguments.as_ptr(), null_mut());
            if let Some(slot) = slot
                && !made.is_null()
            {
                source.recent.numerals.put(slot, made);
            }
            made
        }
    }

    fn instance_registered<'py>(
        &self,
        source: &mut Source<'py, '_>,
        number: usize,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = source.py;
        let odd = || PySystemError::new_err("a spilled value is damaged");
        let packed = self.read(source)?;
        let known = self.types.get(number).ok_or_else(odd)?;
        let class = known.class.bind(py);
        match &known.how {
            types::How::Tuple(make) => make.bind(py).call1((class, packed)),
            types::How::Functions { unpack, .. } => unpack.bind(py).call1((packed,)),
            types::How::Fields(names) => {
                let made = py.get_type::<PyAny>().getattr("__new__")?.call1((class,))?;
                for (name, value) in names.iter().zip(packed.try_iter()?) {
                    // SAFETY: all three are alive.
                    let failed = unsafe {
                        ffi::PyObject_GenericSetAttr(made.as_ptr(), name.as_ptr(), value?.as_ptr())
                    };
                    if failed != 0 {
                        return Err(PyErr::fetch(py));
                    }
                }
                Ok(made)
            }
        }
    }
}

/// A new instance without attributes.
#[inline]
pub(super) unsafe fn instance(shape: &Shape) -> Object {
    let Some(class) = &shape.class else {
        return damaged();
    };
    // SAFETY: the class has `object.__new__`, which takes no arguments.
    unsafe {
        let none = ffi::PyTuple_New(0);
        let slot = ffi::PyType_GetSlot(std::ptr::addr_of_mut!(ffi::PyBaseObject_Type), ffi::Py_tp_new);
        let new: ffi::newfunc = std::mem::transmute(slot);
        let made = new(class.object.as_ptr().cast(), none, null_mut());
        ffi::Py_DECREF(none);
        made
    }
}

#[inline]
fn text(source: &mut Source<'_, '_>, length: usize) -> Object {
    layout::text(known!(source.input.take(length)))
}

/// A text that comes again.
#[inline]
pub(super) fn text_kept(source: &mut Source<'_, '_>, opening: u8) -> Object {
    let content = known!(source.input.take((opening - tag::TEXT_KEPT).into()));
    let slot = known!(pack::slot(content));
    let text = layout::text(content);
    if !text.is_null() {
        source.recent.put(slot, text);
    }
    text
}

fn text_odd(content: &[u8]) -> Object {
    // SAFETY: pointer and length are those of a slice; gives a new reference.
    unsafe {
        ffi::PyUnicode_DecodeUTF8(
            content.as_ptr().cast(),
            content.len().cast_signed(),
            c"surrogatepass".as_ptr(),
        )
    }
}

#[cold]
fn big_int<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let options = [("signed", true)].into_py_dict(py)?;
    py.get_type::<PyInt>().call_method("from_bytes", (PyBytes::new(py, bytes), "little"), Some(&options))
}
