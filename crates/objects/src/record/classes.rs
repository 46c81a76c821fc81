//! What is known about the classes of objects: whether and how their instances
//! are taken apart and made again.

use std::collections::HashMap;
use std::ffi::c_ulong;
use std::ops::Range;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyDict, PyList, PyString, PyTuple, PyType};

use super::rows::Rows;
use super::{Object, Policy, layout};
use crate::types::Types;

/// How instances of a class are packed.
pub enum How {
    /// Not at all.
    Pinned,
    /// As the user has said.
    Registered(usize),
    /// `tuple` with another name.
    Tuple,
    /// An instance of a class as `class` statements make them.
    Instance {
        slots: Vec<Slot>,
        /// Only the original is equal to itself.
        by_identity: bool,
        /// They can be keys, and changed as such.
        is_key: bool,
    },
    /// By calling the class, or something else, with what `__reduce_ex__` says.
    Reduced,
    /// The same; for dates without a time zone the argument lies in the object as so many bytes.
    Dated(usize),
    /// The same, from the text of it.
    Decimal,
    /// The row of a database.
    Row(Rows),
}

/// A slot of a class.
pub struct Slot {
    pub name: Py<PyString>,
    /// So many bytes behind the beginning of an instance its value is, or 0 if that is not
    /// known.
    pub place: usize,
}

impl Slot {
    /// What the slot of an instance holds, borrowed from it, or null.
    ///
    /// # Safety
    /// The object is alive, and an instance of the class.
    #[inline]
    pub unsafe fn value(&self, object: Object) -> Object {
        // SAFETY: the caller's promise. The slot holds the value too, so that it lives
        // on without our reference.
        unsafe {
            if self.place > 0 {
                return object.byte_add(self.place).cast::<Object>().read();
            }
            let value = ffi::PyObject_GenericGetAttr(object, self.name.as_ptr());
            if value.is_null() {
                ffi::PyErr_Clear();
            } else {
                ffi::Py_DECREF(value);
            }
            value
        }
    }
}

pub struct Class {
    pub object: Py<PyType>,
    pub number: usize,
    pub how: How,
    /// Instances are nothing but tuples, and are hashed and compared as such.
    pub is_plain_tuple: bool,
    /// Instances are compared by code of their own.
    pub compares: bool,
    pub has_dict: bool,
    /// Where instances keep their weak references, or 0.
    pub weak_offset: isize,
}

#[derive(Default)]
pub struct Classes {
    by_address: HashMap<usize, Rc<Class>>,
    by_number: Vec<Rc<Class>>,
    last: Option<(usize, Rc<Class>)>,
}

impl Classes {
    /// What is known about the class of an object.
    #[inline]
    pub fn of(&mut self, object: Object) -> Option<Rc<Class>> {
        // SAFETY: the object is alive.
        let address = unsafe { ffi::Py_TYPE(object) } as usize;
        if let Some((last, class)) = &self.last
            && *last == address
        {
            return Some(Rc::clone(class));
        }
        let class = Rc::clone(self.by_address.get(&address)?);
        self.last = Some((address, Rc::clone(&class)));
        Some(class)
    }

    /// Gives a class its number.
    pub fn add(&mut self, mut class: Class) -> Rc<Class> {
        class.number = self.by_number.len();
        let class = Rc::new(class);
        self.by_number.push(Rc::clone(&class));
        self.by_address.insert(class.object.as_ptr() as usize, Rc::clone(&class));
        class
    }

    pub fn get(&self, number: usize) -> Option<Rc<Class>> {
        self.by_number.get(number).cloned()
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        // A class is held once by us, however many of us share its entry.
        self.by_number.iter().try_for_each(|class| visit.call(&class.object))
    }
}

