//! What a node costs, with 1, 10, 52 and 1000 patterns over the same tree.
//!
//! `cargo bench -p spacetime-upgrade --bench matching` measures with criterion,
//! on a tree that is made up. Behind `--`, files give a table instead: ns per
//! node, which `benchmarks/measure_matchers.py` prints beside lib2to3's.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use spacetime_pattern::{Pattern, PatternSet};
use spacetime_upgrade::{Dialect, Source, Tree, fixers, parse, parse_pattern};

const SIZES: [usize; 4] = [1, 10, 52, 1000];
const MADE_UP_BLOCKS: usize = 2000;
const ROUNDS: u32 = 7;

fn main() {
    let files: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if files.is_empty() {
        measure();
    } else {
        print(&files);
    }
}

fn measure() {
    let mut criterion = Criterion::default().configure_from_args().without_plots();
    let tree = tree_of(made_up());
    let mut group = criterion.benchmark_group("scan");
    group.throughput(Throughput::Elements(tree.pre_order(tree.root()).count() as u64));
    for size in SIZES {
        let set = patterns(size);
        // From here on everything can be looked up.
        set.start(&tree);
        group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| black_box(set.start(&tree)));
        });
    }
    group.finish();
    criterion.final_summary();
}

fn print(files: &[String]) {
    let read = |path: &String| Some(Source::decode(std::fs::read(path).ok()?).ok()?.text().to_owned());
    let parsed = |text: String| Some(parse(format!("{text}\n"), Dialect::default()).ok()?.tree);
    let trees: Vec<Tree> = files.iter().filter_map(read).filter_map(parsed).collect();
    let nodes: usize = trees.iter().map(|tree| tree.pre_order(tree.root()).count()).sum();
    println!("{} files, {nodes} nodes", trees.len());
    for size in SIZES {
        let set = patterns(size);
        let cold = time(&trees, |tree| drop(set.start(tree)));
        let (mut warm, mut found) = (cold, cold);
        for _ in 0..ROUNDS {
            warm = warm.min(time(&trees, |tree| drop(set.start(tree))));
            found = found.min(time(&trees, |tree| drop(set.scan(tree))));
        }
        let matches: usize = trees.iter().map(|tree| set.scan(tree).len()).sum();
        let each = |time: Duration| time.as_nanos() as f64 / nodes.max(1) as f64;
        println!(
            "{size:>5} patterns: {:7.1} ns per node, {:7.1} with what {matches} matches bind, {:7.1} the first time",
            each(warm),
            each(found),
            each(cold)
        );
    }
}

fn time(trees: &[Tree], work: impl Fn(&Tree)) -> Duration {
    let start = Instant::now();
    trees.iter().for_each(work);
    start.elapsed()
}

fn tree_of(text: String) -> Tree {
    parse(text, Dialect::default()).expect("the made-up program parses").tree
}

/// The patterns of the fixers, and then some like theirs.
fn patterns(count: usize) -> PatternSet {
    let of_fixers = fixers::ALL.iter().filter_map(|fixer| fixer.pattern());
    let others = (0..).map(|number| match number % 5 {
        0 => format!("power< 'module{number}' trailer< '.' attr='name{number}' > any* >"),
        1 => format!("import_from< 'from' module='module{number}' 'import' any >"),
        2 => format!("power< any+ trailer< '.' 'method{number}' > trailer< '(' args=any* ')' > >"),
        3 => format!("power< 'function{number}' trailer< '(' arglist< any ',' x=any (',' any)* > ')' > >"),
        _ => format!("expr_stmt< 'name{number}' '=' value=any >"),
    });
    let parsed = |text: String| -> Pattern { parse_pattern(&text).expect("the pattern is one") };
    of_fixers.chain(others).take(count).map(parsed).collect()
}

/// A program in which some of the patterns match.
fn made_up() -> String {
    let block = |number: usize| {
        let some = number % 997;
        format!(
            "import module{some}, os\nfrom module{some} import name{some} as other\n\n\
             class Thing{number}(Base):\n    def method{some}(self, first, second=None, *rest):\n        \
             name{some} = self.table.get(first, {number}) + module{some}.name{some}(second)\n        \
             if first in self.table.keys() and not rest:\n            \
             print 'value %s' % first, [x.method{some}(1) for x in range({number})]\n        \
             for key, value in sorted(self.table.items(), key=lambda pair: pair[1]):\n            \
             function{some}(key, value[0], 'text', other=u'unicode')\n        return raw_input('? ') or {{1: 2}}\n\n"
        )
    };
    (0..MADE_UP_BLOCKS).map(block).collect()
}
