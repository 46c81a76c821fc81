//! Objects as bytes, through the stable ABI.

use std::ffi::c_int;
use std::ptr::{addr_of_mut, null_mut};
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyBytes};
use spacetime_runtime::pack::{self, tag};

use super::classes::{Class, How, Slot};
use super::sets::{faithful, is_plain};
use super::shapes::{Found, make};
use super::{Codec, Object, Output, groups, layout, tuple_slot};
use crate::size::is_held_by_several;
use crate::types;

/// What is nested deeper stays in memory, to keep recursion short.
pub(super) const DEEPEST: usize = 50;
/// A text that somebody else holds gets no second form in memory if it is longer.
const LONG: isize = 64;

macro_rules! is_exactly {
    ($class:expr, $exact:ident) => {
        // Only the address is taken, and types are never moved.
        std::ptr::eq($class, addr_of_mut!(ffi::$exact))
    };
}

#[inline]
pub fn is_text(object: Object) -> bool {
    // SAFETY: the object is alive.
    is_exactly!(unsafe { ffi::Py_TYPE(object) }, PyUnicode_Type)
}

/// The UTF-8 of a text; `None` with lone surrogates.
///
/// # Safety
/// The object must be an exact `str`, and live as long as the result.
#[inline]
pub unsafe fn utf8<'a>(text: Object) -> Option<&'a [u8]> {
    let mut length = 0;
    // SAFETY: the caller's promise; start and length describe memory of the text.
    unsafe {
        let start = ffi::PyUnicode_AsUTF8AndSize(text, &raw mut length);
        if start.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(std::slice::from_raw_parts(start.cast(), length.cast_unsigned()))
    }
}

/// Where an object stands in what is being packed.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// So many references to it are ours, or its container's.
    pub held: isize,
    /// Somebody else holds a tuple around it.
    pub shared: bool,
    /// It lives as long as what is being packed.
    pub lasting: bool,
    pub depth: usize,
}

impl Place {
    fn inside(self, shared: bool) -> Self {
        Self { held: 1, shared, depth: self.depth + 1, ..self }
    }

    /// Whether an object is large and several others hold it: to write it each
    /// time would take far more room than the object does.
    #[inline]
    fn is_held_by_several(self, object: Object) -> bool {
        // SAFETY: the object is alive.
        unsafe { is_held_by_several(object, self.held) }
    }

    /// Whether nobody but us holds an object.
    #[inline]
    fn owns(self, object: Object) -> bool {
        // SAFETY: the object is alive.
        unsafe { ffi::Py_REFCNT(object) <= self.held }
    }
}

impl Codec {
    /// Packs one object, of which the caller has `held` references. It never
    /// fails: what cannot be packed becomes a pin.
    #[inline]
    pub fn write(&self, py: Python<'_>, object: Object, held: isize, out: &mut Output) {
        self.value(py, object, Place { held, shared: false, lasting: true, depth: 0 }, out);
    }

    pub(super) fn value(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) {
        // SAFETY: the object is alive.
        let class = unsafe { ffi::Py_TYPE(object) };
        if is_exactly!(class, PyUnicode_Type) {
            text(py, object, place, out);
        } else if is_exactly!(class, PyLong_Type) {
            int(py, object, place, out);
        } else if is_exactly!(class, PyFloat_Type) {
            // SAFETY: the object is an exact float.
            let value = unsafe { ffi::PyFloat_AsDouble(object) };
            if value.is_nan() && self.is_compared(place) {
                pin(py, object, out);
            } else {
                pack::float(&mut out.bytes, value);
            }
        } else if is_exactly!(class, PyDict_Type) {
            if !self.may_change(object, place) || !self.dict(py, object, place, out) {
                pin(py, object, out);
            }
        } else if is_exactly!(class, PyTuple_Type) {
            if place.depth < DEEPEST && !place.is_held_by_several(object) {
                self.tuple(py, object, place, out);
            } else {
                pin(py, object, out);
            }
        } else if is_exactly!(class, PyList_Type) {
            if self.may_change(object, place) {
                // SAFETY: the object is a list.
                let size = unsafe { ffi::PyList_Size(object) };
                pack::numbered(&mut out.bytes, tag::LIST, size.cast_unsigned());
                for index in 0..size {
                    // SAFETY: nobody else can change the list while we do this.
                    let element = unsafe { ffi::PyList_GetItem(object, index) };
                    self.value(py, element, place.inside(false), out);
                }
            } else {
                pin(py, object, out);
            }
        // SAFETY: reading the address of a singleton.
        } else if object == unsafe { ffi::Py_None() } {
            out.bytes.push(tag::NONE);
        } else if is_exactly!(class, PyBool_Type) {
            // SAFETY: as above.
            let is_true = object == unsafe { ffi::Py_True() };
            out.bytes.push(if is_true { tag::TRUE } else { tag::FALSE });
        } else if is_exactly!(class, PyBytes_Type) {
            if place.is_held_by_several(object) {
                pin(py, object, out);
            } else {
                bytes(object, out);
            }
        } else {
            self.other(py, object, place, out);
        }
    }

