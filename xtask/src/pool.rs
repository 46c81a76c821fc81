//! A pool of CPython helpers that answer one line of JSON with one line of JSON.
//!
//! Starting an interpreter costs more than running a small program, so a helper
//! is started once and serves many jobs. It is started anew when it dies.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::interpreters::{Interpreter, runtime_path};
use crate::options::helpers;

/// How to start helpers, and how many at once.
pub struct Pool<'a> {
    pub interpreter: &'a Interpreter,
    /// A program of `xtask/python`.
    pub program: &'a str,
    /// Where the helpers may leave files.
    pub scratch: PathBuf,
    pub size: usize,
}

impl Pool<'_> {
    /// Every job's answer, in the order of the jobs; an error's text where the
    /// helper died on it.
    pub fn run<J, R>(&self, jobs: &[J]) -> Result<Vec<Result<R, String>>>
    where
        J: Serialize + Sync,
        R: DeserializeOwned + Send,
    {
        let path = runtime_path()?;
        let next = AtomicUsize::new(0);
        let answers = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            let helpers: Vec<_> = (0..self.size.max(1).min(jobs.len()))
                .map(|_| scope.spawn(|| self.serve(jobs, &path, &next, &answers)))
                .collect();
            for helper in helpers {
                match helper.join() {
                    Ok(done) => done.with_context(|| format!("the helper {}", self.program))?,
                    Err(_) => bail!("the helper {}: its thread panicked", self.program),
                }
            }
            Ok(())
        })?;
        let mut answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        answers.sort_by_key(|(at, _)| *at);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    /// One helper's life: takes the next job until there is none.
    fn serve<J: Serialize, R: DeserializeOwned>(
        &self,
        jobs: &[J],
        path: &OsStr,
        next: &AtomicUsize,
        answers: &Mutex<Vec<(usize, Result<R, String>)>>,
    ) -> Result<()> {
        let mut helper = self.start(path)?;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return Ok(()) };
            let answer = match helper.ask(job) {
                Ok(line) => serde_json::from_str(&line).map_err(|error| format!("{error}: {line}")),
                Err(error) => {
                    helper = self.start(path)?;
                    Err(format!("the helper died: {error}"))
                }
            };
            answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, answer));
        }
    }

    fn start(&self, path: &OsStr) -> Result<Helper> {
        let mut child = Command::new(&self.interpreter.path)
            .arg("-B")
            .arg(helpers().join(self.program))
            .env("PYTHONPATH", path)
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONUTF8", "1")
            .env("PYTHONWARNINGS", "ignore")
            .env("TMPDIR", &self.scratch)
            .current_dir(&self.scratch)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}", self.interpreter.path.display()))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("no pipes to the helper");
        };
        Ok(Helper { child, input, output: BufReader::new(output) })
    }
}

struct Helper {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Helper {
    fn ask<J: Serialize>(&mut self, job: &J) -> Result<String> {
        let mut line = serde_json::to_string(job)?;
        line.push('\n');
        self.input.write_all(line.as_bytes())?;
        self.input.flush()?;
        let mut answer = String::new();
        if self.output.read_line(&mut answer)? == 0 {
            bail!("it closed its output");
        }
        Ok(answer)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // Nothing can be done about a helper that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
