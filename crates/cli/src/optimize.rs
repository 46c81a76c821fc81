//! `stc optimize`: which files go where, and what is said about them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spacetime_engine::report::{self, FileReport, Report, bytes};
use spacetime_engine::{Outcome, rules};
use spacetime_text::unified_diff;

use crate::args::{Format, Global, OptimizeArgs};
use crate::files::{self, Input};
use crate::library::Neighbours;
use crate::output;
use crate::settings::{Finder, Settings};
use crate::source::{self, Source};
use crate::status::{Status, usage};
use crate::work::{self, Trouble};

/// What is to be done with the results.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    Print,
    File(PathBuf),
    Folder(PathBuf),
    Write,
    Diff,
    Check,
    Analyze,
}

/// One file to be worked on.
struct Job {
    /// `None` is standard input.
    path: Option<PathBuf>,
    /// How messages and reports call it.
    name: String,
    settings: Arc<Settings>,
    /// Where the result is written, if it is.
    target: Option<PathBuf>,
}

/// What came of a job.
struct Done {
    name: String,
    source: Source,
    outcome: Outcome,
}

pub fn run(args: &OptimizeArgs, global: &Global) -> anyhow::Result<Status> {
    let mode = mode(args)?;
    let mut finder = Finder::new(global, &args.choice)?;
    let skip = match &mode {
        Mode::Folder(folder) => Some(folder.as_path()),
        _ => None,
    };
    let (jobs, problems) = jobs(args, &mode, &mut finder, skip)?;
    let threads = args.jobs.unwrap_or(0);
    let neighbours = Neighbours::default();
    let results = work::side_by_side(threads, !global.quiet, &jobs, |job| perform(job, &mode, &neighbours))?;
    let mut done = Vec::new();
    let mut troubles: Vec<Trouble> = problems.into_iter().map(Trouble::Input).collect();
    for result in results {
        match result {
            Ok(one) => done.push(one),
            Err(trouble) => troubles.push(trouble),
        }
    }
    let written = tell(args, global, &mode, &done, &troubles);
    // Errors are told whatever became of stdout.
    for trouble in &troubles {
        trouble.tell();
    }
    written?;
    Ok(status(args, &mode, &done, &troubles))
}

fn mode(args: &OptimizeArgs) -> anyhow::Result<Mode> {
    let several = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
    let stdin = args.paths.iter().any(|path| is_stdin(path));
    if stdin && args.paths.len() > 1 {
        return Err(usage("`-` (standard input) cannot be combined with files"));
    }
    let mode = match &args.output {
        Some(out) if several || is_folder(out) => Mode::Folder(out.clone()),
        Some(out) => Mode::File(out.clone()),
        None if args.write => Mode::Write,
        None if args.diff => Mode::Diff,
        None if args.check => Mode::Check,
        None if args.analyze_only => Mode::Analyze,
        None => Mode::Print,
    };
    if mode == Mode::Print && several {
        return Err(usage(
            "several files do not fit on standard output; add --write, -o FOLDER, --diff, --check or --analyze-only",
        ));
    }
    if mode == Mode::Write && stdin {
        return Err(usage("standard input cannot be replaced; leave --write out"));
    }
    if args.format.is_some() && args.report.is_none() && matches!(mode, Mode::Print | Mode::Diff) {
        return Err(usage("--format is the format of a report; add --analyze-only, --check or -r FILE"));
    }
    if let Mode::Folder(out) = &mode
        && out.exists()
        && !out.is_dir()
    {
        return Err(usage(format!("-o {}: several inputs need a folder", out.display())));
    }
    Ok(mode)
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// An existing folder, or a name that ends in a separator.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/")
}