    #[inline]
    fn tuple(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) {
        let several = place.lasting && place.depth > 0 && !place.owns(object);
        if several && comes_again(object, out) {
            return;
        }
        // SAFETY: the object is a tuple.
        pack::tuple(&mut out.bytes, unsafe { ffi::Py_SIZE(object) }.cast_unsigned());
        self.elements(py, object, place, out);
        if several {
            remember(object, out);
        }
    }

    /// Whether somebody may compare or hash an object: what items hold always.
    #[inline]
    pub(super) fn is_compared(&self, place: Place) -> bool {
        self.policy.compared || place.depth > 0
    }

    /// Whether an object that can be changed may be packed.
    #[inline]
    fn may_change(&self, object: Object, place: Place) -> bool {
        self.policy.frozen && !place.shared && place.depth < DEEPEST && place.owns(object)
    }

    /// The elements of a tuple.
    #[inline]
    fn elements(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) {
        let inside = place.inside(place.shared || !place.owns(object));
        // SAFETY: the object is a tuple, and indices stay below its size.
        for index in 0..unsafe { ffi::Py_SIZE(object) } {
            let element = unsafe { layout::get(object, index) };
            self.value(py, element, inside, out);
        }
    }

    fn dict(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) -> bool {
        let start = out.pairs.len();
        push_pairs(object, &mut out.pairs);
        let pairs = &out.pairs[start..];
        let shape = if pairs.is_empty() { None } else { self.shape(py, None, pairs) };
        if shape.is_none() && !pairs.iter().all(|pair| is_plain(pair.0, 0)) {
            out.pairs.truncate(start);
            return false;
        }
        match shape {
            Some(number) => {
                self.last.set(number);
                pack::shaped(&mut out.bytes, number);
            }
            None => pack::numbered(&mut out.bytes, tag::DICT, pairs.len()),
        }
        for index in start..out.pairs.len() {
            let (name, value) = out.pairs[index];
            if shape.is_none() {
                self.value(py, name, place.inside(true), out);
            }
            self.value(py, value, place.inside(false), out);
        }
        out.pairs.truncate(start);
        true
    }

    /// The number of a shape, made if need be; `None` if it gets none.
    #[inline]
    fn shape(&self, py: Python<'_>, class: Option<&Rc<Class>>, pairs: &[(Object, Object)]) -> Option<usize> {
        let found = self.shapes.borrow_mut().find(class, pairs, self.last.get());
        match found {
            Found::Number(number) => Some(number),
            Found::New(hash) => {
                let shape = make(py, class, pairs)?;
                Some(self.shapes.borrow_mut().add(hash, shape))
            }
            Found::Odd => None,
        }
    }

