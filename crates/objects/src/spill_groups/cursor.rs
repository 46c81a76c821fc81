//! Reading the items of a group: one after the other, or those around one.

use std::rc::Rc;

use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use spacetime_runtime::chunks::Chunk;
use spacetime_runtime::pack::Input;

use super::store::{Pins, Store};
use crate::record::{RecentTexts, Source};
use crate::settings::os_error;
use crate::walker::Made;

/// So many items are made at a time.
const MOST: usize = 64;

/// The items of a chunk, made again.
pub struct Page {
    number: u32,
    version: u64,
    first: usize,
    pub items: Vec<Py<PyAny>>,
}

/// A place in a group. It reads a chunk at a time and makes one item at a time,
/// so it holds none.
#[derive(Default)]
pub struct Cursor {
    /// The next item.
    pub index: usize,
    /// What has been read holds the items up to this index...
    end: usize,
    /// ...if nothing has been taken away since.
    version: u64,
    bytes: Vec<u8>,
    at: usize,
    pins: Option<Pins>,
    /// Made when something is read: most groups are small.
    recent: Option<Box<RecentTexts>>,
}

#[cold]
fn damaged() -> PyErr {
    PySystemError::new_err("a spilled group is damaged")
}

impl Cursor {
    /// Goes to an index.
    pub fn seek(&mut self, index: usize) {
        if self.index != index {
            self.index = index;
            self.end = 0;
        }
    }

    /// The next item; `None` behind the last one.
    #[inline]
    pub fn next<'py>(
        &mut self,
        py: Python<'py>,
        store: &Store,
        number: u32,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.index < self.end && self.version == store.version.get() {
            return self.read(py, store).map(Some);
        }
        self.next_elsewhere(py, store, number)
    }

    fn next_elsewhere<'py>(
        &mut self,
        py: Python<'py>,
        store: &Store,
        number: u32,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let spilled = store.spilled(number);
        if self.index < spilled {
            self.load(py, store, number)?;
            return self.read(py, store).map(Some);
        }
        let item = store.waiting(py, number, self.index - spilled);
        self.index += usize::from(item.is_some());
        Ok(item)
    }

    #[inline]
    fn read<'py>(&mut self, py: Python<'py>, store: &Store) -> PyResult<Bound<'py, PyAny>> {
        let pins = self.pins.as_ref().map_or(&[][..], |pins| pins);
        let input = Input::new(&self.bytes, self.at);
        let recent = self.recent.get_or_insert_default();
        let mut source = Source { py, input, recent, pins, groups: None };
        let item = store.codec.read(&mut source)?;
        self.at = source.input.at;
        self.index += 1;
        Ok(item)
    }

    /// Makes some of the items on disk, if the next one is.
    pub fn make_some(&mut self, py: Python<'_>, store: &Store, number: u32, into: &mut Made) -> PyResult<()> {
        if self.index >= store.spilled(number) {
            return Ok(());
        }
        if self.index == 0 && store.walk_again(py, number, into) {
            (self.index, self.end) = (into.len(), 0);
            return Ok(());
        }
        if self.index >= self.end || self.version != store.version.get() {
            self.load(py, store, number)?;
        }
        // Functions of the user are called when the item is asked for.
        let most = if store.codec.calls_nobody() { MOST.min(self.end - self.index) } else { 1 };
        for _ in 0..most {
            match self.read(py, store) {
                Ok(item) => into.push(item.into_ptr()),
                // It is met again when those before it have been handed out.
                Err(_) if into.len() > 0 => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Reads the chunk of the next item, and goes there.
    fn load(&mut self, py: Python<'_>, store: &Store, number: u32) -> PyResult<()> {
        let chunk = chunk_of(store, number, self.index)?;
        let wanted = self.index;
        self.pins = Some(fetch(store, &chunk, &mut self.bytes)?);
        self.version = store.version.get();
        if let Some(recent) = &mut self.recent {
            recent.clear();
        }
        (self.at, self.index, self.end) = (0, chunk.first, chunk.first + chunk.items);
        while self.index < wanted {
            self.read(py, store)?;
        }
        Ok(())
    }
}

/// The chunk of an item that is on disk.
fn chunk_of(store: &Store, number: u32, index: usize) -> PyResult<Chunk> {
    let chain = store.chain(number)?;
    let place = chain.partition_point(|chunk| chunk.first <= index);
    place.checked_sub(1).map(|place| chain[place]).ok_or_else(damaged)
}

pub fn fetch(store: &Store, chunk: &Chunk, into: &mut Vec<u8>) -> PyResult<Pins> {
    let mut chunks = store.chunks.borrow_mut();
    chunks.load(chunk, into).map_err(|error| os_error(&error))?;
    chunks.beside(chunk.place).map(Rc::clone).ok_or_else(damaged)
}

impl Store {
    /// An item, if there is one at this index.
    pub fn item<'py>(
        &self,
        py: Python<'py>,
        number: u32,
        index: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let spilled = self.spilled(number);
        let is_last = index + 1 == self.len(number);
        if is_last {
            self.ask_end(number);
        }
        if index >= spilled {
            return Ok(self.waiting(py, number, index - spilled));
        }
        let last = self.tables.borrow().groups.last(number);
        if is_last && let Some(item) = self.known_end(py, number, last) {
            return Ok(Some(item));
        }
        if let Some(item) = self.in_page(py, number, index) {
            return Ok(Some(item));
        }
        let page = self.page(py, number, index)?;
        let item = page.items.get(index - page.first).map(|item| item.bind(py).clone());
        let old = {
            let mut pages = self.pages.borrow_mut();
            pages.swap(0, 1);
            pages[0].replace(page)
        };
        drop(old);
        Ok(item)
    }

    fn in_page<'py>(&self, py: Python<'py>, number: u32, index: usize) -> Option<Bound<'py, PyAny>> {
        let version = self.version.get();
        let pages = self.pages.borrow();
        let fits = |page: &&Page| page.number == number && page.version == version;
        pages.iter().flatten().filter(fits).find_map(|page| {
            let item = page.items.get(index.wrapping_sub(page.first))?;
            Some(item.bind(py).clone())
        })
    }

    fn page(&self, py: Python<'_>, number: u32, index: usize) -> PyResult<Page> {
        let chunk = chunk_of(self, number, index)?;
        let mut bytes = Vec::new();
        let pins = fetch(self, &chunk, &mut bytes)?;
        let version = self.version.get();
        let mut recent = RecentTexts::default();
        let mut source =
            Source { py, input: Input::new(&bytes, 0), recent: &mut recent, pins: &pins, groups: None };
        let made = (0..chunk.items).map(|_| Ok(self.codec.read(&mut source)?.unbind()));
        let items = made.collect::<PyResult<_>>()?;
        Ok(Page { number, version, first: chunk.first, items })
    }
}
