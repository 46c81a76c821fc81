//! `external_sort(table.items())` of a dictionary whose values may be changed: the sort has the
//! keys, and what is handed out are the values themselves.

use std::rc::{Rc, Weak};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::SpillDict;
use super::iterate::{SpillDictIterator, What};
use super::methods::missing;
use super::views::SpillDictView;
use crate::record::Policy;
use crate::sort;

/// Entries as they were when a walk over sorted ones began, of those that have been set or deleted
/// since then.
pub struct Kept {
    entries: Py<PyDict>,
    walk: Weak<()>,
}

impl Kept {
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.entries)
    }
}

impl SpillDict {
    /// An entry is about to be set or deleted: who walks sorted entries keeps it.
    #[inline]
    pub(super) fn keep_for_walks(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        if self.sorted.borrow().is_empty() { Ok(()) } else { self.keep(key) }
    }

    #[cold]
    fn keep(&self, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let walks: Vec<_> = {
            let mut sorted = self.sorted.borrow_mut();
            sorted.retain(|kept| kept.walk.strong_count() > 0);
            sorted.iter().map(|kept| kept.entries.clone_ref(key.py())).collect()
        };
        if walks.is_empty() {
            return Ok(());
        }
        let Some(value) = self.get(key)? else { return Ok(()) };
        for kept in walks {
            let kept = kept.bind(key.py());
            if !kept.contains(key)? {
                kept.set_item(key, &value)?;
            }
        }
        Ok(())
    }

    /// All entries are about to go.
    pub(super) fn keep_all(this: &Bound<'_, Self>) -> PyResult<()> {
        if this.get().sorted.borrow().iter().all(|kept| kept.walk.strong_count() == 0) {
            return Ok(());
        }
        for key in SpillDictIterator::new(this, What::Keys)?.try_iter()? {
            this.get().keep(&key?)?;
        }
        Ok(())
    }
}

/// The entries of a dictionary as they were, by their keys.
struct Entries {
    dict: Py<SpillDict>,
    what: What,
    kept: Py<PyDict>,
    walk: Rc<()>,
}

impl Entries {
    fn new(py: Python<'_>, dict: Py<SpillDict>, what: What) -> Self {
        let entries = Self { dict, what, kept: PyDict::new(py).unbind(), walk: Rc::default() };
        let kept = Kept { entries: entries.kept.clone_ref(py), walk: Rc::downgrade(&entries.walk) };
        entries.dict.get().sorted.borrow_mut().push(kept);
        entries
    }

    fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            dict: self.dict.clone_ref(py),
            what: self.what,
            kept: self.kept.clone_ref(py),
            walk: Rc::clone(&self.walk),
        }
    }

    fn get<'py>(&self, key: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        let value = match self.kept.bind(py).get_item(&key)? {
            Some(value) => value,
            None => self.dict.get().get(&key)?.ok_or_else(|| missing(&key))?,
        };
        match self.what {
            What::Items => Ok(PyTuple::new(py, [key, value])?.into_any()),
            What::Keys | What::Values => Ok(value),
        }
    }

    fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.dict)?;
        visit.call(&self.kept)
    }
}

/// What an entry is sorted by, of which the key is given.
#[pyclass(frozen, module = "spacetime_compiler._runtime")]
struct ByEntry {
    entries: Entries,
    key: Py<PyAny>,
}

/// The entries in their order.
#[pyclass(frozen, module = "spacetime_compiler._runtime")]
struct SortedEntries {
    entries: Entries,
    keys: Py<PyAny>,
}

// SAFETY: everything in these is used with the interpreter's lock held only.
unsafe impl Send for ByEntry {}
// SAFETY: as above.
unsafe impl Sync for ByEntry {}
// SAFETY: as above.
unsafe impl Send for SortedEntries {}
// SAFETY: as above.
unsafe impl Sync for SortedEntries {}

/// Sorts what a view gives; `None` if that had better be done otherwise.
pub fn sort_view<'py>(
    view: &SpillDictView,
    key: &Bound<'py, PyAny>,
    reverse: &Bound<'py, PyAny>,
    policy: Policy,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = key.py();
    let (dict, what) = (view.dict.bind(py), view.what);
    if !dict.get().is_on_disk() {
        let entries = dict.get().recent(py).call_method0(what.name())?;
        return sort::sort_whole(&entries, key, reverse).map(Some);
    }
    let changing = dict.get().codec.policy().changing;
    if !changing || what == What::Keys || what == What::Values && key.is_none() {
        return Ok(None);
    }
    if !dict.get().is_changing() && !key.is_none() {
        // Nobody changes the copies.
        let items = SpillDictIterator::new(dict, what)?;
        return sort::sort(items.as_any(), key, reverse, Policy::new(true, true)).map(Some);
    }
    let entries = Entries::new(py, view.dict.clone_ref(py), what);
    // No two keys are equal, so that no values are compared without a key function.
    let by = if key.is_none() {
        key.clone()
    } else {
        Bound::new(py, ByEntry { entries: entries.clone_ref(py), key: key.clone().unbind() })?.into_any()
    };
    let keys = SpillDictIterator::new(dict, What::Keys)?;
    let keys = sort::sort(keys.as_any(), &by, reverse, policy)?.unbind();
    Ok(Some(Bound::new(py, SortedEntries { entries, keys })?.into_any()))
}

#[pymethods]
impl ByEntry {
    fn __call__<'py>(&self, own: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.key.bind(own.py()).call1((self.entries.get(own.clone())?,))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.entries.traverse(&visit)?;
        visit.call(&self.key)
    }
}

#[pymethods]
impl SortedEntries {
    fn __iter__<'a, 'py>(this: &'a Bound<'py, Self>) -> &'a Bound<'py, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match sort::next(self.keys.bind(py))? {
            Some(key) => self.entries.get(key).map(Some),
            None => Ok(None),
        }
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.entries.traverse(&visit)?;
        visit.call(&self.keys)
    }
}
