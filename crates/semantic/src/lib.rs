//! What Python itself guarantees about a module, whatever the rules want of it.

pub mod scope;
