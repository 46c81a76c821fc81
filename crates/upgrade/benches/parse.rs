//! How fast source becomes a tree, how many nodes that takes, and how much of
//! it is what lib2to3 could not read.
//!
//! `cargo bench -p spacetime-upgrade --bench parse -- FOLDER` reads every `.py`
//! below FOLDER several times and prints megabytes of source a second: the best
//! of the rounds, since other programs may be running.

use std::path::Path;
use std::time::{Duration, Instant};

use spacetime_upgrade::{Dialect, Source, future_features, parse};

const ROUNDS: usize = 15;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(folder) = folder else { return println!("usage: -- FOLDER") };
    let mut texts = Vec::new();
    collect(Path::new(&folder), &mut texts);
    let bytes: usize = texts.iter().map(String::len).sum();
    let (mut old, mut beyond, mut refused, mut nodes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for text in &texts {
        match parse(text.clone(), Dialect::default()) {
            Ok(parsed) => {
                nodes += parsed.tree.nodes_made();
                if parsed.beyond.is_some() { beyond.push(text) } else { old.push(text) }
            }
            Err(_) => refused.push(text),
        }
    }
    println!(
        "{} files, {:.1} MB, {nodes} nodes, {:.2} to a byte",
        texts.len(),
        mega(bytes),
        per(nodes, bytes)
    );
    print("features", &old, |text| drop(future_features(text)));
    print("copying", &old, |text| drop(std::hint::black_box(text.to_owned())));
    print("what lib2to3 reads", &old, read);
    print("what came later", &beyond, read);
    print("what nobody reads", &refused, read);
}

fn read(text: &str) {
    drop(std::hint::black_box(parse(text.to_owned(), Dialect::default())));
}

fn print(name: &str, texts: &[&String], work: fn(&str)) {
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let round = || {
        let start = Instant::now();
        texts.iter().for_each(|text| work(text));
        start.elapsed()
    };
    let best = (0..ROUNDS).map(|_| round()).min().unwrap_or(Duration::ZERO);
    let speed = mega(bytes) / best.as_secs_f64();
    println!(
        "{name}: {} files, {:.1} MB, {:.1} ms, {speed:.0} MB/s",
        texts.len(),
        mega(bytes),
        best.as_secs_f64() * 1e3
    );
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn per(count: usize, bytes: usize) -> f64 {
    count as f64 / bytes.max(1) as f64
}

fn collect(path: &Path, texts: &mut Vec<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), texts);
        }
    } else if path.extension().is_some_and(|ending| ending == "py")
        && let Ok(source) =
            std::fs::read(path).map_err(drop).and_then(|bytes| Source::decode(bytes).map_err(drop))
    {
        texts.push(format!("{}\n", source.text()));
    }
}
