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

mod called;
mod classes;
mod columns;
mod decode;
mod encode;
mod groups;
mod layout;
mod nan;
mod numerals;
mod rows;
mod sets;
mod shapes;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyType;
use spacetime_runtime::pack::{Recent, SLOTS};

use super::types::Types;
use classes::{Class, Classes};
use numerals::Numerals;
use shapes::Shapes;

pub use classes::{Origin, is_plain_tuple, origin};
pub use columns::Columns;
pub use decode::Source;
pub use encode::utf8;
pub use groups::Groups;
pub use layout::examine;
pub use sets::is_plain;

/// A borrowed object; alive because whoever lends it holds it.
pub type Object = *mut ffi::PyObject;

/// What the caller promises of the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// They are not changed any more, and not told apart by identity: dicts,
    /// lists, sets and instances may be packed too.
    pub frozen: bool,
    /// Somebody may compare or hash them: what is equal by identity only is not
    /// packed. What they hold may always be compared, and be a key.
    pub compared: bool,
    /// Somebody may change what is made again, so that it has to be what it was also in
    /// what only changes show: sets are not packed, which hold their elements in an order
    /// that depends on what was in them before.
    pub changing: bool,
}

impl Policy {
    pub const fn new(frozen: bool, compared: bool) -> Self {
        Self { frozen, compared, changing: false }
    }

    /// Objects are handed out to be changed, and packed again when nobody holds them.
    pub const fn changing(compared: bool) -> Self {
        Self { frozen: true, compared, changing: true }
    }

    /// The number of policies, and which one this is.
    pub const ALL: usize = 8;

    pub fn number(self) -> usize {
        usize::from(self.changing) * 4 + usize::from(self.frozen) * 2 + usize::from(self.compared)
    }
}

/// What packing and making objects needs to know, shared by all that read what
/// one has written.
pub struct Codec {
    policy: Policy,
    types: Arc<Types>,
    classes: RefCell<Classes>,
    /// An instance of a class that somebody wants to know more of.
    asked: RefCell<Option<Py<PyAny>>>,
    shapes: RefCell<Shapes>,
    /// The shape written last, from which the next is guessed.
    last: Cell<usize>,
}

/// So many tuples are remembered.
const TUPLES: usize = 16;

