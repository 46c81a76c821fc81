//! What all groups of one `SpillGroups` (and its copies) share: the items that
//! wait in memory, what is on disk, and what is needed to pack and make items.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use spacetime_runtime::bundle;
use spacetime_runtime::chunks::{Chunk, Chunks, Place};
use spacetime_runtime::group_table::GroupTable;

use super::again::Again;
use super::cursor::Page;
use super::ends::Ends;
use crate::record::{Codec, Output, Policy};
use crate::settings::{self, os_error};

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

/// So many groups may be gone, and as many as there are besides, before their room on disk is.
const LEAST: usize = 1 << 10;
/// One part in so many of the budget, or of what has been written, may be taken by the
/// numbers of keys.
const OF_BUDGET: usize = 16;
const OF_WRITTEN: usize = 128;
/// What the list of a group takes in which something waits.
const FIRST: usize = 96;

/// Objects that stay in memory because something in a block refers to them.
pub type Pins = Rc<Vec<Py<PyAny>>>;

/// The tables. Nobody's code runs while they are borrowed.
#[derive(Default)]
pub struct Tables {
    /// What is on disk of each group: its first items.
    pub groups: GroupTable,
    /// Its other items.
    waiting: FxHashMap<u32, Vec<Py<PyAny>>>,
    /// The groups in which items wait, and perhaps others.
    pub touched: Vec<u32>,
}

impl Tables {
    /// The items of a group that wait.
    #[inline]
    pub fn waiting(&self, number: u32) -> &[Py<PyAny>] {
        self.waiting.get(&number).map_or(&[], Vec::as_slice)
    }

    /// The same, to be changed.
    #[inline]
    pub fn waiting_mut(&mut self, number: u32) -> &mut Vec<Py<PyAny>> {
        self.waiting.entry(number).or_default()
    }

    /// Takes them out.
    pub fn take_waiting(&mut self, number: u32) -> Vec<Py<PyAny>> {
        self.waiting.remove(&number).unwrap_or_default()
    }
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
    pub written: Rc<Cell<usize>>,
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
    /// The last chunks of groups that are gone, whose room on disk is not free yet.
    gone: RefCell<Vec<Place>>,
    /// Something stays in memory because of what is on disk.
    pub pinned: Cell<bool>,
}

thread_local! {
    /// What groups that are in no dictionary share, for each policy.
    static CURRENT: RefCell<[Weak<Store>; Policy::ALL]> = RefCell::default();
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
    pins: Vec<Pins>,
}

impl Gone {
    pub fn of(items: Vec<Py<PyAny>>, pins: Vec<Pins>) -> Self {
        Self { items, pins }
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        if self.items.is_empty() && self.pins.is_empty() {
            return;
        }
        // Without this, what is let go by a method that Python calls without any
        // help of PyO3's would be freed some time later.
        Python::attach(|_| {
            self.items.clear();
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
            written: Rc::default(),
            floor: Cell::new(0),
            version: Cell::new(0),
            edits: Cell::new(0),
            resident: Cell::new(false),
            spilling: Cell::new(false),
            chain: RefCell::default(),
            pages: RefCell::default(),
            again: RefCell::default(),
            ends: RefCell::default(),
            gone: RefCell::default(),
            pinned: Cell::new(false),
        })
    }

    /// The store of all groups of that policy that are made now, and in no dictionary.
    pub fn current(py: Python<'_>, policy: Policy) -> PyResult<Rc<Self>> {
        let at = policy.number();
        if let Some(store) = CURRENT.with_borrow(|stores| stores[at].upgrade()) {
            return Ok(store);
        }
        let store = Rc::new(Self::new(py, policy)?);
        CURRENT.with_borrow_mut(|stores| stores[at] = Rc::downgrade(&store));
        Ok(store)
    }

    /// How much may wait.
    pub fn limit(&self) -> usize {
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let share = (self.written.get() / LATER).clamp(budget / AT_FIRST, budget / 2);
        (share / LIVE.load(Ordering::Relaxed).max(1)).max(SMALLEST).max(self.floor.get())
    }

    /// What may be taken by what is known of keys.
    pub fn room_for_keys(&self) -> usize {
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let share = budget / OF_BUDGET / LIVE.load(Ordering::Relaxed).max(1);
        share.max(self.written.get() / OF_WRITTEN)
    }

