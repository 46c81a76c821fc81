//! `xtask stdlib`: CPython's own tests with its own library, before and after.
//!
//! Nobody has written more tests of library code, nor tests that care less for
//! us. The library is copied beside a copy of the interpreter, so that nothing
//! but the copy is imported, optimized there in place, and every test module
//! that passes with the plain copy has to pass with the optimized one.

mod library;
mod suite;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::in_place::{Rewritten, rewrite};
use crate::interpreters::{Interpreter, chosen};
use crate::options::{Words, root};
use crate::sources::{cores, each};
use library::{Library, not_imported};
use suite::{Ran, Verdict, run_module};

/// The names of the test modules, one a line.
const LIST: &str = "xtask/stdlib_tests.txt";
/// What the task is for: fewer than this many that pass before show little.
const FEWEST_MODULES: usize = 100;
/// Below this many rewrites the tests test CPython and not us. The library of
/// 3.11 had 14 and that of 3.13 had 15 when this was set, so a rule that falls
/// silent is noticed, and one that grows more careful in a place is not.
const FEWEST_REWRITES: usize = 12;

/// What was asked for.
struct Request {
    names: Vec<String>,
    jobs: usize,
    /// For a module, however slow the machine.
    patience: Duration,
    /// Fewer modules than wanted are no failure.
    part: bool,
}

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let quick = words.flag("--quick");
    let named = words.values("--python")?;
    let tests: Option<String> = words.value("--tests")?;
    let jobs = words.value("--jobs")?.unwrap_or_else(cores);
    words.done()?;
    let list = std::fs::read_to_string(root().join(LIST)).context(LIST)?;
    let names = match &tests {
        Some(tests) => tests.split(',').map(str::to_owned).collect(),
        None => names(&list, quick),
    };
    let request = Request { names, jobs, patience: Duration::from_mins(10), part: quick || tests.is_some() };
    let (mut well, mut checked) = (true, 0);
    for interpreter in &chosen(&named)? {
        let version = || format!("CPython {}", interpreter.version);
        let library = Library::of(interpreter).with_context(version)?;
        match library.tests(&request.names) {
            Ok(tests) => {
                well &= check(interpreter, &library, &tests, &request).with_context(version)?;
                checked += 1;
            }
            Err(problem) if !named.is_empty() => bail!("{}: {problem}", version()),
            Err(problem) => println!("stdlib: {}: passed over, {problem}", version()),
        }
        // Every day one interpreter does; those who ask for the long run get all.
        if quick && checked > 0 {
            break;
        }
    }
    if checked == 0 {
        println!("stdlib: nothing was checked: no interpreter that is installed has tests");
    }
    // An interpreter with tests is asked for where the tests are what is wanted.
    Ok(well && (checked > 0 || quick))
}

/// The modules of the list; of those that are quick, if that is wanted.
fn names(list: &str, quick: bool) -> Vec<String> {
    let lines = list.lines().map(|line| line.split('#').next().unwrap_or_default());
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    words
        .filter(|words| !words.is_empty() && (!quick || words.contains(&"quick")))
        .map(|words| words[0].to_owned())
        .collect()
}

fn check(interpreter: &Interpreter, original: &Library, names: &[String], request: &Request) -> Result<bool> {
    let scratch = tempfile::Builder::new().prefix("stdlib").tempdir()?;
    let before = original.copy_to(&scratch.path().join("a"))?;
    let after = original.copy_to(&scratch.path().join("b"))?;
    let rewritten = rewrite(std::slice::from_ref(&after.folder))?;
    println!("stdlib: CPython {}: {rewritten}", interpreter.version);
    for problem in &rewritten.problems {
        println!("FAILED {problem}");
    }
    after.prove_it_is_used(&rewritten.changed)?;

    let run_all = |library: &Library, names: &[String], jobs: usize| -> Vec<Ran> {
        each(names, jobs, |name| run_module(library, name, scratch.path(), request.patience))
    };
    let first = run_all(&before, names, request.jobs);
    print_those_that_do_not_pass(&first);
    let passing: Vec<String> = first.into_iter().filter(Ran::passed).map(|ran| ran.name).collect();
    let second = run_all(&after, &passing, request.jobs);
    let suspects: Vec<String> =
        second.iter().filter(|ran| !ran.passed()).map(|ran| ran.name.clone()).collect();
    // Some of these tests fail now and then beside others: once more, each by
    // itself. What fails only sometimes with either library is told, not blamed.
    let mut broken = Vec::new();
    for (plain, ours) in run_all(&before, &suspects, 1).into_iter().zip(run_all(&after, &suspects, 1)) {
        if plain.passed() && !ours.passed() {
            broken.push(ours);
        } else {
            println!("stdlib: {}: passes and fails by chance", plain.name);
        }
    }
    for ran in &broken {
        println!("FAILED {}: passed before\n{}", ran.name, ran.complaint());
    }
    let unseen: Vec<&Path> = not_imported(&rewritten.changed)
        .into_iter()
        .flat_map(|path| path.strip_prefix(&after.folder))
        .collect();
    Ok(summary(interpreter, request, &rewritten, &second, broken.len(), &unseen))
}

fn print_those_that_do_not_pass(all: &[Ran]) {
    for (verdict, what) in [(Verdict::Failed, "fail before"), (Verdict::Skipped, "are skipped")] {
        let names: Vec<&str> =
            all.iter().filter(|ran| ran.verdict == verdict).map(|ran| ran.name.as_str()).collect();
        if !names.is_empty() {
            println!("stdlib: {} {what} and are not held against us: {}", names.len(), names.join(", "));
        }
    }
}

/// The last lines, and whether all is well.
fn summary(
    interpreter: &Interpreter,
    request: &Request,
    rewritten: &Rewritten,
    ran: &[Ran],
    broken: usize,
    unseen: &[&Path],
) -> bool {
    // A part of the tests imports a part of the library, of which nobody wonders.
    for path in unseen.iter().filter(|_| !request.part) {
        println!("stdlib: no test imported {}", path.display());
    }
    let tests: usize = ran.iter().map(|ran| ran.tests).sum();
    println!(
        "stdlib: CPython {}: {} rewrites in {} files, {} of them imported by the tests; \
         {} test modules with {tests} tests ran; {broken} newly failed",
        interpreter.version,
        rewritten.count(),
        rewritten.changed.len(),
        rewritten.changed.len() - unseen.len(),
        ran.len(),
    );
    let mut well = broken == 0 && rewritten.problems.is_empty();
    if rewritten.count() < FEWEST_REWRITES {
        println!("FAILED fewer than {FEWEST_REWRITES} rewrites: this shows nothing");
        well = false;
    }
    if ran.len() < FEWEST_MODULES && !request.part {
        println!("FAILED fewer than {FEWEST_MODULES} test modules passed before: this shows little");
        well = false;
    }
    well
}

/// For the parts of this task: an interpreter's word for what it cannot do.
fn lines_of(mut command: std::process::Command) -> Result<Vec<String>> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_comments_and_quick_ones() {
        let list = "# head\n\ntest_a\ntest_b quick # why\n";
        assert_eq!(names(list, false), ["test_a", "test_b"]);
        assert_eq!(names(list, true), ["test_b"]);
    }

    #[test]
    fn the_list_is_long_enough_and_names_nothing_twice() {
        let list = std::fs::read_to_string(root().join(LIST)).unwrap();
        let mut all = names(&list, false);
        assert!(all.len() > FEWEST_MODULES);
        all.sort();
        let length = all.len();
        all.dedup();
        assert_eq!(all.len(), length);
    }
}
