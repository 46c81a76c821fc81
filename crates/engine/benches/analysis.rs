//! How fast the analysis is, in MB/s of one core, beside the bare parse.
//!
//! Run over the standard library of the `python3` on the path, or over the
//! folder in `SPACETIME_BENCH`. The best of a few runs counts: what is slower
//! than that is the machine's other work.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use spacetime_engine::{Options, SourceKind, optimize};
use spacetime_syntax::Module;

const RUNS: usize = 3;

fn main() {
    let folder = std::env::var_os("SPACETIME_BENCH").map(PathBuf::from).or_else(standard_library);
    let Some(folder) = folder else {
        println!("analysis: no python3 on the path, and no SPACETIME_BENCH");
        return;
    };
    let mut texts = Vec::new();
    collect(&folder, &mut texts);
    let bytes: usize = texts.iter().map(String::len).sum();
    println!("{} files, {:.1} MB below {}", texts.len(), bytes as f64 / 1e6, folder.display());
    let options = Options::default();
    let strict = Options::default().strict();
    let parse = best(&texts, |text| drop(Module::parse(text, SourceKind::Python)));
    let usual = best(&texts, |text| drop(optimize(text, SourceKind::Python, &options)));
    let stricter = best(&texts, |text| drop(optimize(text, SourceKind::Python, &strict)));
    for (name, time) in [("parse alone", parse), ("optimize", usual), ("optimize, strict", stricter)] {
        println!("{name:<18} {:>7.1} MB/s  {time:>8.2?}", bytes as f64 / 1e6 / time.as_secs_f64());
    }
}

/// The shortest time for all texts.
fn best(texts: &[String], work: impl Fn(&str)) -> Duration {
    let once = || {
        let started = Instant::now();
        for text in texts {
            work(text);
        }
        started.elapsed()
    };
    (0..RUNS).map(|_| once()).min().unwrap_or_default()
}

fn standard_library() -> Option<PathBuf> {
    let question = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    let output = Command::new("python3").args(["-I", "-c", question]).output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// The readable texts below a folder, site-packages aside, in no certain order.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "site-packages") {
            collect(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "py") {
            texts.extend(std::fs::read_to_string(&path));
        }
    }
}
