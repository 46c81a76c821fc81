//! The space-time rules, one file each. They know neither each other nor the
//! engine.

mod rules;

pub use rules::RULES;
