//! `xtask upgrade-matches`: what our automaton finds, held against lib2to3's
//! own matcher, at every node of every file.
//!
//! All patterns of lib2to3's fixers are asked at once here, and one after the
//! other there; fixer, node and everything that is bound have to be the same.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use spacetime_pattern::{Binding, Match, PatternSet};
use spacetime_upgrade::{Dialect, NodeId, Source, Tree, parse, parse_pattern};

use crate::interpreters::{chosen, libraries_kept};
use crate::options::Words;
use crate::pool::Pool;
use crate::sources::{below, cores, each};

const ORACLE: u8 = 11;
const SHOWN: usize = 10;
/// Every so many files of the libraries are taken, unless files are named.
const EVERY: usize = 12;

#[derive(Serialize)]
struct Question {
    patterns: bool,
}

#[derive(Deserialize)]
struct Patterns {
    patterns: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Job {
    path: PathBuf,
    mine: PathBuf,
}

#[derive(Deserialize)]
struct Answer {
    difference: String,
    matches: usize,
    nodes: usize,
}

pub fn run(words: Vec<String>) -> Result<bool> {
    let mut words = Words::new(words);
    let python: Option<PathBuf> = words.value("--python")?;
    let every: usize = words.value("--every")?.unwrap_or(EVERY);
    let mut paths: Vec<PathBuf> = words.rest()?.into_iter().map(PathBuf::from).collect();
    let interpreters = chosen(&python.into_iter().collect::<Vec<_>>())?;
    let Some(oracle) = interpreters.iter().find(|one| one.minor == ORACLE) else {
        bail!("no CPython 3.{ORACLE} was found, whose lib2to3 is what we are held against");
    };
    let step = if paths.is_empty() { every.max(1) } else { 1 };
    if paths.is_empty() {
        paths = libraries_kept(&["2.7", "3.11"]);
    }
    let files: Vec<_> = below(&paths, &|name| name == "site-packages")?.into_iter().step_by(step).collect();
    let scratch = tempfile::tempdir()?;
    let pool = Pool {
        interpreter: oracle,
        program: "upgrade_matches.py",
        scratch: scratch.path().into(),
        size: cores(),
    };
    let asked = pool.run::<_, Patterns>(&[Question { patterns: true }])?.pop().context("no answer")?;
    let texts = asked.map_err(|error| anyhow!(error))?.patterns;
    let (names, set) = compiled(&texts)?;
    let numbered: Vec<(usize, &PathBuf)> = files.iter().enumerate().collect();
    let written =
        each(&numbered, cores(), |(number, path)| write_down(&set, &names, *number, path, scratch.path()));
    let jobs: Vec<Job> = written.into_iter().collect::<Result<_>>()?;
    let (mut different, mut matches, mut nodes) = (0, 0, 0);
    for (job, answer) in jobs.iter().zip(pool.run::<_, Answer>(&jobs)?) {
        let answer = answer.map_err(anyhow::Error::msg).with_context(|| job.path.display().to_string())?;
        (matches, nodes) = (matches + answer.matches, nodes + answer.nodes);
        if !answer.difference.is_empty() {
            different += 1;
            if different <= SHOWN {
                println!("DIFFERENT {}: {}", job.path.display(), answer.difference);
            }
        }
    }
    println!(
        "upgrade-matches: {} patterns, {} files, {nodes} nodes, {matches} matches, {different} files different",
        names.len(),
        jobs.len()
    );
    Ok(different == 0 && matches > 0)
}

fn compiled(texts: &BTreeMap<String, String>) -> Result<(Vec<String>, PatternSet)> {
    let mut patterns = Vec::new();
    for (name, text) in texts {
        patterns.push(parse_pattern(text).with_context(|| format!("the pattern of {name}"))?);
    }
    Ok((texts.keys().cloned().collect(), PatternSet::new(patterns)))
}

fn write_down(set: &PatternSet, names: &[String], number: usize, path: &Path, scratch: &Path) -> Result<Job> {
    let mine = scratch.join(format!("{number}.matches"));
    let bytes = std::fs::read(path)?;
    let parsed = Source::decode(bytes).ok().and_then(|source| {
        let text = format!("{}\n", source.text());
        parse(text, Dialect::default()).ok()
    });
    let text = parsed.map_or_else(String::new, |parsed| described(set, names, &parsed.tree));
    std::fs::write(&mine, text)?;
    Ok(Job { path: path.to_owned(), mine })
}

/// A line for each match, in the order of nodes and then of fixers.
fn described(set: &PatternSet, names: &[String], tree: &Tree) -> String {
    let mut numbers = vec![0; tree.nodes_made()];
    for (number, node) in tree.pre_order(tree.root()).enumerate() {
        numbers[node.index()] = number;
    }
    let mut text = String::new();
    for found in set.scan(tree) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} {}{}",
            names[found.pattern],
            numbers[found.node.index()],
            bound(&found, &numbers)
        );
    }
    text
}

fn bound(found: &Match<NodeId>, numbers: &[usize]) -> String {
    let sorted: BTreeMap<&str, &Binding<NodeId>> = found.bindings().collect();
    let show = |(name, binding): (&str, &Binding<NodeId>)| match binding {
        Binding::One(node) => format!(" {name}={}", numbers[node.index()]),
        Binding::Many(nodes) => {
            let all: Vec<String> = nodes.iter().map(|node| numbers[node.index()].to_string()).collect();
            format!(" {name}=[{}]", all.join(","))
        }
    };
    sorted.into_iter().map(show).collect()
}
