//! Trees and errors of small sources: those that lib2to3 of Python 3.11 gives.
// tidy: long because it holds tables of sources and trees

use super::*;
use crate::tree::NodeId;

fn shape(text: &str) -> Result<String, String> {
    let parsed = parse(text.to_owned(), Dialect::default()).map_err(|error| error.to_string())?;
    let shape = described(&parsed.tree, parsed.tree.root());
    match parsed.beyond {
        None => Ok(shape),
        Some(error) => Err(error.to_string()),
    }
}

/// Kinds and values; not prefixes, which are where the text of the tree is the source.
fn described(tree: &Tree, node: NodeId) -> String {
    if tree.is_leaf(node) {
        return tree.value(node).trim_end().to_owned();
    }
    let children: Vec<String> = tree.children(node).map(|child| described(tree, child)).collect();
    format!("{}({})", tree.kind(node).name(), children.join(" "))
}

#[test]
fn shapes_are_those_of_lib2to3() {
    let cases = [
        ("print a, b\n", "file_input(simple_stmt(print_stmt(print a , b) ) )"),
        ("print >>f, x\n", "file_input(simple_stmt(print_stmt(print >> f , x) ) )"),
        ("exec \"x\" in a, b\n", "file_input(simple_stmt(exec_stmt(exec \"x\" in a , b) ) )"),
        (
            "f(a, *b, c=1)\n",
            "file_input(simple_stmt(power(f trailer(( arglist(a , argument(* b) , argument(c = 1)) ))) ) )",
        ),
        (
            "async def f(): await x\n",
            "file_input(async_stmt(async funcdef(def f parameters(( )) : simple_stmt(power(await x) ))) )",
        ),
        (
            "async = 1; await_ = async\n",
            "file_input(simple_stmt(expr_stmt(async = 1) ; expr_stmt(await_ = async) ) )",
        ),
        (
            "[x for y in z for x in 1, 2]\n",
            "file_input(simple_stmt(atom([ listmaker(x comp_for(for y in z comp_for(for x in testlist_safe(1 , 2)))) ]) ) )",
        ),
        (
            "def f(a, (b, c)=1, *d, e=2, **g): pass\n",
            "file_input(funcdef(def f parameters(( typedargslist(a , tfpdef(( tfplist(b , c) )) = 1 , * d , e = 2 , ** g) )) : simple_stmt(pass )) )",
        ),
        (
            "lambda (a, b), *c: a\n",
            "file_input(simple_stmt(lambdef(lambda varargslist(vfpdef(( vfplist(a , b) )) , * c) : a) ) )",
        ),
        (
            "lambda a, /, b=1, *, c: a\n",
            "file_input(simple_stmt(lambdef(lambda varargslist(a , / , b = 1 , * , c) : a) ) )",
        ),
        (
            "class A(B, metaclass=C): x = 1; y = 2\n",
            "file_input(classdef(class A ( arglist(B , argument(metaclass = C)) ) : simple_stmt(expr_stmt(x = 1) ; expr_stmt(y = 2) )) )",
        ),
        (
            "@a.b(c)\ndef f() -> int: return *a, b\n",
            "file_input(decorated(decorator(@ dotted_name(a . b) ( c ) ) funcdef(def f parameters(( )) -> int : simple_stmt(return_stmt(return testlist_star_expr(star_expr(* a) , b)) ))) )",
        ),
        ("`a, b`\n", "file_input(simple_stmt(atom(` testlist1(a , b) `) ) )"),
        ("a <> b != c\n", "file_input(simple_stmt(comparison(a <> b != c) ) )"),
        (
            "try:\n  a\nexcept E, e:\n  b\n# c\nelse:\n  d\n",
            "file_input(try_stmt(try : suite(  simple_stmt(a ) ) except_clause(except E , e) : suite(  simple_stmt(b ) ) else : suite(  simple_stmt(d ) )) )",
        ),
        ("# c", ""),
        ("a\n  ", "file_input(simple_stmt(a ) )"),
        ("\rfoo\na\n", "file_input(simple_stmt(a ) )"),
        (
            "\"doc\"\nfrom __future__ import a, print_function\nprint(x, file=f)\n",
            "file_input(simple_stmt(\"doc\" ) simple_stmt(import_from(from __future__ import import_as_names(a , print_function)) ) simple_stmt(power(print trailer(( arglist(x , argument(file = f)) ))) ) )",
        ),
        ("-x ** -y\n", "file_input(simple_stmt(factor(- power(x ** factor(- y))) ) )"),
        (
            "not a in b is not c\n",
            "file_input(simple_stmt(not_test(not comparison(a in b comp_op(is not) c)) ) )",
        ),
        (
            "x[1:2, ::3, ...]\n",
            "file_input(simple_stmt(power(x trailer([ subscriptlist(subscript(1 : 2) , subscript(: sliceop(: 3)) , atom(. . .)) ])) ) )",
        ),
        ("{1: 2, **a}\n", "file_input(simple_stmt(atom({ dictsetmaker(1 : 2 , ** a) }) ) )"),
        ("{*a, b}\n", "file_input(simple_stmt(atom({ dictsetmaker(star_expr(* a) , b) }) ) )"),
        ("with a as b, c: pass\n", "file_input(with_stmt(with with_item(a as b) , c : simple_stmt(pass )) )"),
        (
            "from . import (a as b,)\n",
            "file_input(simple_stmt(import_from(from . import ( import_as_names(import_as_name(a as b) ,) )) ) )",
        ),
        (
            "from .a.b import *\n",
            "file_input(simple_stmt(import_from(from . dotted_name(a . b) import *) ) )",
        ),
        ("x: int = 1\n", "file_input(simple_stmt(expr_stmt(x annassign(: int = 1)) ) )"),
    ];
    for (text, expected) in cases {
        assert_eq!(shape(text).as_deref(), Ok(expected), "{text:?}");
    }
}

