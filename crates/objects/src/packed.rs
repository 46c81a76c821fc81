//! Items of a sort as whole objects are packed, where the caller promises that
//! they are not changed any more.
//!
//! An item is packed a little after it has come: what gave it may hold it until
//! it is asked for the next one, and what others hold stays in memory.

use std::collections::VecDeque;
use std::rc::Rc;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use spacetime_runtime::Sorter;
use spacetime_runtime::pack::Input;

use super::record::{Codec, Groups, Output, Policy, RecentTexts, Source};
use super::size::size;

/// So many items wait.
pub const LAST: usize = 8;
/// The size of one item in so many is looked at.
const LOOKED_AT: usize = 8;

/// An item that waits, with its key in bytes.
struct Waiting {
    item: Py<PyAny>,
    key: Vec<u8>,
    /// What the key takes as an object.
    cost: usize,
}

/// Packs items.
pub struct Packer {
    codec: Rc<Codec>,
    output: Output,
    waiting: VecDeque<Waiting>,
    /// Room for keys.
    spare: Vec<Vec<u8>>,
    packed: usize,
    /// What the item that was looked at last takes.
    size: usize,
}

impl Packer {
    pub fn new(py: Python<'_>, policy: Policy) -> Self {
        let mut output = Output::apart();
        output.take_groups();
        Self {
            codec: Codec::common(py, policy),
            output,
            waiting: VecDeque::new(),
            spare: Vec::new(),
            packed: 0,
            size: 0,
        }
    }

    /// How many items wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many objects stay in memory.
    pub fn pinned(&self) -> usize {
        self.output.pins.len()
    }

    /// Takes an item.
    #[inline]
    pub fn wait(&mut self, item: &Bound<'_, PyAny>, key: &[u8], cost: usize) {
        let mut room = self.spare.pop().unwrap_or_default();
        room.extend_from_slice(key);
        self.waiting.push_back(Waiting { item: item.clone().unbind(), key: room, cost });
    }

    /// Gives the first of the waiting items to the sorter.
    #[inline]
    pub fn pack_first(&mut self, py: Python<'_>, sorter: &mut Sorter) {
        let Some(Waiting { item, mut key, cost }) = self.waiting.pop_front() else {
            return;
        };
        if self.packed.is_multiple_of(LOOKED_AT) {
            // SAFETY: the item is alive.
            self.size = unsafe { size(item.as_ptr(), 0) };
        }
        self.packed += 1;
        self.output.bytes.clear();
        self.codec.write(py, item.as_ptr(), 1, &mut self.output);
        sorter.push(&key, &self.output.bytes, cost + self.size);
        if self.spare.len() < 2 * LAST {
            key.clear();
            self.spare.push(key);
        }
    }

    /// What makes the items again, if there are any.
    pub fn unpacker(self, py: Python<'_>) -> PyResult<Option<Unpacker>> {
        if self.packed == 0 {
            return Ok(None);
        }
        let recent = Box::new(RecentTexts::known(py, self.output.texts())?);
        Ok(Some(Unpacker { codec: self.codec, pins: self.output.pins, groups: self.output.groups, recent }))
    }
}

/// Makes packed items again.
pub struct Unpacker {
    codec: Rc<Codec>,
    pins: Vec<Py<PyAny>>,
    groups: Option<Rc<Groups>>,
    recent: Box<RecentTexts>,
}

// SAFETY: everything in here is used with the interpreter's lock held only, which
// extension modules for the stable ABI can rely on.
unsafe impl Send for Unpacker {}
// SAFETY: as above.
unsafe impl Sync for Unpacker {}

impl Unpacker {
    /// Shows the garbage collector what is held here.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.pins.iter().try_for_each(|pin| visit.call(pin))
    }

    #[inline]
    pub fn item<'py>(&mut self, py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let (input, groups) = (Input::new(bytes, 0), self.groups.as_deref());
        self.codec.read(&mut Source { py, input, recent: &mut self.recent, pins: &self.pins, groups })
    }
}
