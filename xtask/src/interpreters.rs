//! The CPython interpreters that are installed, one for each minor version.
//!
//! A rewrite has to hold under each of them, so the tasks look for all: on the
//! path under every name, and where pyenv keeps its own.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::options::root;

/// One installed CPython.
#[derive(Clone, Debug)]
pub struct Interpreter {
    pub path: PathBuf,
    pub minor: u8,
    pub version: String,
}

const OLDEST_MINOR: u8 = 11;
const NEWEST_MINOR: u8 = 19;

/// Those that are named, or all from 3.11 on; an error if there is none, or if
/// one that is named does not run.
pub fn chosen(named: &[PathBuf]) -> Result<Vec<Interpreter>> {
    let mut found = BTreeMap::new();
    for path in named {
        let Some(interpreter) = ask(path).or_else(|| of_version(path)) else {
            bail!("{} is no CPython 3.{OLDEST_MINOR} or later that runs", path.display());
        };
        found.entry(interpreter.minor).or_insert(interpreter);
    }
    if named.is_empty() {
        for interpreter in candidates().iter().filter_map(|path| ask(path)) {
            found.entry(interpreter.minor).or_insert(interpreter);
        }
    }
    if found.is_empty() {
        bail!("no CPython 3.{OLDEST_MINOR} or later was found");
    }
    Ok(found.into_values().collect())
}

/// The interpreter that `python3.13` means where pyenv has it but does not put
/// it on the path.
fn of_version(name: &Path) -> Option<Interpreter> {
    let minor: u8 = name.to_str()?.strip_prefix("python3.")?.parse().ok()?;
    candidates().iter().filter_map(|path| ask(path)).find(|interpreter| interpreter.minor == minor)
}

/// The one that is named, or the oldest that is supported.
pub fn one(named: Option<PathBuf>) -> Result<Interpreter> {
    let mut all = chosen(&named.into_iter().collect::<Vec<_>>())?;
    Ok(all.swap_remove(0))
}

fn candidates() -> Vec<PathBuf> {
    let mut all = vec![PathBuf::from("python3")];
    all.extend((OLDEST_MINOR..=NEWEST_MINOR).map(|minor| PathBuf::from(format!("python3.{minor}"))));
    let versions = pyenv().and_then(|home| std::fs::read_dir(home.join("versions")).ok());
    let mut kept_by_pyenv: Vec<PathBuf> =
        versions.into_iter().flatten().flatten().map(|entry| entry.path().join("bin/python")).collect();
    kept_by_pyenv.sort();
    all.extend(kept_by_pyenv);
    all
}

/// The standard libraries of the versions that pyenv keeps, also of those that
/// are too old for the product.
pub fn libraries_kept(versions: &[&str]) -> Vec<PathBuf> {
    let Some(home) = pyenv() else { return Vec::new() };
    let Ok(entries) = std::fs::read_dir(home.join("versions")) else { return Vec::new() };
    let library = |version: &str, path: PathBuf| {
        let name = path.file_name()?.to_str()?;
        let library = path.join(format!("lib/python{version}"));
        (name.strip_prefix(version)?.starts_with('.') && library.is_dir()).then_some(library)
    };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> =
        paths.filter_map(|path| versions.iter().find_map(|version| library(version, path.clone()))).collect();
    found.sort();
    found
}

fn pyenv() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(home)
}

/// What `path` says of itself; nothing if it does not run or is too old.
fn ask(path: &Path) -> Option<Interpreter> {
    let question = "import sys; print(sys.implementation.name, sys.version_info[0], sys.version_info[1], \
                    '.'.join(map(str, sys.version_info[:3])), sys.executable, sep='\\n')";
    let answer = Command::new(path).args(["-I", "-c", question]).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let [name, major, minor, version, executable] = lines[..] else { return None };
    let minor: u8 = minor.parse().ok()?;
    if name != "cpython" || major != "3" || minor < OLDEST_MINOR {
        return None;
    }
    Some(Interpreter { path: executable.into(), minor, version: version.to_owned() })
}

/// What `PYTHONPATH` has to be for optimized programs to find the run-time
/// package, whichever interpreter runs them.
///
/// The extension is one abi3 library, so the copy that is installed anywhere
/// serves all. Only the package itself is put on the path (through a link), not
/// the site-packages of another interpreter. None of it need exist: most
/// rewrites use no run-time part.
pub fn runtime_path() -> Result<OsString> {
    if let Some(site) = std::env::var_os("SPACETIME_SITE") {
        return Ok(site);
    }
    let root = root();
    let Some(package) = installed_package(&root) else { return Ok(root.join("python").into()) };
    let folder = root.join("target/xtask/site");
    std::fs::create_dir_all(&folder)?;
    let link = folder.join("spacetime_compiler");
    // Two tasks may do this at once; the loser of the race finds what it wanted.
    if std::fs::read_link(&link).ok().as_deref() != Some(&package) {
        let fresh = folder.join(format!(".link-{}", std::process::id()));
        std::os::unix::fs::symlink(&package, &fresh)?;
        std::fs::rename(&fresh, &link)?;
    }
    Ok(folder.into())
}

/// The installed package that holds the extension, below `.venv`.
fn installed_package(root: &Path) -> Option<PathBuf> {
    let libraries = std::fs::read_dir(root.join(".venv/lib")).ok()?;
    libraries
        .flatten()
        .map(|entry| entry.path().join("site-packages/spacetime_compiler"))
        .find(|package| holds_extension(package))
}

fn holds_extension(package: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(package) else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("_runtime"))
}
