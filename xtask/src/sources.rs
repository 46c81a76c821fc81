//! Python files below a folder, and work on many of them at once: what the
//! tasks that read whole libraries share.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};

/// As deep as a command's main thread; nesting is to be refused, not survived by luck.
const STACK: usize = 8 << 20;

/// The `.py` files below the paths, in order, without the folders whose names
/// are to be skipped.
pub fn below(paths: &[PathBuf], skip: &dyn Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        collect(path, skip, &mut all).with_context(|| path.display().to_string())?;
    }
    all.sort();
    all.dedup();
    Ok(all)
}

fn collect(path: &Path, skip: &dyn Fn(&str) -> bool, all: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        if path.file_name().and_then(OsStr::to_str).is_some_and(skip) {
            return Ok(());
        }
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            // Links lead out of the library, or round in circles.
            if !entry.file_type()?.is_symlink() {
                collect(&entry.path(), skip, all)?;
            }
        }
    } else if path.extension().is_some_and(|ending| ending == "py") {
        all.push(path.to_path_buf());
    }
    Ok(())
}

/// How many things are done at once unless the user says otherwise.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The answers of `work` to all jobs, in the order of the jobs.
pub fn each<J: Sync, A: Send>(jobs: &[J], at_once: usize, work: impl Fn(&J) -> A + Sync) -> Vec<A> {
    let answers = Mutex::new(Vec::with_capacity(jobs.len()));
    let next = AtomicUsize::new(0);
    let serve = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return };
            let answer = work(job);
            answers.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((at, answer));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_once.clamp(1, jobs.len().max(1)) {
            // Cannot fail but for want of memory, and then nothing else works either.
            let _ = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, serve);
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    answers.sort_by_key(|(at, _)| *at);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_jobs() {
        let jobs: Vec<usize> = (0..100).collect();
        assert_eq!(each(&jobs, 4, |job| job * 2), (0..200).step_by(2).collect::<Vec<_>>());
        assert!(each(&[] as &[usize], 4, |job| *job).is_empty());
    }

    #[test]
    fn skipped_folders_and_other_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.py", "b.txt", "in/c.py", "test/d.py"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let found = below(&[folder.path().into()], &|name| name == "test").unwrap();
        assert_eq!(found, [folder.path().join("a.py"), folder.path().join("in/c.py")]);
    }
}
