//! A batch of encoded records: one block of bytes in the order of arrival and,
//! once it is sorted, an index of sixteen bytes a record.
//!
//! The index holds eight bytes of each key, taken behind what all keys share, so
//! that most comparisons never leave the index.

use std::cmp::Ordering;

use crate::codec::{self, Reader};
use crate::room::Room;

/// Offsets are 32 bits, so a batch ends well before 4 GiB, whatever the budget.
const LARGEST: usize = 1 << 30;

/// How keys are compared.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// So many bytes are the same in all keys.
    pub skip: usize,
    pub reverse: bool,
    /// The eight bytes behind those tell all that differ apart.
    pub by_prefix: bool,
}

impl Order {
    /// Compares two keys whose prefixes are equal.
    #[inline]
    pub fn of_rest(self, left: &[u8], right: &[u8]) -> Ordering {
        let (left, right) = (left.get(self.skip..), right.get(self.skip..));
        if self.reverse { right.cmp(&left) } else { left.cmp(&right) }
    }
}

/// What all keys of a sorter begin with, and how long they get.
#[derive(Debug, Default)]
pub struct Shared {
    first: Option<Vec<u8>>,
    length: usize,
    longest: usize,
    /// Some key might look like a shorter one in a prefix filled up with zeros.
    doubtful: bool,
}

impl Shared {
    /// Keys are compared this far at most when looking for a shared beginning.
    const FARTHEST: usize = 64;

    #[inline]
    pub fn see(&mut self, key: &[u8]) {
        self.longest = self.longest.max(key.len());
        self.doubtful |= codec::ends_in_doubt(key);
        match &self.first {
            Some(first) if key.starts_with(&first[..self.length]) => {}
            Some(first) => self.length = codec::common_prefix(&first[..self.length], key),
            None => {
                let first = &key[..key.len().min(Self::FARTHEST)];
                self.length = first.len();
                self.first = Some(first.to_vec());
            }
        }
    }

    /// Keys share nothing any more.
    pub fn forget(&mut self) {
        self.first = Some(Vec::new());
        self.length = 0;
        self.longest = usize::MAX;
    }

    pub fn order(&self, reverse: bool) -> Order {
        Order { skip: self.length, reverse, by_prefix: !self.doubtful && self.longest <= self.length + 8 }
    }
}

/// The eight bytes of a key from `skip` on, as a word that compares as they do;
/// downwards if `reverse`.
#[inline]
pub fn prefix(key: &[u8], skip: usize, reverse: bool) -> u64 {
    let rest = key.get(skip..).unwrap_or_default();
    let mut bytes = [0; 8];
    if let Some(whole) = rest.first_chunk::<8>() {
        bytes = *whole;
    } else {
        bytes[..rest.len()].copy_from_slice(rest);
    }
    let word = u64::from_be_bytes(bytes);
    if reverse { !word } else { word }
}

/// Key and payload of the record at the beginning of `bytes`, and its length.
#[inline]
pub fn parse(bytes: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let mut reader = Reader::new(bytes);
    let key = usize::try_from(reader.varint()?).ok()?;
    let payload = usize::try_from(reader.varint()?).ok()?;
    let middle = reader.position().checked_add(key)?;
    let end = middle.checked_add(payload)?;
    Some((bytes.get(reader.position()..middle)?, bytes.get(middle..end)?, end))
}

#[inline]
fn write(into: &mut Room<u8>, key: &[u8], payload: &[u8]) {
    into.make_room(key.len() + payload.len() + 20);
    if key.len() < 0x80 && payload.len() < 0x80 {
        into.extend(&[key.len() as u8, payload.len() as u8]);
    } else {
        let mut head = Vec::with_capacity(20);
        codec::varint(&mut head, key.len() as u64);
        codec::varint(&mut head, payload.len() as u64);
        into.extend(&head);
    }
    into.extend(key);
    into.extend(payload);
}

/// Sorted by prefix, then by whole key, then by arrival.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    prefix: u64,
    pub arrival: u32,
    offset: u32,
}

/// The batch; see the module's description.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Room<u8>,
    count: usize,
    index: Room<Entry>,
}

impl Records {
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// What it takes in memory once it has an index.
    #[inline]
    pub fn taken(&self) -> usize {
        self.bytes.len() + self.count * size_of::<Entry>()
    }

    /// Whether it cannot take any more, whatever the budget.
    #[inline]
    pub fn is_full(&self) -> bool {
        self.bytes.len() > LARGEST
    }

    #[inline]
    pub fn push(&mut self, key: &[u8], payload: &[u8]) {
        write(&mut self.bytes, key, payload);
        self.count += 1;
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.index.clear();
        self.count = 0;
    }

    /// Key and payload of each record in the order of arrival.
    pub fn arrivals(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = &*self.bytes;
        std::iter::from_fn(move || {
            let (key, payload, length) = parse(rest)?;
            rest = &rest[length..];
            Some((key, payload))
        })
    }

    /// Makes the index.
    pub fn sort(&mut self, order: Order) {
        let mut index = std::mem::take(&mut self.index);
        index.clear();
        index.make_room(self.count);
        let mut offset = 0;
        while let Some((key, _, length)) = parse(&self.bytes[offset..]) {
            index.push(Entry {
                prefix: prefix(key, order.skip, order.reverse),
                arrival: index.len() as u32,
                offset: offset as u32,
            });
            offset += length;
        }
        if order.by_prefix {
            index.sort_unstable_by_key(|entry| (entry.prefix, entry.arrival));
        } else {
            index.sort_unstable_by(|a, b| {
                let by_rest = || order.of_rest(self.record(a).0, self.record(b).0);
                let by_key = a.prefix.cmp(&b.prefix).then_with(by_rest);
                by_key.then(a.arrival.cmp(&b.arrival))
            });
        }
        self.index = index;
    }

    /// The sorted index, after [`Records::sort`].
    pub fn index(&self) -> &[Entry] {
        &self.index
    }

    #[inline]
    pub fn record(&self, entry: &Entry) -> (&[u8], &[u8]) {
        parse(&self.bytes[entry.offset as usize..]).map_or((&[], &[]), |(key, payload, _)| (key, payload))
    }

    /// The record as it is stored.
    #[inline]
    pub fn stored(&self, entry: &Entry) -> &[u8] {
        let rest = &self.bytes[entry.offset as usize..];
        parse(rest).map_or(&[], |(_, _, length)| &rest[..length])
    }
}