impl Class {
    /// Asks the class of an object.
    #[cold]
    pub fn learn(py: Python<'_>, object: Object, policy: Policy, types: &Types) -> Self {
        // SAFETY: the object is alive; a reference of our own is taken.
        let instance = unsafe { Bound::from_borrowed_ptr(py, object) };
        let class = instance.get_type();
        // What is known to be exact goes before what somebody has said.
        let exact = if policy.frozen { library(&class).unwrap_or_default() } else { None };
        let found = match types.find(class.as_type_ptr()) {
            _ if let Some(how) = exact => Ok((how, false, 0)),
            Some((registered, _)) => Ok((How::Registered(registered), false, 0)),
            None if policy.frozen || is_tuple(object) => examine(&class),
            None => Ok((How::Pinned, false, 0)),
        };
        // A class that cannot even be asked is left alone.
        let (mut how, has_dict, weak_offset) = found.unwrap_or((How::Pinned, false, 0));
        let compares = matches!(how, How::Tuple) && !is_like_tuple(&class);
        let is_plain_tuple = matches!(how, How::Tuple) && !has_dict && weak_offset == 0 && !compares;
        if !policy.frozen && matches!(how, How::Tuple) && !is_plain_tuple {
            how = How::Pinned;
        }
        Self { object: class.unbind(), number: 0, how, is_plain_tuple, compares, has_dict, weak_offset }
    }

    /// Where in an instance the value of a slot lies, or 0 if it is none, or that is not known.
    pub fn place(&self, name: &Py<PyAny>) -> usize {
        match &self.how {
            How::Instance { slots, .. } => {
                let slot = slots.iter().find(|slot| slot.name.as_ptr() == name.as_ptr());
                slot.map_or(0, |slot| slot.place)
            }
            _ => 0,
        }
    }

    /// Whether setting this attribute on an instance stores it, and no more.
    pub fn stores(&self, py: Python<'_>, name: &Py<PyAny>) -> bool {
        let How::Instance { slots, .. } = &self.how else {
            return false;
        };
        if slots.iter().any(|slot| slot.name.bind(py).as_any().eq(name).unwrap_or(false)) {
            return true;
        }
        match look_up(self.object.bind(py), name.bind(py)) {
            Ok(None) => true,
            Ok(Some(found)) => {
                let kind = found.get_type();
                let has = |name| kind.hasattr(name).unwrap_or(true);
                !has("__set__") && !has("__delete__")
            }
            Err(_) => false,
        }
    }
}

/// Whether an object is a tuple, under whatever name.
fn is_tuple(object: Object) -> bool {
    // SAFETY: the object is alive.
    unsafe { ffi::PyTuple_Check(object) != 0 }
}

/// Whether instances of a class are hashed and compared by the code of tuples.
fn is_like_tuple(class: &Bound<'_, PyType>) -> bool {
    let tuple = class.py().get_type::<PyTuple>();
    [ffi::Py_tp_richcompare, ffi::Py_tp_hash].iter().all(|slot| {
        // SAFETY: both are classes, and alive.
        let of = |class: &Bound<'_, PyType>| unsafe { ffi::PyType_GetSlot(class.as_type_ptr(), *slot) };
        of(class) == of(&tuple)
    })
}

/// Whether instances of a class are nothing but tuples with another name: as
/// `collections.namedtuple` makes them.
pub fn is_plain_tuple(class: &Bound<'_, PyType>) -> bool {
    let is_one = class.is_subclass_of::<PyTuple>().unwrap_or(false) && is_like_tuple(class);
    is_one && matches!(examine(class), Ok((How::Tuple, false, 0)))
}

/// An attribute as the class and its bases define it.
fn look_up<'py>(class: &Bound<'py, PyType>, name: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    for base in class.mro() {
        let attributes = namespace(&base)?;
        if attributes.contains(name)? {
            return attributes.get_item(name).map(Some);
        }
    }
    Ok(None)
}

/// The real `__dict__` of a class, whatever its metaclass says.
fn namespace<'py>(class: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let getter = py.get_type::<PyType>().getattr("__dict__")?.get_item("__dict__")?;
    getter.call_method1("__get__", (class,))
}

/// What `type` itself says of a class.
fn of_type<'py>(class: &Bound<'py, PyType>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    class.py().get_type::<PyType>().getattr("__getattribute__")?.call1((class, name))
}

