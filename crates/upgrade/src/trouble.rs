//! What goes wrong in a fixer.

/// A fixer could not do its work: the file is left as it was, and reported.
///
/// 2to3 stopped with a traceback where this is returned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

impl Trouble {
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}
