//! A dictionary of byte strings on disk, of which about eleven bytes for each key are
//! in memory.
//!
//! Keys and values are in a log, in the order in which the keys came; [`Places`] says
//! where. A new value takes the place of the old one if it has room there; otherwise
//! it goes to the end of the log, with room to grow, and its place stands where the
//! old value was. So a walk along the log sees the keys in their order, and values that
//! are replaced again and again take at most about twice their room on disk.

mod settle;
#[cfg(test)]
mod tests;
mod walk;

use std::path::PathBuf;

use crate::later::{Change, Later};
use crate::places::{Places, Probe, Slot};
use crate::{Block, Error};
use settle::Late;
pub use walk::Walk;

/// Records begin at multiples of this.
const UNIT: usize = 8;
/// The log is written in blocks that end when they have reached this size. A place
/// is the number of the block, and in its low bits where in it a record begins.
const BLOCK: usize = 64 << 10;
const WITHIN: u32 = (BLOCK / UNIT).ilog2();
/// The kind, the length of the whole record, of the key, and of what is beside it.
const HEAD: usize = 16;
/// The length of the value stands before it.
const LENGTH: usize = 4;
/// There is room for a place where the value is.
const LEAST: usize = 8;
/// Lengths that mean something else: the value is at a place, or held by the owner.
const ELSEWHERE: u32 = u32::MAX;
const HELD: u32 = u32::MAX - 1;

/// What is read where nothing near it was read before, and where something was.
const GLANCE: usize = 512;
const WINDOW: usize = 16 << 10;

/// The kinds of records.
mod kind {
    pub const ENTRY: u8 = 1;
    pub const DEAD: u8 = 2;
    /// A value that had no room beside its key.
    pub const VALUE: u8 = 3;
    /// An entry that a walk comes to before it is there: see [`super::settle`].
    pub const LATE: u8 = 4;
}

/// A part of the log that is complete.
#[derive(Debug)]
enum Part {
    Disk(Block),
    /// What has room in memory, or could not be written.
    Memory(Vec<u8>),
    /// Nothing in it is needed any more.
    Gone,
}

/// A value, as far as it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Bytes(&'a [u8]),
    /// Whoever owns the dictionary holds it.
    Held,
}

/// Where a value stands, as long as it is not replaced and its entry not removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    place: u64,
    offset: usize,
    room: usize,
}

/// An entry that a walk has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    pub place: u64,
    pub key: &'a [u8],
    pub beside: &'a [u8],
}

/// What has been read of a block last.
#[derive(Debug, Default)]
struct Window {
    part: usize,
    start: usize,
    bytes: Vec<u8>,
}

/// See the module.
#[derive(Debug)]
pub struct Keyed {
    table: Places,
    parts: Vec<Part>,
    /// How many records of each part are needed, the last one being the buffer.
    live: Vec<u32>,
    /// The end of the log, which is not written yet.
    buffer: Vec<u8>,
    directory: PathBuf,
    /// So many bytes more of the log stay in memory: what comes first comes most often.
    room: usize,
    /// Something could not be written; the rest of the log stays in memory.
    failed: bool,
    count: usize,
    window: Window,
    /// Changes with all that a walk may have read before.
    version: u64,
    space: Vec<u8>,
    /// Values that are not at their places yet.
    later: Later,
    /// In the order in which they came.
    late: Vec<Late>,
    /// Values that had come could not be brought to their places.
    broken: bool,
    /// Values are changed: there is room for more than the first one.
    grows: bool,
    growth: usize,
    /// Where the value was that was read last.
    spot: Spot,
}

/// The lengths in the head of a record.
#[derive(Clone, Copy)]
struct Head {
    kind: u8,
    total: usize,
    key: usize,
    beside: usize,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| {
            let bytes = bytes.get(at..at + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
        };
        Some(Self { kind: *bytes.first()?, total: word(4)?, key: word(8)?, beside: word(12)? })
    }

    /// Where the length of the value stands.
    fn value(self) -> usize {
        HEAD + self.key + self.beside
    }

    fn room(self) -> usize {
        self.total - self.value() - LENGTH
    }
}

fn write_head(into: &mut Vec<u8>, head: Head) {
    into.extend_from_slice(&[head.kind, 0, 0, 0]);
    for length in [head.total, head.key, head.beside] {
        into.extend_from_slice(&(length as u32).to_le_bytes());
    }
}

/// The number of the part, and where in it the record begins, in bytes.
#[inline]
fn split(place: u64) -> (usize, usize) {
    ((place >> WITHIN) as usize, (place & ((1 << WITHIN) - 1)) as usize * UNIT)
}

