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

const BOM: &str = "\u{feff}";

/// A source text, and how it was encoded.
#[derive(Clone, Debug)]
pub struct Source {
    /// Without the byte order mark.
    pub text: String,
    has_bom: bool,
}

impl Source {
    /// Decodes UTF-8, with or without a byte order mark.
    pub fn decode(bytes: Vec<u8>, path: &str) -> Result<Self, Problem> {
        match String::from_utf8(bytes) {
            Ok(text) => match text.strip_prefix(BOM) {
                Some(rest) => Ok(Self { text: rest.to_owned(), has_bom: true }),
                None => Ok(Self { text, has_bom: false }),
            },
            Err(error) => Err(not_utf8(error.as_bytes(), error.utf8_error().valid_up_to(), path)),
        }
    }

    /// The bytes of `text` in the encoding that this source came in.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        let bom = if self.has_bom { BOM } else { "" };
        [bom.as_bytes(), text.as_bytes()].concat()
    }
}

fn not_utf8(bytes: &[u8], at: usize, path: &str) -> Problem {
    let before = String::from_utf8_lossy(&bytes[..at]);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    let message = format!("not UTF-8: byte 0x{:02x}", bytes[at]);
    Problem { path: path.to_owned(), line, column, message }
}

/// Reads and decodes a file; what goes wrong is a problem of that file alone.
pub fn read_source(path: &Path, name: &str) -> Result<Source, Problem> {
    let unreadable = |error: io::Error| Problem {
        path: name.to_owned(),
        line: 1,
        column: 1,
        message: format!("cannot be read: {}", reason(&error)),
    };
    Source::decode(fs::read(path).map_err(unreadable)?, name)
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
    Source::decode(bytes, name)
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
    fn a_byte_order_mark_survives() {
        let source = Source::decode(b"\xef\xbb\xbfx = 1\n".to_vec(), "a.py").unwrap();
        assert_eq!(source.text, "x = 1\n");
        assert_eq!(source.encode("y = 1\n"), b"\xef\xbb\xbfy = 1\n");
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        let problem = Source::decode(b"x = 1\ny = '\xe9'\n".to_vec(), "a.py").unwrap_err();
        assert_eq!((problem.line, problem.column), (2, 6));
        assert_eq!(problem.message, "not UTF-8: byte 0xe9");
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
