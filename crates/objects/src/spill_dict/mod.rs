//! `SpillDict`: a dictionary whose entries go to disk once there are many.
//!
//! While it is small, it is a real dict. When that takes a sixteenth of the budget, its
//! entries go to disk, and only a part of each key's hash stays in memory. From then on
//! the real dict holds the latest entries and the latest values of others, until it is
//! full again: what is asked for and changed again and again is there.
//!
//! Values that are taken out to be changed, if it was said that they may be, are among the
//! latest values from then on, and written again: whoever holds one has the object itself,
//! and nobody else gets another.
//!
//! A value that may not be written (see [`Codec`]) is held in memory, and so is a key
//! that may not; their places in the order are on disk.

mod counter;
mod counter_methods;
mod fast;
mod find;
mod flush;
mod given;
mod iterate;
mod methods;
mod sorted;
mod views;
mod wait;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use spacetime_runtime::Slot;
use spacetime_runtime::keyed::{Keyed, Spot};

pub use iterate::{SpillDictIterator, What};
use sorted::Kept;
pub use sorted::sort_view;
pub use views::SpillDictView;

use super::record::{Codec, Groups, Output, Policy, RecentTexts};
use super::settings;

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);

/// One part in so many of what has been written besides.
const BESIDE: usize = 192;

/// What is on disk, and what belongs to that.
struct Disk {
    keyed: Keyed,
    /// So many entries of the real dict are new; the others are on disk, too.
    fresh: usize,
    /// So many after all others have been set without being looked for.
    unknown: usize,
    /// So many were set in a row, and nothing else was asked for.
    row: usize,
    /// The key that is looked for, as bytes.
    key: Vec<u8>,
    /// The values that are not written, by the places of their keys, in whose order they go.
    held: BTreeMap<u64, Py<PyAny>>,
    /// The keys that are not written, with their places, and by these.
    odd: Py<PyDict>,
    odd_keys: BTreeMap<u64, Py<PyAny>>,
    /// The texts that the reader has to know.
    texts: Vec<(u8, Box<[u8]>)>,
    reader: Option<Box<Reader>>,
    /// The latest values that were read, by the hashes of their keys.
    cache: Vec<Option<Cached>>,
    /// What was looked for last, until something is put to or taken from the disk.
    last: Option<Last>,
    /// What has been handed out to be changed.
    given: given::Given,
}

/// Makes values again.
#[derive(Default)]
struct Reader {
    texts: RecentTexts,
    known: usize,
    bytes: Vec<u8>,
    spot: Spot,
}

struct Cached {
    hash: isize,
    key: Box<[u8]>,
    value: Py<PyAny>,
}

struct Last {
    key: Py<PyAny>,
    hash: isize,
    found: Found,
}

/// Where a key was found.
#[derive(Clone, Copy)]
enum Found {
    Nowhere,
    /// On disk; odd keys are in no slot.
    Place(u64, Option<Slot>),
}

/// See the module. Borrows are short: no code of others runs during one.
#[pyclass(frozen, name = "SpillDict", module = "spacetime_compiler.runtime")]
pub struct SpillDict {
    disk: RefCell<Option<Box<Disk>>>,
    /// What is at an end goes in this order, as the entries of a dict do.
    recent: RefCell<Py<PyDict>>,
    output: RefCell<Output>,
    /// So many more entries, and the size of one is looked at.
    left: Cell<usize>,
    total: Cell<usize>,
    /// How often entries have gone to disk, or all have gone away.
    flushes: Cell<u64>,
    /// So many walks are on their way.
    walks: Cell<usize>,
    codec: Rc<Codec>,
    /// The lists with items on disk that are parts of values there.
    groups: Rc<Groups>,
    /// Values are not changed any more.
    settled: Cell<bool>,
    /// Walks over sorted entries, which give what was there when they began.
    sorted: RefCell<Vec<Kept>>,
    /// What its owner has written besides took so much as objects.
    beside: Rc<Cell<usize>>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillDict {}
// SAFETY: as above.
unsafe impl Sync for SpillDict {}

impl Drop for SpillDict {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl SpillDict {
    pub fn empty(py: Python<'_>, policy: Policy) -> PyResult<Self> {
        Self::beside_of(py, policy, Rc::default())
    }

    /// One that may take a small part of what its owner has written besides, so that it
    /// stays in memory where it is small next to that.
    pub fn beside_of(py: Python<'_>, policy: Policy, beside: Rc<Cell<usize>>) -> PyResult<Self> {
        settings::memory()?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        let groups = Rc::new(Groups::default());
        let mut output = Output::apart();
        output.groups = policy.changing.then(|| Rc::clone(&groups));
        Ok(Self {
            recent: RefCell::new(PyDict::new(py).unbind()),
            disk: RefCell::default(),
            output: RefCell::new(output),
            left: Cell::new(1),
            total: Cell::new(0),
            flushes: Cell::new(0),
            walks: Cell::new(0),
            codec: Codec::common(py, policy),
            groups,
            settled: Cell::new(false),
            sorted: RefCell::default(),
            beside,
        })
    }

    /// It may take so much because of what is beside it.
    fn beside(&self) -> usize {
        self.beside.get() / BESIDE
    }

    /// Whether values may be changed by those who get them.
    #[inline]
    fn is_changing(&self) -> bool {
        self.codec.policy().changing && !self.settled.get()
    }

    /// From now on nobody changes a value that was taken out.
    pub fn settle(&self, py: Python<'_>) -> PyResult<()> {
        if !self.is_changing() {
            return Ok(());
        }
        if self.is_on_disk() {
            self.be_asked(py)?;
            self.flush(py)?;
        }
        self.settled.set(true);
        Ok(())
    }

    /// The real dict.
    #[inline]
    fn recent<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.recent.borrow().bind(py).clone()
    }

    #[inline]
    pub fn is_on_disk(&self) -> bool {
        self.disk.borrow().is_some()
    }

    #[inline]
    pub fn len(&self, py: Python<'_>) -> PyResult<usize> {
        self.be_asked(py)?;
        Ok(match self.disk.borrow().as_ref() {
            Some(disk) => disk.keyed.len() + disk.fresh,
            None => self.recent.borrow().bind(py).len(),
        })
    }

    /// How many entries of the real dict are values of keys on disk, when all is known.
    fn dirty(&self, py: Python<'_>) -> usize {
        let fresh = self.disk.borrow().as_ref().map(|disk| disk.fresh);
        fresh.map_or(0, |fresh| self.recent.borrow().bind(py).len().saturating_sub(fresh))
    }

    pub fn clear(&self, py: Python<'_>) {
        let disk = self.disk.replace(None);
        self.left.set(1);
        self.total.set(0);
        self.flushes.set(self.flushes.get() + 1);
        let recent = self.recent.replace(PyDict::new(py).unbind());
        // Their end may run code of others.
        drop(disk);
        recent.bind(py).clear();
        self.groups.let_go();
    }
}

/// Adds the classes to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillDict>()?;
    module.add_class::<counter::SpillCounter>()?;
    let class: Bound<'_, PyType> = py.get_type::<SpillDict>();
    fast::register(&class)?;
    class.setattr("__hash__", py.None())?;
    let counter = py.get_type::<counter::SpillCounter>();
    counter_methods::register(&counter)?;
    counter.setattr("__hash__", py.None())?;
    py.import("_collections_abc")?.getattr("MutableMapping")?.call_method1("register", (class,))?;
    Ok(())
}