    /// A new group with these items, to which one key or view refers.
    pub fn add_group(&self, items: Vec<Py<PyAny>>) -> PyResult<u32> {
        let count = items.len();
        let mut tables = self.tables.borrow_mut();
        let number = tables.groups.add();
        let number = number.ok_or_else(|| pyo3::exceptions::PyMemoryError::new_err("too many groups"))?;
        if count > 0 {
            tables.touched.push(number);
            *tables.waiting_mut(number) = items;
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
        self.tables.borrow_mut().groups.hold(number);
    }

    /// One key or view less. The caller drops what is given back.
    #[inline]
    pub fn let_go(&self, number: u32) -> Gone {
        let mut tables = self.tables.borrow_mut();
        if !tables.groups.let_go(number) {
            return Gone::default();
        }
        let (items, last) = (tables.take_waiting(number), tables.groups.take(number));
        tables.groups.remove(number);
        drop(tables);
        self.edits.set(self.edits.get() + 1);
        let pins = self.release(last);
        Gone { items, pins }
    }

    /// Gives up what is on disk of a group, which must not refer to it any more.
    pub fn release(&self, last: Place) -> Vec<Pins> {
        if last == Place::NONE {
            return Vec::new();
        }
        self.version.set(self.version.get() + 1);
        self.chain.replace(None);
        let mut chunks = self.chunks.borrow_mut();
        if self.pinned.get() {
            return chunks.release(last);
        }
        // To find out which chunks they were takes longer than all else, and at the end of a
        // program it is done for nothing.
        let mut gone = self.gone.borrow_mut();
        gone.push(last);
        let most =
            LEAST + self.tables.try_borrow().map_or(usize::MAX - LEAST, |tables| tables.groups.count());
        if gone.len() > most {
            for last in gone.drain(..) {
                chunks.release(last);
            }
        }
        Vec::new()
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
        let waiting = tables.waiting_mut(number);
        waiting.push(item);
        if waiting.len() == 1 {
            tables.touched.push(number);
            self.total.set(self.total.get() + FIRST);
        }
    }

    pub fn len(&self, number: u32) -> usize {
        let tables = self.tables.borrow();
        tables.groups.items(number) + tables.waiting(number).len()
    }

    pub fn spilled(&self, number: u32) -> usize {
        self.tables.borrow().groups.items(number)
    }

    /// A waiting item.
    #[inline]
    pub fn waiting<'py>(&self, py: Python<'py>, number: u32, index: usize) -> Option<Bound<'py, PyAny>> {
        let tables = self.tables.borrow();
        let item = tables.waiting(number).get(index)?;
        Some(item.bind(py).clone())
    }

    /// The chunks of a group.
    pub fn chain(&self, number: u32) -> PyResult<Rc<Vec<Chunk>>> {
        self.bring_together();
        let last = self.tables.borrow().groups.last(number);
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

    /// Brings the chunks of each group together where groups are asked for in another
    /// order than that in which they came.
    #[inline]
    fn bring_together(&self) {
        let groups = self.tables.borrow().groups.count();
        if self.chunks.borrow().are_scattered(groups) {
            self.bring_all_together();
        }
    }

    #[cold]
    fn bring_all_together(&self) {
        let mut chunks = self.chunks.borrow_mut();
        // What stays in memory because of a block belongs to the chunks in it; and groups
        // that are being written know where their chunks are.
        if !self.pinned.get() && !self.spilling.get() {
            for last in self.gone.borrow_mut().drain(..) {
                chunks.release(last);
            }
            // What cannot be moved can be read where it is.
            let mut tables = self.tables.borrow_mut();
            let _ = bundle::gather(&mut chunks, &mut tables.groups, &settings::directory());
            self.version.set(self.version.get() + 1);
            self.chain.replace(None);
        }
        chunks.are_together();
    }

    /// Everything that is waiting in memory or kept there, for the garbage
    /// collector. What is being changed is simply not shown: then nobody is
    /// collected.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.codec.traverse(visit)?;
        if let Ok(tables) = self.tables.try_borrow() {
            tables.waiting.values().flatten().try_for_each(|item| visit.call(item))?;
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
        let (mut items, mut pins) = (Vec::new(), Vec::new());
        if let Ok(mut tables) = self.tables.try_borrow_mut() {
            items.extend(tables.waiting.drain().flat_map(|(_, items)| items));
            pins.extend(tables.groups.take_all().into_iter().flat_map(|last| self.release(last)));
        }
        self.edits.set(self.edits.get() + 1);
        let pages = self.pages.try_borrow_mut().map(|mut pages| std::mem::take(&mut *pages));
        let again = self.again.try_borrow_mut().map(|mut again| again.take());
        drop((items, pins, pages, again, self.forget_ends()));
    }
}
