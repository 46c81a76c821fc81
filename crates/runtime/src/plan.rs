//! How a budget is divided. While runs are made, the batch has at most an eighth of
//! it in bytes, whatever its items would take as objects: larger batches are not
//! sorted faster, since what does not fit into the processor's caches is slow to
//! sort. While runs are merged, up to a quarter goes to the blocks that are
//! read, and half where they are many.
//!
//! A run is one full batch, and the blocks shrink as runs become many, so one
//! pass merges up to budget² / (16 · block) bytes: runs are not shorter than the
//! √(n·block) that one pass needs (Aggarwal and Vitter).

/// Larger blocks were not faster.
const LARGEST_BLOCK: usize = 64 << 10;

/// Nor are small budgets divided so that their runs become very many.
const SMALL_BATCH: usize = 256 << 10;

/// How large the records of a batch and their index may get.
pub fn batch(budget: usize) -> usize {
    (budget / 8).max(budget.min(SMALL_BATCH))
}

/// The buffer through which a run is written.
pub fn write_block(budget: usize) -> usize {
    (budget / 16).clamp(1 << 10, LARGEST_BLOCK)
}

fn smallest_block(budget: usize) -> usize {
    (budget / 64).clamp(512, 8 << 10)
}

/// How many runs may be merged at once if no record is larger than `record`.
pub fn fan_in(budget: usize, record: usize) -> usize {
    (budget / 2 / smallest_block(budget).max(record)).max(2)
}

/// The block of each of so many runs.
pub fn read_block(budget: usize, runs: usize) -> usize {
    (budget / 4 / runs.max(1)).clamp(smallest_block(budget), LARGEST_BLOCK)
}
