//! When and how the tail of a list goes to disk.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use pyo3::ffi;
use pyo3::prelude::*;
use spacetime_runtime::Block;
use spacetime_runtime::pack::tag;

use super::estimate::size;
use super::{LIVE, SpillList, Stored, budget};
use crate::runtime::record::Output;
use crate::runtime::settings;

/// A tail is not larger than this, however large the budget.
const LARGEST_TAIL: usize = 1 << 20;
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
            let limit = (budget() / 2 / live.max(1)).clamp(SMALLEST_TAIL, LARGEST_TAIL);
            let items = self.tail_len();
            if total < limit || items < 2 {
                self.look_again(items, (limit.saturating_sub(total)) / average.max(1) / 2);
                return;
            }
            self.spilling.set(true);
            let gone = self.spill(py, items);
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

    /// Writes all but the last of so many items; says how many.
    fn spill(&self, py: Python<'_>, items: usize) -> usize {
        let version = self.version.get();
        let end = items - LAST.min(items / 2);
        let mut output = self.output.take();
        let mut made = Vec::new();
        let mut done = 0;
        while done < end {
            match self.make_block(py, done, end, &mut output) {
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
        self.output.replace(output);
        made.retain(|stored| stored.items > 0);
        // Somebody may have changed the list meanwhile, through a function that
        // was registered, or one that the garbage collector called.
        if done == 0 || self.version.get() != version || self.tail_len() < items {
            return 0;
        }
        self.stored.borrow_mut().append(&mut made);
        self.spilled.set(self.spilled.get() + done);
        let deleted = self.tail.bind(py).del_slice(0, done);
        debug_assert!(deleted.is_ok());
        done
    }

    /// Packs items of the tail from `begin` on, and writes them.
    fn make_block(&self, py: Python<'_>, begin: usize, end: usize, output: &mut Output) -> Made {
        output.clear();
        let mut table: Vec<u8> = Vec::new();
        let (mut page, mut page_items) = (0, PAGE_ITEMS);
        let mut pinned = 0;
        let mut index = begin;
        while index < end && output.bytes.len() < BLOCK {
            if page_items == PAGE_ITEMS || output.bytes.len() - page >= PAGE {
                (page, page_items) = (output.bytes.len(), 0);
                output.begin_page();
                for number in [index - begin, page] {
                    table.extend((number as u32).to_le_bytes());
                }
            }
            let at = output.bytes.len();
            let pins = output.pins.len();
            // SAFETY: the index is below the size.
            let item = unsafe { ffi::PyList_GetItem(self.tail.as_ptr(), index.cast_signed()) };
            if item.is_null() {
                // Somebody has changed the list.
                PyErr::take(py);
                return Made::Futile;
            }
            self.codec.write(py, item, 1, output);
            if output.bytes.get(at) == Some(&tag::PIN) {
                // What is held somewhere now may soon be let go.
                if index >= end / 2 && output.pins.len() > pins && self.policy().frozen {
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
        match Block::write(&settings::directory(), &output.bytes) {
            Ok(block) => Made::Block(Stored {
                first: self.spilled.get() + begin,
                items,
                table: start,
                block,
                pins: Rc::new(std::mem::take(&mut output.pins)),
            }),
            Err(_) => Made::Failed,
        }
    }
}
