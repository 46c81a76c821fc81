//! What a node costs, with 1, 10, 52 and 1000 patterns over the same tree.
//!
//! `cargo bench -p spacetime-upgrade --bench matching` measures with criterion,
//! over the Python files of this repository. Behind `--`, files give a table instead: ns per
//! node, which `benchmarks/measure_matchers.py` prints beside lib2to3's. Numbers
//! before the files choose other sizes. The sizes take turns, round after round, so
//! that whatever else the machine does meets all of them, and the best round counts.

use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use spacetime_pattern::{Pattern, PatternSet};
use spacetime_upgrade::{Dialect, Kind, Source, Tree, fixers, parse, parse_pattern};

const SIZES: [usize; 4] = [1, 10, 52, 1000];
/// As many patterns about names all of which are in the files: no name there is one
/// that nobody asks for.
const MOST: usize = 1000;
const ROUNDS: u32 = 40;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let (sizes, files): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| word.parse::<usize>().is_ok());
    let sizes: Vec<usize> = sizes.iter().filter_map(|size| size.parse().ok()).collect();
    match (files.is_empty(), sizes.is_empty()) {
        (true, _) => measure(),
        (false, true) => print(&SIZES, &files),
        (false, false) => print(&sizes, &files),
    }
}

fn measure() {
    let mut criterion = Criterion::default().configure_from_args().without_plots();
    let trees = read(&python_files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))));
    let mut group = criterion.benchmark_group("scan");
    group.throughput(Throughput::Elements(count(&trees) as u64));
    for size in SIZES {
        let set = patterns(size, &[]);
        let scan = || trees.iter().for_each(|tree| drop(black_box(set.start(tree))));
        // From here on everything can be looked up.
        scan();
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| bencher.iter(scan));
    }
    let set = patterns(MOST, &names(&trees));
    let scan = || trees.iter().for_each(|tree| drop(black_box(set.start(tree))));
    scan();
    group.bench_function(BenchmarkId::from_parameter("names of the files"), |bencher| bencher.iter(scan));
    group.finish();
    criterion.final_summary();
}

/// The Python files of a folder and below, in the order of their names.
fn python_files(folder: &Path) -> Vec<String> {
    let mut all: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().collect();
    all.sort_by_key(std::fs::DirEntry::file_name);
    let mut files = Vec::new();
    for entry in all {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(python_files(&entry.path()));
        } else if name.ends_with(".py") {
            files.push(entry.path().to_string_lossy().into_owned());
        }
    }
    files
}

fn read(files: &[String]) -> Vec<Tree> {
    let text = |path: &String| Some(Source::decode(std::fs::read(path).ok()?).ok()?.text().to_owned());
    let parsed = |text: String| Some(parse(format!("{text}\n"), Dialect::default()).ok()?.tree);
    files.iter().filter_map(text).filter_map(parsed).collect()
}

fn count(trees: &[Tree]) -> usize {
    trees.iter().map(|tree| tree.pre_order(tree.root()).count()).sum()
}

fn print(sizes: &[usize], files: &[String]) {
    let trees = read(files);
    let nodes = count(&trees);
    println!("{} files, {nodes} nodes", trees.len());
    let mut sets: Vec<PatternSet> = sizes.iter().map(|size| patterns(*size, &[])).collect();
    sets.push(patterns(MOST, &names(&trees)));
    // From here on everything can be looked up.
    let cold: Vec<_> = sets.iter().map(|set| time(&trees, |tree| drop(set.start(tree)))).collect();
    let (mut warm, mut found) = (cold.clone(), vec![Duration::MAX; sets.len()]);
    for _ in 0..ROUNDS {
        for (at, set) in sets.iter().enumerate() {
            warm[at] = warm[at].min(time(&trees, |tree| drop(black_box(set.start(tree)))));
            found[at] = found[at].min(time(&trees, |tree| drop(black_box(set.scan(tree)))));
        }
    }
    let each = |time: Duration| time.as_nanos() as f64 / nodes.max(1) as f64;
    for (at, set) in sets.iter().enumerate() {
        let matches: usize = trees.iter().map(|tree| set.scan(tree).len()).sum();
        println!(
            "{:>5} patterns{}: {:7.1} ns per node, {:4.2} times {}; {:7.1} with what {matches} matches bind, \
             {:7.1} the first time; {} kB of tables",
            sizes.get(at).copied().unwrap_or(MOST),
            if at < sizes.len() { "" } else { " about names of the files" },
            each(warm[at]),
            each(warm[at]) / each(warm[0]),
            sizes[0],
            each(found[at]),
            each(cold[at]),
            trees.first().map_or(0, |tree| set.start_unread(tree).memory()) / 1000
        );
    }
}

fn time(trees: &[Tree], work: impl Fn(&Tree)) -> Duration {
    let start = Instant::now();
    trees.iter().for_each(work);
    start.elapsed()
}

/// The patterns of the fixers, and then some like theirs, about these names as long as there are any.
fn patterns(count: usize, names: &[&str]) -> PatternSet {
    let of_fixers = fixers::ALL.iter().filter_map(|fixer| fixer.pattern());
    let name = |number: usize| match names.get(number) {
        Some(name) => (*name).to_owned(),
        None => format!("name{number}"),
    };
    let others = (0..).map(|number| {
        let (first, second) = (name(2 * number), name(2 * number + 1));
        match number % 5 {
            0 => format!("power< '{first}' trailer< '.' attr='{second}' > any* >"),
            1 => format!("import_from< 'from' module='{first}' 'import' any >"),
            2 => format!("power< any+ trailer< '.' '{first}' > trailer< '(' args=any* ')' > >"),
            3 => format!("power< '{first}' trailer< '(' arglist< any ',' x=any (',' any)* > ')' > >"),
            _ => format!("expr_stmt< '{first}' '=' value=any >"),
        }
    });
    let parsed = |text: String| -> Pattern { parse_pattern(&text).expect("the pattern is one") };
    of_fixers.chain(others).take(count).map(parsed).collect()
}

/// The names in the trees, in the order in which they are first met.
fn names(trees: &[Tree]) -> Vec<&str> {
    let mut known = HashSet::new();
    let leaves = trees.iter().flat_map(|tree| tree.leaves(tree.root()).map(move |leaf| (tree, leaf)));
    let names = leaves.filter(|(tree, leaf)| tree.kind(*leaf) == Kind::Name);
    let values = names.map(|(tree, leaf)| tree.value(leaf)).filter(|name| name.is_ascii());
    values.filter(|name| known.insert(*name)).collect()
}
