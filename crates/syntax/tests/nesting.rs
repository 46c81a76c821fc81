//! Deep files are an error, never a stack overflow; broad ones pass.

use spacetime_syntax::{Module, SourceKind, Tree, ast, with_deep_stack};

fn parse(text: &str) -> Result<Module, String> {
    Module::parse(text, SourceKind::Python).map_err(|problem| problem.message)
}

/// Every way to nest that Python has: what is repeated before, the core, and
/// what is repeated after.
const DEEP: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{", "1", "}"),
    ("{1: ", "1", "}"),
    ("f(", "1", ")"),
    ("f(k=", "1", ")"),
    ("x[", "1", "]"),
    ("-", "1", ""),
    ("~", "1", ""),
    ("not ", "1", ""),
    ("lambda: ", "1", ""),
    ("lambda a, b: ", "1", ""),
    ("lambda a=", "1", ": 1"),
    ("1 if 1 else ", "1", ""),
    ("1 ** ", "1", ""),
    ("await ", "1", ""),
    ("", "a", ".b"),
    ("", "f", "()"),
    ("", "f", "[0]"),
    ("", "1", " + 1"),
    ("", "1", " * 1"),
    ("", "1", " if 1 else 1"),
    ("", "1", " @ x.y(1)"),
    ("f'{", "1", "}'"),
    ("f'{x:{", "1", "}}'"),
    ("[x for x in ", "1", "]"),
    ("(yield ", "1", ")"),
    ("(a := ", "1", ")"),
    ("(", "1", " + 1)"),
    // Not even Python, but read by a parser that recovers from errors.
    ("(", "", ""),
    ("a.b(", "", ""),
    ("-(", "", ""),
    ("f'{", "", ""),
    ("{1: [", "", ""),
];

#[test]
fn deep_expressions_are_an_error() {
    for (before, core, after) in DEEP {
        for count in [6_000, 100_000] {
            let text = format!("{}{core}{}\n", before.repeat(count), after.repeat(count));
            let message = parse(&text).expect_err(before);
            let rejected = message.starts_with("nested too deeply") || before.starts_with("f'");
            assert!(rejected, "{before}{core}{after}: {message}");
        }
    }
}

#[test]
fn deep_statements_are_an_error() {
    let blocks = |count: usize| (0..count).map(|at| " ".repeat(at) + "if x:\n").collect::<String>();
    assert!(parse(&(blocks(3_000) + &" ".repeat(3_000) + "x\n")).is_err());
    assert!(parse(&(blocks(99) + &" ".repeat(99) + "x\n")).is_ok());
    let patterns = format!("match x:\n  case {}1{}: pass\n", "[".repeat(50_000), "]".repeat(50_000));
    assert!(parse(&patterns).is_err());
    let target = format!("for {}x{} in y: pass\n", "(".repeat(50_000), ")".repeat(50_000));
    assert!(parse(&target).is_err());
}

#[test]
fn broad_files_pass() {
    let broad = [
        format!("x = [{}]\n", "1, ".repeat(100_000)),
        format!("x = [{}]\n", "-a.b(c)[d] + 1, ".repeat(20_000)),
        format!("x = [{}]\n", "lambda a, b: a, ".repeat(20_000)),
        format!("x = {{{}}}\n", "'k': {'a': [1, 2]}, ".repeat(20_000)),
        format!("x = ({})\n", "'a' ".repeat(100_000)),
        format!("x = {}1\n", "a and ".repeat(100_000)),
        format!("x = {}1\n", "1 < ".repeat(100_000)),
        format!("if x: pass\n{}", "elif y: pass\n".repeat(50_000)),
        format!("{}x\n", "x;".repeat(100_000)),
        format!("{}1\n", "x = ".repeat(50_000)),
        format!("f'{}'\n", "{x.y}".repeat(50_000)),
        "x = 1 + 1\n".repeat(100_000),
        format!("x = {}'a'\n", "'a' + ".repeat(3_000)),
        format!("x = {}1\n", "a.b(c) + ".repeat(3_000)),
    ];
    for text in broad {
        let module = parse(&text).unwrap_or_else(|message| panic!("{}…: {message}", &text[..30]));
        assert!(Tree::new(&module).len() > 1);
    }
}

/// At the limit, everything that recurses over a tree has stack enough, on a
/// thread with the usual two megabytes.
#[test]
fn the_limit_can_be_walked_compared_cloned_and_dropped() {
    let limit = 4_990;
    let texts = [
        format!("{}1\n", "-".repeat(limit)),
        format!("{}1\n", "lambda: ".repeat(limit)),
        format!("{}1\n", "1 if 1 else ".repeat(limit)),
        format!("f{}\n", "()".repeat(limit)),
        format!("1{}\n", " + a.b".repeat(limit)),
        format!("{}{}1{}\n", "f(k=".repeat(199), "not ".repeat(4_500), ")".repeat(199)),
    ];
    for text in texts {
        let module = parse(&text).unwrap_or_else(|message| panic!("{}…: {message}", &text[..30]));
        let tree = Tree::new(&module);
        assert!(tree.ids().map(|id| tree.children(id).count()).sum::<usize>() + 1 == tree.len());
        with_deep_stack(|| {
            let copy = module.root().clone();
            let same = ast::comparable::ComparableMod::from(&ast::Mod::Module(copy.clone()))
                == ast::comparable::ComparableMod::from(&ast::Mod::Module(copy));
            assert!(same);
        });
    }
}

/// Text that is no Python is read by a parser that recovers, so it can nest
/// where the grammar cannot. All pairs are tried with `--ignored`.
const TOKENS: &[&str] = &[
    "(",
    "[",
    "{",
    ")",
    "]",
    "}",
    "-",
    "~",
    "not ",
    "lambda ",
    "lambda: ",
    "lambda a=",
    "if ",
    "else ",
    "for ",
    "in ",
    "is ",
    "await ",
    "yield ",
    "yield from ",
    "async ",
    "* ",
    "** ",
    ".",
    ",",
    ":",
    ":=",
    "=",
    "->",
    "@",
    "|",
    "+",
    "<",
    "and ",
    "or ",
    "a ",
    "1 ",
    "'s' ",
    "f'{",
    "f'",
    "f'''{a:",
    "}'",
    "\n",
    "\n ",
    ";",
    "def ",
    "class ",
    "while 1:",
    "try:",
    "with ",
    "match x:\n case ",
    "case ",
    "except ",
    "import ",
    "from ",
    "return ",
    "del ",
    "global ",
    "type a=",
    "elif ",
    "$",
    "?",
    "\\\n",
    "!r",
    "...",
];

#[test]
fn repeated_tokens_never_crash() {
    for token in TOKENS {
        drop(parse(&token.repeat(20_000)));
    }
}

#[test]
#[ignore = "takes minutes; run in release"]
fn repeated_pairs_of_tokens_never_crash() {
    for first in TOKENS {
        for second in TOKENS {
            drop(parse(&format!("{first}{second}").repeat(20_000)));
        }
    }
}
