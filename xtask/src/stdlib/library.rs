//! An interpreter's standard library, and copies of it that surely are what is
//! imported.
//!
//! A copied binary finds the library beside itself, for its children and under
//! `-I` too, which no environment variable does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::lines_of;
use crate::interpreters::{Interpreter, runtime_path};
use crate::options::helpers;

/// Modules that come out of the binary even so: the import system has to be
/// there before there is a file to be read.
const ALWAYS_FROZEN: [&str; 5] = [
    "_frozen_importlib",
    "_frozen_importlib_external",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "zipimport",
];

/// A binary and the library that it imports.
pub struct Library {
    binary: PathBuf,
    prefix: PathBuf,
    /// `lib/python3.13`.
    pub folder: PathBuf,
    /// Where the extension modules are, if elsewhere.
    platform: PathBuf,
}

/// What `loaded_from.py` says.
#[derive(Deserialize)]
struct LoadedFrom {
    named: BTreeMap<String, Option<PathBuf>>,
    at_start: BTreeMap<String, PathBuf>,
}

impl Library {
    pub fn of(interpreter: &Interpreter) -> Result<Self> {
        let question = "import os, sys, sysconfig as s; print(os.path.realpath(sys._base_executable), \
                        sys.base_prefix, s.get_path('stdlib'), s.get_path('platstdlib'), \
                        sys.base_exec_prefix, sep='\\n')";
        let mut command = Command::new(&interpreter.path);
        command.args(["-I", "-c", question]);
        let lines = lines_of(command)?;
        let [binary, prefix, folder, platform, exec_prefix] = &lines[..] else { bail!("{lines:?}") };
        // In a virtual environment `platstdlib` is said to be there, where nothing is.
        let platform = Path::new(platform);
        let platform = if platform.join("lib-dynload").exists() { platform } else { Path::new(folder) };
        if !platform.starts_with(exec_prefix) && !platform.starts_with(prefix) {
            bail!("the library in {} is not below {exec_prefix}", platform.display());
        }
        Ok(Self {
            binary: binary.into(),
            prefix: prefix.into(),
            folder: folder.into(),
            platform: platform.into(),
        })
    }

    /// Those of the wanted test modules that are there; an error's words if none is.
    pub fn tests(&self, wanted: &[String]) -> Result<Vec<String>, String> {
        let folder = self.folder.join("test");
        let is_there = |name: &&String| {
            folder.join(format!("{name}.py")).exists() || folder.join(name).join("__init__.py").exists()
        };
        let found: Vec<String> = wanted.iter().filter(is_there).cloned().collect();
        if found.is_empty() {
            return Err(format!(
                "its tests are not installed: {} has none of the {} wanted modules. Distributions leave \
                 CPython's `test` package out or put it into a package of its own; an interpreter built \
                 from source or by pyenv has it",
                folder.display(),
                wanted.len()
            ));
        }
        Ok(found)
    }

    /// A copy with the same layout below another folder, without what is
    /// installed beside the library, with our run-time package in it.
    pub fn copy_to(&self, prefix: &Path) -> Result<Self> {
        let there = |path: &Path| -> Result<PathBuf> { Ok(prefix.join(path.strip_prefix(&self.prefix)?)) };
        let copy = Self {
            binary: prefix.join("bin").join(self.binary.file_name().context("a binary without a name")?),
            prefix: prefix.to_path_buf(),
            folder: there(&self.folder)?,
            platform: there(&self.platform)?,
        };
        copy_folder(&self.folder, &copy.folder)?;
        if self.platform != self.folder {
            copy_folder(&self.platform, &copy.platform)?;
        }
        std::fs::create_dir_all(prefix.join("bin"))?;
        std::fs::copy(&self.binary, &copy.binary)?;
        let package = Path::new(&runtime_path()?).join("spacetime_compiler");
        // Not in site-packages, which the tests' own children may go without.
        std::os::unix::fs::symlink(&package, copy.folder.join("spacetime_compiler"))?;
        Ok(copy)
    }

