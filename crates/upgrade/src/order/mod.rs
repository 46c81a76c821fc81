//! In which order, and how many times, 2to3 looks at which nodes.
//!
//! The order in which fixers get at nodes shows in the output: a fixer that
//! comes first changes what the next one sees, a node that is looked at twice
//! is converted twice. lib2to3 found its candidates by taking of each pattern
//! one path from a leaf upwards, and by climbing from every leaf along these
//! paths; so that is done here too, with its repetitions. What matches is not
//! decided here.

mod automaton;
mod depth;
mod notation;
mod path;

pub use automaton::{Automaton, Seen};
pub use depth::{Depths, deepest_first};
pub use notation::{heads, words};
