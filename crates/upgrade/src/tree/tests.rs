//! The operations, each against what pytree does.

use super::*;

/// `f(a, b)` as a `power` below a `file_input`, with its names.
fn call() -> (Tree, NodeId, [NodeId; 3]) {
    let mut tree = Tree::growing("f(a, b)\n".to_owned(), 0);
    let f = tree.push_leaf(Kind::Name, 0, 0, 1);
    let open = tree.push_leaf(Kind::LPar, 1, 1, 2);
    let a = tree.push_leaf(Kind::Name, 2, 2, 3);
    let comma = tree.push_leaf(Kind::Comma, 3, 3, 4);
    let b = tree.push_leaf(Kind::Name, 4, 5, 6);
    let close = tree.push_leaf(Kind::RPar, 6, 6, 7);
    let newline = tree.push_leaf(Kind::Newline, 7, 7, 8);
    let end = tree.push_leaf(Kind::EndMarker, 8, 8, 8);
    let arguments = tree.new_node(Kind::Arglist, &[a, comma, b]);
    let trailer = tree.new_node(Kind::Trailer, &[open, arguments, close]);
    let power = tree.new_node(Kind::Power, &[f, trailer]);
    let statement = tree.new_node(Kind::SimpleStmt, &[power, newline]);
    let root = tree.new_node(Kind::FileInput, &[statement, end]);
    tree.complete("f(a, b)\n".to_owned(), Some(root));
    (tree, power, [f, a, b])
}

#[test]
fn text_is_the_source() {
    let (tree, power, [f, a, b]) = call();
    assert_eq!(tree.text(tree.root()), "f(a, b)\n");
    assert_eq!(tree.text(power), "f(a, b)");
    assert_eq!((tree.prefix(b), tree.value(b), tree.text(b)), (" ", "b", " b".to_owned()));
    assert_eq!(tree.suffix(f), "");
    assert_eq!(tree.prefix(power), "");
    assert_eq!((tree.depth(a), tree.depth(tree.root())), (5, 0));
    assert_eq!(tree.find_root(a), Some(tree.root()));
    assert!(!tree.was_changed(tree.root()));
}

#[test]
fn replacing_with_several() {
    let (mut tree, power, [_, a, b]) = call();
    let (c, d) = (tree.new_leaf(Kind::Name, "c"), tree.new_leaf_after(Kind::Name, "d", "\t"));
    assert!(tree.replace(a, &[c, d]));
    assert_eq!(tree.text(tree.root()), "f(c\td, b)\n");
    assert_eq!((tree.parent(a), tree.next_sibling(a), tree.find_root(a)), (None, None, None));
    assert!(!tree.replace(a, &[b]), "it hangs nowhere");
    assert_eq!(tree.parent(c), tree.parent(d));
    assert!(tree.was_changed(tree.root()) && tree.was_changed(power) && !tree.was_changed(c));
    // Something from below takes the place of what holds it.
    let arguments = tree.parent(b).unwrap();
    assert!(tree.replace(arguments, &[b]));
    assert_eq!(tree.text(tree.root()), "f( b)\n");
}

#[test]
fn replacing_with_itself_leaves_it_without_parent() {
    let (mut tree, power, [f, a, b]) = call();
    assert!(tree.replace(a, &[a]));
    assert_eq!(tree.text(tree.root()), "f(a, b)\n");
    assert_eq!((tree.parent(a), tree.next_sibling(a), tree.depth(a)), (None, None, 0));
    assert!(tree.was_changed(tree.root()));
    assert_eq!(tree.children(tree.parent(b).unwrap()).next(), Some(a));
    assert_eq!(tree.remove(a), None);
    assert!(!tree.replace(a, &[b]));
    // Put elsewhere, it is seen in both places.
    let trailer = tree.last_child(power).unwrap();
    tree.append_child(trailer, a);
    assert_eq!(tree.text(tree.root()), "f(a, b)a\n");
    assert_eq!(tree.parent(a), Some(trailer));
    assert_eq!(tree.parent(f), Some(power));
}

