//! What Python itself guarantees about a module: names, values, effects,
//! flow and sizes. Patterns and rules are unknown here.
//!
//! Everything is asked through [`Model`]; facts about a function are worked
//! out when they are first asked for.

mod assume;
mod model;
mod size;

pub use assume::{Assumption, Assumptions, Doubt};
pub use model::Model;
pub use size::Size;
