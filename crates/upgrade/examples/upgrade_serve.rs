//! Answers questions about texts and fixers, a line of JSON each.
//!
//! `xtask/python/upgrade_serve.py` asks them, for those who hold our fixers
//! beside lib2to3's.

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use spacetime_upgrade::{Dialect, Fixer, Refactoring, Source, fixers, future_features};

/// A line of input.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Bytes(Bytes),
    Features { features: String },
    Text(Question),
}

/// An encoding, and bytes of files that are in it.
#[derive(Deserialize)]
struct Bytes {
    encoding: String,
    bytes: Vec<Vec<u8>>,
}

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
    /// Only the examples in it, wherever they stand.
    #[serde(default)]
    doctests: bool,
    /// What 2to3 breaks is to be right.
    #[serde(default)]
    beyond: bool,
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
fn main() -> Result<(), Box<dyn Error>> {
    let mut known: HashMap<(Vec<String>, bool), Refactoring> = HashMap::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let question = match serde_json::from_str(&line?)? {
            Line::Text(question) => question,
            Line::Bytes(asked) => {
                say(&mut out, &decoded(&asked))?;
                continue;
            }
            Line::Features { features } => {
                say(&mut out, &future_features(&features))?;
                continue;
            }
        };
        let mut answers = Vec::new();
        for choice in &question.choices {
            let key = (choice.clone(), question.beyond);
            if !known.contains_key(&key) {
                let refactoring = Refactoring::new(&named(choice))?;
                known.insert(key.clone(), if question.beyond { refactoring.beyond() } else { refactoring });
            }
            answers.push(answer(&known[&key], &question));
        }
        say(&mut out, &answers)?;
    }
    Ok(())
}

fn say(out: &mut impl Write, answer: &impl Serialize) -> Result<(), Box<dyn Error>> {
    serde_json::to_writer(&mut *out, answer)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// What each file holds behind the comment that names its encoding.
fn decoded(asked: &Bytes) -> Vec<Option<String>> {
    let head = format!("# coding: {}\n", asked.encoding);
    let text = |bytes: &Vec<u8>| {
        let source = Source::decode([head.as_bytes(), bytes].concat()).ok()?;
        source.text().strip_prefix(&head).map(str::to_owned)
    };
    asked.bytes.iter().map(text).collect()
}

/// The fixers with these names, as far as there are such, in the order of all.
fn named(names: &[String]) -> Vec<&'static Fixer> {
    let all = fixers::ALL.iter().copied();
    all.filter(|fixer| names.iter().any(|name| name == fixer.name)).collect()
}

fn answer(refactoring: &Refactoring, question: &Question) -> Answer {
    let dialect = Dialect { print_function: question.print_function, exec_function: question.exec_function };
    if question.doctests {
        let result = refactoring.refactor_doctests(&question.text, &question.name, dialect);
        let errors = result.errors.into_iter().map(|error| error.message);
        let changed = result.text != question.text;
        let log = result.log.into_iter().chain(errors).collect();
        return Answer { text: Some(result.text), changed, log, error: None };
    }
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
