//! Python objects as bytes, through the stable ABI.
//!
//! Only values whose copies cannot be told from them are written: exact `str`,
//! `bytes`, `int`, `float`, `bool`, `None`, tuples of them, and what the user has
//! registered. NaN is not among them: it equals nothing, so containers find it
//! by its identity alone.

use std::ffi::{c_char, c_int};
use std::ptr::addr_of_mut;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use spacetime_runtime::codec::{self, Kind};

use super::dates::Dates;
use super::types::{How, Named, Types};

/// Deeper tuples than this are left alone, to keep recursion short.
const DEEPEST: usize = 50;

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// All of it is in the bytes.
    Whole,
    /// The bytes compare as it does, but it cannot be made from them (`-0.0`).
    Order,
    /// It cannot be written; what is in the buffer is of no use.
    Odd,
}

/// The types at one place in all keys so far, and in what is below it.
#[derive(Debug, Default)]
pub struct Shape {
    class: Class,
    elements: Vec<Shape>,
}

/// Types that are compared with each other in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    #[default]
    Unknown,
    None,
    Bool,
    Int,
    Float,
    Text,
    Bytes,
    Tuple,
    List,
    Date,
    /// Without a time zone.
    DateTime,
}

macro_rules! is_exactly {
    ($object:expr, $class:ident) => {
        // SAFETY: the object is alive, and types are never moved.
        unsafe { ffi::Py_TYPE($object) == addr_of_mut!(ffi::$class) }
    };
}

/// A sequence that is compared as what it holds.
#[derive(Clone, Copy)]
pub enum Sequence {
    /// A tuple, or one with another name.
    Tuple,
    List,
}

/// Whether an object that is no exact tuple compares element by element.
pub fn sequence(object: Object) -> Option<Sequence> {
    if is_exactly!(object, PyList_Type) {
        return Some(Sequence::List);
    }
    // SAFETY: the object is alive, and so is its class; any class may be asked.
    unsafe {
        if ffi::PyTuple_Check(object) == 0 || ffi::PyTuple_CheckExact(object) != 0 {
            return None;
        }
        let compare = |class| ffi::PyType_GetSlot(class, ffi::Py_tp_richcompare);
        let same = compare(ffi::Py_TYPE(object)) == compare(addr_of_mut!(ffi::PyTuple_Type));
        same.then_some(Sequence::Tuple)
    }
}

/// Writes keys and values.
pub struct Encoder<'py> {
    pub py: Python<'py>,
    pub types: Arc<Types>,
    /// What the values written so far take as objects.
    pub cost: usize,
    /// Some place inside the keys holds values of different types.
    pub mixed: bool,
    /// The whole keys are of different types, or the items have something large in
    /// common: they are better sorted as they are.
    pub clash: bool,
    /// The value being written is nobody's but ours.
    ours: bool,
    /// What is written goes away soon, as a rule.
    passing: bool,
    /// Keys are not the items themselves, and may have to be made again of what is written.
    pub foreign: bool,
    /// The latest large text, and how often it has come one after the other.
    large: Option<Py<PyAny>>,
    again: usize,
    dates: Option<Dates<'py>>,
    named: Named,
}

/// A text that somebody else holds gets no second form in memory if it is longer.
const LONG: ffi::Py_ssize_t = 64;
/// A text that comes so often in a row, and is longer, had better stay in memory.
const LARGE: usize = 4096;
const MANY: usize = 4;

/// Sizes as CPython's allocator rounds them.
const fn rounded(size: usize) -> usize {
    (size + 15) & !15
}

/// A borrowed object; alive because whoever lends it holds it.
type Object = *mut ffi::PyObject;

/// The class of an exact builtin, `Unknown` for everything else.
#[inline]
fn class_of(object: Object) -> Class {
    if is_exactly!(object, PyUnicode_Type) {
        Class::Text
    } else if is_exactly!(object, PyLong_Type) {
        Class::Int
    } else if is_exactly!(object, PyTuple_Type) {
        Class::Tuple
    } else if is_exactly!(object, PyFloat_Type) {
        Class::Float
    } else if is_exactly!(object, PyBytes_Type) {
        Class::Bytes
    } else if is_exactly!(object, PyBool_Type) {
        Class::Bool
    // SAFETY: reading the address of a singleton.
    } else if object == unsafe { ffi::Py_None() } {
        Class::None
    } else {
        Class::Unknown
    }
}

