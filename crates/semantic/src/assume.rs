//! The named assumptions, and doubts: why a fact could not be shown.
//!
//! Python lets nearly everything be redefined, so a tool that assumed nothing
//! could do nothing, and one that assumes silently breaks programs. Here every
//! assumption has a name, a sentence, and a default.

use std::fmt;

/// Something taken for granted that no analysis of one file can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Assumption {
    /// Reading an attribute runs no code that has effects or fails.
    AttributeReadsArePure,
    /// Operators, comparisons, hashing, truth and formatting of values have no effects and do not fail.
    OperatorsArePure,
    /// A method that bears the name of a method of `str`, `bytes` or another
    /// builtin type and is called on a value of unknown type does what that does.
    KnownMethodNames,
    /// Nobody replaces builtins or this module's own functions from outside.
    ModuleNotPatched,
    /// A file that could be opened, or a query that could be started, can be
    /// read to its end.
    FilesReadWithoutErrors,
    /// What is read as text can be decoded. Not made by default: other bytes are
    /// not that rare, and were found before anything was printed.
    TextIsDecodable,
    /// What a file holds does not change while it is read.
    FilesUnchangedWhileRead,
    /// No code looks at frames or at `locals()` of a caller.
    NoFrameIntrospection,
    /// No call lets a `StopIteration` of its own escape.
    NoStrayStopIteration,
    /// A run does not fail in two places at once: where making a later item
    /// and using an earlier one would both fail, either error may be seen.
    OneErrorAtATime,
    /// Values that are sorted or compared have a total order (no NaN).
    TotalOrder,
    /// Walking an iterable of unknown type does not change what the code that
    /// uses its items reads.
    IterationIsIndependent,
    /// Walking an iterable of unknown type runs no code with effects. Not made
    /// by default: generators with effects are common.
    IterationIsPure,
    /// Paths that are written differently name different files. Not made by
    /// default: programs are called with the same file as input and output.
    DistinctPaths,
    /// No other thread changes what this one reads. Never made where a module
    /// makes threads.
    NoOtherThreads,
    /// What is private by its name, and everything in a file that runs as a
    /// program, is used by that file alone.
    ModuleIsClosed,
}

impl Assumption {
    pub const ALL: [Self; 16] = [
        Self::AttributeReadsArePure,
        Self::OperatorsArePure,
        Self::KnownMethodNames,
        Self::ModuleNotPatched,
        Self::FilesReadWithoutErrors,
        Self::TextIsDecodable,
        Self::FilesUnchangedWhileRead,
        Self::NoFrameIntrospection,
        Self::NoStrayStopIteration,
        Self::OneErrorAtATime,
        Self::TotalOrder,
        Self::IterationIsIndependent,
        Self::IterationIsPure,
        Self::DistinctPaths,
        Self::NoOtherThreads,
        Self::ModuleIsClosed,
    ];

