//! One module of CPython's test-suite under one interpreter, and what came of it.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use super::library::Library;
use crate::options::indented_end;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    Failed,
    /// The interpreter lacks what it tests.
    Skipped,
}

/// What came of one test module.
#[derive(Debug)]
pub struct Ran {
    pub name: String,
    pub verdict: Verdict,
    /// How many tests were in it.
    pub tests: usize,
    output: String,
}

impl Ran {
    pub fn passed(&self) -> bool {
        self.verdict == Verdict::Passed
    }

    /// The tests that failed, and the end of what was printed.
    pub fn complaint(&self) -> String {
        let failed =
            self.output.lines().filter(|line| line.starts_with("FAIL: ") || line.starts_with("ERROR: "));
        let failed: Vec<&str> = failed.collect();
        format!("    {}\n{}", failed.join("\n    "), indented_end(&self.output, 60))
    }
}

/// Runs one module in a process and a folder of its own.
pub fn run_module(library: &Library, name: &str, scratch: &Path, patience: Duration) -> Ran {
    let mut ran = Ran { name: name.to_owned(), verdict: Verdict::Failed, tests: 0, output: String::new() };
    let folder = match tempfile::Builder::new().prefix("run").tempdir_in(scratch) {
        Ok(folder) => folder,
        Err(error) => return Ran { output: error.to_string(), ..ran },
    };
    let mut command = library.command();
    // Not in parallel inside, and in the same order each time.
    command.args(["-m", "test", "--timeout", &patience.as_secs().to_string(), name]);
    command.current_dir(folder.path()).env("TMPDIR", folder.path()).stdin(Stdio::null());
    match output_of_all(&mut command) {
        Err(error) => ran.output = error.to_string(),
        Ok(output) => {
            ran.output = String::from_utf8_lossy(&output.stdout).into_owned();
            ran.output += &String::from_utf8_lossy(&output.stderr);
            ran.verdict = verdict(output.status.success(), &ran.output);
            ran.tests = tests(&ran.output);
        }
    }
    ran
}

/// What a process printed; what it has started and left behind ends with it.
fn output_of_all(command: &mut Command) -> io::Result<Output> {
    let child = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let group = format!("-{}", child.id());
    let output = child.wait_with_output();
    Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status()?;
    output
}

fn verdict(success: bool, output: &str) -> Verdict {
    let lacks = |line: &str| line.starts_with("1 test skipped") || line.starts_with("1 test run no tests");
    match success {
        false => Verdict::Failed,
        true if output.lines().any(lacks) => Verdict::Skipped,
        true => Verdict::Passed,
    }
}

/// The number in `Total tests: run=302 skipped=5`.
fn tests(output: &str) -> usize {
    let line = output.lines().find_map(|line| line.strip_prefix("Total tests: run="));
    let digits =
        |line: &str| line.chars().filter(|c| *c != ',').take_while(char::is_ascii_digit).collect::<String>();
    line.and_then(|line| digits(line).parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_is_understood() {
        assert_eq!(tests("x\nTotal tests: run=1,302 skipped=5\n"), 1302);
        assert_eq!(tests("Killed"), 0);
        assert_eq!(verdict(true, "All 1 test OK.\nResult: SUCCESS"), Verdict::Passed);
        assert_eq!(verdict(true, "1 test skipped:\n    test_winreg"), Verdict::Skipped);
        assert_eq!(verdict(false, "1 test failed:"), Verdict::Failed);
    }
}
