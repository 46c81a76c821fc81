//! What `len`, `sum`, `max` and `min` of a list would be, without the list.
//!
//! Values of plain builtin types are folded as they come, step by step as the
//! builtins do it, so that results are the same to the last bit. From the first
//! value on that is not plain, or that fails, values are kept, and are folded
//! when they would have been: nobody can tell the difference.

use std::ffi::{c_int, c_long};
use std::sync::OnceLock;

use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyList, PyString};

/// Where a `sum` stands. It has three loops, and only goes on to the next one.
enum Sum {
    /// Ints that fit into a C `long`.
    Ints(c_long),
    /// A float, and from 3.12 on what rounding has lost (Neumaier).
    Floats { total: f64, lost: f64 },
    /// Whatever `+` gives.
    Any(Py<PyAny>),
}

impl Sum {
    fn value(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(match self {
            Self::Ints(total) => total.into_pyobject(py)?.into_any().unbind(),
            Self::Floats { total, lost } => PyFloat::new(py, with_lost(*total, *lost)).into_any().unbind(),
            Self::Any(total) => total.clone_ref(py),
        })
    }

    /// Adds one value, as `sum` does.
    fn step(&self, item: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = item.py();
        if let Self::Ints(total) = self
            && (item.is_exact_instance_of::<PyInt>() || item.is_exact_instance_of::<PyBool>())
            && let Some(total) = long(item)?.and_then(|value| total.checked_add(value))
        {
            return Ok(Self::Ints(total));
        }
        if let Self::Floats { total, lost } = self {
            if item.is_exact_instance_of::<PyFloat>() {
                return Ok(plus(*total, *lost, item.extract()?, manner(py).compensates));
            }
            if item.is_instance_of::<PyInt>()
                && let Some(value) = long(item)?
            {
                return Ok(Self::Floats { total: *total + value as f64, lost: *lost });
            }
        }
        let sum = self.value(py)?.bind(py).add(item)?;
        let floats = matches!(self, Self::Ints(_)) && sum.is_exact_instance_of::<PyFloat>();
        if floats {
            Ok(Self::Floats { total: sum.extract()?, lost: 0.0 })
        } else {
            Ok(Self::Any(sum.unbind()))
        }
    }
}

fn plus(total: f64, lost: f64, value: f64, compensates: bool) -> Sum {
    let sum = total + value;
    let more = match total.abs() >= value.abs() {
        _ if !compensates => 0.0,
        true => (total - sum) + value,
        false => (value - sum) + total,
    };
    Sum::Floats { total: sum, lost: lost + more }
}

fn with_lost(total: f64, lost: f64) -> f64 {
    if lost != 0.0 && lost.is_finite() { total + lost } else { total }
}

/// An int as a C `long`, if it fits.
fn long(item: &Bound<'_, PyAny>) -> PyResult<Option<c_long>> {
    let mut overflow: c_int = 0;
    // SAFETY: a valid object; errors are looked at below.
    let value = unsafe { ffi::PyLong_AsLongAndOverflow(item.as_ptr(), &raw mut overflow) };
    match PyErr::take(item.py()) {
        Some(error) => Err(error),
        None => Ok((overflow == 0).then_some(value)),
    }
}

/// How this Python's `sum` goes about floats.
#[derive(Clone, Copy)]
struct Manner {
    /// It keeps track of what rounding loses.
    compensates: bool,
    /// It is known: it has changed before.
    is_known: bool,
}

fn manner(py: Python<'_>) -> Manner {
    static MANNER: OnceLock<Manner> = OnceLock::new();
    *MANNER.get_or_init(|| {
        let version = py.version_info();
        Manner { compensates: version >= (3, 12), is_known: version < (3, 14) }
    })
}

/// Values that hold nothing, cannot change, and are compared and added by builtin code.
fn is_plain(item: &Bound<'_, PyAny>) -> bool {
    item.is_exact_instance_of::<PyFloat>()
        || item.is_exact_instance_of::<PyInt>()
        || item.is_exact_instance_of::<PyString>()
        || item.is_exact_instance_of::<PyBool>()
        || item.is_exact_instance_of::<PyBytes>()
}

/// What `max` or `min` are so far.
enum Best {
    /// Nobody will ask.
    NotKept,
    /// There has been no value.
    None,
    Some(Py<PyAny>),
}