#[test]
fn errors_are_those_of_lib2to3() {
    let cases = [
        ("match x:\n    case 1: pass\n", "ParseError: bad input: type=1, value='x', context=(' ', (1, 6))"),
        ("08\n", "ParseError: bad input: type=2, value='8', context=('', (1, 1))"),
        ("²\n", "KeyError: '²'"),
        ("a = ·\n", "ParseError: bad token: type=58, value=' ', context=('', (1, 3))"),
        ("x = 1 ?\n", "ParseError: bad token: type=58, value=' ', context=('', (1, 5))"),
        (
            "if a:\n    b\n  c\n",
            "IndentationError: unindent does not match any outer indentation level (<tokenize>, line 3)",
        ),
        ("(a\n", "TokenError: ('EOF in multi-line statement', (2, 0))"),
        ("'''a", "TokenError: ('EOF in multi-line string', (1, 0))"),
        ("'a\\\nb\n", "ParseError: bad token: type=58, value=\"'a\\\\\\nb\\n\", context=('', (1, 0))"),
        ("a \\\n", "TokenError: ('EOF in multi-line statement', (2, 0))"),
        ("async '''a\nb'''\n", "AssertionError: ((2, 4), (1, 0))"),
        ("async 1\n", "AssertionError: ((1, 7), (1, 0))"),
        ("async 1 2\n", "ParseError: bad input: type=2, value='2', context=(' ', (1, 8))"),
        ("async 1 ?\n", "ParseError: bad token: type=58, value=' ', context=('', (1, 7))"),
        ("a async?\n", "ParseError: bad token: type=58, value='?', context=(' async', (1, 7))"),
        ("(a async # c\n?", "ParseError: bad input: type=1, value='async', context=(' ', (1, 3))"),
        ("(a async", "TokenError: ('EOF in multi-line statement', (2, 0))"),
        (
            "async async def f(): pass\n",
            "ParseError: bad input: type=1, value='async', context=(' ', (1, 6))",
        ),
        ("x = 1", "ParseError: bad input: type=0, value='', context=('\\n', (2, 0))"),
        (
            "from __future__ import (a,\n  print_function)\nprint(x, file=f)\n",
            "ParseError: bad input: type=22, value='=', context=('', (3, 13))",
        ),
        ("u\"abc\n", "ParseError: bad token: type=58, value='\"', context=('', (1, 1))"),
        ("a = 0xfor\n", "ParseError: bad input: type=4, value='\\n', context=('', (1, 9))"),
    ];
    for (text, expected) in cases {
        assert_eq!(shape(text), Err(expected.to_owned()), "{text:?}");
    }
}

