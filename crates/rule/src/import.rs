//! Imports that a rewrite needs; the engine adds each once, in the right place.

/// `from module import name`. The engine picks a free alias where `name` is
/// taken in the module, and the rule learns it before it writes its edits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Import {
    pub module: &'static str,
    pub name: &'static str,
}
