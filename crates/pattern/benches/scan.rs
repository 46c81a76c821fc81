//! How fast one scan with forty patterns is, beside parsing and flattening.
//!
//! `cargo bench -p spacetime-pattern --bench scan -- FOLDER` reads every `.py`
//! below FOLDER and prints megabytes of source a second.

use std::path::Path;
use std::time::{Duration, Instant};

use spacetime_pattern::{Pattern, PatternSet};
use spacetime_syntax::{Module, SourceKind, Tree};

const PATTERNS: &[&str] = &[
    "sum($XS)",
    "sum($XS, $$$REST)",
    "min($$$ARGS)",
    "max($$$ARGS)",
    "any($XS)",
    "all($XS)",
    "set($XS)",
    "frozenset($XS)",
    "dict($XS)",
    "Counter($XS)",
    "len($XS)",
    "list($XS)",
    "tuple($XS)",
    "deque($$$ARGS)",
    "sorted($$$ARGS)",
    "sorted($$$ARGS)[$K]",
    "sorted($$$ARGS)[:$K]",
    "list($XS)[$K]",
    "$OBJ.extend($XS)",
    "$OBJ.update($XS)",
    "$OBJ.writelines($XS)",
    "$X.append($E)",
    "$X.append($E);",
    "$X.sort($$$ARGS)",
    "$F.readlines()",
    "$F.read().splitlines()",
    "$F.read().split('\\n')",
    "list(csv.reader($$$ARGS))",
    "$X = []",
    "$X = list()",
    "$X = [$E for $$$C]",
    "$X = $F.readlines()",
    "[$E for $$$CLAUSES]",
    "for $I in $ITER: $$$BODY",
    "for $I in $ITER: $$$BODY\nelse: $$$E",
    "for $I in range($$$N): $$$BODY",
    "for $I in sorted($$$A): $$$BODY",
    "with open($$$A) as $F: $$$BODY",
    "$X += $Y",
    "return [$E for $$$C]",
];

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(folder) = folder else { return println!("usage: -- FOLDER") };
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    let set: PatternSet = PATTERNS.iter().filter_map(|text| Pattern::parse_python(text).ok()).collect();
    assert_eq!(set.len(), PATTERNS.len());
    let (mut bytes, mut nodes, mut found) = (0, 0, 0);
    let mut spent = [Duration::ZERO; 3];
    for file in &files {
        let mut clock = Instant::now();
        let mut lap = |at: usize| spent[at] += std::mem::replace(&mut clock, Instant::now()).elapsed();
        let Ok(module) = Module::parse(file.as_str(), SourceKind::Python) else { continue };
        lap(0);
        let tree = Tree::new(&module);
        lap(1);
        found += set.scan(&tree).len();
        lap(2);
        bytes += file.len();
        nodes += tree.len();
    }
    println!("{} files, {bytes} bytes, {nodes} nodes, {found} matches", files.len());
    for (name, time) in ["parse", "flatten", "scan"].iter().zip(spent) {
        println!("{name:8} {:7.1} MB/s", bytes as f64 / 1e6 / time.as_secs_f64());
    }
}

fn collect(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            files.extend(std::fs::read_to_string(&path).ok());
        }
    }
}
