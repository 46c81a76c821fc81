//! Items that are put in, replaced or taken out before the end.
//!
//! What is on disk does not change; a new list has the blocks before and behind in common with the
//! old one, and takes its place. Each time that is done, the latest items are written, and blocks
//! are cut; so a list to which it is done often comes back into memory.

use pyo3::prelude::*;
use pyo3::types::PyList;

use super::SpillList;
use super::cursor::Cursor;

/// So many times, and the list stays in memory.
const OFTEN: u8 = 16;

impl SpillList {
    /// Puts `middle` in the place of the items from `start` to `end`.
    pub(super) fn splice(
        &self,
        py: Python<'_>,
        start: usize,
        end: usize,
        middle: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        if self.is_worth_it() {
            let (version, length) = (self.version.get(), self.len());
            let new = self.like(py);
            new.large.set(true);
            new.take_part(py, self, 0, start)?;
            if let Some(items) = middle {
                new.take_all(items)?;
            }
            new.take_part(py, self, end.max(start), length)?;
            // What the collector runs may have changed it meanwhile.
            if (version, length) == (self.version.get(), self.len()) {
                return self.replace(py, &new);
            }
        }
        let tail = self.inflate(py)?;
        match middle {
            Some(items) => tail.set_slice(start, end, items),
            None => tail.del_slice(start, end),
        }
    }

    /// The same for one item, which is what is given back.
    pub(super) fn splice_out<'py>(
        &self,
        py: Python<'py>,
        index: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let item = self.item(py, index)?;
        if item.is_some() {
            self.splice(py, index, index + 1, None)?;
        }
        Ok(item)
    }

    pub(super) fn splice_in(
        &self,
        py: Python<'_>,
        start: usize,
        end: usize,
        item: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        self.splice(py, start, end, Some(PyList::new(py, [item])?.as_any()))
    }

    /// Turns the order round.
    pub(super) fn turn(&self, py: Python<'_>) -> PyResult<()> {
        if !self.is_worth_it() {
            return self.inflate(py)?.reverse();
        }
        let (version, length) = (self.version.get(), self.len());
        let new = self.like(py);
        new.large.set(true);
        let mut end = length;
        let mut cursor = Cursor::default();
        while end > 0 {
            let start = self.first_with(end - 1);
            cursor.seek(start);
            let items = PyList::empty(py);
            while cursor.index < end {
                items.append(cursor.next(py, self)?)?;
            }
            items.reverse()?;
            new.take_all(items.as_any())?;
            end = start;
        }
        if (version, length) != (self.version.get(), self.len()) {
            return self.inflate(py)?.reverse();
        }
        self.replace(py, &new)
    }

    /// The first of the items that are read together with that one.
    fn first_with(&self, index: usize) -> usize {
        let stored = self.stored.borrow();
        let at = stored.partition_point(|part| part.first <= index);
        match stored.get(at.wrapping_sub(1)) {
            Some(part) if index < part.first + part.items => part.first,
            _ => self.spilled.get(),
        }
    }

    /// Whether the list stays on disk when it is changed once more.
    fn is_worth_it(&self) -> bool {
        let often = self.splices.get().saturating_add(1);
        self.splices.set(often);
        self.spilled.get() > 0 && !self.resident.get() && often <= OFTEN
    }
}
