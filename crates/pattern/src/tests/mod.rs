//! Tests that need a tree of their own, and the slow matcher.

mod notation;
mod python;
mod random;
mod sample;
mod scan;
mod store;
