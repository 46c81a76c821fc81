//! The contract between those who make rules and those who run them.
//!
//! A rule gets a candidate and a [`Context`], and answers with a [`Verdict`].
//! It does not know who asks: nothing in here names a concrete rule or the
//! engine, which keeps the graph of crates a tree.

mod claim;
mod context;
mod header;
mod import;
mod opportunity;
mod reliance;

pub use claim::Claim;
pub use context::{Context, Found};
pub use header::{Example, ExampleKind, Header, HeaderProblem};
pub use import::Import;
pub use opportunity::{Opportunity, Refusal, Verdict};
pub use reliance::{Allowance, Reliance};

/// What a rule belongs to; what `--select` knows beside rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    Streaming,
    ExternalMemory,
}

impl Group {
    pub const ALL: [Self; 2] = [Self::Streaming, Self::ExternalMemory];

    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::ExternalMemory => "external-memory",
        }
    }

    /// As reports write it, which keep the words of the original tool.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::ExternalMemory => "external_memory",
        }
    }
}

/// When a rule's turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    First,
    /// When no rule of the first turn has anything left to do.
    Late,
    /// When those have nothing left: what is within others may have gone to disk with them.
    Within,
    /// When nobody else has: it makes quicker what others have written.
    Last,
}

impl Turn {
    pub const ALL: [Self; 4] = [Self::First, Self::Late, Self::Within, Self::Last];
}

/// One rewrite. A rule is one file: its header is the documentation and holds
/// the examples, which are the tests.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// File name, module, id and command-line name in one.
    pub name: &'static str,
    pub group: Group,
    /// The rule's own source file; the `//!` lines are its page.
    pub source: &'static str,
    /// More examples, as Markdown, where there are too many for a page.
    pub cases: &'static str,
    /// The shapes looked for, in Python with holes.
    pub patterns: &'static [&'static str],
    pub turn: Turn,
    pub check: fn(&Context<'_, '_>, &Found) -> Verdict,
}

impl Rule {
    /// The rule with more cases than its page shows.
    #[must_use]
    pub const fn with_cases(self, cases: &'static str) -> Self {
        Self { cases, ..self }
    }
}

/// Declares the modules of a rule crate and collects their `RULE`s.
#[macro_export]
macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*
        /// All rules of this crate, in the order in which they are listed.
        pub static RULES: &[&$crate::Rule] = &[$(&$name::RULE),*];
    };
}

/// Builds a [`Rule`] whose name is the file's and whose page is its header.
#[macro_export]
macro_rules! rule {
    ($name:literal, $group:ident, [$($pattern:literal),* $(,)?], $check:expr) => {
        $crate::Rule {
            name: $name,
            group: $crate::Group::$group,
            source: include_str!(concat!($name, ".rs")),
            cases: "",
            patterns: &[$($pattern),*],
            turn: $crate::Turn::First,
            check: $check,
        }
    };
    (late $name:literal, $group:ident, [$($pattern:literal),* $(,)?], $check:expr) => {
        $crate::Rule { turn: $crate::Turn::Late, ..$crate::rule!($name, $group, [$($pattern),*], $check) }
    };
    (within $name:literal, $group:ident, [$($pattern:literal),* $(,)?], $check:expr) => {
        $crate::Rule { turn: $crate::Turn::Within, ..$crate::rule!($name, $group, [$($pattern),*], $check) }
    };
    (last $name:literal, $group:ident, [$($pattern:literal),* $(,)?], $check:expr) => {
        $crate::Rule { turn: $crate::Turn::Last, ..$crate::rule!($name, $group, [$($pattern),*], $check) }
    };
}
