//! `xtask kinds`: what the analysis believes of kinds, checked at run time.
//!
//! A kind is a proof and never a guess, so every value that an expression has
//! in any run must be of the kind that is claimed. Random programs are run with
//! a check around every such expression; with `--tests`, modules of the standard
//! library are, under CPython's own tests of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use spacetime_engine::{KindFact, Options, SourceKind, facts_data};

use crate::interpreters::{Interpreter, one, runtime_path};
use crate::options::{Words, helpers};
use crate::pool::Pool;

/// As the generator writes it; the rest of its line is of no interest here.
#[derive(Deserialize)]
struct Program {
    seed: u64,
    source: String,
}

/// Either a program or a test with the modules that it is about.
#[derive(Serialize)]
#[serde(untagged)]
enum Job {
    Program {
        #[serde(skip)]
        label: String,
        source: String,
        facts: Vec<KindFact>,
    },
    Test {
        #[serde(skip)]
        label: String,
        test: String,
        sources: Vec<Believed>,
    },
}

#[derive(Serialize)]
struct Believed {
    path: PathBuf,
    facts: Vec<KindFact>,
}

#[derive(Deserialize)]
struct Answer {
    checks: u64,
    wrapped: u64,
    contradictions: Vec<String>,
    ended: String,
}

const COUNT: u64 = 300;
const SHOWN_CONTRADICTIONS: usize = 10;

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let count = words.value("--count")?.unwrap_or(COUNT);
    let seed: u64 = words.value("--seed")?.unwrap_or(1);
    let interpreter = one(words.value("--python")?)?;
    let tests: Option<String> = words.value("--tests")?;
    let files: Vec<PathBuf> = words.values("--file")?;
    words.done()?;
    let scratch = tempfile::tempdir()?;
    let mut jobs = Vec::new();
    match &tests {
        Some(names) => {
            let library = library(&interpreter)?;
            for name in names.split(',') {
                jobs.push(test_job(&library, name)?);
            }
        }
        None if files.is_empty() => {
            for Program { seed, source } in generate(&interpreter, count, seed, scratch.path())? {
                jobs.push(program_job(format!("program {seed}"), source)?);
            }
        }
        None => {
            for file in &files {
                jobs.push(program_job(file.display().to_string(), std::fs::read_to_string(file)?)?);
            }
        }
    }
    judge(&jobs, &interpreter, scratch.path())
}

impl Job {
    fn label(&self) -> &str {
        match self {
            Self::Program { label, .. } | Self::Test { label, .. } => label,
        }
    }

    fn claims(&self) -> usize {
        match self {
            Self::Program { facts, .. } => facts.len(),
            Self::Test { sources, .. } => sources.iter().map(|one| one.facts.len()).sum(),
        }
    }
}

/// Runs all jobs and says what was found.
fn judge(jobs: &[Job], interpreter: &Interpreter, scratch: &Path) -> Result<bool> {
    let size = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool { interpreter, program: "kinds.py", scratch: scratch.into(), size };
    let (mut checks, mut wrapped, mut contradictions) = (0, 0, 0);
    for (job, answer) in jobs.iter().zip(pool.run::<_, Answer>(jobs)?) {
        let answer = answer.map_err(anyhow::Error::msg).with_context(|| job.label().to_owned())?;
        checks += answer.checks;
        wrapped += answer.wrapped;
        if let Job::Test { label, .. } = job {
            println!("{label}: {} checks; {}", answer.checks, answer.ended);
        }
        if !answer.contradictions.is_empty() {
            contradictions += answer.contradictions.len();
            report(job, &answer);
        }
    }
    let claims: usize = jobs.iter().map(Job::claims).sum();
    println!(
        "kinds: {} runs, {claims} claims ({wrapped} of them found in the program), {checks} checks, \
         {contradictions} contradictions",
        jobs.len()
    );
    Ok(contradictions == 0 && checks > 0)
}

fn report(job: &Job, answer: &Answer) {
    println!("FAILED {} (it ended: {:?})", job.label(), answer.ended);
    for contradiction in answer.contradictions.iter().take(SHOWN_CONTRADICTIONS) {
        println!("  {contradiction}");
    }
    if let Job::Program { source, .. } = job {
        println!("---\n{source}---");
    }
}

fn generate(interpreter: &Interpreter, count: u64, seed: u64, scratch: &Path) -> Result<Vec<Program>> {
    let output = Command::new(&interpreter.path)
        .args(["-B", "-W", "ignore"])
        .arg(helpers().join("generate_programs.py"))
        .args(["--count", &count.to_string(), "--seed", &seed.to_string()])
        .env("PYTHONPATH", runtime_path()?)
        .current_dir(scratch)
        .output()?;
    if !output.status.success() {
        bail!("the generator failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).context("the generator's lines")).collect()
}

fn believed(source: &str) -> Result<Vec<KindFact>> {
    Ok(facts_data(source, SourceKind::Python, &Options::default())?)
}

fn program_job(label: String, source: String) -> Result<Job> {
    let facts = believed(&source).with_context(|| label.clone())?;
    Ok(Job::Program { label, source, facts })
}

/// `textwrap` is checked by `test.test_textwrap`, `json` by `test.test_json`.
fn test_job(library: &Path, name: &str) -> Result<Job> {
    let package = library.join(name);
    let paths: Vec<PathBuf> = if package.is_dir() {
        let mut found: Vec<PathBuf> = std::fs::read_dir(&package)?.flatten().map(|one| one.path()).collect();
        found.retain(|path| path.extension().is_some_and(|ending| ending == "py"));
        found.sort();
        found
    } else {
        vec![library.join(format!("{name}.py"))]
    };
    let mut sources = Vec::new();
    for path in paths {
        let source = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let facts = believed(&source).with_context(|| path.display().to_string())?;
        sources.push(Believed { path, facts });
    }
    let test = format!("test.test_{}", name.trim_start_matches('_').to_lowercase());
    Ok(Job::Test { label: name.to_owned(), test, sources })
}

/// The folder of the interpreter's standard library.
fn library(interpreter: &Interpreter) -> Result<PathBuf> {
    let question = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new(&interpreter.path).args(["-I", "-c", question]).output()?;
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}
