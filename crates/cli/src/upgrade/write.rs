//! Writing what became of a file: in its place, in another folder, beside it.
//!
//! A file is written whole or not at all, so that nobody is left with half of
//! one, and the old one becomes the backup only when the new one is there.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::one::{Done, os_error};
use super::walk::{folder_of, join};
use crate::source;

/// Where new files go.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub backups: bool,
    /// The folder that `output_dir` mirrors; ends with a slash unless it is empty.
    pub base: String,
    /// Empty: where the old ones are.
    pub output_dir: String,
    pub suffix: String,
}

impl Target {
    /// The name of the new file.
    fn of(&self, name: &str) -> Result<String, String> {
        let mut new = name.to_owned();
        if !self.output_dir.is_empty() {
            let Some(rest) = name.strip_prefix(&self.base) else {
                return Err(format!("filename {name} does not start with the input_base_dir {}", self.base));
            };
            // As `os.path.join` has it, an absolute path stays where it is.
            new = if rest.starts_with('/') { rest.to_owned() } else { join(&self.output_dir, rest) };
        }
        Ok(new + &self.suffix)
    }
}

/// Writes the new file, and tells of it.
pub fn write(target: &Target, path: &Path, name: &str, bytes: &[u8], done: &mut Done) {
    let new = match target.of(name) {
        Ok(new) => new,
        Err(why) => return done.error(format!("Can't write {name}: {why}")),
    };
    if new != name {
        let folder = folder_of(&new);
        if !folder.is_empty()
            && !Path::new(folder).is_dir()
            && let Err(error) = fs::create_dir_all(folder)
        {
            return done.error(format!("Can't create {new}: {}", os_error(&error, folder)));
        }
        done.info(format!("Writing converted {name} to {new}."));
    }
    let written =
        if target.backups { with_backup(path, &new, bytes, done) } else { in_place(path, &new, bytes) };
    match written {
        Ok(()) => {
            done.debug(format!("Wrote changes to {new}"));
            done.is_written = true;
        }
        Err(why) => done.error(format!("Can't create {new}: {why}")),
    }
}

fn in_place(old: &Path, new: &str, bytes: &[u8]) -> Result<(), String> {
    let path = Path::new(new);
    source::write(path, bytes).map_err(|error| format!("{error:#}"))?;
    if path != old {
        copy_mode(old, path).map_err(|error| os_error(&error, new))?;
    }
    Ok(())
}

/// The old file becomes the backup, whatever it is; the new one is a file.
fn with_backup(old: &Path, new: &str, bytes: &[u8], done: &mut Done) -> Result<(), String> {
    let failed = |error: &io::Error| os_error(error, new);
    let mut folder = folder_of(new);
    if folder.is_empty() {
        folder = ".";
    }
    let mut file =
        tempfile::Builder::new().prefix(".2to3-").tempfile_in(folder).map_err(|error| failed(&error))?;
    file.write_all(bytes).map_err(|error| failed(&error))?;
    copy_mode(old, file.path()).map_err(|error| failed(&error))?;
    let backup = format!("{new}.bak");
    if fs::symlink_metadata(&backup).is_ok() && fs::remove_file(&backup).is_err() {
        done.info(format!("Can't remove backup {backup}"));
    }
    if fs::rename(new, &backup).is_err() {
        done.info(format!("Can't rename {new} to {backup}"));
    }
    file.persist(new).map_err(|error| failed(&error.error))?;
    Ok(())
}

fn copy_mode(from: &Path, to: &Path) -> io::Result<()> {
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}