#[test]
fn removing_says_where_it_was() {
    let (mut tree, _, [f, _, b]) = call();
    let arguments = tree.parent(b).unwrap();
    assert_eq!(tree.remove(b), Some(2));
    assert_eq!(tree.remove(b), None);
    assert_eq!(tree.text(tree.root()), "f(a,)\n");
    tree.insert_child(arguments, 0, b);
    assert_eq!(tree.text(tree.root()), "f( ba,)\n");
    tree.insert_child(arguments, 99, f);
    assert_eq!(tree.text(tree.root()), "( ba,f)\n");
    assert_eq!(tree.children(arguments).next_back(), Some(f));
    assert_eq!((tree.child_count(arguments), tree.index_in_parent(f)), (4, Some(3)));
    let x = tree.new_leaf(Kind::Name, "x");
    assert!(tree.set_child(arguments, 1, x) && !tree.set_child(arguments, 4, x));
    assert_eq!(tree.text(tree.root()), "( bx,f)\n");
    let Some(comma) = tree.prev_sibling(f) else { panic!() };
    assert_eq!((tree.value(comma), tree.prev_sibling(b)), (",", None));
}

#[test]
fn prefixes_belong_to_the_first_leaf() {
    let (mut tree, power, [f, _, b]) = call();
    tree.set_prefix(power, "  ");
    assert_eq!((tree.prefix(f), tree.text(tree.root())), ("  ", "  f(a, b)\n".to_owned()));
    assert!(tree.was_changed(f));
    tree.set_prefix(b, "");
    tree.set_value(b, "bb");
    assert_eq!(tree.text(tree.root()), "  f(a,bb)\n");
    let empty = tree.new_node(Kind::Arglist, &[]);
    tree.set_prefix(empty, "x");
    assert_eq!((tree.prefix(empty), tree.lineno(empty), tree.was_changed(empty)), ("", None, false));
    tree.set_value(f, "g");
    assert_eq!((tree.value(f), tree.prefix(f)), ("g", "  "));
}

#[test]
fn lines_outlive_changes_and_clones() {
    let mut tree = Tree::growing("a\n\nb\n".to_owned(), 0);
    let a = tree.push_leaf(Kind::Name, 0, 0, 1);
    let b = tree.push_leaf(Kind::Name, 2, 3, 4);
    let both = tree.new_node(Kind::Testlist, &[a, b]);
    tree.complete("a\n\nb\n".to_owned(), Some(both));
    tree.set_prefix(b, "#\n");
    let copy = tree.clone_node(both);
    tree.set_value(b, "x");
    let made = tree.new_leaf(Kind::Name, "y");
    let lines = [both, b, made].map(|node| tree.lineno(node));
    assert_eq!(lines, [Some(1), Some(3), Some(0)]);
    assert_eq!(tree.text(copy), "a#\nb");
    assert_eq!(tree.lineno(tree.last_child(copy).unwrap()), Some(3));
}

#[test]
fn equality_ignores_prefixes() {
    let (mut tree, power, [_, a, b]) = call();
    let copy = tree.clone_node(power);
    tree.set_prefix(copy, "  ");
    assert!(tree.equal(power, copy) && tree.equal(copy, power));
    assert!(!tree.equal(a, b) && !tree.equal(power, a));
    let last = tree.last_child(copy).unwrap();
    let extra = tree.new_leaf(Kind::RPar, ")");
    tree.append_child(last, extra);
    assert!(!tree.equal(power, copy) && !tree.equal(copy, power));
    // The same leaves, held in another way.
    let leaves: Vec<NodeId> = (0..4).map(|_| tree.new_leaf(Kind::Name, "n")).collect();
    let pair = tree.new_node(Kind::Testlist, &leaves[..1]);
    let left = tree.new_node(Kind::Testlist, &[pair, leaves[1]]);
    let pair = tree.new_node(Kind::Testlist, &leaves[2..]);
    let right = tree.new_node(Kind::Testlist, &[pair]);
    assert!(!tree.equal(left, right) && !tree.equal(right, left));
}

#[test]
fn marks_go_to_clones() {
    let (mut tree, power, [f, ..]) = call();
    tree.set_applied(f, 3);
    tree.set_applied(f, 70);
    tree.set_checked(power, true);
    let copy = tree.clone_node(power);
    let name = tree.first_child(copy).unwrap();
    let applied = [3, 70, 4, 6].map(|fixer| tree.is_applied(name, fixer));
    assert_eq!(applied, [true, true, false, false]);
    assert!(tree.was_checked(power) && !tree.was_checked(copy) && !tree.is_applied(copy, 3));
}

