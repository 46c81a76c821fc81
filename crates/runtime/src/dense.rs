//! Whole numbers that come one after the other, in a bit for each.
//!
//! Numbers of [`Exact`](crate::exact::Exact) that were met in a row are kept here from then on,
//! 64 of them in two words: what looks for them, or adds the next one, finds both where it
//! was before. All numbers that have their highest bits in common, a *line*, are either here
//! or in the other table.

/// So many numbers are a line.
pub const LINE: u64 = 64;
const BITS: u32 = LINE.ilog2();
/// What stands where no line is; no number is so large.
const EMPTY: u64 = u64::MAX;
/// So many numbers come in a row before there is a line.
const ROW: u32 = 32;
const FIRST: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub struct Dense {
    /// What the numbers of a line begin with, and which are there.
    lines: Vec<(u64, u64)>,
    used: usize,
    /// Where the last number was.
    latest: usize,
    /// The last number that was added elsewhere, and how many have come in a row.
    before: u64,
    row: u32,
    /// The smallest and the largest number that was ever added elsewhere.
    elsewhere: Option<(u64, u64)>,
}

/// What becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    New,
    Known,
    /// It belongs elsewhere.
    Elsewhere,
    /// As do, until they are moved here, those of its line, which is here from now on.
    Line,
}

impl Dense {
    pub fn is_empty(&self) -> bool {
        self.used == 0
    }

    /// What it takes in memory, in bytes.
    pub fn size(&self) -> usize {
        self.lines.capacity() * size_of::<(u64, u64)>()
    }

    #[inline]
    fn home(&self, line: u64) -> usize {
        let mixed = (line ^ (line >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 20) as usize & (self.lines.len() - 1)
    }

    /// Where a line is, if it is here.
    #[inline]
    fn find(&self, line: u64) -> Option<usize> {
        if self.is_empty() {
            return None;
        }
        if self.lines.get(self.latest).is_some_and(|latest| latest.0 == line) {
            return Some(self.latest);
        }
        let mut at = self.home(line);
        loop {
            match self.lines[at].0 {
                found if found == line => return Some(at),
                EMPTY => return None,
                _ => at = (at + 1) & (self.lines.len() - 1),
            }
        }
    }

    /// Whether a number is there; `None` if it would be elsewhere.
    #[inline]
    pub fn contains(&self, number: u64) -> Option<bool> {
        let at = self.find(number >> BITS)?;
        Some(self.lines[at].1 >> (number % LINE) & 1 == 1)
    }

    /// Adds a number, if it belongs here.
    #[inline]
    pub fn put(&mut self, number: u64) -> Put {
        if let Some(at) = self.find(number >> BITS) {
            self.latest = at;
            let (bits, bit) = (&mut self.lines[at].1, 1 << (number % LINE));
            let is_new = *bits & bit == 0;
            *bits |= bit;
            return if is_new { Put::New } else { Put::Known };
        }
        self.put_elsewhere(number)
    }

    fn put_elsewhere(&mut self, number: u64) -> Put {
        self.row = if number == self.before + 1 || number + 1 == self.before { self.row + 1 } else { 0 };
        self.before = number;
        if self.row < ROW {
            let (least, most) = self.elsewhere.unwrap_or((number, number));
            self.elsewhere = Some((least.min(number), most.max(number)));
            return Put::Elsewhere;
        }
        let line = number >> BITS;
        if self.used * 3 >= self.lines.len() * 2 {
            self.grow();
        }
        self.used += 1;
        self.latest = self.place(line, 1 << (number % LINE));
        match self.elsewhere {
            Some((least, most)) if (least >> BITS..=most >> BITS).contains(&line) => Put::Line,
            _ => Put::New,
        }
    }

    fn place(&mut self, line: u64, bits: u64) -> usize {
        let mut at = self.home(line);
        while self.lines[at].0 != EMPTY {
            at = (at + 1) & (self.lines.len() - 1);
        }
        self.lines[at] = (line, bits);
        at
    }

    #[cold]
    fn grow(&mut self) {
        let size = (self.lines.len() * 2).max(FIRST);
        let old = std::mem::replace(&mut self.lines, vec![(EMPTY, 0); size]);
        for (line, bits) in old.into_iter().filter(|line| line.0 != EMPTY) {
            self.place(line, bits);
        }
    }

    /// Takes a number out; says whether it was there, and `None` if it would be elsewhere.
    pub fn remove(&mut self, number: u64) -> Option<bool> {
        let at = self.find(number >> BITS)?;
        let (bits, bit) = (&mut self.lines[at].1, 1 << (number % LINE));
        let was_there = *bits & bit != 0;
        *bits &= !bit;
        Some(was_there)
    }

    /// The first number of those from a place of a walk on, and its place.
    pub fn next(&self, from: usize) -> Option<(u64, usize)> {
        let (mut at, mut bit) = (from / LINE as usize, from % LINE as usize);
        while let Some((line, bits)) = self.lines.get(at) {
            let rest = bits >> bit;
            if rest != 0 {
                let bit = bit + rest.trailing_zeros() as usize;
                return Some((line << BITS | bit as u64, at * LINE as usize + bit));
            }
            (at, bit) = (at + 1, 0);
        }
        None
    }
}

/// All numbers of a line.
pub fn line(number: u64) -> std::ops::Range<u64> {
    let first = number / LINE * LINE;
    first..first + LINE
}
