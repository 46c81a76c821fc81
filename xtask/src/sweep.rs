//! `xtask sweep`: the optimizer on every file of the standard library and of
//! site-packages.
//!
//! No crash, every output parses and compiles under the interpreter whose
//! library it is, a second run changes nothing; and how fast that was, beside
//! the bare parse.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::{Deserialize, Serialize};
use spacetime_engine::{Failure, Options, SourceKind, optimize};
use spacetime_syntax::Module;

use crate::interpreters::{Interpreter, chosen};
use crate::options::Words;
use crate::pool::Pool;
use crate::sources::{below, cores, each};

/// A single file that takes this long, on however busy a machine, is as good as hanging.
const SLOW: Duration = Duration::from_mins(1);
const SHOWN_REASONS: usize = 20;

/// What was asked for.
struct Request {
    limit: usize,
    jobs: usize,
    site_packages: bool,
    paths: Vec<PathBuf>,
}

/// What became of all files.
#[derive(Default)]
struct Totals {
    files: usize,
    unreadable: usize,
    no_python: usize,
    bytes: usize,
    parsing: Duration,
    analysing: Duration,
    rules: BTreeMap<String, usize>,
    refusals: BTreeMap<String, usize>,
    changed: Vec<Job>,
    problems: Vec<String>,
}

/// For the helper: a file, and what became of it.
#[derive(Serialize)]
struct Job {
    path: PathBuf,
    changed: String,
}

#[derive(Deserialize)]
struct Answer {
    original: String,
    changed: String,
}

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let interpreters = chosen(&words.values("--python")?)?;
    let request = Request {
        limit: words.value("--limit")?.unwrap_or(usize::MAX),
        jobs: words.value("--jobs")?.unwrap_or_else(cores),
        site_packages: !words.flag("--no-site-packages"),
        paths: words.rest()?.into_iter().map(PathBuf::from).collect(),
    };
    let mut well = true;
    // One after the other: each has its own library and its own compiler.
    for interpreter in &interpreters {
        well &= sweep(interpreter, &request)?;
    }
    Ok(well)
}

fn sweep(interpreter: &Interpreter, request: &Request) -> Result<bool> {
    let files = files(interpreter, request)?;
    let mut totals = optimize_all(&files, request.jobs);
    compile_changed(interpreter, request, &mut totals)?;
    totals.print(interpreter);
    Ok(totals.problems.is_empty())
}

/// The `.py` files below the given paths or the interpreter's own folders; with
/// a limit, evenly spread over all of them.
fn files(interpreter: &Interpreter, request: &Request) -> Result<Vec<PathBuf>> {
    let folders = if request.paths.is_empty() {
        libraries(interpreter, request.site_packages)?
    } else {
        request.paths.clone()
    };
    let all = below(&folders, &|name| name == "site-packages" && !request.site_packages)?;
    let step = all.len().div_ceil(request.limit.max(1)).max(1);
    Ok(all.into_iter().step_by(step).collect())
}

fn libraries(interpreter: &Interpreter, site_packages: bool) -> Result<Vec<PathBuf>> {
    let question = "import sysconfig as s; print(s.get_path('stdlib'), s.get_path('purelib'), sep='\\n')";
    let output = Command::new(&interpreter.path).args(["-I", "-c", question]).output()?;
    let text = String::from_utf8(output.stdout)?;
    let wanted = if site_packages { 2 } else { 1 };
    Ok(text.lines().take(wanted).map(PathBuf::from).filter(|path| path.exists()).collect())
}

fn optimize_all(files: &[PathBuf], jobs: usize) -> Totals {
    let mut totals = Totals::default();
    for one in each(files, jobs, |path| optimize_file(path)) {
        totals.add(one);
    }
    totals
}

