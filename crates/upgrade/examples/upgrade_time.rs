//! Where the time goes: each step over all files, one after the other.
//!
//! `cargo run --release -p spacetime-upgrade --example upgrade_time -- FILE…`

use std::error::Error;
use std::time::{Duration, Instant};

use spacetime_text::difflib_unified;
use spacetime_upgrade::{Dialect, FileNotes, Fixer, Parsed, Refactoring, Source, fixers, parse};

#[derive(Default)]
struct Times {
    read: Duration,
    parse: Duration,
    fix: Duration,
    write: Duration,
    diff: Duration,
}

fn main() -> Result<(), Box<dyn Error>> {
    let chosen: Vec<&Fixer> = fixers::ALL.iter().copied().filter(|fixer| !fixer.explicit).collect();
    let refactoring = Refactoring::new(&chosen)?;
    let (mut times, mut bytes, mut files) = (Times::default(), 0, 0);
    for path in std::env::args().skip(1) {
        bytes += one(&path, &refactoring, &mut times).unwrap_or(0);
        files += 1;
    }
    let all = times.read + times.parse + times.fix + times.write + times.diff;
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{files} files, {:.2} MB, {:.3} s, {:.1} MB/s",
        bytes as f64 / 1e6,
        all.as_secs_f64(),
        speed(all)
    );
    for (name, time) in [
        ("read", times.read),
        ("parse", times.parse),
        ("fix", times.fix),
        ("write", times.write),
        ("diff", times.diff),
    ] {
        println!("{name:>6} {:5.1} %", 100.0 * time.as_secs_f64() / all.as_secs_f64());
    }
    Ok(())
}

/// The bytes of a file that could be worked on.
fn one(path: &str, refactoring: &Refactoring, times: &mut Times) -> Option<usize> {
    let start = Instant::now();
    let bytes = std::fs::read(path).ok()?;
    let size = bytes.len();
    let text = format!("{}\n", Source::decode(bytes).ok()?.text());
    let read = Instant::now();
    let Parsed { mut tree, features, .. } = parse(text.clone(), Dialect::default()).ok()?;
    let parsed = Instant::now();
    let mut notes = FileNotes::new(path, features);
    refactoring.run(&mut tree, &mut notes).ok()?;
    let fixed = Instant::now();
    let new = tree.text(tree.root());
    let written = Instant::now();
    if new != text {
        std::hint::black_box(difflib_unified(&text, &new, path, ["", ""]));
    }
    times.read += read - start;
    times.parse += parsed - read;
    times.fix += fixed - parsed;
    times.write += written - fixed;
    times.diff += written.elapsed();
    Some(size)
}
