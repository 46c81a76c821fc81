//! What a process tree holds in memory and on disk while it runs, from /proc.
//!
//! The kernel's own figure (`ru_maxrss`) is exact for one process, but says
//! nothing of several at once, of memory-backed files and of spilled bytes.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Peaks seen so far, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Peaks {
    /// Of all processes together, where there is more than one or files lie in memory.
    pub memory: u64,
    /// In files without a name, and below the folder for temporary files.
    pub spilled: u64,
}

impl Peaks {
    /// Looks once at the descendants of `launcher`.
    pub fn look(&mut self, launcher: u32, tmp: &Path) {
        let pids = descendants(launcher);
        let (spilled, in_memory) = nameless_files(&pids);
        if pids.len() > 1 || in_memory > 0 {
            self.memory = self.memory.max(resident(&pids) + in_memory);
        }
        self.spilled = self.spilled.max(spilled + tree_bytes(tmp));
    }
}

/// Children, their children, and so on.
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut found = vec![pid];
    let mut next = 0;
    while let Some(parent) = found.get(next) {
        let threads = fs::read_dir(format!("/proc/{parent}/task"));
        let threads: Vec<_> = threads.into_iter().flatten().flatten().collect();
        for thread in threads {
            let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            found.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        next += 1;
    }
    found.split_off(1)
}

/// Proportional set sizes, which count a shared page once.
fn resident(pids: &[u32]) -> u64 {
    let of = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    pids.iter().filter_map(of).sum()
}

/// Bytes in open files without a name, and in those that lie in memory.
fn nameless_files(pids: &[u32]) -> (u64, u64) {
    let (mut spilled, mut in_memory) = (0, 0);
    let mut seen = HashSet::new();
    for pid in pids {
        let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { continue };
        for entry in entries.flatten() {
            let Ok(target) = fs::read_link(entry.path()) else { continue };
            let target = target.to_string_lossy().into_owned();
            let memory = ["/memfd:", "/dev/shm/", "/dev/zero"].iter().any(|start| target.starts_with(start));
            if !memory && !target.ends_with(" (deleted)") {
                continue;
            }
            let Ok(file) = fs::metadata(entry.path()) else { continue };
            if !seen.insert((file.dev(), file.ino())) {
                continue;
            }
            if memory {
                in_memory += file.blocks() * 512;
            } else {
                spilled += file.len();
            }
        }
    }
    (spilled, in_memory)
}

fn tree_bytes(folder: &Path) -> u64 {
    let mut total = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => total += tree_bytes(&entry.path()),
            Ok(kind) if kind.is_file() => total += entry.metadata().map_or(0, |metadata| metadata.len()),
            _ => {}
        }
    }
    total
}
