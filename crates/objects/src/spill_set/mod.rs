//! `SpillSet`: a set whose elements go to disk once there are many.
//!
//! While it is small, it is a real set. When that takes an eighth of the budget, each
//! element for which a word of memory says all (see [`Exact`]) becomes that. Others
//! that can be written are, and only a part of each one's hash stays in memory; the
//! rest stays in the real set. Those that were written first stay in memory as bytes,
//! and texts that were found last are remembered, so that what comes again and again
//! needs no disk.
//!
//! A set that is only filled and walked (`lookups=False`) keeps so much in memory of the
//! first elements alone; the others are [gathered](Gathered). It is asked nonetheless: then
//! all of it gets what is kept of every element of other sets.

mod algebra;
mod fast;
mod gather;
mod methods;
mod words;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyList, PySet};
use spacetime_runtime::Slot;
use spacetime_runtime::exact::{Cursor, Word};
use spacetime_runtime::gathered::{Gathered, Steps};
use spacetime_runtime::seen::{Seen, Walk, parse, record};

use super::canonical::{self, Written};
use super::record::{Codec, Policy};
use super::settings::{self, os_error};
use super::size::size;
use super::spill_list::same;
pub use algebra::{Operation, Side};
use words::Words;

/// How many there are, which have to share the budget.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// The size of one in so many elements is looked at.
const STEP: usize = 32;
/// What an element takes in a set besides itself.
const OWN: usize = 40;
const SMALLEST: usize = 4 << 10;
/// What an element takes in memory that is found there, roughly.
const EACH: usize = 11;
/// One part in so many of the budget may be taken by a real set, and later half of it
/// by those of the elements that were written first.
const SHARE: usize = 8;
/// So many texts that were found on disk are remembered, unless they are long.
const REMEMBERED: usize = 8192;
const LONG: usize = 128;

/// What is on disk.
struct Disk {
    words: Words,
    seen: Seen,
    /// The latest elements that were found, by their hashes.
    found: Vec<Option<Py<PyAny>>>,
    /// The record of what is looked for.
    wanted: Vec<u8>,
    key: Vec<u8>,
    /// What is in `wanted` and was not found: it is likely to be added next.
    absent: Option<Absent>,
    /// So many elements have something in memory.
    most: usize,
    /// What may wait in memory until it is written, in bytes.
    room: usize,
    /// All that came after these and equals none of them.
    gathered: Option<Gathered>,
    /// So often was a little added to much that had been counted.
    recounts: usize,
}

struct Absent {
    element: Py<PyAny>,
    hash: isize,
    written: Written,
}

/// See the module. Borrows are short: no code of others runs during one.
#[pyclass(frozen, name = "SpillSet", module = "spacetime_compiler.runtime")]
pub struct SpillSet {
    small: Py<PySet>,
    disk: RefCell<Option<Box<Disk>>>,
    /// So many more elements, and the size of one is looked at.
    left: Cell<usize>,
    total: Cell<usize>,
    codec: Rc<Codec>,
    /// It is asked which elements it has.
    asked: Cell<bool>,
    /// No more elements than so many have something in memory before that.
    most: Cell<usize>,
    /// So many walks are on their way over what is not gathered.
    walks: Cell<usize>,
    /// How many elements there were when the last one began.
    walked: Cell<usize>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for SpillSet {}
// SAFETY: as above.
unsafe impl Sync for SpillSet {}

impl Drop for SpillSet {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where an element was found.
enum Found {
    Nowhere,
    Small,
    Word(Word),
    Disk(Slot),
    /// By comparing it with an element that was made again.
    Place(u64),
}

/// How far a walk over what is not in the real set has come.
#[derive(Default)]
struct Way {
    words: Cursor,
    log: Walk,
    /// All that was gathered when the walk began.
    steps: Option<Steps>,
}

impl Disk {
    /// Finds what is written in `wanted`.
    fn find(&mut self, hash: isize) -> PyResult<Option<Slot>> {
        self.seen.find(hash.cast_unsigned() as u64, &self.wanted).map_err(|error| os_error(&error))
    }

    #[inline]
    fn is_remembered(&self, py: Python<'_>, element: &Bound<'_, PyAny>, hash: isize) -> bool {
        let Some(Some(known)) = self.found.get(hash.unsigned_abs() % REMEMBERED) else {
            return false;
        };
        let known = known.bind(py);
        if known.is(element) {
            return true;
        }
        // SAFETY: both are exact texts, which are compared without anybody's code.
        unsafe {
            ffi::PyUnicode_CheckExact(element.as_ptr()) != 0
                && ffi::PyUnicode_CheckExact(known.as_ptr()) != 0
                && ffi::PyObject_RichCompareBool(known.as_ptr(), element.as_ptr(), ffi::Py_EQ) == 1
        }
    }

