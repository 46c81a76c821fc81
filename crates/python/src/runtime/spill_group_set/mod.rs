//! `SpillGroupSet`: one of many sets that go to disk together, such as those that are the
//! values of a dictionary.
//!
//! Each is a real set until all of them take an eighth of the budget. Then their elements
//! are written, in the order of the sets, and equal ones found when that is read. So the
//! sets are filled first, and then walked one after the other. What changes a set otherwise
//! makes it a real one again, and so does what asks all of them again and again while they
//! are filled.

mod iterate;
mod methods;
mod store;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PySet, PyType};

use super::method::{Definition, given, none};
use super::record::Object;
use super::size::size;
use store::{NOBODY, Store};

/// What an element takes in a set besides itself, and an empty set.
const OWN: usize = 40;
const EMPTY: usize = 264;

/// Where the elements of a set are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In a real set, and they may be written.
    Small,
    Spilled,
    /// In a real set for good.
    Kept,
}

/// See the module. Borrows are short: no code of others runs during one.
#[pyclass(frozen, name = "SpillGroupSet", module = "spacetime_compiler.runtime")]
pub struct SpillGroupSet {
    store: Rc<Store>,
    number: Cell<u32>,
    state: Cell<State>,
    /// The real set, unless nothing has come.
    real: RefCell<Option<Py<PySet>>>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillGroupSet {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupSet {}

impl Drop for SpillGroupSet {
    fn drop(&mut self) {
        self.store.forget(self.number.get());
    }
}

impl SpillGroupSet {
    fn empty(py: Python<'_>) -> PyResult<Self> {
        let store = Store::current(py)?;
        let state = Cell::new(if store.is_spilled() { State::Spilled } else { State::Small });
        Ok(Self { store, number: Cell::new(NOBODY), state, real: RefCell::default() })
    }

    fn state(&self) -> State {
        if self.state.get() == State::Small && self.number.get() == NOBODY && self.store.is_spilled() {
            self.state.set(State::Spilled);
        }
        if self.state.get() == State::Spilled && self.store.is_open() {
            self.state.set(State::Kept);
        }
        self.state.get()
    }

    /// The real set of one that is not on disk.
    fn own<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        if let Some(real) = &*self.real.borrow() {
            return Ok(real.bind(py).clone());
        }
        let real = PySet::empty(py)?;
        self.real.replace(Some(real.clone().unbind()));
        Ok(real)
    }

    /// Adds an element; the set is that of the object.
    fn add(this: &Bound<'_, Self>, element: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, set) = (this.py(), this.get());
        if set.state() == State::Spilled {
            if set.number.get() == NOBODY {
                set.number.set(set.store.number(this)?);
            }
            if set.store.push(set.number.get(), element)? {
                return Ok(());
            }
            set.reside(py)?;
        }
        let real = set.own(py)?;
        let before = real.len();
        real.add(element)?;
        if set.state.get() == State::Small && real.len() > before {
            drop(real);
            set.count(this, element)?;
        }
        Ok(())
    }

    /// Counts what has been added.
    fn count(&self, this: &Bound<'_, Self>, element: &Bound<'_, PyAny>) -> PyResult<()> {
        // SAFETY: the element is alive.
        let mut taken = OWN + unsafe { size(element.as_ptr(), 0) };
        if self.number.get() == NOBODY {
            self.number.set(self.store.number(this)?);
            taken += EMPTY;
        }
        self.store.count(this.py(), taken)
    }

    fn len(&self, py: Python<'_>) -> PyResult<usize> {
        if self.state() == State::Spilled {
            self.store.read(py)?;
        }
        Ok(match self.state() {
            State::Spilled => self.store.len(self.number.get()),
            _ => self.real.borrow().as_ref().map_or(0, |real| real.bind(py).len()),
        })
    }

    /// A real set with what is in this one, to be looked at.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        if self.state() == State::Spilled {
            self.store.read(py)?;
        }
        match self.state() {
            State::Spilled => match self.store.whole(py, self.number.get())? {
                Some(set) => Ok(set),
                None => self.own(py),
            },
            _ => self.own(py),
        }
    }

    /// Makes it a real set for good.
    fn reside(&self, py: Python<'_>) -> PyResult<()> {
        if self.state() == State::Spilled {
            let empty = self.number.get() == NOBODY || !self.store.has_any(self.number.get());
            let set =
                if empty { PySet::empty(py)? } else { self.whole(py)?.call_method0("copy")?.cast_into()? };
            self.real.replace(Some(set.unbind()));
            self.state.set(State::Kept);
        }
        Ok(())
    }
}

unsafe extern "C" fn add(set: Object, element: Object) -> Object {
    // SAFETY: the descriptor has checked the type; both are alive.
    unsafe {
        let py = Python::assume_attached();
        let set = Bound::from_borrowed_ptr(py, set).cast_into_unchecked::<SpillGroupSet>();
        match SpillGroupSet::add(&set, &Bound::from_borrowed_ptr(py, element)) {
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

/// How many refer to an object.
fn references(object: &Bound<'_, PySet>) -> isize {
    // SAFETY: the object is alive.
    unsafe { ffi::Py_REFCNT(object.as_ptr()) }
}