fn jobs(
    args: &OptimizeArgs,
    mode: &Mode,
    finder: &mut Finder,
    skip: Option<&Path>,
) -> anyhow::Result<(Vec<Job>, Vec<report::Problem>)> {
    if args.paths.iter().any(|path| is_stdin(path)) {
        return Ok((vec![stdin_job(args, mode, finder)?], Vec::new()));
    }
    let inputs = files::collect(&args.paths, finder, args.force_exclude, skip)?;
    let mut jobs = Vec::new();
    let mut taken: BTreeMap<PathBuf, String> = BTreeMap::new();
    for Input { path, relative } in inputs.files {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let settings = finder.settings(folder.unwrap_or(Path::new(".")))?;
        let name = path.display().to_string();
        let target = match mode {
            Mode::File(out) => Some(out.clone()),
            Mode::Folder(out) => Some(out.join(relative)),
            Mode::Write => Some(path.clone()),
            _ => None,
        };
        if let Some(target) = &target
            && let Some(other) = taken.insert(target.clone(), name.clone())
        {
            let target = target.display();
            return Err(usage(format!("{other} and {name} would both be written to {target}")));
        }
        jobs.push(Job { path: Some(path), name, settings, target });
    }
    Ok((jobs, inputs.problems))
}

fn stdin_job(args: &OptimizeArgs, mode: &Mode, finder: &mut Finder) -> anyhow::Result<Job> {
    let folder = args.stdin_filename.as_deref().and_then(Path::parent);
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = args.stdin_filename.as_ref().map_or("<stdin>".to_owned(), |path| path.display().to_string());
    let target = match mode {
        Mode::File(out) => Some(out.clone()),
        Mode::Folder(out) => {
            let file = args.stdin_filename.as_deref().and_then(Path::file_name);
            let file =
                file.ok_or_else(|| usage("a folder needs --stdin-filename, for the name of the file"))?;
            Some(out.join(file))
        }
        _ => None,
    };
    Ok(Job { path: None, name, settings: finder.settings(folder)?, target })
}

/// Everything that happens to one file, on its own thread.
fn perform(job: &Job, mode: &Mode, neighbours: &Neighbours) -> Result<Done, Trouble> {
    let source = match &job.path {
        Some(path) => source::read_source(path, &job.name)?,
        None => source::read_stdin(&job.name)?,
    };
    let kind = source::source_kind(Path::new(&job.name));
    let mut options = neighbours.options_for(Path::new(&job.name), &source.text, &job.settings.options);
    options.forecast = *mode == Mode::Analyze;
    let outcome = work::optimize(&job.name, &source.text, kind, &options)?;
    if let Some(target) = &job.target
        && (*mode != Mode::Write || outcome.text != source.text)
    {
        let own = |error: anyhow::Error| Trouble::Own(format!("{error:#}"));
        make_folder(target).map_err(own)?;
        let bytes = source.encode(&outcome.text).map_err(own)?;
        source::write(target, &bytes).map_err(own)?;
    }
    Ok(Done { name: job.name.clone(), source, outcome })
}

fn make_folder(target: &Path) -> anyhow::Result<()> {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(|error| {
            anyhow::anyhow!("{} cannot be made: {}", folder.display(), source::reason(&error))
        }),
        _ => Ok(()),
    }
}

/// Everything but the errors: source, diff, reports, statistics, summary.
fn tell(
    args: &OptimizeArgs,
    global: &Global,
    mode: &Mode,
    done: &[Done],
    troubles: &[Trouble],
) -> anyhow::Result<()> {
    let report = make_report(done, troubles);
    match mode {
        Mode::Print => {
            for one in done {
                output::print(one.source.encode(&one.outcome.text)?)?;
            }
        }
        Mode::Diff => print_diffs(done)?,
        Mode::Check if args.format.is_none() => print_changes(done)?,
        Mode::Analyze => output::print(render(&report, args.format.unwrap_or(Format::Text)))?,
        _ => {
            if let Some(format) = args.format.filter(|_| args.report.is_none() || *mode == Mode::Check) {
                output::print(render(&report, format))?;
            }
        }
    }
    if let Some(path) = &args.report {
        let format = args.format.unwrap_or_else(|| format_of(path));
        source::write(path, render(&report, format).as_bytes())?;
    }
    if global.verbose && done.iter().any(|one| !one.outcome.findings.is_empty()) {
        output::say(report::concise(&report).trim_end());
    }
    if args.statistics {
        output::say(statistics(done).trim_end());
    }
    for one in done {
        for fault in &one.outcome.faults {
            output::warning(&format!("{}: internal fault, undone: {fault}", one.name));
        }
    }
    if !global.quiet && matches!(mode, Mode::Write | Mode::Folder(_) | Mode::Diff | Mode::Check) {
        output::say(&summary(mode, done, troubles));
    }
    Ok(())
}

