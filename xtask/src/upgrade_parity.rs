//! `xtask upgrade-parity`: trees and errors of `upgrade`, held against lib2to3's.
//!
//! Every file of the standard libraries of Python 2.7 and 3.11, or of the
//! folders that are named, is parsed by both; kinds, prefixes, values and lines
//! have to be the same, and where lib2to3 cannot parse, so has its message.
//!
//! With `--mutate SEED` the files are broken at random first, which is how
//! messages are compared.
//!
//! With `--modern`, what a newer Python compiles has to be parsed by ours, with
//! nothing lost: the libraries of the newest interpreters, whose tests are full
//! of the syntax that lib2to3 never learnt.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use spacetime_upgrade::{Dialect, Parsed, Source, Tree, parse};

use crate::interpreters::{Interpreter, chosen, libraries_kept};
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
    let modern = words.flag("--modern");
    // So far the parser is all there is to compare.
    words.flag("--parser");
    let python: Option<PathBuf> = words.value("--python")?;
    let mutate: Option<u64> = words.value("--mutate")?;
    let limit: usize = words.value("--limit")?.unwrap_or(usize::MAX);
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    let mut interpreters = chosen(&python.into_iter().collect::<Vec<_>>())?;
    interpreters.retain(|one| modern || one.minor == ORACLE);
    let Some(interpreter) = interpreters.last() else {
        bail!("no CPython 3.{ORACLE} was found, whose lib2to3 is what we are held against");
    };
    if paths.is_empty() {
        let newest = format!("3.{}", interpreter.minor);
        let versions: &[&str] = if modern { &[&newest] } else { &["2.7", "3.11"] };
        paths = libraries_kept(versions);
    }
    let all = below(&paths, &|name| name == "site-packages")?;
    if all.is_empty() {
        bail!("no Python files");
    }
    let step = all.len().div_ceil(limit.max(1)).max(1);
    let files: Vec<PathBuf> = all.into_iter().step_by(step).collect();
    if modern { read_all(&files, interpreter) } else { compare(&files, mutate, interpreter) }
}

/// Every file that the interpreter compiles has to be parsed.
fn read_all(files: &[PathBuf], interpreter: &Interpreter) -> Result<bool> {
    let scratch = tempfile::tempdir()?;
    let pool =
        Pool { interpreter, program: "compile_files.py", scratch: scratch.path().into(), size: cores() };
    let refused: Vec<Refused> = each(files, cores(), |path| refused(path)).into_iter().flatten().collect();
    let mut wrong = 0;
    for (file, answer) in refused.iter().zip(pool.run::<_, Compiled>(&refused)?) {
        let answer = answer.map_err(anyhow::Error::msg).with_context(|| file.path.display().to_string())?;
        if answer.original.is_empty() {
            wrong += 1;
            println!("REFUSED {}: {}", file.path.display(), file.changed);
        }
    }
    println!(
        "upgrade-parity: {} files, {} refused, {wrong} of them compile under {}",
        files.len(),
        refused.len(),
        interpreter.version
    );
    Ok(wrong == 0)
}

/// A file that we do not parse, and our reason in the place of a changed text.
#[derive(Serialize)]
struct Refused {
    path: PathBuf,
    changed: String,
}

#[derive(Deserialize)]
struct Compiled {
    original: String,
}

fn refused(path: &Path) -> Option<Refused> {
    let because = |changed: String| Some(Refused { path: path.to_path_buf(), changed });
    let Ok(bytes) = std::fs::read(path) else { return because("unreadable".to_owned()) };
    let source = match Source::decode(bytes) {
        Ok(source) => source,
        Err(error) => return because(error.to_string()),
    };
    let text = format!("{}\n", source.text());
    match parse(text.clone(), Dialect::default()) {
        Ok(parsed) if parsed.tree.text(parsed.tree.root()) == text => None,
        Ok(_) => because("its text was not kept".to_owned()),
        Err(error) => because(error.to_string()),
    }
}

