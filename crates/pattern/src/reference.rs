//! The slow matcher: every way in which a pattern matches, one by one, with
//! nothing shared with the fast one but the pattern. What the scan finds has
//! to be the first of these at every node.

use proptest::prelude::*;
use spacetime_syntax::{Module, NodeId, SourceKind, Tree as Python};

use crate::matcher::Binding;
use crate::pattern::{Label, Shape, Step};
use crate::{Pattern, PatternSet, Tree};

type Bound = Vec<(u16, Binding<NodeId>)>;

/// The source of a tree with everything that matters written out.
fn print(tree: &Python<'_>, node: NodeId) -> String {
    let children: Vec<_> = tree.children(node).map(|child| print(tree, child)).collect();
    format!("({} {:?} {} {})", tree.kind(node), tree.label(node), tree.role(node), children.join(" "))
}

fn text(tree: &Python<'_>, binding: &Binding<NodeId>) -> Vec<String> {
    // The role of the node itself says where it stands, not what it is.
    let print = |node: &NodeId| {
        let children: Vec<_> = tree.children(*node).map(|child| print(tree, child)).collect();
        format!("({} {:?} {})", tree.kind(*node), tree.label(*node), children.join(" "))
    };
    match binding {
        Binding::One(node) => vec![print(node)],
        Binding::Many(nodes) => nodes.iter().map(print).collect(),
    }
}

fn at_node(tree: &Python<'_>, shape: &Shape, node: NodeId) -> Vec<Bound> {
    match shape {
        Shape::Hole(_) if !tree.is_whole(node) => vec![],
        Shape::Hole(None) => vec![vec![]],
        Shape::Hole(Some(name)) => vec![vec![(*name, Binding::One(node))]],
        Shape::Node { kind, label, children } => {
            let labels = match label {
                Label::Any => true,
                Label::Is(label) => {
                    tree.label(node).map(|label| label.to_string().into_boxed_str()) == *label
                }
            };
            if *kind != tree.kind(node) || !labels {
                return vec![];
            }
            let nodes: Vec<_> = tree.children(node).collect();
            at_list(tree, children, &nodes)
        }
    }
}

fn at_list(tree: &Python<'_>, steps: &[Step], nodes: &[NodeId]) -> Vec<Bound> {
    let Some((step, steps)) = steps.split_first() else {
        return if nodes.is_empty() { vec![vec![]] } else { vec![] };
    };
    let mut all = Vec::new();
    for taken in 0..=nodes.len() {
        let (taken, rest) = nodes.split_at(taken);
        let firsts = match step {
            Step::One { role, shape } if taken.len() == 1 && tree.role(taken[0]) == *role => {
                at_node(tree, shape, taken[0])
            }
            Step::One { .. } => vec![],
            Step::Many { role, .. }
                if taken.iter().any(|node| role.is_some_and(|role| role != tree.role(*node))) =>
            {
                vec![]
            }
            Step::Many { name, .. } => {
                vec![name.iter().map(|name| (*name, Binding::Many(taken.into()))).collect()]
            }
        };
        for first in firsts {
            for second in at_list(tree, steps, rest) {
                all.push(first.iter().chain(&second).cloned().collect::<Bound>());
            }
        }
    }
    // Names are compared at the very end, by what they look like.
    all
}

fn consistent(tree: &Python<'_>, bound: &Bound) -> bool {
    bound.iter().all(|(a, x)| bound.iter().all(|(b, y)| a != b || text(tree, x) == text(tree, y)))
}

fn reference(tree: &Python<'_>, patterns: &[Pattern]) -> Vec<(usize, NodeId, Bound)> {
    let mut found = Vec::new();
    for node in tree.ids() {
        for (index, pattern) in patterns.iter().enumerate() {
            let mut all = at_node(tree, &pattern.root, node);
            all.retain(|bound| consistent(tree, bound));
            if let Some(first) = all.into_iter().next() {
                found.push((index, node, first));
            }
        }
    }
    found
}

fn check(source: &str, patterns: &[String]) -> Result<usize, TestCaseError> {
    let Ok(module) = Module::parse(source, SourceKind::Python) else { return Ok(0) };
    let patterns: Vec<_> = patterns.iter().filter_map(|text| Pattern::parse_python(text).ok()).collect();
    let tree = Python::new(&module);
    let expected = reference(&tree, &patterns);
    let found = PatternSet::new(patterns.clone()).scan(&tree);
    prop_assert_eq!(found.len(), expected.len(), "{}", source);
    for (found, (pattern, node, bound)) in found.iter().zip(expected) {
        prop_assert_eq!((found.pattern, found.node), (pattern, node));
        for (name, binding) in bound {
            let name = &*patterns[pattern].names[usize::from(name)];
            let got = match found.one(name) {
                Some(node) => Binding::One(node),
                None => Binding::Many(found.many(name).into()),
            };
            // A name that stands twice may be bound to either place.
            prop_assert_eq!(text(&tree, &got), text(&tree, &binding));
        }
    }
    Ok(found.len())
}

