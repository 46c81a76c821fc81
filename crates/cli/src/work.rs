//! One file: read, optimize, and whatever goes wrong on the way; many files:
//! side by side, with results in the order of the inputs.

use std::cell::{Cell, RefCell};
use std::io::{self, IsTerminal, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Once, mpsc};
use std::time::Duration;

use anyhow::Context;
use rayon::prelude::*;
use spacetime_engine::report::Problem;
use spacetime_engine::{Failure, Options, Outcome, SourceKind};

use crate::output;
use crate::status::Status;

/// Deep enough for any tree that the parser accepts.
const STACK: usize = 256 << 20;

/// Why there is no result for a file.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// The input's fault.
    Input(Problem),
    /// Ours, or the target's: a message that names the file.
    Own(String),
}

impl Trouble {
    pub fn status(&self) -> Status {
        match self {
            Self::Input(_) => Status::Findings,
            Self::Own(_) => Status::Error,
        }
    }

    /// Tells the user, in the form that editors jump to.
    pub fn tell(&self) -> Status {
        match self {
            Self::Input(problem) => output::say(&format!(
                "{}:{}:{}: {}",
                problem.path, problem.line, problem.column, problem.message
            )),
            Self::Own(message) => output::error(message),
        }
        self.status()
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Input(problem)
    }
}

thread_local! {
    /// Whether a panic on this thread is to be kept instead of printed.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installed once and for good: the host may run commands on several threads.
static HOOK: Once = Once::new();

/// Does `work` for every item on `jobs` threads (0: one per core).
pub fn side_by_side<I: Sync, T: Send>(
    jobs: usize,
    show_progress: bool,
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
) -> anyhow::Result<Vec<T>> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .stack_size(STACK)
        .build()
        .context("threads cannot be started")?;
    let done = AtomicUsize::new(0);
    let (finished, wait) = mpsc::channel::<()>();
    let results = std::thread::scope(|scope| {
        if show_progress && items.len() > 1 && io::stderr().is_terminal() {
            let done = &done;
            scope.spawn(move || progress(done, items.len(), &wait));
        }
        let results = pool.install(|| {
            items
                .par_iter()
                .map(|item| {
                    let result = work(item);
                    done.fetch_add(1, Ordering::Relaxed);
                    result
                })
                .collect()
        });
        drop(finished);
        results
    });
    Ok(results)
}

/// Counts on one line of stderr, from the first second until `finished` closes.
fn progress(done: &AtomicUsize, all: usize, finished: &mpsc::Receiver<()>) {
    let mut pause = Duration::from_secs(1);
    let mut shown = false;
    while finished.recv_timeout(pause) == Err(mpsc::RecvTimeoutError::Timeout) {
        let _ = write!(io::stderr(), "\r{}/{all} files", done.load(Ordering::Relaxed));
        pause = Duration::from_millis(200);
        shown = true;
    }
    if shown {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}

/// Runs the engine over one text.
pub fn optimize(name: &str, text: &str, kind: SourceKind, options: &Options) -> Result<Outcome, Trouble> {
    caught(name, || spacetime_engine::optimize(text, kind, options))?.map_err(|failure| match failure {
        Failure::Syntax(problem) => Trouble::Input(Problem {
            path: name.to_owned(),
            line: problem.line,
            column: problem.column,
            message: problem.message,
        }),
        failure @ Failure::Rule(_) => Trouble::Own(failure.to_string()),
    })
}

/// A panic in `work` becomes a message that names the file; others go on.
pub fn caught<T>(name: &str, work: impl FnOnce() -> T) -> Result<T, Trouble> {
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                LAST_PANIC.set(Some(info.to_string()));
            } else {
                previous(info);
            }
        }));
    });
    CATCHING.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(false);
    result.map_err(|_| {
        let what = LAST_PANIC.take().unwrap_or_default();
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        Trouble::Own(format!("{name}: internal error, please report it with the file: {what}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_one_files_trouble() {
        let items: Vec<usize> = (0..8).collect();
        let results = side_by_side(2, false, &items, |item| {
            caught(&format!("{item}.py"), || {
                assert_ne!(*item, 5, "five");
                *item
            })
        })
        .unwrap();
        for (item, result) in results.iter().enumerate() {
            match result {
                Ok(value) => assert_eq!(*value, item),
                Err(Trouble::Own(message)) => {
                    assert!(
                        message.starts_with("5.py: internal error") && message.contains("five"),
                        "{message}"
                    );
                }
                Err(Trouble::Input(problem)) => panic!("{problem:?}"),
            }
        }
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 1);
    }
}
