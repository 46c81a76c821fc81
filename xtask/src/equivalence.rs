//! `xtask equivalence`: every rule's examples, before and after, under every
//! installed CPython from 3.11 on: same value, same output, same exception.
//!
//! What is run is what the page shows, and what the engine makes of it: the two
//! differ where other rules join in.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use spacetime_engine::{Allowance, Options, RuleExample, SourceKind, examples, optimize};

use crate::interpreters::{Interpreter, chosen};
use crate::options::Words;
use crate::pool::Pool;

/// One comparison of two pieces of code.
#[derive(Serialize)]
struct Job {
    #[serde(skip)]
    label: String,
    before: String,
    after: String,
    /// Names of the assumptions and allowances that the rewrite relies on.
    relies_on: Vec<String>,
}

#[derive(Deserialize)]
struct Answer {
    differences: Vec<String>,
    comparisons: usize,
    #[serde(default)]
    live: usize,
}

const SHOWN_DIFFERENCES: usize = 6;

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let interpreters = chosen(&words.values("--python")?)?;
    let verbose = words.flag("--verbose");
    words.done()?;
    let jobs = jobs()?;
    let (mut passed, mut failed, mut comparisons) = (0, 0, 0);
    for interpreter in &interpreters {
        let answers = compare(interpreter, &jobs)?;
        for (job, answer) in jobs.iter().zip(answers) {
            let answer = answer.unwrap_or_else(Answer::died);
            comparisons += answer.comparisons;
            if answer.differences.is_empty() {
                passed += 1;
            } else {
                failed += 1;
                report(interpreter, job, &answer);
            }
            if verbose {
                println!("{}: {} of {} end without an error", job.label, answer.live, answer.comparisons);
            }
        }
    }
    let versions: Vec<_> = interpreters.iter().map(|one| one.version.as_str()).collect();
    println!(
        "equivalence: {} examples under CPython {}, {comparisons} observations: {passed} passed, {failed} failed",
        jobs.len(),
        versions.join(", ")
    );
    Ok(failed == 0)
}

impl Answer {
    fn died(message: String) -> Self {
        Self { differences: vec![message], comparisons: 0, live: 0 }
    }
}

fn compare(interpreter: &Interpreter, jobs: &[Job]) -> Result<Vec<Result<Answer, String>>> {
    let scratch = tempfile::tempdir()?;
    let size = std::thread::available_parallelism().map_or(1, usize::from);
    Pool { interpreter, program: "equivalence.py", scratch: scratch.path().into(), size }.run(jobs)
}

fn report(interpreter: &Interpreter, job: &Job, answer: &Answer) {
    println!("FAILED {} under {}", job.label, interpreter.version);
    println!("--- before\n{}--- after\n{}---", job.before, job.after);
    for difference in answer.differences.iter().take(SHOWN_DIFFERENCES) {
        println!("  {difference}");
    }
    if answer.differences.len() > SHOWN_DIFFERENCES {
        println!("  and {} more", answer.differences.len() - SHOWN_DIFFERENCES);
    }
}

fn jobs() -> Result<Vec<Job>> {
    let all = match examples() {
        Ok(all) => all,
        Err((rule, problem)) => bail!("the page of {rule}: {problem}"),
    };
    let mut jobs = Vec::new();
    for (number, (rule, example)) in all.into_iter().enumerate() {
        match example {
            RuleExample::Rewritten { before, after } => {
                let (made, relies_on) = optimized(&before, &daring(rule))?;
                let label = format!("{rule}, example {number}");
                if made != after {
                    // The rule alone is what the page shows; all rules together may do more.
                    jobs.push(job(format!("{label}, as optimized"), &before, made, relies_on.clone()));
                }
                let (all_rules, relied) = optimized(&before, &Options::default())?;
                jobs.push(job(format!("{label}, by all rules"), &before, all_rules, relied));
                jobs.push(job(label, &before, after, relies_on));
            }
            RuleExample::Kept(code) => {
                let (made, relied) = optimized(&code, &Options::default())?;
                jobs.push(job(format!("{rule}, kept example {number}"), &code, made, relied));
            }
        }
    }
    Ok(jobs)
}

fn job(label: String, before: &str, after: String, relies_on: Vec<String>) -> Job {
    Job { label, before: before.to_owned(), after, relies_on }
}

/// One rule with everything allowed, so that its example shows what it relies on.
fn daring(rule: &str) -> Options {
    let mut options = Options { allowances: Allowance::ALL.to_vec(), ..Options::default() };
    options.selection.select = vec![rule.to_owned()];
    options.limits.confidence = 0.0;
    options.limits.saving = 0.0;
    options.limits.overhead = f64::MAX;
    options
}

/// The optimized text, and the names of what was assumed or allowed for it.
fn optimized(code: &str, options: &Options) -> Result<(String, Vec<String>)> {
    let outcome = optimize(code, SourceKind::Python, options)?;
    let mut relied: Vec<String> = outcome
        .findings
        .iter()
        .filter(|finding| finding.applied)
        .flat_map(|finding| &finding.relies_on)
        .filter_map(|reliance| reliance.split_once(": "))
        .filter(|(kind, _)| *kind != "guarded")
        .map(|(_, name)| name.to_owned())
        .collect();
    relied.sort();
    relied.dedup();
    Ok((outcome.text, relied))
}
