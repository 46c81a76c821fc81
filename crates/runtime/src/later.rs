//! New values of keys that seem to be on disk, until many of them can be brought to
//! their places one part of the log after the other.
//!
//! A value that is set costs a read and a write of its own otherwise, each of them
//! somewhere else. Here it is appended to the share that its place belongs to, so that
//! whoever brings the values of a share to their places stays within a small part of
//! the log. Values of one place come out in the order in which they came.

use std::path::{Path, PathBuf};

use crate::{Block, Error};

const SHARES: usize = 64;
/// A share is written when it has so many bytes in memory, or fewer where memory is short.
const MOST: usize = 16 << 10;
const LEAST: usize = 512;
/// Five words: place, end and number; hash; the three lengths, and nothing.
const HEAD: usize = 48;

/// A value that has come for a key, with where it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// Where the key is likely to be.
    pub place: u64,
    /// Where the log ended.
    pub end: u64,
    /// How many had come before it.
    pub number: u64,
    pub hash: u64,
    pub key: &'a [u8],
    pub beside: &'a [u8],
    pub value: &'a [u8],
}

#[derive(Debug)]
enum Part {
    Disk(Block),
    /// What could not be written.
    Memory(Vec<u8>),
}

/// What belongs to some parts of the log.
#[derive(Debug, Default)]
pub struct Share {
    parts: Vec<Part>,
    buffer: Vec<u8>,
}

/// See the module.
#[derive(Debug)]
pub struct Later {
    shares: Vec<Share>,
    /// So many bits of the number of a part do not matter for its share.
    width: u32,
    buffer: usize,
    size: usize,
    number: u64,
    directory: PathBuf,
    failed: bool,
}

impl Later {
    /// `room` is what may be in memory, in bytes.
    pub fn new(directory: &Path, room: usize) -> Self {
        let buffer = (room / SHARES).clamp(LEAST, MOST);
        let directory = directory.to_path_buf();
        Self { shares: Vec::new(), width: 0, buffer, size: 0, number: 0, directory, failed: false }
    }

    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// What may be in memory, in bytes.
    pub fn room(&self) -> usize {
        self.buffer * SHARES
    }

    /// How many bytes there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Takes a change of a key in a part of the log; its number is given here.
    pub fn push(&mut self, part: usize, change: Change<'_>) {
        while part >> self.width >= SHARES {
            self.widen();
        }
        let index = part >> self.width;
        if self.shares.len() <= index {
            self.shares.resize_with(index + 1, Share::default);
        }
        self.number += 1;
        let buffer = &mut self.shares[index].buffer;
        let before = buffer.len();
        write(buffer, &Change { number: self.number, ..change });
        self.size += buffer.len() - before;
        if buffer.len() >= self.buffer {
            self.write(index);
        }
    }

    /// Two shares become one.
    fn widen(&mut self) {
        self.width += 1;
        let mut old = std::mem::take(&mut self.shares).into_iter();
        while let Some(mut share) = old.next() {
            if let Some(second) = old.next() {
                share.parts.extend(second.parts);
                share.buffer.extend(second.buffer);
            }
            self.shares.push(share);
        }
    }

    fn write(&mut self, index: usize) {
        let share = &mut self.shares[index];
        let written = if self.failed { None } else { Block::write(&self.directory, &share.buffer).ok() };
        self.failed |= written.is_none();
        let part = match written {
            Some(block) => Part::Disk(block),
            None => Part::Memory(share.buffer.as_slice().into()),
        };
        share.buffer.clear();
        share.parts.push(part);
    }

    /// All shares in the order of the log; there is nothing here afterwards.
    pub fn take(&mut self) -> impl Iterator<Item = Share> + use<> {
        (self.size, self.width) = (0, 0);
        std::mem::take(&mut self.shares).into_iter()
    }
}

