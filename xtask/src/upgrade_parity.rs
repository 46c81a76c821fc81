//! `xtask upgrade-parity`: trees and errors of `upgrade`, held against lib2to3's.
//!
//! Every file of the standard libraries of Python 2.7 and 3.11, or of the
//! folders that are named, is parsed by both; kinds, prefixes, values and lines
//! have to be the same, and where lib2to3 cannot parse, so has its message.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use spacetime_upgrade::{Dialect, Source, Tree, parse};

use crate::interpreters::{chosen, libraries_kept};
use crate::options::Words;
use crate::pool::Pool;
use crate::sources::{below, cores, each};

/// The last minor version of Python 3 that has lib2to3 as the product knows it.
const ORACLE: u8 = 11;
const SHOWN: usize = 10;
/// How many files are in the scratch folder at once.
const BATCH: usize = 500;

#[derive(Serialize)]
struct Job {
    path: PathBuf,
    mine: PathBuf,
}

#[derive(Deserialize)]
struct Answer {
    difference: String,
    error: String,
}

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    // So far the parser is all there is to compare.
    words.flag("--parser");
    let python: Option<PathBuf> = words.value("--python")?;
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    let interpreters = chosen(&python.into_iter().collect::<Vec<_>>())?;
    let Some(oracle) = interpreters.iter().find(|one| one.minor == ORACLE) else {
        bail!("no CPython 3.{ORACLE} was found, whose lib2to3 is what we are held against");
    };
    if paths.is_empty() {
        paths = libraries_kept(&["2.7", "3.11"]);
    }
    let files = below(&paths, &|name| name == "site-packages")?;
    if files.is_empty() {
        bail!("no Python files");
    }
    let scratch = tempfile::tempdir()?;
    let pool = Pool {
        interpreter: oracle,
        program: "upgrade_parity.py",
        scratch: scratch.path().into(),
        size: cores(),
    };
    let (mut different, mut refused, mut bytes, mut time) = (0, 0, 0, Duration::ZERO);
    for files in files.chunks(BATCH) {
        let (jobs, spent) = write_down(files, scratch.path())?;
        time += spent.1;
        bytes += spent.0;
        for (job, answer) in jobs.iter().zip(pool.run::<_, Answer>(&jobs)?) {
            let answer =
                answer.map_err(anyhow::Error::msg).with_context(|| job.path.display().to_string())?;
            refused += usize::from(!answer.error.is_empty());
            if !answer.difference.is_empty() {
                different += 1;
                if different <= SHOWN {
                    println!("DIFFERENT {}: {}", job.path.display(), answer.difference);
                }
            }
        }
    }
    println!(
        "upgrade-parity: {} files ({refused} that lib2to3 cannot read), {different} different; \
         {:.1} MB parsed in {:.2} s of our time",
        files.len(),
        bytes as f64 / 1e6,
        time.as_secs_f64()
    );
    Ok(different == 0)
}

/// Our trees of some files, where the helpers find them; how many bytes that
/// were, and how long parsing took.
fn write_down(files: &[PathBuf], scratch: &Path) -> Result<(Vec<Job>, (usize, Duration))> {
    let numbered: Vec<(usize, &PathBuf)> = files.iter().enumerate().collect();
    let write = |(number, path): &(usize, &PathBuf)| -> Result<(Job, usize, Duration)> {
        let mine = scratch.join(format!("{number}.tree"));
        let bytes = std::fs::read(path)?;
        let len = bytes.len();
        let start = Instant::now();
        let tree = tree_of(bytes);
        let time = start.elapsed();
        let text = tree.map_or_else(|error| error, |tree| described(&tree));
        std::fs::write(&mine, text)?;
        Ok((Job { path: (*path).clone(), mine }, len, time))
    };
    let (mut jobs, mut bytes, mut time) = (Vec::new(), 0, Duration::ZERO);
    for written in each(&numbered, cores(), write) {
        let (job, len, spent) = written?;
        jobs.push(job);
        bytes += len;
        time += spent;
    }
    Ok((jobs, (bytes, time)))
}

fn tree_of(bytes: Vec<u8>) -> Result<Tree, String> {
    let source = Source::decode(bytes).map_err(|_| "unreadable".to_owned())?;
    let text = format!("{}\n", source.text());
    parse(text, Dialect::default()).map(|parsed| parsed.tree).map_err(|error| error.to_string())
}

/// A line for each node, parents first. Lengths are in characters.
fn described(tree: &Tree) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for node in tree.pre_order(tree.root()) {
        let kind = tree.kind(node);
        // Writing to a string cannot fail.
        let _ = if tree.is_leaf(node) {
            let (prefix, value) = (tree.prefix(node), tree.value(node));
            let (line, lens) =
                (tree.lineno(node).unwrap_or(0), [prefix, value].map(|text| text.chars().count()));
            writeln!(text, "{} {line} {} {} {prefix}{value}", kind.number(), lens[0], lens[1])
        } else {
            writeln!(text, "{} {}", kind.name(), tree.child_count(node))
        };
    }
    text
}
