//! Whether a file is imported by others: then its functions have callers that
//! cannot be seen from inside, whatever the file looks like.

use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use spacetime_engine::Options;

use crate::mentions::Mentions;

/// Files larger than this are no sources that somebody wrote.
const LARGEST: u64 = 4 << 20;

/// For each file of a folder the words that stand on lines with an import.
type Words = Vec<(OsString, HashSet<String>)>;

/// Knows the imports of the folders that were asked about, each read once.
#[derive(Debug, Default)]
pub struct Neighbours {
    folders: Mutex<HashMap<PathBuf, Arc<Words>>>,
    mentions: Mentions,
}

impl Neighbours {
    /// The options for the file at `path`, which holds `text`.
    pub fn options_for(&self, path: &Path, text: &str, options: &Options) -> Options {
        Options {
            is_library: options.is_library || self.is_library(path),
            used_elsewhere: Arc::new(self.mentions.of(path, text)),
            ..options.clone()
        }
    }

    /// Whether the file is a module of a package, or a file in its folder or
    /// in a folder below (`tests/`, `scripts/`) mentions it in an import.
    fn is_library(&self, path: &Path) -> bool {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if folder.join("__init__.py").exists() {
            return true;
        }
        let Some(stem) = path.file_stem().and_then(OsStr::to_str) else { return true };
        let mut folders = vec![folder.to_owned()];
        let below = |entry: fs::DirEntry| entry.path().is_dir().then(|| entry.path());
        folders.extend(fs::read_dir(folder).into_iter().flatten().flatten().filter_map(below).take(32));
        folders.iter().any(|folder| {
            let words = self.words(folder);
            words
                .iter()
                .any(|(name, words)| Some(name.as_os_str()) != path.file_name() && words.contains(stem))
        })
    }

    fn words(&self, folder: &Path) -> Arc<Words> {
        let mut known = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(folder.to_owned()).or_insert_with(|| Arc::new(words_of(folder))).clone()
    }
}

fn words_of(folder: &Path) -> Words {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut words = Vec::new();
    for entry in entries.flatten().take(1024) {
        let path = entry.path();
        let source = path.extension().is_some_and(|extension| extension == "py" || extension == "pyi");
        let small = entry.metadata().is_ok_and(|data| data.is_file() && data.len() <= LARGEST);
        if source
            && small
            && let Ok(text) = fs::read(&path)
        {
            words.push((entry.file_name(), imported_words(&String::from_utf8_lossy(&text))));
        }
    }
    words
}

/// `import stem`, `from stem import ...`, `from . import stem`,
/// `importlib.import_module("stem")`: all words on a line with such a word, and in the brackets that it
/// opens. What merely has such a word in its name (`member_import`) imports nothing.
fn imported_words(text: &str) -> HashSet<String> {
    let mut words = HashSet::new();
    let mut in_brackets = false;
    for line in text.lines() {
        let in_line = || line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let imports = in_line().any(|word| word.starts_with("import")) || calls_import(line);
        if imports || in_brackets {
            words.extend(in_line().map(str::to_owned));
            // A bracket in a comment ends nothing.
            let code = line.split('#').next().unwrap_or(line).trim_end();
            in_brackets = code.ends_with('\\') || (in_brackets || code.contains('(')) && !code.contains(')');
        }
    }
    words
}

/// `__import__("rows")`, `lazy_import("rows")`: a word with `import` in it is called.
fn calls_import(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    let is_called = |at: usize| {
        let rest = lower[at..].trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        rest.trim_start().starts_with('(')
    };
    let is_def = lower.trim_start().starts_with("def ") || lower.trim_start().starts_with("async def ");
    !is_def && lower.match_indices("import").any(|(at, _)| is_called(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_imported_is_a_library() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("rows.py"), "def read(): ...\n").unwrap();
        fs::write(at("row.py"), "def read(): ...\n").unwrap();
        assert!(!Neighbours::default().is_library(&at("rows.py")));
        fs::write(at("main.py"), "from rows import read\n").unwrap();
        assert!(Neighbours::default().is_library(&at("rows.py")));
        assert!(
            !Neighbours::default().is_library(&at("row.py"))
                && !Neighbours::default().is_library(&at("main.py"))
        );
        fs::write(at("row_import.py"), "def read(): ...\n").unwrap();
        fs::write(
            at("more.py"),
            "print('row_import')  # or row\nfrom main import (  # (all)\n    read,\n    rest,\n)\n",
        )
        .unwrap();
        assert!(!Neighbours::default().is_library(&at("row_import.py")));
        assert!(!Neighbours::default().is_library(&at("row.py")));
        fs::write(at("more.py"), "from . import (  # )\n    row_import,\n)\n").unwrap();
        assert!(Neighbours::default().is_library(&at("row_import.py")));
        fs::write(at("more.py"), "from . \\\n    import \\\n    row_import\n").unwrap();
        assert!(Neighbours::default().is_library(&at("row_import.py")));
        fs::write(at("more.py"), "find = __import__('row_import')\n").unwrap();
        assert!(Neighbours::default().is_library(&at("row_import.py")));
        for called in ["lazy_import", "LazyImport", "_import (", "reimport"] {
            fs::write(
                at("more.py"),
                format!("rows = {}'row_import')\n", called.trim_end_matches('(').to_owned() + "("),
            )
            .unwrap();
            assert!(Neighbours::default().is_library(&at("row_import.py")), "{called}");
        }
        fs::remove_file(at("more.py")).unwrap();
        fs::create_dir(at("tests")).unwrap();
        fs::write(at("tests/test_row.py"), "import row\n").unwrap();
        assert!(Neighbours::default().is_library(&at("row.py")));
        fs::write(at("__init__.py"), "").unwrap();
        assert!(Neighbours::default().is_library(&at("main.py")));
    }
}
