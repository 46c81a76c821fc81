//! The space-time rules, one file each. They know neither each other nor the
//! engine.

mod append_loop;
mod comprehension;
mod consumer;
mod drain;
mod files;
mod layout;
mod price;
mod reliances;
mod repeated;
mod rules;
mod safety;
mod source;
mod spilled;

pub use rules::RULES;
