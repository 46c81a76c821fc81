//! What two sets have in common, and what not: without a real set of what is on disk.
//!
//! One of them is walked, and its elements are looked for in the other. Records on disk are
//! taken as bytes with their hashes, many at a time, so that the other's log is read from
//! the beginning to the end and no element has to be made.

use std::rc::Rc;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;
use pyo3::types::{PyFrozenSet, PyList, PySet};
use spacetime_runtime::exact::{Key, LONGEST};
use spacetime_runtime::gathered::Steps;
use spacetime_runtime::seen::{Batch, parse};

use super::{Disk, SpillSet, Way};
use crate::canonical;
use crate::settings::{self, os_error};

/// One part in so many of the budget is taken by records that are looked for together.
const PART: usize = 8;
/// A larger set is walked as it is.
const FEW: usize = 20_000;

/// One of the two.
#[derive(Clone)]
pub enum Side<'py> {
    Spilled(Bound<'py, SpillSet>),
    /// An instance of `set` or `frozenset`.
    Real(Bound<'py, PyAny>),
    /// A view of the keys of a dictionary.
    Keys(Bound<'py, PyAny>),
    /// A dictionary, of whose keys no more is known than of any items.
    Dict(Bound<'py, PyAny>),
}

/// An element of the set that is walked.
enum Piece<'a, 'py> {
    Object(&'a Bound<'py, PyAny>),
    /// The hash and the record, and who has written it.
    Record(u64, &'a [u8], &'a SpillSet),
}

/// What is made of two sets.
#[derive(Clone, Copy)]
pub enum Operation {
    Union,
    Intersection,
    Difference,
    /// What is in one of them only.
    Either,
}

impl<'py> Side<'py> {
    /// `None` for everything else but sets.
    pub fn of(other: &Bound<'py, PyAny>) -> Option<Self> {
        if let Ok(set) = other.cast::<SpillSet>() {
            return Some(Self::Spilled(set.clone()));
        }
        let is_set = other.is_instance_of::<PySet>() || other.is_instance_of::<PyFrozenSet>();
        is_set.then(|| Self::Real(other.clone()))
    }

    fn len(&self) -> PyResult<usize> {
        match self {
            Self::Spilled(set) => set.get().len(set.py()),
            // SAFETY: it is a set of some sort.
            Self::Real(set) => match unsafe { ffi::PySet_Size(set.as_ptr()) } {
                size if size < 0 => Err(PyErr::fetch(set.py())),
                size => Ok(size.cast_unsigned()),
            },
            Self::Keys(keys) | Self::Dict(keys) => keys.len(),
        }
    }

    fn contains(&self, element: &Bound<'py, PyAny>) -> PyResult<bool> {
        match self {
            Self::Spilled(set) => set.get().holds(element),
            // SAFETY: it is a set of some sort, and the element is alive.
            Self::Real(set) => match unsafe { ffi::PySet_Contains(set.as_ptr(), element.as_ptr()) } {
                found if found < 0 => Err(PyErr::fetch(set.py())),
                found => Ok(found == 1),
            },
            Self::Keys(keys) | Self::Dict(keys) => keys.contains(element),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Spilled(one), Self::Spilled(other)) => one.is(other),
            (Self::Real(one), Self::Real(other)) => one.is(other),
            _ => false,
        }
    }

    /// Calls a function with each element, and whether the other set has it, until it says
    /// no; says whether it never did.
    fn walk(
        &self,
        other: Option<&Self>,
        mut each: impl FnMut(Piece<'_, 'py>, bool) -> PyResult<bool>,
    ) -> PyResult<bool> {
        let has = |element: &Bound<'py, PyAny>| other.map_or(Ok(false), |other| other.contains(element));
        let few = self.few()?;
        let flags = match (other, &few) {
            (Some(Self::Spilled(other)), Some(few)) if !self.is_on_disk() => other.get().which(few)?,
            _ => None,
        };
        let mut beside = if flags.is_some() { None } else { self.beside(other)? };
        for (place, element) in few.iter().flat_map(PyListMethods::iter).enumerate() {
            let found = flags.as_ref().map_or_else(|| has(&element), |flags| Ok(flags[place]))?;
            if !each(Piece::Object(&element), found)? {
                return Ok(false);
            }
        }
        let set = match self {
            Self::Spilled(set) => set,
            _ if few.is_some() => return Ok(true),
            Self::Real(set) | Self::Keys(set) | Self::Dict(set) => {
                for element in set.try_iter()? {
                    let element = element?;
                    if !each(Piece::Object(&element), has(&element)?)? {
                        return Ok(false);
                    }
                }
                return Ok(true);
            }
        };
        let py = set.py();
        let mut way = set.get().way(py)?;
        while let Some(element) = set.get().next_word(py, &mut way)? {
            if !each(Piece::Object(&element), has(&element)?)? {
                return Ok(false);
            }
        }
        let mut batch = Batch::default();
        while set.get().fill(&mut way, &mut batch)? {
            let only_bytes = match (other, &mut beside) {
                (_, Some(steps)) => {
                    steps.find_all(&mut batch).map(|()| true).map_err(|error| os_error(&error))?
                }
                (Some(Self::Spilled(other)), _) => other.get().find_all(py, &mut batch)?,
                (Some(_), _) => false,
                (None, _) => true,
            };
            for number in 0..batch.len() {
                let Some((hash, record, found)) = batch.get(number) else { continue };
                let found = found || !only_bytes && has(&set.get().made_of(py, record)?)?;
                if !each(Piece::Record(hash, record, set.get()), found)? {
                    return Ok(false);
                }
            }
            batch.clear();
        }
        Ok(true)
    }

    /// What of it is a real set, unless that is a large one.
    fn few(&self) -> PyResult<Option<Bound<'py, PyList>>> {
        match self {
            Self::Spilled(set) => PyList::new(set.py(), set.get().small.bind(set.py()).iter()).map(Some),
            _ if self.len()? > FEW => Ok(None),
            Self::Real(set) | Self::Keys(set) | Self::Dict(set) => {
                let list = PyList::empty(set.py());
                for element in set.try_iter()? {
                    list.append(element?)?;
                }
                Ok(Some(list))
            }
        }
    }

    /// What is gathered of the other, where this stands in the same order. Another that has
    /// gathered can be asked from then on.
    fn beside(&self, other: Option<&Self>) -> PyResult<Option<Steps>> {
        let Some(Self::Spilled(other)) = other.filter(|other| other.is_gathered()) else { return Ok(None) };
        let (py, other) = (other.py(), other.get());
        if let Self::Spilled(set) = self
            && set.get().dissolve(py)?
            && other.dissolve(py)?
        {
            return Ok(other.steps());
        }
        other.be_asked()?;
        Ok(None)
    }

    fn is_on_disk(&self) -> bool {
        matches!(self, Self::Spilled(set) if set.get().is_on_disk())
    }

    fn is_gathered(&self) -> bool {
        matches!(self, Self::Spilled(set) if set.get().is_gathered())
    }

    fn is_subset(&self, other: &Self) -> PyResult<bool> {
        if self.is(other) {
            return Ok(true);
        }
        Ok(self.len()? <= other.len()? && self.walk(Some(other), |_, found| Ok(found))?)
    }

    pub fn is_disjoint(&self, other: &Self) -> PyResult<bool> {
        if self.is(other) {
            return Ok(self.len()? == 0);
        }
        let (few, many) = if other.len()? > self.len()? { (self, other) } else { (other, self) };
        few.walk(Some(many), |_, found| Ok(!found))
    }

    pub fn compare(&self, other: &Self, how: CompareOp) -> PyResult<bool> {
        let sizes = self.len()?.cmp(&other.len()?);
        Ok(match how {
            CompareOp::Eq => sizes.is_eq() && self.is_subset(other)?,
            CompareOp::Ne => sizes.is_ne() || !self.is_subset(other)?,
            CompareOp::Le => self.is_subset(other)?,
            CompareOp::Lt => sizes.is_lt() && self.is_subset(other)?,
            CompareOp::Ge => other.is_subset(self)?,
            CompareOp::Gt => sizes.is_gt() && other.is_subset(self)?,
        })
    }
}

/// Puts what an operation gives into an empty set. Of equal elements that one is taken
/// which real sets would take.
pub fn combine<'py>(
    left: &Side<'py>,
    right: &Side<'py>,
    operation: Operation,
    into: &SpillSet,
) -> PyResult<()> {
    let py = match left {
        Side::Spilled(set) => set.py(),
        Side::Real(set) | Side::Keys(set) | Side::Dict(set) => set.py(),
    };
    let put = |piece: Piece<'_, 'py>, wanted: bool| -> PyResult<bool> {
        if wanted {
            into.put(py, &piece)?;
        }
        Ok(true)
    };
    let same = left.is(right);
    match operation {
        Operation::Union | Operation::Intersection if same => left.walk(None, |piece, _| put(piece, true)),
        _ if same => Ok(true),
        Operation::Union => {
            left.walk(None, |piece, _| put(piece, true))?;
            right.walk(Some(left), |piece, found| put(piece, !found))
        }
        Operation::Intersection => {
            let (walked, other) = if walks_left(left, right)? { (left, right) } else { (right, left) };
            walked.walk(Some(other), put)
        }
        Operation::Difference => left.walk(Some(right), |piece, found| put(piece, !found)),
        Operation::Either => {
            left.walk(Some(right), |piece, found| put(piece, !found))?;
            right.walk(Some(left), |piece, found| put(piece, !found))
        }
    }?;
    Ok(())
}