/// Every tree and every error has to be lib2to3's.
fn compare(files: &[PathBuf], mutate: Option<u64>, oracle: &Interpreter) -> Result<bool> {
    let scratch = tempfile::tempdir()?;
    let pool = Pool {
        interpreter: oracle,
        program: "upgrade_parity.py",
        scratch: scratch.path().into(),
        size: cores(),
    };
    let (mut different, mut refused, mut bytes, mut time) = (0, 0, 0, Duration::ZERO);
    for files in files.chunks(BATCH) {
        let (jobs, spent) = write_down(files, mutate, scratch.path())?;
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
fn write_down(
    files: &[PathBuf],
    mutate: Option<u64>,
    scratch: &Path,
) -> Result<(Vec<Job>, (usize, Duration))> {
    let numbered: Vec<(usize, &PathBuf)> = files.iter().enumerate().collect();
    let write = |(number, path): &(usize, &PathBuf)| -> Result<(Job, usize, Duration)> {
        let mine = scratch.join(format!("{number}.tree"));
        let mut bytes = std::fs::read(path)?;
        let mut path = (*path).clone();
        if let Some(seed) = mutate {
            let name =
                path.to_string_lossy().bytes().fold(0, |sum: u64, byte| sum * 31 % PRIME + u64::from(byte));
            bytes = broken(bytes, seed * 1_000_003 + name);
            path = scratch.join(format!("{number}.py"));
            std::fs::write(&path, &bytes)?;
        }
        let len = bytes.len();
        let start = Instant::now();
        let tree = tree_of(bytes);
        let time = start.elapsed();
        let text = tree.map_or_else(|error| error, |tree| described(&tree));
        std::fs::write(&mine, text)?;
        Ok((Job { path, mine }, len, time))
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

/// Text that is wrong in most places, or has been read wrongly once.
const SNIPPETS: &[&str] = &[
    "\n",
    "\r",
    "\r\n",
    "\\\n",
    "\\\r\n",
    "\t",
    " ",
    "        ",
    "\x0c",
    "\0",
    "\x1a",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "\\",
    "#",
    ":",
    ";",
    ",",
    ".",
    "...",
    "=",
    "==",
    "!",
    "$",
    "?",
    "`",
    "<>",
    "->",
    ":=",
    "@",
    "**",
    "//=",
    "0",
    "08",
    "0x",
    "1_0",
    "1e5j",
    "1.",
    "0777L",
    "\u{b2}",
    "\u{b7}",
    "\u{a0}",
    "\u{e9}",
    "\u{661}",
    "async ",
    "await ",
    "async def f():\n",
    "async for ",
    "print ",
    "exec ",
    "lambda ",
    "if ",
    "else",
    "for ",
    "in ",
    "not ",
    "def ",
    "class ",
    "u'",
    "ur\"",
    "fr'''",
    "b",
    "match x:\n",
    "import ",
    "from __future__ import print_function\n",
    "\n    ",
    "\n  \t",
    "as ",
    "with ",
    "yield ",
    "*a",
    "nonlocal ",
    "try:\n",
    "async '''a\nb'''",
];
const PRIME: u64 = 1_000_000_007;
/// Larger files take lib2to3 too long for what they show.
const LARGEST: usize = 20_000;

/// The bytes with something taken out, put in or cut off, by chance.
fn broken(mut bytes: Vec<u8>, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut random = |below: usize| {
        // SplitMix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % (below.max(1) as u64)) as usize
    };
    bytes.truncate(LARGEST);
    for _ in 0..=random(3) {
        let at = random(bytes.len() + 1);
        match random(4) {
            0 => {
                let end = (at + random(12)).min(bytes.len());
                bytes.drain(at..end);
            }
            1 if random(4) == 0 => bytes.truncate(at),
            _ => {
                let snippet = SNIPPETS[random(SNIPPETS.len())];
                bytes.splice(at..at, snippet.bytes());
            }
        }
    }
    bytes
}

fn tree_of(bytes: Vec<u8>) -> Result<Tree, String> {
    let source = Source::decode(bytes).map_err(|_| "unreadable".to_owned())?;
    let text = format!("{}\n", source.text());
    match parse(text, Dialect::default()) {
        Ok(Parsed { beyond: Some(error), .. }) => Err(error.to_string()),
        Ok(parsed) => Ok(parsed.tree),
        Err(error) => Err(error.to_string()),
    }
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
