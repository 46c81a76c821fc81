//! 2to3's notation against small trees: what matches, and what names bind.

use super::sample::{SYMBOLS, Sample};
use crate::{Binding, Pattern, PatternError, PatternSet};

/// Every match, as `node: name=…`.
fn find(pattern: &str, tree: &str) -> Vec<String> {
    let pattern =
        Pattern::parse_2to3(pattern, &SYMBOLS).unwrap_or_else(|problem| panic!("{pattern}: {problem}"));
    let tree = Sample::parse(tree);
    let found = PatternSet::new([pattern]).scan(&tree);
    let print = |binding: &Binding<usize>| match binding {
        Binding::One(node) => tree.print(*node),
        Binding::Many(nodes) => {
            format!("[{}]", nodes.iter().map(|node| tree.print(*node)).collect::<Vec<_>>().join(" "))
        }
    };
    let show = |found: &crate::Match<usize>| {
        let bound: Vec<_> =
            found.bindings().map(|(name, binding)| format!(" {name}={}", print(binding))).collect();
        format!("{}:{}", tree.print(found.node), bound.concat())
    };
    found.iter().map(show).collect()
}

#[test]
fn patterns_and_trees() {
    let table: &[(&str, &str, &[&str])] = &[
        ("'a'", "p<a b t<a>>", &["a:", "a:"]),
        ("NAME", "p<a .>", &["a:"]),
        ("TOKEN", "p<a .>", &["a:", ".:"]),
        ("t", "p<t<> t<a>>", &["t<>:", "t<a>:"]),
        ("any<'a'>", "p<t<a> s<b> a>", &["t<a>:"]),
        ("p<'a' x=any>", "p<a b>", &["p<a b>: x=b"]),
        ("p<'a' x=any*>", "p<a b c>", &["p<a b c>: x=[b c]"]),
        ("p<x=any* y=any*>", "p<a b>", &["p<a b>: x=[] y=[a b]"]),
        ("p<x=any+ 'c' y=any*>", "p<a b c d c>", &["p<a b c d c>: x=[a b] y=[d c]"]),
        ("p<x=('a'|'b')>", "p<b>", &["p<b>: x=[b]"]),
        ("p<x=('b')>", "p<b>", &["p<b>: x=b"]),
        ("p<x=(y='b')>", "p<b>", &["p<b>: x=b"]),
        ("p<x='a'|y='b'>", "p<b>", &["p<b>: y=b"]),
        ("p<x=('a' 'b')>", "p<a b>", &["p<a b>: x=[a b]"]),
        ("p<x=['a'] 'b'>", "p<b>", &["p<b>: x=[]"]),
        ("p<['a'] x=any>", "p<a>", &["p<a>: x=a"]),
        ("p<(x='a' ',')* 'b'>", "p<a , a , b>", &["p<a , a , b>: x=a"]),
        ("p<any{2,3}>", "p<a b c t<a>>", &[]),
        ("p<any{2,3}>", "p<a b c>", &["p<a b c>:"]),
        ("p<'a'{2}>", "p<a a>", &["p<a a>:"]),
        ("p<not 'a' x=any>", "p<b>", &["p<b>: x=b"]),
        ("p<not 'a' any>", "p<a>", &[]),
        ("p<not ('a' 'b') any+>", "p<a c>", &["p<a c>:"]),
        ("p<not ('a' 'b') any+>", "p<a b c>", &[]),
        ("p<any not 'b'>", "p<a>", &["p<a>:"]),
        ("p<(not ',' any)+ (',' x=(not ',' any)+)*>", "p<a b , c d>", &["p<a b , c d>: x=[c d]"]),
        ("p<x=t<y='a'> | x=s<any>>", "p<t<a>>", &["p<t<a>>: x=t<a> y=a"]),
        ("x=p<any*> | t", "p<t<>>", &["p<t<>>: x=p<t<>>", "t<>:"]),
        ("p<(['a'] ['b'])* 'c'>", "p<b a c>", &["p<b a c>:"]),
        ("p<((any*)*)* 'c'>", "p<a b c>", &["p<a b c>:"]),
        ("p<x=(['a'] ['b']){2} 'c'>", "p<b a c>", &["p<b a c>: x=[b a]"]),
        ("p<'a' x=any> # the rest", "p<a b>", &["p<a b>: x=b"]),
    ];
    for (pattern, tree, expected) in table {
        assert_eq!(find(pattern, tree), *expected, "{pattern} in {tree}");
    }
}

#[test]
fn bad_patterns_say_why() {
    let problem = |text| Pattern::parse_2to3(text, &SYMBOLS).unwrap_err().to_string();
    assert_eq!(problem("power<any>"), "at byte 0: the grammar has no symbol `power`");
    assert_eq!(problem("p<any"), "at byte 5: expected `>`");
    assert_eq!(problem("p any)"), "at byte 5: expected the end of the pattern");
    assert_eq!(problem("p< | any>"), "at byte 3: expected a pattern");
    assert_eq!(problem("not not p"), "at byte 4: expected a text, a name or `(`");
    assert_eq!(problem("NAME<any>"), "at byte 0: a token has no children to be described");
    assert_eq!(problem("''"), "at byte 0: expected a text that is not empty");
    assert_eq!(problem("x='a'{3,2}"), "at byte 2: a repeat of at least 3 and at most 2");
    assert_eq!(problem("'a'{1,"), "at byte 6: expected a number");
    assert_eq!(
        problem("((p{1000}){1000}){1000}"),
        "the pattern is too large: repeats written out, it has more than 20000 places"
    );
    let deep = "(".repeat(100_000);
    assert!(matches!(Pattern::parse_2to3(&deep, &SYMBOLS), Err(PatternError::Expected { at: 200, .. })));
}
