//! Where keys are found by their hashes: a table of which about eleven bytes for each
//! key are in memory, and nothing else of it.
//!
//! A slot holds a part of the hash and a place. What is not there is nearly always
//! found out from the table alone; what may be there has to be compared with what is
//! at its place.

/// So many bits of the hash are in a slot, the place above them.
const TAG: u32 = 28;
const TAG_MASK: u64 = (1 << TAG) - 1;
const SHARDS: usize = 64;
const EMPTY: u64 = 0;
const REMOVED: u64 = u64::MAX;

/// A part of the table, which grows by itself, so that growing takes little room.
#[derive(Debug)]
struct Shard {
    slots: Vec<u64>,
    /// Slots that are not empty.
    used: usize,
}

/// A slot of the table, until something is added or taken out.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    shard: usize,
    index: usize,
}

/// The shard and the tag of a hash; the bits of a hash need not be good ones.
#[inline]
fn parts(hash: u64) -> (usize, u64) {
    let mut mixed = hash ^ (hash >> 32);
    mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^= mixed >> 29;
    mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed >> 58) as usize % SHARDS, (mixed >> 24) & TAG_MASK)
}

impl Shard {
    #[inline]
    fn home(&self, tag: u64) -> usize {
        ((tag * self.slots.len() as u64) >> TAG) as usize
    }

    #[inline]
    fn after(&self, index: usize) -> usize {
        if index + 1 == self.slots.len() { 0 } else { index + 1 }
    }

    fn put(&mut self, slot: u64) {
        let mut index = self.home(slot & TAG_MASK);
        while self.slots[index] != EMPTY {
            index = self.after(index);
        }
        self.slots[index] = slot;
        self.used += 1;
    }

    fn insert(&mut self, slot: u64) {
        if self.used * 5 >= self.slots.len() * 4 {
            let live = self.slots.iter().filter(|slot| !matches!(**slot, EMPTY | REMOVED)).count();
            let size = (live * 25 / 16 + 16).max(live + 1);
            let mut slots = Vec::new();
            slots.reserve_exact(size);
            slots.resize(size, EMPTY);
            let old = std::mem::replace(&mut self.slots, slots);
            self.used = 0;
            for slot in old.into_iter().filter(|slot| !matches!(*slot, EMPTY | REMOVED)) {
                self.put(slot);
            }
        }
        self.put(slot);
    }
}

/// See the module. Places are below 2³⁶.
#[derive(Debug)]
pub struct Places {
    shards: Vec<Shard>,
}

impl Default for Places {
    fn default() -> Self {
        let shard = || Shard { slots: vec![EMPTY; 16], used: 0 };
        Self { shards: std::iter::repeat_with(shard).take(SHARDS).collect() }
    }
}

/// A search for all places that a key with some hash may have.
#[derive(Debug)]
pub struct Probe {
    shard: usize,
    tag: u64,
    index: Option<usize>,
}

impl Probe {
    #[inline]
    pub fn new(hash: u64) -> Self {
        let (shard, tag) = parts(hash);
        Self { shard, tag, index: None }
    }
}

impl Places {
    /// What it takes in memory, in bytes.
    pub fn size(&self) -> usize {
        self.shards.iter().map(|shard| shard.slots.capacity() * 8).sum()
    }

    /// The next place where a key with that hash may be.
    #[inline]
    pub fn next(&self, probe: &mut Probe) -> Option<(Slot, u64)> {
        let shard = &self.shards[probe.shard];
        let mut index = probe.index.unwrap_or_else(|| shard.home(probe.tag));
        loop {
            let slot = shard.slots[index];
            if slot == EMPTY {
                return None;
            }
            let at = index;
            index = shard.after(index);
            if slot & TAG_MASK == probe.tag && slot != REMOVED {
                probe.index = Some(index);
                return Some((Slot { shard: probe.shard, index: at }, (slot >> TAG) - 1));
            }
        }
    }

    /// Adds a place of a key with this hash.
    #[inline]
    pub fn insert(&mut self, hash: u64, place: u64) {
        let (shard, tag) = parts(hash);
        self.shards[shard].insert(((place + 1) << TAG) | tag);
    }

    /// Takes out what is in a slot, and gives its place.
    pub fn remove(&mut self, slot: Slot) -> u64 {
        let found = &mut self.shards[slot.shard].slots[slot.index];
        let place = (*found >> TAG) - 1;
        *found = REMOVED;
        place
    }
}