/// The tree of one statement that lib2to3 could not read.
fn beyond(text: &str) -> String {
    let parsed =
        parse(text.to_owned(), Dialect::default()).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert!(parsed.beyond.is_some(), "lib2to3 reads {text:?}");
    assert_eq!(parsed.tree.text(parsed.tree.root()), text);
    let first = parsed.tree.first_child(parsed.tree.root()).unwrap();
    described(&parsed.tree, first)
}

#[test]
fn statements_of_today() {
    let cases = [
        (
            "match x:\n case [1, *_] | {'a': b as c} if d: pass\n case P(x=0), y as z: pass\n",
            "match_stmt(match x :   case_block(case expr(atom([ listmaker(1 , star_expr(* _)) ]) | \
             atom({ dictsetmaker('a' : asexpr_test(b as c)) })) guard(if d) : simple_stmt(pass )) \
             case_block(case pattern_list(power(P trailer(( argument(x = 0) ))) , as_pattern(y as z)) : \
             simple_stmt(pass )) )",
        ),
        (
            "with (a as b, c as d,): pass\n",
            "with_stmt(with atom(( testlist_gexp(asexpr_test(a as b) , asexpr_test(c as d) ,) )) : simple_stmt(pass ))",
        ),
        (
            "try: a\nexcept* E as e: b\n",
            "try_stmt(try : simple_stmt(a ) except_clause(except * E as e) : simple_stmt(b ))",
        ),
        (
            "try: a\nexcept A, B, C: b\n",
            "try_stmt(try : simple_stmt(a ) except_clause(except testlist1(A , B , C)) : simple_stmt(b ))",
        ),
        (
            "type X[T: int = str, *Ts, **P] = int\n",
            "simple_stmt(type_stmt(type X type_params([ type_var(T : int = str) , type_var(* Ts) , type_var(** P) ]) = int) )",
        ),
        (
            "def f[T](*args: *Ts): pass\n",
            "funcdef(def f type_params([ T ]) parameters(( typedargslist(* tname(args : star_expr(* Ts))) )) : simple_stmt(pass ))",
        ),
        ("class A[T](B): pass\n", "classdef(class A type_params([ T ]) ( B ) : simple_stmt(pass ))"),
        (
            "@a[0].b\ndef f(): pass\n",
            "decorated(decorator(@ power(a trailer([ 0 ]) trailer(. b)) ) funcdef(def f parameters(( )) : simple_stmt(pass )))",
        ),
        (
            "x[a := 1, *b]\n",
            "simple_stmt(power(x trailer([ subscriptlist(namedexpr_test(a := 1) , star_expr(* b)) ])) )",
        ),
        ("{a := 1}\n", "simple_stmt(atom({ namedexpr_test(a := 1) }) )"),
        ("x: int = 1, 2\n", "simple_stmt(expr_stmt(x annassign(: int = testlist_star_expr(1 , 2))) )"),
        ("for x in *a, b: pass\n", "for_stmt(for x in testlist(star_expr(* a) , b) : simple_stmt(pass ))"),
        ("f'{d['a']}'\n", "simple_stmt(f'{d['a']}' )"),
        ("t'{x}'\n", "simple_stmt(t'{x}' )"),
        ("a·b = ℘\n", "simple_stmt(expr_stmt(a·b = ℘) )"),
        ("print(x, file=f)\n", "simple_stmt(power(print trailer(( arglist(x , argument(file = f)) ))) )"),
        ("f = print\n", "simple_stmt(expr_stmt(f = print) )"),
        ("x.exec()\n", "simple_stmt(power(x trailer(. exec) trailer(( ))) )"),
        ("nonlocal = 1\n", "simple_stmt(expr_stmt(nonlocal = 1) )"),
        ("with = as\n", "simple_stmt(expr_stmt(with = as) )"),
        ("[async for async in x]\n", "simple_stmt(atom([ listmaker(async comp_for(for async in x)) ]) )"),
    ];
    for (text, expected) in cases {
        assert_eq!(beyond(text), expected, "{text:?}");
    }
}

