//! When and how the tail of a list goes to disk.

use std::collections::HashSet;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyList;
use spacetime_runtime::Block;
use spacetime_runtime::pack::tag;

use super::cursor::Cursor;
use super::{LIVE, SpillList, Stored, budget};
use crate::record::Output;
use crate::settings;
use crate::size::size;

/// The tails of all lists are not larger than this, however large the budget, as long as each
/// has what one needs
const LARGEST_TAIL: usize = 1 << 20;
/// that has something on disk: there is nothing to be gained from more.
const LATER_TAIL: usize = 256 << 10;
/// Nor is it cut when it is smaller.
const SMALLEST_TAIL: usize = 4 << 10;
/// So many bytes or items are read at once to get at one item.
const PAGE: usize = 8 << 10;
pub const PAGE_ITEMS: usize = 64;
/// A block of pages ends at so many bytes.
const BLOCK: usize = 64 << 10;
/// So many items stay in memory: they may still be changed, and are taken off
/// again most often.
const LAST: usize = 8;
/// So many of the latest items are looked at to know the size of all.
const SAMPLE: usize = 8;

/// Up to so many lists have a buffer each for what they write.
const FEW: usize = 8;
/// It is not worth writing a block anew to get rid of fewer of its objects than
/// one in so many.
const FEW_PINS: usize = 256;
/// So often a block is looked at for objects that have been let go, each time
/// after twice as many blocks.
const TRIES: u8 = 12;
/// So many blocks at a time.
const LOOKED_AT: usize = 4;

/// A block with objects that stayed in memory and may be let go.
pub struct Pending {
    place: usize,
    tries: u8,
    /// When there are so many blocks, it is looked at.
    due: usize,
}

impl Stored {
    /// So many objects of it in memory are worth some work.
    fn few(&self) -> usize {
        self.items / FEW_PINS + 1
    }
}

/// Items to make a block of.
struct Work<'a, 'py> {
    items: &'a Bound<'py, PyList>,
    begin: usize,
    end: usize,
    /// The index that the first item has.
    first: usize,
    /// What a block keeps in memory already, where it is made again.
    kept: Option<HashSet<usize>>,
}

/// What came of making a block.
enum Made {
    Block(Stored),
    /// Too much of it would stay in memory anyway.
    Futile,
    /// The disk is full, or there is none.
    Failed,
}

impl SpillList {
    /// Looks at the size of the tail, and cuts it if it is too large.
    #[cold]
    pub(super) fn look(&self) {
        if self.spilling.get() || self.resident.get() {
            self.left.set(isize::MAX);
            return;
        }
        Python::attach(|py| {
            let (total, average) = self.measure();
            let live = LIVE.load(Ordering::Relaxed);
            let begun = self.spilled.get() > 0 || self.large.get();
            let largest = if begun { LATER_TAIL } else { (LARGEST_TAIL / live.max(1)).max(LATER_TAIL) };
            let limit = (budget() / 2 / live.max(1)).clamp(SMALLEST_TAIL, largest);
            let items = self.tail_len();
            if total < limit || items < 2 {
                self.look_again(items, (limit.saturating_sub(total)) / average.max(1) / 2);
                return;
            }
            self.spilling.set(true);
            let gone = self.spill(py, items - LAST.min(items / 2));
            self.spilling.set(false);
            let items = self.tail_len();
            self.measured.set((average * items, items));
            if gone == 0 {
                // Trying less and less often, so that it takes no time.
                self.left.set(items.cast_signed());
            } else {
                self.look_again(items, limit / average.max(1) / 2);
            }
        });
    }

    fn look_again(&self, items: usize, room: usize) {
        self.left.set(room.clamp(1, items.max(1)).cast_signed());
    }

