//! Sets that have been met, with a number for each, and rows of numbers that
//! are looked up by two of them.

use rustc_hash::FxHashMap;

/// The number of a set. Zero is no set: "not computed yet".
pub(crate) type SetId = u32;
pub(crate) const UNKNOWN: SetId = 0;

/// A number in tables that are looked into for every node: in half the room, so that
/// more of them is near at hand.
pub(crate) type Near = u16;
pub(crate) const UNKNOWN_NEAR: Near = 0;

/// A number that does not fit is not known there, and is found out anew each time; so many
/// sets no class has ever had.
#[inline]
pub(crate) fn near(number: SetId) -> Near {
    Near::try_from(number).unwrap_or(UNKNOWN_NEAR)
}

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

/// From one state of reading to the next: a short row for each state, for the
/// symbols that are met first, which are those that are met most, and one table
/// for all others. So what is looked up lies close together, however many
/// states and symbols there are: most states know few of the symbols.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    near: Vec<Near>,
    /// Open addressing, never more than half full.
    far: Vec<Step>,
    count: usize,
}

/// A step of which the state is zero is none.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    state: SetId,
    symbol: SetId,
    next: SetId,
}

const SHIFT: u32 = 4;
const NEAR: u32 = 1 << SHIFT;

impl Steps {
    /// The next state; unknown also for the symbol that is.
    #[inline]
    pub fn get(&self, state: SetId, symbol: SetId) -> SetId {
        if symbol < NEAR {
            let at = (state as usize) << SHIFT | symbol as usize;
            self.near.get(at).map_or(UNKNOWN, |next| SetId::from(*next))
        } else if self.far.is_empty() {
            UNKNOWN
        } else {
            self.far[self.place(state, symbol)].next
        }
    }

    pub fn set(&mut self, state: SetId, symbol: SetId, next: SetId) {
        let rows = state.max(next) as usize + 1;
        if self.near.len() < rows << SHIFT {
            self.near.resize(rows << SHIFT, UNKNOWN_NEAR);
        }
        if symbol < NEAR {
            self.near[(state as usize) << SHIFT | symbol as usize] = near(next);
            return;
        }
        if self.far.len() <= 2 * self.count {
            let room = (self.far.len() * 2).max(NEAR as usize);
            for step in std::mem::replace(&mut self.far, vec![Step::default(); room]) {
                if step.state != UNKNOWN {
                    let place = self.place(step.state, step.symbol);
                    self.far[place] = step;
                }
            }
        }
        let place = self.place(state, symbol);
        self.count += usize::from(self.far[place].state == UNKNOWN);
        self.far[place] = Step { state, symbol, next };
    }

    /// Where a step stands, or would.
    #[inline]
    fn place(&self, state: SetId, symbol: SetId) -> usize {
        let mixed = (u64::from(state) << 32 | u64::from(symbol)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = (mixed >> 32) as usize & (self.far.len() - 1);
        loop {
            let step = &self.far[at];
            if step.state == UNKNOWN || (step.state == state && step.symbol == symbol) {
                return at;
            }
            at = (at + 1) & (self.far.len() - 1);
        }
    }

    /// All that are known: state, symbol, next state, in this order.
    pub fn all(&self) -> Vec<(SetId, SetId, SetId)> {
        let near = self.near.iter().enumerate().filter(|(_, next)| **next != UNKNOWN_NEAR);
        let near =
            near.map(|(at, next)| ((at >> SHIFT) as SetId, at as SetId & (NEAR - 1), SetId::from(*next)));
        let far = self.far.iter().filter(|step| step.state != UNKNOWN);
        let mut all: Vec<_> = near.chain(far.map(|step| (step.state, step.symbol, step.next))).collect();
        all.sort_unstable();
        all
    }

    pub fn bytes(&self) -> usize {
        self.near.capacity() * size_of::<Near>() + self.far.capacity() * size_of::<Step>()
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
