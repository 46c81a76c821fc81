//! The items of many groups on disk, a *chunk* of some items of one group after
//! the other.
//!
//! A buffer full of items of all groups is written as a *run*: blocks of chunks
//! in the order of the groups. Each chunk begins with the place of the one before
//! it of the same group, so that a group needs no more in memory than the place
//! of its last one. Whoever walks the groups in order reads each run from its
//! beginning to its end, through one small window.

use std::path::Path;

use crate::{Block, Error};

/// Where a chunk begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub block: u32,
    pub offset: u32,
}

impl Place {
    /// Nowhere: what comes before the first chunk.
    pub const NONE: Self = Self { block: u32::MAX, offset: 0 };
}

/// The block and offset of the chunk before, the number of items, and that of the
/// bytes behind this.
pub const HEAD: usize = 16;
/// There are never more windows than this.
const MOST_WINDOWS: usize = 256;
const WINDOW: usize = 8 << 10;
/// What is read where nothing near it was read before.
const GLANCE: usize = 256;

/// Fewer chunks stay where they are, and so many are moved in the time of a jump.
const LEAST: usize = 64;
const PER_JUMP: usize = 8;

/// A chunk of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub place: Place,
    /// How many items of the group come before it.
    pub first: usize,
    pub items: usize,
    pub length: usize,
}

/// Begins a chunk in the bytes of a block.
pub fn open(bytes: &mut Vec<u8>, before: Place) -> usize {
    let at = bytes.len();
    bytes.extend(before.block.to_le_bytes());
    bytes.extend(before.offset.to_le_bytes());
    bytes.extend([0; 8]);
    at
}

/// Ends the chunk that began at `at`.
pub fn close(bytes: &mut [u8], at: usize, items: usize) {
    let length = bytes.len() - at - HEAD;
    bytes[at + 8..at + 12].copy_from_slice(&(items as u32).to_le_bytes());
    bytes[at + 12..at + 16].copy_from_slice(&(length as u32).to_le_bytes());
}

/// A block, with what its owner keeps beside it.
#[derive(Debug)]
struct Stored<T> {
    block: Block,
    run: usize,
    /// So many of its chunks are still part of a group.
    live: usize,
    beside: T,
}

/// What has been read of a run last.
#[derive(Debug, Default)]
struct Window {
    block: u32,
    start: usize,
    bytes: Vec<u8>,
}

/// All chunks of some groups.
#[derive(Debug)]
pub struct Chunks<T> {
    blocks: Vec<Option<Stored<T>>>,
    free: Vec<u32>,
    windows: Vec<Window>,
    window: usize,
    run: usize,
    /// How many chunks there are, and how many have come since those of each group were
    /// brought together.
    live: usize,
    loose: usize,
    /// So often since then something was read where nothing near it had been.
    jumps: usize,
}

impl<T> Chunks<T> {
    /// Windows take an eighth of the budget at most.
    pub fn new(budget: usize) -> Self {
        let window = (budget / 8 / MOST_WINDOWS).clamp(GLANCE, WINDOW);
        Self {
            blocks: Vec::new(),
            free: Vec::new(),
            windows: Vec::new(),
            window,
            run: 0,
            live: 0,
            loose: 0,
            jumps: 0,
        }
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.blocks.len() == self.free.len()
    }

    /// What comes now may be in any order of groups.
    pub fn begin_run(&mut self) {
        self.run += 1;
    }

    /// The number of the block that will be written next.
    pub fn next(&self) -> u32 {
        self.free.last().copied().unwrap_or(self.blocks.len() as u32)
    }

    /// Writes a block of so many chunks.
    pub fn write(&mut self, directory: &Path, bytes: &[u8], chunks: usize, beside: T) -> Result<(), Error> {
        let block = Block::write(directory, bytes)?;
        self.live += chunks;
        self.loose += chunks;
        let stored = Some(Stored { block, run: self.run, live: chunks, beside });
        match self.free.pop() {
            Some(number) => self.blocks[number as usize] = stored,
            None => self.blocks.push(stored),
        }
        Ok(())
    }

    /// What is kept beside the block of a chunk.
    pub fn beside(&self, place: Place) -> Option<&T> {
        self.stored(place).map(|stored| &stored.beside)
    }

    /// All that is kept beside blocks.
    pub fn all_beside(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flatten().map(|stored| &stored.beside)
    }

    fn stored(&self, place: Place) -> Option<&Stored<T>> {
        self.blocks.get(place.block as usize)?.as_ref()
    }

    /// The chunks of a group from the first to the last; those up to `known` are
    /// not looked at again.
    pub fn chain(&mut self, last: Place, known: &[Chunk]) -> Result<Vec<Chunk>, Error> {
        let mut found = Vec::new();
        let mut place = last;
        let end = known.last().map_or(Place::NONE, |chunk| chunk.place);
        while place != end && place != Place::NONE {
            let mut head = [0; HEAD];
            self.read(place, 0, &mut head)?;
            let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
            found.push(Chunk { place, first: 0, items: number(8) as usize, length: number(12) as usize });
            place = Place { block: number(0), offset: number(4) };
        }
        let mut chunks = if place == end { known.to_vec() } else { Vec::new() };
        let mut first = chunks.last().map_or(0, |chunk| chunk.first + chunk.items);
        for chunk in found.into_iter().rev() {
            chunks.push(Chunk { first, ..chunk });
            first += chunk.items;
        }
        Ok(chunks)
    }

