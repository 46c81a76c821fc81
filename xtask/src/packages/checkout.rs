//! A package's source tree, an environment in which it is installed from there,
//! and its tests.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::Package;
use crate::interpreters::{Interpreter, runtime_path};
use crate::options::{indented_end, root};

/// What came of a run of the tests.
pub struct Results {
    pub passed: usize,
    pub failed: BTreeSet<String>,
    pub output: String,
}

impl Results {
    fn of(output: &Output) -> Self {
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text += &String::from_utf8_lossy(&output.stderr);
        let failed = text.lines().filter_map(|line| {
            let name = line.strip_prefix("FAILED ").or_else(|| line.strip_prefix("ERROR "))?;
            Some(name.split(" - ").next().unwrap_or(name).to_owned())
        });
        let failed = failed.collect();
        Self { passed: passed(&text), failed, output: text }
    }

    /// The end of what was printed.
    pub fn end(&self) -> String {
        indented_end(&self.output, 80)
    }
}

/// The number in pytest's closing line: `2 failed, 302 passed, 5 skipped in 1.20s`.
fn passed(output: &str) -> usize {
    let closing = output.lines().rev().find(|line| line.contains(" passed") && line.contains(" in "));
    let number = closing.and_then(|line| {
        let before = line.split(" passed").next()?;
        before.rsplit(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    });
    number.unwrap_or(0)
}

pub struct Checkout<'p> {
    package: &'p Package,
    source: PathBuf,
    python: PathBuf,
    site: OsString,
    scratch: TempDir,
}

impl<'p> Checkout<'p> {
    /// Downloads, unpacks, and installs the package in an environment of its own.
    pub fn make(interpreter: &Interpreter, package: &'p Package) -> Result<Self> {
        let scratch = tempfile::Builder::new().prefix("package").tempdir()?;
        let environment = scratch.path().join("venv");
        said(Command::new(&interpreter.path).args(["-I", "-m", "venv"]).arg(&environment))?;
        let python = environment.join("bin/python");
        let archive = archive(&python, package)?;
        let unpacked = scratch.path().join("source");
        let unpack = "import shutil, sys; shutil.unpack_archive(*sys.argv[1:])";
        said(Command::new(&python).args(["-I", "-c", unpack]).arg(&archive).arg(&unpacked))?;
        let source = std::fs::read_dir(&unpacked)?.next().context("an empty archive")??.path();
        let mut install = pip(&python);
        install.arg("install").arg("--editable").arg(&source).arg(pytest()?).args(&package.needs);
        said(&mut install)?;
        let checkout = Self { package, source, python, site: runtime_path()?, scratch };
        checkout.prove_it_is_used()?;
        Ok(checkout)
    }

    /// What is to be optimized.
    pub fn folder(&self) -> PathBuf {
        self.source.join(&self.package.folder)
    }

    /// The tests of the package as it is downloaded: some have to pass.
    pub fn test(&self) -> Result<Results> {
        let results = self.run()?;
        if results.passed == 0 {
            bail!("no test passed:\n{}", results.end());
        }
        Ok(results)
    }

    pub fn run(&self) -> Result<Results> {
        let mut command = self.python();
        command.args(["-m", "pytest", "-q", "-rfE", "--color=no", "--tb=short", "-p", "no:cacheprovider"]);
        command.args(&self.package.tests);
        Ok(Results::of(&command.output()?))
    }

    fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        command
            .current_dir(&self.source)
            .env("PYTHONPATH", &self.site)
            .env("PYTHONHASHSEED", "0")
            .env("TMPDIR", self.scratch.path())
            .env_remove("PYTHONDONTWRITEBYTECODE")
            .stdin(Stdio::null());
        command
    }

    /// That the tests import what will be optimized.
    fn prove_it_is_used(&self) -> Result<()> {
        let question = format!("import {0}; print({0}.__file__)", self.package.module);
        let answer = said(self.python().args(["-c", &question]))?;
        let file = std::fs::canonicalize(answer.trim())?;
        if !file.starts_with(std::fs::canonicalize(self.folder())?) {
            bail!("`{}` is imported from {}", self.package.module, file.display());
        }
        Ok(())
    }
}

/// The source distribution, downloaded once.
fn archive(python: &Path, package: &Package) -> Result<PathBuf> {
    let folder = root().join("target/xtask/packages").join(format!("{}-{}", package.name, package.version));
    let find = || Some(std::fs::read_dir(&folder).ok()?.next()?.ok()?.path());
    if let Some(archive) = find() {
        return Ok(archive);
    }
    let mut download = pip(python);
    download.args(["download", "--no-deps", "--no-binary", &package.name, "--dest"]).arg(&folder);
    said(download.arg(format!("{}=={}", package.name, package.version)))?;
    find().with_context(|| format!("nothing in {}", folder.display()))
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "--quiet", "--disable-pip-version-check"]);
    command
}

/// The pytest that our own tests use.
fn pytest() -> Result<String> {
    let pinned = std::fs::read_to_string(root().join("requirements-dev.txt"))?;
    let line = pinned.lines().find(|line| line.starts_with("pytest=="));
    Ok(line.context("requirements-dev.txt pins no pytest")?.to_owned())
}

/// What a command prints that has to succeed.
fn said(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_is_understood() {
        assert_eq!(passed("x passed in it\n2 failed, 302 passed, 5 skipped in 1.20s\n"), 302);
        assert_eq!(passed("9 passed in 0.5s\n"), 9);
        assert_eq!(passed("no tests ran in 0.01s\n"), 0);
    }
}
