//! `xtask programs`: random small programs around the rules' shapes, run before
//! and after, compared by output, error and files.
//!
//! The rules' own tests show what their author thought of. A generator has no
//! such blind spots. Too few rewrites are a failure too: programs that nothing
//! is done to show nothing.

mod shrink;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use spacetime_engine::{Assumption, Options, Outcome, SourceKind, optimize};

use crate::interpreters::{Interpreter, one, runtime_path};
use crate::options::{Words, helpers};
use crate::pool::Pool;

/// As the generator writes it, a line of JSON each.
#[derive(Clone, Deserialize)]
struct Program {
    seed: u64,
    source: String,
    /// Names of assumptions that the program breaks, which the engine is then denied.
    breaks: Vec<String>,
    strict: bool,
}

#[derive(Serialize)]
struct Job<'a> {
    before: &'a str,
    after: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    same: bool,
    before: Seen,
    after: Seen,
}

#[derive(Clone, Deserialize)]
struct Seen {
    output: String,
    error: String,
    files: BTreeMap<String, String>,
}

impl Seen {
    fn mentions(&self, what: &str) -> bool {
        self.error.contains(what) || self.output.contains(what)
    }
}

/// What was asked for.
struct Request {
    count: u64,
    seed: u64,
    least: f64,
    keep: PathBuf,
    /// A single seed, to look at one failure again.
    only: Option<u64>,
    interpreter: Interpreter,
}

/// What the engine did to a program.
struct Changed {
    program: Program,
    outcome: Outcome,
    /// Problems that show without running anything.
    problems: Vec<String>,
}

const COUNT: u64 = 2_000;
const LONG_COUNT: u64 = 100_000;
const LEAST_CHANGED: f64 = 0.1;
/// Unchanged programs that are run all the same, to see that they do something.
const LIVENESS_SAMPLE: usize = 200;
const SHOWN_FAILURES: usize = 10;
/// Making one small takes seconds.
const SHRUNK_FAILURES: usize = 5;

pub fn run(words: Vec<String>) -> Result<bool> {
    let request = Request::read(Words::new(words))?;
    let scratch = tempfile::tempdir()?;
    let programs = generate(&request, scratch.path())?;
    let all: Vec<Changed> = programs.into_par_iter().map(apply).collect::<Result<_>>()?;
    let (changed, unchanged): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.outcome.text != one.program.source || !one.problems.is_empty());
    let failures = compare(&request, &changed, scratch.path())?;
    let lively = liveness(&request, &unchanged, scratch.path())?;
    histogram(&changed);
    let share = changed.len() as f64 / request.count as f64;
    println!(
        "programs: {} from seed {}, {} changed ({:.0} %), {lively}, {failures} failed",
        request.count,
        request.seed,
        changed.len(),
        share * 100.0
    );
    if share < request.least {
        println!("programs: fewer than {:.0} % were changed", request.least * 100.0);
    }
    Ok(failures == 0 && share >= request.least)
}

impl Request {
    fn read(mut words: Words) -> Result<Self> {
        let usual = if words.flag("--long") { LONG_COUNT } else { COUNT };
        let request = Self {
            count: words.value("--count")?.unwrap_or(usual),
            seed: words.value("--seed")?.unwrap_or(1),
            least: words.value("--least")?.unwrap_or(LEAST_CHANGED),
            keep: words.value("--keep")?.unwrap_or_else(|| "target/xtask/programs".into()),
            only: words.value("--only")?,
            interpreter: one(words.value("--python")?)?,
        };
        words.done()?;
        Ok(request)
    }
}

