//! `SpillGroupDict`: one of the dictionaries that are the values of a `SpillGroups`, and go to
//! disk together.
//!
//! Each is a real dict until all of them take an eighth of the budget. Then those are packed in
//! memory that hold numbers and short texts only, until they take half of the budget. The entries of
//! the others go to one `SpillDict` for all, under the number of the dictionary and the key; and the keys of
//! each, in their order, to a list on disk. To walk is to look up one value after the other,
//! until much has been walked: then all values are brought into the order of the dictionaries
//! once, and read from there until the next change. What takes an entry out makes a dictionary
//! a real one again.
//!
//! What is known of a dictionary is in its store, under a number. The object shows the one of
//! that number, and is made when it is asked for.

mod fast;
mod iterate;
mod kind;
mod methods;
mod packed;
mod shelf;
mod snapshot;
mod store;
mod views;

use std::cell::Cell;
use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

pub use kind::Kind;
pub use store::DictStore;

/// See the module.
#[pyclass(frozen, mapping, name = "SpillGroupDict", module = "spacetime_compiler.runtime")]
pub struct SpillGroupDict {
    store: Rc<DictStore>,
    number: Cell<u32>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillGroupDict {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupDict {}

impl Drop for SpillGroupDict {
    fn drop(&mut self) {
        drop(self.store.let_go(self.number.get()));
    }
}

impl SpillGroupDict {
    fn view(store: Rc<DictStore>, number: u32) -> Self {
        store.hold(number);
        Self { store, number: Cell::new(number) }
    }

    /// Shows another dictionary from now on.
    #[inline]
    fn turn(&self, number: u32) {
        self.store.hold(number);
        drop(self.store.let_go(self.number.replace(number)));
    }

    fn len(&self, py: Python<'_>) -> usize {
        self.store.len(py, self.number.get())
    }

    /// The real dict, if it is one.
    #[inline]
    fn real<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
        self.store.real(py, self.number.get())
    }

    /// The value of a key.
    #[inline]
    fn find<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = key.py();
        match self.real(py)? {
            Some(real) => real.get_item(key),
            None => self.store.get(self.number.get(), key),
        }
    }

    /// The value of a key, or what stands for one that is missing.
    #[inline]
    fn get<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = self.find(key)? {
            return Ok(value);
        }
        let (value, new) = self.store.kind.missing(key)?;
        if new {
            self.set(key, &value)?;
        }
        Ok(value)
    }

    #[inline]
    fn set(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        self.store.settle_latest(py)?;
        let Some(real) = self.real(py)? else {
            return self.store.set(self.number.get(), key, value);
        };
        let before = real.len();
        real.set_item(key, value)?;
        if real.len() > before {
            drop(real);
            self.store.count_entry(key, value)?;
        }
        Ok(())
    }

    fn contains(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        match self.real(key.py())? {
            Some(real) => real.contains(key),
            None => self.store.contains(self.number.get(), key),
        }
    }

    /// A real one with the same entries, to be looked at.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self.real(py)? {
            Some(real) => Ok(real),
            None => self.store.whole(py, self.number.get()),
        }
    }

    /// Makes it a real dict for good.
    fn reside<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.store.settle_latest(py)?;
        match self.real(py)? {
            Some(real) => Ok(real),
            None => self.store.reside(py, self.number.get()),
        }
    }
}

/// Adds the class to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillGroupDict>()?;
    let class: Bound<'_, PyType> = py.get_type::<SpillGroupDict>();
    fast::register(&class)?;
    class.setattr("__hash__", py.None())?;
    let abstracts = py.import("_collections_abc")?;
    abstracts.getattr("MutableMapping")?.call_method1("register", (class,))?;
    Ok(())
}
