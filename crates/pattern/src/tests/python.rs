//! The scan against the slow matcher, on random Python and patterns with holes.

use proptest::prelude::*;
use spacetime_syntax::{Module, NodeId, SourceKind, Tree as Python};

use crate::binding::{Bound, same};
use crate::reference::first_match;
use crate::{Pattern, PatternSet};

fn reference(tree: &Python<'_>, patterns: &[Pattern]) -> Vec<(usize, NodeId, Bound<NodeId>)> {
    let mut found = Vec::new();
    for node in tree.ids().map(|id| NodeId::from_index(id.index())) {
        for (number, pattern) in patterns.iter().enumerate() {
            found.extend(
                first_match(tree, pattern, node)
                    .expect("there are few ways")
                    .map(|bound| (number, node, bound)),
            );
        }
    }
    found
}

fn check(source: &str, patterns: &[String]) -> Result<usize, TestCaseError> {
    let Ok(module) = Module::parse(source, SourceKind::Python) else { return Ok(0) };
    let patterns: Vec<_> = patterns.iter().filter_map(|text| Pattern::parse_python(text).ok()).collect();
    let tree = Python::new(&module);
    let expected = reference(&tree, &patterns);
    let found = PatternSet::new(patterns).scan(&tree);
    prop_assert_eq!(found.len(), expected.len(), "{}", source);
    for (found, (pattern, node, bound)) in found.iter().zip(expected) {
        prop_assert_eq!((found.pattern, found.node), (pattern, node));
        for (got, wanted) in found.bindings.iter().zip(&bound) {
            // A name that stands twice may be bound to either place.
            let equal = match (got, wanted) {
                (Some(got), Some(wanted)) => same(&tree, got, wanted),
                (got, wanted) => got.is_none() && wanted.is_none(),
            };
            prop_assert!(equal, "{:?} {:?}", found, bound);
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