fn generate(request: &Request, scratch: &Path) -> Result<Vec<Program>> {
    let only = request.only.map(|seed| ["--only".to_owned(), seed.to_string()]);
    let output = Command::new(&request.interpreter.path)
        .args(["-B", "-W", "ignore"])
        .arg(helpers().join("generate_programs.py"))
        .args(["--count", &request.count.to_string(), "--seed", &request.seed.to_string()])
        .args(only.iter().flatten())
        .env("PYTHONPATH", runtime_path()?)
        .current_dir(scratch)
        .output()?;
    if !output.status.success() {
        bail!("the generator failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).context("the generator's lines")).collect()
}

/// A third under the usual options, a third with no thresholds, so that small
/// inputs are rewritten too, and a third (those that break assumptions at will)
/// strictly.
fn options(program: &Program) -> Options {
    let mut options = Options::default();
    if !program.seed.is_multiple_of(3) {
        options.limits.confidence = 0.0;
        options.limits.saving = 0.0;
        options.limits.overhead = f64::MAX;
    }
    if program.strict {
        return options.strict();
    }
    for name in &program.breaks {
        if let Some(assumption) = Assumption::from_name(name) {
            options.assumptions.remove(assumption);
        }
    }
    options
}

fn apply(program: Program) -> Result<Changed> {
    let options = options(&program);
    let run = || optimize(&program.source, SourceKind::Python, &options);
    let Ok(outcome) = std::panic::catch_unwind(run) else {
        bail!("the engine panics on program {}:\n{}", program.seed, program.source);
    };
    let outcome =
        outcome.with_context(|| format!("program {} is no Python:\n{}", program.seed, program.source))?;
    let mut problems: Vec<String> = outcome.faults.iter().map(|fault| format!("fault: {fault}")).collect();
    match optimize(&outcome.text, SourceKind::Python, &options) {
        Ok(second) if second.text == outcome.text => {}
        Ok(second) => problems.push(format!("a second run changes it again:\n{}", second.text)),
        Err(problem) => problems.push(format!("the output is no Python: {problem}")),
    }
    Ok(Changed { program, outcome, problems })
}

/// Runs both versions of each; the number of programs that differ.
fn compare(request: &Request, changed: &[Changed], scratch: &Path) -> Result<usize> {
    let jobs: Vec<_> = changed
        .iter()
        .map(|one| Job { before: &one.program.source, after: Some(&one.outcome.text) })
        .collect();
    let mut failures = 0;
    for (one, answer) in changed.iter().zip(observe(request, &jobs, scratch)?) {
        let mut problems = one.problems.clone();
        match answer {
            Ok(answer) if answer.same => {}
            Ok(answer) => problems.push(difference(&answer)),
            Err(message) => problems.push(message),
        }
        if !problems.is_empty() {
            failures += 1;
            let mut text = failure(one, &problems);
            if failures <= SHRUNK_FAILURES
                && let Some((small, how)) = shrink::shrink(request, &one.program, scratch)?
            {
                text = format!("{text}\nmade small:\n{}\n", failure(&small, &[how]));
            }
            keep(request, one, &text)?;
            if failures <= SHOWN_FAILURES {
                println!("{text}");
            }
        }
    }
    if failures > 0 {
        println!("programs: every failure is kept in {}", request.keep.display());
    }
    Ok(failures)
}

fn observe(request: &Request, jobs: &[Job], scratch: &Path) -> Result<Vec<Result<Answer, String>>> {
    let size = std::thread::available_parallelism().map_or(1, usize::from);
    let interpreter = &request.interpreter;
    Pool { interpreter, program: "run_programs.py", scratch: scratch.into(), size }.run(jobs)
}

/// How many of a sample of the unchanged programs do what they are meant to do.
fn liveness(request: &Request, unchanged: &[Changed], scratch: &Path) -> Result<String> {
    let jobs: Vec<_> = unchanged
        .iter()
        .take(LIVENESS_SAMPLE)
        .map(|one| Job { before: &one.program.source, after: None })
        .collect();
    let answers = observe(request, &jobs, scratch)?;
    let is_live = |seen: &Seen| !seen.output.is_empty() && !seen.error.starts_with("NameError");
    let live = answers.iter().flatten().filter(|answer| is_live(&answer.before)).count();
    Ok(format!("{live} of a sample of {} of the others are alive", jobs.len()))
}

fn histogram(changed: &[Changed]) {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in changed {
        for finding in one.outcome.findings.iter().filter(|finding| finding.applied) {
            let counts = rules.entry(&finding.rule).or_default();
            counts.0 += 1;
            counts.1 += usize::from(one.program.strict);
        }
    }
    for (rule, (all, strict)) in rules {
        println!("{all:>7} {rule} ({strict} of them strictly)");
    }
}

fn difference(answer: &Answer) -> String {
    let Answer { before, after, .. } = answer;
    let mut parts = Vec::new();
    if before.output != after.output {
        parts.push(diff(&before.output, &after.output));
    }
    if before.error != after.error {
        parts.push(format!("error before: {}\nerror after:  {}\n", before.error, after.error));
    }
    if before.files != after.files {
        parts.push(format!("files before: {:?}\nfiles after:  {:?}\n", before.files, after.files));
    }
    parts.concat()
}

fn diff(before: &str, after: &str) -> String {
    spacetime_text::unified_diff(before, after, "before", "after")
}

fn failure(one: &Changed, problems: &[String]) -> String {
    let Changed { program, outcome, .. } = one;
    let rules: Vec<_> = outcome
        .findings
        .iter()
        .filter(|f| f.applied)
        .map(|f| format!("{} on line {}", f.rule, f.line))
        .collect();
    format!(
        "FAILED program {} (strict: {}, denied: {:?}), by {}\n{}\n{}",
        program.seed,
        program.strict,
        program.breaks,
        rules.join(", "),
        diff(&program.source, &outcome.text),
        problems.join("\n"),
    )
}

fn keep(request: &Request, one: &Changed, text: &str) -> Result<()> {
    std::fs::create_dir_all(&request.keep)?;
    let file = |ending: &str| request.keep.join(format!("{}{ending}", one.program.seed));
    std::fs::write(file(".before.py"), &one.program.source)?;
    std::fs::write(file(".after.py"), &one.outcome.text)?;
    std::fs::write(file(".txt"), text)?;
    Ok(())
}