    fn other(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) {
        if out.groups.is_some()
            && groups::is_group(py, object)
            && (self.policy.changing || !self.policy.compared)
            && self.may_change(object, place)
            && groups::write(py, object, out)
        {
            return;
        }
        let class = self.class_of(py, object);
        let deep = place.depth >= DEEPEST;
        let done = match &class.how {
            _ if deep => false,
            How::Pinned => self.set(py, object, place, out),
            How::Registered(number) => self.registered(py, object, *number, place, out),
            // One may not even equal itself, but where it is the same object.
            How::Tuple if class.compares && self.is_compared(place) => false,
            How::Tuple => self.named_tuple(py, object, &class, place, out),
            // What may be changed is the same object as long as somebody could compare it.
            How::Instance { by_identity: true, .. } if self.is_compared(place) && !self.policy.changing => {
                false
            }
            // Whoever finds it as a key might change it there.
            How::Instance { is_key: true, .. } if place.depth > 0 => false,
            How::Instance { slots, .. } => {
                let free = self.may_change(object, place) && !has_weak_references(object, &class);
                free && self.instance(py, object, &class, slots, place, out)
            }
            How::Reduced => self.reduced(py, object, &class, out).unwrap_or(false),
            How::Dated(size) => {
                // SAFETY: the object is of the class whose instances have so many bytes.
                match unsafe { layout::date(object, *size) } {
                    Some(bytes) => {
                        pack::numbered(&mut out.bytes, tag::CALL, class.number);
                        pack::tuple(&mut out.bytes, 1);
                        pack::sized(&mut out.bytes, tag::BYTES, bytes);
                        true
                    }
                    None => self.reduced(py, object, &class, out).unwrap_or(false),
                }
            }
            How::Decimal => self.decimal(py, object, &class, place, out).unwrap_or(false),
            How::Row(rows) => self.row(py, object, class.number, rows, out).unwrap_or(false),
        };
        if !done {
            pin(py, object, out);
        }
    }

    fn named_tuple(
        &self,
        py: Python<'_>,
        object: Object,
        class: &Class,
        place: Place,
        out: &mut Output,
    ) -> bool {
        if has_weak_references(object, class) {
            return false;
        }
        if class.has_dict && Dict::of(object).is_none_or(|dict| dict.is_shared() || dict.len() > 0) {
            return false;
        }
        pack::numbered(&mut out.bytes, tag::TUPLE_CLASS, class.number);
        // SAFETY: the object is a tuple.
        pack::varint(&mut out.bytes, unsafe { ffi::PyTuple_Size(object) }.unsigned_abs() as u64);
        self.elements(py, object, place, out);
        true
    }

    fn instance(
        &self,
        py: Python<'_>,
        object: Object,
        class: &Rc<Class>,
        slots: &[Slot],
        place: Place,
        out: &mut Output,
    ) -> bool {
        let start = out.pairs.len();
        for slot in slots {
            // SAFETY: the object is alive, and an instance of the class.
            let value = unsafe { slot.value(object) };
            if !value.is_null() {
                out.pairs.push((slot.name.as_ptr(), value));
            }
        }
        let mut fine = true;
        if class.has_dict {
            match Dict::of(object) {
                Some(dict) if !dict.is_shared() => {
                    let own = out.pairs.len();
                    push_pairs(dict.0, &mut out.pairs);
                    // An attribute that hides behind a slot would come back in it.
                    let hides =
                        |(name, _): &(Object, Object)| slots.iter().any(|slot| slot.name.as_ptr() == *name);
                    fine = slots.is_empty() || !out.pairs[own..].iter().any(hides);
                }
                _ => fine = false,
            }
        }
        // Fields are compared one by one, and the object with itself not at all.
        fine = fine
            && (!self.is_compared(place)
                || !out.pairs[start..].iter().any(|(_, value)| self.is_nan(py, *value)));
        let found = if fine { self.shape(py, Some(class), &out.pairs[start..]) } else { None };
        if let Some(number) = found {
            self.last.set(number);
            pack::shaped(&mut out.bytes, number);
            for index in start..out.pairs.len() {
                self.value(py, out.pairs[index].1, place.inside(false), out);
            }
        }
        out.pairs.truncate(start);
        found.is_some()
    }

