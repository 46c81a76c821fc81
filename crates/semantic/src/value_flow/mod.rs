//! Where values go in the whole module: through variables, calls, results and
//! attributes, from function to function.
//!
//! The analysis of one body (`flow`, `object`) is precise and sees no further
//! than the body. This one is coarse and sees all: it takes every use of a
//! variable for one of what the variable may hold (Andersen's inclusion
//! constraints, 1994, without order), and gives up with a reason where
//! something gets out of sight.

mod accumulate;
mod aliased;
mod callables;
mod calls;
mod classes;
mod confined;
mod database;
mod dispatch;
mod factories;
mod fields;
mod foreign;
mod formatted;
mod index;
mod items;
mod list;
mod listed;
mod made;
mod methods;
mod ordered;
mod origins;
mod paths;
mod plain;
mod rows;
mod scalars;
mod surely_set;
mod tables;
mod threads;
mod unseen;
mod uses;
mod world;

pub(crate) use aliased::Aliases;
pub(crate) use confined::Confined;
pub use factories::FactoryField;
pub(crate) use index::{Index, NamedCalls};
pub use items::{Changed, Holding, Lent, Outlived, Turn};
pub use list::Journey;
pub(crate) use listed::Listed;