/// An exact int as 64 bits, if it fits.
#[inline]
pub fn as_i64(object: Object) -> Option<i64> {
    let mut overflow: c_int = 0;
    // SAFETY: the object is an exact int, for which this cannot fail.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow) };
    (overflow == 0).then_some(value)
}

/// An int that is exactly an int and fits, or a float that is exactly a float
/// and neither NaN nor `-0.0`: what needs no more than a machine word.
pub enum Word {
    Int(i64),
    Float(f64),
}

#[inline]
pub fn as_word(object: Object) -> Option<Word> {
    if is_exactly!(object, PyLong_Type) {
        return as_i64(object).map(Word::Int);
    }
    if is_exactly!(object, PyFloat_Type) {
        // SAFETY: the object is an exact float.
        let value = unsafe { ffi::PyFloat_AsDouble(object) };
        let plain = !value.is_nan() && (value != 0.0 || value.is_sign_positive());
        return plain.then_some(Word::Float(value));
    }
    None
}

impl Shape {
    /// Whether an item that is its own key leaves all keys so far of one type;
    /// then a machine word may stand for it.
    #[inline]
    pub fn stays_word(&mut self, object: Object) -> bool {
        let class = class_of(object);
        if self.class == Class::Unknown {
            self.class = class;
        }
        self.class == class
    }
}

impl<'py> Encoder<'py> {
    pub fn new(py: Python<'py>, passing: bool) -> Self {
        let types = Arc::new(Types::now(py));
        let dates = Dates::now(py);
        Self {
            py,
            types,
            cost: 0,
            mixed: false,
            clash: false,
            ours: false,
            passing,
            foreign: false,
            large: None,
            again: 0,
            dates,
            named: Named::default(),
        }
    }

    /// Whether an object is compared as the tuple that it is.
    pub fn is_ordered_as_tuple(&mut self, object: Object) -> bool {
        let number = self.named.find(self.py, &mut self.types, object);
        number.and_then(|number| self.types.get(number)).is_some_and(|known| known.ordered_as_tuple)
    }

    /// Notes whether the value to be written is about to go away.
    #[inline]
    fn start(&mut self, object: Object) {
        // SAFETY: the object is alive.
        self.ours = unsafe { ffi::Py_REFCNT(object) } == 1;
    }

    /// Writes a key: into nothing but its own buffer if `depth` is 0.
    pub fn key(
        &mut self,
        object: Object,
        shape: &mut Shape,
        into: &mut Vec<u8>,
        depth: usize,
    ) -> PyResult<Written> {
        if depth == 0 {
            self.start(object);
        }
        let class = class_of(object);
        if class == Class::Unknown
            && let Some((class, text)) = self.dates.as_ref().and_then(|dates| dates.text(object))
        {
            self.see(shape, class, depth);
            let write = if depth == 0 { codec::rest } else { codec::escaped };
            let kind = if class == Class::Date { Kind::Day } else { Kind::Moment };
            self.content(text.as_ptr(), kind, into, write)?;
            return Ok(Written::Order);
        }
        if class == Class::Unknown && depth > 0 && !self.foreign && self.is_ordered_as_tuple(object) {
            self.see(shape, Class::Tuple, depth);
            let written = self.tuple_key(object, shape, into, depth)?;
            return Ok(if written == Written::Odd { Written::Odd } else { Written::Order });
        }
        self.see(shape, class, depth);
        match class {
            Class::Unknown | Class::List | Class::Date | Class::DateTime => return Ok(Written::Odd),
            Class::Float => return Ok(self.float_key(object, into)),
            Class::Tuple => return self.tuple_key(object, shape, into, depth),
            // A lone None is compared and refused; inside tuples Nones are equal.
            Class::None if depth == 0 => return Ok(Written::Odd),
            Class::Text | Class::Bytes => {
                let kind = if class == Class::Text { Kind::Text } else { Kind::Bytes };
                let write = if depth == 0 { codec::rest } else { codec::escaped };
                self.content(object, kind, into, write)?;
            }
            Class::None | Class::Bool | Class::Int => self.simple(object, class, into)?,
        }
        Ok(Written::Whole)
    }

