//! The private folder that both versions run in, one after the other.
//!
//! Every run gets a fresh copy of the working folder at the same path, with
//! one version of the script in the script's place. So imports of neighbours,
//! `__file__`, `sys.argv[0]` and what is printed about paths are the same for
//! both, what a run writes is seen whole, and the user's files are never
//! written to.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::status::usage;

const MOST_FILES: usize = 20_000;

/// Not copied: caches, and what belongs to tools rather than to the program.
const LEFT_OUT: &[&str] =
    &[".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"];
/// Large and only read: seen through a symlink.
const LINKED: &[&str] = &[".venv", "venv", "node_modules"];

/// Where runs take place.
pub struct Stage {
    /// Removed with the stage.
    _scratch: tempfile::TempDir,
    folder: PathBuf,
    workdir: PathBuf,
    script: Script,
    limit: u64,
}

/// Where the script lies.
enum Script {
    /// Below the working folder.
    Inside(PathBuf),
    /// Elsewhere: its folder is staged beside the working folder's copy.
    Outside { folder: PathBuf, name: OsString },
}

impl Stage {
    pub fn new(workdir: &Path, script: &Path, limit: u64) -> anyhow::Result<Self> {
        let unfound = |path: &Path| format!("{} cannot be found", path.display());
        let workdir = workdir.canonicalize().with_context(|| unfound(workdir))?;
        // The folder's symlinks are resolved, the script's own is not: neighbours are looked up beside the link.
        let folder =
            script.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().with_context(|| unfound(folder))?;
        let name = script.file_name().ok_or_else(|| usage(format!("{} is no script", script.display())))?;
        let script = match folder.strip_prefix(&workdir) {
            Ok(below) => Script::Inside(below.join(name)),
            Err(_) => Script::Outside { folder, name: name.to_owned() },
        };
        let scratch = tempfile::Builder::new().prefix("stc-prove-").tempdir().context("no scratch folder")?;
        // Compared with paths of the working folder, which may be `/tmp`, itself a symlink.
        let folder = scratch.path().canonicalize().context("no scratch folder")?;
        let stage = Self { _scratch: scratch, folder, workdir, script, limit };
        stage.copier().measure(&stage.workdir).map_err(|error| stage.advise(&error))?;
        Ok(stage)
    }

    fn copier(&self) -> Copier<'_> {
        Copier { bytes: self.limit, files: MOST_FILES, scratch: &self.folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The working folder of a run.
    pub fn work(&self) -> PathBuf {
        self.path("work")
    }

    /// `TMPDIR` of a run.
    pub fn tmp(&self) -> PathBuf {
        self.path("tmp")
    }

    /// A place outside of what the program sees.
    pub fn notes(&self, name: &str) -> PathBuf {
        self.notes_folder().join(name)
    }

    pub fn notes_folder(&self) -> PathBuf {
        self.path("notes")
    }

    /// The path under which the script is started.
    pub fn script(&self) -> PathBuf {
        match &self.script {
            Script::Inside(below) => below.clone(),
            Script::Outside { name, .. } => self.path("script").join(name),
        }
    }

    /// The folders that a run may write to, by the names used in messages.
    pub fn watched(&self) -> Vec<PathBuf> {
        let script = matches!(self.script, Script::Outside { .. }).then(|| self.path("script"));
        [Some(self.work()), script].into_iter().flatten().collect()
    }

    /// An argument that names something in the working folder by its full
    /// path means its copy.
    pub fn argument(&self, argument: &OsStr) -> OsString {
        match Path::new(argument).strip_prefix(&self.workdir) {
            Ok(below) => self.work().join(below).into_os_string(),
            Err(_) => argument.to_owned(),
        }
    }

    /// Sets the stage for one run of `code`.
    pub fn set(&self, code: &[u8]) -> anyhow::Result<()> {
        for folder in [self.tmp(), self.notes_folder()] {
            remove(&folder)?;
            fs::create_dir(&folder).context("no scratch folder")?;
        }
        let (work, side) = (self.work(), self.path("script"));
        remove(&work)?;
        remove(&side)?;
        let mut copier = self.copier();
        copier.copy(&self.workdir, &work).map_err(|error| self.advise(&error))?;
        if let Script::Outside { folder, .. } = &self.script {
            let copied = copier.copy(folder, &side);
            if matches!(copied, Err(CopyError::TooLarge)) {
                remove(&side)?;
                link_all(folder, &side)?;
            } else {
                copied.map_err(|error| self.advise(&error))?;
            }
        }
        let script = self.work().join(self.script());
        remove(&script)?;
        fs::write(&script, code).with_context(|| format!("{} cannot be written", script.display()))
    }

    fn advise(&self, error: &CopyError) -> anyhow::Error {
        match error {
            CopyError::TooLarge => usage(format!(
                "{} holds more than {} MB or {MOST_FILES} files, too much to copy for every run; \
                 run in a folder that holds only what the script needs, with --workdir DIR, or raise --copy-limit",
                self.workdir.display(),
                self.limit >> 20,
            )),
            CopyError::Failed(path, error) => usage(format!("{} cannot be copied: {error}", path.display())),
        }
    }

    /// Keeps what a run left behind, under a name of our own.
    pub fn keep(&self, name: &str) -> anyhow::Result<()> {
        let kept = self.path(name);
        remove(&kept)?;
        fs::create_dir(&kept)?;
        for folder in self.watched().into_iter().chain([self.notes_folder()]) {
            if let Some(base) = folder.file_name() {
                fs::rename(&folder, kept.join(base)).context("no scratch folder")?;
            }
        }
        Ok(())
    }

    /// Where [`Stage::keep`] has put a folder.
    pub fn kept(&self, name: &str, folder: &Path) -> PathBuf {
        self.path(name).join(folder.file_name().unwrap_or_default())
    }

    /// The user's folder that a watched folder is a copy of.
    pub fn original(&self, watched: &Path) -> &Path {
        match &self.script {
            Script::Outside { folder, .. } if watched != self.work() => folder,
            _ => &self.workdir,
        }
    }

    /// The script's path within its watched folder: we wrote it, the program did not.
    pub fn script_in(&self, watched: &Path) -> Option<PathBuf> {
        match &self.script {
            Script::Inside(below) if watched == self.work() => Some(below.clone()),
            Script::Outside { name, .. } if watched != self.work() => Some(PathBuf::from(name)),
            _ => None,
        }
    }
}

/// Whether [`Stage::set`] copies what bears this name.
pub fn is_staged(name: &OsStr) -> bool {
    !LEFT_OUT.iter().chain(LINKED).any(|other| name == *other)
}

enum CopyError {
    TooLarge,
    Failed(PathBuf, io::Error),
}

/// Copies trees, up to a limit.
struct Copier<'a> {
    bytes: u64,
    files: usize,
    /// Our own folder, in case the working folder is `/tmp`.
    scratch: &'a Path,
}

