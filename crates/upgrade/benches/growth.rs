//! How the time of the reader and of the fixers grows with the size, in every
//! direction that the tests know.
//!
//! `cargo bench -p spacetime-upgrade --bench growth [-- WORD]` prints for each shape (whose
//! name contains WORD) the time for two sizes and the exponent between them: 1 is
//! linear, 2 is quadratic. The status is 1 if one is above 1.5 in the best of a few rounds.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use spacetime_upgrade::{Dialect, Refactoring, fixers, parse};

#[path = "../tests/support/fixing.rs"]
mod fixing;
#[path = "../tests/support/reading.rs"]
mod reading;

const TIMES: usize = 8;
const ROUNDS: usize = 5;

fn main() -> ExitCode {
    let word = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    let Ok(all) = Refactoring::new(fixers::ALL) else { return ExitCode::FAILURE };
    let read = |text: &str| drop(parse(text.to_owned(), Dialect::default()));
    let fix = |text: &str| drop(all.refactor_text(text, "growth.py", Dialect::default()));
    let mut fine = true;
    for (name, make) in reading::READING.iter().filter(|(name, _)| name.contains(&word)) {
        fine &= shown("read", name, *make, 50_000, read);
    }
    for (name, make) in fixing::FIXING.iter().filter(|(name, _)| name.contains(&word)) {
        fine &= shown("fix", name, *make, 5_000, fix);
    }
    // These may grow with the square of their depth, and Python nests no deeper than 200.
    for (name, make) in fixing::NESTED.iter().filter(|(name, _)| name.contains(&word)) {
        shown("nested", name, *make, 25, fix);
    }
    ExitCode::from(u8::from(!fine))
}

/// Prints how the time of `work` grows; whether that is linear, or nearly.
fn shown(kind: &str, name: &str, make: fn(usize) -> String, size: usize, work: impl Fn(&str)) -> bool {
    let (small, large) = (make(size), make(size * TIMES));
    let (mut few, mut many) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        few = few.min(time(&small, &work));
        many = many.min(time(&large, &work));
    }
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    let exponent = ratio.ln() / (TIMES as f64).ln();
    println!(
        "{kind:6} {name:28} {:9.3} ms {:9.3} ms  {exponent:.2}",
        few.as_secs_f64() * 1e3,
        many.as_secs_f64() * 1e3
    );
    exponent < 1.5
}

fn time(text: &str, work: &impl Fn(&str)) -> Duration {
    let start = Instant::now();
    work(std::hint::black_box(text));
    start.elapsed()
}
