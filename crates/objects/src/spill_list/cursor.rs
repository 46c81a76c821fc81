//! Reading items: one after the other from a whole block, or a page around one.

use std::ptr::null_mut;
use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use spacetime_runtime::pack::Input;

use super::pages::Page;
use super::{SpillList, Stored};
use crate::record::{Columns, Groups, Object, RecentTexts, Source};
use crate::settings::os_error;
use crate::walker::Made;

/// A place in a list. It reads a block at a time and makes one item at a time,
/// so it holds none.
#[derive(Default)]
pub struct Cursor {
    /// The next item.
    pub index: usize,
    /// What has been read holds the items up to this index...
    end: usize,
    /// ...if the list has not changed since.
    version: u64,
    bytes: Vec<u8>,
    at: usize,
    first: usize,
    /// Where the next page begins: its index, and its place in the table.
    next_page: usize,
    table: usize,
    pins: Option<Rc<Vec<Py<PyAny>>>>,
    groups: Option<Rc<Groups>>,
    /// Made when something is read: most lists are small.
    recent: Option<Box<RecentTexts>>,
}

/// A number in the table of pages.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let word = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_le_bytes(word) as usize)
}

fn damaged() -> PyErr {
    pyo3::exceptions::PySystemError::new_err("a spilled block is damaged")
}

impl Cursor {
    /// Goes to an index.
    pub fn seek(&mut self, index: usize) {
        if self.index != index {
            self.index = index;
            self.end = 0;
        }
    }

    /// The next item; `None` at the end.
    #[inline]
    pub fn step<'py>(&mut self, py: Python<'py>, list: &SpillList) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.index < self.end && self.version == list.version.get() {
            return self.read(py, list).map(Some);
        }
        let spilled = list.spilled.get();
        if self.index < spilled {
            self.load(py, list)?;
            return self.read(py, list).map(Some);
        }
        let item = list.tail_item(py, self.index - spilled);
        self.index += usize::from(item.is_some());
        Ok(item)
    }

    /// The next item, which has to be there.
    pub fn next<'py>(&mut self, py: Python<'py>, list: &SpillList) -> PyResult<Bound<'py, PyAny>> {
        self.step(py, list)?.ok_or_else(damaged)
    }

    fn read<'py>(&mut self, py: Python<'py>, list: &SpillList) -> PyResult<Bound<'py, PyAny>> {
        let mut item = None;
        self.read_some(py, list, 1, None, |made| {
            // SAFETY: a new reference.
            item = Some(unsafe { Bound::from_owned_ptr(py, made) });
        })?;
        item.ok_or_else(damaged)
    }

    /// Makes the items of the page that are left, or these columns of them, if the next item is on
    /// disk.
    pub fn make_page(
        &mut self,
        py: Python<'_>,
        list: &SpillList,
        columns: Option<&Columns>,
        into: &mut Made,
    ) -> PyResult<()> {
        if self.index >= list.spilled.get() {
            return Ok(());
        }
        if self.index >= self.end || self.version != list.version.get() {
            self.load(py, list)?;
        }
        // Functions of the user are called when the item is asked for.
        let most = if list.codec.calls_nobody() { self.end - self.index } else { 1 };
        match self.read_some(py, list, most, columns, |item| into.push(item)) {
            // It is met again when those before it have been handed out.
            Err(_) if into.len() > 0 => Ok(()),
            done => done,
        }
    }

    /// Makes so many items, or as many as the page has.
    #[inline]
    fn read_some(
        &mut self,
        py: Python<'_>,
        list: &SpillList,
        most: usize,
        columns: Option<&Columns>,
        mut take: impl FnMut(Object),
    ) -> PyResult<()> {
        if self.index == self.next_page {
            self.turn();
        }
        let count = most.min(self.next_page.wrapping_sub(self.index));
        let pins = self.pins.as_ref().map_or(&[][..], |pins| pins);
        let recent = self.recent.get_or_insert_default();
        let groups = self.groups.as_deref();
        let mut source = Source { py, input: Input::new(&self.bytes, self.at), recent, pins, groups };
        for _ in 0..count {
            let item = match columns {
                None => list.codec.next(&mut source),
                Some(columns) => list.codec.next_of(&mut source, columns),
            };
            if item.is_null() {
                return Err(PyErr::fetch(py));
            }
            self.at = source.input.at;
            self.index = self.index.wrapping_add(1);
            take(item);
        }
        Ok(())
    }

    /// Begins a page. It refers to no text of the one before, so that these may stay.
    fn turn(&mut self) {
        self.table = self.table.wrapping_add(8);
        let next = number(&self.bytes, self.table.wrapping_add(8));
        self.next_page = next.map_or(self.end, |next| self.first.wrapping_add(next));
    }

    /// Reads the block of the next item, and goes there.
    #[cold]
    fn load(&mut self, py: Python<'_>, list: &SpillList) -> PyResult<()> {
        let stored = list.stored.borrow();
        let place = place(&stored, self.index).ok_or_else(damaged)?;
        let found = &stored[place];
        self.bytes.resize(found.block.len(), 0);
        found.block.read(0, &mut self.bytes).map_err(|error| os_error(&error))?;
        self.pins = Some(Rc::clone(&found.pins));
        self.groups = Some(Rc::clone(&found.groups));
        self.end = found.first + found.items;
        // May be below zero, where a slice begins in the middle of the block.
        self.first = found.first.wrapping_sub(found.skip);
        self.version = list.version.get();
        let inside = self.index - found.first + found.skip;
        self.table = found.table;
        drop(stored);
        while number(&self.bytes, self.table + 8).is_some_and(|first| first <= inside) {
            self.table += 8;
        }
        let begin = number(&self.bytes, self.table).ok_or_else(damaged)?;
        self.index = self.first.wrapping_add(begin);
        self.at = number(&self.bytes, self.table + 4).ok_or_else(damaged)?;
        self.next_page = self.index;
        self.table = self.table.wrapping_sub(8);
        for _ in begin..inside {
            self.read(py, list)?;
        }
        Ok(())
    }
}

