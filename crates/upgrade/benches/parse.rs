//! How fast source becomes a tree, how many nodes that takes, and how much of
//! it is what lib2to3 could not read.
//!
//! `cargo bench -p spacetime-upgrade --bench parse -- FOLDER` reads every `.py`
//! below FOLDER several times and prints megabytes of source a second of processor
//! time: the best of the rounds, since other programs may be running.

use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use spacetime_upgrade::{Dialect, Source, parse};

const ROUNDS: usize = 15;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(folder) = folder else { return println!("usage: -- FOLDER") };
    for (name, text) in [("tables of lib2to3's grammar", "a\n"), ("of the modern one", "a[b := 1]\n")] {
        let start = Instant::now();
        read(text);
        println!("{name}: {:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    }
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
    print("what lib2to3 reads", &old, read);
    print("what came later", &beyond, read);
    print("what nobody reads", &refused, read);
}

fn read(text: &str) {
    drop(std::hint::black_box(parse(text.to_owned(), Dialect::default())));
}

fn print(name: &str, texts: &[&String], work: fn(&str)) {
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    if texts.is_empty() {
        return println!("{name}: no files");
    }
    let round = || {
        let start = spent();
        for text in texts {
            work(text);
        }
        spent().saturating_sub(start)
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

/// The time that this thread has had a processor, where the system says so.
fn spent() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = counted.and_then(|text| text.split(' ').next()?.parse().ok()).filter(|time| *time > 0);
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
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
