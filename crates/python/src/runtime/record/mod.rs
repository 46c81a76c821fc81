//! Whole objects as bytes and back, for collections on disk.
//!
//! [`Codec::write`] packs one object, [`Codec::read`] makes it again. What may
//! be packed is a [`Policy`]. What may not be, at whatever depth, stays in memory
//! as the object itself, and the bytes hold its number (a *pin*): so everything
//! can be written, and an object that others hold too is the same object when it
//! comes back.
//!
//! The alias guard: an object that can be changed is only packed while nobody
//! else holds it, which its reference count tells.

mod classes;
mod decode;
mod encode;
mod shapes;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spacetime_runtime::pack::{Recent, SLOTS};

use super::types::Types;
use classes::Classes;
use shapes::Shapes;

pub use decode::Source;
pub use encode::utf8;

/// A borrowed object; alive because whoever lends it holds it.
pub type Object = *mut ffi::PyObject;

/// What the caller promises of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// They are not changed any more, and not told apart by identity: dicts,
    /// lists, sets and instances may be packed too.
    pub frozen: bool,
    /// Somebody may compare or hash them: what is equal by identity only is not
    /// packed.
    pub compared: bool,
}

/// What packing and making objects needs to know, shared by all that read what
/// one has written.
pub struct Codec {
    policy: Policy,
    types: Arc<Types>,
    classes: RefCell<Classes>,
    shapes: RefCell<Shapes>,
    /// The shape written last, from which the next is guessed.
    last: Cell<usize>,
}

/// What has been packed so far, in pages that can be read by themselves.
#[derive(Default)]
pub struct Output {
    pub bytes: Vec<u8>,
    /// The objects that stay in memory.
    pub pins: Vec<Py<PyAny>>,
    numbers: HashMap<usize, usize>,
    recent: Recent,
    /// Names and values of what is being packed.
    pairs: Vec<(Object, Object)>,
}

impl Output {
    /// From here on nothing refers to what came before.
    pub fn begin_page(&mut self) {
        self.recent.clear();
    }

    /// Gives up the pin that was made last.
    pub fn unpin(&mut self) {
        if let Some(pin) = self.pins.pop() {
            self.numbers.remove(&(pin.as_ptr() as usize));
        }
    }

    /// Forgets everything but the room it took.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.pins.clear();
        self.numbers.clear();
        self.recent.clear();
    }
}

/// The latest short texts of a page, as objects.
pub struct RecentTexts([Object; SLOTS]);

impl Default for RecentTexts {
    fn default() -> Self {
        Self([std::ptr::null_mut(); SLOTS])
    }
}

impl RecentTexts {
    pub fn clear(&mut self) {
        for slot in &mut self.0 {
            let text = std::mem::replace(slot, std::ptr::null_mut());
            // SAFETY: null, or a reference of our own to a str.
            unsafe { ffi::Py_XDECREF(text) };
        }
    }

    /// Remembers a text.
    #[inline]
    fn put(&mut self, slot: usize, text: Object) {
        // SAFETY: the new one is alive; the old one is null or a reference of our
        // own to a str.
        unsafe {
            ffi::Py_INCREF(text);
            ffi::Py_XDECREF(std::mem::replace(&mut self.0[slot], text));
        }
    }
}

impl Drop for RecentTexts {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Codec {
    pub fn new(py: Python<'_>, policy: Policy) -> Self {
        Self {
            policy,
            types: Arc::new(Types::now(py)),
            classes: RefCell::default(),
            shapes: RefCell::default(),
            last: Cell::new(0),
        }
    }

    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Shows the garbage collector what is held here.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(classes) = self.classes.try_borrow() {
            classes.traverse(visit)?;
        }
        Ok(())
    }
}
