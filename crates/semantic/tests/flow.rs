//! What may run after, before and between two places of a function.
//!
//! Statements are told apart by their text: `a()`, `b()`... A way that some run
//! takes must never be missing; ways that no run takes are only a loss.

mod common;

use common::{point, strict, with_model};
use spacetime_semantic::PointId;

/// Whether a way leads from the first statement to the second.
fn reaches(source: &str, from: &str, to: &str) -> bool {
    with_model(source, strict(), |model| {
        let (body, _) = common::statement(model, from);
        body.flow.reaches(point(model, from), point(model, to))
    })
}

/// Whether every normal way from the one to the end passes the other.
fn passes(source: &str, from: &str, through: &str) -> bool {
    with_model(source, strict(), |model| {
        let (body, _) = common::statement(model, from);
        body.flow.always_passes(point(model, from), point(model, through))
    })
}

/// The calls that may run between the two.
fn between(source: &str, from: &str, to: &str) -> Vec<String> {
    with_model(source, strict(), |model| {
        let (body, _) = common::statement(model, from);
        let points = body.flow.between(point(model, from), point(model, to));
        let nodes = points.iter().map(|point| body.flow.point(point).node);
        let mut texts: Vec<_> =
            nodes.map(|node| common::text(model, node).to_owned()).filter(|text| text.len() == 3).collect();
        texts.sort();
        texts.dedup();
        texts
    })
}

/// Whether a way leads from the start of the function to the statement.
fn is_live(source: &str, wanted: &str) -> bool {
    with_model(source, strict(), |model| {
        let (body, _) = common::statement(model, wanted);
        body.flow.reaches(PointId::ENTRY, point(model, wanted))
    })
}

#[test]
fn branches_exclude_each_other() {
    let code = "def f(x):\n    a()\n    if x:\n        b()\n    elif y:\n        c()\n    else:\n        d()\n    e()\n";
    assert_eq!(between(code, "a()", "e()"), ["b()", "c()", "d()"]);
    assert!(!reaches(code, "b()", "c()") && !reaches(code, "c()", "d()") && !reaches(code, "d()", "b()"));
    assert!(passes(code, "a()", "e()") && !passes(code, "a()", "b()") && passes(code, "c()", "e()"));
}

#[test]
fn an_if_without_else_may_be_skipped() {
    let code = "def f(x):\n    a()\n    if x:\n        b()\n        return\n    c()\n";
    assert!(!passes(code, "a()", "c()"), "returned before");
    assert!(!reaches(code, "b()", "c()"));
    assert!(between(code, "a()", "c()").is_empty());
}

#[test]
fn a_loop_body_may_run_never_once_and_again() {
    let code = "def f(xs):\n    a()\n    for x in xs:\n        b()\n        c()\n    d()\n";
    assert!(reaches(code, "b()", "b()") && reaches(code, "c()", "b()"));
    assert!(!passes(code, "a()", "b()"));
    // Itself is left out: from `b()` to `d()` what can be met is `c()` alone.
    assert_eq!(between(code, "b()", "d()"), ["c()"]);
    assert_eq!(between(code, "a()", "d()"), ["b()", "c()"]);
}

#[test]
fn break_skips_else_and_continue_skips_the_rest() {
    let code = "def f(xs):\n    for x in xs:\n        a()\n        if x:\n            b()\n            break\n        if y:\n            c()\n            continue\n        d()\n    else:\n        e()\n    g()\n";
    assert!(!reaches(code, "b()", "e()") && reaches(code, "b()", "g()") && !reaches(code, "b()", "a()"));
    assert!(reaches(code, "c()", "a()") && reaches(code, "c()", "e()"));
    assert!(!between(code, "c()", "a()").contains(&"d()".to_owned()));
    assert!(passes(code, "b()", "g()") && !passes(code, "b()", "e()"));
    assert!(!passes(code, "d()", "g()"), "it may run itself again before");
}

#[test]
fn nested_loops_leave_only_their_own() {
    let code = "def f(xs):\n    for x in xs:\n        a()\n        while x:\n            b()\n            break\n        c()\n    d()\n";
    assert!(passes(code, "b()", "c()") && reaches(code, "b()", "a()"));
    let outer = "def f(xs):\n    for x in xs:\n        while x:\n            b()\n        else:\n            e()\n            continue\n        c()\n    d()\n";
    assert!(!is_live(outer, "c()"), "the loop ends through its `else` alone");
    assert!(reaches(outer, "e()", "b()") && reaches(outer, "e()", "d()"));
}

#[test]
fn while_true_ends_by_break_only() {
    let endless = "def f():\n    while True:\n        a()\n    b()\n";
    assert!(!is_live(endless, "b()"));
    let ends = "def f():\n    while True:\n        a()\n        if x:\n            break\n        c()\n    else:\n        d()\n    b()\n";
    assert!(is_live(ends, "b()") && !is_live(ends, "d()"));
    assert!(between(ends, "a()", "b()").is_empty(), "after `c()`, `a()` runs again");
    assert!(reaches(ends, "c()", "b()"));
    assert!(is_live("def f():\n    while 1:\n        a()\n    b()\n", "b()"), "an extra way is no harm");
}

