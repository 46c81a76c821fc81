//! What all groups of one `SpillGroups` (and its copies) share: the items that
//! wait in memory, what is on disk, and what is needed to pack and make items.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spacetime_runtime::chunks::{Chunk, Chunks, Place};

use super::again::Again;
use super::cursor::Page;
use super::ends::Ends;
use crate::runtime::record::{Codec, Output, Policy};
use crate::runtime::settings::{self, os_error};

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// What waits in memory is not written as long as it is smaller than this.
const SMALLEST: usize = 4 << 10;
/// One part in so many of the budget waits at first: what is written soon has not
/// left the processor's caches.
const AT_FIRST: usize = 8;
/// One part in so many of what has been written waits later, so that what is written
/// of a group at a time does not become too little.
const LATER: usize = 64;

/// Objects that stay in memory because something in a block refers to them.
pub type Pins = Rc<Vec<Py<PyAny>>>;

/// A group: its first items are on disk, the others wait.
pub struct Group {
    pub pending: Vec<Py<PyAny>>,
    pub last: Place,
    pub spilled: u32,
    /// How many keys and views refer to it.
    refs: u32,
}

impl Group {
    pub fn len(&self) -> usize {
        self.spilled as usize + self.pending.len()
    }
}

/// The tables. Nobody's code runs while they are borrowed.
#[derive(Default)]
pub struct Tables {
    pub groups: Vec<Group>,
    free: Vec<u32>,
    /// The groups in which items wait, and perhaps others.
    pub touched: Vec<u32>,
    /// Values that are no groups.
    kept: Vec<Option<Py<PyAny>>>,
    kept_free: Vec<usize>,
}

pub struct Store {
    pub tables: RefCell<Tables>,
    pub chunks: RefCell<Chunks<Pins>>,
    pub codec: Codec,
    pub output: RefCell<Output>,
    /// So many more items, and the size of one is looked at.
    pub left: Cell<isize>,
    /// It stands for so many.
    pub step: Cell<usize>,
    /// What the waiting items take, roughly, and one of them.
    pub total: Cell<usize>,
    pub average: Cell<usize>,
    /// What has been written took so much as objects, roughly.
    pub written: Cell<usize>,
    /// Nothing is written before the waiting items take so much.
    pub floor: Cell<usize>,
    /// Counts what takes items away from the disk.
    pub version: Cell<u64>,
    /// Counts all changes of waiting items other than additions.
    pub edits: Cell<u64>,
    /// Nothing is written any more.
    pub resident: Cell<bool>,
    pub spilling: Cell<bool>,
    /// The chunks of the group that was walked last.
    chain: RefCell<Option<(u32, Rc<Vec<Chunk>>)>>,
    /// What indexing has read last.
    pub pages: RefCell<[Option<Page>; 2]>,
    /// What walking has made last.
    pub again: RefCell<Option<Again>>,
    pub ends: RefCell<Ends>,
}

