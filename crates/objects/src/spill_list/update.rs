//! Walking a list whose items are changed on the way.
//!
//! What is on disk cannot be changed. So every item that is handed out is also put
//! at the end of a new list, where the latest ones stay the objects that they are,
//! and are packed only when the walk is some items further on. At the end, or when
//! the walk is given up, the new list takes the place of the old one.

use std::cell::RefCell;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyIterator;

use super::SpillList;

/// A walk that is not over.
struct Walk {
    list: Py<SpillList>,
    /// The list's version when the walk began.
    version: u64,
    items: Py<PyIterator>,
    fresh: SpillList,
}

/// The items of a list, which may be changed until some more have been asked for.
#[pyclass(frozen, module = "spacetime_compiler.runtime")]
pub struct SpillListUpdater(RefCell<Option<Walk>>);

// SAFETY: everything in here is used with the interpreter's lock held only.
unsafe impl Send for SpillListUpdater {}
// SAFETY: as above.
unsafe impl Sync for SpillListUpdater {}

impl Walk {
    /// The next item, which is the new list's last one then.
    fn next<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        // SAFETY: the iterator is alive; the result is a new reference, or null at the
        // end or with an exception set.
        let item = unsafe { Bound::from_owned_ptr_or_opt(py, ffi::PyIter_Next(self.items.as_ptr())) };
        match item {
            Some(item) => {
                self.fresh.add(&item)?;
                Ok(Some(item))
            }
            None => PyErr::take(py).map_or(Ok(None), Err),
        }
    }

    /// Puts the new list in the place of the old one.
    fn finish(self, py: Python<'_>) -> PyResult<()> {
        let list = self.list.get();
        if list.version.get() != self.version {
            return Err(PyRuntimeError::new_err("the list was changed while its items were updated"));
        }
        list.replace(py, &self.fresh)
    }
}

impl SpillListUpdater {
    /// An iterator over a list; where nothing is on disk, its own.
    pub fn over<'py>(list: &Bound<'py, SpillList>) -> PyResult<Bound<'py, PyAny>> {
        let (py, known) = (list.py(), list.get());
        let items = list.try_iter()?;
        if known.spilled.get() == 0 {
            return Ok(items.into_any());
        }
        let fresh = known.like(py);
        fresh.large.set(true);
        let version = known.version.get();
        let walk = Walk { list: list.clone().unbind(), version, items: items.unbind(), fresh };
        Ok(Bound::new(py, Self(RefCell::new(Some(walk))))?.into_any())
    }
}

#[pymethods]
impl SpillListUpdater {
    fn __iter__<'py>(this: &Bound<'py, Self>) -> Bound<'py, Self> {
        this.clone()
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = {
            let Ok(walk) = self.0.try_borrow() else {
                return Err(PyRuntimeError::new_err("the iterator is already at work"));
            };
            match &*walk {
                Some(walk) => walk.next(py)?,
                None => return Ok(None),
            }
        };
        if found.is_none()
            && let Some(walk) = self.0.take()
        {
            walk.finish(py)?;
        }
        Ok(found)
    }

    fn __length_hint__(&self, py: Python<'_>) -> PyResult<usize> {
        let hint = |walk: &Walk| walk.items.bind(py).call_method0("__length_hint__")?.extract();
        let walk = self.0.try_borrow().ok();
        walk.as_deref().and_then(Option::as_ref).map_or(Ok(0), hint)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        let Ok(walk) = self.0.try_borrow() else { return Ok(()) };
        walk.as_ref().map_or(Ok(()), |walk| {
            visit.call(&walk.list)?;
            visit.call(&walk.items)?;
            walk.fresh.traverse(&visit)
        })
    }
}

impl Drop for SpillListUpdater {
    /// A walk that was left by `break`, `return` or an exception: the rest stays as it is.
    fn drop(&mut self) {
        let Some(walk) = self.0.take() else { return };
        Python::attach(|py| {
            // An exception may be on its way.
            let coming = PyErr::take(py);
            let rest = loop {
                match walk.next(py) {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            if let Err(error) = rest.and_then(|()| walk.finish(py)) {
                error.write_unraisable(py, None);
            }
            if let Some(coming) = coming {
                coming.restore(py);
            }
        });
    }
}
