//! `SpillGroupSet`: one of many sets that go to disk together: those that are the values of
//! a `SpillGroups`, or others that are made at the same time.
//!
//! Each is a real set until all of them take an eighth of the budget. Then their elements
//! are written, in the order of the sets, and equal ones found when that is read. So the
//! sets are filled first, and then walked one after the other. What changes a set otherwise
//! makes it a real one again, and so does what asks all of them again and again while they
//! are filled.
//!
//! What is known of a set is in its store, under a number. The object shows the set of that
//! number, and for one of a dictionary it is made when it is asked for.

mod iterate;
mod methods;
mod read;
mod shelf;
mod store;

use std::cell::Cell;
use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::{PySet, PyType};

use super::method::{Definition, given, none};
use super::record::Object;
use super::size::size;
pub use store::SetStore;
use store::{NOBODY, OWN};

/// See the module. Borrows are short: no code of others runs during one.
#[pyclass(frozen, name = "SpillGroupSet", module = "spacetime_compiler.runtime")]
pub struct SpillGroupSet {
    store: Rc<SetStore>,
    number: Cell<u32>,
    /// It is in no dictionary: nobody else shows the set.
    own: bool,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillGroupSet {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupSet {}

impl Drop for SpillGroupSet {
    fn drop(&mut self) {
        drop(self.store.let_go(self.number.get()));
    }
}

impl SpillGroupSet {
    fn empty(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { store: SetStore::current(py)?, number: Cell::new(NOBODY), own: true })
    }

    /// A view of a set in a dictionary.
    fn view(store: Rc<SetStore>, number: u32) -> Self {
        store.hold(number);
        Self { store, number: Cell::new(number), own: false }
    }

    /// Shows another set from now on.
    #[inline]
    fn turn(&self, number: u32) {
        self.store.hold(number);
        drop(self.store.let_go(self.number.replace(number)));
    }

    /// The number, which a set of its own has when something is added.
    fn number(&self) -> PyResult<u32> {
        if self.number.get() == NOBODY {
            self.number.set(self.store.add_set()?);
        }
        Ok(self.number.get())
    }

    fn is_on_disk(&self) -> bool {
        self.store.is_on_disk(self.number.get())
    }

    /// The real set of one that is not on disk.
    fn own<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        self.store.real(py, self.number()?)
    }

    /// Adds an element.
    fn add(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = element.py();
        self.store.settle_latest(py)?;
        if self.is_on_disk() {
            if self.store.push(self.number()?, element)? {
                return Ok(());
            }
            self.reside(py)?;
        }
        let real = self.own(py)?;
        let before = real.len();
        real.add(element)?;
        if real.len() > before {
            drop(real);
            // SAFETY: the element is alive.
            self.store.count(py, OWN + unsafe { size(element.as_ptr(), 0) })?;
        }
        Ok(())
    }

    fn len(&self, py: Python<'_>) -> PyResult<usize> {
        if self.is_on_disk() {
            self.store.read(py)?;
        }
        Ok(self.store.len(py, self.number.get()))
    }

    /// A real set with what is in this one, to be looked at.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        if self.is_on_disk() {
            self.store.read(py)?;
        }
        if self.is_on_disk()
            && let Some(set) = self.store.whole(py, self.number.get())?
        {
            return Ok(set);
        }
        self.own(py)
    }

    /// Makes it a real set for good.
    fn reside(&self, py: Python<'_>) -> PyResult<()> {
        if self.is_on_disk() {
            let number = self.number()?;
            let set = if self.store.has_any(number) {
                self.whole(py)?.call_method0("copy")?.cast_into()?
            } else {
                PySet::empty(py)?
            };
            self.store.put_real(number, set);
        }
        Ok(())
    }
}

unsafe extern "C" fn add(set: Object, element: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        let set = super::method::this::<SpillGroupSet>(set);
        match set.add(&Bound::from_borrowed_ptr(py, element)) {
            Ok(()) => none(),
            Err(error) => given(py, Err(error)),
        }
    }
}

static ADD: Definition =
    Definition::one(c"add", add, c"add($self, object, /)\n--\n\nAdd an element to the set.");

/// Adds the class to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillGroupSet>()?;
    let class: Bound<'_, PyType> = py.get_type::<SpillGroupSet>();
    ADD.install(&class)?;
    class.setattr("__hash__", py.None())?;
    py.import("_collections_abc")?.getattr("MutableSet")?.call_method1("register", (class,))?;
    Ok(())
}
