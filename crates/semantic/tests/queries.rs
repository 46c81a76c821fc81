//! The questions of rules: is this value used once, is this part run per item,
//! may somebody else have got hold of it.

mod common;

use common::{common as usual, point, probe, reads, statement, with_model};
use spacetime_semantic::{Model, Points};
use spacetime_syntax::ast::Stmt;
use spacetime_syntax::{Node, NodeId};

/// The answer to `sole_use` for the assignment `xs = ys`: "certain", "maybe", or the doubt.
fn sole_use(body: &str) -> String {
    let source = format!("def f(ys, g):\n    {body}\n");
    with_model(&source, usual(), |model| {
        let (body, stmt) = statement(model, "xs = ys");
        match model.sole_use(&body, stmt, target(model, stmt)) {
            Ok(found) if found.certain => "certain".to_owned(),
            Ok(_) => "maybe".to_owned(),
            Err(doubt) => doubt.reason,
        }
    })
}

fn target(model: &Model<'_>, stmt: NodeId) -> NodeId {
    match model.tree.node(stmt) {
        Node::Stmt(Stmt::Assign(assign)) => model.tree.id(&assign.targets[0]),
        _ => panic!("no assignment"),
    }
}

#[test]
fn a_value_that_is_used_once_is_found() {
    for (body, wanted) in [
        ("xs = ys\n    g(xs)", "certain"),
        ("xs = ys\n    return xs", "certain"),
        ("xs = ys\n    for x in xs: g(x)", "certain"),
        ("xs = ys\n    return [x for x in xs]", "certain"),
        ("xs = ys\n    if g: g(xs)", "maybe"),
        ("xs = ys\n    if g: return\n    g(xs)", "maybe"),
        ("for y in ys:\n        xs = ys\n        g(xs)", "certain"),
        ("xs = ys\n    g(xs)\n    xs = []\n    g(xs)", "certain"),
        ("g(0)\n    xs = ys\n    with g: g(xs)", "certain"),
        ("xs = ys\n    try: g(xs)\n    finally: g(1)", "certain"),
        // The name that is bound anew is the one that is read.
        ("xs = ys\n    xs += g", "certain"),
        ("xs = ys\n    while g: break\n    g(xs)", "certain"),
    ] {
        assert_eq!(sole_use(body), wanted, "{body}");
    }
}