#[test]
fn orders() {
    let (tree, power, _) = call();
    let names = |nodes: Vec<NodeId>| -> Vec<&'static str> {
        nodes.into_iter().map(|node| tree.kind(node).name()).collect()
    };
    let pre = "power NAME trailer LPAR arglist NAME COMMA NAME RPAR";
    let post = "NAME LPAR NAME COMMA NAME arglist RPAR trailer power";
    assert_eq!(names(tree.pre_order(power).collect()).join(" "), pre);
    assert_eq!(names(tree.post_order(power).collect()).join(" "), post);
    assert_eq!(tree.leaves(tree.root()).count(), 8);
}

#[test]
fn text_does_not_run_from_the_source_into_what_was_added() {
    let mut tree = Tree::growing("a".to_owned(), 0);
    let a = tree.push_leaf(Kind::Name, 0, 0, 1);
    let b = tree.new_leaf(Kind::Name, "b");
    let both = tree.new_node(Kind::Testlist, &[a, b]);
    assert_eq!(tree.text(both), "ab");
}

#[test]
fn depth_is_no_danger() {
    let (mut tree, _, [f, ..]) = call();
    let mut node = f;
    for _ in 0..100_000 {
        node = tree.new_node(Kind::Atom, &[node]);
    }
    let copy = tree.clone_node(node);
    assert!(tree.equal(node, copy));
    assert_eq!((tree.text(copy), tree.depth(f)), ("f".to_owned(), 100_000));
    assert_eq!((tree.post_order(copy).count(), tree.prefix(copy)), (100_001, ""));
}

#[test]
fn long_prefixes_are_kept_and_copied() {
    for length in [0, 1, 254, 255, 256, 70_000] {
        let prefix = " ".repeat(length);
        let mut tree = Tree::of_leaf(&prefix, "x", Kind::Name);
        let root = tree.root();
        assert_eq!(tree.prefix(root), prefix);
        let made = tree.new_leaf_after(Kind::Name, "y", &prefix);
        let copies = [tree.clone_node(root), tree.clone_node(made)];
        for (leaf, value) in [root, made].into_iter().chain(copies).zip(["x", "y", "x", "y"]) {
            assert_eq!(tree.text(leaf), format!("{prefix}{value}"));
            tree.set_value(leaf, "zz");
            assert_eq!(tree.text(leaf), format!("{prefix}zz"));
            tree.set_prefix(leaf, "#\n");
            assert_eq!(tree.text(leaf), "#\nzz");
            tree.set_prefix(leaf, &prefix);
            assert_eq!(tree.text(leaf), format!("{prefix}zz"));
        }
        let line = tree.lineno(root);
        assert_eq!(line, Some(1));
    }
}

#[test]
fn what_is_lifted_is_copied_in_the_end_and_once() {
    let (mut tree, power, [f, a, b]) = call();
    let statement = tree.parent(power).unwrap();
    let trailer = tree.parent(tree.parent(a).unwrap()).unwrap();
    tree.set_applied(a, 3);
    // `g(f(a, b))`, made as a fixer does, and again `h(g(f(a, b)))`.
    let inner = tree.lift(f);
    let made = tree.new_leaf(Kind::Name, "g");
    let [lifted, name] = [tree.lift(trailer), inner];
    let call = tree.new_node(Kind::Power, &[name, lifted]);
    let first = tree.new_node(Kind::Power, &[made, call]);
    assert!(tree.replace(power, &[first]) && tree.has_lifted());
    let outer = tree.lift(call);
    let made = tree.new_leaf(Kind::Name, "h");
    let second = tree.new_node(Kind::Power, &[made, outer]);
    assert!(tree.replace(first, &[second]));
    let before = tree.nodes_made();
    tree.settle();
    assert_eq!((tree.text(tree.root()).as_str(), tree.has_lifted()), ("hf(a, b)\n", false));
    // `call` with its eight nodes below, and nothing twice.
    assert_eq!((tree.nodes_made() - before, tree.is_gone(a), tree.is_gone(second)), (9, true, false));
    assert_eq!([a, b, call].map(|node| tree.find_root(node)), [None; 3]);
    let copy = tree.leaves(second).find(|leaf| tree.value(*leaf) == "a").unwrap();
    assert!(tree.is_applied(copy, 3) && tree.find_root(copy) == Some(tree.root()));
    assert_eq!((tree.lineno(copy), tree.parent(second)), (Some(1), Some(statement)));
    // What hangs nowhere cannot be lifted: it is copied.
    assert!(tree.lift(power) != power);
}
