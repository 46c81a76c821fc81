//! The optimizer on a folder of Python files, in place and with the default
//! rules: what the test-suites of other people are run over.
//!
//! Tests are left as they are: they are the judge.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use anyhow::Result;
use spacetime_cli::library::Neighbours;
use spacetime_engine::{Failure, Options, Source, SourceKind, optimize};

use crate::sources::{below, cores, each};

/// Folders that hold no part of the library, or its tests.
const LEFT_ALONE: [&str; 5] = ["test", "tests", "idle_test", "site-packages", "__pycache__"];

/// What was done to a folder.
#[derive(Debug, Default)]
pub struct Rewritten {
    pub files: usize,
    pub changed: Vec<PathBuf>,
    pub rules: BTreeMap<String, usize>,
    /// Panics, faults, and outputs that do not come to rest: bugs of ours.
    pub problems: Vec<String>,
}

impl Rewritten {
    /// How many rewrites were applied.
    pub fn count(&self) -> usize {
        self.rules.values().sum()
    }

    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.changed.extend(other.changed);
        for (rule, count) in other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        self.problems.extend(other.problems);
    }
}

/// `11 rewrites in 9 of 700 files (drop_list 4, stream_list 7)`.
impl fmt::Display for Rewritten {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} rewrites in {} of {} files", self.count(), self.changed.len(), self.files)?;
        let rules: Vec<String> = self.rules.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
        if rules.is_empty() { Ok(()) } else { write!(out, " ({})", rules.join(", ")) }
    }
}

/// Optimizes every file below the paths but the tests, as the command does: with what the files
/// around say. Then does it once more, which has to change nothing.
pub fn rewrite(paths: &[PathBuf]) -> Result<Rewritten> {
    let files = below(paths, &|name| LEFT_ALONE.contains(&name))?;
    let neighbours = Neighbours::default();
    let mut all = Rewritten::default();
    for one in each(&files, cores(), |path| rewrite_file(path, &neighbours)) {
        all.add(one);
    }
    for second in each(&all.changed, cores(), |path| rewrite_file(path, &neighbours)) {
        all.problems
            .extend(second.changed.iter().map(|p| format!("{}: a second run changes it again", p.display())));
        all.problems.extend(second.problems);
    }
    Ok(all)
}

fn rewrite_file(path: &Path, neighbours: &Neighbours) -> Rewritten {
    let mut done = Rewritten { files: 1, ..Rewritten::default() };
    match rewrite_text(path, neighbours, &mut done.rules) {
        Ok(false) => {}
        Ok(true) => done.changed.push(path.to_path_buf()),
        Err(problem) => done.problems.push(format!("{}: {problem}", path.display())),
    }
    done
}

/// Whether the file was changed; an error's words if something of ours went wrong.
fn rewrite_text(
    path: &Path,
    neighbours: &Neighbours,
    rules: &mut BTreeMap<String, usize>,
) -> Result<bool, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    // Libraries hold files that are no Python 3, as data.
    let Ok(source) = Source::decode(&bytes) else { return Ok(false) };
    let options = neighbours.options_for(path, source.text(), &Options::default());
    let outcome = match catch_unwind(|| optimize(source.text(), SourceKind::Python, &options)) {
        Err(_) => return Err("the engine panics".to_owned()),
        Ok(Err(Failure::Syntax(_))) => return Ok(false),
        Ok(Err(failure)) => return Err(failure.to_string()),
        Ok(Ok(outcome)) => outcome,
    };
    if let Some(fault) = outcome.faults.first() {
        return Err(format!("fault: {fault}"));
    }
    for finding in outcome.findings.iter().filter(|finding| finding.applied) {
        *rules.entry(finding.rule.clone()).or_default() += 1;
    }
    if outcome.text == source.text() {
        return Ok(false);
    }
    let bytes = source.encode(&outcome.text).map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| error.to_string())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_tests_is_rewritten() {
        let folder = tempfile::tempdir().unwrap();
        let text = "def f(xs: list[int]) -> int:\n    return sum([x * 2 for x in xs])\n";
        for name in ["a.py", "test/a.py"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let done = rewrite(&[folder.path().into()]).unwrap();
        assert_eq!((done.files, done.count(), done.changed.len()), (1, 1, 1), "{done:?}");
        assert_eq!(done.to_string(), "1 rewrites in 1 of 1 files (stream_reduction 1)");
        assert!(done.problems.is_empty(), "{:?}", done.problems);
        assert_ne!(std::fs::read_to_string(folder.path().join("a.py")).unwrap(), text);
        assert_eq!(std::fs::read_to_string(folder.path().join("test/a.py")).unwrap(), text);
    }
}