fn examine(class: &Bound<'_, PyType>) -> PyResult<(How, bool, isize)> {
    const PINNED: PyResult<(How, bool, isize)> = Ok((How::Pinned, false, 0));
    let py = class.py();
    let is_tuple = class.is_subclass_of::<PyTuple>()?;
    let plain = if is_tuple { py.get_type::<PyTuple>() } else { py.get_type::<PyAny>() };
    let object = py.get_type::<PyAny>();
    if !made_by_statement(class, &plain, &object)? {
        return PINNED;
    }
    let name = |text| PyString::intern(py, text).into_any();
    let inherits = |text, from: &Bound<'_, PyType>| -> PyResult<bool> {
        let own = look_up(class, &name(text))?;
        let other = look_up(from, &name(text))?;
        Ok(matches!((own, other), (Some(own), Some(other)) if own.is(&other)))
    };
    if look_up(class, &name("__del__"))?.is_some() || !inherits("__getattribute__", &plain)? {
        return PINNED;
    }
    if !is_tuple && !inherits("__new__", &object)? {
        return PINNED;
    }
    let by_identity = inherits("__eq__", &object)? || inherits("__hash__", &object)?;
    let has_hash = look_up(class, &name("__hash__"))?.is_some_and(|hash| !hash.is_none());
    let is_key = has_hash && inherits("__setattr__", &object)?;
    let Some(slots) = slots_of(class, &plain)? else {
        return PINNED;
    };
    let dict_offset: isize = of_type(class, "__dictoffset__")?.extract()?;
    let weak_offset: isize = of_type(class, "__weakrefoffset__")?.extract()?;
    let size: usize = of_type(class, "__basicsize__")?.extract()?;
    let least: usize = of_type(&plain, "__basicsize__")?.extract()?;
    let extra = size.wrapping_sub(least + 8 * slots.len());
    let known = 8 * (usize::from(dict_offset > 0) + usize::from(weak_offset > 0));
    // Some versions put the dict of a tuple behind its elements.
    let behind = is_tuple && dict_offset != 0 && extra == 8;
    if (extra != known && !behind) || (is_tuple && !slots.is_empty()) {
        return PINNED;
    }
    let how = if is_tuple {
        How::Tuple
    } else {
        let places = places(class, &slots, least..size).unwrap_or_default();
        let places = places.into_iter().chain(std::iter::repeat(0));
        let slots = slots.into_iter().zip(places).map(|(name, place)| Slot { name, place }).collect();
        How::Instance { slots, by_identity, is_key }
    };
    Ok((how, dict_offset != 0, weak_offset))
}

/// The names of all slots below `plain`; `None` if one of them hides another.
fn slots_of(class: &Bound<'_, PyType>, plain: &Bound<'_, PyType>) -> PyResult<Option<Vec<Py<PyString>>>> {
    let mut slots = Vec::new();
    let member = class.py().import("types")?.getattr("MemberDescriptorType")?;
    for base in class.mro() {
        if base.is(plain) {
            break;
        }
        for entry in namespace(&base)?.call_method0("items")?.try_iter()? {
            let (key, value): (Bound<'_, PyString>, Bound<'_, PyAny>) = entry?.extract()?;
            if !value.get_type().is(&member) {
                continue;
            }
            if !look_up(class, &key)?.is_some_and(|found| found.is(&value)) {
                return Ok(None);
            }
            slots.push(key.unbind());
        }
    }
    Ok(Some(slots))
}

/// Where the values of slots lie in instances, as is tried out with one that nobody sees:
/// asking for a value by its name costs more than packing it.
fn places(class: &Bound<'_, PyType>, slots: &[Py<PyString>], within: Range<usize>) -> PyResult<Vec<usize>> {
    let py = class.py();
    if slots.is_empty() {
        return Ok(Vec::new());
    }
    let probe = py.get_type::<PyAny>().getattr("__new__")?.call1((class,))?;
    let words = || within.clone().step_by(size_of::<Object>());
    // SAFETY: the class says that its instances are so large.
    let at = |place: usize| unsafe { probe.as_ptr().byte_add(place).cast::<Object>().read() };
    let mut found = Vec::with_capacity(slots.len());
    for slot in slots {
        let mark = PyList::empty(py);
        let empty: Vec<usize> = words().filter(|place| at(*place).is_null()).collect();
        // SAFETY: all three are alive.
        if unsafe { ffi::PyObject_GenericSetAttr(probe.as_ptr(), slot.as_ptr(), mark.as_ptr()) } != 0 {
            return Err(PyErr::fetch(py));
        }
        let mut marked = words().filter(|place| at(*place) == mark.as_ptr());
        let place = marked.next().filter(|place| empty.contains(place) && marked.next().is_none());
        found.push(place.unwrap_or_default());
    }
    Ok(found)
}