/// Which of the two an intersection takes the elements of. A view beside what is none takes those of
/// the other, unless that is a set and no smaller: the set is asked then.
fn walks_left(left: &Side<'_>, right: &Side<'_>) -> PyResult<bool> {
    let asks = |view: &Side<'_>, other: &Side<'_>| -> PyResult<bool> {
        let is_set = match other {
            Side::Spilled(_) => true,
            Side::Real(set) => set.is_exact_instance_of::<PySet>(),
            Side::Keys(_) | Side::Dict(_) => false,
        };
        Ok(is_set && view.len()? <= other.len()?)
    };
    match (left, right) {
        (Side::Keys(_), Side::Keys(_)) => Ok(right.len()? > left.len()?),
        (Side::Keys(_), _) => asks(left, right),
        (_, Side::Keys(_)) => Ok(!asks(right, left)?),
        _ => Ok(right.len()? > left.len()?),
    }
}

/// What canonical bytes may have a word by.
fn key_of(bytes: &[u8]) -> Option<Key<'_>> {
    if let Some(value) = canonical::as_int(bytes) {
        return Some(Key::Int(value));
    }
    canonical::as_text(bytes).filter(|text| text.len() <= LONGEST).map(Key::Text)
}

impl Disk {
    /// Adds a record that is not there.
    pub(super) fn put(&mut self, hash: u64, record: &[u8], key: &[u8], beside: &[u8]) {
        let word = if beside.is_empty() { key_of(key).and_then(|key| self.words.make(key)) } else { None };
        match word {
            Some(word) => {
                self.words.insert(word, || Ok(hash.cast_signed() as isize));
            }
            None => self.seen.insert(hash, record),
        }
    }
}

