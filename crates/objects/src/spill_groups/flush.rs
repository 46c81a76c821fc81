//! When and how what waits in memory goes to disk.

use std::rc::Rc;

use pyo3::prelude::*;
use spacetime_runtime::chunks::{self, Place};
use spacetime_runtime::group_table::{self, GroupTable};
use spacetime_runtime::pack::tag;

use super::store::{Pins, Store};
use crate::record::{Object, Output};
use crate::settings;
use crate::size::size;

/// A block of chunks ends at so many bytes,
const BLOCK: usize = group_table::BLOCK;
/// a chunk at so many bytes or items: all of it is made to get at one item.
const CHUNK: usize = 16 << 10;
const CHUNK_ITEMS: usize = 512;
/// The size of one in so many items is looked at, at the least.
const STEP: usize = 64;
/// What a waiting item takes besides itself.
const OWN: usize = 24;
/// So many of the latest items of a group may still be held by whoever made them.
const LATEST: usize = 2;
/// After so many items it is decided whether writing is of any use.
const TRIAL: usize = 256;

/// A block being made.
#[derive(Default)]
struct Making {
    /// The groups in it, how many items of each, and their last chunks.
    groups: Vec<(u32, usize, Place)>,
    /// How many items have been packed, and how many of them stay in memory.
    items: usize,
    pinned: usize,
}

impl Making {
    /// Whether too much would stay in memory anyway.
    fn is_futile(&self) -> bool {
        self.pinned * 2 > self.items
    }
}

impl Store {
    /// Looks at the size of an item about to wait, and makes room if there is none.
    #[cold]
    pub fn look(&self, item: Object) {
        if self.spilling.get() || self.resident.get() {
            self.left.set(isize::MAX);
            return;
        }
        // SAFETY: the item is alive.
        let own = OWN + unsafe { size(item, 0) };
        self.total.set(self.total.get() + own * self.step.get());
        self.average.set((self.average.get() * 3 + own) / 4);
        // What is let go is freed at once only if PyO3 knows where we are.
        Python::attach(|py| self.settle(py));
        let room = self.limit().saturating_sub(self.total.get());
        let step = (room / own / 8).clamp(1, STEP);
        self.step.set(step);
        self.left.set(step.cast_signed());
    }

    /// Makes room if there is none.
    pub fn settle(&self, py: Python<'_>) {
        if self.total.get() >= self.limit() {
            self.write_out(py);
        }
    }

    /// Writes what waits, as far as that can be done.
    pub fn write_out(&self, py: Python<'_>) {
        if self.spilling.get() || self.resident.get() {
            return;
        }
        self.spilling.set(true);
        self.flush(py);
        self.spilling.set(false);
        let tables = self.tables.borrow();
        let waiting: usize = tables.touched.iter().map(|&number| tables.waiting(number).len()).sum();
        let rest = waiting * self.average.get();
        // What could not be written is tried less and less often.
        self.floor.set(rest * 2);
        self.written.set(self.written.get() + self.total.replace(rest).saturating_sub(rest));
        self.left.set(1);
    }

    /// Writes what waits, one group after the other.
    fn flush(&self, py: Python<'_>) {
        let mut touched = std::mem::take(&mut self.tables.borrow_mut().touched);
        touched.sort_unstable();
        touched.dedup();
        self.chunks.borrow_mut().begin_run();
        let mut output = self.output.take();
        output.clear();
        let mut making = Making::default();
        let edits = self.edits.get();
        for &number in &touched {
            if !self.pack(py, number, edits, &mut output, &mut making) {
                making.groups.clear();
                break;
            }
        }
        self.commit(&mut output, &mut making, edits);
        output.clear();
        self.output.replace(output);
        self.find_waiting(&touched);
    }

