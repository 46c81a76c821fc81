//! Whether a module lies beside a file, in a package.
//!
//! This is asked for each import of each file, and a folder is asked about as
//! often as there are imports in it; so the names in the folder that was asked
//! about last are kept. The names only say what is not there: whatever could be
//! there is looked up, and so is everything in a folder that has just changed.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rustc_hash::FxHashSet;

const ENDINGS: [&str; 6] = [".py", "/", ".pyc", ".so", ".sl", ".pyd"];

/// Clocks of file systems may be as coarse as this.
const COARSE: Duration = Duration::from_secs(3);

/// Folders with more names than this are not kept in memory.
const MOST_NAMES: usize = 5_000;

/// What is in a folder.
#[derive(Debug, Default)]
struct Listing {
    folder: String,
    changed: Option<SystemTime>,
    /// In lower case and without what is behind the first dot; nothing if the
    /// folder should be asked each time.
    names: Option<FxHashSet<String>>,
}

thread_local! {
    static LAST: RefCell<Listing> = RefCell::default();
}

/// Whether there is a module of that name in the folder of a file, and the
/// folder is a package.
pub fn is_beside(filename: &str, module: &str) -> bool {
    if module.starts_with('.') {
        return false;
    }
    let folder = &filename[..filename.rfind('/').map_or(0, |slash| slash + 1)];
    let module = module.split('.').next().unwrap_or_default();
    if !LAST.with_borrow_mut(|last| last.may_have(folder, module)) {
        return false;
    }
    let exists = |name: String| Path::new(&name).exists();
    exists(format!("{folder}__init__.py"))
        && ENDINGS.iter().any(|ending| exists(format!("{folder}{module}{ending}")))
}

impl Listing {
    /// Whether a module could be in a folder that is a package.
    fn may_have(&mut self, folder: &str, module: &str) -> bool {
        // File systems differ in what names are equal to them beyond ASCII.
        if !module.is_ascii() {
            return true;
        }
        let changed =
            fs::metadata(if folder.is_empty() { "." } else { folder }).and_then(|data| data.modified());
        let Ok(changed) = changed else { return true };
        if self.folder != folder || self.changed != Some(changed) {
            *self = Self { folder: folder.to_owned(), changed: Some(changed), names: names(folder, changed) };
        }
        self.names
            .as_ref()
            .is_none_or(|names| names.contains("__init__") && names.contains(&module.to_ascii_lowercase()))
    }
}

/// The names in a folder, if nobody can have changed it without a trace.
fn names(folder: &str, changed: SystemTime) -> Option<FxHashSet<String>> {
    if SystemTime::now().duration_since(changed).ok()? < COARSE {
        return None;
    }
    let mut names = FxHashSet::default();
    for entry in fs::read_dir(if folder.is_empty() { "." } else { folder }).ok()? {
        let name = entry.ok()?.file_name();
        let stem = name.to_string_lossy();
        let stem = stem.split('.').next().unwrap_or_default();
        names.insert(stem.to_ascii_lowercase());
        if names.len() > MOST_NAMES {
            return None;
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_beside_a_file_of_a_package_whenever_they_come() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.py").to_str().unwrap().to_owned();
        let make = |name: &str| fs::write(folder.path().join(name), "").unwrap();
        let old = SystemTime::now() - Duration::from_secs(100);
        let grow_old = || fs::File::open(folder.path()).unwrap().set_modified(old).unwrap();
        make("a.py");
        grow_old();
        assert!(!is_beside(&file, "a"), "it is no package");
        make("__init__.py");
        assert!(is_beside(&file, "a") && is_beside(&file, "a.b") && !is_beside(&file, "b"));
        assert!(!is_beside(&file, ".a"));
        make("b.so");
        assert!(is_beside(&file, "b"));
        grow_old();
        assert!(is_beside(&file, "b") && !is_beside(&file, "c") && !is_beside(&file, "\u{e9}"));
        fs::create_dir(folder.path().join("c")).unwrap();
        assert!(is_beside(&file, "c"));
        fs::write(folder.path().join("d.txt"), "").unwrap();
        assert!(!is_beside(&file, "d"));
    }
}