/// Whether a class and all its bases below `plain` come from `class` statements.
fn made_by_statement(
    class: &Bound<'_, PyType>,
    plain: &Bound<'_, PyType>,
    object: &Bound<'_, PyType>,
) -> PyResult<bool> {
    const HEAP: c_ulong = 1 << 9;
    const ABSTRACT: c_ulong = 1 << 20;
    let py = class.py();
    // Any class statement will do to see what they all have in common.
    let example = py.import("types")?.getattr("SimpleNamespace")?.get_type();
    let made = example.call1(("Example", PyTuple::empty(py), PyDict::new(py)))?;
    let destructor = |class: &Bound<'_, PyAny>| {
        // SAFETY: the object is a class.
        unsafe { ffi::PyType_GetSlot(class.as_ptr().cast(), ffi::Py_tp_dealloc) }
    };
    for base in class.mro() {
        if base.is(plain) || base.is(object) {
            continue;
        }
        let base_type = base.cast::<PyType>()?;
        // SAFETY: the class is alive.
        let flags = unsafe { ffi::PyType_GetFlags(base_type.as_type_ptr()) };
        if flags & HEAP == 0 || destructor(&base) != destructor(&made) {
            return Ok(false);
        }
    }
    // SAFETY: the class is alive.
    let flags = unsafe { ffi::PyType_GetFlags(class.as_type_ptr()) };
    Ok(flags & ABSTRACT == 0)
}

/// The classes of the standard library that are values.
fn library(class: &Bound<'_, PyType>) -> PyResult<Option<How>> {
    let py = class.py();
    let modules = py.import("sys")?.getattr("modules")?;
    let is = |module: &str, name: &str| -> bool {
        // Whoever has made an instance has imported the module.
        let found = modules.get_item(module).and_then(|module| module.getattr(name));
        found.is_ok_and(|found| found.is(class))
    };
    for name in ["datetime", "date", "time", "timedelta"] {
        if is("datetime", name) {
            let size = if name.starts_with("date") { layout::bytes_of_date(class)? } else { None };
            return Ok(Some(size.map_or(How::Reduced, How::Dated)));
        }
    }
    if is("decimal", "Decimal") {
        return Ok(Some(How::Decimal));
    }
    if is("sqlite3", "Row") {
        return Ok(Some(How::Row(Rows::new(class))));
    }
    Ok(None)
}

/// Where an attribute of an instance comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A slot, or the instance's own names: nothing else has it.
    Own,
    /// The instance's own names, or else the class, where it may be changed.
    Both,
    /// To ask for it may run code of the class.
    Asked,
}

/// Where instances of a class have an attribute from, now.
pub fn origin(class: &Bound<'_, PyType>, name: &Bound<'_, PyString>) -> PyResult<Origin> {
    let py = class.py();
    let object = py.get_type::<PyAny>();
    let mut entry = None;
    for base in class.mro().iter().filter(|base| !base.is(&object)) {
        let names = base.getattr("__dict__")?;
        if names.contains("__getattr__")? || names.contains("__getattribute__")? {
            return Ok(Origin::Asked);
        }
        if entry.is_none() && names.contains(name)? {
            entry = Some(names.get_item(name)?);
        }
    }
    let Some(entry) = entry else { return Ok(Origin::Own) };
    let kind = entry.get_type();
    let fields = [("types", "MemberDescriptorType"), ("_collections", "_tuplegetter")];
    for (module, field) in fields {
        if kind.is(&py.import(module)?.getattr(field)?) {
            return Ok(Origin::Own);
        }
    }
    Ok(if kind.hasattr("__get__")? { Origin::Asked } else { Origin::Both })
}
