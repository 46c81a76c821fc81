//! What a whole program takes at its peak, as a formula in its own quantities.
//!
//! The module is run on abstract values (`machine`), and at every point what is
//! alive is added up: objects of each place that makes some, times how many of them
//! something reaches (`measure`), times what one takes on CPython (`layout`). The
//! largest sum is the peak. This is an estimate, not a proof: nothing else in the
//! house relies on it.

// tidy: circle because the machine evaluates statements, expressions and calls,
// which evaluate each other.

mod call;
mod expression;
mod heap;
mod layout;
mod library;
mod machine;
mod measure;
mod method;
mod quantity;
mod statement;

use spacetime_semantic::Size;
use spacetime_syntax::Tree;

/// A part of the peak: what, made where, and how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub what: String,
    /// The line on which it is made, from 1.
    pub line: usize,
    pub size: Size,
    /// Bytes, where unknown quantities are taken as typical.
    pub typical: f64,
}

/// The predicted peak of a program, beyond the interpreter and its imports.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    pub size: Size,
    /// Where the peak is, from 1; and in which function, or nothing.
    pub line: usize,
    pub function: String,
    /// The largest first.
    pub parts: Vec<Part>,
    /// The quantities that decide where the peak is, sorted.
    pub asked: Vec<String>,
}

/// Predicts the peak of a module that is run as a program. What is `given` decides
/// which of several points is the peak. `None` where it is too large to follow.
pub fn forecast(tree: &Tree<'_>, given: &dyn Fn(&str) -> Option<f64>) -> Option<Forecast> {
    let mut machine = machine::Machine::new(tree, given);
    if !machine.run() {
        return None;
    }
    let peak = machine.peak.clone()?;
    let parts: Vec<Part> = machine
        .by_name(&peak)
        .into_iter()
        .map(|(what, node, bytes)| Part {
            what,
            line: machine.line(spacetime_syntax::NodeId::from_index(node)),
            size: bytes.size,
            typical: bytes.value,
        })
        .collect();
    // What makes no difference would make the formula unreadable.
    let total: f64 = parts.iter().map(|part| part.typical).sum();
    let matters = |part: &&Part| part.typical >= total / 1000.0;
    let size = parts.iter().filter(matters).fold(Size::zero(), |sum, part| sum.plus(&part.size));
    let parts = parts.iter().filter(matters).cloned().collect();
    let asked = machine.asked.borrow().iter().cloned().collect();
    Some(Forecast { size, line: peak.line, function: peak.function, parts, asked })
}

/// The names that `--given` has to answer for a formula.
pub fn quantities(size: &Size) -> Vec<String> {
    let mut names: Vec<String> =
        size.quantities().into_iter().map(|name| quantity::asked(name).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The number of bytes, if everything but the sizes of single objects is given.
pub fn evaluate(size: &Size, given: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let or_usual = |name: &str| given(name).or_else(|| quantity::usual(name));
    size.evaluate(&|name| quantity::value(name, &or_usual))
}

#[cfg(test)]
mod tests;