/// A place fits into so many bits; above them stands how long the record there is.
const PLACE: u32 = 36;

/// What a pointer says: the place of a value, and how much room there is.
fn pointed(pointer: u64) -> (u64, usize) {
    let total = (pointer >> PLACE) as usize * UNIT;
    (pointer & ((1 << PLACE) - 1), total.saturating_sub(HEAD + LENGTH))
}

fn pointer(place: u64, total: usize) -> u64 {
    let units = ((total / UNIT) as u64).min((1 << (64 - PLACE)) - 1);
    (units << PLACE) | place
}

impl Keyed {
    /// `room` is how many bytes of the log stay in memory.
    pub fn new(directory: PathBuf, room: usize) -> Self {
        Self {
            table: Places::default(),
            parts: Vec::new(),
            live: vec![0],
            buffer: Vec::new(),
            later: Later::new(&directory, room),
            directory,
            room,
            failed: false,
            count: 0,
            late: Vec::new(),
            broken: false,
            grows: false,
            growth: 0,
            spot: Spot::default(),
            window: Window { part: usize::MAX, ..Window::default() },
            version: 0,
            space: Vec::new(),
        }
    }

    /// Values will be changed: each gets room to grow, so many bytes at least.
    pub fn grow(&mut self, least: usize) {
        (self.grows, self.growth) = (true, least);
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

    /// Finds a key with this hash: its place, and its slot in the table.
    #[inline]
    pub fn find(&mut self, hash: u64, key: &[u8]) -> Result<Option<(Slot, u64)>, Error> {
        self.settle()?;
        self.find_settled(hash, key)
    }

    #[inline]
    fn find_settled(&mut self, hash: u64, key: &[u8]) -> Result<Option<(Slot, u64)>, Error> {
        let mut probe = Probe::new(hash);
        while let Some((slot, place)) = self.table.next(&mut probe) {
            if self.is_at(place, key)? {
                return Ok(Some((slot, place)));
            }
        }
        Ok(None)
    }

    /// The places of all keys that may have this hash, when all is [settled](Self::settle).
    pub fn candidates(&self, hash: u64) -> Vec<(Slot, u64)> {
        let mut probe = Probe::new(hash);
        std::iter::from_fn(|| self.table.next(&mut probe)).collect()
    }

    /// The key at a place, and what is beside it.
    pub fn key(&mut self, place: u64) -> Result<(&[u8], &[u8]), Error> {
        let head = self.head(place)?;
        let bytes = self.bytes(place, head.value())?;
        Ok((&bytes[HEAD..HEAD + head.key], &bytes[HEAD + head.key..head.value()]))
    }

    /// The value at a place.
    #[inline]
    pub fn value(&mut self, place: u64) -> Result<Value<'_>, Error> {
        let mut place = place;
        let mut head = self.head(place)?;
        let mut length = self.length(place, head)?;
        if length == ELSEWHERE {
            place = self.home(place, head)?.0;
            head = self.head(place)?;
            length = self.length(place, head)?;
        }
        if length == HELD {
            return Ok(Value::Held);
        }
        let start = head.value() + LENGTH;
        self.spot = Spot { place, offset: head.value(), room: head.room() };
        let bytes = self.bytes(place, start + length as usize)?;
        Ok(Value::Bytes(&bytes[start..start + length as usize]))
    }

    fn head(&mut self, place: u64) -> Result<Head, Error> {
        let head = Head::read(self.bytes(place, HEAD)?);
        match head {
            Some(head) if head.value() + LENGTH + LEAST <= head.total => Ok(head),
            _ => Err(self.damaged()),
        }
    }

    fn length(&mut self, place: u64, head: Head) -> Result<u32, Error> {
        let at = head.value();
        let bytes = self.bytes(place, at + LENGTH)?;
        let length = u32::from_le_bytes(bytes[at..at + LENGTH].try_into().unwrap_or_default());
        if length < HELD && length as usize > head.room() {
            return Err(self.damaged());
        }
        Ok(length)
    }

    /// The place of a value that is elsewhere, and its room there.
    fn home(&mut self, place: u64, head: Head) -> Result<(u64, usize), Error> {
        let at = head.value() + LENGTH;
        let bytes = self.bytes(place, at + LEAST)?;
        Ok(pointed(u64::from_le_bytes(bytes[at..at + LEAST].try_into().unwrap_or_default())))
    }

