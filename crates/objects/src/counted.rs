//! An iterator that knows how many items it has given.

use pyo3::ffi;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

/// Counted(iterable, /)
/// --
///
/// Walk an iterable, once, and count.
///
/// ``len`` gives the number of items that have been walked so far: behind the
/// walk what ``len`` of a list of them would be. An iterable that fails or ends
/// does so at the same item.
#[pyclass(module = "spacetime_compiler.runtime", name = "Counted")]
pub struct Counted {
    iterator: Option<Py<PyAny>>,
    count: usize,
}

#[pymethods]
impl Counted {
    #[new]
    #[pyo3(signature = (iterable, /))]
    fn new(iterable: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { iterator: Some(iterable.try_iter()?.into_any().unbind()), count: 0 })
    }

    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        let py = slf.py();
        // Python code runs meanwhile, which may ask for the length.
        let iterator = slf.try_borrow()?.iterator.as_ref().map(|iterator| iterator.clone_ref(py));
        let Some(iterator) = iterator else { return Ok(None) };
        // SAFETY: an iterator, and the interpreter's lock is held.
        let item = unsafe { Bound::from_owned_ptr_or_opt(py, ffi::PyIter_Next(iterator.as_ptr())) };
        match item {
            Some(item) => {
                slf.try_borrow_mut()?.count += 1;
                Ok(Some(item.unbind()))
            }
            None => match PyErr::take(py) {
                Some(error) => Err(error),
                None => {
                    // What the iterator holds is let go, as at the end of a loop.
                    drop(slf.try_borrow_mut()?.iterator.take());
                    Ok(None)
                }
            },
        }
    }

    fn __len__(&self) -> usize {
        self.count
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.iterator)
    }

    fn __clear__(&mut self) {
        self.iterator = None;
    }
}