impl Best {
    fn is_kept(&self) -> bool {
        !matches!(self, Self::NotKept)
    }
}

/// Running `len`, and `sum`, `max` and `min` where they were asked for.
#[pyclass(module = "spacetime_compiler.runtime", name = "Running")]
pub struct Running {
    count: usize,
    sum: Option<Sum>,
    highest: Best,
    lowest: Best,
    /// Values that are not folded yet.
    rest: Vec<Py<PyAny>>,
}

#[pymethods]
impl Running {
    #[new]
    #[pyo3(signature = (*kept))]
    fn new(kept: Vec<String>) -> PyResult<Self> {
        let mut running =
            Self { count: 0, sum: None, highest: Best::NotKept, lowest: Best::NotKept, rest: Vec::new() };
        for name in kept {
            match name.as_str() {
                "sum" => running.sum = Some(Sum::Ints(0)),
                "max" => running.highest = Best::None,
                "min" => running.lowest = Best::None,
                _ => {
                    return Err(PyValueError::new_err(format!(
                        "Running keeps sum, max and min, not '{name}'"
                    )));
                }
            }
        }
        Ok(running)
    }

    /// Takes the next value.
    fn append(&mut self, item: &Bound<'_, PyAny>) {
        self.count += 1;
        if self.sum.is_none() && !self.highest.is_kept() && !self.lowest.is_kept() {
            return;
        }
        if !self.rest.is_empty() || !self.fold(item) {
            self.rest.push(item.clone().unbind());
        }
    }

    fn __len__(&self) -> usize {
        self.count
    }

    /// What `sum` of the values would give, or raise.
    fn sum(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let Some(sum) = &self.sum else { return Err(not_kept("sum")) };
        if let Sum::Ints(total) = sum {
            let rest = PyList::new(py, &self.rest)?;
            return Ok(py.import("builtins")?.getattr("sum")?.call1((rest, *total))?.unbind());
        }
        let mut rest = self.rest.iter();
        let Some(first) = rest.next() else { return sum.value(py) };
        let mut sum = sum.step(first.bind(py))?;
        for item in rest {
            sum = sum.step(item.bind(py))?;
        }
        sum.value(py)
    }

    /// What `max` of the values would give, or raise.
    fn max(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.best(py, &self.highest, "max")
    }

    /// What `min` of the values would give, or raise.
    fn min(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.best(py, &self.lowest, "min")
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.rest.iter().try_for_each(|item| visit.call(item))
    }

    fn __clear__(&mut self) {
        self.rest.clear();
    }
}

impl Running {
    /// Folds a plain value into everything, or into nothing if it fails.
    fn fold(&mut self, item: &Bound<'_, PyAny>) -> bool {
        let py = item.py();
        if !is_plain(item) {
            return false;
        }
        let sum = match &self.sum {
            None => None,
            Some(sum) => match sum.step(item) {
                Ok(next) if manner(py).is_known || matches!(next, Sum::Ints(_)) => Some(next),
                _ => return false,
            },
        };
        let beats = |best: &Best, higher: bool| match best {
            Best::NotKept => Ok(false),
            Best::None => Ok(true),
            Best::Some(best) if higher => item.gt(best),
            Best::Some(best) => item.lt(best),
        };
        let (Ok(higher), Ok(lower)) = (beats(&self.highest, true), beats(&self.lowest, false)) else {
            return false;
        };
        if sum.is_some() {
            self.sum = sum;
        }
        if higher {
            self.highest = Best::Some(item.clone().unbind());
        }
        if lower {
            self.lowest = Best::Some(item.clone().unbind());
        }
        true
    }

    /// The builtin over the best value so far and those that are not folded.
    fn best(&self, py: Python<'_>, best: &Best, name: &str) -> PyResult<Py<PyAny>> {
        let best = match best {
            Best::NotKept => return Err(not_kept(name)),
            Best::Some(best) if self.rest.is_empty() => return Ok(best.clone_ref(py)),
            Best::Some(best) => Some(best),
            Best::None => None,
        };
        let values = PyList::new(py, best.into_iter().chain(&self.rest))?;
        Ok(py.import("builtins")?.getattr(name)?.call1((values,))?.unbind())
    }
}

fn not_kept(name: &str) -> PyErr {
    PyValueError::new_err(format!("this Running does not keep '{name}'"))
}
