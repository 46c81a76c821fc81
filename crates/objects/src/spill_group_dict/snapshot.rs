//! All values in the order of the dictionaries, to be walked.

use std::rc::Rc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::store::DictStore;
use crate::spill_dict::{SpillDictIterator, What};
use crate::spill_groups::Cursor;
use crate::spill_groups::store::Store;

/// When one part in so many of all entries has been looked up, all values are brought
/// into order.
const PART: usize = 4;

/// See the module.
#[derive(Default)]
pub struct Snapshot {
    /// The values of each in the order of its keys.
    values: Option<Rc<Store>>,
    /// Of which they are still those.
    valid: Vec<u64>,
    /// So many values were looked up since.
    looked: usize,
}

impl Snapshot {
    /// A value has changed.
    #[inline]
    pub fn forget(&mut self, number: u32) {
        if let Some(word) = self.valid.get_mut(number as usize / 64) {
            *word &= !(1 << (number % 64));
        }
    }

    fn of(&self, number: u32) -> Option<&Rc<Store>> {
        let word = self.valid.get(number as usize / 64)?;
        if word & (1 << (number % 64)) == 0 { None } else { self.values.as_ref() }
    }
}

impl DictStore {
    /// One on disk will be walked with its values.
    pub fn prepare(&self, py: Python<'_>, number: u32) -> PyResult<()> {
        let all = {
            let mut snapshot = self.snapshot.borrow_mut();
            if self.odd.get() || snapshot.of(number).is_some() {
                return Ok(());
            }
            snapshot.looked += self.order.len(number);
            let all = self.shared.get().len(py)?;
            if snapshot.looked < all / PART {
                return Ok(());
            }
            all
        };
        self.bring_into_order(py, all)
    }

    #[cold]
    fn bring_into_order(&self, py: Python<'_>, all: usize) -> PyResult<()> {
        let old = self.snapshot.take();
        drop(old);
        let values = Store::new(py, self.policy)?;
        let count = self.order.tables.borrow().groups.count();
        for _ in 0..count {
            values.add_group(Vec::new())?;
        }
        let mut seen = 0;
        for entry in SpillDictIterator::new(self.shared.bind(py), What::Items)?.try_iter()? {
            let entry = entry?.cast_into::<PyTuple>()?;
            let number: u32 = entry.get_item(0)?.get_item(0)?.extract()?;
            seen += 1;
            if self.is_on_disk(number) && (number as usize) < count {
                values.push(number, entry.get_item(1)?.unbind());
            }
        }
        let mut valid = vec![0; count.div_ceil(64)];
        for number in 0..count as u32 {
            if seen == all && values.len(number) == self.order.len(number) {
                valid[number as usize / 64] |= 1 << (number % 64);
            }
        }
        let made = Snapshot { values: Some(Rc::new(values)), valid, looked: 0 };
        let old = self.snapshot.replace(made);
        drop(old);
        Ok(())
    }

    /// The value of the key that is at an index of one on disk.
    pub fn value<'py>(
        &self,
        key: &Bound<'py, PyAny>,
        number: u32,
        index: usize,
        cursor: &mut Cursor,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let values = self.snapshot.borrow().of(number).map(Rc::clone);
        if let Some(values) = values {
            cursor.seek(index);
            return cursor.next(key.py(), &values, number);
        }
        self.get(number, key)
    }
}
