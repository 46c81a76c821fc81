//! Where the time goes: each step of `stc upgrade` over all files, one after the
//! other, in one thread.
//!
//! `cargo run --release -p spacetime-upgrade --example upgrade_time -- PATH…`
//!
//! Paths are files and folders. `--rounds N` does everything N times and takes the
//! quickest time of each step, so that what else the machine does matters less.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use spacetime_text::difflib_unified;
use spacetime_upgrade::{Dialect, FileNotes, Fixer, Parsed, Phase, Refactoring, Source, fixers, parse};

const STEPS: [&str; 10] = [
    "start",
    "reading",
    "decoding",
    "parsing",
    "order",
    "matching",
    "transforming",
    "text",
    "diff",
    "writing",
];

/// The time of each step.
type Times = [Duration; STEPS.len()];

fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut rounds = 1;
    if let Some(at) = words.iter().position(|word| word == "--rounds") {
        rounds = words.get(at + 1).and_then(|word| word.parse().ok()).ok_or("--rounds wants a number")?;
        words.drain(at..at + 2);
    }
    let mut files = Vec::new();
    for word in &words {
        gather(Path::new(word), &mut files);
    }
    let mut best: Option<Times> = None;
    let mut bytes = 0;
    for _ in 0..rounds {
        let (times, read) = all(&files)?;
        bytes = read;
        let quicker = |best: Times| std::array::from_fn(|step| best[step].min(times[step]));
        best = Some(best.map_or(times, quicker));
    }
    print(&files, bytes, &best.unwrap_or_default());
    Ok(())
}

fn gather(path: &Path, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    let Ok(entries) = std::fs::read_dir(path) else { return };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "py"));
    paths.sort();
    for path in paths {
        gather(&path, files);
    }
}

fn print(files: &[PathBuf], bytes: usize, times: &Times) {
    let all: Duration = times.iter().sum();
    let size = bytes as f64 / 1e6;
    let speed = size / all.as_secs_f64();
    println!("{} files, {size:.2} MB, {:.3} s, {speed:.1} MB/s", files.len(), all.as_secs_f64());
    for (step, time) in STEPS.iter().zip(times) {
        let share = 100.0 * time.as_secs_f64() / all.as_secs_f64();
        println!(
            "{step:>13} {share:5.1} %  {:7.2} ns per byte",
            time.as_nanos() as f64 / bytes.max(1) as f64
        );
    }
}

/// The times of a run over all files, the tables of the automata made anew; and
/// the bytes that could be worked on.
fn all(files: &[PathBuf]) -> Result<(Times, usize), Box<dyn Error>> {
    let mut clock = Clock { times: Times::default(), last: Instant::now() };
    let chosen: Vec<&Fixer> = fixers::ALL.iter().copied().filter(|fixer| !fixer.explicit).collect();
    let refactoring = Refactoring::new(&chosen)?;
    parse("\n".to_owned(), Dialect::default())?;
    clock.ends("start");
    let bytes = files.iter().filter_map(|path| one(path, &refactoring, &mut clock)).sum();
    Ok((clock.times, bytes))
}

/// Tells apart what takes how long.
struct Clock {
    times: Times,
    last: Instant,
}

impl Clock {
    fn ends(&mut self, step: &str) {
        let now = Instant::now();
        if let Some(at) = STEPS.iter().position(|one| *one == step) {
            self.times[at] += now - self.last;
        }
        self.last = now;
    }
}

/// The bytes of a file that could be worked on.
fn one(path: &Path, refactoring: &Refactoring, clock: &mut Clock) -> Option<usize> {
    let bytes = std::fs::read(path).ok()?;
    let size = bytes.len();
    clock.ends("reading");
    let (mut text, written) = Source::decode(bytes).ok()?.into_parts();
    text.push('\n');
    clock.ends("decoding");
    let parsed = parse(text.clone(), Dialect::default()).ok();
    clock.ends("parsing");
    let Parsed { mut tree, features, .. } = parsed?;
    let mut notes = FileNotes::new(&path.to_string_lossy(), features);
    let told = |phase| {
        clock.ends(match phase {
            Phase::Order => "order",
            Phase::Match => "matching",
            Phase::Transform => "transforming",
        });
    };
    refactoring.run_told(&mut tree, &mut notes, told).ok()?;
    let new = tree.text(tree.root());
    clock.ends("text");
    if new != text {
        std::hint::black_box(difflib_unified(&text, &new, &notes.filename, ["", ""]));
        clock.ends("diff");
        std::hint::black_box(written.encode(&new)).ok()?;
        clock.ends("writing");
    }
    Some(size)
}