impl Share {
    /// Appends changes until there are so many bytes; says whether there was anything.
    pub fn read(&mut self, into: &mut Vec<u8>, enough: usize) -> Result<bool, Error> {
        into.clear();
        let mut taken = 0;
        for part in &self.parts {
            if into.len() >= enough {
                break;
            }
            match part {
                Part::Disk(block) => {
                    let start = into.len();
                    into.resize(start + block.len(), 0);
                    block.read(0, &mut into[start..])?;
                }
                Part::Memory(bytes) => into.extend_from_slice(bytes),
            }
            taken += 1;
        }
        self.parts.drain(..taken);
        if self.parts.is_empty() {
            into.append(&mut self.buffer);
        }
        Ok(!into.is_empty())
    }
}

fn write(into: &mut Vec<u8>, change: &Change<'_>) {
    for word in [change.place, change.end, change.number, change.hash] {
        into.extend_from_slice(&word.to_le_bytes());
    }
    let lengths = [change.key.len(), change.beside.len(), change.value.len(), 0];
    for length in lengths {
        into.extend_from_slice(&(length as u32).to_le_bytes());
    }
    for bytes in [change.key, change.beside, change.value] {
        into.extend_from_slice(bytes);
    }
}

/// The change that begins at a byte, and where the next one does.
pub fn parse(bytes: &[u8], at: usize) -> Option<(Change<'_>, usize)> {
    let head = bytes.get(at..at.checked_add(HEAD)?)?;
    let word =
        |number: usize| Some(u64::from_le_bytes(head.get(number * 8..number * 8 + 8)?.try_into().ok()?));
    let (first, third) = (word(4)?, word(5)?);
    let key = at + HEAD..at + HEAD + (first & 0xffff_ffff) as usize;
    let beside = key.end..key.end + (first >> 32) as usize;
    let value = beside.end..beside.end + (third & 0xffff_ffff) as usize;
    let end = value.end;
    let change = Change {
        place: word(0)?,
        end: word(1)?,
        number: word(2)?,
        hash: word(3)?,
        key: bytes.get(key)?,
        beside: bytes.get(beside)?,
        value: bytes.get(value)?,
    };
    Some((change, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(directory: &Path) {
        let mut later = Later::new(directory, 0);
        let mut wanted = Vec::new();
        for number in 0..20_000_u64 {
            let part = number.wrapping_mul(2_654_435_761) % (1 + number / 10);
            let (key, value) = (number.to_le_bytes(), vec![number as u8; number as usize % 50]);
            let change =
                Change { place: part, end: 3, number: 0, hash: 7, key: &key, beside: b"b", value: &value };
            later.push(part as usize, change);
            wanted.push((part, number));
        }
        assert!(!later.is_empty() && later.size() > 20_000 * HEAD);
        let (mut found, mut bytes, mut last) = (Vec::new(), Vec::new(), 0);
        for mut share in later.take() {
            let mut places = Vec::new();
            while share.read(&mut bytes, 5000).unwrap() {
                let mut at = 0;
                while let Some((change, next)) = parse(&bytes, at) {
                    at = next;
                    let number = u64::from_le_bytes(change.key.try_into().unwrap());
                    assert_eq!((change.number, change.beside), (number + 1, &b"b"[..]));
                    assert_eq!(change.value, vec![number as u8; number as usize % 50]);
                    places.push((change.place, number));
                }
                assert_eq!(at, bytes.len());
            }
            // The shares are in order, and so is what came for one place.
            assert!(places.iter().all(|(place, _)| *place >= last));
            last = places.iter().map(|(place, _)| *place + 1).max().unwrap_or(last);
            places.sort_by_key(|(place, _)| *place);
            assert!(places.is_sorted());
            found.extend(places);
        }
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        assert!(later.is_empty());
    }

    #[test]
    fn changes_come_back_in_the_order_of_the_log() {
        check(&std::env::temp_dir());
    }

    #[test]
    fn a_full_disk_changes_nothing() {
        check(Path::new("/nonexistent/folder"));
    }
}
