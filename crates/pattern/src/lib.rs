//! Tree patterns with holes, and one scan that finds them all.
//!
//! A rule says what it looks for as a [`Pattern`]; all patterns of all rules
//! go into one [`PatternSet`], and one walk over a tree names every place
//! where one of them matches. So the price of looking does not grow with the
//! number of rules, and no rule walks a tree by itself.
//!
//! # Python with holes
//!
//! | in a pattern | stands for |
//! |---|---|
//! | `$NAME` | one expression, statement, `case` pattern or identifier; the same name twice must be equal |
//! | `$_` | the same, without a name and without being compared |
//! | `$$$NAME`, `$$$` | any number of siblings, also none |
//!
//! - A pattern is one expression (`sum($XS)`) or one statement
//!   (`for $I in $ITER: $$$BODY`). An expression followed by `;` is the
//!   statement that evaluates it and drops the value: `$X.append($E);`.
//! - `$X` never stands for `*xs`, `**xs`, `key=value` or the slice `a:b`,
//!   since none of them is an expression. `$$$ARGS` stands for all of them.
//! - `$S` alone where a statement stands is any one statement.
//! - A clause that starts with `$$$` is any number of such clauses, whatever
//!   is written in it: `[$E for $$$CLAUSES]` is any list comprehension,
//!   `[$E for $X in $XS if $$$CONDITIONS]` one with one `for`,
//!   `except $$$HANDLERS: pass`, `case $$$CASES: pass`, `elif $$$ELIFS: pass`,
//!   `with $$$ITEMS:`, `@$$$DECORATORS`, `def f($$$PARAMETERS)`,
//!   `from m import $$$NAMES`, `{**$$$ITEMS}` (a dict; `{$$$X}` is a set).
//! - What is not written is not there: `for $I in $XS: $$$B` has no `else`;
//!   `for $I in $XS: $$$B` + newline + `else: $$$E` is one with or without.
//! - Keyword arguments match in the order in which they are written.
//! - Parentheses, comments, quotes and load or store do not matter. Numbers and
//!   strings with a backslash are equal when they are spelled equally.
//! - Text in quotes is literal; there are no holes in strings.
//!
//! Alternatives are several patterns. Of several ways in which one pattern
//! matches one node, the match is the one whose `$$$` are shortest from left
//! to right.
//!
//! # The notation of 2to3
//!
//! | in a pattern | stands for |
//! |---|---|
//! | `power`, `power< … >` | a node of this kind; with these children, all of them |
//! | `any`, `any< … >` | any node; any node with these children |
//! | `'text'` | a leaf with this text |
//! | `NAME`, `STRING`, `NUMBER`, `TOKEN` | a leaf of this kind; any leaf |
//! | `a b`, `a \| b`, `( … )` | one after the other; one of them; brackets |
//! | `x*`, `x+`, `x{m,n}`, `[ … ]` | repeated, as few times as possible; perhaps |
//! | `not x` | nothing, where what follows does not begin with `x` |
//! | `name=x` | `x`, bound: a node if `x` is one node, a list if it is a repeat or has alternatives |
//!
//! Names in a negation bind nothing.
//! The first way to match is the match: alternatives are tried in their order
//! and repeats with as few as possible first. A name that stands twice means
//! the last one.

// tidy: circle because a pattern is parsed by the notations, which make
// patterns of what they read, and names that a pattern set starts the scans
// that ask it.

mod automaton;
mod binding;
mod compile;
mod graph;
mod lexer;
mod notation;
mod pattern;
mod python;
#[cfg(test)]
mod reference;
mod scan;
mod set;
mod store;
mod symbols;
#[cfg(test)]
mod tests;
mod tree;
mod two_to_three;

pub use binding::{Binding, Match};
pub use graph::Titles;
pub use pattern::{Pattern, PatternError};
pub use scan::{Scan, Traced};
pub use set::PatternSet;
pub use store::StoreError;
pub use symbols::Symbols;
pub use tree::{Kind, Role, Tree};
