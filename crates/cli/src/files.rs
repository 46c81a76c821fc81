//! Which files a command works on, in a fixed order.
//!
//! Folders are walked as ripgrep and ruff walk them: `.gitignore` and its
//! relatives count, and so do a few folders that never hold a project's own
//! sources. A file that is named is meant.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder};
use spacetime_engine::report::Problem;

use crate::settings::{Finder, Settings};
use crate::status::usage;

const NEVER: &[&str] = &[
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// A file, and the argument it was found under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub path: PathBuf,
    /// The path below the folder that was named, or the file's own name.
    pub relative: PathBuf,
}

/// What a walk found, and what it could not enter.
#[derive(Debug, Default)]
pub struct Inputs {
    pub files: Vec<Input>,
    pub problems: Vec<Problem>,
}

/// Every file that `paths` name. `skip` is a folder that we write to ourselves.
pub fn collect(
    paths: &[PathBuf],
    finder: &mut Finder,
    force_exclude: bool,
    skip: Option<&Path>,
) -> anyhow::Result<Inputs> {
    let mut inputs = Inputs::default();
    let mut seen = std::collections::HashSet::new();
    for path in paths {
        if path.is_dir() {
            walk(path, finder, skip, &mut inputs)?;
        } else {
            named(path, finder, force_exclude, &mut inputs)?;
        }
    }
    // A file that is named twice, or beside its folder, is one file.
    inputs.files.retain(|input| seen.insert(input.path.clone()));
    Ok(inputs)
}

fn named(path: &Path, finder: &mut Finder, force: bool, inputs: &mut Inputs) -> anyhow::Result<()> {
    let Some(name) = path.file_name() else {
        return Err(usage(format!("{} is no file and no folder", path.display())));
    };
    if force {
        let folder = path.parent().unwrap_or(Path::new(""));
        let settings = finder.settings(folder)?;
        let never = path.components().any(|part| NEVER.iter().any(|name| part.as_os_str() == *name));
        if never || is_excluded(&excludes(&settings)?, path, false) {
            return Ok(());
        }
    }
    let plain = path.strip_prefix(".").unwrap_or(path);
    inputs.files.push(Input { path: plain.to_owned(), relative: PathBuf::from(name) });
    Ok(())
}

fn walk(top: &Path, finder: &mut Finder, skip: Option<&Path>, inputs: &mut Inputs) -> anyhow::Result<()> {
    let settings = finder.settings(top)?;
    let excluded = excludes(&settings)?;
    let skip = skip.and_then(|path| path.canonicalize().ok());
    let keep = move |entry: &DirEntry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let below_top = entry.depth() > 0;
        let never = is_folder && below_top && NEVER.iter().any(|name| entry.file_name() == *name);
        let ours = below_top && is_folder && skip.is_some() && entry.path().canonicalize().ok() == skip;
        let ruled_out = below_top && is_excluded(&excluded, entry.path(), is_folder);
        !(never || ours || ruled_out)
    };
    let walker = WalkBuilder::new(top)
        .hidden(false)
        .require_git(false)
        .sort_by_file_path(Path::cmp)
        .filter_entry(keep)
        .build();
    for entry in walker {
        match entry {
            Ok(entry) if is_source(&entry) => {
                let path = entry.into_path();
                let relative = path.strip_prefix(top).unwrap_or(&path).to_owned();
                // `stc optimize .` says `a.py`, not `./a.py`.
                let path = path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
                inputs.files.push(Input { path, relative });
            }
            Ok(_) => {}
            Err(error) => inputs.problems.push(Problem {
                path: top.display().to_string(),
                line: 1,
                column: 1,
                message: format!("cannot be walked: {error}"),
            }),
        }
    }
    Ok(())
}

/// The Python sources below a folder, at most `depth` folders down, but for those that are never
/// a project's own. After `most` entries no more are looked at.
pub fn sources_below(folder: &Path, depth: Option<usize>, most: usize) -> impl Iterator<Item = PathBuf> {
    let never = |entry: &DirEntry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        is_folder && entry.depth() > 0 && NEVER.iter().any(|name| entry.file_name() == *name)
    };
    let walker = WalkBuilder::new(folder)
        .hidden(false)
        .require_git(false)
        .max_depth(depth)
        .sort_by_file_path(Path::cmp)
        .filter_entry(move |entry| !never(entry))
        .build();
    walker.take(most).flatten().filter(is_source).map(DirEntry::into_path)
}

fn is_source(entry: &DirEntry) -> bool {
    // A symlink to a file counts; one to a folder is not followed.
    let is_file = entry.file_type().is_some_and(|kind| kind.is_file() || kind.is_symlink());
    let extension = entry.path().extension().and_then(|extension| extension.to_str());
    is_file && matches!(extension, Some("py" | "pyi")) && entry.path().is_file()
}

fn excludes(settings: &Settings) -> anyhow::Result<Gitignore> {
    let base = std::path::absolute(&settings.base).unwrap_or_else(|_| settings.base.clone());
    let mut builder = GitignoreBuilder::new(base);
    for pattern in &settings.exclude {
        builder
            .add_line(None, pattern)
            .map_err(|error| usage(format!("exclude = [\"{pattern}\"]: {error}")))?;
    }
    Ok(builder.build()?)
}

fn is_excluded(excluded: &Gitignore, path: &Path, is_folder: bool) -> bool {
    if excluded.is_empty() {
        return false;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.starts_with(excluded.path()) && excluded.matched_path_or_any_parents(&path, is_folder).is_ignore()
}