    fn damaged(&self) -> Error {
        Error::Damaged { directory: self.directory.clone() }
    }

    /// So many bytes at a place at least.
    #[inline]
    fn bytes(&mut self, place: u64, wanted: usize) -> Result<&[u8], Error> {
        let (part, at) = split(place);
        let block = match self.parts.get(part) {
            Some(Part::Disk(block)) => block,
            Some(Part::Memory(bytes)) => return Ok(bytes.get(at..).unwrap_or_default()),
            Some(Part::Gone) => return Err(self.damaged()),
            None => return Ok(self.buffer.get(at..).unwrap_or_default()),
        };
        let window = &mut self.window;
        let end = window.start + window.bytes.len();
        let within = window.part == part && at >= window.start && at + wanted <= end;
        if !within {
            let near = if window.part == part {
                at >= window.start && at <= end + WINDOW
            } else {
                window.part.wrapping_add(1) == part && at < WINDOW
            };
            // A record that is longer than a block has been compared with a shorter key.
            let left = block.len().saturating_sub(at);
            let length = wanted.max(if near { WINDOW } else { GLANCE }).min(left);
            window.part = usize::MAX;
            window.bytes.resize(length, 0);
            block.read(at, &mut window.bytes)?;
            (window.part, window.start) = (part, at);
        }
        Ok(&self.window.bytes[at - self.window.start..])
    }

    /// Adds an entry, whose key must not be there, and gives its place. Without a hash
    /// only the place finds it again.
    pub fn insert(&mut self, hash: Option<u64>, key: &[u8], beside: &[u8], value: Value<'_>) -> u64 {
        let place = self.append_entry(kind::ENTRY, key, beside, value);
        if let Some(hash) = hash {
            self.table.insert(hash, place);
        }
        self.count += 1;
        place
    }

    fn append_entry(&mut self, kind: u8, key: &[u8], beside: &[u8], value: Value<'_>) -> u64 {
        let length = match value {
            Value::Bytes(bytes) if self.grows => bytes.len() + (bytes.len() / 2).max(self.growth),
            Value::Bytes(bytes) => bytes.len(),
            Value::Held => 0,
        };
        let total = HEAD + key.len() + beside.len() + LENGTH + length.max(LEAST);
        let head = Head { kind, total: total.next_multiple_of(UNIT), key: key.len(), beside: beside.len() };
        self.append(head, &[key, beside], value)
    }

