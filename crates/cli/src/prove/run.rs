//! One run: a fresh process, watched until it ends.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::stage::Stage;
use super::watch::{Peaks, descendants};

const LAUNCHER: &str = include_str!("launcher.py");

/// The least time between two looks at the processes.
const REST: Duration = Duration::from_millis(10);

/// Set by Ctrl-C, so that the run is ended and the scratch folder removed.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// What is the same for all runs.
pub struct Setup {
    pub python: PathBuf,
    pub args: Vec<OsString>,
    pub stdin: Option<PathBuf>,
    pub timeout: Option<Duration>,
}

/// What one run took, and how it ended; its output lies on the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    pub exit: Exit,
    pub peak: u64,
    pub cpu: f64,
    pub wall: f64,
    pub spilled: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Code(i32),
    Signal(i32),
    TimedOut,
}

impl std::fmt::Display for Exit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit status {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
            Self::TimedOut => f.write_str("timed out"),
        }
    }
}

/// The user pressed Ctrl-C.
#[derive(Debug)]
pub struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Runs the script that is on the stage.
pub fn run(stage: &Stage, setup: &Setup) -> anyhow::Result<Figures> {
    let report = stage.notes("report");
    let mut command = Command::new(&setup.python);
    command
        .args(["-I", "-S", "-c", LAUNCHER])
        .arg(&report)
        .arg(&setup.python)
        .arg(stage.script())
        .args(setup.args.iter().map(|argument| stage.argument(argument)))
        .current_dir(stage.work())
        .env("TMPDIR", stage.tmp())
        .env("PWD", stage.work())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(match &setup.stdin {
            Some(path) => Stdio::from(open(path)?),
            None => Stdio::null(),
        })
        .stdout(File::create(stage.notes("stdout"))?)
        .stderr(File::create(stage.notes("stderr"))?);
    if std::env::var_os("PYTHONHASHSEED").is_none() {
        // Else the order of sets of strings differs from run to run.
        command.env("PYTHONHASHSEED", "0");
    }
    // A group of its own, so that all of it can be ended at once.
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().with_context(|| format!("{} cannot be run", setup.python.display()))?;
    let peaks = watch(&mut child, stage, setup.timeout);
    let (peaks, timed_out) = peaks?;
    if timed_out {
        let time = setup.timeout.unwrap_or_default().as_secs_f64();
        return Ok(Figures {
            exit: Exit::TimedOut,
            peak: peaks.memory,
            cpu: time,
            wall: time,
            spilled: peaks.spilled,
        });
    }
    figures(&fs::read_to_string(&report).unwrap_or_default(), peaks)
        .with_context(|| format!("{}: the interpreter did not start", setup.python.display()))
}

fn open(path: &PathBuf) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// Polls until the launcher ends, rarely enough not to disturb what is measured.
fn watch(child: &mut Child, stage: &Stage, timeout: Option<Duration>) -> anyhow::Result<(Peaks, bool)> {
    let mut peaks = Peaks::default();
    let start = Instant::now();
    let mut pause = Duration::from_millis(5);
    let (mut next_look, tmp) = (start, stage.tmp());
    loop {
        if child.try_wait()?.is_some() {
            peaks.look(child.id(), &tmp);
            // What the program has left running would disturb the next run.
            kill_group(child.id());
            return Ok((peaks, false));
        }
        let timed_out = timeout.is_some_and(|timeout| start.elapsed() > timeout);
        if timed_out || INTERRUPTED.load(Ordering::Relaxed) {
            for pid in descendants(child.id()) {
                kill(i64::from(pid));
            }
            kill_group(child.id());
            child.wait()?;
            return if timed_out { Ok((peaks, true)) } else { Err(Interrupted.into()) };
        }
        let now = Instant::now();
        if now >= next_look {
            peaks.look(child.id(), &tmp);
            // A look at a large process costs it time; one that is never looked at tells nothing.
            next_look = Instant::now() + (now.elapsed() * 4).clamp(REST, REST * 10);
        }
        std::thread::sleep(pause);
        pause = REST;
    }
}

fn kill_group(pid: u32) {
    kill(-i64::from(pid));
}

fn kill(pid: i64) {
    #[expect(unsafe_code, reason = "there is no safe way to signal a process group")]
    // SAFETY: a system call without pointers; the worst it can do is fail.
    unsafe {
        libc::kill(pid as libc::pid_t, libc::SIGKILL);
    }
}

/// Reads the launcher's line.
fn figures(report: &str, peaks: Peaks) -> Option<Figures> {
    let mut words = report.split_whitespace();
    let status: i32 = words.next()?.parse().ok()?;
    let maxrss: u64 = words.next()?.parse().ok()?;
    // Linux counts in kilobytes, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    Some(Figures {
        exit: if libc::WIFSIGNALED(status) {
            Exit::Signal(libc::WTERMSIG(status))
        } else {
            Exit::Code(libc::WEXITSTATUS(status))
        },
        peak: peaks.memory.max(maxrss * unit),
        cpu: words.next()?.parse().ok()?,
        wall: words.next()?.parse().ok()?,
        spilled: peaks.spilled,
    })
}

/// While it lives, Ctrl-C and `kill` end the run in hand and clean up.
pub struct Interruptible {
    before: [(libc::c_int, libc::sighandler_t); 2],
}

impl Interruptible {
    pub fn new() -> Self {
        extern "C" fn note(_signal: libc::c_int) {
            INTERRUPTED.store(true, Ordering::Relaxed);
        }
        INTERRUPTED.store(false, Ordering::Relaxed);
        let handler: extern "C" fn(libc::c_int) = note;
        let before = [libc::SIGINT, libc::SIGTERM].map(|signal| {
            #[expect(unsafe_code, reason = "signal handlers are installed by a system call")]
            // SAFETY: the handler only stores to an atomic, which is safe in a signal handler.
            let old = unsafe { libc::signal(signal, handler as libc::sighandler_t) };
            (signal, old)
        });
        Self { before }
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        for (signal, old) in self.before {
            #[expect(unsafe_code, reason = "signal handlers are installed by a system call")]
            // SAFETY: puts back what was there before.
            unsafe {
                libc::signal(signal, old);
            }
        }
    }
}
