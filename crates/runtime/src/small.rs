//! Small dictionaries of byte strings, each in one piece of memory, in the order in which the
//! keys came: a few bytes for each entry besides key and value.

/// A dictionary takes less than so many bytes, so that its index can say where entries are.
const MOST: usize = (1 << 24) - 1;
/// The same with two bytes for each place, not three.
const NARROW: usize = (1 << 16) - 1;
/// Numbers have room for all that one may become.
const NUMBER: usize = 9;
/// A kilobyte: so much at least is moved each time a value gets more room, as all behind it is.
const MOVED: usize = 10;
/// So many entries are found without an index.
const FEW: usize = 8;
/// Values have room for less than so many bytes where one byte tells room and length.
const SHORT: usize = 15;
/// No value is longer.
const LONGEST: usize = 255;

/// What an allocation takes besides, roughly.
const OVERHEAD: usize = 16;

/// A key begins with its length, in seven bits. Each value stands behind its key, with room to
/// grow.
#[derive(Debug, Default)]
pub struct Small {
    bytes: Vec<u8>,
    /// Where entries begin, by the hashes of their keys, in two or three bytes.
    index: Box<[u8]>,
    count: u32,
    /// So many kilobytes have been moved; no more are than this can count.
    moved: u16,
    wide: bool,
}

/// An entry, as its offset in the bytes.
#[derive(Clone, Copy)]
struct Value {
    start: usize,
    length: usize,
    room: usize,
}

/// What became of an entry that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    New,
    Replaced,
    /// The value was replaced, and entries behind this offset stand so much later now.
    Moved(usize, usize),
    /// There is no room.
    Full,
}

fn key_length(head: u8) -> usize {
    1 + usize::from(head & 0x7f)
}

