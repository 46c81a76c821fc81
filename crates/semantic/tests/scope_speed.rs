//! How fast scopes are built: `cargo test --release --test scope_speed -- --ignored --nocapture`.
//!
//! A measurement, not a test: it prints megabytes of source per second.

#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use spacetime_semantic::scope::Scopes;
use spacetime_syntax::{Module, SourceKind, Tree};

fn sources() -> Vec<String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let ask = "import sysconfig; print(sysconfig.get_path('stdlib'), end='')";
    let answer = Command::new(python).args(["-c", ask]).output().unwrap();
    let mut folders = vec![Path::new(&String::from_utf8(answer.stdout).unwrap()).to_path_buf()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                sources.extend(std::fs::read_to_string(path));
            }
        }
    }
    sources
}

#[test]
#[ignore = "a measurement"]
fn megabytes_of_source_per_second() {
    let (mut bytes, mut parsing, mut flattening, mut scoping) =
        (0, Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for source in sources() {
        let start = Instant::now();
        let Ok(module) = Module::parse(source, SourceKind::Python) else { continue };
        let parsed = Instant::now();
        let tree = Tree::new(&module);
        let flat = Instant::now();
        std::hint::black_box(Scopes::new(&tree));
        scoping += flat.elapsed();
        (parsing, flattening) = (parsing + (parsed - start), flattening + (flat - parsed));
        bytes += module.text().len();
    }
    let speed = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{} MB; MB/s: parse {:.0}, tree {:.0}, scopes {:.0}",
        bytes / 1_000_000,
        speed(parsing),
        speed(flattening),
        speed(scoping)
    );
}