    /// The size of the tail, and of one of its latest items.
    fn measure(&self) -> (usize, usize) {
        let items = self.tail_len();
        let (mut total, looked) = self.measured.get();
        if items < looked {
            total = total / looked * items;
        }
        let new = items.saturating_sub(looked).max(1);
        let (mut sum, mut count) = (0, 0);
        for index in (items.saturating_sub(new)..items).step_by(new.div_ceil(SAMPLE)) {
            // SAFETY: the index is below the size.
            sum += 8 + unsafe { size(ffi::PyList_GetItem(self.tail.as_ptr(), index.cast_signed()), 0) };
            count += 1;
        }
        let average = sum / count.max(1);
        total += average * new;
        self.measured.set((total, items));
        (total, average)
    }

    /// Writes the first of the tail's items, up to `end`; says how many.
    pub(super) fn spill(&self, py: Python<'_>, end: usize) -> usize {
        let version = self.version.get();
        let items = self.tail_len();
        let mut output = self.output.take().unwrap_or_default();
        output.take_groups();
        let mut made = Vec::new();
        let mut done = 0;
        while done < end {
            let first = self.spilled.get() + done;
            let items = self.tail.bind(py);
            let work = Work { items, begin: done, end, first, kept: None };
            match self.make_block(&work, &mut output) {
                Made::Block(stored) => {
                    done += stored.items;
                    made.push(stored);
                }
                Made::Futile => break,
                Made::Failed => {
                    self.resident.set(true);
                    break;
                }
            }
            if made.last().is_some_and(|stored| stored.items == 0) {
                break;
            }
        }
        output.clear();
        output.groups = None;
        // Only where they are few, each may have a buffer of its own.
        if LIVE.load(Ordering::Relaxed) <= FEW {
            self.output.replace(Some(output));
        }
        made.retain(|stored| stored.items > 0);
        // Somebody may have changed the list meanwhile, through a function that
        // was registered, or one that the garbage collector called.
        if done == 0 || self.version.get() != version || self.tail_len() < items {
            return 0;
        }
        let begun = self.stored.borrow().len();
        self.stored.borrow_mut().append(&mut made);
        self.spilled.set(self.spilled.get() + done);
        let deleted = self.tail.bind(py).del_slice(0, done);
        debug_assert!(deleted.is_ok());
        self.look_at_pins(py, begun);
        done
    }

    /// Looks at objects that were held by somebody when their block was written:
    /// at those of the latest blocks, and of two earlier ones.
    fn look_at_pins(&self, py: Python<'_>, begun: usize) {
        if !self.policy().frozen {
            return;
        }
        let now = self.stored.borrow().len();
        let waiting = self.pending.borrow().len();
        let mut due: Vec<Pending> = Vec::new();
        for _ in 0..waiting.min(LOOKED_AT) {
            let mut pending = self.pending.borrow_mut();
            match pending.pop_front() {
                Some(block) if block.due <= now => due.push(block),
                Some(block) => pending.push_back(block),
                None => break,
            }
        }
        due.extend((begun..now).map(|place| Pending { place, tries: 0, due: 0 }));
        for Pending { place, tries, due } in due {
            let mut again = tries < TRIES;
            let free = if due == 0 { 0 } else { self.free_pins(place) };
            if free > 0 {
                self.pages.take();
                again &= self.make_again(py, place).is_ok_and(|gone| gone * 2 >= free);
            }
            let worth = self.stored.borrow().get(place).is_some_and(|found| found.pins.len() >= found.few());
            if again && worth {
                let due = now + (1 << tries);
                self.pending.borrow_mut().push_back(Pending { place, tries: tries + 1, due });
            }
        }
    }

    /// How many of the objects that a block keeps in memory nobody else holds, if
    /// they are many of them.
    fn free_pins(&self, place: usize) -> usize {
        let stored = self.stored.borrow();
        let Some(found) = stored.get(place).filter(|found| Rc::strong_count(&found.pins) == 1) else {
            return 0;
        };
        // SAFETY: the pins are alive.
        let is_free = |pin: &&Py<PyAny>| unsafe { ffi::Py_REFCNT(pin.as_ptr()) } == 1;
        let free = found.pins.iter().filter(is_free).count();
        if free >= found.few() { free } else { 0 }
    }

