//! What the dictionaries are: plain ones, or such that have something for a missing key.

use pyo3::exceptions::{PyKeyError, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// See the module.
pub enum Kind {
    Plain,
    /// A `defaultdict`: its class, and what makes its values.
    Defaults(Py<PyType>, Py<PyAny>),
    Counter(Py<PyType>),
}

impl Kind {
    /// What `dicts=` stands for.
    pub fn of(given: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = given.py();
        if given.is(py.get_type::<PyDict>()) {
            return Ok(Self::Plain);
        }
        let collections = py.import("collections")?;
        let counter = collections.getattr("Counter")?;
        if given.is(&counter) {
            return Ok(Self::Counter(counter.cast_into()?.unbind()));
        }
        let class = collections.getattr("defaultdict")?.cast_into()?;
        if !given.is_callable() {
            return Err(PyTypeError::new_err("first argument must be callable or None"));
        }
        Ok(Self::Defaults(class.unbind(), given.clone().unbind()))
    }

    /// A new one.
    pub fn make<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self {
            Self::Plain => Ok(PyDict::new(py)),
            Self::Defaults(class, made) => Ok(class.bind(py).call1((made,))?.cast_into()?),
            Self::Counter(class) => Ok(class.bind(py).call0()?.cast_into()?),
        }
    }

    /// What makes new ones.
    pub fn factory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Plain => Ok(py.get_type::<PyDict>().into_any()),
            Self::Defaults(class, made) => py.import("functools")?.getattr("partial")?.call1((class, made)),
            Self::Counter(class) => Ok(class.bind(py).clone().into_any()),
        }
    }

    pub fn is_counter(&self) -> bool {
        matches!(self, Self::Counter(_))
    }

    /// Whether a dict is what `make` makes.
    pub fn is_one(&self, dict: &Bound<'_, PyAny>) -> bool {
        let class = dict.get_type();
        match self {
            Self::Plain => dict.is_exact_instance_of::<PyDict>(),
            Self::Counter(own) => class.is(own),
            Self::Defaults(own, made) => {
                class.is(own) && dict.getattr("default_factory").is_ok_and(|factory| factory.is(made))
            }
        }
    }

    /// What a missing key gives, and whether it becomes its value.
    pub fn missing<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, bool)> {
        let py = key.py();
        match self {
            Self::Plain => Err(PyKeyError::new_err((key.clone().unbind(),))),
            Self::Defaults(_, made) => Ok((made.bind(py).call0()?, true)),
            Self::Counter(_) => Ok((0_i64.into_pyobject(py)?.into_any(), false)),
        }
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self {
            Self::Plain | Self::Counter(_) => Ok(()),
            Self::Defaults(_, made) => visit.call(made),
        }
    }
}
