//! The run-time algorithms: spilling, sorting, merging. No Python objects in
//! here: what comes in and goes out are bytes and machine words, so that
//! everything can be tested, and its memory counted, without an interpreter.
//!
//! The way through: [`codec`] writes values so that comparing bytes compares
//! values; a [`Sorter`] collects them into batches, sorts each batch and spills
//! it as a run when the [`budget`] is reached; [`Sorted`] merges the runs on the
//! way out. Sorted runs and multi-way merging are Knuth, *The Art of Computer
//! Programming* 3, section 5.4.1; that this is as few block transfers as any
//! sorting can do is Aggarwal and Vitter, *The input/output complexity of
//! sorting and related problems* (CACM 31, 1988).

pub mod budget;
pub mod bundle;
pub mod chunks;
pub mod codec;
mod dense;
mod error;
pub mod exact;
pub mod gathered;
pub mod group_table;
pub mod keyed;
mod later;
mod memory;
mod merge;
pub mod pack;
mod places;
mod plan;
mod records;
mod room;
mod run;
pub mod seen;
pub mod small;
mod sorted;
mod sorter;
mod spill;
mod store;
mod tournament;
mod words;

pub use error::Error;
pub use places::Slot;
pub use room::held;
pub use sorted::Sorted;
pub use sorter::{Finished, Sorter};
pub use spill::{Spilled, default_directory, spilled};
pub use store::Block;

/// One record as it comes out of a sorter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record<'a> {
    /// A value that was its own key, stored as a machine word.
    Int(i64),
    /// The same for a float.
    Float(f64),
    /// An encoded key and what was stored with it; an empty payload means that
    /// the key is the value.
    Bytes { key: &'a [u8], payload: &'a [u8] },
}