    fn append(&mut self, head: Head, parts: &[&[u8]], value: Value<'_>) -> u64 {
        let start = self.buffer.len();
        let place = ((self.parts.len() as u64) << WITHIN) | (start / UNIT) as u64;
        write_head(&mut self.buffer, head);
        for part in parts {
            self.buffer.extend_from_slice(part);
        }
        match value {
            Value::Bytes(bytes) => {
                self.buffer.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
                self.buffer.extend_from_slice(bytes);
            }
            Value::Held => self.buffer.extend_from_slice(&HELD.to_le_bytes()),
        }
        self.buffer.resize(start + head.total, 0);
        self.version += 1;
        if let Some(live) = self.live.last_mut() {
            *live += 1;
        }
        if self.buffer.len() >= BLOCK {
            self.write();
        }
        place
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
            Some(block) => Part::Disk(block),
            None => Part::Memory(self.buffer.as_slice().into()),
        };
        self.buffer.clear();
        self.buffer.shrink_to(2 * BLOCK);
        self.parts.push(part);
        self.live.push(0);
        self.drop_if_dead(self.parts.len() - 1);
    }

    /// Gives the entry at a place another value.
    pub fn replace(&mut self, place: u64, value: Value<'_>) -> Result<(), Error> {
        let head = self.head(place)?;
        let old = self.length(place, head)?;
        let home = if old == ELSEWHERE { Some(self.home(place, head)?) } else { None };
        let bytes = match value {
            Value::Bytes(bytes) => bytes,
            Value::Held => {
                if let Some((home, _)) = home {
                    self.release(home);
                }
                return self.change(place, head.value(), &HELD.to_le_bytes());
            }
        };
        if bytes.len() <= head.room() {
            if let Some((home, _)) = home {
                self.release(home);
            }
            return self.change_value(place, head.value(), bytes);
        }
        if let Some((home, room)) = home {
            if bytes.len() <= room {
                return self.change_value(home, HEAD, bytes);
            }
            self.release(home);
        }
        let room = bytes.len() + (bytes.len() / 2).max(self.growth);
        let total = (HEAD + LENGTH + room).next_multiple_of(UNIT);
        let home = self.append(Head { kind: kind::VALUE, total, key: 0, beside: 0 }, &[], value);
        let mut elsewhere = ELSEWHERE.to_le_bytes().to_vec();
        elsewhere.extend_from_slice(&pointer(home, total).to_le_bytes());
        self.change(place, head.value(), &elsewhere)
    }

    /// Where the value was that was read last.
    pub fn spot(&self) -> Spot {
        self.spot
    }

    /// Writes over a value whose spot is known; says whether there is room for it.
    pub fn overwrite(&mut self, spot: Spot, bytes: &[u8]) -> Result<bool, Error> {
        if bytes.len() > spot.room {
            return Ok(false);
        }
        self.change_value(spot.place, spot.offset, bytes)?;
        Ok(true)
    }

    fn change_value(&mut self, place: u64, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let mut space = std::mem::take(&mut self.space);
        space.clear();
        space.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        space.extend_from_slice(bytes);
        let done = self.change(place, offset, &space);
        self.space = space;
        done
    }

    /// Writes over what is at a place.
    fn change(&mut self, place: u64, offset: usize, bytes: &[u8]) -> Result<(), Error> {
        let (part, at) = split(place);
        let at = at + offset;
        self.version += 1;
        match self.parts.get_mut(part) {
            Some(Part::Disk(block)) => {
                if !block.rewrite(at, bytes)? {
                    let mut whole = vec![0; block.len()];
                    block.read(0, &mut whole)?;
                    whole[at..at + bytes.len()].copy_from_slice(bytes);
                    self.parts[part] = match Block::write(&self.directory, &whole) {
                        Ok(block) => Part::Disk(block),
                        Err(_) => Part::Memory(whole),
                    };
                }
                self.window.change(part, at, bytes);
            }
            Some(Part::Memory(memory)) => memory[at..at + bytes.len()].copy_from_slice(bytes),
            Some(Part::Gone) => return Err(self.damaged()),
            None => self.buffer[at..at + bytes.len()].copy_from_slice(bytes),
        }
        Ok(())
    }

    /// Takes out what was found.
    pub fn remove(&mut self, slot: Slot) -> Result<(), Error> {
        let place = self.table.remove(slot);
        self.remove_place(place)
    }

    /// Takes out an entry that is in no slot.
    pub fn remove_place(&mut self, place: u64) -> Result<(), Error> {
        self.count -= 1;
        let head = self.head(place)?;
        if self.length(place, head)? == ELSEWHERE {
            let (home, _) = self.home(place, head)?;
            self.release(home);
        }
        self.change(place, 0, &[kind::DEAD])?;
        self.release(place);
        Ok(())
    }

    /// A record is not needed any more; a walk has to see that of entries only.
    fn release(&mut self, place: u64) {
        let (part, _) = split(place);
        if let Some(live) = self.live.get_mut(part) {
            *live = live.saturating_sub(1);
        }
        self.drop_if_dead(part);
    }

    /// Gives back the room of a part of which nothing is needed.
    fn drop_if_dead(&mut self, part: usize) {
        if self.live.get(part) == Some(&0)
            && let Some(old) = self.parts.get_mut(part)
        {
            *old = Part::Gone;
            if self.window.part == part {
                self.window.part = usize::MAX;
            }
        }
    }

    /// Reads a part from a byte on; `None` behind the end of the log.
    fn piece(&self, part: usize, at: usize, into: &mut Vec<u8>) -> Result<Option<()>, Error> {
        into.clear();
        match self.parts.get(part) {
            Some(Part::Disk(block)) => {
                into.resize(block.len().saturating_sub(at), 0);
                block.read(at.min(block.len()), into)?;
            }
            Some(Part::Memory(bytes)) => into.extend_from_slice(bytes.get(at..).unwrap_or_default()),
            Some(Part::Gone) => {}
            None if part == self.parts.len() => {
                into.extend_from_slice(self.buffer.get(at..).unwrap_or_default());
                return Ok((!into.is_empty()).then_some(()));
            }
            None => return Ok(None),
        }
        Ok(Some(()))
    }
}

impl Window {
    /// What has been written is as it would be read now.
    fn change(&mut self, part: usize, at: usize, bytes: &[u8]) {
        if self.part != part {
            return;
        }
        let (from, to) = (at.max(self.start), (at + bytes.len()).min(self.start + self.bytes.len()));
        if from < to {
            self.bytes[from - self.start..to - self.start].copy_from_slice(&bytes[from - at..to - at]);
        }
    }
}