    /// Notes the type at one place of a key.
    #[inline]
    fn see(&mut self, shape: &mut Shape, class: Class, depth: usize) {
        if shape.class != class {
            if shape.class != Class::Unknown {
                self.mixed = true;
                self.clash |= depth == 0;
            }
            shape.class = class;
        }
    }

    /// An instance of a registered type that compares as the tuple that it is.
    pub fn named_tuple_key(
        &mut self,
        object: Object,
        shape: &mut Shape,
        into: &mut Vec<u8>,
    ) -> PyResult<Written> {
        self.start(object);
        self.sequence_key(object, Sequence::Tuple, shape, into)
    }

    /// A sequence whose bytes compare as it does, but are not all of it.
    pub fn sequence_key(
        &mut self,
        object: Object,
        sequence: Sequence,
        shape: &mut Shape,
        into: &mut Vec<u8>,
    ) -> PyResult<Written> {
        let written = match sequence {
            Sequence::Tuple => {
                self.see(shape, Class::Tuple, 0);
                self.tuple_key(object, shape, into, 0)?
            }
            Sequence::List => {
                self.see(shape, Class::List, 0);
                self.list_key(object, shape, into)?
            }
        };
        Ok(if written == Written::Odd { Written::Odd } else { Written::Order })
    }

    fn float_key(&mut self, object: Object, into: &mut Vec<u8>) -> Written {
        // SAFETY: the object is an exact float.
        let value = unsafe { ffi::PyFloat_AsDouble(object) };
        if value.is_nan() {
            return Written::Odd;
        }
        self.cost += 32;
        // Adding zero makes the zeros equal.
        codec::float(into, value + 0.0);
        if value == 0.0 && value.is_sign_negative() { Written::Order } else { Written::Whole }
    }

    fn tuple_key(
        &mut self,
        object: Object,
        shape: &mut Shape,
        into: &mut Vec<u8>,
        depth: usize,
    ) -> PyResult<Written> {
        if depth >= DEEPEST {
            return Ok(Written::Odd);
        }
        // SAFETY: the object is a tuple.
        let size = unsafe { ffi::PyTuple_Size(object) };
        // SAFETY: as above, and indices stay below its size.
        let element = |index| unsafe { ffi::PyTuple_GetItem(object, index) };
        self.elements_key(size, element, shape, into, depth)
    }

    fn list_key(&mut self, object: Object, shape: &mut Shape, into: &mut Vec<u8>) -> PyResult<Written> {
        // SAFETY: the object is a list.
        let size = unsafe { ffi::PyList_Size(object) };
        // SAFETY: as above; it says itself whether there is such an element.
        let element = |index| unsafe { ffi::PyList_GetItem(object, index) };
        self.elements_key(size, element, shape, into, 0)
    }

    #[inline]
    fn elements_key(
        &mut self,
        size: isize,
        element: impl Fn(isize) -> Object,
        shape: &mut Shape,
        into: &mut Vec<u8>,
        depth: usize,
    ) -> PyResult<Written> {
        if shape.elements.len() < size.cast_unsigned() {
            shape.elements.resize_with(size.cast_unsigned(), Shape::default);
        }
        self.cost += rounded(40 + 8 * size.cast_unsigned());
        codec::begin_tuple(into);
        let mut written = Written::Whole;
        for (index, shape) in (0..size).zip(&mut shape.elements) {
            let element = element(index);
            if element.is_null() {
                // Somebody has changed the list.
                PyErr::take(self.py);
                return Ok(Written::Odd);
            }
            match self.key(element, shape, into, depth + 1)? {
                Written::Whole => {}
                Written::Order => written = Written::Order,
                Written::Odd => return Ok(Written::Odd),
            }
        }
        codec::end_tuple(into);
        Ok(written)
    }