#[test]
fn old_and_new_in_one_file_keep_the_old_shapes() {
    let old = [
        "print a, b\n",
        "print >>f, a\n",
        "exec a in b\n",
        "exec (a) in b\n",
        "@a.b(c, d)\ndef f(): pass\n",
        "@a\nclass B: pass\n",
        "f(x := 1)\n",
        "match = case[type]\n",
        "match(a, b)\n",
        "type(x)\n",
        "case(x)\n",
        "try: a\nexcept E, e: b\n",
        "for x in a, b: pass\n",
        "x = {1: 2, **a}\n",
        "x[1:2, ::3]\n",
        "[x for y in z if x]\n",
        "import a as b\n",
        "with a as b: pass\n",
        "async def f():\n  async with a: await b\n",
        "`a`\n",
        "a <> b\n",
        "if a: print b\n",
        "def f((a, b)): pass\n",
        "raise A, b\n",
        "0777L\n",
        "ur'a'\n",
    ];
    for text in old {
        let both = format!("{text}f'{{d['a']}}'\n");
        let read = |text: &str| {
            let parsed = parse(text.to_owned(), Dialect::default())
                .unwrap_or_else(|error| panic!("{text:?}: {error}"));
            let first = parsed.tree.first_child(parsed.tree.root()).unwrap();
            (described(&parsed.tree, first), parsed.beyond.is_some())
        };
        assert_eq!((read(text).0, true), read(&both), "{text:?}");
    }
}

#[test]
fn words_are_names_if_the_dialect_says_so() {
    let print = Dialect { print_function: true, exec_function: false };
    let exec = Dialect { print_function: false, exec_function: true };
    let reads =
        |text: &str, dialect| parse(text.to_owned(), dialect).is_ok_and(|parsed| parsed.beyond.is_none());
    assert!(reads("print(a, file=b)\n", print) && !reads("print a\n", print));
    assert!(reads("exec a in b\n", print) && !reads("exec = 1\n", Dialect { exec_function: true, ..print }));
    assert!(reads("print a\nexec = 1\n", exec) && !reads("exec a\n", exec));
    assert!(!reads("from __future__ import print_function\nexec = 1\n", exec));
    assert!(reads("'doc'; from __future__ import print_function\nprint a\n", Dialect::default()));
}

#[test]
fn used_features() {
    let features = |text| future_features(text).into_iter().collect::<Vec<_>>().join(" ");
    let two = "#!\n'''d'''\nfrom __future__ import a, b\nfrom __future__ import (d, e)\nx";
    assert_eq!(features(two), "a b d e");
    assert_eq!(features("from __future__ import a, b as c\nfrom __future__ import d\n"), "a b");
    assert_eq!(features("from __future__ import (a,\n b)\n"), "a");
    assert_eq!(features("'a'\n'b'\nfrom __future__ import a\n"), "");
    assert_eq!(features("from \\\n__future__ import a\n"), "");
    assert_eq!(features("import b\nfrom __future__ import a\n"), "");
}

#[test]
fn a_missing_newline_is_put_into_the_tree() {
    // lib2to3 does so, but only for text that it did not read from a file.
    let parsed = parse("# c".to_owned(), Dialect::default()).unwrap();
    assert_eq!(parsed.tree.text(parsed.tree.root()), "# c\n");
    let parsed = parse("a\n   ".to_owned(), Dialect::default()).unwrap();
    assert_eq!(parsed.tree.text(parsed.tree.root()), "a\n");
}

#[test]
fn names_that_are_used() {
    let names: Vec<&str> =
        used_names("# no\nif a.b: print 'c', d1, 0xe\nasync def f(): await g\n", false).into_iter().collect();
    assert_eq!(names, ["a", "b", "d1", "def", "f", "g", "if", "print"]);
}
