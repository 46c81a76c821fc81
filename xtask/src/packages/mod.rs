//! `xtask packages`: other people's packages with their own tests, before and
//! after.
//!
//! A package is installed from its source distribution as its developers do it,
//! so that what its tests import is the tree they stand in; that tree is
//! optimized in place. Which packages is data: `xtask/packages.toml`, or another
//! file of that form with `--list FILE`.

mod checkout;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::in_place::rewrite;
use crate::interpreters::{Interpreter, one};
use crate::options::{Words, root};
use crate::sources::{cores, each};
use checkout::{Checkout, Results};

const LIST: &str = "xtask/packages.toml";
/// Below this many packages whose tests ran, they show little.
const FEWEST_PACKAGES: usize = 8;

#[derive(Deserialize)]
struct List {
    package: Vec<Package>,
}

/// One entry of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    name: String,
    version: String,
    /// What is optimized, below the root of the source distribution.
    folder: String,
    /// A module in it.
    module: String,
    /// What its tests need beside pytest.
    #[serde(default)]
    needs: Vec<String>,
    /// Words for pytest.
    tests: Vec<String>,
}

#[derive(Default)]
struct Totals {
    packages: usize,
    tests: usize,
    rewrites: usize,
    broken: usize,
    problems: usize,
}

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let interpreter = one(words.value("--python")?)?;
    let only: Option<String> = words.value("--only")?;
    let file: PathBuf = words.value("--list")?.unwrap_or_else(|| root().join(LIST));
    let jobs = words.value("--jobs")?.unwrap_or_else(cores);
    words.done()?;
    let mut list = list(&file)?;
    if let Some(only) = &only {
        list.retain(|package| only.split(',').any(|name| name == package.name));
    }
    if list.is_empty() {
        bail!("no package of {} is meant", file.display());
    }
    let mut totals = Totals::default();
    for one in each(&list, jobs, |package| check(&interpreter, package)) {
        let one = one.unwrap_or_else(|problem| {
            println!("FAILED {problem:#}");
            Totals { problems: 1, ..Totals::default() }
        });
        totals.packages += one.packages;
        totals.tests += one.tests;
        totals.rewrites += one.rewrites;
        totals.broken += one.broken;
        totals.problems += one.problems;
    }
    println!(
        "packages: CPython {}: {} packages, {} tests, {} rewrites; {} newly failed, {} other problems",
        interpreter.version, totals.packages, totals.tests, totals.rewrites, totals.broken, totals.problems
    );
    let enough = only.is_some() || totals.packages >= FEWEST_PACKAGES;
    if !enough {
        println!("FAILED the tests of fewer than {FEWEST_PACKAGES} packages ran with something rewritten");
    }
    Ok(enough && totals.broken == 0 && totals.problems == 0)
}

fn list(file: &Path) -> Result<Vec<Package>> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(name)?;
    Ok(toml::from_str::<List>(&text).with_context(name)?.package)
}

/// One package; an error where the question could not be asked.
fn check(interpreter: &Interpreter, package: &Package) -> Result<Totals> {
    let name = format!("{} {}", package.name, package.version);
    let checkout = Checkout::make(interpreter, package).with_context(|| name.clone())?;
    let before = checkout.test().with_context(|| name.clone())?;
    let done = rewrite(&[checkout.folder()])?;
    let after = checkout.run()?;
    let mut broken = new_failures(&before, &after);
    if !broken.is_empty() {
        // What fails only sometimes is told, not blamed.
        let again = new_failures(&before, &checkout.run()?);
        for test in broken.difference(&again) {
            println!("packages: {name}: {test} fails by chance");
        }
        broken = &broken & &again;
    }
    println!(
        "packages: {name}: {done}; {} tests passed before and {} after, {} failed before and {} after",
        before.passed,
        after.passed,
        before.failed.len(),
        after.failed.len()
    );
    for problem in &done.problems {
        println!("FAILED {problem}");
    }
    for test in &broken {
        println!("FAILED {name}: {test} passed before\n{}", after.end());
    }
    Ok(Totals {
        packages: usize::from(done.count() > 0),
        tests: before.passed,
        rewrites: done.count(),
        broken: broken.len(),
        problems: done.problems.len(),
    })
}

/// Tests that pass before and not after. A run that came to no end has no tests
/// to name, only fewer that passed.
fn new_failures(before: &Results, after: &Results) -> BTreeSet<String> {
    let mut new = &after.failed - &before.failed;
    if new.is_empty() && after.passed + after.failed.len() < before.passed {
        new.insert(format!("{} tests", before.passed - after.passed));
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(passed: usize, failed: &[&str]) -> Results {
        Results {
            passed,
            failed: failed.iter().map(|&name| name.to_owned()).collect(),
            output: String::new(),
        }
    }

    #[test]
    fn the_list_is_long_enough_and_pins_everything() {
        let list = list(&root().join(LIST)).unwrap();
        assert!(list.len() >= FEWEST_PACKAGES);
        for package in &list {
            assert!(package.needs.iter().all(|need| need.contains("==")), "{}", package.name);
        }
    }

    #[test]
    fn what_failed_before_is_not_new() {
        let before = results(10, &["a"]);
        assert!(new_failures(&before, &results(10, &["a"])).is_empty());
        assert_eq!(new_failures(&before, &results(9, &["a", "b"])).into_iter().collect::<Vec<_>>(), ["b"]);
        assert_eq!(new_failures(&before, &results(0, &[])).len(), 1);
    }
}