impl SpillSet {
    /// What is made of two sides of which none is one of ours.
    pub fn combined(
        py: Python<'_>,
        left: &Side<'_>,
        right: &Side<'_>,
        operation: Operation,
    ) -> PyResult<Self> {
        let set = Self::empty(py, false)?;
        // Hardly an element comes twice.
        set.most.set(0);
        combine(left, right, operation, &set)?;
        Ok(set)
    }

    /// An empty set, which reads what this one has written.
    pub(super) fn empty_like(&self, py: Python<'_>) -> PyResult<Self> {
        let mut set = Self::empty(py, self.asked.get())?;
        set.codec = Rc::clone(&self.codec);
        // Hardly an element comes twice.
        set.most.set(0);
        Ok(set)
    }

    /// Holds what another set has held that was made by [`Self::empty_like`].
    pub(super) fn take_over(&self, py: Python<'_>, other: &Self) -> PyResult<()> {
        let small = self.small.bind(py);
        self.asked.set(self.asked.get() && other.asked.get());
        let before = self.disk.replace(other.disk.take());
        self.total.set(other.total.get());
        self.left.set(other.left.get());
        small.clear();
        drop(before);
        other.small.bind(py).iter().try_for_each(|element| small.add(element))
    }

    /// Everything that this one holds, in another.
    pub(super) fn copied(this: &Bound<'_, Self>) -> PyResult<Self> {
        let copy = this.get().empty_like(this.py())?;
        let side = Side::Spilled(this.clone());
        combine(&side, &side, Operation::Union, &copy)?;
        Ok(copy)
    }

    /// Takes the next records of the log; false if there are none.
    fn fill(&self, way: &mut Way, batch: &mut Batch) -> PyResult<bool> {
        let most = settings::memory()? / PART;
        if let Some(steps) = &mut way.steps {
            while batch.size() < most && steps.advance().map_err(|error| os_error(&error))? {
                let (key, beside) = steps.found();
                batch.push(steps.hash(), key, beside);
            }
            return Ok(!batch.is_empty());
        }
        let disk = self.disk.borrow();
        let Some(disk) = disk.as_ref() else { return Ok(false) };
        while batch.size() < most {
            match way.log.next_hashed(&disk.seen).map_err(|error| os_error(&error))? {
                Some((hash, (key, beside))) => batch.push(hash, key, beside),
                None => break,
            }
        }
        Ok(!batch.is_empty())
    }

    /// Finds out which records of a batch are here; says whether that is all that can be
    /// said of them.
    fn find_all(&self, py: Python<'_>, batch: &mut Batch) -> PyResult<bool> {
        let mut disk = self.disk.borrow_mut();
        let Some(disk) = disk.as_mut() else { return Ok(false) };
        let Disk { words, seen, .. } = &mut **disk;
        if words.len() > 0 {
            batch.see(|record| {
                let key = parse(record).and_then(|(key, _, _)| key_of(key));
                key.is_some_and(|key| words.has(key))
            });
        }
        seen.find_all(batch).map_err(|error| os_error(&error))?;
        Ok(self.small.bind(py).len() == 0)
    }

    fn made_of<'py>(&self, py: Python<'py>, record: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let (key, beside, _) = parse(record).unwrap_or_default();
        self.made(py, key, beside)
    }

    /// Adds an element that is not there.
    fn put(&self, py: Python<'_>, piece: &Piece<'_, '_>) -> PyResult<()> {
        let (hash, record, writer) = match piece {
            Piece::Object(element) => return self.add(element),
            Piece::Record(hash, record, writer) => (*hash, *record, *writer),
        };
        let (key, beside, _) = parse(record).unwrap_or_default();
        let readable = beside.is_empty() || Rc::ptr_eq(&self.codec, &writer.codec);
        if readable && let Some(disk) = self.disk.borrow_mut().as_mut() {
            if disk.is_full() {
                return disk.gather(hash, key, beside).map(drop);
            }
            disk.put(hash, record, key, beside);
            return Ok(());
        }
        self.add(&writer.made(py, key, beside)?)
    }
}
