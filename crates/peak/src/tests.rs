//! Programs and the formulas of their peaks.

use spacetime_syntax::{Module, SourceKind, Tree};

use super::{Forecast, evaluate, forecast};

fn predict(text: &str, given: &[(&str, f64)]) -> (Forecast, Option<f64>) {
    let module = Module::parse(text.to_owned(), SourceKind::Python).expect("it parses");
    let tree = Tree::new(&module);
    let known = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let forecast = forecast(&tree, &known).expect("it is small");
    let bytes = evaluate(&forecast.size, &known);
    (forecast, bytes)
}

fn formula(text: &str) -> String {
    predict(text, &[]).0.size.to_string()
}

#[test]
fn a_list_of_floats_is_pointers_and_objects() {
    let program = "def load(path):\n    xs = []\n    for line in open(path):\n        xs.append(float(line))\n    return xs\nxs = load('f')\nprint(sum(xs))\n";
    assert_eq!(formula(program), "40·len(load.xs) + 64");
    assert_eq!(predict(program, &[("len(load.xs)", 1e6)]).1, Some(40e6 + 64.0));
}

#[test]
fn what_two_lists_share_counts_once() {
    let program = "rows = [float(line) for line in open('f')]\ngood = [row for row in rows if row > 1]\nprint(len(rows), len(good))\n";
    assert_eq!(formula(program), "8·len(good) + 40·len(rows) + 128");
}

#[test]
fn what_is_gone_does_not_count() {
    let program = "def load():\n    lines = open('f').readlines()\n    return [float(line) for line in lines]\ndef main():\n    xs = load()\n    ys = [x * 0.5 for x in xs]\n    zs = [y * 0.5 for y in ys]\n    print(zs)\nmain()\n";
    // The lines are alive while the first list is made; with short lines three lists take more.
    let short = [("len(load.lines)", 1e6), ("bytes(load.lines[])", 48.0)];
    assert_eq!(predict(program, &short).0.function, "main");
    let long = [("len(load.lines)", 1e6), ("bytes(load.lines[])", 480.0)];
    assert_eq!(predict(program, &long).0.function, "load");
    assert!((predict(program, &long).1.expect("all is given") - 528e6).abs() < 1e3);
}

#[test]
fn records_and_dicts_take_what_their_tables_take() {
    let program = "class P:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\nps = []\nfor line in open('f'):\n    ps.append(P(None, None))\nprint(ps)\n";
    // 48 and a table of 24 + 2·8 bytes, rounded to 48; the pointer.
    assert_eq!(formula(program), "104·len(ps) + 64");
    let program = "ds = [{'a': None, 'b': None} for line in open('f')]\nprint(ds)\n";
    assert_eq!(formula(program), "200·len(ds) + 64");
}

#[test]
fn generators_hold_nothing_but_what_they_take_from() {
    let program =
        "def read():\n    for line in open('f'):\n        yield float(line)\nprint(sum(x for x in read()))\n";
    assert!(predict(program, &[]).1.expect("it is a number") < 1000.0);
}

#[test]
fn a_spilled_list_takes_its_tail() {
    let program = "from spacetime_compiler.runtime import SpillList\nxs = SpillList(float(line) for line in open('f'))\nprint(len(xs))\n";
    assert_eq!(predict(program, &[("len(xs)", 1e6)]).1, Some(1_048_576.0));
    // What takes less than that never leaves memory.
    let little = predict(program, &[("len(xs)", 1e3)]).1;
    assert!(little.is_some_and(|bytes| (bytes - 40e3).abs() < 100.0), "{little:?}");
}

#[test]
fn records_equal_to_themselves_only_stay_in_memory() {
    let program = "from spacetime_compiler.runtime import SpillList\nclass P:\n    def __init__(self):\n        self.a = None\nps = SpillList(frozen=True)\nfor line in open('f'):\n    ps.append(P())\nprint(ps)\n";
    let given = [("len(ps)", 1e6)];
    let stays = predict(program, &given);
    assert!(stays.1 > Some(80e6), "{}", stays.0.size);
    let compared = program.replace("frozen=True", "frozen=True, compared=False");
    assert_eq!(predict(&compared, &given).1, Some(1_048_576.0));
}

#[test]
fn recursion_and_loops_come_to_an_end() {
    let program = "def f(n):\n    return [f(n - 1), f(n - 2)]\nx = f(5)\nwhile True:\n    x = [x]\n";
    let (found, _) = predict(program, &[]);
    assert!(found.line > 0);
}
