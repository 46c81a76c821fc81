//! A list that is kept on disk: what is asked before it is, and what is written then.
//!
//! The questions and the edits are as many as there are ways to make a list, and stand apart from
//! the rule that puts them together.

pub mod items;
pub mod order;
pub mod worth;
pub mod written;