    fn registered(
        &self,
        py: Python<'_>,
        object: Object,
        number: usize,
        place: Place,
        out: &mut Output,
    ) -> bool {
        let Some(known) = self.types.get(number) else {
            return false;
        };
        // SAFETY: the object is alive; a reference of our own is taken.
        let instance = unsafe { Bound::from_borrowed_ptr(py, object) };
        // Whoever registers a class says that its instances are not changed.
        let inside = Place { held: isize::MAX, shared: false, lasting: false, depth: place.depth + 1 };
        match &known.how {
            types::How::Tuple(_) => {
                pack::numbered(&mut out.bytes, tag::REGISTERED, number);
                // SAFETY: the object is a tuple.
                pack::tuple(&mut out.bytes, unsafe { ffi::PyTuple_Size(object) }.cast_unsigned());
                self.elements(py, object, inside, out);
            }
            types::How::Functions { pack: function, .. } => {
                // The list that this stands for would not have called it.
                let Ok(packed) = function.bind(py).call1((instance,)) else {
                    return false;
                };
                pack::numbered(&mut out.bytes, tag::REGISTERED, number);
                self.value(py, packed.as_ptr(), inside, out);
            }
            types::How::Fields(names) => {
                let values: PyResult<Vec<_>> = names.iter().map(|name| instance.getattr(name)).collect();
                let Ok(values) = values else {
                    return false;
                };
                pack::numbered(&mut out.bytes, tag::REGISTERED, number);
                pack::tuple(&mut out.bytes, values.len());
                for value in values {
                    self.value(py, value.as_ptr(), inside.inside(false), out);
                }
            }
        }
        true
    }

    /// A set whose copy would be walked in the same order.
    fn set(&self, py: Python<'_>, object: Object, place: Place, out: &mut Output) -> bool {
        // SAFETY: the object is alive.
        let class = unsafe { ffi::Py_TYPE(object) };
        let frozen = is_exactly!(class, PyFrozenSet_Type);
        let kept = self.policy.changing && !frozen;
        if !self.policy.frozen || kept || !(frozen || is_exactly!(class, PySet_Type)) {
            return false;
        }
        if (!frozen && !self.may_change(object, place)) || place.is_held_by_several(object) {
            return false;
        }
        // SAFETY: the object is alive; a reference of our own is taken.
        let set = unsafe { Bound::from_borrowed_ptr(py, object) };
        let Ok(elements) = faithful(&set, frozen) else {
            return false;
        };
        let opening = if frozen { tag::FROZENSET } else { tag::SET };
        pack::numbered(&mut out.bytes, opening, elements.len());
        for element in elements {
            self.value(py, element.as_ptr(), place.inside(true), out);
        }
        true
    }
}

/// The `__dict__` of an instance.
struct Dict(Object);

impl Dict {
    #[inline]
    fn of(object: Object) -> Option<Self> {
        // SAFETY: the object is alive and has a dict.
        unsafe {
            let dict = ffi::PyObject_GenericGetDict(object, null_mut());
            if dict.is_null() {
                ffi::PyErr_Clear();
                return None;
            }
            Some(Self(dict))
        }
    }

    /// Whether somebody beside the instance and us holds it.
    fn is_shared(&self) -> bool {
        // SAFETY: the dict is alive.
        unsafe { ffi::Py_REFCNT(self.0) > 2 || ffi::Py_TYPE(self.0) != addr_of_mut!(ffi::PyDict_Type) }
    }

    fn len(&self) -> isize {
        // SAFETY: the dict is alive.
        unsafe { ffi::PyDict_Size(self.0) }
    }
}

impl Drop for Dict {
    fn drop(&mut self) {
        // SAFETY: a reference of our own; the instance has another.
        unsafe { ffi::Py_DECREF(self.0) }
    }
}

/// What a dict holds, in order, borrowed from it.
#[inline]
fn push_pairs(dict: Object, pairs: &mut Vec<(Object, Object)>) {
    let (mut position, mut name, mut value) = (0, null_mut(), null_mut());
    // SAFETY: the dict is alive, and nobody changes it meanwhile.
    while unsafe { ffi::PyDict_Next(dict, &raw mut position, &raw mut name, &raw mut value) } != 0 {
        pairs.push((name, value));
    }
}

fn has_weak_references(object: Object, class: &Class) -> bool {
    if class.weak_offset == 0 {
        return false;
    }
    // SAFETY: the class says that the pointer to the list of weak references is
    // there.
    unsafe { !object.byte_offset(class.weak_offset).cast::<Object>().read().is_null() }
}

/// Whether a tuple that somebody else holds too has just been packed, and is not
/// packed again; otherwise it is to be remembered when its elements have been packed.
fn comes_again(tuple: Object, out: &mut Output) -> bool {
    let Some(tuples) = &out.tuples else {
        return false;
    };
    let slot = tuple_slot(tuple as usize);
    let known = tuples[slot] == tuple as usize;
    out.bytes.extend_from_slice(&[if known { tag::TUPLE_AGAIN } else { tag::TUPLE_KEPT }, slot as u8]);
    known
}

