//! A set of byte strings on disk, of which about eleven bytes each are in memory.
//!
//! The strings are in a log, in the order in which they came. A table holds a part
//! of each one's hash and its place in the log. What is not in the set is nearly
//! always found out from the table alone; what may be in it is compared with what
//! is on disk, so the answer is never a guess.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::codec::{Reader, varint};
use crate::places::{Places, Probe, Slot};
use crate::{Block, Error};

/// Records begin at multiples of this.
const UNIT: usize = 8;
/// The log is written in blocks that end when they have reached this size. A place
/// is the number of the block, and in its low bits where in it a record begins.
const BLOCK: usize = 64 << 10;
const WITHIN: u32 = (BLOCK / UNIT).ilog2();
/// Before each record stands its hash.
const HASH: usize = 8;
/// What is looked for among many is found by reading whole blocks, if it is so much in
/// one block.
const SEVERAL: usize = 8;

/// A part of the log that is complete.
#[derive(Debug)]
enum Part {
    Disk(Block),
    /// What has room in memory, or could not be written.
    Memory(Vec<u8>),
}

/// See the module.
#[derive(Debug)]
pub struct Seen {
    table: Places,
    parts: Vec<Part>,
    /// The end of the log, which is not written yet.
    buffer: Vec<u8>,
    directory: PathBuf,
    /// So many bytes more of the log stay in memory: what comes first comes most often.
    room: usize,
    /// Something could not be written; the rest of the log stays in memory.
    failed: bool,
    count: usize,
    removed: HashSet<u64>,
    space: Vec<u8>,
    /// The disk has been read to find something.
    has_read: bool,
    /// The part that was read last, and its bytes if it was read before that, too: what is
    /// asked for in the order of the log comes from one part after the other.
    latest: (usize, Vec<u8>),
}

/// A key, and what belongs to it.
pub type Found<'a> = (&'a [u8], &'a [u8]);

/// Writes a record: the key, by which it is found, and what belongs to it.
pub fn record(into: &mut Vec<u8>, key: &[u8], beside: &[u8]) {
    varint(into, key.len() as u64);
    into.extend_from_slice(key);
    varint(into, beside.len() as u64);
    into.extend_from_slice(beside);
}

/// The key of the record at the beginning of bytes, what belongs to it, and where
/// it ends.
pub fn parse(bytes: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let mut reader = Reader::new(bytes);
    let length = usize::try_from(reader.varint()?).ok()?;
    let start = reader.position();
    let key = bytes.get(start..start.checked_add(length)?)?;
    let rest = &bytes[start + length..];
    let mut reader = Reader::new(rest);
    let length = usize::try_from(reader.varint()?).ok()?;
    let begin = reader.position();
    let beside = rest.get(begin..begin.checked_add(length)?)?;
    Some((key, beside, start + key.len() + begin + length))
}

impl Seen {
    /// `room` is how many bytes of the log stay in memory.
    pub fn new(directory: PathBuf, room: usize) -> Self {
        Self {
            table: Places::default(),
            parts: Vec::new(),
            buffer: Vec::new(),
            directory,
            room,
            failed: false,
            count: 0,
            removed: HashSet::new(),
            space: Vec::new(),
            has_read: false,
            latest: (usize::MAX, Vec::new()),
        }
    }

