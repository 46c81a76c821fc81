//! Slices, copies and sums: what is on disk is not written again. Blocks never
//! change, so that several lists may read the same ones.

use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

use super::cursor::Cursor;
use super::{SpillList, Stored};

/// What is in fewer blocks is copied.
const FEW: usize = 2;
/// A slice of so many items is a plain list, such as the window around an item, whose
/// page has been read.
const SMALL: usize = 256;

impl SpillList {
    pub(super) fn slice<'py>(&self, slice: &Bound<'py, PySlice>) -> PyResult<Bound<'py, PyAny>> {
        let py = slice.py();
        let bounds = slice.indices(self.len().cast_signed())?;
        if self.spilled.get() == 0 {
            return self.tail.bind(py).as_any().get_item(slice);
        }
        let (start, count) = (bounds.start.unsigned_abs(), bounds.slicelength);
        if count <= SMALL {
            if bounds.step == 1 {
                return Ok(PyList::new(py, self.window(py, start, start + count)?)?.into_any());
            }
            let list = PyList::empty(py);
            let mut index = bounds.start;
            for _ in 0..count {
                if let Some(item) = self.item(py, index.unsigned_abs())? {
                    list.append(item)?;
                }
                index += bounds.step;
            }
            return Ok(list.into_any());
        }
        let items = self.like(py);
        if bounds.step == 1 {
            items.take_part(py, self, start, start + count)?;
        } else {
            let mut index = bounds.start;
            for _ in 0..count {
                if let Some(item) = self.item(py, index.unsigned_abs())? {
                    items.add(&item)?;
                }
                index += bounds.step;
            }
        }
        if items.spilled.get() == 0 {
            return Ok(items.tail.bind(py).clone().into_any());
        }
        Ok(Bound::new(py, items)?.into_any())
    }

    /// Adds everything from another list of this kind.
    pub(super) fn take_other(&self, py: Python<'_>, other: &Self) -> PyResult<()> {
        self.take_part(py, other, 0, other.len())
    }

    /// Adds the items from `start` to `end` of another list.
    pub(super) fn take_part(&self, py: Python<'_>, other: &Self, start: usize, end: usize) -> PyResult<()> {
        let mut cursor = Cursor::default();
        cursor.seek(start + self.share(py, other, start, end));
        while cursor.index < end.min(other.len()) {
            self.add(&cursor.next(py, other)?)?;
        }
        Ok(())
    }

    /// Takes over blocks of another list that hold the items from `start` to `end`,
    /// if they are some; says how many items that were.
    fn share(&self, py: Python<'_>, other: &Self, start: usize, end: usize) -> usize {
        let end = end.min(other.spilled.get());
        if start >= end || !Rc::ptr_eq(&self.codec, &other.codec) || self.spilling.get() {
            return 0;
        }
        let shared: Vec<Stored> = other.stored.borrow().iter().filter_map(|it| it.part(start, end)).collect();
        if shared.len() < FEW || !self.spill_all(py) {
            return 0;
        }
        let first = self.spilled.get();
        let moved = shared.into_iter().map(|it| Stored { first: first + it.first - start, ..it });
        self.stored.borrow_mut().extend(moved);
        self.spilled.set(first + end - start);
        end - start
    }

    /// Leaves nothing in the tail, if that can be done.
    fn spill_all(&self, py: Python<'_>) -> bool {
        let items = self.tail_len();
        if items > 0 && !self.resident.get() {
            self.spilling.set(true);
            self.spill(py, items);
            self.spilling.set(false);
            let left = self.tail_len();
            self.measured.set((0, 0));
            self.left.set(1);
            return left == 0;
        }
        items == 0
    }
}

impl Stored {
    /// What it holds of the items from `start` to `end`.
    fn part(&self, start: usize, end: usize) -> Option<Self> {
        let (first, last) = (self.first.max(start), (self.first + self.items).min(end));
        if first >= last {
            return None;
        }
        Some(Self { first, items: last - first, skip: self.skip + first - self.first, ..self.clone() })
    }
}
