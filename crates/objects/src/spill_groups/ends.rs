//! The last items of groups that are asked for them again and again: a run of numbers, or
//! of days, is extended at its end by looking at it.
//!
//! A group's items go to disk together, so that after each time the last one of every
//! group would have to be read again. It stays at hand instead, where it was asked for
//! since the time before.

use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use spacetime_runtime::chunks::Place;

use super::store::Store;

/// Of so many groups at the most, and of fewer where items are large.
const MOST: usize = 1 << 12;

#[derive(Default)]
pub struct Ends {
    /// Groups whose last item was asked for since something was written last.
    asked: FxHashSet<u32>,
    /// The last chunk of a group, and the last item in it.
    known: FxHashMap<u32, (Place, Py<PyAny>)>,
    /// What was taken away from the disk before that.
    version: u64,
}

impl Ends {
    pub fn items(&self) -> impl Iterator<Item = &Py<PyAny>> {
        self.known.values().map(|(_, item)| item)
    }
}

impl Store {
    /// Notes that the last item of a group is asked for.
    #[inline]
    pub fn ask_end(&self, number: u32) {
        let mut ends = self.ends.borrow_mut();
        if ends.asked.len() < MOST {
            ends.asked.insert(number);
        }
    }

    /// The last item of a group of which all are on disk, the last chunk being there.
    pub fn known_end<'py>(&self, py: Python<'py>, number: u32, last: Place) -> Option<Bound<'py, PyAny>> {
        let ends = self.ends.borrow();
        let (place, item) = ends.known.get(&number).filter(|_| ends.version == self.version.get())?;
        (*place == last).then(|| item.bind(py).clone())
    }

    /// Keeps such an item, if it was asked for; gives back what is no longer needed.
    pub fn keep_end(&self, number: u32, last: Place, item: Py<PyAny>) -> Vec<Py<PyAny>> {
        let mut ends = self.ends.borrow_mut();
        let mut gone = Vec::new();
        if ends.version != self.version.get() {
            gone.extend(ends.known.drain().map(|(_, (_, item))| item));
            ends.version = self.version.get();
        }
        // They take no more than a small part of what may wait.
        let room = (self.limit() / 4 / self.average.get().max(1)).min(MOST);
        if ends.asked.remove(&number) && ends.known.len() < room {
            gone.extend(ends.known.insert(number, (last, item)).map(|(_, item)| item));
        } else {
            gone.extend(ends.known.remove(&number).map(|(_, item)| item));
            gone.push(item);
        }
        gone
    }

    /// Lets all of them go.
    pub fn forget_ends(&self) -> Ends {
        self.ends.try_borrow_mut().map(|mut ends| std::mem::take(&mut *ends)).unwrap_or_default()
    }
}
