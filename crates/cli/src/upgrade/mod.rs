//! `stc upgrade`, which is also `2to3`: its options, its output, its exit status.
//!
//! What goes to stdout and to stderr is what 2to3 of Python 3.11 writes, line
//! for line; `docs/upgrade.md` lists where it is not.

mod memory;
mod modern;
mod one;
mod own;
mod side;
mod walk;
mod write;

use std::io::{self, Read as _};

use spacetime_upgrade::{Dialect, Fixer, Refactoring, fixers, py_repr};

use crate::args::UpgradeArgs;
use crate::output;
use crate::status::Status;
use one::{Done, Event, Settings};
use side::Room;
use walk::{Step, common_folder, text_of, walk};
use write::Target;

/// Runs the command.
pub fn run(args: &UpgradeArgs, verbose: bool) -> anyhow::Result<Status> {
    memory::give_back_what_is_large();
    let names: Vec<String> = args.paths.iter().map(|name| text_of(name)).collect();
    let writes = args.write || args.write_unchanged_files;
    if args.write_unchanged_files && !args.write {
        warn("--write-unchanged-files/-W implies -w.");
    }
    if let Some(message) = misused(args, writes) {
        output::say(&format!("Usage: 2to3 [options] file|dir ...\n\n2to3: error: {message}"));
        return Ok(Status::Error);
    }
    let all = match all_fixers(&args.fixer) {
        Ok(all) => all,
        Err(message) => {
            output::say(&format!("2to3: error: {message}"));
            return Ok(Status::Error);
        }
    };
    if args.list_fixes {
        let names: Vec<&str> = all.iter().map(|fixer| fixer.name).collect();
        output::print(format!("Available transformations for the -f/--fix option:\n{}\n", names.join("\n")))?;
        if args.paths.is_empty() {
            return Ok(Status::Success);
        }
    }
    if names.is_empty() {
        output::say("At least one file or directory argument required.\nUse --help to show usage.");
        return Ok(Status::Error);
    }
    let from_stdin = names.iter().any(|name| name == "-");
    if from_stdin && writes {
        output::say("Can't write to stdin.");
        return Ok(Status::Error);
    }
    let mut teller = Teller { verbose, ..Teller::default() };
    let settings = settings(args, &names, writes);
    let Some(chosen) = chosen(args, &all, &mut teller) else { return Ok(Status::Findings) };
    let refactoring = Refactoring::new(&chosen)?;
    let refactoring = if args.beyond { refactoring.beyond() } else { refactoring };
    if from_stdin {
        match stdin_text() {
            Ok(text) => teller.tell("<stdin>", one::stdin(&refactoring, &settings, &text))?,
            Err(why) => {
                let mut done = Done::default();
                done.error(format!("Can't decode stdin: {why}"));
                teller.tell("<stdin>", done)?;
            }
        }
    } else {
        files(&refactoring, &settings, &names, args.processes, &mut teller)?;
    }
    teller.summarize();
    Ok(if teller.errors.is_empty() { Status::Success } else { Status::Findings })
}

/// What cannot be asked for together.
fn misused(args: &UpgradeArgs, writes: bool) -> Option<&'static str> {
    if !args.output_dir.is_empty() && !args.nobackups {
        return Some("Can't use --output-dir/-o without -n.");
    }
    if !args.add_suffix.is_empty() && !args.nobackups {
        return Some("Can't use --add-suffix without -n.");
    }
    if !writes && args.no_diffs {
        warn("not writing files and not printing diffs; that's not very useful");
    }
    (!writes && args.nobackups).then_some("Can't use -n without -w")
}

fn settings(args: &UpgradeArgs, names: &[String], writes: bool) -> Settings {
    let mut base = common_folder(names);
    if !args.output_dir.is_empty() {
        base.truncate(base.trim_end_matches('/').len());
        let (output, base) = (py_repr(&args.output_dir), py_repr(&base));
        output::say(&format!(
            "lib2to3.main: Output in {output} will mirror the input directory {base} layout."
        ));
    }
    if !base.is_empty() && !base.ends_with('/') {
        base.push('/');
    }
    Settings {
        write: writes,
        doctests_only: args.doctests_only,
        modern: args.modern,
        write_unchanged: args.write_unchanged_files,
        show_diffs: !args.no_diffs,
        grammar: Dialect { print_function: args.print_function, exec_function: args.exec_function },
        target: Target {
            backups: !args.nobackups,
            base,
            output_dir: args.output_dir.clone(),
            suffix: args.add_suffix.clone(),
        },
    }
}

/// The fixers of 2to3 and those in these files, by name.
fn all_fixers(files: &[String]) -> Result<Vec<&'static Fixer>, String> {
    let mut all: Vec<&'static Fixer> = fixers::ALL.to_vec();
    all.extend(own::read(files)?);
    all.sort_by_key(|fixer| fixer.name);
    Ok(all)
}