    /// A command of this interpreter, with its modules read from files, and
    /// without what the environment says of Python.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PYTHON"))
        {
            command.env_remove(name);
        }
        command.args(["-X", "frozen_modules=off"]);
        command
    }

    /// That the interpreter imports this library and no other, and can import
    /// what optimized modules need.
    pub fn prove_it_is_used(&self, changed: &[PathBuf]) -> Result<()> {
        let modules: BTreeMap<String, &Path> =
            changed.iter().filter_map(|path| Some((self.module(path)?, path.as_path()))).collect();
        let mut command = self.command();
        // Without bytecode, which tells later what the tests have imported.
        command.arg("-B").arg(helpers().join("loaded_from.py")).args(modules.keys()).arg("json");
        let said: LoadedFrom = serde_json::from_str(&lines_of(command)?.concat())?;
        for (name, path) in &said.at_start {
            if !path.starts_with(&self.prefix) && !ALWAYS_FROZEN.contains(&name.as_str()) {
                bail!("`{name}` is imported from {} and not from the copy", path.display());
            }
        }
        for (name, path) in &modules {
            if said.named.get(name).is_none_or(|found| found.as_deref() != Some(*path)) {
                bail!("`{name}` is imported from {:?} and not from {}", said.named.get(name), path.display());
            }
        }
        let mut command = self.command();
        command.args(["-B", "-I", "-S", "-c", "import spacetime_compiler.runtime"]);
        lines_of(command)
            .context("the run-time package cannot be imported; `make .venv/.installed` builds it")?;
        println!(
            "stdlib: {} modules at start-up, json and {} rewritten modules come from the copy",
            said.at_start.len()
                - ALWAYS_FROZEN.iter().filter(|name| said.at_start.contains_key(**name)).count(),
            modules.len()
        );
        Ok(())
    }

    /// The name under which a file is imported; none for a script.
    fn module(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.folder).ok()?.with_extension("");
        let mut parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
        if parts.last() == Some(&"__init__") {
            parts.pop();
        }
        let is_name = |part: &&str| part.chars().all(|c| c.is_alphanumeric() || c == '_');
        parts.iter().all(is_name).then(|| parts.join("."))
    }
}

/// Those of a copy's files that nothing has imported so far: an import leaves its
/// bytecode behind.
pub fn not_imported(files: &[PathBuf]) -> Vec<&Path> {
    files.iter().map(PathBuf::as_path).filter(|path| !has_bytecode(path)).collect()
}

fn has_bytecode(path: &Path) -> bool {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else { return false };
    let Ok(entries) = std::fs::read_dir(folder.join("__pycache__")) else { return false };
    let start = format!("{}.", stem.to_string_lossy());
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with(&start))
}

/// Copies what an interpreter needs: no bytecode, nothing that is installed
/// beside the library, no static library to link with.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        let target = to.join(&name);
        let kind = entry.file_type()?;
        let plain = name.to_string_lossy();
        if kind.is_symlink() {
            std::os::unix::fs::symlink(std::fs::read_link(entry.path())?, target)?;
        } else if kind.is_dir() {
            if !["site-packages", "dist-packages", "__pycache__"].contains(&plain.as_ref()) {
                copy_folder(&entry.path(), &target)?;
            }
        } else if !plain.ends_with(".a") && !plain.ends_with(".o") {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_names_of_their_modules() {
        let [binary, prefix, folder, platform] =
            ["/p/bin/python", "/p", "/p/lib/x", "/p/lib/x"].map(PathBuf::from);
        let library = Library { binary, prefix, folder, platform };
        assert_eq!(library.module(Path::new("/p/lib/x/json/__init__.py")).as_deref(), Some("json"));
        assert_eq!(
            library.module(Path::new("/p/lib/x/urllib/request.py")).as_deref(),
            Some("urllib.request")
        );
        assert_eq!(library.module(Path::new("/p/lib/x/config-3.11/tool.py")), None);
    }

    #[test]
    fn what_was_imported_has_bytecode() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("__pycache__")).unwrap();
        std::fs::write(folder.path().join("__pycache__/a.cpython-311.pyc"), "").unwrap();
        assert!(has_bytecode(&folder.path().join("a.py")) && !has_bytecode(&folder.path().join("b.py")));
    }
}