#[test]
fn exceptions_lead_from_every_statement_of_a_try() {
    let code = "def f():\n    try:\n        a()\n        b()\n    except E:\n        c()\n    except F:\n        d()\n    else:\n        e()\n    g()\n";
    for from in ["a()", "b()"] {
        assert!(reaches(code, from, "c()") && reaches(code, from, "d()"));
    }
    assert!(is_live(code, "c()"));
    assert!(!reaches(code, "e()", "c()") && !reaches(code, "c()", "d()") && !reaches(code, "c()", "e()"));
    assert!(reaches(code, "a()", "g()") && reaches(code, "c()", "g()"));
    assert!(passes(code, "a()", "g()") && passes(code, "a()", "b()"), "normal ways only");
    // Through the handler, `b()` may be left out.
    assert_eq!(between(code, "a()", "g()"), ["b()", "c()", "d()", "e()"]);
}

#[test]
fn finally_runs_on_every_way_out() {
    let code = "def f():\n    try:\n        a()\n        if x:\n            return b()\n        c()\n    finally:\n        d()\n    e()\n";
    with_model(code, strict(), |model| {
        let (body, _) = common::statement(model, "d()");
        let (leave, last) = (point(model, "return b()"), point(model, "d()"));
        assert!(body.flow.always_passes(leave, last));
        assert!(body.flow.reaches(last, PointId::EXIT) && body.flow.reaches(last, PointId::RAISE));
        assert!(body.flow.always_passes(point(model, "a()"), last));
    });
    assert!(reaches(code, "a()", "e()") && reaches(code, "a()", "d()"));
    assert_eq!(between(code, "c()", "e()"), ["d()"]);
}

#[test]
fn a_return_in_finally_swallows_the_exception() {
    let code = "def f():\n    try:\n        a()\n    finally:\n        return b()\n    c()\n";
    with_model(code, strict(), |model| {
        let (body, _) = common::statement(model, "a()");
        assert!(body.flow.reaches(point(model, "a()"), PointId::EXIT));
        assert!(body.flow.always_passes(point(model, "a()"), point(model, "return b()")));
    });
    assert!(!is_live(code, "c()"));
}

#[test]
fn break_in_a_try_passes_the_finally_within_its_loop() {
    let code = "def f(xs):\n    for x in xs:\n        try:\n            a()\n            break\n        finally:\n            b()\n        c()\n    else:\n        d()\n    e()\n";
    assert!(passes(code, "a()", "b()") && reaches(code, "b()", "e()"));
    let back = code.replace("break", "continue");
    assert!(reaches(&back, "b()", "a()") && reaches(&back, "b()", "d()"));
}

#[test]
fn an_exception_in_a_handler_leaves_it() {
    let code = "def f():\n    try:\n        try:\n            a()\n        except E:\n            b()\n    except F:\n        c()\n    d()\n";
    assert!(reaches(code, "b()", "c()") && reaches(code, "a()", "c()"));
}

#[test]
fn with_may_swallow_exceptions() {
    let code = "def f(c):\n    a()\n    with c as d:\n        b()\n        c()\n    e()\n";
    with_model(code, strict(), |model| {
        let (body, _) = common::statement(model, "a()");
        let skipped = body.flow.after(point(model, "b()"), |other| other == point(model, "c()"));
        assert!(skipped.contains(point(model, "e()")), "`__exit__` may say that it is well");
    });
    assert_eq!(between(code, "a()", "e()"), ["b()", "c()"]);
}

#[test]
fn return_in_a_with_leaves_it_first() {
    let code = "def f(c):\n    with c:\n        return a()\n    e()\n";
    assert!(reaches(code, "return a()", "e()"), "`a()` may raise, and `__exit__` swallow it");
    with_model(code, strict(), |model| {
        let (body, _) = common::statement(model, "return a()");
        assert!(body.flow.reaches(point(model, "return a()"), PointId::EXIT));
    });
}

#[test]
fn match_takes_one_case_or_none() {
    let code = "def f(x):\n    match x:\n        case 1:\n            a()\n        case [y] if b():\n            c()\n    d()\n";
    assert!(!reaches(code, "a()", "c()"));
    assert!(passes(code, "a()", "d()") && !is_ended(code));
    let all = "def f(x):\n    e()\n    match x:\n        case 1:\n            a()\n        case _:\n            return\n    d()\n";
    assert!(!passes(all, "e()", "a()") && reaches(all, "e()", "d()"));
}

/// Whether `d()` cannot be reached from the start.
fn is_ended(code: &str) -> bool {
    !is_live(code, "d()")
}

#[test]
fn raise_ends_a_way() {
    let code = "def f(x):\n    a()\n    if x:\n        b()\n        raise E\n    d()\n";
    assert!(!reaches(code, "b()", "d()"));
    assert!(passes(code, "a()", "d()"), "a raise is no normal way to the end");
    let caught = "def f(x):\n    try:\n        raise E\n    except E:\n        a()\n    d()\n";
    assert!(is_live(caught, "a()") && is_live(caught, "d()"));
}

#[test]
fn what_is_read_and_written_in_a_nested_function_is_no_part_of_the_flow() {
    let code = "def f():\n    a()\n    def g():\n        b()\n    c()\n";
    with_model(code, strict(), |model| {
        let (outer, _) = common::statement(model, "a()");
        let (inner, id) = common::statement(model, "b()");
        assert_ne!(outer.owner, inner.owner);
        let at = outer.flow.point_of(model.tree, id);
        assert_ne!(at, inner.flow.point_of(model.tree, id).filter(|_| at.is_none()));
    });
    assert!(between(code, "a()", "c()").is_empty());
}
