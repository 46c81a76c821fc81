//! `xtask upgrade-fixers`: the fixers beside lib2to3's, on whole libraries.
//!
//! The helper in `xtask/python` runs lib2to3 and asks `xtask upgrade-serve`,
//! which is here, for ours: one process that answers lines of JSON.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use spacetime_upgrade::{Dialect, Fixer, Refactoring, fixers};

use crate::options::{Words, helpers, root};

/// A text, and the choices of fixers to run over it.
#[derive(Deserialize)]
struct Question {
    text: String,
    name: String,
    choices: Vec<Vec<String>>,
    #[serde(default)]
    print_function: bool,
    #[serde(default)]
    exec_function: bool,
}

#[derive(Default, Serialize)]
struct Answer {
    /// Nothing if it is the text that was given.
    text: Option<String>,
    changed: bool,
    log: Vec<String>,
    error: Option<String>,
}

/// Answers questions until there are no more.
pub fn serve() -> Result<bool> {
    let mut known: HashMap<Vec<String>, Refactoring> = HashMap::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        let mut answers = Vec::new();
        for choice in &question.choices {
            if !known.contains_key(choice) {
                known.insert(choice.clone(), Refactoring::new(&named(choice)?)?);
            }
            answers.push(answer(&known[choice], &question));
        }
        serde_json::to_writer(&mut out, &answers)?;
        out.write_all(b"\n")?;
        out.flush()?;
    }
    Ok(true)
}

/// The fixers with these names, as far as there are such, in the order of all.
fn named(names: &[String]) -> Result<Vec<&'static Fixer>> {
    let all = fixers::ALL.iter().copied();
    Ok(all.filter(|fixer| names.iter().any(|name| name == fixer.name)).collect())
}

fn answer(refactoring: &Refactoring, question: &Question) -> Answer {
    let dialect = Dialect { print_function: question.print_function, exec_function: question.exec_function };
    match refactoring.refactor_text(&question.text, &question.name, dialect) {
        Ok(result) => Answer {
            text: (result.text != question.text).then_some(result.text),
            changed: result.is_changed,
            log: result.log,
            error: None,
        },
        Err(failure) => Answer { error: Some(failure.to_string()), ..Answer::default() },
    }
}

/// Runs the helper that compares.
pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let python: PathBuf = words.value("--python")?.unwrap_or_else(|| "python3".into());
    let fixers: Option<String> = words.value("--fixers")?;
    let step: Option<u32> = words.value("--step")?;
    let is_long = words.flag("--long");
    let alone = words.flag("--alone") || is_long;
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(library(&python)?);
    }
    let mut command = Command::new(&python);
    command.args(["-W", "ignore"]).arg(helpers().join("upgrade_fixers.py"));
    command.arg("--serve").arg(std::env::current_exe()?);
    command.arg("--keep").arg(root().join("target/upgrade-fixers"));
    if alone {
        command.arg("--alone");
    }
    if let Some(fixers) = fixers {
        command.arg(format!("--fixers={fixers}"));
    }
    // A part of the library is enough for every day.
    let step = step.unwrap_or(if is_long { 1 } else { 20 });
    command.arg(format!("--step={step}")).args(paths);
    Ok(command.status().with_context(|| python.display().to_string())?.success())
}

/// The standard library of an interpreter.
fn library(python: &PathBuf) -> Result<PathBuf> {
    let code = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new(python).args(["-c", code]).output()?;
    if !output.status.success() {
        bail!("{} does not run", python.display());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().into())
}