    /// What was asked for last, if it is not in the set.
    #[inline]
    fn take_absent<'py>(&mut self, py: Python<'py>) -> Option<(Bound<'py, PyAny>, isize, Written)> {
        // Bound, since PyO3 may not know that we hold the interpreter's lock.
        self.absent.take().map(|absent| (absent.element.into_bound(py), absent.hash, absent.written))
    }

    fn remember(&mut self, element: &Bound<'_, PyAny>, hash: isize) -> Option<Py<PyAny>> {
        // SAFETY: the element is alive.
        if self.wanted.len() > LONG || unsafe { ffi::PyUnicode_CheckExact(element.as_ptr()) } == 0 {
            return None;
        }
        if self.found.is_empty() {
            self.found.resize_with(REMEMBERED, || None);
        }
        self.found[hash.unsigned_abs() % REMEMBERED].replace(element.clone().unbind())
    }
}

impl SpillSet {
    fn empty(py: Python<'_>, asked: bool) -> PyResult<Self> {
        settings::memory()?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            small: PySet::empty(py)?.unbind(),
            disk: RefCell::default(),
            left: Cell::new(1),
            total: Cell::new(0),
            codec: Rc::new(Codec::new(py, Policy::new(false, true))),
            asked: Cell::new(asked),
            most: Cell::new(usize::MAX),
            walks: Cell::new(0),
            walked: Cell::new(0),
        })
    }

    fn len(&self, py: Python<'_>) -> PyResult<usize> {
        let gathered = self.gathered_len()?;
        let disk = self.disk.borrow().as_ref().map_or(0, |disk| disk.held());
        Ok(self.small.bind(py).len() + disk + gathered)
    }

    pub fn is_on_disk(&self) -> bool {
        self.disk.borrow().is_some()
    }

    /// Finds an element when there are some on disk. What can be written is left
    /// in `wanted`.
    fn find(&self, element: &Bound<'_, PyAny>, hash: isize, written: Written) -> PyResult<Found> {
        let small = self.small.bind(element.py());
        if small.len() > 0 && small.contains(element)? {
            return Ok(Found::Small);
        }
        if written != Written::Odd {
            let mut disk = self.disk.borrow_mut();
            let Some(disk) = disk.as_mut() else {
                return Ok(Found::Nowhere);
            };
            if written == Written::Equal
                && let Some(word) = disk.equal_word()
            {
                return Ok(Found::Word(word));
            }
            return Ok(disk.find(hash)?.map_or(Found::Nowhere, Found::Disk));
        }
        // It may equal one that can be written nonetheless.
        if let Some(word) = self.find_equal_word(element, hash)? {
            return Ok(Found::Word(word));
        }
        let places = match self.disk.borrow_mut().as_mut() {
            Some(disk) => {
                disk.seen.candidates(hash.cast_unsigned() as u64).map_err(|error| os_error(&error))?
            }
            None => Vec::new(),
        };
        for place in places {
            let bytes = match self.disk.borrow().as_ref() {
                Some(disk) => disk.seen.at(place).map_err(|error| os_error(&error))?,
                None => Vec::new(),
            };
            let Some((key, beside, _)) = parse(&bytes) else {
                continue;
            };
            let candidate = self.made(element.py(), key, beside)?;
            // A tag is not all of a hash, and sets compare only what has the same.
            if candidate.hash()? == hash && same(&candidate, element)? {
                return Ok(Found::Place(place));
            }
        }
        Ok(Found::Nowhere)
    }

    /// Writes an element into `wanted`.
    #[inline]
    fn write(&self, element: &Bound<'_, PyAny>) -> Written {
        loop {
            let written = self.write_known(element);
            if written != Written::Odd || !self.codec.learn_class(element.py()) {
                return written;
            }
        }
    }

    #[inline]
    fn write_known(&self, element: &Bound<'_, PyAny>) -> Written {
        let mut disk = self.disk.borrow_mut();
        let Some(disk) = disk.as_mut() else {
            return Written::Odd;
        };
        disk.take_absent(element.py());
        disk.key.clear();
        disk.wanted.clear();
        // SAFETY: the element is alive. Only builtins are looked at, whose code is
        // nobody else's.
        let written =
            unsafe { canonical::write(element.py(), element.as_ptr(), &mut disk.key, 0, &self.codec) };
        if written != Written::Odd {
            record(&mut disk.wanted, &disk.key, &[]);
        }
        written
    }

    fn made<'py>(&self, py: Python<'py>, key: &[u8], beside: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        canonical::made(py, key, beside, &self.codec)
    }

    #[inline]
    fn contains(&self, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.be_asked()?;
        self.holds(element)
    }

    /// Whether an element is there; nothing is gathered.
    #[inline]
    fn holds(&self, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = element.py();
        if !self.is_on_disk() {
            return self.small.bind(py).as_any().contains(element);
        }
        if let Some(known) = self.is_word(element) {
            return Ok(known);
        }
        let hash = match element.hash() {
            Ok(hash) => hash,
            // Sets are looked for as frozen sets, which are never on disk.
            Err(_) if element.is_instance_of::<PySet>() => {
                return self.small.bind(py).as_any().contains(element);
            }
            Err(error) => return Err(error),
        };
        if self.disk.borrow().as_ref().is_some_and(|disk| disk.is_remembered(py, element, hash)) {
            return Ok(true);
        }
        let written = self.write(element);
        let found = self.find(element, hash, written)?;
        let mut disk = self.disk.borrow_mut();
        let Some(disk) = disk.as_mut() else {
            return Ok(!matches!(found, Found::Nowhere));
        };
        // What is let go is a value of builtin types, whose end runs no code.
        match found {
            Found::Nowhere if written != Written::Odd => {
                disk.absent = Some(Absent { element: element.clone().unbind(), hash, written });
            }
            Found::Disk(_) if disk.seen.has_read() => drop(disk.remember(element, hash)),
            _ => {}
        }
        Ok(!matches!(found, Found::Nowhere))
    }

    fn add(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = element.py();
        if !self.is_on_disk() {
            self.small.bind(py).add(element)?;
            let left = self.left.get().saturating_sub(1);
            self.left.set(left);
            // What is let go is freed at once only if PyO3 knows where we are.
            return if left == 0 { Python::attach(|_| self.look(element)) } else { Ok(()) };
        }
        let small = self.small.bind(py);
        let (word, known) = match self.disk.borrow_mut().as_mut() {
            Some(disk) => disk.make_word(element, small.len() == 0),
            None => (None, false),
        };
        if known {
            return Ok(());
        }
        let absent = self.disk.borrow_mut().as_mut().and_then(|disk| disk.take_absent(py));
        if let Some((absent, hash, written)) = absent
            && absent.is(element)
        {
            return self.insert(element, hash, written, word);
        }
        let hash = element.hash()?;
        let written = self.write(element);
        if written == Written::Odd {
            // It may equal one that is gathered.
            self.be_asked()?;
        }
        if !matches!(self.find(element, hash, written)?, Found::Nowhere) {
            return Ok(());
        }
        if written == Written::Odd {
            return small.add(element);
        }
        // What it was compared with may have looked for others meanwhile.
        if small.len() > 0 {
            self.write(element);
        }
        self.insert(element, hash, written, word)
    }

    /// Adds what is in `wanted`, and not in the set: as its word, if it has one.
    fn insert(
        &self,
        element: &Bound<'_, PyAny>,
        hash: isize,
        written: Written,
        word: Option<Word>,
    ) -> PyResult<()> {
        if let Some(word) = word {
            if let Some(disk) = self.disk.borrow_mut().as_mut() {
                disk.words.insert(word, || Ok(hash));
            }
            return Ok(());
        }
        let beside = canonical::beside(element, written, &self.codec);
        let mut repeats = false;
        if let Some(disk) = self.disk.borrow_mut().as_mut() {
            let hash = hash.cast_unsigned() as u64;
            if disk.is_full() {
                let key = std::mem::take(&mut disk.key);
                let gathered = disk.gather(hash, &key, &beside);
                disk.key = key;
                repeats = gathered?;
            } else {
                if !beside.is_empty() {
                    disk.wanted.clear();
                    record(&mut disk.wanted, &disk.key, &beside);
                }
                let Disk { seen, wanted, .. } = &mut **disk;
                seen.insert(hash, wanted);
            }
        }
        if repeats { self.be_asked() } else { Ok(()) }
    }

    /// Sees how large the real set has grown, and moves it to disk.
    #[cold]
    fn look(&self, element: &Bound<'_, PyAny>) -> PyResult<()> {
        self.left.set(STEP);
        let py = element.py();
        // A walk goes on when what is added is there already.
        if self.walks.get() > 0 && self.walked.get() == self.small.bind(py).len() {
            return Ok(());
        }
        // SAFETY: the element is alive.
        let own = OWN + unsafe { size(element.as_ptr(), 0) };
        // Elements that were there already have been counted too: an estimate from
        // above, until there are so many that it has to be known.
        self.total.set(self.total.get() + own * STEP);
        let budget = settings::memory().unwrap_or(spacetime_runtime::budget::DEFAULT);
        let limit = (budget / SHARE / LIVE.load(Ordering::Relaxed).max(1)).max(SMALLEST);
        if self.total.get() < limit {
            return Ok(());
        }
        self.total.set(own * self.small.bind(py).len());
        if self.total.get() < limit {
            return Ok(());
        }
        self.go_to_disk(py, limit / 2)
    }

    fn go_to_disk(&self, py: Python<'_>, room: usize) -> PyResult<()> {
        let small = self.small.bind(py);
        // What is gathered has a buffer, too.
        let room = if self.asked.get() { room } else { room / 2 };
        let seen = Seen::new(settings::directory(), room);
        let disk = Disk {
            words: Words::default(),
            seen,
            found: Vec::new(),
            wanted: Vec::new(),
            key: Vec::new(),
            absent: None,
            most: if self.asked.get() { usize::MAX } else { self.most.get().min(2 * room / EACH) },
            room,
            gathered: None,
            recounts: 0,
        };
        // Other threads may add meanwhile: they find an element in one place or the other.
        let elements = PyList::new(py, small.call_method0("copy")?.cast_into::<PySet>()?.iter())?;
        if self.is_on_disk() {
            return Ok(());
        }
        self.disk.replace(Some(Box::new(disk)));
        for element in elements {
            let hash = element.hash()?;
            let written = self.write(&element);
            if written == Written::Odd {
                self.be_asked()?;
            } else {
                let word = self.disk.borrow_mut().as_mut().and_then(|disk| disk.make_word(&element, false).0);
                self.insert(&element, hash, written, word)?;
                small.discard(&element)?;
            }
        }
        Ok(())
    }

    /// Takes an element out; says whether it was there.
    fn take_out(&self, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = element.py();
        self.be_asked()?;
        if !self.is_on_disk() {
            let before = self.small.bind(py).len();
            self.small.bind(py).call_method1("discard", (element,))?;
            return Ok(self.small.bind(py).len() < before);
        }
        let frozen = match element.hash() {
            Err(_) if element.is_instance_of::<PySet>() => py.get_type::<PyFrozenSet>().call1((element,))?,
            _ => element.clone(),
        };
        if self.disk.borrow_mut().as_mut().is_some_and(|disk| disk.remove_word(&frozen)) {
            return Ok(true);
        }
        let hash = frozen.hash()?;
        let written = self.write(&frozen);
        let found = self.find(&frozen, hash, written)?;
        let mut old = None;
        match found {
            Found::Nowhere => return Ok(false),
            Found::Word(word) => {
                if let Some(disk) = self.disk.borrow_mut().as_mut() {
                    disk.words.remove(word);
                }
            }
            Found::Small => {
                self.small.bind(py).discard(&frozen)?;
            }
            Found::Disk(slot) => {
                if let Some(disk) = self.disk.borrow_mut().as_mut() {
                    disk.seen.remove(slot);
                    old = disk.found.get_mut(hash.unsigned_abs() % REMEMBERED).and_then(Option::take);
                }
            }
            Found::Place(place) => {
                if let Some(disk) = self.disk.borrow_mut().as_mut() {
                    disk.seen
                        .remove_place(hash.cast_unsigned() as u64, place)
                        .map_err(|error| os_error(&error))?;
                    old = disk.found.get_mut(hash.unsigned_abs() % REMEMBERED).and_then(Option::take);
                }
            }
        }
        drop(old);
        Ok(true)
    }

    /// The next element that is a word or on disk.
    fn walk<'py>(&self, py: Python<'py>, walk: &mut Way) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(steps) = &mut walk.steps {
            return self.next_step(py, steps);
        }
        let (key, beside) = {
            let disk = self.disk.borrow();
            let Some(disk) = disk.as_ref() else {
                return Ok(None);
            };
            if let Some(word) = disk.words.walk(&mut walk.words) {
                return disk.words.made(py, word).map(Some);
            }
            match walk.log.next(&disk.seen).map_err(|error| os_error(&error))? {
                Some((key, [])) => return canonical::read(py, key).map(Some),
                Some((key, beside)) => (key.to_vec(), beside.to_vec()),
                None => return Ok(None),
            }
        };
        self.made(py, &key, &beside).map(Some)
    }

    /// A real set of everything.
    fn whole<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        let set = self.small.bind(py).call_method0("copy")?.cast_into::<PySet>()?;
        let mut walk = self.way(py)?;
        while let Some(element) = self.walk(py, &mut walk)? {
            set.add(element)?;
        }
        Ok(set)
    }
}

/// Adds the classes to the extension module.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<SpillSet>()?;
    let class = py.get_type::<SpillSet>();
    fast::install(&class)?;
    class.setattr("__hash__", py.None())?;
    py.import("_collections_abc")?.getattr("MutableSet")?.call_method1("register", (class,))?;
    Ok(())
}

fn too_many(given: usize) -> PyErr {
    PyTypeError::new_err(format!("set expected at most 1 argument, got {given}"))
}
