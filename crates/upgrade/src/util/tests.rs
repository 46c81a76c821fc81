//! Questions to small sources, and what the makers write.

use super::*;
use crate::{Dialect, Kind, NodeId, Tree, parse};

fn tree(source: &str) -> Tree {
    parse(source.to_owned(), Dialect::default()).unwrap().tree
}

/// The first name of that text, from the left.
fn leaf(tree: &Tree, text: &str) -> NodeId {
    tree.leaves(tree.root()).find(|leaf| tree.value(*leaf) == text).unwrap()
}

/// The expression that is the first statement.
fn first_expression(source: &str) -> (Tree, NodeId) {
    let tree = tree(source);
    let statement = tree.first_child(tree.root()).unwrap();
    let expression = tree.first_child(statement).unwrap();
    (tree, expression)
}

#[test]
fn tuples_and_lists() {
    let tuple = ["(a, b)", "()", "(a.b)", "(a for a in b)"];
    for (source, expected) in tuple.iter().map(|one| (one, true)).chain([(&"(a)", false), (&"[a]", false)]) {
        let (tree, node) = first_expression(&format!("{source}\n"));
        assert_eq!(is_tuple(&tree, node), expected, "{source}");
    }
    for (source, expected) in [("[]", true), ("[a, b]", true), ("{a}", false), ("a[b]", false)] {
        let (tree, node) = first_expression(&format!("{source}\n"));
        assert_eq!(is_list(&tree, node), expected, "{source}");
    }
}

#[test]
fn where_anything_iterable_will_do() {
    let yes = ["for a in HERE(): pass", "[a for a in HERE()]", "list(HERE())", "x.join(HERE())"];
    let yes = yes.iter().chain(&["x.a.join(HERE()).b", "sorted(HERE(), b)", "enumerate(HERE(), 1).c"]);
    let no = ["HERE()", "for HERE() in a: pass", "for a in b: HERE()", "min(HERE())", "x.list(HERE())"];
    let no =
        no.iter().chain(&["sorted(a, HERE())", "list(a).join(HERE())", "list(HERE(), a)", "list[HERE()]"]);
    for (source, expected) in yes.map(|one| (one, true)).chain(no.map(|one| (one, false))) {
        let tree = tree(&format!("{source}\n"));
        let call = tree.parent(leaf(&tree, "HERE")).unwrap();
        assert_eq!(in_special_context(&tree, call), expected, "{source}");
    }
}

#[test]
fn names_that_are_probably_builtin() {
    let yes = ["HERE", "HERE.a", "a = HERE", "f(HERE)", "f(HERE=a)", "def f(a=HERE): pass"];
    let no = ["a.HERE", "HERE = a", "def HERE(): pass", "class HERE: pass", "def f(HERE): pass"];
    let no = no.iter().chain(&["def f(a, HERE): pass", "def f(HERE, a): pass"]);
    for (source, expected) in yes.iter().map(|one| (one, true)).chain(no.map(|one| (one, false))) {
        let tree = tree(&format!("{source}\n"));
        assert_eq!(is_probably_builtin(&tree, leaf(&tree, "HERE")), expected, "{source}");
    }
}

#[test]
fn bindings() {
    for (source, package, expected) in [
        ("a = 1", None, true),
        ("b, (a) = 1", None, true),
        ("a.b = 1", None, true),
        ("b.a = 1", None, false),
        ("a == 1", None, false),
        ("import b.a", None, false),
        ("import b, c as a", None, true),
        ("from b import a", None, true),
        ("from b import (a)", None, false),
        ("from b import c, a", None, true),
        ("from b import c as a", None, true),
        ("from b import *", None, false),
        ("def a(): pass", None, true),
        ("class b:\n    a = 1", None, false),
        ("for a in b: pass", None, true),
        ("for b in c:\n    a = 1", None, true),
        ("for b in c: pass\nelse: a = 1", None, true),
        ("if b: a = 1\nelse: c", None, false),
        ("if b: c\nelse: a = 1", None, true),
        ("while b: a = 1", None, true),
        ("try: a = 1\nexcept: c", None, true),
        ("try: b\nexcept: c\nfinally:\n    a = 1", None, true),
        ("with b as a: a = 1", None, false),
        ("import a", Some("b"), false),
        ("a = 1", Some("b"), false),
        ("from b import a", Some("b"), true),
        ("from b . c import a", Some("b . c"), true),
        ("from c import a", Some("b"), false),
        ("from b import *", Some("b"), true),
        ("from b import c as a", Some("b"), false),
        ("a = 1\nif c: from b import a", Some("b"), true),
        ("for a in c: pass", Some("b"), true),
    ] {
        let tree = tree(&format!("{source}\n"));
        let found = does_tree_import(&tree, package, "a", tree.first_child(tree.root()).unwrap());
        assert_eq!(found, expected, "{source} {package:?}");
    }
}

#[test]
fn places_of_new_imports() {
    for (before, after) in [
        ("# c\nx\n", "import new\n# c\nx\n"),
        ("'doc'\nx\n", "'doc'\nimport new\nx\n"),
        ("x\n'doc'\n'b'\n", "x\n'doc'\nimport new\n'b'\n"),
        (
            "x\nimport a\nfrom b import c\n# c\nx\nimport d\n",
            "x\nimport a\nfrom b import c\nimport new\n# c\nx\nimport d\n",
        ),
        ("import a; x\n", "import a; x\nimport new\n"),
        ("import new\n", "import new\n"),
    ] {
        let mut tree = tree(before);
        let node = tree.first_child(tree.root()).unwrap();
        touch_import(&mut tree, None, "new", node);
        assert_eq!(tree.text(tree.root()), after);
    }
    let mut tree = tree("x\n");
    let node = tree.first_child(tree.root()).unwrap();
    touch_import(&mut tree, Some("a.b"), "c", node);
    assert_eq!(tree.text(tree.root()), "from a.b import c\nx\n");
}

#[test]
fn indentations() {
    let tree = tree("if a:\n\tb\n\tif c:\n\t  d\n\tif e: f\n");
    for (name, expected) in [("a", ""), ("b", "\t"), ("c", "\t"), ("d", "\t  "), ("f", "\t")] {
        assert_eq!(find_indentation(&tree, leaf(&tree, name)), expected, "{name}");
    }
}

#[test]
fn makers() {
    let mut tree = tree("x\n");
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|one| name(&mut tree, one));
    let list = list_comp(&mut tree, a, b, c, Some(d));
    assert_eq!(tree.text(list), "[a for b in c if d]");
    let one = number(&mut tree, "1");
    let index = subscript(&mut tree, one);
    assert_eq!(tree.text(index), "[1]");
    assert_eq!(tree.first_child(index).map(|open| tree.kind(open)), Some(Kind::LBrace));
    let (key, value) = (name(&mut tree, "k"), string(&mut tree, "'v'"));
    let keyword = keyword_arg(&mut tree, key, value);
    let function = name_after(&mut tree, "f", "  ");
    let called = call(&mut tree, function, &[keyword]);
    assert_eq!(tree.text(called), "  f(k='v')");
    let wrapped = parenthesize(&mut tree, called);
    let target = name(&mut tree, "t");
    let assignment = assign(&mut tree, target, &[wrapped]);
    assert_eq!(tree.text(assignment), "t = (  f(k='v'))");
}
