//! `stc prove`: runs a script as it is and optimized, and shows that nothing
//! but memory and time has changed.

mod compare;
mod run;
mod stage;
mod table;
mod watch;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use self::compare::REFERENCE;
use self::run::{Figures, Interrupted, Interruptible, Setup};
use self::stage::Stage;
use crate::Host;
use crate::args::{Global, PlainFormat, ProveArgs};
use crate::library::Neighbours;
use crate::output::{self, Progress};
use crate::settings::Finder;
use crate::source;
use crate::status::{Status, usage};
use crate::work::{self, Trouble};

/// Both versions of the script, as bytes.
struct Versions {
    before: Vec<u8>,
    after: Vec<u8>,
    applied: usize,
}

/// All that was seen.
#[derive(Default)]
struct Evidence {
    before: Vec<Figures>,
    after: Vec<Figures>,
    differences: Vec<String>,
    /// The original differs from itself, so that nothing can be concluded.
    unsteady: Vec<String>,
    files: Vec<PathBuf>,
}

pub fn run(args: &ProveArgs, global: &Global, host: &Host) -> anyhow::Result<Status> {
    let versions = match versions(args, global)? {
        Ok(versions) => versions,
        Err(trouble) => return Ok(trouble.tell()),
    };
    let setup = Setup {
        python: interpreter(args.python.as_deref().or(host.python.as_deref()))?,
        args: args.args.clone(),
        stdin: args.stdin.as_ref().map(std::path::absolute).transpose()?,
        timeout: args
            .timeout
            .map(Duration::try_from_secs_f64)
            .transpose()
            .map_err(|_| usage("--timeout has to be a number of seconds that is not negative"))?,
    };
    let workdir = args.workdir.clone().unwrap_or_else(|| PathBuf::from("."));
    let stage = Stage::new(&workdir, &args.script, args.copy_limit << 20)?;
    let progress = Progress::new(!global.quiet);
    let interruptible = Interruptible::new();
    let evidence = gather(&stage, &setup, &versions, args.repeat, &progress);
    progress.clear();
    drop(interruptible);
    match evidence {
        Ok(evidence) => tell(args, &versions, &evidence),
        Err(error) if error.is::<Interrupted>() => Ok(Status::Interrupted),
        Err(error) => Err(error),
    }
}

fn versions(args: &ProveArgs, global: &Global) -> anyhow::Result<Result<Versions, Trouble>> {
    let name = args.script.display().to_string();
    let folder = args.script.parent().filter(|folder| !folder.as_os_str().is_empty());
    let settings = Finder::new(global, &args.choice)?.settings(folder.unwrap_or(Path::new(".")))?;
    let results = work::side_by_side(1, false, &[()], |()| {
        let source = source::read_source(&args.script, &name)?;
        let own = |error: anyhow::Error| Trouble::Own(format!("{error:#}"));
        let before = source.encode(&source.text).map_err(own)?;
        if let Some(other) = &args.against {
            let other = source::read_source(other, &other.display().to_string())?;
            return Ok(Versions { before, after: other.encode(&other.text).map_err(own)?, applied: 0 });
        }
        let kind = source::source_kind(&args.script);
        let options = Neighbours::default().options_for(&args.script, &source.text, &settings.options);
        let outcome = work::optimize(&name, &source.text, kind, &options)?;
        let applied = outcome.summary().applied;
        Ok(Versions { before, after: source.encode(&outcome.text).map_err(own)?, applied })
    })?;
    results.into_iter().next().context("no result")
}

/// The interpreter itself: a launcher script on the `PATH`, as version
/// managers put there, would count as part of the program.
fn interpreter(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    let named = named.unwrap_or(Path::new("python3"));
    let asked = Command::new(named)
        .args(["-c", "import sys; sys.stdout.write(sys.executable)"])
        .output()
        .map_err(|error| usage(format!("{} cannot be run: {}", named.display(), source::reason(&error))))?;
    let path = PathBuf::from(String::from_utf8_lossy(&asked.stdout).into_owned());
    if !asked.status.success() || !path.is_absolute() {
        return Err(usage(format!("{} is no Python interpreter", named.display())));
    }
    Ok(path)
}

/// Before, after, after, before, ...: neither is favoured by going second.
fn gather(
    stage: &Stage,
    setup: &Setup,
    versions: &Versions,
    repeat: u32,
    progress: &Progress,
) -> anyhow::Result<Evidence> {
    let mut evidence = Evidence::default();
    for turn in 0..repeat {
        for second in [false, true] {
            let is_after = second != (turn % 2 == 1);
            progress.show(2 * turn + u32::from(second) + 1, 2 * repeat);
            stage.set(if is_after { &versions.after } else { &versions.before })?;
            let figures = run::run(stage, setup)?;
            if let Some(reference) = evidence.before.first() {
                let found = compare::differences(stage, reference, &figures)?;
                let list = if is_after { &mut evidence.differences } else { &mut evidence.unsteady };
                list.extend(found);
            } else {
                stage.keep(REFERENCE)?;
                evidence.files = compare::files_written(stage)?;
            }
            let list = if is_after { &mut evidence.after } else { &mut evidence.before };
            list.push(figures);
        }
    }
    for list in [&mut evidence.differences, &mut evidence.unsteady] {
        let mut seen = std::collections::BTreeSet::new();
        list.retain(|sentence| seen.insert(sentence.clone()));
    }
    Ok(evidence)
}

fn tell(args: &ProveArgs, versions: &Versions, evidence: &Evidence) -> anyhow::Result<Status> {
    let same = evidence.differences.is_empty() && evidence.unsteady.is_empty();
    let changed = versions.before != versions.after;
    let exit = evidence.before.first().map(|run| run.exit.to_string()).unwrap_or_default();
    if args.format == PlainFormat::Json {
        let document = json!({
            "script": args.script.display().to_string(),
            "same": same,
            "changed": changed,
            "optimizations_applied": versions.applied,
            "runs": args.repeat,
            "exit": exit,
            "differences": evidence.differences,
            "original_differs_from_itself": evidence.unsteady,
            "files_written": evidence.files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
            "measured": table::json(&evidence.before, &evidence.after),
        });
        output::print(format!("{document:#}\n"))?;
    } else {
        output::print(verdict(args, changed, &exit, evidence))?;
    }
    Ok(if same { Status::Success } else { Status::Findings })
}

fn verdict(args: &ProveArgs, changed: bool, exit: &str, evidence: &Evidence) -> String {
    let mut out = table::text(&evidence.before, &evidence.after);
    let runs = if args.repeat == 1 { "1 run".to_owned() } else { format!("{} runs", args.repeat) };
    out.push('\n');
    if !evidence.unsteady.is_empty() {
        out.push_str("UNDECIDED: the original does not do the same every time\n");
        evidence.unsteady.iter().for_each(|sentence| {
            let _ = writeln!(out, "  original: {sentence}");
        });
    } else if evidence.differences.is_empty() {
        let files = match evidence.files.len() {
            0 => "no files written".to_owned(),
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        let _ = writeln!(out, "SAME in {runs} each: {exit}, stdout, stderr, {files}");
    } else {
        out.push_str("DIFFERENT\n");
    }
    evidence.differences.iter().for_each(|sentence| {
        let _ = writeln!(out, "  optimized: {sentence}");
    });
    if !changed {
        out.push_str("Nothing was optimized: both versions are the same text.\n");
    }
    out
}