#[inline]
fn hash(key: &[u8]) -> u32 {
    let mut mixed = 0u64;
    for part in key.chunks(8) {
        let mut word = [0; 8];
        word[..part.len()].copy_from_slice(part);
        mixed = (mixed.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_shr(32) as u32
}

impl Small {
    pub fn len(&self) -> usize {
        self.count as usize
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What it takes in memory, in bytes.
    pub fn size(&self) -> usize {
        size_of::<Self>() + OVERHEAD + self.bytes.capacity() + self.index.len()
    }

    fn first_slot(&self, key: &[u8]) -> usize {
        ((u64::from(hash(key)) * self.slots() as u64) >> 32) as usize
    }

    #[inline]
    fn slots(&self) -> usize {
        if self.wide { self.index.len() / 3 } else { self.index.len() / 2 }
    }

    /// What stands in a slot of the index.
    #[inline]
    fn at(&self, slot: usize) -> Option<usize> {
        let place = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        if self.wide {
            Some(place(&self.index[3 * slot..3 * slot + 3])).filter(|at| *at != MOST)
        } else {
            Some(place(&self.index[2 * slot..2 * slot + 2])).filter(|at| *at != NARROW)
        }
    }

    fn put(&mut self, slot: usize, at: usize) {
        let width = if self.wide { 3 } else { 2 };
        let bytes = at.to_le_bytes();
        self.index[width * slot..width * (slot + 1)].copy_from_slice(&bytes[..width]);
    }

    fn after(&self, slot: usize) -> usize {
        if slot + 1 == self.slots() { 0 } else { slot + 1 }
    }

    /// Where the entry of a key begins.
    #[inline]
    fn find(&self, key: &[u8]) -> Option<usize> {
        let is_at = |at: usize| self.bytes.get(at..at + key.len()) == Some(key);
        if self.index.is_empty() {
            let mut at = 0;
            while at < self.bytes.len() {
                if is_at(at) {
                    return Some(at);
                }
                at = self.end(at);
            }
            return None;
        }
        let mut slot = self.first_slot(key);
        loop {
            match self.at(slot) {
                None => return None,
                Some(at) if is_at(at) => return Some(at),
                Some(_) => slot = self.after(slot),
            }
        }
    }

    #[inline]
    fn value_at(&self, at: usize) -> Value {
        let at = at + key_length(self.bytes[at]);
        let (room, length) = (usize::from(self.bytes[at] >> 4), usize::from(self.bytes[at] & 0xf));
        if room < SHORT {
            return Value { start: at + 1, length, room };
        }
        let (room, length) = (usize::from(self.bytes[at + 1]), usize::from(self.bytes[at + 2]));
        Value { start: at + 3, length, room }
    }

    fn end(&self, at: usize) -> usize {
        let value = self.value_at(at);
        value.start + value.room
    }

    /// The value of a key.
    #[inline]
    pub fn get(&self, key: &[u8]) -> Option<&[u8]> {
        let value = self.value_at(self.find(key)?);
        Some(&self.bytes[value.start..value.start + value.length])
    }

    /// The entry at an offset, and the offset of the next one.
    pub fn entry(&self, at: usize) -> Option<(&[u8], &[u8], usize)> {
        let key = self.bytes.get(at..at + key_length(*self.bytes.get(at)?))?;
        let value = self.value_at(at);
        Some((key, &self.bytes[value.start..value.start + value.length], value.start + value.room))
    }

    /// The offset of the entry that is at an index.
    pub fn offset(&self, index: usize) -> usize {
        (0..index).fold(0, |at, _| if at < self.bytes.len() { self.end(at) } else { at })
    }

    /// Sets the value of a key.
    #[inline]
    pub fn set(&mut self, key: &[u8], value: &[u8]) -> Set {
        if value.len() > LONGEST {
            return Set::Full;
        }
        let Some(at) = self.find(key) else { return self.add(key, value) };
        let before = self.value_at(at);
        if value.len() > before.room {
            return self.replace(at, before, value);
        }
        self.bytes[before.start..before.start + value.len()].copy_from_slice(value);
        if before.room < SHORT {
            self.bytes[before.start - 1] = (before.room << 4 | value.len()) as u8;
        } else {
            self.bytes[before.start - 1] = value.len() as u8;
        }
        Set::Replaced
    }

    fn add(&mut self, key: &[u8], value: &[u8]) -> Set {
        let room = value.len().max(NUMBER);
        let (at, more) = (self.bytes.len(), key.len() + 3 + room);
        if at + more >= MOST {
            return Set::Full;
        }
        if self.bytes.capacity() < at + more {
            self.bytes.reserve_exact(more + at / 8);
        }
        self.bytes.extend_from_slice(key);
        write_value(&mut self.bytes, room, value);
        self.count += 1;
        if self.len() > FEW {
            let too_wide = !self.wide && self.bytes.len() >= NARROW;
            if too_wide || self.len() * 5 > self.slots() * 4 {
                self.index_all();
            } else {
                self.note(at);
            }
        }
        Set::New
    }

    /// Gives a value more room.
    #[cold]
    fn replace(&mut self, at: usize, before: Value, value: &[u8]) -> Set {
        let room = (2 * value.len()).min(LONGEST);
        let mut new = Vec::with_capacity(room + 3);
        write_value(&mut new, room, value);
        let start = at + key_length(self.bytes[at]);
        let end = before.start + before.room;
        if self.bytes.len() + new.len() >= MOST {
            return Set::Full;
        }
        let more = new.len() - (end - start);
        let moved = 1 + ((self.bytes.len() - end) >> MOVED);
        let Some(moved) = u16::try_from(moved).ok().and_then(|moved| self.moved.checked_add(moved)) else {
            return Set::Full;
        };
        self.moved = moved;
        drop(self.bytes.splice(start..end, new));
        if !self.wide && self.bytes.len() >= NARROW {
            self.index_all();
            return Set::Moved(at, more);
        }
        for slot in 0..self.slots() {
            if let Some(place) = self.at(slot).filter(|place| *place > at) {
                self.put(slot, place + more);
            }
        }
        Set::Moved(at, more)
    }

    fn index_all(&mut self) {
        self.index = Box::default();
        self.wide |= self.bytes.len() >= NARROW;
        let width = if self.wide { 3 } else { 2 };
        self.index = vec![u8::MAX; self.len() * 7 / 4 * width].into_boxed_slice();
        let mut at = 0;
        while at < self.bytes.len() {
            self.note(at);
            at = self.end(at);
        }
    }

    fn note(&mut self, at: usize) {
        let key = &self.bytes[at..at + key_length(self.bytes[at])];
        let mut slot = self.first_slot(key);
        while self.at(slot).is_some() {
            slot = self.after(slot);
        }
        self.put(slot, at);
    }
}

fn write_value(into: &mut Vec<u8>, room: usize, value: &[u8]) {
    if room < SHORT {
        into.push((room << 4 | value.len()) as u8);
    } else {
        into.extend_from_slice(&[0xf0, room as u8, value.len() as u8]);
    }
    into.extend_from_slice(value);
    into.resize(into.len() + room - value.len(), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_set_in_order() {
        let (mut small, mut known) = (Small::default(), Vec::<(Vec<u8>, Vec<u8>)>::new());
        let mut state = 7u32;
        for _ in 0..6000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let text = format!("key {}", (state >> 8) % 900);
            let mut key = vec![text.len() as u8];
            key.extend(text.bytes());
            let value = vec![state as u8; (state >> 16) as usize % 40];
            match known.iter_mut().find(|entry| entry.0 == key) {
                Some(entry) => {
                    assert_eq!(small.get(&key), Some(&*entry.1));
                    assert!(matches!(small.set(&key, &value), Set::Replaced | Set::Moved(..)));
                    entry.1 = value;
                }
                None => {
                    assert_eq!(small.get(&key), None);
                    assert_eq!(small.set(&key, &value), Set::New);
                    known.push((key, value));
                }
            }
        }
        let (mut at, mut seen) = (0, Vec::new());
        while let Some((key, value, next)) = small.entry(at) {
            assert_eq!(small.offset(seen.len()), at);
            seen.push((key.to_vec(), value.to_vec()));
            at = next;
        }
        assert_eq!(seen, known);
        assert_eq!(small.len(), known.len());
    }

    #[test]
    fn says_when_it_is_full() {
        let mut small = Small::default();
        assert_eq!(small.set(&[1, 1], &[0; 256]), Set::Full);
        let key = |n: u32| {
            let bytes = n.to_le_bytes();
            [4, bytes[0], bytes[1], bytes[2], bytes[3]]
        };
        let added = (0..100_000).take_while(|n| small.set(&key(*n), &[7; 200]) == Set::New).count();
        assert!(added > 70_000);
        assert!(small.size() < 20 << 20);
        assert!((0..added as u32).all(|n| small.get(&key(n)) == Some(&[7; 200][..])));
    }

    #[test]
    fn values_of_large_ones_grow_until_that_takes_long() {
        let mut small = Small::default();
        let key = |n: u16| [2, n.to_le_bytes()[0], n.to_le_bytes()[1]];
        for n in 0..8000 {
            assert_eq!(small.set(&key(n), &[n as u8]), Set::New);
        }
        assert!((0..8000).all(|n| small.set(&key(n), &[n as u8; 9]) == Set::Replaced));
        let grown = (0..8000).take_while(|n| small.set(&key(*n), &[*n as u8; 30]) != Set::Full).count();
        assert!(grown > 400 && grown < 8000, "{grown}");
        for n in 0..8000 {
            let length = if usize::from(n) < grown { 30 } else { 9 };
            assert_eq!(small.get(&key(n)), Some(&[n as u8; 30][..length]));
        }
        assert!(!small.is_empty());
    }
}