impl Copier<'_> {
    /// Fails where [`Copier::copy`] would, before anything has been copied.
    fn measure(&mut self, from: &Path) -> Result<(), CopyError> {
        let failed = |error| CopyError::Failed(from.to_owned(), error);
        for entry in fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (name, kind) = (entry.file_name(), entry.file_type().map_err(failed)?);
            if entry.path() == self.scratch || !is_staged(&name) {
                continue;
            }
            self.files = self.files.checked_sub(1).ok_or(CopyError::TooLarge)?;
            if kind.is_dir() {
                self.measure(&entry.path())?;
            } else if kind.is_file() {
                let size = entry.metadata().map_err(failed)?.len();
                self.bytes = self.bytes.checked_sub(size).ok_or(CopyError::TooLarge)?;
            }
        }
        Ok(())
    }

    fn copy(&mut self, from: &Path, to: &Path) -> Result<(), CopyError> {
        let failed = |error| CopyError::Failed(from.to_owned(), error);
        fs::create_dir(to).map_err(failed)?;
        for entry in fs::read_dir(from).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if LEFT_OUT.iter().any(|other| name == *other) || entry.path() == self.scratch {
                continue;
            }
            self.entry(&entry, &to.join(&name))?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &fs::DirEntry, to: &Path) -> Result<(), CopyError> {
        let from = entry.path();
        let failed = |error| CopyError::Failed(from.clone(), error);
        let kind = entry.file_type().map_err(failed)?;
        self.files = self.files.checked_sub(1).ok_or(CopyError::TooLarge)?;
        if kind.is_dir() {
            if LINKED.iter().any(|other| entry.file_name() == *other) {
                return symlink(&from, to).map_err(failed);
            }
            self.copy(&from, to)
        } else if kind.is_symlink() {
            let target = fs::read_link(&from).map_err(failed)?;
            // A link that leads out of the folder has to lead to the same place from the copy.
            let outside = target.components().any(|part| part == std::path::Component::ParentDir);
            let whole = from.parent().unwrap_or(Path::new("/")).join(&target);
            symlink(if outside { &whole } else { &target }, to).map_err(failed)
        } else if kind.is_file() {
            let size = entry.metadata().map_err(failed)?.len();
            self.bytes = self.bytes.checked_sub(size).ok_or(CopyError::TooLarge)?;
            fs::copy(&from, to).map(drop).map_err(failed)
        } else {
            // Sockets and pipes belong to running programs.
            Ok(())
        }
    }
}

/// A folder of symlinks to everything in `from`.
fn link_all(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if is_staged(&entry.file_name()) {
            symlink(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Removes something of our own, if it is there.
fn remove(path: &Path) -> anyhow::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    };
    removed.with_context(|| format!("{} cannot be removed", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_the_new_script_and_the_user_keeps_the_old() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.py"), "old").unwrap();
        fs::write(folder.path().join("data"), "1").unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let stage = Stage::new(folder.path(), &folder.path().join("a.py"), 1 << 20).unwrap();
        stage.set(b"new").unwrap();
        assert_eq!(fs::read(stage.work().join("a.py")).unwrap(), b"new");
        assert_eq!(fs::read(stage.work().join("data")).unwrap(), b"1");
        assert!(!stage.work().join(".git").exists());
        assert_eq!(fs::read(folder.path().join("a.py")).unwrap(), b"old");
        stage.set(b"newer").unwrap();
        assert_eq!(fs::read(stage.work().join("a.py")).unwrap(), b"newer");
    }

    #[test]
    fn too_much_is_refused_with_advice() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.py"), "old").unwrap();
        fs::write(folder.path().join("data"), [0; 100]).unwrap();
        let refused = Stage::new(folder.path(), &folder.path().join("a.py"), 50).err().unwrap();
        assert!(refused.to_string().contains("--workdir"));
    }
}
