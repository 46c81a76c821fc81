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
    /// the class, or from a dict; `last` is the shape before. `None` if it gets
    /// no number.
    #[inline]
    pub fn find(
        &mut self,
        py: Python<'_>,
        class: Option<&Rc<Class>>,
        pairs: &[(Object, Object)],
        last: usize,
    ) -> Option<usize> {
        if let Some(before) = self.shapes.get(last) {
            let guess = before.next.get();
            if self.shapes.get(guess).is_some_and(|shape| shape.is(class, pairs)) {
                return Some(guess);
            }
        }
        let number = self.search(py, class, pairs)?;
        if let Some(before) = self.shapes.get(last) {
            before.next.set(number);
        }
        Some(number)
    }

    fn search(
        &mut self,
        py: Python<'_>,
        class: Option<&Rc<Class>>,
        pairs: &[(Object, Object)],
    ) -> Option<usize> {
        let mut hasher = std::hash::DefaultHasher::new();
        class.map(Rc::as_ptr).hash(&mut hasher);
        for (name, _) in pairs {
            // SAFETY: names are alive.
            if !is_text(*name) {
                return None;
            }
            unsafe { utf8(*name) }?.hash(&mut hasher);
        }
        let hash = hasher.finish();
        let known = self.by_hash.get(&hash).map_or(&[][..], Vec::as_slice);
        if let Some(number) = known.iter().find(|number| self.shapes[**number].is(class, pairs)) {
            return Some(*number);
        }
        if self.shapes.len() >= MOST || pairs.len() > MOST_NAMES {
            return None;
        }
        let shape = make(py, class, pairs)?;
        let number = self.shapes.len();
        self.shapes.push(Rc::new(shape));
        self.by_hash.entry(hash).or_default().push(number);
        Some(number)
    }
}

fn make(py: Python<'_>, class: Option<&Rc<Class>>, pairs: &[(Object, Object)]) -> Option<Shape> {
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
    Some(Shape { class: class.cloned(), names, template, next: std::cell::Cell::new(0) })
}
