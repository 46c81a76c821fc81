//! What can go wrong while spilling. The folder is always named, because a full
//! or unwritable folder is what the user has to do something about.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of the spill file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} a spill file in {}: {source}", directory.display())]
    Io { action: &'static str, directory: PathBuf, source: io::Error },
    /// What was read back is not what was written.
    #[error("a spill file in {} is damaged", directory.display())]
    Damaged { directory: PathBuf },
}

impl Error {
    pub(crate) fn io(action: &'static str, directory: &Path, source: io::Error) -> Self {
        Self::Io { action, directory: directory.to_path_buf(), source }
    }

    /// The folder that the spill file lives in.
    pub fn directory(&self) -> &Path {
        match self {
            Self::Io { directory, .. } | Self::Damaged { directory } => directory,
        }
    }
}
