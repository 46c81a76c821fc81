//! What code may do, in the words in which `stc facts` says it.

mod common;

use common::{common as usual, note, strict};
use spacetime_semantic::{Assumption, Assumptions, Settings};

/// What calling the function `f` of a program does, without line numbers.
fn summary(source: &str, settings: Settings) -> String {
    let note = note(source, settings, "def f(");
    let words = note.split_once(": ").map_or("", |(_, words)| words).to_owned();
    words.split(" (line ").map(|part| part.split_once(')').map_or(part, |(_, rest)| rest)).collect()
}

fn check(table: &[(&str, &str)], settings: &Settings) {
    let wrong: Vec<String> = table
        .iter()
        .map(|(source, wanted)| (source, wanted, summary(source, settings.clone())))
        .filter(|(_, wanted, found)| found != *wanted)
        .map(|(source, wanted, found)| format!("{source:?}: wanted {wanted:?}, found {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn of_expressions() {
    check(
        &[
            ("def f(x):\n    return 1 + 2", "pure"),
            ("def f(x):\n    return [x, x]", "pure"),
            ("def f(x):\n    return len(x)", "pure"),
            ("def f(x):\n    return x.name", "pure"),
            ("def f(x):\n    return x[0]", "may raise"),
            ("def f(x):\n    return 1 / 0", "may raise"),
            ("def f(x):\n    return int(x)", "may raise"),
            ("def f(x):\n    return x()", "may do anything"),
            ("def f(x):\n    return x.unheard_of()", "may do anything"),
            ("def f(x):\n    return nowhere(x)", "may do anything"),
            ("def f(x):\n    print(x)", "prints"),
            ("def f(x):\n    return input()", "prints, reads input, may raise"),
            ("def f(x):\n    return f'{x}'", "pure"),
            ("def f(x):\n    return eval(x)", "may do anything"),
            ("def f(x):\n    return [y for y in x]", "walks something unknown, may raise"),
            ("def f(x):\n    return sum([1, 2])", "pure"),
            ("def f(x):\n    yield x", "pure"),
            ("import time\ndef f(x):\n    return time.time()", "depends on the world"),
            ("import json\ndef f(x):\n    return json.loads(x)", "may raise"),
            ("import nothing\ndef f(x):\n    return nothing.at_all(x)", "may do anything"),
            ("async def f(x):\n    return 1", "may do anything"),
        ],
        &usual(),
    );
}

#[test]
fn of_statements() {
    check(
        &[
            ("def f(x):\n    x.name = 1", "sets attributes"),
            ("def f(x):\n    raise ValueError(x)", "may raise"),
            ("def f(x):\n    assert x", "may raise"),
            ("def f(x):\n    import json", "may do anything"),
            ("def f(x):\n    class A: pass", "may do anything"),
            ("def f(x):\n    with x: pass", "may do anything"),
            ("def f(x):\n    def g(): print(x)", "pure"),
            ("def f(x):\n    y = lambda: print(x)", "pure"),
            ("def f(x):\n    ys = []\n    ys.append(x)", "pure"),
            ("def f(x):\n    ys = []\n    ys[0:] = [x]\n    return ys", "may raise"),
        ],
        &usual(),
    );
}

#[test]
fn changes_of_what_is_outside_are_seen() {
    for body in [
        "x.append(1)",
        "x[0] = 1",
        "x += [1]",
        "del x[0]",
        "x.sort()",
        "x.update(a=1)",
        "y = x\n    y.append(1)",
        "for y in x:\n        y.append(1)",
        "y = [x]\n    y[0].append(1)",
        "next(x)",
        "x.write('a')",
    ] {
        let source = format!("def f(x):\n    {body}");
        let found = summary(&source, usual());
        let seen = found.contains("changes objects from outside") || found == "may do anything";
        assert!(seen, "{body}: {found}");
    }
}

#[test]
fn functions_do_what_they_call() {
    check(
        &[
            ("def g(x):\n    print(x)\ndef f(x):\n    g(x)", "prints"),
            ("def f(x):\n    g(x)\ndef g(x):\n    h(x)\ndef h(x):\n    print(x)", "prints"),
            ("def g(x):\n    return 1\ndef f(x):\n    return g(x)", "pure"),
            ("def g(x):\n    x[0] = 1\ndef f(x):\n    g(x)", "changes objects from outside, may raise"),
            // Bound twice: nobody knows which.
            (
                "if a:\n    def g(x): pass\nelse:\n    def g(x): print(x)\ndef f(x):\n    g(x)",
                "may do anything",
            ),
            ("@wrap\ndef g(x):\n    return 1\ndef f(x):\n    g(x)", "may do anything"),
            ("def f(x, g=print):\n    g(x)", "may do anything"),
            ("def g(x):\n    return 1\ndef f(x):\n    return sorted([1], key=g)", "pure"),
            ("def g(x):\n    print(x)\ndef f(x):\n    return sorted([1], key=g)", "prints"),
            ("def f(x):\n    return sorted([1], key=lambda y: print(y))", "prints"),
            ("def f(x):\n    return sorted([1], key=x)", "may do anything"),
        ],
        &usual(),
    );
}

#[test]
fn recursion_comes_to_an_end() {
    check(
        &[
            ("def f(x):\n    return f(x)", "pure"),
            ("def f(x):\n    print(x)\n    f(x)", "prints"),
            ("def f(x):\n    g(x)\ndef g(x):\n    print(x)\n    f(x)", "prints"),
            ("def g(x):\n    print(x)\n    f(x)\ndef f(x):\n    g(x)", "prints"),
            (
                "def g(x):\n    f(x)\n    h(x)\ndef h(x):\n    g(x)\n    print(x)\ndef f(x):\n    g(x)",
                "prints",
            ),
            ("def f(x):\n    g(x)\ndef g(x):\n    f(x)\n    x()", "may do anything"),
        ],
        &usual(),
    );
}

/// Whichever is asked first, all of a circle do what one of it does.
#[test]
fn a_circle_is_the_same_from_everywhere() {
    let names = ["a", "b", "c", "d"];
    for first in 0..4 {
        let mut source = String::new();
        for at in 0..4 {
            let (name, next) = (names[(first + at) % 4], names[(first + at + 1) % 4]);
            let effect = if name == "c" { "print(x)" } else { "pass" };
            source.extend(["def ", name, "(x):\n    ", effect, "\n    ", next, "(x)\n"]);
        }
        for name in names {
            let found = note(&source, usual(), &format!("def {name}("));
            assert!(found.contains("prints"), "{name} in\n{source}: {found}");
        }
    }
}

#[test]
fn generators_do_nothing_before_they_are_walked() {
    let walked = |use_of_it: &str| {
        let source = format!("def g(x):\n    print(x)\n    yield 1\ndef f(x):\n    {use_of_it}\n");
        summary(&source, usual())
    };
    assert_eq!(walked("g(x)"), "pure");
    assert_eq!(walked("y = g(x)"), "pure");
    let mut wrong = Vec::new();
    for walk in [
        "list(g(x))",
        "for y in g(x): pass",
        "sum(g(x))",
        "[y for y in g(x)]",
        "y = g(x)\n    list(y)",
        "print(*g(x))",
        "1 in g(x)",
    ] {
        let found = walked(walk);
        if !(found.contains("prints") || found == "may do anything") {
            wrong.push(format!("{walk}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    let lazily = |code: &str| summary(&format!("def f(x):\n    {code}\n"), usual());
    assert_eq!(lazily("y = (print(z) for z in [1])"), "pure");
    assert!(lazily("y = (print(z) for z in [1])\n    list(y)").contains("prints"));
    assert_eq!(lazily("y = map(print, [1])"), "pure");
    assert_ne!(lazily("for z in map(print, [1]): pass"), "pure");
}

/// Taking a generator apart walks it.
#[test]
fn unpacking_walks() {
    let source = "def g(x):\n    print(x)\n    yield 1\n    yield 2\ndef f(x):\n    a, b = g(x)";
    assert!(summary(source, usual()).contains("prints"));
    let comprehension = "def f(x):\n    a, b = (print(y) for y in [1, 2])";
    assert!(summary(comprehension, usual()).contains("prints"));
    let starred = "def f(x):\n    a, *b = map(print, [1, 2])";
    assert_ne!(summary(starred, usual()), "may raise");
}

#[test]
fn the_user_may_vouch_for_a_function() {
    check(
        &[
            ("def g(x):  # spacetime: pure\n    return x()\ndef f(x):\n    return g(x)", "may raise"),
            ("# spacetime: pure\ndef g(x):\n    return x()\ndef f(x):\n    return g(x)", "may raise"),
            (
                "def g(x):  # not spacetime: pure\n    return x()\ndef f(x):\n    return g(x)",
                "may do anything",
            ),
        ],
        &usual(),
    );
    let pure = |names: &[&str]| Settings { pure: names.iter().map(ToString::to_string).collect(), ..usual() };
    let own = "def g(x):\n    return x()\ndef f(x):\n    return g(x)";
    assert_eq!(summary(own, pure(&["g"])), "may raise");
    assert_eq!(summary(own, pure(&["h"])), "may do anything");
    let imported = "from parsers import parse as p\ndef f(x):\n    return p(x)";
    assert_eq!(summary(imported, pure(&["parsers.parse"])), "may raise");
    assert_eq!(summary(imported, pure(&["p"])), "may do anything");
}

/// Without assumptions, whatever may run code of the user's may do anything.
#[test]
fn nothing_is_assumed_strictly() {
    let mut wrong = Vec::new();
    for body in ["x + 1", "x.name", "x.strip()", "x < 1", "f'{x}'", "-x", "x[0]", "{x}", "bool(x)", "x == 1"]
    {
        let source = format!("def f(x):\n    return {body}");
        let found = summary(&source, strict());
        if found != "may do anything" {
            wrong.push(format!("{body}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    for body in ["1 + 2", "'a'.strip()", "[1, 2]", "'a' in 'ab'", "x is None", "not 1", "(x, x)"] {
        let source = format!("def f(x):\n    return {body}");
        assert_eq!(summary(&source, strict()), "pure", "{body}");
    }
    // Somebody may have replaced a builtin.
    assert_eq!(summary("def f(x):\n    return len([1])", strict()), "may do anything");
}

#[test]
fn each_assumption_is_worth_something() {
    let with = |one: Assumption| Settings {
        assumptions: Assumptions::NONE.with(one),
        pure: Vec::new(),
        is_library: false,
        used_elsewhere: std::sync::Arc::default(),
    };
    let body = |text: &str| format!("def f(x):\n    return {text}");
    assert_eq!(summary(&body("x + 1"), with(Assumption::OperatorsArePure)), "pure");
    assert_eq!(summary(&body("x.name"), with(Assumption::AttributeReadsArePure)), "pure");
    let strip = summary(&body("x.strip()"), with(Assumption::KnownMethodNames));
    assert_ne!(strip, "may do anything");
}