    /// What was not written after all waits on.
    fn find_waiting(&self, touched: &[u32]) {
        let mut tables = self.tables.borrow_mut();
        let tables = &mut *tables;
        tables.touched.extend_from_slice(touched);
        tables.touched.sort_unstable();
        tables.touched.dedup();
        let mut touched = std::mem::take(&mut tables.touched);
        touched.retain(|&number| {
            let waits = !tables.waiting(number).is_empty();
            if !waits {
                tables.take_waiting(number);
            }
            waits
        });
        tables.touched = touched;
    }

    // tidy: long because a page is begun, filled and ended in one loop.
    /// Packs what waits of a group, but for what somebody else may soon let go.
    /// False if nothing more can be done now.
    fn pack(
        &self,
        py: Python<'_>,
        number: u32,
        edits: u64,
        output: &mut Output,
        making: &mut Making,
    ) -> bool {
        let (waiting, mut last) = {
            let tables = self.tables.borrow();
            (tables.waiting(number).len(), tables.groups.last(number))
        };
        let (mut index, mut base) = (0, 0);
        while index < waiting {
            let before = index;
            let at = chunks::open(&mut output.bytes, last);
            output.begin_page();
            let mut stopped = false;
            while index < waiting && index - before < CHUNK_ITEMS && output.bytes.len() - at < CHUNK {
                let Some(item) = self.waiting(py, number, index - base) else {
                    return false;
                };
                let (start, pins) = (output.bytes.len(), output.pins.len());
                self.codec.write(py, item.as_ptr(), 2, output);
                if self.edits.get() != edits {
                    return false;
                }
                if output.bytes.get(start) == Some(&tag::PIN) {
                    if index + LATEST >= waiting && output.pins.len() > pins && self.codec.policy().frozen {
                        output.bytes.truncate(start);
                        output.unpin();
                        stopped = true;
                        break;
                    }
                    making.pinned += 1;
                }
                index += 1;
            }
            making.items += index - before;
            if making.items >= TRIAL && making.is_futile() {
                return false;
            }
            if index == before {
                output.bytes.truncate(at);
                return true;
            }
            chunks::close(&mut output.bytes, at, index - before);
            last = Place { block: self.chunks.borrow().next(), offset: at as u32 };
            if !GroupTable::fits(last) {
                return false;
            }
            making.groups.push((number, index - before, last));
            if output.bytes.len() >= BLOCK {
                if !self.commit(output, making, edits) {
                    return false;
                }
                base = index;
            }
            if stopped {
                return true;
            }
        }
        true
    }

    /// Writes the block and lets the items go.
    fn commit(&self, output: &mut Output, making: &mut Making, edits: u64) -> bool {
        if making.groups.is_empty() {
            return true;
        }
        if making.is_futile() {
            making.groups.clear();
            return false;
        }
        (making.items, making.pinned) = (0, 0);
        let pins: Pins = Rc::new(std::mem::take(&mut output.pins));
        self.pinned.set(self.pinned.get() || !pins.is_empty());
        let written = {
            let mut chunks = self.chunks.borrow_mut();
            chunks.write(&settings::directory(), &output.bytes, making.groups.len(), pins)
        };
        output.clear();
        if written.is_err() {
            self.resident.set(true);
            making.groups.clear();
            return false;
        }
        let mut gone: Vec<Py<PyAny>> = Vec::new();
        let mut ends = Vec::new();
        {
            let mut tables = self.tables.borrow_mut();
            for (number, items, last) in making.groups.drain(..) {
                let waiting = tables.waiting_mut(number);
                gone.extend(waiting.drain(..items));
                if waiting.is_empty() {
                    ends.extend(gone.pop().map(|item| (number, last, item)));
                    tables.take_waiting(number);
                }
                let items = tables.groups.items(number) + items;
                tables.groups.set(number, last, items);
            }
        }
        for (number, last, item) in ends {
            gone.extend(self.keep_end(number, last, item));
        }
        drop(gone);
        self.edits.get() == edits
    }
}