/// The block of an item.
fn place(stored: &[Stored], index: usize) -> Option<usize> {
    stored.partition_point(|stored| stored.first <= index).checked_sub(1)
}

impl SpillList {
    /// An item of the tail, if there is one: a new reference, or null.
    #[inline]
    pub(super) fn tail_pointer(&self, index: usize) -> Object {
        if index >= self.tail_len() {
            return null_mut();
        }
        // SAFETY: the index is below the size; a reference of our own is taken of
        // what is borrowed.
        unsafe {
            let item = ffi::PyList_GetItem(self.tail.as_ptr(), index.cast_signed());
            ffi::Py_XINCREF(item);
            item
        }
    }

    pub(super) fn tail_item<'py>(&self, py: Python<'py>, index: usize) -> Option<Bound<'py, PyAny>> {
        // SAFETY: a new reference, or null.
        unsafe { Bound::from_owned_ptr_or_opt(py, self.tail_pointer(index)) }
    }

    /// The page of an item.
    pub(super) fn page(&self, py: Python<'_>, index: usize) -> PyResult<Page> {
        let (mut bytes, first, count, hidden, pins, groups);
        {
            let stored = self.stored.borrow();
            let found = &stored[place(&stored, index).ok_or_else(damaged)?];
            let read = |from: usize, to: usize| -> PyResult<Vec<u8>> {
                let mut bytes = vec![0; to - from];
                found.block.read(from, &mut bytes).map_err(|error| os_error(&error))?;
                Ok(bytes)
            };
            let table = read(found.table, found.block.len())?;
            let inside = index - found.first + found.skip;
            let mut entry = 0;
            while number(&table, entry + 8).is_some_and(|first| first <= inside) {
                entry += 8;
            }
            let begin = number(&table, entry).ok_or_else(damaged)?;
            let end = found.skip + found.items;
            let next = number(&table, entry + 8).map_or(end, |next| next.min(end));
            let from = number(&table, entry + 4).ok_or_else(damaged)?;
            let to = number(&table, entry + 12).unwrap_or(found.table);
            bytes = read(from, to)?;
            // Items before the first, where a slice begins in the middle of the block.
            hidden = found.skip.saturating_sub(begin);
            (first, count) = (found.first + begin + hidden - found.skip, next - begin);
            pins = Rc::clone(&found.pins);
            groups = Rc::clone(&found.groups);
        }
        bytes.shrink_to_fit();
        let mut recent = RecentTexts::default();
        let (input, groups) = (Input::new(&bytes, 0), Some(&*groups));
        let mut source = Source { py, input, recent: &mut recent, pins: &pins, groups };
        let mut items =
            (0..count).map(|_| Ok(self.codec.read(&mut source)?.unbind())).collect::<PyResult<Vec<_>>>()?;
        items.drain(..hidden);
        Ok(Page { first, items })
    }
}
