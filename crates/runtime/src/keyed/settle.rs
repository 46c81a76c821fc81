//! Setting values without looking where their keys are, and bringing them there later.
//!
//! A key whose hash no key in the table has is new. Another one is nearly always the
//! key that the table says, but that is known only when the two are compared: its value
//! waits in [`Later`] until much of the log has something to be changed, and then part
//! after part is read, changed and written as a whole. A key that turns out to be new
//! stands at the end of the log then, and in `late` with where it should be.

use super::{Change, HEAD, Head, Keyed, Part, Value, WITHIN, kind, split};
use crate::later::{self, Share};
use crate::{Block, Error};

/// So many changes of a part, and it is read and written as a whole.
const MANY: usize = 12;
/// So much of a share is in memory at once, at least and at most.
const CHUNK: (usize, usize) = (16 << 10, 1 << 20);
/// So little may always wait.
const FEW: usize = 1 << 20;

/// A key whose place in the order is not where it is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Late {
    /// It comes before what is at this place, and after others that do so with less.
    pub end: u64,
    pub number: u64,
    pub place: u64,
}

impl Keyed {
    /// Sets the value of a key, which may be there or not.
    pub fn put(&mut self, hash: u64, key: &[u8], beside: &[u8], value: &[u8]) -> Result<(), Error> {
        // All that waits for a key waits at one place, in the order in which it came: what
        // the table says changes only when nothing waits.
        let mut probe = super::Probe::new(hash);
        let Some(place) = std::iter::from_fn(|| self.table.next(&mut probe)).map(|(_, place)| place).min()
        else {
            self.insert(Some(hash), key, beside, Value::Bytes(value));
            return Ok(());
        };
        let end = ((self.parts.len() as u64) << WITHIN) | (self.buffer.len() / super::UNIT) as u64;
        self.later.push(split(place).0, Change { place, end, number: 0, hash, key, beside, value });
        let most = (self.parts.len() * super::BLOCK / 2).max(FEW);
        if self.later.size() >= most { self.settle() } else { Ok(()) }
    }

    /// Brings all values to their places.
    #[inline]
    pub fn settle(&mut self) -> Result<(), Error> {
        if self.broken {
            return Err(self.damaged());
        }
        if self.later.is_empty() { Ok(()) } else { self.settle_all() }
    }

    #[cold]
    fn settle_all(&mut self) -> Result<(), Error> {
        let before = self.late.len();
        let mut bytes = Vec::new();
        // What is read by the way asks for this again.
        let shares = self.later.take();
        // What has been set is not lost without anybody being told.
        self.broken = true;
        for share in shares {
            self.settle_share(share, &mut bytes)?;
        }
        self.broken = false;
        self.grows = true;
        if self.late.len() > before {
            self.late.sort_unstable();
        }
        Ok(())
    }

    fn settle_share(&mut self, mut share: Share, bytes: &mut Vec<u8>) -> Result<(), Error> {
        let chunk = (self.later.room() / 2).clamp(CHUNK.0, CHUNK.1);
        while share.read(bytes, chunk)? {
            let (mut order, mut at) = (Vec::new(), 0);
            while at < bytes.len() {
                let (change, next) = later::parse(bytes, at).ok_or_else(|| self.damaged())?;
                order.push((change.place, at));
                at = next;
            }
            order.sort_unstable();
            for group in order.chunk_by(|one, other| split(one.0).0 == split(other.0).0) {
                self.settle_part(group, bytes)?;
            }
        }
        Ok(())
    }

    /// Brings the changes of a part to their places, which are in order.
    fn settle_part(&mut self, group: &[(u64, usize)], bytes: &[u8]) -> Result<(), Error> {
        let part = group.first().map_or(0, |first| split(first.0).0);
        let block = if group.len() >= MANY { self.lift(part)? } else { None };
        for (index, (place, at)) in group.iter().enumerate() {
            let (change, _) = later::parse(bytes, *at).ok_or_else(|| self.damaged())?;
            let next = group.get(index + 1).filter(|next| next.0 == *place);
            let newer = next.and_then(|next| later::parse(bytes, next.1));
            // One that is new came when the first of its values did.
            let is_old = newer.is_some_and(|(newer, _)| newer.key == change.key);
            if !is_old || !self.is_at(*place, change.key)? {
                self.bring(&change)?;
            }
        }
        if let Some(block) = block {
            self.lower(part, block);
        }
        Ok(())
    }

    fn bring(&mut self, change: &Change<'_>) -> Result<(), Error> {
        let value = Value::Bytes(change.value);
        if self.is_at(change.place, change.key)? {
            return self.replace(change.place, value);
        }
        if let Some((_, place)) = self.find_settled(change.hash, change.key)? {
            return self.replace(place, value);
        }
        let place = self.append_entry(kind::LATE, change.key, change.beside, value);
        self.table.insert(change.hash, place);
        self.count += 1;
        self.late.push(Late { end: change.end, number: change.number, place });
        Ok(())
    }

    /// Whether a key is at a place.
    pub(super) fn is_at(&mut self, place: u64, key: &[u8]) -> Result<bool, Error> {
        let bytes = self.bytes(place, HEAD + key.len())?;
        Ok(Head::read(bytes)
            .is_some_and(|head| head.key == key.len() && bytes.get(HEAD..HEAD + key.len()) == Some(key)))
    }

    /// Takes a part from disk into memory, where it may be changed.
    fn lift(&mut self, part: usize) -> Result<Option<Block>, Error> {
        let Some(Part::Disk(block)) = self.parts.get(part) else { return Ok(None) };
        let mut bytes = vec![0; block.len()];
        block.read(0, &mut bytes)?;
        if self.window.part == part {
            self.window.part = usize::MAX;
        }
        match std::mem::replace(&mut self.parts[part], Part::Memory(bytes)) {
            Part::Disk(block) => Ok(Some(block)),
            _ => Ok(None),
        }
    }

    /// Writes a part again; it stays in memory if that cannot be done.
    fn lower(&mut self, part: usize, block: Block) {
        let Part::Memory(bytes) = &self.parts[part] else { return };
        let written = match block.rewrite(0, bytes) {
            Ok(true) => Some(block),
            Ok(false) => Block::write(&self.directory, bytes).ok(),
            Err(_) => None,
        };
        if let Some(block) = written {
            self.parts[part] = Part::Disk(block);
        }
    }
}
