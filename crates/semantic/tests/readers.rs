//! Files and readers as objects: what walking them changes, and what it yields.

use spacetime_semantic::{Assumptions, Effects, Model, Settings};
use spacetime_syntax::ast::Stmt;
use spacetime_syntax::{Module, NodeId, SourceKind, Tree};

/// What walking the iterable of the first loop does, and what its body does.
fn loop_effects(source: &str) -> (Effects, Effects) {
    let module = Module::parse(source, SourceKind::Python).expect("the source is Python");
    let tree = Tree::new(&module);
    let model = Model::new(&tree, Settings { assumptions: Assumptions::common(), ..Settings::default() });
    let found = tree.ids().find_map(|id| match tree.stmt(id) {
        Some(Stmt::For(stmt)) => Some((id, stmt)),
        _ => None,
    });
    let (id, stmt) = found.expect("there is a loop");
    let body = model.body_of(id).expect("it is in a function");
    let mut done = Effects::default();
    for part in &stmt.body {
        done.add(&model.stmt_effects(&body, tree.id(part)));
    }
    (model.walk_effects(&body, &stmt.iter), done)
}

fn reading(iterable: &str, body: &str) -> (Effects, Effects) {
    loop_effects(&format!(
        "import csv, gzip\ndef f(path):\n    with open(path) as file:\n        reader = csv.reader(file)\n        for row in {iterable}:\n            {body}\n"
    ))
}

#[test]
fn a_row_is_not_its_reader() {
    for iterable in ["reader", "list(reader)", "enumerate(list(reader))", "csv.DictReader(file)"] {
        let (walk, body) = reading(iterable, "row[0] = 1");
        assert!(!walk.writes.overlaps(&body.writes), "{iterable}");
    }
    let (walk, body) = reading("reader", "next(reader)");
    assert!(walk.writes.overlaps(&body.writes));
    let (walk, body) = reading("reader", "file.read()");
    assert!(walk.writes.overlaps(&body.writes));
}

#[test]
fn the_same_row_is_one_object() {
    let (_, first) = reading("reader", "row[0] = 1");
    let (_, second) = reading("reader", "same = row; same[0] = 1");
    assert!(first.writes.overlaps(&second.writes));
}

#[test]
fn a_file_holds_nothing_of_its_path_but_may_wrap_another() {
    let (walk, _) = reading("file", "pass");
    assert!(!walk.writes.has_outer() && walk.raises.is_some());
    for options in ["\"rb\"", "errors=\"replace\"", "encoding=\"Latin_1\""] {
        let (walk, _) = loop_effects(&format!(
            "def f(path):\n    with open(path, {options}) as file:\n        for line in file:\n            pass\n"
        ));
        assert!(!walk.writes.has_outer() && walk.raises.is_none(), "{options}");
    }
    let (walk, body) = reading("gzip.open(file)", "file.read()");
    assert!(walk.writes.overlaps(&body.writes));
}

#[test]
fn a_word_is_the_builtin_where_nothing_binds_it() {
    let means_builtin = |source: &str| {
        let module = Module::parse(source, SourceKind::Python).expect("the source is Python");
        let tree = Tree::new(&module);
        let model = Model::new(&tree, Settings::default());
        let last = NodeId::from_index(tree.len() - 1);
        model.names_builtin(last, "sum")
    };
    assert!(means_builtin("def f(x):\n    return x\n"));
    assert!(!means_builtin("def f(x):\n    sum = 1\n    return x\n"));
    assert!(!means_builtin("def sum(y):\n    pass\ndef f(x):\n    return x\n"));
    assert!(!means_builtin("from m import *\ndef f(x):\n    return x\n"));
}