/// Everything about one file but its compiling.
fn optimize_file(path: &Path) -> Totals {
    let mut totals = Totals { files: 1, ..Totals::default() };
    let Some(text) = read(path) else {
        totals.unreadable = 1;
        return totals;
    };
    let started = Instant::now();
    let parsed = Module::parse(text.as_str(), SourceKind::Python);
    totals.parsing = started.elapsed();
    drop(parsed);
    let started = Instant::now();
    let options = Options::default();
    let run = || optimize(&text, SourceKind::Python, &options);
    let outcome = match std::panic::catch_unwind(run) {
        Err(_) => return totals.problem(path, "the engine panics"),
        Ok(Err(Failure::Syntax(_))) => {
            totals.no_python = 1;
            return totals;
        }
        Ok(Err(failure)) => return totals.problem(path, &failure.to_string()),
        Ok(Ok(outcome)) => outcome,
    };
    totals.analysing = started.elapsed();
    totals.bytes = text.len();
    if totals.analysing > SLOW {
        totals.problems.push(format!("{}: took {:?}", path.display(), totals.analysing));
    }
    for finding in &outcome.findings {
        if finding.applied {
            *totals.rules.entry(finding.rule.clone()).or_default() += 1;
        } else if let Some(reason) = &finding.why_not {
            *totals.refusals.entry(format!("{}: {}", finding.rule, anonymous(reason))).or_default() += 1;
        }
    }
    for fault in &outcome.faults {
        totals.problems.push(format!("{}: fault: {fault}", path.display()));
    }
    if outcome.text == text {
        return totals;
    }
    match optimize(&outcome.text, SourceKind::Python, &options) {
        Err(failure) => return totals.problem(path, &format!("the output is no Python: {failure}")),
        Ok(second) if second.text != outcome.text => {
            return totals.problem(path, "a second run changes it again");
        }
        Ok(_) => {}
    }
    totals.changed.push(Job { path: path.to_path_buf(), changed: outcome.text });
    totals
}

/// The one place where this task turns bytes into text.
fn read(path: &Path) -> Option<String> {
    spacetime_engine::Source::decode(&std::fs::read(path).ok()?).ok().map(spacetime_engine::Source::into_text)
}

/// A reason without names and numbers, so that equal ones can be counted.
fn anonymous(reason: &str) -> String {
    let mut out = String::new();
    for (at, part) in reason.split('`').enumerate() {
        out += if at % 2 == 1 { "`…`" } else { part };
    }
    out.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn compile_changed(interpreter: &Interpreter, request: &Request, totals: &mut Totals) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let pool =
        Pool { interpreter, program: "compile_files.py", scratch: scratch.path().into(), size: request.jobs };
    let answers: Vec<Result<Answer, String>> = pool.run(&totals.changed)?;
    for (job, answer) in totals.changed.iter().zip(answers) {
        let said = match answer {
            Ok(answer) if answer.original.is_empty() => answer.changed,
            Ok(_) => String::new(),
            Err(message) => message,
        };
        if !said.is_empty() {
            totals.problems.push(format!("{}: does not compile: {said}", job.path.display()));
        }
    }
    Ok(())
}

impl Totals {
    fn problem(mut self, path: &Path, what: &str) -> Self {
        self.problems.push(format!("{}: {what}", path.display()));
        self
    }

    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.unreadable += other.unreadable;
        self.no_python += other.no_python;
        self.bytes += other.bytes;
        self.parsing += other.parsing;
        self.analysing += other.analysing;
        for (rule, count) in other.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        for (reason, count) in other.refusals {
            *self.refusals.entry(reason).or_default() += count;
        }
        self.changed.extend(other.changed);
        self.problems.extend(other.problems);
    }

    fn print(&self, interpreter: &Interpreter) {
        for (rule, count) in &self.rules {
            println!("{count:>7} applied {rule}");
        }
        let mut refusals: Vec<_> = self.refusals.iter().collect();
        refusals.sort_by_key(|(reason, count)| (std::cmp::Reverse(**count), *reason));
        for (reason, count) in refusals.into_iter().take(SHOWN_REASONS) {
            println!("{count:>7} refused {reason}");
        }
        for problem in &self.problems {
            println!("FAILED {problem}");
        }
        println!(
            "sweep: CPython {}: {} files, {:.1} MB, {} changed, {} not UTF-8, {} no Python 3; \
             {:.1} MB/s per core, parsing alone {:.1} MB/s; {} failed",
            interpreter.version,
            self.files,
            self.bytes as f64 / 1e6,
            self.changed.len(),
            self.unreadable,
            self.no_python,
            rate(self.bytes, self.analysing),
            rate(self.bytes, self.parsing),
            self.problems.len(),
        );
    }
}

/// Megabytes a second.
fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_lose_names_and_numbers() {
        assert_eq!(anonymous("`rows` is used again on line 12"), "`…` is used again on line ");
    }
}
