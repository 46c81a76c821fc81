//! Writing to the terminal: colours, errors, and a stdout whose failures are seen.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use crate::args::Color;

/// What `--color` said; process-wide, since messages come from everywhere.
static COLOR: AtomicU8 = AtomicU8::new(0);

pub fn choose_color(color: Color) {
    COLOR.store(color as u8, Ordering::Relaxed);
}

/// Whether to colour what goes to a stream: the option, then the environment
/// (`NO_COLOR`, `FORCE_COLOR`, set and not empty), then whether somebody looks.
pub fn colored(is_terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match COLOR.load(Ordering::Relaxed) {
        color if color == Color::Always as u8 => true,
        color if color == Color::Never as u8 => false,
        _ if set("NO_COLOR") => false,
        _ if set("FORCE_COLOR") => true,
        _ => is_terminal,
    }
}

/// Writes to stdout and flushes, so that a full disk or a closed pipe is
/// noticed here and not when the process ends.
pub fn print(bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes.as_ref())?;
    out.flush()
}

/// Writes a line to stderr. Where stderr is closed there is nobody to tell.
pub fn say(message: &str) {
    // In one piece: nothing else comes between a line and its end, and it takes half the time.
    let _ = io::stderr().lock().write_all(format!("{message}\n").as_bytes());
}

pub fn error(message: &str) {
    labelled("error", "1;31", message);
}

pub fn warning(message: &str) {
    labelled("warning", "1;33", message);
}

fn labelled(label: &str, code: &str, message: &str) {
    if colored(io::stderr().is_terminal()) {
        say(&format!("\x1b[{code}m{label}\x1b[0m: {message}"));
    } else {
        say(&format!("{label}: {message}"));
    }
}

/// One line of stderr that is written over: on a terminal, after a second.
pub struct Progress {
    wanted: bool,
    start: Instant,
}

impl Progress {
    pub fn new(wanted: bool) -> Self {
        Self { wanted: wanted && io::stderr().is_terminal(), start: Instant::now() }
    }

    pub fn show(&self, step: u32, steps: u32) {
        if self.is_shown() {
            let _ = write!(io::stderr(), "\rrun {step} of {steps}");
        }
    }

    pub fn clear(&self) {
        if self.is_shown() {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }

    fn is_shown(&self) -> bool {
        self.wanted && self.start.elapsed() > Duration::from_secs(1)
    }
}

/// A unified diff with its lines coloured, if stdout wants that.
pub fn paint_diff(diff: &str) -> String {
    if !colored(io::stdout().is_terminal()) {
        return diff.to_owned();
    }
    let mut out = String::with_capacity(diff.len() * 2);
    for line in diff.split_inclusive('\n') {
        let code = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => "1",
            [b'+', ..] => "32",
            [b'-', ..] => "31",
            [b'@', ..] => "36",
            _ => {
                out.push_str(line);
                continue;
            }
        };
        let body = line.trim_end_matches('\n');
        let _ = write!(out, "\x1b[{code}m{body}\x1b[0m{}", &line[body.len()..]);
    }
    out
}