    /// The bytes of a chunk.
    pub fn load(&mut self, chunk: &Chunk, into: &mut Vec<u8>) -> Result<(), Error> {
        into.clear();
        into.resize(chunk.length, 0);
        self.read(chunk.place, HEAD, into)
    }

    /// The group of this chain is gone. Gives back what was kept beside blocks of
    /// which nothing is left; what cannot be read any more is freed with the rest.
    pub fn release(&mut self, last: Place) -> Vec<T> {
        let mut gone = Vec::new();
        let Ok(chunks) = self.chain(last, &[]) else {
            return gone;
        };
        for Chunk { place, .. } in chunks {
            gone.extend(self.let_go(place));
        }
        gone
    }

    /// A chunk is part of no group any more; the same.
    pub fn let_go(&mut self, place: Place) -> Option<T> {
        let number = place.block as usize;
        let Some(Some(stored)) = self.blocks.get_mut(number) else { return None };
        stored.live -= 1;
        self.live = self.live.saturating_sub(1);
        if stored.live > 0 {
            return None;
        }
        let run = stored.run % MOST_WINDOWS;
        if let Some(window) = self.windows.get_mut(run) {
            window.bytes.clear();
        }
        self.free.push(place.block);
        self.blocks[number].take().map(|stored| stored.beside)
    }

    /// Whether the chunks of each of so many groups had better be [brought
    /// together](crate::bundle): there are several of each, most of them have come since that
    /// was done last, and they have been read here and there for about as long as it takes.
    pub fn are_scattered(&self, groups: usize) -> bool {
        let several = self.loose >= (groups * 2).max(self.live / 2).max(LEAST);
        several && self.jumps >= self.loose / PER_JUMP
    }

    /// They have been brought together, or cannot be.
    pub fn are_together(&mut self) {
        (self.loose, self.jumps) = (0, 0);
    }

    fn read(&mut self, place: Place, skip: usize, into: &mut [u8]) -> Result<(), Error> {
        let start = place.offset as usize + skip;
        // Places come from blocks that are there, which nobody else writes to.
        let Some(Some(stored)) = self.blocks.get(place.block as usize) else {
            into.fill(0xff);
            return Ok(());
        };
        if into.len() * 2 >= self.window {
            return stored.block.read(start, into);
        }
        let run = stored.run % MOST_WINDOWS;
        if self.windows.len() <= run {
            self.windows.resize_with(run + 1, Window::default);
        }
        let window = &mut self.windows[run];
        let end = start + into.len();
        let near = window.block == place.block && window.start <= start;
        if !near || end > window.start + window.bytes.len() {
            // What begins a block, or follows what was read, is read on; what ends a
            // block, or comes before what was read, is read with what is before it.
            let length = stored.block.len();
            let here = window.block == place.block && !window.bytes.is_empty();
            let onwards = start <= HEAD || (near && start <= window.start + 2 * self.window);
            let backwards = end + GLANCE >= length
                || (here && start < window.start && start + 2 * self.window >= window.start);
            self.jumps += usize::from(!onwards && !backwards);
            let size = if onwards || backwards { self.window } else { GLANCE.max(into.len()) };
            let from = if backwards && !onwards { end.saturating_sub(size) } else { start };
            window.bytes.clear();
            window.bytes.resize(size.min(length.saturating_sub(from)), 0);
            (window.block, window.start) = (place.block, from);
            if let Err(error) = stored.block.read(from, &mut window.bytes) {
                window.bytes.clear();
                return Err(error);
            }
        }
        match window.bytes.get(start - window.start..end - window.start) {
            Some(bytes) => into.copy_from_slice(bytes),
            None => stored.block.read(start, into)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes items (numbers of one byte) for groups in runs, and reads them back.
    fn check(runs: usize, groups: usize, size: usize) {
        let directory = std::env::temp_dir();
        let mut chunks = Chunks::<usize>::new(1 << 20);
        let mut last = vec![Place::NONE; groups];
        let mut wanted = vec![Vec::new(); groups];
        for run in 0..runs {
            chunks.begin_run();
            let mut bytes = Vec::new();
            let mut count = 0;
            for group in (0..groups).filter(|group| (group + run) % 3 != 0) {
                let before = last[group];
                last[group] = Place { block: chunks.next(), offset: bytes.len() as u32 };
                let at = open(&mut bytes, before);
                for item in 0..size + group % 5 {
                    bytes.push((run * 7 + group + item) as u8);
                    wanted[group].push((run * 7 + group + item) as u8);
                }
                close(&mut bytes, at, size + group % 5);
                count += 1;
            }
            chunks.write(&directory, &bytes, count, run).unwrap();
        }
        for group in (0..groups).chain((0..groups).rev()) {
            let chain = chunks.chain(last[group], &[]).unwrap();
            let again = chunks.chain(last[group], &chain[..chain.len() / 2]).unwrap();
            assert_eq!(chain, again);
            let (mut all, mut bytes) = (Vec::new(), Vec::new());
            for chunk in &chain {
                assert_eq!(chunk.first, all.len());
                chunks.load(chunk, &mut bytes).unwrap();
                assert_eq!(bytes.len(), chunk.items);
                all.extend_from_slice(&bytes);
            }
            assert_eq!(all, wanted[group]);
        }
        let gone: usize = last.into_iter().map(|place| chunks.release(place).len()).sum();
        assert_eq!(gone, runs);
        assert!(chunks.is_empty());
    }

    #[test]
    fn groups_come_back() {
        check(1, 4, 1);
        check(7, 300, 3);
        check(300, 20, 400);
        check(3, 9, 20_000);
    }
}
