//! The items of the group that was walked last, if they are few: a group is walked
//! several times before the next one as a rule (`len`, `sum`, `max`).

use pyo3::ffi;
use pyo3::prelude::*;
use spacetime_runtime::chunks::Chunk;
use spacetime_runtime::pack::{Input, tag};

use super::cursor::fetch;
use super::store::Store;
use crate::record::{RecentTexts, Source};
use crate::walker::Made;

/// Groups of more items or bytes on disk are made again each time.
const MOST_ITEMS: usize = 512;
const MOST_BYTES: usize = 32 << 10;

/// Items that have been made, of those on disk all.
pub struct Again {
    number: u32,
    version: u64,
    pub items: Vec<Py<PyAny>>,
}

impl Store {
    /// Gives all items on disk of a group whose walk begins; false if they are not at
    /// hand and had better be made one after the other.
    pub fn walk_again(&self, py: Python<'_>, number: u32, into: &mut Made) -> bool {
        let spilled = self.spilled(number);
        if spilled > MOST_ITEMS || !self.codec.calls_nobody() {
            return false;
        }
        if self.hand_out(number, spilled, into) {
            return true;
        }
        let Ok(chain) = self.chain(number) else {
            return false;
        };
        if chain.iter().map(|chunk| chunk.length).sum::<usize>() > MOST_BYTES {
            return false;
        }
        let version = self.version.get();
        // What goes wrong is met again where it belongs.
        let items = self.make_all(py, &chain).unwrap_or_else(|_| Vec::new());
        if items.len() != spilled || self.version.get() != version {
            return false;
        }
        let old = self.again.replace(Some(Again { number, version, items }));
        drop(old);
        self.hand_out(number, spilled, into)
    }

    /// Whether the items are at hand; then they are given.
    fn hand_out(&self, number: u32, spilled: usize, into: &mut Made) -> bool {
        let again = self.again.borrow();
        let Some(again) = again.as_ref() else {
            return false;
        };
        let fits =
            again.number == number && again.version == self.version.get() && again.items.len() == spilled;
        for item in again.items.iter().filter(|_| fits) {
            // SAFETY: the item is alive; the reference is handed on.
            unsafe { ffi::Py_INCREF(item.as_ptr()) };
            into.push(item.as_ptr());
        }
        fits
    }

    /// Makes all items of a chain, unless some may be changed, or stay in memory: who
    /// holds these is asked when they are written again.
    fn make_all(&self, py: Python<'_>, chain: &[Chunk]) -> PyResult<Vec<Py<PyAny>>> {
        let (mut items, mut bytes) = (Vec::new(), Vec::new());
        let mut recent = Box::new(RecentTexts::default());
        for chunk in chain {
            let pins = fetch(self, chunk, &mut bytes)?;
            if !pins.is_empty() || bytes.first().is_none_or(|opening| may_change(*opening)) {
                return Ok(Vec::new());
            }
            items.reserve(chunk.items);
            recent.clear();
            let mut source =
                Source { py, input: Input::new(&bytes, 0), recent: &mut recent, pins: &pins, groups: None };
            for _ in 0..chunk.items {
                items.push(self.codec.read(&mut source)?.unbind());
            }
        }
        Ok(items)
    }
}

/// Whether what begins like this can be changed.
fn may_change(opening: u8) -> bool {
    matches!(
        opening,
        tag::LIST | tag::SET | tag::DICT | tag::REGISTERED | tag::PIN | tag::SHAPED | tag::SHAPED_SMALL
            ..tag::SHAPED_SMALL_END
    )
}