#[test]
fn every_other_way_to_see_it_is_a_doubt() {
    let mut wrong = Vec::new();
    for (body, wanted) in [
        ("xs = ys", "never used"),
        ("xs = ys\n    xs = 1\n    g(xs)", "never used"),
        ("xs = ys\n    g(xs)\n    g(xs)", "more than once"),
        ("xs = ys\n    g(xs, xs)", "more than once"),
        ("xs = ys\n    g(xs)\n    del xs", "more than once"),
        ("xs = ys\n    if g: g(xs)\n    else: g(xs)", "more than once"),
        ("xs = ys\n    for y in ys: g(xs)", "walked more than once"),
        ("xs = ys\n    while g: g(xs)", "walked more than once"),
        ("xs = ys\n    return [x for y in ys for x in xs]", "walked more than once"),
        ("xs = ys\n    return [xs for y in ys]", "walked more than once"),
        ("xs = ys\n    return (y for y in ys if y in xs)", "walked more than once"),
        ("xs = ys\n    return lambda: xs", "inner function"),
        ("xs = ys\n    def h(): return xs\n    return h", "inner function"),
        ("xs = ys\n    class A: a = xs\n    return A", "inner function"),
        ("if g: xs = []\n    else:\n        xs = ys\n    g(xs)", "may also come from"),
        ("xs = 0\n    if g:\n        xs = ys\n    g(xs)", "may also come from"),
        ("xs = 0\n    try:\n        xs = ys\n    except E: pass\n    g(xs)", "may also come from"),
        ("xs = ys\n    g(xs)\n    return locals()", "locals()"),
        ("xs = ys\n    g(xs)\n    eval(g)", "locals()"),
        ("xs = ys\n    g(xs)\n    vars()", "locals()"),
        ("global xs\n    xs = ys\n    g(xs)", "another scope"),
    ] {
        let found = sole_use(body);
        if !found.contains(wanted) {
            wrong.push(format!("{body}: {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// As for kinds: what may bind the variable anew need not.
#[test]
fn a_second_use_behind_a_binding_that_is_skipped() {
    for body in [
        "xs = ys\n    g(xs)\n    for xs in g: pass\n    g(xs)",
        "xs = ys\n    g(xs)\n    if g or (xs := 1): g(xs)",
        "xs = ys\n    g(xs)\n    with g:\n        xs = int(g)\n    g(xs)",
        "xs = ys\n    g(xs)\n    match g:\n        case [xs, 1]: pass\n    g(xs)",
    ] {
        assert!(sole_use(body).contains("more than once"), "{body}: {}", sole_use(body));
    }
}

#[test]
fn a_global_that_functions_see_is_not_used_once() {
    let source = "xs = ys\nprint(xs)\ndef f():\n    return xs\n";
    with_model(source, usual(), |model| {
        let (body, stmt) = statement(model, "xs = ys");
        assert!(model.sole_use(&body, stmt, target(model, stmt)).is_err());
    });
}

/// Whether the first `x` that is read is run per item, and whether it may be left out.
fn place(expr: &str) -> (bool, bool) {
    with_model(&format!("def f(x):\n    return {expr}\n"), usual(), |model| {
        let name = reads(model, "x")[0];
        (model.is_repeated(name), model.is_conditional(name))
    })
}

#[test]
fn parts_that_run_per_item_or_perhaps() {
    for (expr, repeated, conditional) in [
        ("x", false, false),
        ("g(x, [1])", false, false),
        ("[y for y in x]", false, false),
        ("[x for y in g]", true, false),
        ("[y for y in g if x]", true, false),
        ("[y for z in g for y in x]", true, false),
        ("{x: 1 for y in g}", true, false),
        ("(x for y in g)", true, false),
        ("[y for y in g([z for z in x])]", false, false),
        ("[[z for z in x] for y in g]", true, false),
        ("lambda: x", true, false),
        ("x and y", false, false),
        ("y and x", false, true),
        ("y or g(x)", false, true),
        ("x if y else z", false, true),
        ("z if x else y", false, false),
        ("z if y else x", false, true),
        ("x < y < z", false, false),
        ("y < x < z", false, false),
        ("y < z < x", false, true),
    ] {
        assert_eq!(place(expr), (repeated, conditional), "{expr}");
    }
}

#[test]
fn all_of_an_assert_is_conditional() {
    with_model("def f(x, y):\n    assert y, x\n", usual(), |model| {
        assert!(model.is_conditional(reads(model, "x")[0]));
        // `python -O` leaves the whole statement out.
        assert!(model.is_conditional(reads(model, "y")[0]));
    });
}

/// Whether the list `xs` may be in unknown hands when `stop()` runs.
fn is_exposed(body: &str) -> bool {
    let source = format!("def f(g, h):\n    xs = [1]\n    {body}\n    stop()\n    print(xs)\n");
    with_model(&source, usual(), |model| {
        let (body, expr) = probe(model);
        let set = body.objects(model, expr);
        assert!(!set.has_outer(), "made here");
        let mut points = Points::empty(&body.flow);
        points.insert(point(model, "stop()"));
        model.exposed(&body, &set, &points).has_outer()
    })
}

#[test]
fn private_objects_stay_private_until_somebody_gets_them() {
    let mut wrong = Vec::new();
    for body in [
        "pass",
        "xs.append(1)",
        "g(len(xs))",
        "ys = xs",
        "ys = [xs]",
        "for x in xs: g(x)",
        "print(xs)",
        "sorted(xs)",
        "g(xs[0])",
    ] {
        if is_exposed(body) {
            wrong.push(body);
        }
    }
    for body in [
        "g(xs)",
        "g.append(xs)",
        "g.xs = xs",
        "g[0] = xs",
        "ys = [xs]\n    g(ys)",
        "ys = xs\n    g(ys)",
        "yield xs",
        "ys = (xs, 1)\n    g(*ys)",
        "ys = {1: xs}\n    g(**ys)",
        "def k(): xs.append(1)\n    g(k)",
        "g(lambda: xs)",
        "ys = (x for x in xs)\n    g(ys)",
        "g(iter(xs))",
        "g(xs or h)",
        "g(xs if h else h)",
        "g(h := xs)",
        "ys = []\n    ys.append(xs)\n    g(ys)",
        "ys = []\n    ys += [xs]\n    g(ys)",
        "global k\n    k = xs",
        "g += xs",
        "xs.append(xs)\n    g(xs[0])",
        "g(map(h, [xs]))",
        "g(enumerate(xs))",
    ] {
        if !is_exposed(body) {
            wrong.push(body);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Strictly, an operator of an unknown operand may keep the other one.
#[test]
fn operators_may_keep_their_operands() {
    let source = "def f(g):\n    xs = [1]\n    g @ xs\n    stop()\n    print(xs)\n";
    with_model(source, common::strict(), |model| {
        let (body, expr) = probe(model);
        let mut points = Points::empty(&body.flow);
        points.insert(point(model, "stop()"));
        assert!(model.exposed(&body, &body.objects(model, expr), &points).has_outer());
    });
}

#[test]
fn what_escapes_later_was_private_before() {
    let source = "def f(g):\n    xs = [1]\n    stop()\n    g(xs)\n    print(xs)\n";
    with_model(source, usual(), |model| {
        let (body, expr) = probe(model);
        let set = body.objects(model, expr);
        let mut points = Points::empty(&body.flow);
        points.insert(point(model, "stop()"));
        assert!(!model.exposed(&body, &set, &points).has_outer());
    });
}

#[test]
fn a_place_below_the_main_test_is_known() {
    let source = "if __name__ == '__main__':\n    a()\nelse:\n    b()\nif 'x' == __name__:\n    c()\n";
    with_model(source, usual(), |model| {
        assert!(model.is_main_only(statement(model, "a()").1));
        assert!(!model.is_main_only(statement(model, "b()").1));
        assert!(!model.is_main_only(statement(model, "c()").1));
    });
}
