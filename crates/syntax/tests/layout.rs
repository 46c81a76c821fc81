//! Lines, indentation and parentheses of statements and expressions.

use spacetime_syntax::{Module, NodeId, SourceKind, Tree, needs_parentheses, needs_parentheses_as_operand};
use spacetime_text::{Ranged, Span};

fn module(text: &str) -> Module {
    Module::parse(text, SourceKind::Python).expect("the snippet is Python")
}

/// The first node whose text is `text` and that `wanted` accepts.
fn find(tree: &Tree<'_>, text: &str, wanted: impl Fn(NodeId) -> bool) -> NodeId {
    let mut found = tree.ids().filter(|id| tree.module().slice(tree.node(*id)) == text && wanted(*id));
    found.next().unwrap_or_else(|| panic!("no node `{text}`"))
}

#[test]
fn statements_know_their_lines() {
    // Source, statement, indentation, line span.
    let table: &[(&str, &str, Option<&str>, Option<&str>)] = &[
        ("x = 1\ny\n", "x = 1", Some(""), Some("x = 1\n")),
        ("if a:\n\tx  # why\n\ty\n", "x", Some("\t"), Some("\tx  # why\n")),
        ("x; y\n", "x", Some(""), None),
        ("x; y\n", "y", None, None),
        ("x;\r\ny\n", "x", Some(""), Some("x;\r\n")),
        ("x ; # c\ny\n", "x", Some(""), Some("x ; # c\n")),
        ("if a: x\ny\n", "x", None, None),
        ("if a: x\ny\n", "if a: x", Some(""), Some("if a: x\n")),
        (
            "def f():\n    if a:\n        x\n    # c\n    y",
            "if a:\n        x",
            Some("    "),
            Some("    if a:\n        x\n"),
        ),
        ("def f():\n    y", "y", Some("    "), Some("    y")),
        ("z\nx = (1,\n  2)  # c\ny\n", "x = (1,\n  2)", Some(""), Some("x = (1,\n  2)  # c\n")),
        ("x\ry\r", "x", Some(""), Some("x\r")),
        ("a = 1; \\\n  b\n", "b", None, None),
        ("# c\\\nb\n", "b", Some(""), Some("b\n")),
        ("\x0cb\n", "b", Some("\x0c"), Some("\x0cb\n")),
        ("@d\ndef f(): pass\n", "@d\ndef f(): pass", Some(""), Some("@d\ndef f(): pass\n")),
    ];
    for (source, statement, indentation, lines) in table {
        let module = module(source);
        let tree = Tree::new(&module);
        let id = find(&tree, statement, |id| tree.stmt(id).is_some());
        let stmt = tree.stmt(id).expect("a statement");
        assert_eq!(module.indentation(stmt), *indentation, "{statement} in {source:?}");
        let span = module.statement_line_span(stmt).map(|span| module.slice(span));
        assert_eq!(span, *lines, "{statement} in {source:?}");
    }
}

#[test]
fn expressions_know_their_parentheses() {
    let table = [
        ("x = a\n", "a", "a"),
        ("x = ((a))\n", "a", "((a))"),
        ("f(a)\n", "a", "a"),
        ("f((a))\n", "a", "(a)"),
        ("f(b, (a) )\n", "a", "(a)"),
        ("f(k=( a ))\n", "a", "( a )"),
        ("(a + b) * c\n", "a + b", "(a + b)"),
        ("(a + b) * c\n", "a", "a"),
        ("class C((a)): pass\n", "a", "(a)"),
        ("class C(a): pass\n", "a", "a"),
        ("for x in (a): pass\n", "a", "(a)"),
        ("with (a): pass\n", "a", "a"),
        ("with (a as b): pass\n", "a", "a"),
        ("with (a, c): pass\n", "c", "c"),
        ("def f(x=(a)): pass\n", "a", "(a)"),
        ("def f(x=a): pass\n", "a", "a"),
        ("lambda x=a: (b)\n", "b", "(b)"),
        ("@(a)\ndef f(): pass\n", "a", "(a)"),
        ("(  # c\n a  # )\n)\n", "a", "(  # c\n a  # )\n)"),
        ("x = (1, 2)\n", "(1, 2)", "(1, 2)"),
        ("x = ((1, 2))\n", "(1, 2)", "((1, 2))"),
        ("f'{(a)}'\n", "a", "(a)"),
        ("x[(a)]\n", "a", "(a)"),
        ("sum((a for a in b))\n", "(a for a in b)", "(a for a in b)"),
        ("return_((yield))\n", "yield", "(yield)"),
        ("del (a)\n", "a", "(a)"),
        ("print(*(a))\n", "a", "(a)"),
        ("case = (a)(b)\n", "a", "(a)"),
        ("case = (a)(b)\n", "b", "b"),
    ];
    for (source, expr, expected) in table {
        let source =
            if source.contains("yield") { format!("def g():\n {source}") } else { source.to_owned() };
        let module = module(&source);
        let tree = Tree::new(&module);
        let id = find(&tree, expr, |id| tree.expr(id).is_some());
        assert_eq!(module.slice(module.parenthesized_span(id, &tree)), expected, "{expr} in {source:?}");
    }
}

#[test]
fn blocks_are_shifted_but_not_their_strings() {
    let source = "if a:\n    x = '''\n    text\n'''\n\n  # odd\n    y = f'''\n    {\n    z}'''\n    f(1,\n      2)\nend\n";
    let module = module(source);
    let end = source.find("end").expect("the end");
    let span = Span::new(6.into(), (end as u32).into());
    let expected = "\tx = '''\n    text\n'''\n\n  # odd\n\ty = f'''\n    {\n    z}'''\n\tf(1,\n\t  2)\n";
    assert_eq!(module.reindent(span, "    ", "\t"), expected);
    // A span that starts in a line leaves what is before it to its user.
    let inner = Span::new(10.into(), (end as u32).into());
    assert_eq!(module.reindent(inner, "    ", "\t"), expected[1..]);
    assert_eq!(module.reindent(span, "", ""), &source[6..end]);
}

#[test]
fn splicing_asks_for_parentheses() {
    // Source, as an argument, as an operand.
    let table = [
        ("a", false, false),
        ("f(x)[0].b", false, false),
        ("(a for a in b)", false, false),
        ("[a for a in b]", false, false),
        ("(1, 2)", false, false),
        ("1, 2", true, true),
        ("lambda: 1", true, true),
        ("a if b else c", true, true),
        ("(a := 1)", true, true),
        ("(yield)", true, true),
        ("a + b", false, true),
        ("not a", false, true),
        ("a < b", false, true),
        ("await a", false, true),
        ("1", false, true),
        ("'a' 'b'", false, true),
    ];
    for (source, argument, operand) in table {
        let text = format!("async def g():\n {source}\n");
        let module = module(&text);
        let tree = Tree::new(&module);
        let value = tree.ids().filter_map(|id| tree.expr(id)).find(|expr| expr.start().to_u32() >= 16);
        let value = value.expect("an expression");
        assert_eq!(
            (needs_parentheses(value), needs_parentheses_as_operand(value)),
            (argument, operand),
            "{source}"
        );
    }
    let text = "sum(a for a in b)\n";
    let module = module(text);
    let tree = Tree::new(&module);
    let bare = tree.ids().filter_map(|id| tree.expr(id)).find(|expr| expr.is_generator_expr());
    assert!(needs_parentheses(bare.expect("a generator")));
}
