//! The types that the user has registered as spillable: how an instance becomes
//! a value that can be spilled, and how it is made again.

use std::sync::{Mutex, PoisonError};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

/// One registered type.
pub struct Registered {
    class: Py<PyType>,
    /// Makes a value from an instance; `None` for tuples with another name.
    pub pack: Option<Py<PyAny>>,
    /// Makes an instance from such a value.
    pub unpack: Py<PyAny>,
    /// Whether it compares as the tuple that it is.
    pub ordered_as_tuple: bool,
}

/// All registered types, as they were when a sort began. A number stays valid
/// for as long as the list that gave it.
#[derive(Default)]
pub struct Types(Vec<Registered>);

static TYPES: Mutex<Types> = Mutex::new(Types(Vec::new()));

impl Types {
    pub fn now(py: Python<'_>) -> Self {
        let types = TYPES.lock().unwrap_or_else(PoisonError::into_inner);
        let copy = |known: &Registered| Registered {
            class: known.class.clone_ref(py),
            pack: known.pack.as_ref().map(|pack| pack.clone_ref(py)),
            unpack: known.unpack.clone_ref(py),
            ordered_as_tuple: known.ordered_as_tuple,
        };
        Self(types.0.iter().map(copy).collect())
    }

    pub fn get(&self, number: usize) -> Option<&Registered> {
        self.0.get(number)
    }

    /// The latest registration of exactly this type.
    #[inline]
    pub fn find(&self, class: *mut ffi::PyTypeObject) -> Option<(usize, &Registered)> {
        let is_it = |known: &Registered| known.class.as_ptr() == class.cast();
        let number = self.0.iter().rposition(is_it)?;
        Some((number, self.0.get(number)?))
    }
}

/// Registers a type. `pack` is `None` for subclasses of `tuple` whose instances
/// are nothing but their elements.
#[pyfunction]
pub fn runtime_register(
    class: &Bound<'_, PyType>,
    pack: Option<Py<PyAny>>,
    unpack: Py<PyAny>,
) -> PyResult<()> {
    let py = class.py();
    let tuple = py.get_type::<PyTuple>();
    let mut ordered_as_tuple = class.is_subclass(&tuple)?;
    for name in ["__lt__", "__gt__", "__eq__"] {
        ordered_as_tuple &= class.getattr(name)?.is(&tuple.getattr(name)?);
    }
    let registered = Registered {
        class: class.clone().unbind(),
        pack,
        unpack,
        ordered_as_tuple,
    };
    TYPES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .0
        .push(registered);
    Ok(())
}