    /// The name that users write after `--assume`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AttributeReadsArePure => "attribute-reads-are-pure",
            Self::OperatorsArePure => "operators-are-pure",
            Self::KnownMethodNames => "known-method-names",
            Self::ModuleNotPatched => "module-not-patched",
            Self::FilesReadWithoutErrors => "files-read-without-errors",
            Self::TextIsDecodable => "text-is-decodable",
            Self::FilesUnchangedWhileRead => "files-unchanged-while-read",
            Self::NoFrameIntrospection => "no-frame-introspection",
            Self::NoStrayStopIteration => "no-stray-stop-iteration",
            Self::OneErrorAtATime => "one-error-at-a-time",
            Self::TotalOrder => "total-order",
            Self::IterationIsIndependent => "iteration-is-independent",
            Self::IterationIsPure => "iteration-is-pure",
            Self::DistinctPaths => "distinct-paths",
            Self::NoOtherThreads => "no-other-threads",
            Self::ModuleIsClosed => "module-is-closed",
        }
    }

    /// One sentence for `explain` and the documentation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::AttributeReadsArePure => {
                "Reading or setting an attribute has no side effects of its own and does not fail (no such property, `__getattr__` or `__setattr__`)."
            }
            Self::OperatorsArePure => {
                "Operators, comparisons, hashing, truth tests and formatting of values of unknown type have no side effects and do not fail."
            }
            Self::KnownMethodNames => {
                "A method named like one of `str` or `bytes` (`strip`, `split`, `lower`...), called on a value of unknown type, is that method."
            }
            Self::ModuleNotPatched => {
                "No other module replaces builtins, or the functions and classes that this module defines."
            }
            Self::FilesReadWithoutErrors => {
                "A file that could be opened, or a query that could be started, can be read to its end (no I/O error)."
            }
            Self::TextIsDecodable => {
                "What is read as text can be decoded, also where neither the encoding nor `errors=` says so. Where that is not assumed, lists of lines go to disk instead of being read while something is printed."
            }
            Self::FilesUnchangedWhileRead => "What a file holds does not change while it is being read.",
            Self::NoFrameIntrospection => "No code looks at the frames or local variables of its callers.",
            Self::NoStrayStopIteration => "No called function lets a `StopIteration` of its own escape.",
            Self::OneErrorAtATime => {
                "Where making a later item and using an earlier one would both fail, either error may be the one that is raised."
            }
            Self::IterationIsIndependent => {
                "Walking an iterable of unknown type (a parameter, say) does not change what the code that uses its items reads."
            }
            Self::IterationIsPure => {
                "Walking an iterable of unknown type (a parameter, say) has no side effects; it is no generator that prints or writes."
            }
            Self::DistinctPaths => {
                "Files that are opened by different expressions are different files: the program is not called with the same file as input and output."
            }
            Self::NoOtherThreads => {
                "While code of this module runs, no other thread changes what it reads. Not assumed where the module itself imports `threading`, `concurrent.futures` or the like."
            }
            Self::ModuleIsClosed => {
                "What is private (by a leading underscore, or as not in `__all__`; and no other file of the project mentions it) and all of a file that runs as a program is used by that file alone."
            }
            Self::TotalOrder => "Values that are sorted or compared have a total order (no NaN among them).",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|assumption| assumption.name() == name)
    }
}

impl fmt::Display for Assumption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of assumptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assumptions(u16);

impl Assumptions {
    pub const NONE: Self = Self(0);

    /// What codemods commonly take for granted. `--strict` takes none.
    pub fn common() -> Self {
        let bold = [Assumption::IterationIsPure, Assumption::DistinctPaths, Assumption::TextIsDecodable];
        Assumption::ALL.into_iter().filter(|assumption| !bold.contains(assumption)).collect()
    }

    pub fn insert(&mut self, assumption: Assumption) {
        self.0 |= 1 << assumption as u8;
    }

    pub fn remove(&mut self, assumption: Assumption) {
        self.0 &= !(1 << assumption as u8);
    }

    pub fn contains(self, assumption: Assumption) -> bool {
        self.0 & (1 << assumption as u8) != 0
    }

    #[must_use]
    pub fn with(mut self, assumption: Assumption) -> Self {
        self.insert(assumption);
        self
    }

    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = Assumption> {
        Assumption::ALL.into_iter().filter(move |assumption| self.contains(*assumption))
    }
}

impl FromIterator<Assumption> for Assumptions {
    fn from_iter<I: IntoIterator<Item = Assumption>>(all: I) -> Self {
        all.into_iter().fold(Self::NONE, Self::with)
    }
}

/// Why something could not be shown, in words that a user can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// "`rows` is used again on line 12"
    pub reason: String,
    /// What the user could say or change to allow it.
    pub remedy: Option<String>,
}

impl Doubt {
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: None }
    }

    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for assumption in Assumption::ALL {
            assert_eq!(Assumption::from_name(assumption.name()), Some(assumption));
        }
        assert_eq!(Assumptions::common().iter().count(), Assumption::ALL.len() - 3);
    }
}