    /// Writes a value that nobody compares; false if it cannot be written.
    pub fn value(&mut self, object: Object, into: &mut Vec<u8>, depth: usize) -> PyResult<bool> {
        if depth == 0 {
            self.start(object);
        }
        match class_of(object) {
            Class::Text => self.content(object, Kind::Text, into, codec::sized)?,
            Class::Bytes => self.content(object, Kind::Bytes, into, codec::sized)?,
            Class::Tuple => return self.tuple_value(object, into, depth),
            Class::Float => {
                // SAFETY: the object is an exact float.
                let value = unsafe { ffi::PyFloat_AsDouble(object) };
                if value.is_nan() {
                    return Ok(false);
                }
                self.cost += 32;
                codec::float(into, value);
            }
            Class::Unknown | Class::List => return self.registered(object, into, depth),
            class => self.simple(object, class, into)?,
        }
        Ok(true)
    }

    fn tuple_value(&mut self, object: Object, into: &mut Vec<u8>, depth: usize) -> PyResult<bool> {
        if depth >= DEEPEST {
            return Ok(false);
        }
        // SAFETY: the object is a tuple, and indices stay below its size.
        let size = unsafe { ffi::PyTuple_Size(object) };
        self.cost += rounded(40 + 8 * size.cast_unsigned());
        codec::sized_tuple(into, size.cast_unsigned());
        for index in 0..size {
            // SAFETY: as above.
            let element = unsafe { ffi::PyTuple_GetItem(object, index) };
            if !self.value(element, into, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn registered(&mut self, object: Object, into: &mut Vec<u8>, depth: usize) -> PyResult<bool> {
        let number = self.named.find(self.py, &mut self.types, object);
        let types = Arc::clone(&self.types);
        let Some((number, known)) = number.and_then(|number| Some((number, types.get(number)?))) else {
            return Ok(false);
        };
        if depth >= DEEPEST {
            return Ok(false);
        }
        codec::registered(into, number);
        if matches!(known.how, How::Tuple(_)) {
            // What it holds may be of a class that is new.
            drop(types);
            return self.tuple_value(object, into, depth);
        }
        // SAFETY: the object is alive; a reference of our own is taken.
        let instance = unsafe { Bound::from_borrowed_ptr(self.py, object) };
        match &known.how {
            How::Tuple(_) => Ok(false),
            How::Functions { pack, .. } => {
                let packed = pack.bind(self.py).call1((instance,))?;
                self.cost += 48;
                self.value(packed.as_ptr(), into, depth + 1)
            }
            How::Fields(names) => {
                let values: Option<Vec<_>> = names.iter().map(|name| attribute(&instance, name)).collect();
                let Some(values) = values else {
                    return Ok(false);
                };
                self.cost += 64 + 8 * values.len();
                codec::sized_tuple(into, values.len());
                for value in values {
                    if !self.value(value.as_ptr(), into, depth + 1)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    fn simple(&mut self, object: Object, class: Class, into: &mut Vec<u8>) -> PyResult<()> {
        match class {
            // SAFETY: reading the address of a singleton.
            Class::Bool => codec::bool(into, object == unsafe { ffi::Py_True() }),
            Class::Int => {
                self.cost += 32;
                match as_i64(object) {
                    Some(value) => codec::int(into, value),
                    None => self.big_int(object, into)?,
                }
            }
            _ => codec::none(into),
        }
        Ok(())
    }

    #[cold]
    fn big_int(&mut self, object: Object, into: &mut Vec<u8>) -> PyResult<()> {
        // SAFETY: the object is alive; a reference of our own is taken.
        let value = unsafe { Bound::from_borrowed_ptr(self.py, object) };
        let bits: usize = value.call_method0("bit_length")?.extract()?;
        let magnitude = value.abs()?.call_method1("to_bytes", (bits.div_ceil(8), "big"))?;
        self.cost += rounded(bits / 7);
        codec::big_int(into, value.lt(0)?, magnitude.extract()?);
        Ok(())
    }

    /// Writes the content of a `str` or `bytes`.
    #[inline]
    fn content(
        &mut self,
        object: Object,
        kind: Kind,
        into: &mut Vec<u8>,
        write: fn(&mut Vec<u8>, Kind, &[u8]),
    ) -> PyResult<()> {
        let mut length = 0;
        let mut owned = None;
        let start = match kind {
            Kind::Text | Kind::Day | Kind::Moment => {
                // SAFETY: the object is an exact str.
                let start = unsafe { self.utf8(object, &mut length) };
                if start.is_null() {
                    owned = Some(self.utf8_copy(object)?);
                }
                start
            }
            Kind::Bytes => {
                let mut start = std::ptr::null_mut();
                // SAFETY: the object is exact bytes, for which this cannot fail.
                unsafe { ffi::PyBytes_AsStringAndSize(object, &raw mut start, &raw mut length) };
                start.cast_const()
            }
        };
        let content = match &owned {
            Some(bytes) => bytes.as_bytes(),
            // SAFETY: start and length describe memory of the object, which is
            // alive and does not change.
            None => unsafe { std::slice::from_raw_parts(start.cast(), length.cast_unsigned()) },
        };
        self.cost += rounded(49 + content.len());
        write(into, kind, content);
        if content.len() > LARGE {
            self.comes_again(object);
        }
        Ok(())
    }

    /// Notes a large text: what many items have in common takes room once in
    /// memory, and would take it again and again on disk.
    #[cold]
    fn comes_again(&mut self, object: Object) {
        if self.large.as_ref().is_some_and(|large| large.as_ptr() == object) {
            self.again += 1;
            self.clash |= self.again >= MANY;
            return;
        }
        // SAFETY: the object is alive; a reference of our own is taken.
        self.large = Some(unsafe { Bound::from_borrowed_ptr(self.py, object) }.unbind());
        self.again = 1;
    }

    /// The UTF-8 of a str, or null if a copy has to be made: because there are
    /// lone surrogates, or because a str that lives on would keep its UTF-8.
    ///
    /// # Safety
    /// The object must be an exact str.
    #[inline]
    unsafe fn utf8(&self, object: Object, length: &mut ffi::Py_ssize_t) -> *const c_char {
        // SAFETY: the caller's promise.
        unsafe {
            let passing = self.ours && ffi::Py_REFCNT(object) <= 1
                || self.passing && ffi::PyUnicode_GetLength(object) <= LONG;
            if !passing {
                return std::ptr::null();
            }
            let start = ffi::PyUnicode_AsUTF8AndSize(object, length);
            if start.is_null() {
                ffi::PyErr_Clear();
            }
            start
        }
    }

    /// The UTF-8 as a bytes object of its own; lone surrogates are written like
    /// other code points.
    fn utf8_copy(&self, object: Object) -> PyResult<Bound<'py, PyBytes>> {
        // SAFETY: the object is an exact str, both names are C strings, and each
        // result is a new reference to bytes, or null with an exception set.
        unsafe {
            let mut bytes = ffi::PyUnicode_AsUTF8String(object);
            if bytes.is_null() {
                ffi::PyErr_Clear();
                bytes = ffi::PyUnicode_AsEncodedString(object, c"utf-8".as_ptr(), c"surrogatepass".as_ptr());
            }
            Ok(Bound::from_owned_ptr_or_err(self.py, bytes)?.cast_into_unchecked())
        }
    }
}

/// An attribute, if there is one.
fn attribute<'py>(instance: &Bound<'py, PyAny>, name: &Py<PyString>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: both are alive; the result is a new reference, or null with an
    // exception set, which is the instance's way to say that it is odd.
    unsafe {
        let value = ffi::PyObject_GetAttr(instance.as_ptr(), name.as_ptr());
        if value.is_null() {
            ffi::PyErr_Clear();
        }
        Bound::from_owned_ptr_or_opt(instance.py(), value)
    }
}