fn make_report<'a>(done: &'a [Done], troubles: &[Trouble]) -> Report<'a> {
    let problems = troubles.iter().filter_map(|trouble| match trouble {
        Trouble::Input(problem) => Some(problem.clone()),
        Trouble::Own(_) => None,
    });
    Report {
        files: done
            .iter()
            .map(|one| FileReport { path: &one.name, text: &one.source.text, outcome: &one.outcome })
            .collect(),
        problems: problems.collect(),
        rules: rules(),
        root: std::env::current_dir().ok().map(|folder| folder.display().to_string()),
    }
}

fn render(report: &Report<'_>, format: Format) -> String {
    match format {
        Format::Text => report::text(report),
        Format::Concise => report::concise(report),
        Format::Json => report::json(report),
        Format::Sarif => report::sarif(report),
        Format::Html => report::html(report),
    }
}

fn format_of(path: &Path) -> Format {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => Format::Json,
        Some("sarif") => Format::Sarif,
        Some("html" | "htm") => Format::Html,
        _ => Format::Text,
    }
}

fn changed(done: &Done) -> bool {
    done.outcome.text != done.source.text
}

fn print_diffs(done: &[Done]) -> io::Result<()> {
    for one in done.iter().filter(|one| changed(one)) {
        let diff = unified_diff(&one.source.text, &one.outcome.text, &one.name, &one.name);
        output::print(output::paint_diff(&diff))?;
    }
    Ok(())
}

fn print_changes(done: &[Done]) -> io::Result<()> {
    for one in done.iter().filter(|one| changed(one)) {
        output::print(format!("would change: {}\n", one.name))?;
    }
    Ok(())
}

/// Per rule: how often it was found and applied, and what that saves.
fn statistics(done: &[Done]) -> String {
    let mut rows: BTreeMap<&str, (usize, usize, f64)> = BTreeMap::new();
    for finding in done.iter().flat_map(|one| &one.outcome.findings) {
        let row = rows.entry(&finding.rule).or_default();
        row.0 += 1;
        if finding.applied {
            row.1 += 1;
            row.2 += finding.bytes_before.zip(finding.bytes_after).map_or(0.0, |(b, a)| (b - a).max(0.0));
        }
    }
    let mut out = format!("{:>7} {:>7} {:>10}  rule\n", "found", "applied", "saved");
    for (rule, (found, applied, saved)) in rows {
        let saved = if saved > 0.0 { bytes(saved) } else { "-".to_owned() };
        let _ = writeln!(out, "{found:>7} {applied:>7} {saved:>10}  {rule}");
    }
    out
}

fn summary(mode: &Mode, done: &[Done], troubles: &[Trouble]) -> String {
    let count = done.iter().filter(|one| changed(one)).count();
    let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let verb = if matches!(mode, Mode::Diff | Mode::Check) { "would change" } else { "changed" };
    let mut out = format!("{} {verb}, {} unchanged", files(count), done.len() - count);
    if !troubles.is_empty() {
        let _ = write!(out, ", {} failed", troubles.len());
    }
    out
}

fn status(args: &OptimizeArgs, mode: &Mode, done: &[Done], troubles: &[Trouble]) -> Status {
    let would_change =
        matches!(mode, Mode::Diff | Mode::Check) && !args.exit_zero && done.iter().any(changed);
    let worst = troubles.iter().map(Trouble::status);
    worst.chain(would_change.then_some(Status::Findings)).max().unwrap_or(Status::Success)
}
