//! Making those parts of a record that somebody looks at, and passing over the others.

use std::cell::RefCell;
use std::ptr::null_mut;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};
use spacetime_runtime::pack::tag;

use super::classes::{Class, Origin, origin};
use super::decode::{Source, damaged, instance, known, text_kept};
use super::shapes::Shape;
use super::{Codec, Object, layout};

/// The names of the parts.
pub struct Columns {
    names: Vec<Py<PyString>>,
    /// They are attributes of instances, not keys of dicts.
    attributes: bool,
    /// By the number of a shape, what to make of it.
    parts: RefCell<Vec<Option<Rc<Part>>>>,
    /// By the number of a class of tuples, which places are wanted; none, if all are to be made.
    places: RefCell<Vec<Option<Rc<[bool]>>>>,
}

/// What to make of a shape.
struct Part {
    shape: Rc<Shape>,
    /// Which of its names are wanted.
    wanted: Vec<bool>,
    /// A dict of these, which is copied.
    template: Option<Py<PyDict>>,
    /// All of it: it is something else, or an instance that does not hold all of them itself.
    whole: bool,
}

impl Columns {
    pub fn new(names: Vec<Py<PyString>>, attributes: bool) -> Self {
        Self { names, attributes, parts: RefCell::default(), places: RefCell::default() }
    }

    fn part(&self, py: Python<'_>, codec: &Codec, number: usize) -> PyResult<Option<Rc<Part>>> {
        if let Some(Some(part)) = self.parts.borrow().get(number) {
            return Ok(Some(Rc::clone(part)));
        }
        let Some(shape) = codec.shapes.borrow().get(number).map(Rc::clone) else { return Ok(None) };
        let is_name = |name: &Py<PyAny>, wanted: &Py<PyString>| name.bind(py).eq(wanted.bind(py));
        let mut wanted = Vec::with_capacity(shape.names.len());
        for name in &shape.names {
            let mut found = false;
            for one in &self.names {
                found = found || is_name(name, one)?;
            }
            wanted.push(found);
        }
        let template = match &shape.template {
            None => None,
            Some(_) => {
                let dict = PyDict::new(py);
                for (name, _) in shape.names.iter().zip(&wanted).filter(|(_, wanted)| **wanted) {
                    dict.set_item(name, py.None())?;
                }
                Some(dict.unbind())
            }
        };
        let count = wanted.iter().filter(|wanted| **wanted).count();
        // The class may have been changed since the items were written.
        let mut is_plain = true;
        if let Some(class) = &shape.class {
            let class = class.object.bind(py).cast::<PyType>()?;
            for name in &self.names {
                is_plain = is_plain && origin(class, name.bind(py))? != Origin::Asked;
            }
        }
        let fits = if self.attributes {
            template.is_none() && count == self.names.len() && is_plain
        } else {
            template.is_some()
        };
        let whole = !fits || count == wanted.len();
        let part = Rc::new(Part { shape, wanted, template, whole });
        let mut parts = self.parts.borrow_mut();
        if parts.len() <= number {
            parts.resize(number + 1, None);
        }
        parts[number] = Some(Rc::clone(&part));
        Ok(Some(part))
    }
}

impl Columns {
    /// The places of a named tuple that are wanted; none, if it has to be made whole.
    fn places(&self, py: Python<'_>, class: &Class, number: usize, length: usize) -> PyResult<Rc<[bool]>> {
        if let Some(Some(places)) = self.places.borrow().get(number)
            && (places.is_empty() || places.len() == length)
        {
            return Ok(Rc::clone(places));
        }
        let found = self.fields(&class.object.bind(py).cast::<PyType>()?.clone(), length)?;
        let wanted = found.filter(|found| self.attributes && found.contains(&false)).unwrap_or_default();
        let wanted: Rc<[bool]> = wanted.into();
        let mut places = self.places.borrow_mut();
        if places.len() <= number {
            places.resize(number + 1, None);
        }
        places[number] = Some(Rc::clone(&wanted));
        Ok(wanted)
    }

    /// Which places are those of the names, if all of them are fields of a named tuple.
    fn fields(&self, class: &Bound<'_, PyType>, length: usize) -> PyResult<Option<Vec<bool>>> {
        let field = class.py().import("_collections")?.getattr("_tuplegetter")?;
        let mut wanted = vec![false; length];
        for base in class.mro() {
            let own = base.getattr("__dict__")?;
            let is_odd = own.contains("__getattr__")? || own.contains("__getattribute__")?;
            if is_odd && base.getattr("__module__")?.ne("builtins")? {
                return Ok(None);
            }
        }
        for name in &self.names {
            let mut entry = None;
            for base in class.mro() {
                let own = base.getattr("__dict__")?;
                if own.contains(name)? {
                    entry = Some(own.get_item(name)?);
                    break;
                }
            }
            let Some(entry) = entry.filter(|entry| entry.get_type().is(&field)) else { return Ok(None) };
            let place: usize = entry.call_method0("__reduce__")?.get_item(1)?.get_item(0)?.extract()?;
            match wanted.get_mut(place) {
                Some(wanted) => *wanted = true,
                None => return Ok(None),
            }
        }
        Ok(Some(wanted))
    }
}