impl Drop for Store {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What has been taken out of the tables, to be dropped when nothing is borrowed.
#[derive(Default)]
pub struct Gone {
    items: Vec<Py<PyAny>>,
    kept: Option<Py<PyAny>>,
    pins: Vec<Pins>,
}

impl Drop for Gone {
    fn drop(&mut self) {
        if self.items.is_empty() && self.kept.is_none() && self.pins.is_empty() {
            return;
        }
        // Without this, what is let go by a method that Python calls without any
        // help of PyO3's would be freed some time later.
        Python::attach(|_| {
            self.items.clear();
            self.kept = None;
            self.pins.clear();
        });
    }
}

impl Store {
    pub fn new(py: Python<'_>, policy: Policy) -> PyResult<Self> {
        let budget = settings::memory()?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            tables: RefCell::default(),
            chunks: RefCell::new(Chunks::new(budget)),
            codec: Codec::new(py, policy),
            output: RefCell::default(),
            left: Cell::new(1),
            step: Cell::new(1),
            total: Cell::new(0),
            average: Cell::new(64),
            written: Cell::new(0),
            floor: Cell::new(0),
            version: Cell::new(0),
            edits: Cell::new(0),
            resident: Cell::new(false),
            spilling: Cell::new(false),
            chain: RefCell::default(),
            pages: RefCell::default(),
            again: RefCell::default(),
            ends: RefCell::default(),
        })
    }

    /// How much may wait.
    pub fn limit(&self) -> usize {
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let share = (self.written.get() / LATER).clamp(budget / AT_FIRST, budget / 2);
        (share / LIVE.load(Ordering::Relaxed).max(1)).max(SMALLEST).max(self.floor.get())
    }

    /// A new group with these items, to which one key or view refers.
    pub fn add_group(&self, items: Vec<Py<PyAny>>) -> PyResult<u32> {
        let count = items.len();
        let mut tables = self.tables.borrow_mut();
        let group = Group { pending: items, last: Place::NONE, spilled: 0, refs: 1 };
        let number = if let Some(number) = tables.free.pop() {
            tables.groups[number as usize] = group;
            number
        } else {
            let number = u32::try_from(tables.groups.len());
            let number = number.map_err(|_| pyo3::exceptions::PyMemoryError::new_err("too many groups"))?;
            if tables.groups.len() == tables.groups.capacity() {
                let more = tables.groups.len() / 8 + 16;
                tables.groups.reserve_exact(more);
            }
            tables.groups.push(group);
            number
        };
        if count > 0 {
            tables.touched.push(number);
            drop(tables);
            self.count_in(count);
        }
        Ok(number)
    }

    /// Notes that so many items wait besides.
    pub fn count_in(&self, items: usize) {
        self.total.set(self.total.get() + items * self.average.get());
        self.left.set(self.left.get().min(1));
    }

    /// One more key or view.
    #[inline]
    pub fn hold(&self, number: u32) {
        if let Some(group) = self.tables.borrow_mut().groups.get_mut(number as usize) {
            group.refs += 1;
        }
    }

    /// One key or view less. The caller drops what is given back.
    #[inline]
    pub fn let_go(&self, number: u32) -> Gone {
        let mut tables = self.tables.borrow_mut();
        let Some(group) = tables.groups.get_mut(number as usize) else {
            return Gone::default();
        };
        group.refs -= 1;
        if group.refs > 0 {
            return Gone::default();
        }
        let (items, last) = (std::mem::take(&mut group.pending), group.last);
        (group.last, group.spilled) = (Place::NONE, 0);
        tables.free.push(number);
        drop(tables);
        self.edits.set(self.edits.get() + 1);
        let pins = self.release(last);
        Gone { items, kept: None, pins }
    }

    /// Gives up what is on disk of a group, which must not refer to it any more.
    pub fn release(&self, last: Place) -> Vec<Pins> {
        if last == Place::NONE {
            return Vec::new();
        }
        self.version.set(self.version.get() + 1);
        self.chain.replace(None);
        self.chunks.borrow_mut().release(last)
    }

    /// Keeps a value that is no group.
    pub fn keep(&self, value: Py<PyAny>) -> i64 {
        let mut tables = self.tables.borrow_mut();
        let place = if let Some(place) = tables.kept_free.pop() {
            tables.kept[place] = Some(value);
            place
        } else {
            tables.kept.push(Some(value));
            tables.kept.len() - 1
        };
        -1 - place.cast_signed() as i64
    }

    pub fn kept<'py>(&self, py: Python<'py>, number: i64) -> Option<Bound<'py, PyAny>> {
        let place = usize::try_from(-1 - number).ok()?;
        self.tables.borrow().kept.get(place)?.as_ref().map(|value| value.bind(py).clone())
    }

    /// What a key referred to is not needed for it any more.
    pub fn forget(&self, number: i64) -> Gone {
        if let Ok(group) = u32::try_from(number) {
            return self.let_go(group);
        }
        let Ok(place) = usize::try_from(-1 - number) else {
            return Gone::default();
        };
        let mut tables = self.tables.borrow_mut();
        let kept = tables.kept.get_mut(place).and_then(Option::take);
        tables.kept_free.push(place);
        Gone { items: Vec::new(), kept, pins: Vec::new() }
    }

    /// Adds an item at the end of a group.
    #[inline]
    pub fn push(&self, number: u32, item: Py<PyAny>) {
        let left = self.left.get() - 1;
        self.left.set(left);
        if left <= 0 {
            self.look(item.as_ptr());
        }
        let mut tables = self.tables.borrow_mut();
        let tables = &mut *tables;
        if let Some(group) = tables.groups.get_mut(number as usize) {
            if group.pending.is_empty() {
                tables.touched.push(number);
            }
            group.pending.push(item);
        }
    }

    pub fn len(&self, number: u32) -> usize {
        self.tables.borrow().groups.get(number as usize).map_or(0, Group::len)
    }

    pub fn spilled(&self, number: u32) -> usize {
        self.tables.borrow().groups.get(number as usize).map_or(0, |group| group.spilled as usize)
    }

    /// A waiting item.
    #[inline]
    pub fn waiting<'py>(&self, py: Python<'py>, number: u32, index: usize) -> Option<Bound<'py, PyAny>> {
        let tables = self.tables.borrow();
        let item = tables.groups.get(number as usize)?.pending.get(index)?;
        Some(item.bind(py).clone())
    }

    /// The chunks of a group.
    pub fn chain(&self, number: u32) -> PyResult<Rc<Vec<Chunk>>> {
        let last = self.tables.borrow().groups.get(number as usize).map_or(Place::NONE, |group| group.last);
        let known = self.chain.borrow_mut().take().filter(|known| known.0 == number).map(|known| known.1);
        let chain = match known {
            Some(chain) if chain.last().is_some_and(|chunk| chunk.place == last) => chain,
            known => {
                let known = known.as_ref().map_or(&[][..], |chain| chain);
                let mut chunks = self.chunks.borrow_mut();
                Rc::new(chunks.chain(last, known).map_err(|error| os_error(&error))?)
            }
        };
        self.chain.replace(Some((number, Rc::clone(&chain))));
        Ok(chain)
    }

    /// Everything that is waiting in memory or kept there, for the garbage
    /// collector. What is being changed is simply not shown: then nobody is
    /// collected.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.codec.traverse(visit)?;
        if let Ok(tables) = self.tables.try_borrow() {
            for group in &tables.groups {
                group.pending.iter().try_for_each(|item| visit.call(item))?;
            }
            tables.kept.iter().flatten().try_for_each(|value| visit.call(value))?;
        }
        if let Ok(chunks) = self.chunks.try_borrow() {
            for pin in chunks.all_beside().flat_map(|pins| pins.iter()) {
                visit.call(pin)?;
            }
        }
        if let Ok(pages) = self.pages.try_borrow() {
            for item in pages.iter().flatten().flat_map(|page| &page.items) {
                visit.call(item)?;
            }
        }
        if let Ok(ends) = self.ends.try_borrow() {
            ends.items().try_for_each(|item| visit.call(item))?;
        }
        if let Ok(again) = self.again.try_borrow() {
            again.iter().flat_map(|again| &again.items).try_for_each(|item| visit.call(item))?;
        }
        Ok(())
    }

    /// Drops all items.
    pub fn clear(&self) {
        let (mut items, mut kept, mut pins) = (Vec::new(), Vec::new(), Vec::new());
        if let Ok(mut tables) = self.tables.try_borrow_mut() {
            for group in &mut tables.groups {
                items.append(&mut group.pending);
                if group.last != Place::NONE {
                    pins.extend(self.release(group.last));
                }
                (group.last, group.spilled) = (Place::NONE, 0);
            }
            kept.append(&mut tables.kept);
        }
        self.edits.set(self.edits.get() + 1);
        let pages = self.pages.try_borrow_mut().map(|mut pages| std::mem::take(&mut *pages));
        let again = self.again.try_borrow_mut().map(|mut again| again.take());
        drop((items, kept, pins, pages, again, self.forget_ends()));
    }
}