    /// Whether finding what was looked for last took reading the disk.
    pub fn has_read(&self) -> bool {
        self.has_read
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// What the table takes in memory, in bytes.
    pub fn table(&self) -> usize {
        self.table.size()
    }

    /// Calls a function with all places of keys that may have a hash, until it says
    /// yes.
    #[inline]
    fn probe(
        &mut self,
        hash: u64,
        mut yes: impl FnMut(&mut Self, u64) -> Result<bool, Error>,
    ) -> Result<Option<Slot>, Error> {
        let mut probe = Probe::new(hash);
        while let Some((slot, place)) = self.table.next(&mut probe) {
            if yes(self, place)? {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    /// Finds a key with this hash; `wanted` is its record without anything beside.
    #[inline]
    pub fn find(&mut self, hash: u64, wanted: &[u8]) -> Result<Option<Slot>, Error> {
        // What is beside a key has a length of its own behind it.
        let head = &wanted[..wanted.len() - 1];
        self.has_read = false;
        self.probe(hash, |seen, place| seen.begins_with(place, head))
    }

    /// The places of all keys that may have this hash.
    pub fn candidates(&mut self, hash: u64) -> Result<Vec<u64>, Error> {
        let mut places = Vec::new();
        self.probe(hash, |_, place| {
            places.push(place);
            Ok(false)
        })?;
        Ok(places)
    }

    fn begins_with(&mut self, place: u64, head: &[u8]) -> Result<bool, Error> {
        let (part, at) = behind_hash(place);
        match self.parts.get(part) {
            Some(Part::Disk(block)) => {
                if at + head.len() > block.len() {
                    return Ok(false);
                }
                self.has_read = true;
                let is_latest = self.latest.0 == part;
                if is_latest && self.latest.1.is_empty() {
                    let mut bytes = vec![0; block.len()];
                    block.read(0, &mut bytes)?;
                    self.latest.1 = bytes;
                }
                if is_latest {
                    return Ok(self.latest.1.get(at..).is_some_and(|bytes| bytes.starts_with(head)));
                }
                self.latest.0 = part;
                self.latest.1.clear();
                self.space.resize(head.len(), 0);
                block.read(at, &mut self.space)?;
                Ok(self.space == head)
            }
            Some(Part::Memory(bytes)) => Ok(bytes.get(at..).is_some_and(|bytes| bytes.starts_with(head))),
            None => Ok(self.buffer.get(at..).is_some_and(|bytes| bytes.starts_with(head))),
        }
    }

    /// Adds a record, whose key must not be there.
    pub fn insert(&mut self, hash: u64, record: &[u8]) {
        let place = ((self.parts.len() as u64) << WITHIN) | (self.buffer.len() / UNIT) as u64;
        self.buffer.extend_from_slice(&hash.to_le_bytes());
        self.buffer.extend_from_slice(record);
        self.buffer.resize(self.buffer.len().next_multiple_of(UNIT), 0);
        self.table.insert(hash, place);
        self.count += 1;
        if self.buffer.len() >= BLOCK {
            self.write();
        }
    }

    fn write(&mut self) {
        let room = self.room.checked_sub(self.buffer.len());
        self.room = room.unwrap_or(0);
        let written = match room {
            None if !self.failed => Block::write(&self.directory, &self.buffer).ok(),
            _ => None,
        };
        self.failed |= room.is_none() && written.is_none();
        let part = match written {
            Some(block) => {
                self.buffer.clear();
                self.buffer.shrink_to(2 * BLOCK);
                Part::Disk(block)
            }
            None => {
                let bytes = self.buffer.as_slice().into();
                self.buffer.clear();
                Part::Memory(bytes)
            }
        };
        self.parts.push(part);
    }

    /// Takes out what was found.
    pub fn remove(&mut self, slot: Slot) {
        self.removed.insert(self.table.remove(slot));
        self.count -= 1;
    }

    /// Takes out the record at this place.
    pub fn remove_place(&mut self, hash: u64, place: u64) -> Result<(), Error> {
        if let Some(slot) = self.probe(hash, |_, other| Ok(other == place))? {
            self.remove(slot);
        }
        Ok(())
    }

    /// The record at a place, and perhaps more.
    pub fn at(&self, place: u64) -> Result<Vec<u8>, Error> {
        let (part, at) = behind_hash(place);
        self.from(part, at)
    }

    /// A part of the log from somewhere on; nothing behind the end.
    fn from(&self, part: usize, at: usize) -> Result<Vec<u8>, Error> {
        let bytes = match self.parts.get(part) {
            Some(Part::Disk(block)) => {
                let mut bytes = vec![0; block.len().saturating_sub(at)];
                block.read(at, &mut bytes)?;
                return Ok(bytes);
            }
            Some(Part::Memory(bytes)) => bytes,
            None if part == self.parts.len() => &self.buffer,
            None => return Ok(Vec::new()),
        };
        Ok(bytes.get(at..).unwrap_or_default().to_vec())
    }

    /// Whether the record at this place is not in the set any more.
    pub fn is_removed(&self, place: u64) -> bool {
        self.removed.contains(&place)
    }
}

/// The number of the part, and where in it the record begins, in bytes.
#[inline]
fn behind_hash(place: u64) -> (usize, usize) {
    ((place >> WITHIN) as usize, (place & ((1 << WITHIN) - 1)) as usize * UNIT + HASH)
}

/// Records of one set that are looked for in another, many at a time, so that its log is
/// read from the beginning to the end.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Where an entry may be, and its number.
    asked: Vec<(u64, usize)>,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    start: usize,
    /// Where in the record the length of what is beside the key stands.
    head: usize,
    end: usize,
    found: bool,
}

impl Batch {
    /// Takes a record.
    pub fn push(&mut self, hash: u64, key: &[u8], beside: &[u8]) {
        let start = self.bytes.len();
        varint(&mut self.bytes, key.len() as u64);
        self.bytes.extend_from_slice(key);
        let head = self.bytes.len();
        varint(&mut self.bytes, beside.len() as u64);
        self.bytes.extend_from_slice(beside);
        self.entries.push(Entry { hash, start, head, end: self.bytes.len(), found: false });
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What it takes in memory, in bytes.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.entries.len() * (size_of::<Entry>() + size_of::<(u64, usize)>())
    }

    /// Marks all records as found of which a function says so.
    pub fn see(&mut self, mut is_found: impl FnMut(&[u8]) -> bool) {
        for entry in &mut self.entries {
            entry.found |= is_found(&self.bytes[entry.start..entry.end]);
        }
    }

    /// The same with the hash of each and its head: its key, with the length of that.
    pub fn see_heads<E>(&mut self, mut is_found: impl FnMut(u64, &[u8]) -> Result<bool, E>) -> Result<(), E> {
        for entry in &mut self.entries {
            entry.found |= is_found(entry.hash, &self.bytes[entry.start..entry.head])?;
        }
        Ok(())
    }

    /// A record, its hash, and whether it was found.
    pub fn get(&self, number: usize) -> Option<(u64, &[u8], bool)> {
        let entry = self.entries.get(number)?;
        Some((entry.hash, &self.bytes[entry.start..entry.end], entry.found))
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.asked.clear();
    }
}

impl Seen {
    /// Finds out which keys of a batch are here.
    pub fn find_all(&mut self, batch: &mut Batch) -> Result<(), Error> {
        let Batch { bytes, entries, asked } = batch;
        for (number, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.found) {
            let mut probe = Probe::new(entry.hash);
            while let Some((_, place)) = self.table.next(&mut probe) {
                asked.push((place, number));
            }
        }
        asked.sort_unstable();
        for together in asked.chunk_by(|one, other| one.0 >> WITHIN == other.0 >> WITHIN) {
            let part = (together[0].0 >> WITHIN) as usize;
            let on_disk = matches!(self.parts.get(part), Some(Part::Disk(_)));
            let whole = if on_disk && together.len() >= SEVERAL { Some(self.from(part, 0)?) } else { None };
            for (place, number) in together {
                let entry = &mut entries[*number];
                let head = &bytes[entry.start..entry.head];
                entry.found |= match &whole {
                    Some(whole) => {
                        whole.get(behind_hash(*place).1..).is_some_and(|bytes| bytes.starts_with(head))
                    }
                    None => self.begins_with(*place, head)?,
                };
            }
        }
        asked.clear();
        Ok(())
    }
}

/// A place in the log, from which on it is walked.
#[derive(Debug, Default)]
pub struct Walk {
    /// The number of the part that comes after `piece`.
    next: u64,
    piece: Vec<u8>,
    at: usize,
}

impl Walk {
    /// The next record that is still there: its key, and what belongs to it.
    pub fn next(&mut self, seen: &Seen) -> Result<Option<Found<'_>>, Error> {
        Ok(self.next_hashed(seen)?.map(|(_, found)| found))
    }

    /// The same, with its hash.
    pub fn next_hashed(&mut self, seen: &Seen) -> Result<Option<(u64, Found<'_>)>, Error> {
        loop {
            if self.at >= self.piece.len() {
                self.piece = seen.from(self.next as usize, 0)?;
                self.at = 0;
                if self.piece.is_empty() {
                    return Ok(None);
                }
                self.next += 1;
            }
            let place = ((self.next - 1) << WITHIN) | (self.at / UNIT) as u64;
            let start = self.at + HASH;
            let hash = self.piece.get(self.at..start).and_then(|hash| hash.try_into().ok());
            let Some((_, _, length)) = self.piece.get(start..).and_then(parse) else {
                return Ok(None);
            };
            self.at = (start + length).next_multiple_of(UNIT);
            if !seen.is_removed(place) {
                let hash = hash.map_or(0, u64::from_le_bytes);
                return Ok(parse(&self.piece[start..]).map(|(key, beside, _)| (hash, (key, beside))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> Vec<u8> {
        format!("{number:0width$}", width = 1 + number as usize % 90).into_bytes()
    }

    fn bare(key: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        record(&mut bytes, key, &[]);
        bytes
    }

    /// The hash has few bits, so that tags are the same for many keys.
    fn check(directory: PathBuf, few: u64, room: usize) {
        let mut seen = Seen::new(directory, room);
        let hash = |number: u64| number % few;
        for number in 0..20_000_u64 {
            assert!(seen.find(hash(number), &bare(&key(number))).unwrap().is_none());
            let mut bytes = Vec::new();
            record(&mut bytes, &key(number), &vec![7; number as usize % 3]);
            seen.insert(hash(number), &bytes);
        }
        for number in (0..20_000).step_by(3) {
            let slot = seen.find(hash(number), &bare(&key(number))).unwrap().unwrap();
            seen.remove(slot);
        }
        for number in 0..20_100 {
            let found = seen.find(hash(number), &bare(&key(number))).unwrap().is_some();
            assert_eq!(found, number < 20_000 && number % 3 != 0, "{number}");
        }
        let mut walk = Walk::default();
        let mut number = 0;
        while let Some((found, beside)) = walk.next(&seen).unwrap() {
            number += if number % 3 == 2 { 2 } else { 1 };
            assert_eq!(found, key(number));
            assert_eq!(beside.len(), number as usize % 3);
        }
        assert_eq!(seen.len(), 13_333);
    }

    #[test]
    fn what_is_added_is_found_and_nothing_else() {
        check(std::env::temp_dir(), u64::MAX, 0);
        check(std::env::temp_dir(), u64::MAX, 200_000);
        check(std::env::temp_dir(), 3_000, 0);
        check(std::env::temp_dir(), 3_000, usize::MAX);
    }

    #[test]
    fn many_are_found_at_once() {
        for (few, room) in [(u64::MAX, 0), (u64::MAX, 300_000), (500, 0)] {
            let mut seen = Seen::new(std::env::temp_dir(), room);
            for number in 0..9_000_u64 {
                seen.insert(number % few, &bare(&key(number)));
            }
            let slot = seen.find(6 % few, &bare(&key(6))).unwrap().unwrap();
            seen.remove(slot);
            let mut batch = Batch::default();
            let wanted: Vec<u64> = (0..20_000).map(|number| number * 7 % 20_000).collect();
            for number in &wanted {
                batch.push(number % few, &key(*number), b"beside");
            }
            seen.find_all(&mut batch).unwrap();
            for (place, number) in wanted.iter().enumerate() {
                let (hash, bytes, found) = batch.get(place).unwrap();
                assert_eq!(hash, number % few);
                assert_eq!(parse(bytes).unwrap().0, key(*number));
                assert_eq!(found, *number < 9_000 && *number != 6, "{number}");
            }
        }
    }

    #[test]
    fn a_full_disk_changes_nothing() {
        check(PathBuf::from("/nonexistent/folder"), u64::MAX, 0);
        check(PathBuf::from("/nonexistent/folder"), u64::MAX, 200_000);
    }

    #[test]
    fn the_table_is_small() {
        let mut seen = Seen::new(std::env::temp_dir(), 0);
        for number in 0..300_000_u64 {
            seen.insert(number, &bare(&number.to_le_bytes()));
            assert!(number < 20_000 || seen.table() as u64 <= number * 13, "{number}");
        }
    }
}
