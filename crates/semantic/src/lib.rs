//! What Python itself guarantees about a module: names, values, effects,
//! flow and sizes. Patterns and rules are unknown here.
//!
//! Everything is asked through [`Model`]; facts about a function are worked
//! out when they are first asked for.

// tidy: circle because facts are worked out when they are first asked for, and
// ask each other through the model: the kind of a call needs the callee's body.

mod assume;
mod body;
mod callee;
mod effect;
mod facts;
mod flow;
mod infer;
mod kind;
mod model;
mod object;
mod query;
pub mod scope;
mod size;
mod table;
mod value_flow;

pub use assume::{Assumption, Assumptions, Doubt};
pub use body::Body;
pub use callee::Callee;
pub use effect::{Conflict, Effects, World};
pub use facts::annotate;
pub use flow::{Bindings, Flow, Point, PointId, PointKind, Points};
pub use kind::Kind;
pub use model::{Model, Settings, is_lenient};
pub use object::Objects;
pub use query::{SoleUse, first_iterable};
pub use size::Size;
pub use table::{Call, Which};
pub use value_flow::{Changed, FactoryField, Holding, Journey, Lent, Outlived, Turn};
