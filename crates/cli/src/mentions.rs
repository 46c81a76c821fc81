//! Which names of a module other files of its project mention.
//!
//! `_read` is private by convention; its tests, or the module beside it, may use it all the
//! same. That is seen in their text: `rows._read(...)`, `from rows import _read`,
//! `patch("rows._read")`. Nothing is parsed: what looks like a use counts as one.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::files::sources_below;

/// Files that stand where a project begins.
const MARKERS: [&str; 6] = ["pyproject.toml", "setup.py", "setup.cfg", "tox.ini", ".git", ".hg"];
/// Files larger than this are no sources that somebody wrote.
const LARGEST: u64 = 4 << 20;
/// So many files and folders of a project are looked at.
const MOST_ENTRIES: usize = 100_000;

/// For each word two of the files that mention it.
type Words = HashMap<String, (Arc<Path>, Option<Arc<Path>>)>;

/// Knows the words of the projects that were asked about, each read once.
#[derive(Debug, Default)]
pub struct Mentions {
    projects: Mutex<HashMap<PathBuf, Arc<Words>>>,
}

impl Mentions {
    /// The names that the module at `path` binds at its top and another file of the project
    /// mentions, with that file.
    pub fn of(&self, path: &Path, text: &str) -> BTreeMap<String, String> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let names = names_bound(text);
        if names.is_empty() {
            return BTreeMap::new();
        }
        let own = path.parent().unwrap_or(&path);
        let (root, words) = match root_of(own) {
            Some(root) => (root, self.words(root, None)),
            // Anything may lie below a folder that is no project: somebody's home, for one.
            None => (own, self.words(own, Some(2))),
        };
        let elsewhere = |name: &str| {
            let (first, second) = words.get(name)?;
            let other = if **first == *path { second.as_ref()? } else { first };
            Some(other.strip_prefix(root).unwrap_or(other).display().to_string())
        };
        names.into_iter().filter_map(|name| Some((name.to_owned(), elsewhere(name)?))).collect()
    }

    fn words(&self, root: &Path, depth: Option<usize>) -> Arc<Words> {
        let mut known = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(root.to_owned()).or_insert_with(|| Arc::new(words_below(root, depth))).clone()
    }
}

/// The folder that holds the project to which a folder belongs.
fn root_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| MARKERS.iter().any(|name| folder.join(name).exists()))
}

/// Names that are bound without indentation.
fn names_bound(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| {
            let rest = ["async def ", "def ", "class "].iter().find_map(|word| line.strip_prefix(word));
            let end = |text: &str| text.find(|c: char| !is_word(c)).unwrap_or(text.len());
            let name = match rest {
                Some(rest) => &rest.trim_start()[..end(rest.trim_start())],
                None => {
                    let name = &line[..end(line)];
                    let after = line[name.len()..].trim_start();
                    let binds = after.starts_with([':', '=']) && !after.starts_with("==");
                    if binds { name } else { "" }
                }
            };
            (!name.is_empty()).then_some(name)
        })
        .collect()
}

fn words_below(root: &Path, depth: Option<usize>) -> Words {
    let mut words = Words::new();
    for path in sources_below(root, depth, MOST_ENTRIES) {
        let small = fs::metadata(&path).is_ok_and(|data| data.len() <= LARGEST);
        let Some(bytes) = small.then(|| fs::read(&path).ok()).flatten() else { continue };
        let path: Arc<Path> = path.into();
        for word in words_used(&String::from_utf8_lossy(&bytes)) {
            match words.get_mut(word) {
                None => _ = words.insert(word.to_owned(), (path.clone(), None)),
                Some((first, second)) if *first != path && second.is_none() => *second = Some(path.clone()),
                Some(_) => {}
            }
        }
    }
    words
}

/// Words behind a dot or a quote, and those of imports.
fn words_used(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut in_import, mut in_brackets, mut behind_dot) = (false, false, false);
    for line in text.lines() {
        // `try: from rows import _read`
        let imports = || line.split(|c: char| !is_word(c)).any(|word| word == "import");
        in_import |= line.trim_start().starts_with("from ") || imports();
        let mut at = 0;
        while let Some(begin) = line[at..].find(is_word).map(|found| at + found) {
            let end = line[begin..].find(|c: char| !is_word(c)).map_or(line.len(), |found| begin + found);
            let before = &line[..begin];
            let is_own = before.ends_with("self.") || before.ends_with("cls.");
            let is_first = before.trim_start().is_empty();
            if in_import || (behind_dot && is_first) || (before.ends_with(['.', '"', '\'']) && !is_own) {
                words.push(&line[begin..end]);
            }
            at = end;
        }
        // A bracket in a comment ends no import.
        let code = line.split('#').next().unwrap_or(line).trim_end();
        in_brackets = in_import && (in_brackets || code.contains('(')) && !code.contains(')');
        in_import &= in_brackets || code.ends_with('\\');
        behind_dot = code.trim_end_matches('\\').trim_end().ends_with('.');
    }
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_go_on_behind_comments_and_dots_at_the_end_of_a_line() {
        let used = |text: &str| words_used(text).contains(&"_read");
        assert!(used("from rows import (  # all (or most)\n    write,  # (new)\n    _read,\n)\n"));
        assert!(used("try: from rows import _read\nexcept ImportError: pass\n"));
        assert!(used("import sys; from rows import _read\n"));
        assert!(used("found = rows.\\\n    _read(path)\n"));
        assert!(used("found = (rows.  # of all\n    _read(path))\n"));
        assert!(!used("from rows import (\n    write,\n)\n_read(path)\n"));
    }

    #[test]
    fn a_name_is_mentioned_by_imports_attributes_and_texts() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("setup.py"), "").unwrap();
        fs::create_dir_all(at("src/rows")).unwrap();
        fs::create_dir(at("tests")).unwrap();
        let text = "def _read(): ...\ndef _parse(): ...\n_LIMIT: int = 3\nasync def _wait(): ...\nclass _Row:\n    def _own(self): self._parse()\n\n_same == 3\n_read()._LIMIT\n";
        fs::write(at("src/rows/read.py"), text).unwrap();
        let mentions = || Mentions::default().of(&at("src/rows/read.py"), text);
        assert!(mentions().is_empty());
        let test = "from rows import (\n    read,\n    _Row,\n)\n_wait = 3\nread._read()\nself._parse()\npatch('rows.read._LIMIT')\n";
        fs::write(at("tests/test_read.py"), test).unwrap();
        let found = mentions();
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["_LIMIT", "_Row", "_read"]);
        assert_eq!(found["_read"], Path::new("tests").join("test_read.py").display().to_string());
    }
}
