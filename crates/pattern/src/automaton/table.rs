//! Sets that have been met, with a number for each, and rows of numbers that
//! are looked up by two of them.

use rustc_hash::FxHashMap;

/// The number of a set. Zero is no set: "not computed yet".
pub(crate) type SetId = u32;
pub(crate) const UNKNOWN: SetId = 0;

/// Sets of small numbers, each in ascending order, numbered from one.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    numbers: FxHashMap<Box<[u32]>, SetId>,
    all: Vec<Box<[u32]>>,
    bytes: usize,
}

impl Sets {
    pub fn number(&mut self, set: &[u32]) -> SetId {
        if let Some(number) = self.numbers.get(set) {
            return *number;
        }
        self.all.push(set.into());
        let number = self.all.len() as SetId;
        self.numbers.insert(set.into(), number);
        // Twice the set, twice a fat pointer, a number and what the map keeps free.
        self.bytes += 2 * (size_of_val(set) + size_of::<Box<[u32]>>()) + 16;
        number
    }

    pub fn get(&self, number: SetId) -> &[u32] {
        &self.all[number as usize - 1]
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.all.iter().map(AsRef::as_ref)
    }

    #[inline]
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Rows of equal width, both growing as numbers are met.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    cells: Vec<SetId>,
    /// The width is a power of two: this one.
    shift: u32,
    rows: usize,
}

impl Grid {
    fn width(&self) -> usize {
        1 << self.shift
    }

    #[inline]
    pub fn get(&self, row: SetId, column: u32) -> SetId {
        // A column beyond the width would be a cell of the next row.
        if column >> self.shift != 0 {
            return UNKNOWN;
        }
        let at = ((row as usize) << self.shift) | column as usize;
        self.cells.get(at).copied().unwrap_or(UNKNOWN)
    }

    pub fn set(&mut self, row: SetId, column: u32, value: SetId) {
        let (row, column) = (row as usize, column as usize);
        if column >= self.width() {
            self.widen((column + 1).next_power_of_two().trailing_zeros());
        }
        if row >= self.rows {
            self.rows = row + 1;
            self.cells.resize(self.rows << self.shift, UNKNOWN);
        }
        self.cells[(row << self.shift) | column] = value;
    }

    fn widen(&mut self, shift: u32) {
        let mut cells = vec![UNKNOWN; self.rows << shift];
        for (new, old) in cells.chunks_exact_mut(1 << shift).zip(self.cells.chunks_exact(self.width())) {
            new[..old.len()].copy_from_slice(old);
        }
        (self.cells, self.shift) = (cells, shift);
    }

    /// Every cell that is known, row by row: row, column, value.
    pub fn iter(&self) -> impl Iterator<Item = (SetId, u32, SetId)> {
        let width = self.width();
        let known = self.cells.iter().enumerate().filter(|(_, value)| **value != UNKNOWN);
        known.map(move |(at, value)| ((at / width) as SetId, (at % width) as u32, *value))
    }

    pub fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<SetId>()
    }
}
