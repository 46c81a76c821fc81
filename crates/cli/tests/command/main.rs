//! The command as users meet it: the binary, files, streams, exit codes.
//!
//! Nothing here needs a rule to fire; `rewrites.rs` has what does.

mod common;
mod graph;
mod optimize;
mod own_fixers;
mod prove;
mod settings;
mod upgrade;