/// The place of a tuple among those that are remembered.
#[inline]
fn tuple_slot(tuple: usize) -> usize {
    (tuple >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (usize::BITS - TUPLES.trailing_zeros())
}

/// So much room is kept for what is packed next.
const ROOM: usize = 128 << 10;

/// What has been packed so far, in pages that can be read by themselves.
#[derive(Default)]
pub struct Output {
    pub bytes: Vec<u8>,
    /// The objects that stay in memory.
    pub pins: Vec<Py<PyAny>>,
    numbers: HashMap<usize, usize>,
    recent: Recent,
    /// The latest tuples that others hold too, if what is packed lives until the page
    /// is done.
    tuples: Option<[usize; TUPLES]>,
    /// Lists that have their items on disk anyway, if they may be parts of what is packed.
    pub groups: Option<Rc<Groups>>,
    /// Names and values of what is being packed.
    pairs: Vec<(Object, Object)>,
}

impl Output {
    /// For objects that are read one by one, in any order.
    pub fn apart() -> Self {
        Self { recent: Recent::lasting(), ..Self::default() }
    }

    /// The texts that the reader has to know.
    pub fn texts(&self) -> &[(u8, Box<[u8]>)] {
        self.recent.texts()
    }

    /// From here on lists that have their items on disk are parts of what is packed.
    pub fn take_groups(&mut self) {
        self.groups = Some(Rc::default());
    }

    /// From here on nothing refers to what came before. The caller holds what is
    /// packed until the next page, so that a tuple that comes again is the same one.
    pub fn begin_page(&mut self) {
        self.recent.clear();
        self.tuples = Some([0; TUPLES]);
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
        self.bytes.shrink_to(ROOM);
        self.pins.clear();
        self.numbers.clear();
        self.recent.clear();
        self.tuples = None;
    }
}

/// The latest short texts of a page, as objects.
pub struct RecentTexts {
    slots: [Object; SLOTS],
    /// The places that are taken.
    taken: Vec<u8>,
    /// The latest tuples that are remembered.
    tuples: [Object; TUPLES],
    numerals: Numerals,
}

impl Default for RecentTexts {
    fn default() -> Self {
        Self {
            slots: [std::ptr::null_mut(); SLOTS],
            taken: Vec::new(),
            tuples: [std::ptr::null_mut(); TUPLES],
            numerals: Numerals::default(),
        }
    }
}

impl RecentTexts {
    /// Those that [`Output::texts`] says.
    pub fn known(py: Python<'_>, texts: &[(u8, Box<[u8]>)]) -> PyResult<Self> {
        let mut known = Self::default();
        for (slot, text) in texts {
            // SAFETY: pointer and length are those of a slice; gives a new
            // reference, or null with an exception set.
            unsafe {
                let text = ffi::PyUnicode_FromStringAndSize(text.as_ptr().cast(), text.len().cast_signed());
                known.put((*slot).into(), Bound::from_owned_ptr_or_err(py, text)?.as_ptr());
            }
        }
        Ok(known)
    }

    pub fn clear(&mut self) {
        for slot in self.taken.drain(..) {
            let text = std::mem::replace(&mut self.slots[usize::from(slot)], std::ptr::null_mut());
            // SAFETY: a reference of our own to a str, or null.
            unsafe { ffi::Py_XDECREF(text) };
        }
        for tuple in &mut self.tuples {
            // SAFETY: a reference of our own, or null.
            unsafe { ffi::Py_XDECREF(std::mem::replace(tuple, std::ptr::null_mut())) };
        }
    }

    /// Remembers a tuple.
    fn put_tuple(&mut self, slot: usize, tuple: Object) {
        let Some(place) = self.tuples.get_mut(slot) else {
            return;
        };
        // SAFETY: the new one is alive; the old one is null or a reference of our own.
        unsafe {
            ffi::Py_INCREF(tuple);
            ffi::Py_XDECREF(std::mem::replace(place, tuple));
        }
    }

    /// Remembers a text.
    #[inline]
    fn put(&mut self, slot: usize, text: Object) {
        let old = std::mem::replace(&mut self.slots[slot], text);
        // SAFETY: the new one is alive; the old one is null or a reference of our
        // own to a str.
        unsafe { ffi::Py_INCREF(text) };
        if old.is_null() {
            self.taken.push(slot as u8);
        } else {
            unsafe { ffi::Py_DECREF(old) };
        }
    }
}

impl Drop for RecentTexts {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Codec {
    /// What is known of the class of an object.
    fn class_of(&self, py: Python<'_>, object: Object) -> Rc<Class> {
        let known = self.classes.borrow_mut().of(object);
        // Nothing is borrowed while a class is asked.
        known.unwrap_or_else(|| {
            let class = Class::learn(py, object, self.policy, &self.types);
            self.classes.borrow_mut().add(class)
        })
    }

    pub fn new(py: Python<'_>, policy: Policy) -> Self {
        Self {
            policy,
            types: Arc::new(Types::now(py)),
            classes: RefCell::default(),
            asked: RefCell::default(),
            shapes: RefCell::default(),
            last: Cell::new(0),
        }
    }

    /// Whether an object is nothing but a tuple with another name. Of a class that is not
    /// known yet it says no, and [`Self::learn_class`] asks it: that may run anybody's code.
    pub fn is_plain_tuple(&self, py: Python<'_>, object: Object) -> bool {
        match self.classes.borrow_mut().of(object) {
            Some(class) => class.is_plain_tuple,
            None => {
                // SAFETY: the object is alive; a reference of our own is taken.
                let instance = unsafe { Bound::from_borrowed_ptr(py, object) }.unbind();
                self.asked.borrow_mut().get_or_insert(instance);
                false
            }
        }
    }

    /// Learns what [`Self::is_plain_tuple`] did not know; says whether there was something.
    pub fn learn_class(&self, py: Python<'_>) -> bool {
        let asked = self.asked.borrow_mut().take();
        asked.is_some_and(|instance| {
            self.class_of(py, instance.as_ptr());
            true
        })
    }

    /// The number of the class of an object that is known.
    pub fn number_of_class(&self, object: Object) -> Option<usize> {
        self.classes.borrow_mut().of(object).map(|class| class.number)
    }

    /// The class with a number.
    pub fn class<'py>(&self, py: Python<'py>, number: usize) -> Option<Bound<'py, PyType>> {
        Some(self.classes.borrow().get(number)?.object.bind(py).clone())
    }

    /// One that others with the same policy use too, if there is one: what it
    /// learns serves them all.
    pub fn common(py: Python<'_>, policy: Policy) -> Rc<Self> {
        // SAFETY: all of this happens with the interpreter's lock held.
        struct Known([Weak<Codec>; Policy::ALL]);
        unsafe impl Send for Known {}
        static KNOWN: Mutex<Known> = Mutex::new(Known([const { Weak::new() }; Policy::ALL]));

        let place = policy.number();
        let now = Types::count_now();
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).0[place].upgrade();
        if let Some(codec) = known.filter(|codec| codec.types.count() == now) {
            return codec;
        }
        let codec = Rc::new(Self::new(py, policy));
        KNOWN.lock().unwrap_or_else(PoisonError::into_inner).0[place] = Rc::downgrade(&codec);
        codec
    }

    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Whether making an object runs no code of the user.
    pub fn calls_nobody(&self) -> bool {
        self.types.count() == 0
    }

    /// Shows the garbage collector what is held here.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Ok(classes) = self.classes.try_borrow() {
            classes.traverse(visit)?;
        }
        if let Ok(asked) = self.asked.try_borrow() {
            visit.call(&*asked)?;
        }
        Ok(())
    }
}
