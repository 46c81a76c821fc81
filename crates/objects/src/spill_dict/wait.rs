//! Entries that are set without being looked for.
//!
//! Where a program sets one value after the other and asks for nothing, it does not
//! matter yet which keys are new. What is asked for is found out then, and for all
//! at once.

use pyo3::ffi;
use pyo3::prelude::*;

use super::{Found, SpillDict};
use crate::canonical::Written;
use crate::settings::os_error;

/// So often something has to be set in a row.
const ROW: usize = 64;

impl SpillDict {
    /// Whether an entry may be set without looking for its key, which is not in the real
    /// dict: nobody else's code is run to compare it, and nobody walks.
    #[inline]
    pub(super) fn may_wait(&self, key: &Bound<'_, PyAny>) -> bool {
        // Values that are taken out come among the latest, of which all is known then.
        if self.is_changing() {
            return false;
        }
        {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else { return false };
            disk.row += 1;
            let plain = disk.held.is_empty() && disk.odd_keys.is_empty();
            if disk.row <= ROW || !plain || self.walks.get() > 0 {
                return false;
            }
        }
        // SAFETY: the key is alive.
        let simple = unsafe {
            let key = key.as_ptr();
            ffi::PyUnicode_CheckExact(key) != 0 || ffi::PyLong_CheckExact(key) != 0
        };
        simple || self.write_key(key) != Written::Odd
    }

    /// Sets an entry of which nothing is known.
    #[inline]
    pub(super) fn set_unknown(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = key.py();
        let hash = key.hash()?;
        self.recent(py).set_item(key, value)?;
        let forgotten = self.disk.borrow_mut().as_mut().map(|disk| {
            disk.unknown += 1;
            disk.forget(hash)
        });
        drop(forgotten);
        self.count(key, value)
    }

    /// Something is asked for: what is set next is looked for, too.
    #[inline]
    pub(super) fn end_row(&self) {
        if let Some(disk) = self.disk.borrow_mut().as_mut() {
            disk.row = 0;
        }
    }

    /// The same, where all has to be known.
    #[inline]
    pub(super) fn be_asked(&self, py: Python<'_>) -> PyResult<()> {
        self.end_row();
        self.know(py)
    }

    /// Finds out which entries are new.
    #[inline]
    pub(super) fn know(&self, py: Python<'_>) -> PyResult<()> {
        let unknown = match self.disk.borrow_mut().as_mut() {
            Some(disk) => {
                disk.keyed.settle().map_err(|error| os_error(&error))?;
                disk.unknown
            }
            None => 0,
        };
        if unknown == 0 { Ok(()) } else { self.find_out(py, unknown) }
    }

    #[cold]
    fn find_out(&self, py: Python<'_>, unknown: usize) -> PyResult<()> {
        let recent = self.recent(py);
        let known = recent.len().saturating_sub(unknown);
        let keys: Vec<_> = recent.iter().skip(known).map(|(key, _)| key).collect();
        let mut fresh = 0;
        for key in keys {
            fresh += usize::from(matches!(self.find(&key, key.hash()?)?, Found::Nowhere));
        }
        if let Some(disk) = self.disk.borrow_mut().as_mut() {
            disk.fresh += fresh;
            disk.unknown = 0;
        }
        Ok(())
    }

    /// Whether entries wait; all is known if they have to be looked for.
    pub(super) fn waits(&self, py: Python<'_>) -> PyResult<bool> {
        let row = self.disk.borrow().as_ref().map(|disk| (disk.unknown > 0, disk.row > ROW));
        if let Some((true, false)) = row {
            self.know(py)?;
        }
        Ok(row == Some((true, true)))
    }
}
