//! Patterns in Python notation against snippets: what matches, what does not,
//! and what the holes stand for.

use spacetime_pattern::{Match, Pattern, PatternError, PatternSet};
use spacetime_syntax::{Module, NodeId, SourceKind, Tree};

/// All matches of one pattern, each as `NAME=text; …` in the order of names.
fn find(pattern: &str, source: &str) -> Vec<String> {
    let pattern = Pattern::parse_python(pattern).unwrap_or_else(|problem| panic!("{pattern}: {problem}"));
    let names: Vec<_> = pattern.names().map(str::to_owned).collect();
    let module = Module::parse(source, SourceKind::Python).expect("the snippet is Python");
    let tree = Tree::new(&module);
    let found = PatternSet::new([pattern]).scan(&tree);
    found.iter().map(|found| show(&module, &tree, &names, found)).collect()
}

fn show(module: &Module, tree: &Tree<'_>, names: &[String], found: &Match<NodeId>) -> String {
    let text = |id: NodeId| module.slice(tree.node(id)).to_owned();
    let shown = names.iter().map(|name| match found.one(name) {
        Some(node) => format!("{name}={}", text(node)),
        None => format!("{name}={:?}", found.many(name).iter().map(|id| text(*id)).collect::<Vec<_>>()),
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn patterns_and_snippets() {
    let table: &[(&str, &str, &[&str])] = &[
        ("sum($XS)", "sum(a) + sum((x for x in b))", &["XS=a", "XS=(x for x in b)"]),
        ("sum($XS)", "sum(a, 1); sum(*a); sum(start=a); total(a); m.sum(a); sum()", &[]),
        (
            "sum($XS, $$$REST)",
            "sum(a); sum(b, 1, *c, k=2, **d)",
            &["XS=a; REST=[]", r#"XS=b; REST=["1", "*c", "k=2", "**d"]"#],
        ),
        ("$OBJ.extend($XS)", "a.b[0].extend([1])\nextend(x)\na.append(x)", &["OBJ=a.b[0]; XS=[1]"]),
        (
            "[$E for $$$CLAUSES]",
            "[f(x) for y in z for x in y if x]; [x]; {x for x in y}",
            &[r#"E=f(x); CLAUSES=["for y in z", "for x in y if x"]"#],
        ),
        (
            "[$E for $X in $XS]",
            "[a for b in c]; [a for b in c if d]; [a for b in c for d in e]",
            &["E=a; X=b; XS=c"],
        ),
        (
            "[$X for $X in $XS if $$$C]",
            "[a for a in c if d if e]; [a for b in c if a]",
            &[r#"X=a; XS=c; C=["d", "e"]"#],
        ),
        ("[$E for $X in $XS for $$$MORE]", "[a for b in c]", &["E=a; X=b; XS=c; MORE=[]"]),
        (
            "for $I in $ITER: $$$BODY",
            "for a in b:\n  c\n  d\nfor a in b: c\nelse: d\n",
            &[r#"I=a; ITER=b; BODY=["c", "d"]"#],
        ),
        (
            "for $I in $ITER: $$$BODY\nelse: $$$E",
            "for a in b: c\nfor a in b:\n  c\nelse:\n  d\n  e\n",
            &[r#"I=a; ITER=b; BODY=["c"]; E=[]"#, r#"I=a; ITER=b; BODY=["c"]; E=["d", "e"]"#],
        ),
        ("for $I in $ITER: $$$BODY", "async def f():\n  async for a in b: c\n", &[]),
        (
            "for $I in $ITER: $$$; $X.append($E)",
            "for a, b in c:\n  a = 1\n  d.append(a)\n",
            &["I=a, b; ITER=c; X=d; E=a"],
        ),
        (
            "$X = [$E for $$$C]",
            "a = [b for c in d]\na = b = [c for c in d]\na: int = [b for c in d]",
            &[r#"X=a; E=b; C=["for c in d"]"#],
        ),
        ("$X = []", "a = []\nb.c = []\nd = [e]\n(f) = []\ng, h = []", &["X=a", "X=b.c", "X=f", "X=g, h"]),
        ("$X.append($E)", "a.append(1) or b.append(c)\na.append", &["X=a; E=1", "X=b; E=c"]),
        ("$X.append($E);", "a.append(1)\nb = a.append(2)\n", &["X=a; E=1"]),
        ("sorted($$$ARGS)", "sorted(a, key=b, *c)", &[r#"ARGS=["a", "key=b", "*c"]"#]),
        (
            "sorted($$$ARGS)[$K]",
            "sorted(a)[0]; sorted(a)[-1]; sorted(a)[1:]; s(a)[0]",
            &[r#"ARGS=["a"]; K=0"#, r#"ARGS=["a"]; K=-1"#],
        ),
        ("sorted($$$ARGS)[0]", "sorted(a)[0]; sorted(a)[-1]", &[r#"ARGS=["a"]"#]),
        (
            "sorted($$$ARGS)[:$K]",
            "sorted(a)[:3]; sorted(a)[3:]; sorted(a)[1:3]; sorted(a)[:3:2]",
            &[r#"ARGS=["a"]; K=3"#],
        ),
        ("$F.readlines()", "f.readlines(); open(p).readlines(); f.readlines(3)", &["F=f", "F=open(p)"]),
        ("$F.read().splitlines()", "f.read().splitlines(); f.read(1).splitlines()", &["F=f"]),
        ("$X.sort($$$ARGS)", "a.sort(); a.sort(key=f)", &["X=a; ARGS=[]", r#"X=a; ARGS=["key=f"]"#]),
        ("list($XS)", "list(list(a))", &["XS=list(a)", "XS=a"]),
        (
            "f(key=$K, $$$REST)",
            "f(key=1); f(key=1, x=2, *a); f(1, key=1)",
            &["K=1; REST=[]", r#"K=1; REST=["x=2", "*a"]"#],
        ),
        (
            "$F($$$BEFORE, key=$K, $$$AFTER)",
            "f(1, key=2, rev=3); g(key=1)",
            &[r#"F=f; BEFORE=["1"]; K=2; AFTER=["rev=3"]"#, "F=g; BEFORE=[]; K=1; AFTER=[]"],
        ),
        ("$X + $X", "a + a; a.b(1) + (a . b( 1 )); a + b; 'x' + \"x\"", &["X=a", "X=a.b(1)", "X='x'"]),
        ("$X - $X", "ﬁ - fi", &["X=ﬁ"]),
        ("$_ + $_", "a + b; a - b", &[""]),
        ("$X = $X", "a = (a)\nb = a", &["X=a"]),
        ("$X.$ATTR()", "a.b(); a()", &["X=a; ATTR=b"]),
        ("a < $X <= b", "a < 1 <= b; a < 1 < b; a <= 1 <= b", &["X=1"]),
        ("not $X", "not a; -a", &["X=a"]),
        ("$X += $Y", "a += 1\na -= 1", &["X=a; Y=1"]),
        ("{**$$$ITEMS}", "{}; {1: 2, **a}; {1}", &["ITEMS=[]", r#"ITEMS=["1", "2", "a"]"#]),
        ("{$K: $V}", "{1: 2}; {**a}; {1: 2, 3: 4}", &["K=1; V=2"]),
        ("{$K: $V for $$$C}", "{a: b for a, b in c}", &[r#"K=a; V=b; C=["for a, b in c"]"#]),
        (
            "with $CTX as $F: $$$BODY",
            "with open(p) as f:\n  a\n  b\nwith x: pass",
            &[r#"CTX=open(p); F=f; BODY=["a", "b"]"#],
        ),
        ("with $$$ITEMS: $$$", "with a as b, c: pass", &[r#"ITEMS=["a as b", "c"]"#]),
        (
            "def $F($$$P): $$$B",
            "def f(a, /, b=1, *c, d: int, **e): pass\ndef g() -> int: pass",
            &[r#"F=f; P=["a", "b=1", "*c", "d: int", "**e"]; B=["pass"]"#],
        ),
        (
            "@$$$D\ndef $F($$$): $$$B",
            "@a\n@b(1)\ndef f(): pass\ndef g(): pass",
            &[r#"D=["@a", "@b(1)"]; F=f; B=["pass"]"#, r#"D=[]; F=g; B=["pass"]"#],
        ),
        (
            "try: $$$B\nexcept $$$H: pass",
            "try: a\nexcept A: b\nexcept: c\ntry: a\nexcept A: b\nfinally: c",
            &[r#"B=["a"]; H=["except A: b", "except: c"]"#],
        ),
        (
            "if $C: $$$B\nelif $$$E: pass",
            "if a: b\nelif c: d\nelse: e\n",
            &[r#"C=a; B=["b"]; E=["elif c: d", "else: e"]"#],
        ),
        ("while $C:\n    $S\n", "while a: b = 1\nwhile a: b; c", &["C=a; S=b = 1"]),
        (
            "from $M import $$$N",
            "from a.b import c, d as e\nfrom . import x",
            &[r#"M=a.b; N=["c", "d as e"]"#],
        ),
        ("return $X", "def f():\n  return\n  return 1", &["X=1"]),
        ("lambda $$$P: $E", "lambda a, *b: c; lambda: d", &[r#"P=["a", "*b"]; E=c"#]),
        ("open($P, 'r')", "open(a, \"r\"); open(a, 'w'); open(b, r'r'); open(b, b'r')", &["P=a", "P=b"]),
        ("f'{a}'", "f'{a}'; f'{a!r}'; f'{a:}'; f'{a=}'; f'{ a }'", &["", ""]),
        ("$X if $C else $Y", "a if b else c", &["X=a; C=b; Y=c"]),
        ("print($$$A)\n", "print(*a, sep='')", &[r#"A=["*a", "sep=''"]"#]),
    ];
    for (pattern, source, expected) in table {
        assert_eq!(find(pattern, source), *expected, "{pattern} in {source}");
    }
}

#[test]
fn matches_come_in_source_order_and_then_pattern_order() {
    let patterns =
        ["$F($$$A)", "sorted($$$A)[$K]", "sorted($X)"].map(|text| Pattern::parse_python(text).unwrap());
    let module = Module::parse("g(sorted(x)[0])\nh(1)\n", SourceKind::Python).expect("the snippet is Python");
    let tree = Tree::new(&module);
    let found = PatternSet::new(patterns).scan(&tree);
    let seen: Vec<_> =
        found.iter().map(|found| (found.pattern, module.slice(tree.node(found.node)))).collect();
    assert_eq!(
        seen,
        [(0, "g(sorted(x)[0])"), (1, "sorted(x)[0]"), (0, "sorted(x)"), (2, "sorted(x)"), (0, "h(1)"),]
    );
}

#[test]
fn bad_patterns_say_why() {
    let problem = |text| Pattern::parse_python(text).unwrap_err();
    assert_eq!(problem("$X"), PatternError::Everything);
    assert_eq!(problem("$$$X"), PatternError::Everything);
    assert_eq!(problem("a\nb"), PatternError::NotOne(2));
    assert_eq!(problem(""), PatternError::NotOne(0));
    assert_eq!(problem("f($X, $$$X)"), PatternError::OneAndMany("X".into()));
    assert!(matches!(problem("f($X"), PatternError::NoPython(_)));
}
