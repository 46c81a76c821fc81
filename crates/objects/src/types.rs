//! The types that somebody has registered as spillable: how an instance becomes
//! a value that can be spilled, and how it is made again.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};

use super::record::is_plain_tuple;

/// One registered type.
pub struct Registered {
    pub class: Py<PyType>,
    pub how: How,
    /// Whether it compares as the tuple that it is.
    pub ordered_as_tuple: bool,
}

/// How instances are taken apart and put together.
pub enum How {
    /// A tuple with another name, made by `tuple.__new__`, which is kept here.
    Tuple(Py<PyAny>),
    /// By the names of their attributes.
    Fields(Vec<Py<PyString>>),
    /// By functions of the user.
    Functions { pack: Py<PyAny>, unpack: Py<PyAny> },
}

impl How {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Tuple(make) => Self::Tuple(make.clone_ref(py)),
            Self::Fields(names) => Self::Fields(names.iter().map(|name| name.clone_ref(py)).collect()),
            Self::Functions { pack, unpack } => {
                Self::Functions { pack: pack.clone_ref(py), unpack: unpack.clone_ref(py) }
            }
        }
    }
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
            how: known.how.clone_ref(py),
            ordered_as_tuple: known.ordered_as_tuple,
        };
        Self(types.0.iter().map(copy).collect())
    }

    /// How many there are now: while that is the same, so are the types.
    pub fn count_now() -> usize {
        TYPES.lock().unwrap_or_else(PoisonError::into_inner).0.len()
    }

    pub fn count(&self) -> usize {
        self.0.len()
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

/// Registers classes for one sort whose instances are nothing but tuples with another name.
#[derive(Default)]
pub struct Named {
    /// Classes that are more.
    strange: Vec<Py<PyType>>,
}

impl Named {
    /// The type of an object, which is registered now if it is such a class.
    pub fn find(
        &mut self,
        py: Python<'_>,
        types: &mut Arc<Types>,
        object: *mut ffi::PyObject,
    ) -> Option<usize> {
        // SAFETY: all callers lend an object that is alive.
        let (class, is_tuple) = unsafe { (ffi::Py_TYPE(object), ffi::PyTuple_Check(object) != 0) };
        if let Some((number, _)) = types.find(class) {
            return Some(number);
        }
        if !is_tuple || self.strange.iter().any(|known| known.as_ptr() == class.cast()) {
            return None;
        }
        // SAFETY: as above; a reference of our own is taken.
        let class = unsafe { Bound::from_borrowed_ptr(py, object) }.get_type();
        let make = py.get_type::<PyTuple>().getattr("__new__").ok().filter(|_| is_plain_tuple(&class));
        let (Some(make), Some(types)) = (make, Arc::get_mut(types)) else {
            self.strange.push(class.unbind());
            return None;
        };
        let how = How::Tuple(make.unbind());
        types.0.push(Registered { class: class.unbind(), how, ordered_as_tuple: true });
        Some(types.0.len() - 1)
    }
}

/// Registers a type: by the names of its attributes, by two functions, or, with
/// neither, as a subclass of `tuple` whose instances are nothing but their
/// elements. Attributes need a type that `object.__new__` makes.
#[pyfunction]
#[pyo3(signature = (class, fields, functions))]
pub fn runtime_register(
    class: &Bound<'_, PyType>,
    fields: Option<Vec<Bound<'_, PyString>>>,
    functions: Option<(Py<PyAny>, Py<PyAny>)>,
) -> PyResult<()> {
    let py = class.py();
    let tuple = py.get_type::<PyTuple>();
    let how = if let Some((pack, unpack)) = functions {
        How::Functions { pack, unpack }
    } else if let Some(fields) = fields {
        let made_by = class.getattr("__new__")?;
        if !made_by.is(&py.get_type::<PyAny>().getattr("__new__")?) {
            let text = "a type with a __new__ of its own needs pack and unpack";
            return Err(PyTypeError::new_err(text));
        }
        How::Fields(fields.iter().map(interned).collect::<PyResult<_>>()?)
    } else if class.is_subclass(&tuple)? {
        How::Tuple(tuple.getattr("__new__")?.unbind())
    } else {
        return Err(PyTypeError::new_err("not a subclass of tuple"));
    };
    let mut ordered_as_tuple = matches!(how, How::Tuple(_));
    for name in ["__lt__", "__gt__", "__eq__"] {
        ordered_as_tuple &= class.getattr(name)?.is(&tuple.getattr(name)?);
    }
    let class = class.clone().unbind();
    let registered = Registered { class, how, ordered_as_tuple };
    let mut types = TYPES.lock().unwrap_or_else(PoisonError::into_inner);
    types.0.push(registered);
    Ok(())
}

/// Attributes are found faster by interned names.
fn interned(name: &Bound<'_, PyString>) -> PyResult<Py<PyString>> {
    Ok(PyString::intern(name.py(), name.to_str()?).unbind())
}
