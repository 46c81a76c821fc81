//! Lists with items on disk that are parts of what is written: only their numbers are.

use std::cell::RefCell;
use std::rc::Rc;

use pyo3::prelude::*;
use rustc_hash::FxHashSet;
use spacetime_runtime::pack::{self, tag};

use super::{Object, Output};
use crate::spill_groups::{GroupStore, SpillGroup};

/// The groups to which what a collection has written refers. Each is held once, however often it is
/// written, until the collection goes.
#[derive(Default)]
pub struct Groups(RefCell<Vec<Held>>);

/// Those of one store.
struct Held {
    store: Rc<GroupStore>,
    numbers: FxHashSet<u32>,
}

impl Groups {
    /// Where the store of a group is among those that are known, and the number of the group there.
    fn note(&self, group: &SpillGroup) -> (usize, u32) {
        let number = group.number.get();
        let mut held = self.0.borrow_mut();
        let known = held.iter().position(|held| Rc::ptr_eq(&held.store, &group.store));
        let at = known.unwrap_or_else(|| {
            held.push(Held { store: Rc::clone(&group.store), numbers: FxHashSet::default() });
            held.len() - 1
        });
        if held[at].numbers.insert(number) {
            group.store.hold(number);
        }
        (at, number)
    }

    /// The group again.
    pub(super) fn make<'py>(
        &self,
        py: Python<'py>,
        at: usize,
        number: u32,
    ) -> Option<PyResult<Bound<'py, PyAny>>> {
        let store = self.0.borrow().get(at).map(|held| Rc::clone(&held.store))?;
        Some(Bound::new(py, SpillGroup::new(store, number)).map(Bound::into_any))
    }

    /// Nothing that is written refers to any of them.
    pub fn let_go(&self) {
        for Held { store, numbers } in self.0.take() {
            for number in numbers {
                // What goes may run code of others.
                drop(store.let_go(number));
            }
        }
    }
}

impl Drop for Groups {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Writes the number of a group that nobody else holds; whether that could be done.
pub(super) fn write(py: Python<'_>, object: Object, out: &mut Output) -> bool {
    let Some(groups) = &out.groups else { return false };
    // SAFETY: the object is alive; a reference of our own is taken.
    let object = unsafe { Bound::from_borrowed_ptr(py, object) };
    let Ok(group) = object.cast_exact::<SpillGroup>() else { return false };
    let (at, number) = groups.note(group.get());
    pack::numbered(&mut out.bytes, tag::GROUP, at);
    pack::varint(&mut out.bytes, number.into());
    true
}

/// Whether an object is one.
pub(super) fn is_group(py: Python<'_>, object: Object) -> bool {
    // SAFETY: the object is alive.
    unsafe { pyo3::ffi::Py_TYPE(object) == <SpillGroup as pyo3::PyTypeInfo>::type_object_raw(py) }
}