    /// Writes a block anew; says how many objects less it keeps in memory.
    fn make_again(&self, py: Python<'_>, place: usize) -> PyResult<usize> {
        let version = self.version.get();
        let (first, count) = match self.stored.borrow().get(place) {
            Some(stored) => (stored.first, stored.items),
            None => return Ok(0),
        };
        let items = PyList::empty(py);
        let mut cursor = Cursor::default();
        cursor.seek(first);
        while cursor.index < first + count {
            items.append(cursor.next(py, self)?)?;
        }
        drop(cursor);
        let old = match self.stored.borrow().get(place) {
            Some(stored) if self.version.get() == version => Rc::clone(&stored.pins),
            _ => return Ok(0),
        };
        // These have one more reference, from the block.
        let kept = old.iter().map(|pin| pin.as_ptr() as usize).collect();
        let before = old.len();
        drop(old);
        let mut output = Output::default();
        output.take_groups();
        let work = Work { items: &items, begin: 0, end: count, first, kept: Some(kept) };
        let Made::Block(made) = self.make_block(&work, &mut output) else {
            return Ok(0);
        };
        drop(items);
        let after = made.pins.len();
        let mut stored = self.stored.borrow_mut();
        let replaced = match stored.get_mut(place) {
            Some(found) if self.version.get() == version && found.items == made.items => {
                std::mem::replace(found, made)
            }
            _ => made,
        };
        drop(stored);
        drop(replaced);
        Ok(before.saturating_sub(after))
    }

    /// Packs items of a list from `begin` on, and writes them.
    fn make_block(&self, work: &Work<'_, '_>, output: &mut Output) -> Made {
        let Work { items, begin, end, first, kept } = work;
        let (py, begin, end) = (items.py(), *begin, *end);
        output.clear();
        let mut table: Vec<u8> = Vec::new();
        let (mut page, mut page_items) = (0, PAGE_ITEMS);
        let mut pinned = 0;
        let mut index = begin;
        while index < end && (output.bytes.len() < BLOCK || kept.is_some()) {
            if page_items == PAGE_ITEMS || output.bytes.len() - page >= PAGE {
                (page, page_items) = (output.bytes.len(), 0);
                output.begin_page();
                for number in [index - begin, page] {
                    table.extend((number as u32).to_le_bytes());
                }
            }
            let at = output.bytes.len();
            let pins = output.pins.len();
            // SAFETY: the list is alive, and says whether there is such an item.
            let item = unsafe { ffi::PyList_GetItem(items.as_ptr(), index.cast_signed()) };
            if item.is_null() {
                // Somebody has changed the list.
                PyErr::take(py);
                return Made::Futile;
            }
            let held = 1 + isize::from(kept.as_ref().is_some_and(|kept| kept.contains(&(item as usize))));
            self.codec.write(py, item, held, output);
            if output.bytes.get(at) == Some(&tag::PIN) {
                // What is held somewhere now may soon be let go.
                let late = index >= end / 2 && kept.is_none();
                if late && output.pins.len() > pins && self.policy().frozen {
                    output.bytes.truncate(at);
                    output.unpin();
                    break;
                }
                pinned += 1;
            }
            index += 1;
            page_items += 1;
        }
        let items = index - begin;
        if items == 0 || pinned * 2 > items {
            return Made::Futile;
        }
        let start = output.bytes.len();
        output.bytes.extend_from_slice(&table);
        let pins = Rc::new(std::mem::take(&mut output.pins));
        match Block::write(&settings::directory(), &output.bytes) {
            Ok(block) => Made::Block(Stored {
                first: *first,
                items,
                skip: 0,
                table: start,
                block: Rc::new(block),
                pins,
                groups: output.groups.clone().unwrap_or_default(),
            }),
            Err(_) => Made::Failed,
        }
    }
}
