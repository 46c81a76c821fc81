//! `group.sort()` where the group is large: its items stay on disk.
//!
//! They are moved to a group that nobody knows, and so, as those of a list that is being
//! sorted, they cannot be seen or changed meanwhile; in their order they are written again.

use std::rc::Rc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyTuple};

use super::group::SpillGroup;
use super::store::{Gone, Store};
use crate::sort::{next, sort_or};
use crate::spill_list::is_about_the_disk;

/// A group whose items on disk take more, as objects, than this part of what may wait is
/// large.
const PART: usize = 2;

impl Store {
    /// Gives everything in a group to another one; what was in that is given back.
    fn hand_over(&self, from: u32, to: u32) -> Gone {
        let mut tables = self.tables.borrow_mut();
        let (items, waiting) = (tables.groups.items(from), tables.take_waiting(from));
        let (last, before) = (tables.groups.take(from), tables.groups.take(to));
        tables.groups.set(to, last, items);
        let gone = tables.take_waiting(to);
        if !waiting.is_empty() {
            *tables.waiting_mut(to) = waiting;
            tables.touched.push(to);
        }
        drop(tables);
        self.edits.set(self.edits.get() + 1);
        self.version.set(self.version.get() + 1);
        Gone::of(gone, self.release(before))
    }
}

impl SpillGroup {
    /// Whether its items had better not all be in memory.
    pub fn is_large(&self) -> bool {
        let store = &self.store;
        let taken = store.spilled(self.number.get()) * store.average.get();
        taken > store.limit() / PART && !store.resident.get()
    }

    /// Sorts the items where they are; `None` if a list has to do it.
    pub fn sort_on_disk<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<PyResult<()>>> {
        // What a list says to these is said before anything is done.
        PyList::empty(py).call_method("sort", args, options)?;
        let option = |name| options.map_or(Ok(None), |options| options.get_item(name));
        let key = option("key")?.unwrap_or_else(|| py.None().into_bound(py));
        let reverse = option("reverse")?.unwrap_or_else(|| PyBool::new(py, false).to_owned().into_any());
        if !reverse.is_exact_instance_of::<PyBool>() {
            return Ok(None);
        }
        let (store, number) = (&self.store, self.number.get());
        let apart = || -> PyResult<Bound<'py, Self>> {
            let number = store.add_group(Vec::new())?;
            let group = Bound::new(py, Self::new(Rc::clone(store), number))?;
            // Nobody but the view refers to it.
            drop(store.let_go(number));
            Ok(group)
        };
        let (aside, sorted) = (apart()?, apart()?);
        // What the sort holds cannot be written, and nothing else is then.
        store.write_out(py);
        let (from, to) = (aside.get().number.get(), sorted.get().number.get());
        drop(store.hand_over(number, from));
        let mut left = None;
        let done = sort_or(aside.try_iter()?.as_any(), &key, &reverse, store.codec.policy(), &mut left);
        let done = done.and_then(|items| {
            while let Some(item) = next(&items)? {
                store.push(to, item.unbind());
            }
            Ok(())
        });
        let touched = self.len() > 0;
        drop(store.hand_over(if done.is_ok() { to } else { from }, number));
        if let Some(left) = left {
            // A list is left in the order in which it was when comparing failed.
            let items = left.iter().map(Bound::unbind).collect();
            drop(left);
            drop(self.edit(py, |waiting| std::mem::replace(waiting, items))?);
            store.settle(py);
        }
        Ok(match done {
            Ok(()) if touched => Some(Err(PyValueError::new_err("list modified during sort"))),
            Err(error) if is_about_the_disk(py, &error) => None,
            done => Some(done),
        })
    }
}
