//! Bytes of a file to text and back, and replacing files safely.
//!
//! This is the one place of the command that decodes and encodes, and the one
//! place that writes what a user keeps.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use spacetime_engine::SourceKind;
use spacetime_engine::report::Problem;

use crate::output;

/// A source text, and how it was encoded.
#[derive(Clone, Debug)]
pub struct Source {
    /// Without the byte order mark.
    pub text: String,
    encoded: spacetime_engine::Source,
}

impl Source {
    /// Decodes as PEP 263 says: byte order mark, coding comment, else UTF-8.
    pub fn decode(bytes: &[u8], path: &str) -> Result<Self, Problem> {
        match spacetime_engine::Source::decode(bytes) {
            Ok(encoded) => Ok(Self { text: encoded.text().to_owned(), encoded }),
            Err(problem) => {
                let line = problem.line();
                Err(Problem { path: path.to_owned(), line, column: 1, message: problem.to_string() })
            }
        }
    }

    /// The bytes of `text` in the encoding that this source came in.
    pub fn encode(&self, text: &str) -> anyhow::Result<Vec<u8>> {
        Ok(self.encoded.encode(text)?)
    }
}

/// Reads and decodes a file; what goes wrong is a problem of that file alone.
pub fn read_source(path: &Path, name: &str) -> Result<Source, Problem> {
    let unreadable = |error: io::Error| Problem {
        path: name.to_owned(),
        line: 1,
        column: 1,
        message: format!("cannot be read: {}", reason(&error)),
    };
    Source::decode(&fs::read(path).map_err(unreadable)?, name)
}

/// Standard input, to its end.
pub fn read_stdin(name: &str) -> Result<Source, Problem> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes).map_err(|error| Problem {
        path: name.to_owned(),
        line: 1,
        column: 1,
        message: format!("cannot be read: {}", reason(&error)),
    })?;
    Source::decode(&bytes, name)
}

pub fn source_kind(path: &Path) -> SourceKind {
    if path.extension().is_some_and(|extension| extension == "pyi") {
        SourceKind::Stub
    } else {
        SourceKind::Python
    }
}

/// Writes a file whole or not at all: the bytes go to a new file in the same
/// folder, which then takes the name. A symlink keeps pointing where it did,
/// and an existing file keeps its permissions.
pub fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let failed = || format!("{} cannot be written", path.display());
    if path == Path::new("-") || path == Path::new("/dev/stdout") {
        return Ok(output::print(bytes)?);
    }
    let target = resolve(path).with_context(failed)?;
    let existing = match fs::metadata(&target) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(failed),
    };
    if let Some(metadata) = &existing {
        anyhow::ensure!(!metadata.is_dir(), "{} cannot be written: it is a folder", path.display());
        // Renaming over a read-only file would work; the user said not to change it.
        anyhow::ensure!(
            !metadata.permissions().readonly(),
            "{} cannot be written: it is read-only",
            path.display()
        );
        if !metadata.is_file() || is_system(&target) {
            // A device, a pipe or an open file (`-o /dev/stderr`) is written to, never replaced.
            return fs::OpenOptions::new()
                .append(true)
                .open(&target)
                .and_then(|mut file| file.write_all(bytes))
                .with_context(failed);
        }
    }
    replace(&target, bytes, existing.as_ref()).with_context(failed)
}

fn replace(target: &Path, bytes: &[u8], existing: Option<&fs::Metadata>) -> io::Result<()> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut builder = tempfile::Builder::new();
    builder.prefix(".stc-");
    #[cfg(unix)]
    {
        // What `open` would ask for, less the umask; tempfile's own default is private.
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    if let Some(metadata) = existing {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.persist(target).map_err(|error| error.error)?;
    Ok(())
}

/// The file that a chain of symlinks leads to, which may not exist yet.
fn resolve(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..40 {
        match fs::read_link(&path) {
            Ok(_) if is_system(&path) => return Ok(path),
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// `/dev/stderr` is a link to `/proc/self/fd/2`, which looks like a link to a file.
fn is_system(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

/// The system's words without Rust's `(os error 13)`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_and_encoding_survive() {
        let source = Source::decode(b"\xef\xbb\xbfx = 1\n", "a.py").unwrap();
        assert_eq!(source.text, "x = 1\n");
        assert_eq!(source.encode("y = 1\n").unwrap(), b"\xef\xbb\xbfy = 1\n");
        let latin = b"# coding: latin-1\nx = '\xe9'\n";
        let source = Source::decode(latin, "a.py").unwrap();
        assert!(source.text.ends_with("'\u{e9}'\n"));
        assert_eq!(source.encode(&source.text).unwrap(), latin);
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        let problem = Source::decode(b"x = 1\ny = '\xe9'\n", "a.py").unwrap_err();
        assert_eq!(problem.line, 2);
        assert!(problem.message.contains("0xe9"), "{}", problem.message);
    }

    #[test]
    fn replacing_keeps_mode_and_symlink() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("real.py");
        let link = folder.path().join("link.py");
        fs::write(&real, "a").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o754)).unwrap();
        std::os::unix::fs::symlink("real.py", &link).unwrap();
        write(&link, b"b").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "b");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o754);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
