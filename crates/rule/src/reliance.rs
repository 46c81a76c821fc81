//! What a rewrite relies on to keep the program's behaviour.

use std::fmt;

use spacetime_semantic::Assumption;

/// A change that somebody could see, and that is made only when asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Allowance {
    /// Effects of the loop body come before an error in a later item.
    EarlyEffects,
    /// Errors and effects of items that are never needed do not happen.
    SkippedItems,
    /// A variable of a module holds an iterator where it held a list.
    ModuleNames,
}

impl Allowance {
    pub const ALL: [Self; 3] = [Self::EarlyEffects, Self::SkippedItems, Self::ModuleNames];

    pub fn name(self) -> &'static str {
        match self {
            Self::EarlyEffects => "early-effects",
            Self::SkippedItems => "skipped-items",
            Self::ModuleNames => "module-names",
        }
    }

    pub fn meaning(self) -> &'static str {
        match self {
            Self::EarlyEffects => {
                "Work on the first items may be seen before an error in a later item stops the program."
            }
            Self::ModuleNames => {
                "A variable at module level, which other modules could read, holds an iterator where it held a list."
            }
            Self::SkippedItems => {
                "Items that are never asked for are not computed, so their errors and effects do not happen."
            }
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|allowance| allowance.name() == name)
    }
}

/// One thing that a rewrite relies on beyond what is proved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reliance {
    /// Checked at run time, with the original behaviour as the way out.
    Guarded(String),
    Assumed(Assumption),
    Allowed(Allowance),
}

impl fmt::Display for Reliance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guarded(what) => write!(f, "guarded: {what}"),
            Self::Assumed(assumption) => write!(f, "assumed: {assumption}"),
            Self::Allowed(allowance) => write!(f, "allowed: {}", allowance.name()),
        }
    }
}
