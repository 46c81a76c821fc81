//! One file: read, refactor, show, write.
//!
//! Nothing is printed here. What there is to say is collected, so that files
//! can be worked on side by side and still be told of one after the other.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use spacetime_text::difflib_unified;
use spacetime_upgrade::{Dialect, Failure, Refactoring, Source, Written, py_repr};

use super::memory;
use super::modern::modern;
use super::write::{Target, write};
use crate::source::reason;

/// What holds for all files.
#[derive(Clone, Debug)]
pub struct Settings {
    pub write: bool,
    pub doctests_only: bool,
    pub modern: bool,
    pub write_unchanged: bool,
    pub show_diffs: bool,
    pub grammar: Dialect,
    pub target: Target,
}

/// What there is to say, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Debug(String),
    Info(String),
    Error(String),
    /// For stdout.
    Diff(String),
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Done {
    pub events: Vec<Event>,
    /// Whether it counts among the files that need to be modified.
    pub is_listed: bool,
    pub is_written: bool,
    /// What the fixers had to say.
    pub log: Vec<String>,
    pub errors: Vec<String>,
}

impl Done {
    /// What it takes in memory, roughly.
    pub fn bytes(&self) -> usize {
        let events = self.events.iter().map(|event| match event {
            Event::Debug(text) | Event::Info(text) | Event::Error(text) | Event::Diff(text) => text.len(),
        });
        let said = self.log.iter().chain(&self.errors).map(String::len);
        size_of::<Self>() + events.chain(said).sum::<usize>()
    }

    pub fn debug(&mut self, message: impl Into<String>) {
        self.events.push(Event::Debug(message.into()));
    }

    pub fn info(&mut self, message: impl Into<String>) {
        self.events.push(Event::Info(message.into()));
    }

    pub fn error(&mut self, message: impl Into<String>) {
        let message = message.into();
        self.errors.push(message.clone());
        self.events.push(Event::Error(message));
    }
}

/// Works on a file. Whatever happens in there, the others get their turn.
pub fn file(refactoring: &Refactoring, settings: &Settings, name: &str) -> Done {
    let work = || {
        let mut done = Done::default();
        work_on(refactoring, settings, name, &mut done);
        done
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let mut done = Done::default();
        done.error(format!("Can't refactor {name}: this is a bug of ours"));
        done
    })
}

fn work_on(refactoring: &Refactoring, settings: &Settings, name: &str, done: &mut Done) {
    let bytes = match fs::read(name) {
        Ok(bytes) => bytes,
        Err(error) => return done.error(format!("Can't open {name}: {}", os_error(&error, name))),
    };
    let (mut text, written) = match Source::decode(bytes) {
        Ok(source) => source.into_parts(),
        Err(why) => return done.error(format!("Can't decode {name}: {why}")),
    };
    if text.len() > memory::LARGE_FILE {
        memory::let_the_program_go();
    }
    // The parser wants a last line that ends.
    text.push('\n');
    let Some(mut new) = refactored(refactoring, settings, &text, name, done) else { return };
    text.pop();
    new.pop();
    processed(settings, name, (&text, &new), Some(written), done);
}

/// Works on what came from standard input; its name is `<stdin>`.
pub fn stdin(refactoring: &Refactoring, settings: &Settings, text: &str) -> Done {
    let mut done = Done::default();
    // 2to3 does not ask for examples only here.
    let settings = Settings { doctests_only: false, ..settings.clone() };
    if let Some(new) = refactored(refactoring, &settings, text, "<stdin>", &mut done) {
        processed(&settings, "<stdin>", (text, &new), None, &mut done);
    }
    done
}

/// The new text, if it counts as changed.
fn refactored(
    refactoring: &Refactoring,
    settings: &Settings,
    text: &str,
    name: &str,
    done: &mut Done,
) -> Option<String> {
    if settings.doctests_only {
        done.debug(format!("Refactoring doctests in {name}"));
        let result = refactoring.refactor_doctests(text, name, settings.grammar);
        done.log = result.log;
        for error in result.errors {
            for line in error.source {
                done.debug(format!("Source: {line}"));
            }
            done.error(error.message);
        }
        if settings.write_unchanged || result.text != text {
            return Some(result.text);
        }
        done.debug(format!("No doctest changes in {name}"));
        return None;
    }
    match refactoring.refactor_text(text, name, settings.grammar) {
        Ok(mut result) => {
            if settings.modern && result.text != text {
                result.text = modern(result.text);
            }
            done.debug(format!("Refactoring {name}"));
            done.log = result.log;
            if settings.write_unchanged || result.is_changed {
                return Some(result.text);
            }
        }
        Err(Failure::Parse(why)) => done.error(format!("Can't parse {name}: {why}")),
        Err(Failure::Fixer(why)) => done.error(format!("Can't refactor {name}: {why}")),
    }
    done.debug(format!("No changes in {}", if name == "<stdin>" { "stdin" } else { name }));
    None
}

fn processed(
    settings: &Settings,
    name: &str,
    texts: (&str, &str),
    written: Option<Written>,
    done: &mut Done,
) {
    let (old, new) = texts;
    done.is_listed = true;
    if old == new {
        done.info(format!("No changes to {name}"));
        done.debug(format!("No changes to {name}"));
        if !settings.write_unchanged {
            return;
        }
    } else {
        done.info(format!("Refactored {name}"));
        if settings.show_diffs {
            let diff = difflib_unified(old, new, name, ["(original)", "(refactored)"]);
            done.events.push(Event::Diff(diff));
        }
    }
    match written.filter(|_| settings.write) {
        None => done.debug(format!("Not writing changes to {name}")),
        Some(written) => match written.encode(new) {
            Ok(bytes) => write(&settings.target, Path::new(name), name, &bytes, done),
            Err(why) => done.error(format!("Can't encode {name}: {why}")),
        },
    }
}

/// An error of the system as Python shows it.
pub fn os_error(error: &io::Error, name: &str) -> String {
    match error.raw_os_error() {
        Some(number) => format!("[Errno {number}] {}: {}", reason(error), py_repr(name)),
        None => reason(error),
    }
}
