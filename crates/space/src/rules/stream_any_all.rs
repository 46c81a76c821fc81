//! Feeds `any` and `all` from a generator, which stops at the first answer.
//!
//! The list is not made, and items behind the first true (or false) one are
//! not even computed. That is only the same program if computing them cannot
//! be seen: no effects, no errors.
//!
//! ```py before
//! def has_vowel(word):
//!     letters = "aeiou" * 500
//!     return any([letter == "a" for letter in letters])
//! ```
//! ```py after
//! def has_vowel(word):
//!     letters = "aeiou" * 500
//!     return any(letter == "a" for letter in letters)
//! ```
//!
//! # When not
//!
//! An item that is skipped might have failed, or have done something:
//!
//! ```py kept
//! def all_numbers(lines):
//!     return all([int(line) for line in lines])
//! ```
//! ```py kept
//! def any_failed(jobs):
//!     return any([job.run() for job in jobs])
//! ```
//!
//! # Relies on
//!
//! Nothing where it is applied by default; elsewhere on
//! `allowed: skipped-items`.
//!
//! # Saves and costs
//!
//! The whole list, and the time for the items behind the first answer.

use spacetime_rule::{Context, Found, Rule, Verdict, rule};

use crate::drain::{Drain, Interleaved, drain};

pub static RULE: Rule =
    rule!("stream_any_all", Streaming, ["any([$E for $$$CLAUSES])", "all([$E for $$$CLAUSES])"], check);

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let rule =
        Drain { builtins: &["any", "all"], interleaved: Interleaved::Operators, overhead: 0.05, may_stop: true };
    drain(cx, found.node, &rule)
}
