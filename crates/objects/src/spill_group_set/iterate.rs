//! A walk over a `SpillGroupSet` that is on disk.

use std::cell::{Cell, RefCell};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use spacetime_runtime::gathered::Steps;

use super::SpillGroupSet;

/// So many elements are made at once.
const AT_ONCE: usize = 256;

/// What is left of a walk.
#[derive(Default)]
struct Rest {
    /// Elements that have been made, the next one last.
    made: Vec<Py<PyAny>>,
    /// Where the next one is, and how many there are.
    steps: Option<(Steps, usize)>,
}

/// See the module.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillGroupSetIterator {
    set: Py<SpillGroupSet>,
    /// How many there have to be; nothing once there were not.
    size: Cell<Option<usize>>,
    ended: Cell<bool>,
    rest: RefCell<Rest>,
}

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillGroupSetIterator {}
// SAFETY: as above.
unsafe impl Sync for SpillGroupSetIterator {}

impl SpillGroupSetIterator {
    pub fn new(set: &Bound<'_, SpillGroupSet>) -> PyResult<Self> {
        let (own, py) = (set.get(), set.py());
        let mut rest = Rest { made: Vec::new(), steps: own.store.steps(own.number.get())? };
        make_some(own, py, &mut rest)?;
        let size = Cell::new(Some(own.len(py)?));
        Ok(Self { set: set.clone().unbind(), size, ended: Cell::new(false), rest: RefCell::new(rest) })
    }
}

/// Makes the next elements. The walk of the last ones goes on where the next set begins.
fn make_some(set: &SpillGroupSet, py: Python<'_>, rest: &mut Rest) -> PyResult<()> {
    let Some((mut steps, left)) = rest.steps.take() else { return Ok(()) };
    let count = left.min(AT_ONCE);
    for _ in 0..count {
        rest.made.push(set.store.element(py, &mut steps)?.unbind());
    }
    rest.made.reverse();
    if left > count {
        rest.steps = Some((steps, left - count));
    } else {
        set.store.give_back(steps);
    }
    Ok(())
}

#[pymethods]
impl SpillGroupSetIterator {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let busy = || PyRuntimeError::new_err("the iterator is already at work");
        let mut rest = self.rest.try_borrow_mut().map_err(|_| busy())?;
        if self.ended.get() {
            return Ok(None);
        }
        let set = self.set.get();
        if Some(set.len(py)?) != self.size.get() {
            self.size.set(None);
            return Err(PyRuntimeError::new_err("Set changed size during iteration"));
        }
        if rest.made.is_empty() {
            make_some(set, py, &mut rest)?;
        }
        let next = rest.made.pop();
        self.ended.set(next.is_none());
        Ok(next)
    }
}
