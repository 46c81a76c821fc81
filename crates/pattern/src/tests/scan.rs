//! What a scan costs: how much is read again, how much is kept, how deep and
//! how long trees may be.

use super::sample::{NAME, SYMBOLS, Sample, symbol};
use crate::{Pattern, PatternSet};

fn set(patterns: &[&str]) -> PatternSet {
    patterns.iter().map(|text| Pattern::parse_2to3(text, &SYMBOLS).expect("a pattern")).collect()
}

#[test]
fn only_what_changed_and_what_is_above_it_is_read_again() {
    let mut tree = Sample::parse(&format!("p<{} q<t<a>>>", "s<b> ".repeat(1000)));
    let set = set(&["p< any* q<t<'c'>> any* >"]);
    let mut scan = set.start(&tree);
    let all = tree.nodes.len();
    assert_eq!(scan.reads(), all);
    assert!(!scan.matches(&tree, 0, 0));
    let leaf = all - 1;
    tree.nodes[leaf].text = Some("c".to_owned());
    tree.changes.push(leaf);
    assert!(scan.matches(&tree, 0, 0));
    assert_eq!(scan.reads(), all + 4, "a, t, q and p");
}

#[test]
fn new_nodes_are_read_when_they_are_asked_about() {
    let mut tree = Sample::parse("p<a>");
    let set = set(&["p< 'a' t<'b'> >"]);
    let mut scan = set.start(&tree);
    let new = tree.push(None, symbol("t").expect("a letter"), None);
    tree.push(Some(new), NAME, Some("b".to_owned()));
    assert!(!scan.matches(&tree, 0, 0), "it hangs nowhere yet");
    tree.nodes[new].parent = Some(0);
    tree.nodes[0].children.push(new);
    tree.changes.push(0);
    assert!(scan.matches(&tree, 0, 0));
}

#[test]
fn deep_and_long_trees_take_no_stack_and_little_time() {
    const SIZE: usize = 100_000;
    let kind = symbol("p").expect("a letter");
    let (mut deep, mut long) = (Sample::default(), Sample::default());
    deep.push(None, kind, None);
    long.push(None, kind, None);
    for node in 0..SIZE {
        deep.push(Some(node), kind, None);
        long.push(Some(0), NAME, Some(if node == SIZE / 2 { "a" } else { "b" }.to_owned()));
    }
    let set = set(&["p<p<p<not any>>>", "p< x=any* 'a' y=('b')* >"]);
    assert_eq!(set.scan(&deep).len(), 1);
    let found = set.scan(&long);
    assert_eq!((found[0].many("x").len(), found[0].many("y").len()), (SIZE / 2, SIZE / 2 - 1));
}

#[test]
fn memory_is_bounded() {
    const LIMIT: usize = 100_000;
    // Each tree needs states that no other tree needs.
    let texts: Vec<String> = (0..400).map(|number| format!("any< any* 'w{number}' any* >")).collect();
    let mut set = set(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    set.limit_memory(LIMIT);
    for start in 0..400 {
        let words: Vec<_> = (0..20).map(|step| format!("w{}", (start * 7 + step * 31) % 400)).collect();
        let tree = Sample::parse(&format!("p<{}>", words.join(" ")));
        let scan = set.start(&tree);
        assert!(scan.memory() < 2 * LIMIT, "{} bytes", scan.memory());
    }
}

#[test]
fn the_same_scans_make_the_same_tables() {
    let bytes = || {
        let set = set(&["p< any* x='a' not 'b' any* >", "t | 'a'", "any< (not 'a' any)+ >"]);
        for tree in ["p<a b t<c>>", "t<p<a> p<b a>>"] {
            set.scan(&Sample::parse(tree));
        }
        set.save()
    };
    assert_eq!(bytes(), bytes());
}