/// The fixers that are to be run, by name. Nothing if one of them does not exist.
fn chosen(args: &UpgradeArgs, fixers: &[&'static Fixer], teller: &mut Teller) -> Option<Vec<&'static Fixer>> {
    let known = |name: &str| fixers.iter().any(|fixer| fixer.name == name);
    let named: Vec<&str> = args.fix.iter().map(String::as_str).filter(|name| *name != "all").collect();
    let unwanted = |name: &str| args.nofix.iter().any(|other| other == name);
    if let Some(name) = named.iter().find(|name| !known(name) && !unwanted(name)) {
        output::say(&format!("2to3: error: there is no fixer {} (see -l)", py_repr(name)));
        return None;
    }
    let all = args.fix.is_empty() || args.fix.iter().any(|name| name == "all");
    let mut chosen = Vec::new();
    for fixer in fixers.iter().copied() {
        let is_named = named.contains(&fixer.name);
        if !(all || is_named) || unwanted(fixer.name) {
            continue;
        }
        if fixer.explicit && !is_named {
            info(&format!("Skipping optional fixer: {}", fixer.name));
            continue;
        }
        teller.debug(&format!("Adding transformation: {}", fixer.name));
        chosen.push(fixer);
    }
    Some(chosen)
}

/// Standard input to its end, its lines ended as Python ends them.
fn stdin_text() -> Result<String, String> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

fn files(
    refactoring: &Refactoring,
    settings: &Settings,
    names: &[String],
    processes: i64,
    teller: &mut Teller,
) -> anyhow::Result<()> {
    // More threads than there are cores would only take memory.
    let cores = std::thread::available_parallelism().map_or(usize::MAX, usize::from);
    let threads = usize::try_from(processes).unwrap_or(1).clamp(1, cores);
    let steps = walk(names);
    if threads == 1 {
        for step in &steps {
            teller.step(step, |name| one::file(refactoring, settings, name))?;
        }
        return Ok(());
    }
    let steps: Vec<(Step, u64)> = steps.into_iter().map(with_size).collect();
    let largest = steps.iter().map(|(_, size)| *size).max().unwrap_or(0);
    let room = Room { work: room_beside(largest), told: UNTOLD };
    let work = |(step, _): &(Step, u64)| match step {
        Step::File(name) => one::file(refactoring, settings, name),
        Step::Into(_) => Done::default(),
    };
    let tell = |(step, _): &(Step, u64), done| teller.step(step, |_| done);
    Ok(side::in_order((threads, room), &steps, &InBytes, work, tell)?)
}

/// How many bytes of files may be in work at a time, so that all memory stays below 20
/// times the largest: the program takes as much as so many bytes of files. Where all files
/// are small, that is what counts, and the rest may be used for work.
fn room_beside(largest: u64) -> u64 {
    const PROGRAM: u64 = 256 << 10;
    const SMALL: u64 = 512 << 10;
    if largest < SMALL { 2 * SMALL } else { largest + largest / 8 - PROGRAM }
}

/// So many bytes of diffs and messages may wait for those of a file before theirs.
const UNTOLD: usize = 128 << 10;

fn with_size(step: Step) -> (Step, u64) {
    let size = match &step {
        Step::File(name) => std::fs::metadata(name).map_or(0, |data| data.len()),
        Step::Into(_) => 0,
    };
    (step, size)
}

/// What files and what is said about them take.
struct InBytes;

impl side::Measure<(Step, u64), Done> for InBytes {
    /// A large file that is nothing but tables takes up to 25 times its size, others 9 times.
    fn item(&self, (_, size): &(Step, u64)) -> u64 {
        if *size > memory::LARGE_FILE as u64 { 3 * size } else { *size }
    }

    fn result(&self, done: &Done) -> usize {
        done.bytes()
    }
}

fn warn(message: &str) {
    output::say(&format!("WARNING: {message}"));
}

fn info(message: &str) {
    output::say(&format!("RefactoringTool: {message}"));
}

/// Tells what happens, and remembers it for the end.
#[derive(Default)]
struct Teller {
    verbose: bool,
    is_written: bool,
    listed: Vec<String>,
    log: Vec<String>,
    errors: Vec<String>,
}

impl Teller {
    fn debug(&self, message: &str) {
        if self.verbose {
            info(message);
        }
    }

    fn step(&mut self, step: &Step, work: impl FnOnce(&str) -> Done) -> io::Result<()> {
        match step {
            Step::Into(folder) => {
                self.debug(&format!("Descending into {folder}"));
                Ok(())
            }
            Step::File(name) => self.tell(name, work(name)),
        }
    }

    fn tell(&mut self, name: &str, done: Done) -> io::Result<()> {
        for event in done.events {
            match event {
                Event::Debug(message) => self.debug(&message),
                Event::Info(message) | Event::Error(message) => info(&message),
                Event::Diff(diff) => output::print(diff)?,
            }
        }
        if done.is_listed {
            self.listed.push(name.to_owned());
        }
        self.is_written |= done.is_written;
        self.log.extend(done.log);
        self.errors.extend(done.errors);
        Ok(())
    }

    fn summarize(&self) {
        let were = if self.is_written { "were" } else { "need to be" };
        if self.listed.is_empty() {
            info(&format!("No files {were} modified."));
        } else {
            info(&format!("Files that {were} modified:"));
            all(&self.listed);
        }
        if !self.log.is_empty() {
            info("Warnings/messages while refactoring:");
            all(&self.log);
        }
        match self.errors.len() {
            0 => {}
            1 => info("There was 1 error:"),
            count => info(&format!("There were {count} errors:")),
        }
        all(&self.errors);
    }
}

/// All of them at once: there may be thousands.
fn all(messages: &[String]) {
    let lines: Vec<String> = messages.iter().map(|message| format!("RefactoringTool: {message}")).collect();
    if !lines.is_empty() {
        output::say(&lines.join("\n"));
    }
}