impl Codec {
    /// The next object, of which only these columns are made if it is a record that has them:
    /// a new reference, or null with an exception set.
    pub fn next_of(&self, source: &mut Source<'_, '_>, columns: &Columns) -> Object {
        let before = source.input;
        let number = match known!(source.input.byte()) {
            opening @ tag::SHAPED_SMALL..tag::SHAPED_SMALL_END => usize::from(opening - tag::SHAPED_SMALL),
            tag::SHAPED => known!(source.input.length()),
            tag::TUPLE_CLASS => {
                let number = known!(source.input.length());
                let length = known!(source.input.length());
                let class = known!(self.classes.borrow().get(number));
                let places = match columns.places(source.py, &class, number, length) {
                    Ok(places) => places,
                    Err(error) => {
                        error.restore(source.py);
                        return null_mut();
                    }
                };
                if places.is_empty() {
                    source.input = before;
                    return self.next(source);
                }
                return self.fields(source, &class, &places);
            }
            _ => {
                source.input = before;
                return self.next(source);
            }
        };
        let part = match columns.part(source.py, self, number) {
            Ok(part) => known!(part),
            Err(error) => {
                error.restore(source.py);
                return null_mut();
            }
        };
        if part.whole {
            source.input = before;
            return self.next(source);
        }
        self.part(source, &part)
    }

    fn part(&self, source: &mut Source<'_, '_>, part: &Part) -> Object {
        let shape = &part.shape;
        // SAFETY: template and class are alive; both ways give a new reference or
        // null with an exception set.
        let object = unsafe {
            match &part.template {
                Some(template) => ffi::PyDict_Copy(template.as_ptr()),
                None => instance(shape),
            }
        };
        if object.is_null() {
            return object;
        }
        let places = shape.places.iter().copied().chain(std::iter::repeat(0));
        for ((name, place), wanted) in shape.names.iter().zip(places).zip(&part.wanted) {
            // SAFETY: the object is ours alone, and its slots are empty; the value's
            // reference is given up, or goes into a slot.
            unsafe {
                if !wanted {
                    if self.pass(source) {
                        continue;
                    }
                    ffi::Py_DECREF(object);
                    return null_mut();
                }
                let value = self.next(source);
                if place > 0 && !value.is_null() {
                    object.byte_add(place).cast::<Object>().write(value);
                    continue;
                }
                let set =
                    if part.template.is_some() { ffi::PyDict_SetItem } else { ffi::PyObject_GenericSetAttr };
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

    /// A named tuple with `None` in the places that are not wanted.
    fn fields(&self, source: &mut Source<'_, '_>, class: &Class, wanted: &[bool]) -> Object {
        // SAFETY: instances of the class are nothing but tuples, which this makes with empty
        // slots; nobody else has seen it yet, and each slot takes over a reference.
        unsafe {
            let made = ffi::PyType_GenericAlloc(class.object.as_ptr().cast(), wanted.len().cast_signed());
            if made.is_null() {
                return made;
            }
            for (index, wanted) in wanted.iter().enumerate() {
                let element = if *wanted {
                    self.next(source)
                } else if self.pass(source) {
                    ffi::Py_INCREF(ffi::Py_None());
                    ffi::Py_None()
                } else {
                    null_mut()
                };
                if element.is_null() {
                    ffi::Py_DECREF(made);
                    return element;
                }
                layout::put(made, index.cast_signed(), element);
            }
            made
        }
    }

    /// Passes over an object; false with an exception set.
    fn pass(&self, source: &mut Source<'_, '_>) -> bool {
        if let Some(done) = self.passed(source) {
            return done;
        }
        damaged();
        false
    }

    /// The same; nothing if the bytes are damaged.
    fn passed(&self, source: &mut Source<'_, '_>) -> Option<bool> {
        let input = &mut source.input;
        let opening = input.byte()?;
        let more = match opening {
            ..tag::TEXT_SHORT => input.take(usize::from(opening)).map(|_| 0)?,
            tag::INT_SMALL..tag::INT_SMALL_END | tag::NONE | tag::FALSE | tag::TRUE => 0,
            tag::INT_SIZED..tag::INT_SIZED_END => input.int(opening).map(|_| 0)?,
            tag::INT_BIG | tag::TEXT | tag::TEXT_ODD | tag::BYTES => input.sized().map(|_| 0)?,
            tag::FLOAT => input.float().map(|_| 0)?,
            tag::TEXT_AGAIN | tag::TUPLE_AGAIN => input.byte().map(|_| 0)?,
            // What comes again has to be known.
            tag::TEXT_KEPT..tag::TEXT_KEPT_END => return Some(dropped(text_kept(source, opening))),
            tag::TUPLE_KEPT => {
                input.at -= 1;
                return Some(dropped(self.next(source)));
            }
            tag::SHAPED_SMALL..tag::SHAPED_SMALL_END => {
                self.names_of((opening - tag::SHAPED_SMALL).into())?
            }
            tag::SHAPED => {
                let number = input.length()?;
                self.names_of(number)?
            }
            tag::TUPLE_SMALL.. => (opening - tag::TUPLE_SMALL).into(),
            tag::LIST | tag::SET | tag::FROZENSET | tag::TUPLE => input.length()?,
            tag::DICT => input.length()?.checked_mul(2)?,
            tag::TUPLE_CLASS => {
                input.length()?;
                input.length()?
            }
            tag::CALL | tag::REGISTERED => {
                input.length()?;
                1
            }
            tag::PIN => input.length().map(|_| 0)?,
            _ => return None,
        };
        for _ in 0..more {
            if !self.passed(source)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn names_of(&self, shape: usize) -> Option<usize> {
        Some(self.shapes.borrow().get(shape)?.names.len())
    }
}

/// Gives up what was made; false if that went wrong.
fn dropped(object: Object) -> bool {
    // SAFETY: a new reference, or null with an exception set.
    unsafe { ffi::Py_XDECREF(object) };
    !object.is_null()
}
