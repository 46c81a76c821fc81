//! Slices: short ones are plain lists; a long one is a list on disk again, and
//! shares what has been written.

use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice, PySliceIndices};

use super::cursor::Cursor;
use super::spill::PAGE_ITEMS;
use super::{SpillList, Stored};

/// From so many items on, a slice is worth a list of its own on disk.
const LONG: usize = 4096;

impl SpillList {
    pub(super) fn slice<'py>(&self, slice: &Bound<'py, PySlice>) -> PyResult<Bound<'py, PyAny>> {
        let py = slice.py();
        let bounds = slice.indices(self.len().cast_signed())?;
        if self.spilled.get() == 0 {
            return self.tail.bind(py).as_any().get_item(slice);
        }
        if bounds.slicelength >= LONG {
            let long = if bounds.step == 1 {
                self.share(py, bounds.start.unsigned_abs(), bounds.slicelength)?
            } else {
                None
            };
            let long = match long {
                Some(long) => long,
                None => {
                    let long = self.like(py);
                    self.visit(py, &bounds, |item| long.add(&item))?;
                    long
                }
            };
            return Ok(Bound::new(py, long)?.into_any());
        }
        let items = PyList::empty(py);
        self.visit(py, &bounds, |item| items.append(item))?;
        Ok(items.into_any())
    }

    /// Shows each item of a slice.
    fn visit<'py>(
        &self,
        py: Python<'py>,
        bounds: &PySliceIndices,
        mut show: impl FnMut(Bound<'py, PyAny>) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut cursor = Cursor::default();
        let mut index = bounds.start;
        // Short slices often follow each other: what is read for one serves the next.
        let walks = bounds.step == 1 && bounds.slicelength > 2 * PAGE_ITEMS;
        for _ in 0..bounds.slicelength {
            let at = index.unsigned_abs();
            if walks && at < self.len() {
                cursor.seek(at);
                show(cursor.next(py, self)?)?;
            } else if let Some(item) = self.item(py, at)? {
                show(item)?;
            }
            index += bounds.step;
        }
        Ok(())
    }

    /// A list of items that follow each other, with the blocks that lie between
    /// them; `None` if there are no such blocks.
    fn share(&self, py: Python<'_>, start: usize, count: usize) -> PyResult<Option<Self>> {
        let end = start + count;
        let between = {
            let stored = self.stored.borrow();
            let from = stored.partition_point(|block| block.first < start);
            let to = stored.partition_point(|block| block.first + block.items <= end);
            from..to.max(from)
        };
        let whole = match (self.stored.borrow().get(between.start), between.is_empty()) {
            (Some(block), false) => block.first,
            _ => return Ok(None),
        };
        let long = self.like(py);
        let mut cursor = Cursor::default();
        cursor.seek(start);
        let head = PyList::empty(py);
        while cursor.index < whole {
            head.append(cursor.next(py, self)?)?;
        }
        // What stands before the blocks has to be in one, too.
        let Some(mut stored) = long.blocks_of(&head) else {
            return Ok(None);
        };
        drop(head);
        let after = {
            let own = self.stored.borrow();
            let Some(shared) = own.get(between) else {
                return Ok(None);
            };
            stored.extend(shared.iter().map(|block| Stored {
                first: block.first - start,
                items: block.items,
                table: block.table,
                block: Rc::clone(&block.block),
                pins: Rc::clone(&block.pins),
            }));
            shared.last().map_or(whole, |last| last.first + last.items)
        };
        long.spilled.set(after - start);
        long.stored.replace(stored);
        cursor.seek(after);
        while cursor.index < end.min(self.len()) {
            long.add(&cursor.next(py, self)?)?;
        }
        Ok(Some(long))
    }
}
