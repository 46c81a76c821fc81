//! Shapes: the keys of dicts, or the class and attributes of instances, kept once
//! in memory under a number instead of being written with every value.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::Object;
use super::classes::Class;
use super::encode::{is_text, utf8};

/// Data with more shapes than this has none: its keys are written.
const MOST: usize = 512;
/// Dicts with more keys are tables rather than records.
const MOST_NAMES: usize = 256;

pub struct Shape {
    /// The class of instances; `None` for dicts.
    pub class: Option<Rc<Class>>,
    pub names: Vec<Py<PyAny>>,
    /// Where the values of these names lie in an instance, or 0; none for dicts.
    pub places: Vec<usize>,
    /// A dict with these keys, which is copied.
    pub template: Option<Py<PyDict>>,
    /// The shape that came after this one when it was last written.
    next: std::cell::Cell<usize>,
}

impl Shape {
    fn is(&self, class: Option<&Rc<Class>>, pairs: &[(Object, Object)]) -> bool {
        self.names.len() == pairs.len()
            && self.class.as_ref().map(Rc::as_ptr) == class.map(Rc::as_ptr)
            && self.names.iter().zip(pairs).all(|(name, pair)| same(name.as_ptr(), pair.0))
    }
}

/// Whether a name is the same as one of a shape, of which it is known that it is a
/// text.
#[inline]
fn same(known: Object, name: Object) -> bool {
    if known == name {
        return true;
    }
    // SAFETY: both are alive, and texts where they are read.
    is_text(name) && unsafe { utf8(known) }.is_some_and(|text| unsafe { utf8(name) } == Some(text))
}

/// What there is for some names.
#[derive(Clone, Copy)]
pub enum Found {
    Number(usize),
    /// A shape would have this hash.
    New(u64),
    /// They get none.
    Odd,
}

#[derive(Default)]
pub struct Shapes {
    shapes: Vec<Rc<Shape>>,
    by_hash: HashMap<u64, Vec<usize>>,
}

impl Shapes {
    #[inline]
    pub fn get(&self, number: usize) -> Option<&Rc<Shape>> {
        self.shapes.get(number)
    }

    /// The number of the shape of these names, which come from an instance of
    /// the class, or from a dict; `last` is the shape before.
    #[inline]
    pub fn find(&mut self, class: Option<&Rc<Class>>, pairs: &[(Object, Object)], last: usize) -> Found {
        if let Some(before) = self.shapes.get(last) {
            let guess = before.next.get();
            if self.shapes.get(guess).is_some_and(|shape| shape.is(class, pairs)) {
                return Found::Number(guess);
            }
        }
        let found = self.search(class, pairs).unwrap_or(Found::Odd);
        if let Found::Number(number) = found
            && let Some(before) = self.shapes.get(last)
        {
            before.next.set(number);
        }
        found
    }

    fn search(&mut self, class: Option<&Rc<Class>>, pairs: &[(Object, Object)]) -> Option<Found> {
        let mut hasher = std::hash::DefaultHasher::new();
        class.map(Rc::as_ptr).hash(&mut hasher);
        for (name, _) in pairs {
            if !is_text(*name) {
                return None;
            }
            // SAFETY: it is alive and a text.
            unsafe { utf8(*name) }?.hash(&mut hasher);
        }
        let hash = hasher.finish();
        let known = self.by_hash.get(&hash).map_or(&[][..], Vec::as_slice);
        if let Some(number) = known.iter().find(|number| self.shapes[**number].is(class, pairs)) {
            return Some(Found::Number(*number));
        }
        let full = self.shapes.len() >= MOST || pairs.len() > MOST_NAMES;
        if full { None } else { Some(Found::New(hash)) }
    }

    /// Gives a shape its number.
    pub fn add(&mut self, hash: u64, shape: Shape) -> usize {
        let number = self.shapes.len();
        self.shapes.push(Rc::new(shape));
        self.by_hash.entry(hash).or_default().push(number);
        number
    }
}

/// Makes a shape. The collector may run meanwhile, and with it anybody's code.
pub fn make(py: Python<'_>, class: Option<&Rc<Class>>, pairs: &[(Object, Object)]) -> Option<Shape> {
    // SAFETY: the names are alive; references of our own are taken.
    let names: Vec<Py<PyAny>> =
        pairs.iter().map(|(name, _)| unsafe { Bound::from_borrowed_ptr(py, *name) }.unbind()).collect();
    let mut template = None;
    match class {
        Some(class) => {
            if !names.iter().all(|name| class.stores(py, name)) {
                return None;
            }
        }
        None => {
            let dict = PyDict::new(py);
            for name in &names {
                if dict.set_item(name, py.None()).is_err() {
                    return None;
                }
            }
            template = Some(dict.unbind());
        }
    }
    let places = class.map_or_else(Vec::new, |class| names.iter().map(|name| class.place(name)).collect());
    Some(Shape { class: class.cloned(), names, places, template, next: std::cell::Cell::new(0) })
}