/// The reader knows a tuple when it has all its elements, after the tuples in it,
/// which may have the same place.
fn remember(tuple: Object, out: &mut Output) {
    if let Some(tuples) = &mut out.tuples {
        tuples[tuple_slot(tuple as usize)] = tuple as usize;
    }
}

/// Keeps an object in memory and writes its number.
#[cold]
fn pin(py: Python<'_>, object: Object, out: &mut Output) {
    let pins = &mut out.pins;
    let number = *out.numbers.entry(object as usize).or_insert_with(|| {
        // SAFETY: the object is alive; a reference of our own is taken.
        pins.push(unsafe { Bound::from_borrowed_ptr(py, object) }.unbind());
        pins.len() - 1
    });
    pack::numbered(&mut out.bytes, tag::PIN, number);
}

#[inline]
fn text(py: Python<'_>, object: Object, place: Place, out: &mut Output) {
    // Beyond ASCII a text keeps the UTF-8 that it is asked for, which would be a
    // second copy of a text that lives on.
    // SAFETY: the object is an exact str.
    let lasting = !place.owns(object) && unsafe { ffi::PyUnicode_GetLength(object) } > LONG;
    if lasting && place.is_held_by_several(object) {
        pin(py, object, out);
        return;
    }
    if !lasting && let Some(content) = unsafe { utf8(object) } {
        out.recent.text(&mut out.bytes, content);
        return;
    }
    text_copy(py, object, out);
}

#[cold]
fn text_copy(py: Python<'_>, object: Object, out: &mut Output) {
    // SAFETY: the object is an exact str, both names are C strings, and each
    // result is a new reference to bytes, or null with an exception set.
    let (copy, opening) = unsafe {
        let plain = ffi::PyUnicode_AsUTF8String(object);
        if plain.is_null() {
            ffi::PyErr_Clear();
            let odd = ffi::PyUnicode_AsEncodedString(object, c"utf-8".as_ptr(), c"surrogatepass".as_ptr());
            (Bound::from_owned_ptr_or_err(py, odd), tag::TEXT_ODD)
        } else {
            (Ok(Bound::from_owned_ptr(py, plain)), tag::TEXT)
        }
    };
    match copy.map(Bound::cast_into::<PyBytes>) {
        Ok(Ok(copy)) if opening == tag::TEXT => out.recent.text(&mut out.bytes, copy.as_bytes()),
        Ok(Ok(copy)) => pack::sized(&mut out.bytes, opening, copy.as_bytes()),
        _ => pin(py, object, out),
    }
}

#[inline]
fn int(py: Python<'_>, object: Object, place: Place, out: &mut Output) {
    let mut overflow: c_int = 0;
    // SAFETY: the object is an exact int, for which this cannot fail.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object, &raw mut overflow) };
    if overflow == 0 {
        pack::int(&mut out.bytes, value);
    } else if place.is_held_by_several(object) || big_int(py, object, out).is_err() {
        pin(py, object, out);
    }
}

#[cold]
fn big_int(py: Python<'_>, object: Object, out: &mut Output) -> PyResult<()> {
    // SAFETY: the object is alive; a reference of our own is taken.
    let value = unsafe { Bound::from_borrowed_ptr(py, object) };
    let bits: usize = value.call_method0("bit_length")?.extract()?;
    let options = [("signed", true)].into_py_dict(py)?;
    let written = value.call_method("to_bytes", (bits / 8 + 1, "little"), Some(&options))?;
    pack::sized(&mut out.bytes, tag::INT_BIG, written.cast::<PyBytes>()?.as_bytes());
    Ok(())
}

fn bytes(object: Object, out: &mut Output) {
    let (mut start, mut length) = (null_mut(), 0);
    // SAFETY: the object is exact bytes, for which this cannot fail; start and
    // length describe memory of the object.
    let content = unsafe {
        ffi::PyBytes_AsStringAndSize(object, &raw mut start, &raw mut length);
        std::slice::from_raw_parts(start.cast::<u8>(), length.cast_unsigned())
    };
    pack::sized(&mut out.bytes, tag::BYTES, content);
}
