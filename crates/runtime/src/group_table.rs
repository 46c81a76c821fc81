//! Where the groups of [`chunks`](crate::chunks) are on disk, in eight bytes for each.
//!
//! A row says where the last chunk of a group is, how many of its items are on disk, and how
//! many refer to it; what does not fit into the bits of a row is in a table of its own.

use std::collections::HashMap;

use crate::chunks::Place;

/// So many bits are for references, and for items; the others are for a place: a block
/// begins no chunk behind `BLOCK`.
const REFS: u32 = 8;
const ITEMS: u32 = 16;
const OFFSET: u32 = 16;
/// The largest number of each says that it is elsewhere, or nowhere.
const MANY_REFS: u64 = (1 << REFS) - 1;
const MANY_ITEMS: u64 = (1 << ITEMS) - 1;
const NO_BLOCK: u64 = (1 << (64 - REFS - ITEMS - OFFSET)) - 1;

/// No chunk may begin behind so many bytes of its block.
pub const BLOCK: usize = 1 << OFFSET;

/// See the module.
#[derive(Debug, Default)]
pub struct GroupTable {
    rows: Vec<u64>,
    free: Vec<u32>,
    refs: HashMap<u32, u64>,
    items: HashMap<u32, u64>,
}

impl GroupTable {
    /// A new group, to which one refers and of which nothing is on disk; `None` if there are
    /// too many.
    pub fn add(&mut self) -> Option<u32> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.rows.len()).ok().filter(|number| *number < u32::MAX)?;
                if self.rows.len() == self.rows.capacity() {
                    self.rows.reserve_exact(self.rows.len() / 8 + 16);
                }
                self.rows.push(0);
                number
            }
        };
        self.rows[number as usize] = 1;
        self.set(number, Place::NONE, 0);
        Some(number)
    }

    /// How many groups there have been at the same time.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Whether a chunk at a place can be noted.
    pub fn fits(place: Place) -> bool {
        u64::from(place.block) < NO_BLOCK && (place.offset as usize) < BLOCK
    }

    #[inline]
    fn row(&self, number: u32) -> u64 {
        self.rows.get(number as usize).copied().unwrap_or((NO_BLOCK << (OFFSET + ITEMS + REFS)) | 1)
    }

    /// The last chunk of a group.
    #[inline]
    pub fn last(&self, number: u32) -> Place {
        let place = self.row(number) >> (ITEMS + REFS);
        match place >> OFFSET {
            NO_BLOCK => Place::NONE,
            block => Place { block: block as u32, offset: (place & ((1 << OFFSET) - 1)) as u32 },
        }
    }

    /// How many of its items are on disk.
    #[inline]
    pub fn items(&self, number: u32) -> usize {
        let items = (self.row(number) >> REFS) & MANY_ITEMS;
        let items = if items == MANY_ITEMS { self.items.get(&number).copied() } else { Some(items) };
        items.map_or(0, |items| items as usize)
    }

    /// Notes the last chunk, which [fits](Self::fits), and the number of items on disk.
    pub fn set(&mut self, number: u32, last: Place, items: usize) {
        let Some(row) = self.rows.get_mut(number as usize) else { return };
        let place = if last == Place::NONE {
            NO_BLOCK << OFFSET
        } else {
            (u64::from(last.block) << OFFSET) | u64::from(last.offset)
        };
        let before = (*row >> REFS) & MANY_ITEMS;
        let short = (items as u64).min(MANY_ITEMS);
        *row = (((place << ITEMS) | short) << REFS) | (*row & MANY_REFS);
        if short == MANY_ITEMS {
            self.items.insert(number, items as u64);
        } else if before == MANY_ITEMS {
            self.items.remove(&number);
        }
    }

    /// Nothing of a group is on disk any more. Gives where its last chunk was.
    pub fn take(&mut self, number: u32) -> Place {
        let last = self.last(number);
        self.set(number, Place::NONE, 0);
        last
    }

    /// One more refers to it.
    #[inline]
    pub fn hold(&mut self, number: u32) {
        let Some(row) = self.rows.get_mut(number as usize) else { return };
        match *row & MANY_REFS {
            MANY_REFS => *self.refs.entry(number).or_insert(MANY_REFS) += 1,
            refs => {
                *row += 1;
                if refs + 1 == MANY_REFS {
                    self.refs.insert(number, MANY_REFS);
                }
            }
        }
    }

    /// One less does. Whether nobody is left; then it may be [removed](Self::remove).
    #[inline]
    pub fn let_go(&mut self, number: u32) -> bool {
        let Some(row) = self.rows.get_mut(number as usize) else { return false };
        if *row & MANY_REFS == MANY_REFS {
            let refs = self.refs.entry(number).or_insert(MANY_REFS);
            *refs -= 1;
            if *refs >= MANY_REFS {
                return false;
            }
            self.refs.remove(&number);
        }
        *row -= 1;
        *row & MANY_REFS == 0
    }

    /// Whether somebody refers to it.
    pub fn is_held(&self, number: u32) -> bool {
        self.rows.get(number as usize).is_some_and(|row| *row & MANY_REFS > 0)
    }

    /// The number of a group to which nobody refers, and of which nothing is on disk, may be
    /// used again.
    pub fn remove(&mut self, number: u32) {
        self.free.push(number);
    }

    /// Nothing of any group is on disk any more.
    pub fn forget_places(&mut self) {
        for number in 0..self.rows.len() as u32 {
            self.take(number);
        }
    }

    /// Takes the last chunks of all groups.
    pub fn take_all(&mut self) -> Vec<Place> {
        let all = (0..self.rows.len() as u32).map(|number| self.take(number));
        all.filter(|place| *place != Place::NONE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_numbers_come_back() {
        let mut table = GroupTable::default();
        let numbers: Vec<u32> = (0..100).map(|_| table.add().unwrap()).collect();
        let place = |n: u32| Place { block: n * 167_000, offset: n * 655 };
        for &n in &numbers {
            assert_eq!((table.last(n), table.items(n)), (Place::NONE, 0));
            assert!(GroupTable::fits(place(n)));
            table.set(n, place(n), n as usize * 20_000);
        }
        for &n in &numbers {
            assert_eq!((table.last(n), table.items(n)), (place(n), n as usize * 20_000));
        }
        table.set(90, place(3), 7);
        assert_eq!((table.last(90), table.items(90)), (place(3), 7));
        assert_eq!(table.take(91), place(91));
        assert_eq!((table.last(91), table.items(91)), (Place::NONE, 0));
        assert!(!GroupTable::fits(Place { block: 1, offset: 1 << 16 }));
        assert!(!GroupTable::fits(Place { block: 1 << 24, offset: 0 }));
        assert_eq!(table.take_all().len(), 99);
        table.set(7, place(5), 9);
        table.forget_places();
        assert_eq!((table.last(7), table.items(7), table.is_held(7)), (Place::NONE, 0, true));
    }

    #[test]
    fn references_are_counted() {
        let mut table = GroupTable::default();
        for most in [1, 2, 254, 255, 256, 1000] {
            let number = table.add().unwrap();
            table.set(number, Place { block: 5, offset: 9 }, 3);
            for _ in 1..most {
                table.hold(number);
            }
            for left in (0..most).rev() {
                assert_eq!(table.let_go(number), left == 0, "{most} {left}");
                assert_eq!(table.is_held(number), left > 0);
                assert_eq!((table.last(number), table.items(number)), (Place { block: 5, offset: 9 }, 3));
            }
            table.remove(number);
            assert_eq!(table.add(), Some(number));
            assert_eq!((table.last(number), table.items(number)), (Place::NONE, 0));
        }
    }
}
