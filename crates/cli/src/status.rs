//! Exit statuses, and the two kinds of errors that decide them.

use std::fmt;
use std::io;

use crate::output;

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing left to say.
    Success,
    /// Something would change, or an input could not be read or parsed.
    Findings,
    /// Wrong usage, or an error of our own.
    Error,
    /// Stopped by the user, as a shell reports it.
    Interrupted,
}

impl Status {
    pub fn code(self) -> i32 {
        match self {
            Self::Success => 0,
            Self::Findings => 1,
            Self::Error => 2,
            Self::Interrupted => 130,
        }
    }
}

/// The user asked for something that cannot be: a message, no more.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// `Err(usage("..."))` in one word.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Usage(message.into()))
}

/// Tells the user about an error and turns it into a status. A reader that
/// went away (`stc ... | head`) has what it wanted: that is no error.
pub fn settle(result: anyhow::Result<Status>) -> Status {
    match result {
        Ok(status) => status,
        Err(error) if is_broken_pipe(&error) => Status::Success,
        Err(error) => {
            output::error(&format!("{error:#}"));
            Status::Error
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