fn leaf(holes: bool) -> BoxedStrategy<String> {
    let words: &[&str] =
        if holes { &["a", "f", "(1)", "$A", "$B", "$A", "$B", "$_"] } else { &["a", "b", "f", "(1)", "'s'"] };
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

/// The elements of a list display, with `*` or `$$$`.
fn elements(holes: bool, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let repeat = if holes {
        prop::sample::select(&["$$$R", "$$$S", "$$$"][..]).prop_map(str::to_owned).boxed()
    } else {
        inner.clone().prop_map(|x| format!("*{x}")).boxed()
    };
    let element = prop_oneof![3 => inner, 1 => repeat];
    prop::collection::vec(element, 0..4).prop_map(|all| all.join(", ")).boxed()
}

fn clauses(holes: bool, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    if holes {
        prop::sample::select(&["for $$$C", "for $A in $B if $$$C"][..]).prop_map(str::to_owned).boxed()
    } else {
        inner.prop_map(|x| format!("for a in {x} if a")).boxed()
    }
}

/// Expressions over few names, so that patterns match often; with `holes`,
/// some parts are holes.
fn expression(holes: bool) -> BoxedStrategy<String> {
    leaf(holes)
        .prop_recursive(if holes { 2 } else { 4 }, 24, 4, move |inner| {
            let one = || inner.clone();
            let list = elements(holes, inner.clone().boxed());
            let clauses = clauses(holes, inner.clone().boxed());
            prop_oneof![
                (one(), list.clone()).prop_map(|(f, x)| format!("{f}({x})")),
                (one(), list.clone(), one())
                    .prop_map(|(f, x, y)| format!("{f}({x}, k={y})").replace("(, ", "(")),
                list.prop_map(|x| format!("[{x}]")),
                one().prop_map(|x| format!("{x}.a")),
                (one(), one()).prop_map(|(x, y)| format!("({x} + {y})")),
                (one(), one()).prop_map(|(x, y)| format!("{x}[{y}]")),
                (one(), one()).prop_map(|(x, y)| format!("{x}[{y}:]")),
                (one(), one()).prop_map(|(x, y)| format!("{x}[:{y}]")),
                (one(), clauses).prop_map(|(x, c)| format!("[{x} {c}]")),
                (one(), one()).prop_map(|(x, y)| format!("{{{x}: {y}, **{x}}}")),
            ]
        })
        .boxed()
}

fn statement(holes: bool) -> BoxedStrategy<String> {
    let body = if holes {
        prop_oneof![
            Just("$$$X".to_owned()),
            Just("$$$X\n    $S\n    $$$Y".to_owned()),
            Just("$S\n    $$$X\n    $S".to_owned()),
            expression(true)
        ]
        .boxed()
    } else {
        prop::collection::vec(expression(false), 1..5).prop_map(|all| all.join("\n    ")).boxed()
    };
    let e = expression(holes);
    prop_oneof![
        4 => e.clone(),
        1 => e.clone().prop_map(|x| format!("a = {x}")),
        1 => (e.clone(), body.clone()).prop_map(|(x, b)| format!("for a in {x}:\n    {b}")),
        1 => (e, body.clone(), body).prop_map(|(x, b, c)| format!("while {x}:\n    {b}\nelse:\n    {c}")),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn scan_finds_what_the_slow_matcher_finds(
        source in prop::collection::vec(statement(false), 2..8),
        patterns in prop::collection::vec(statement(true), 8..24),
    ) {
        check(&(source.join("\n") + "\n"), &patterns)?;
    }
}

#[test]
fn agrees_where_names_cross_repeats() {
    let patterns =
        ["f($$$A, $B, $$$C, $B, $$$D)", "[$$$A, $$$A]", "g($$$X)($$$X)", "[f($$$A, $B, $$$C), $B]"];
    let source = "f(1, 2, 3, 2, 1)\n[1, 2, 1, 2]\ng(1, k=2)(1, k=2)\n[f(1, 2, 3), 2]\n[f(1, 2), 3]\n";
    let found = check(source, &patterns.map(str::to_owned)).unwrap();
    assert_eq!(found, 4);
}
