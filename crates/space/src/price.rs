//! What lists cost: bytes per item, and how many items there are, as formulas.
//!
//! A list that is walked several times is fused if its loops allow it, else spilled, and never
//! read again from its file: that is at most a sixth faster for two passes, slower from the
//! third or fourth on (`benchmarks/read_again.py`), and right only while the file stays as it is.
//!
//! Calibrated on CPython 3.11, 64 bit: a list of fresh numbers takes 8 bytes of
//! pointer (over-allocated by an eighth) and a 32-byte object per item.

use spacetime_rule::{Claim, Context};
use spacetime_semantic::{Body, Kind, Size, first_iterable};
use spacetime_syntax::ast::{self, Expr, Operator, Stmt};

/// The pointer in the list, with the spare room that growing leaves.
const POINTER: f64 = 9.0;

/// Bytes that one item of a list takes beside its pointer, if it is made for the list.
fn object_bytes(kind: &Kind) -> f64 {
    match kind {
        Kind::None | Kind::Bool | Kind::Never => 0.0,
        Kind::Int | Kind::Float | Kind::Complex | Kind::Unknown | Kind::Json => 32.0,
        Kind::Str | Kind::Bytes => 80.0,
        Kind::Tuple(items) => 48.0 + items.iter().map(|item| 8.0 + object_bytes(item)).sum::<f64>(),
        Kind::Dict | Kind::DefaultDict | Kind::Counter => 264.0,
        Kind::List(item) => 88.0 + 4.0 * (POINTER + object_bytes(item)),
        Kind::Record(_) => 182.0,
        _ => 64.0,
    }
}

/// Bytes per item of a list whose items are the values of `element`.
pub fn bytes_per_item(cx: &Context<'_, '_>, body: &Body, element: &Expr) -> f64 {
    // A name, an attribute, an item: the object exists already.
    let shared = matches!(element, Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_))
        || element.is_literal_expr();
    if shared { POINTER } else { POINTER + object_bytes(&body.kind(cx.model, element)) }
}

/// Bytes per item of a list of items of a kind, made for the list.
pub fn bytes_of_kind(kind: &Kind) -> f64 {
    POINTER + object_bytes(kind)
}

/// How many items walking `expr` yields, at most.
pub fn items(cx: &Context<'_, '_>, expr: &Expr) -> Size {
    match expr {
        Expr::List(ast::ExprList { elts, .. })
        | Expr::Tuple(ast::ExprTuple { elts, .. })
        | Expr::Set(ast::ExprSet { elts, .. })
            if !elts.iter().any(Expr::is_starred_expr) =>
        {
            Size::number(elts.len() as f64)
        }
        Expr::StringLiteral(text) => Size::number(text.value.chars().count() as f64),
        Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
            comprehension_items(cx, expr)
        }
        Expr::Call(call) => call_items(cx, expr, call),
        Expr::Name(name) => Size::quantity(format!("len({})", name.id)),
        _ => Size::quantity(format!("len({})", short(cx, expr))),
    }
}

/// A number that an expression computes, as a formula.
pub fn amount(cx: &Context<'_, '_>, expr: &Expr) -> Size {
    let quantity = || Size::quantity(short(cx, expr));
    match expr {
        Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Int(value), .. }) => {
            value.as_u64().map_or_else(quantity, |value| Size::number(value as f64))
        }
        Expr::BinOp(op) => {
            let sides = || (amount(cx, &op.left), amount(cx, &op.right));
            match op.op {
                Operator::Add => sides().0.plus(&sides().1),
                Operator::Sub => sides().0.plus(&sides().1.scaled(-1.0)),
                Operator::Mult => sides().0.times(&sides().1),
                _ => quantity(),
            }
        }
        Expr::Name(name) => constant(cx, name).map_or_else(quantity, |value| amount(cx, value)),
        _ => quantity(),
    }
}

/// The number that a name stands for all along.
fn constant<'m>(cx: &Context<'_, 'm>, name: &ast::ExprName) -> Option<&'m Expr> {
    let data = cx.model.scopes.symbol(cx.model.scopes.resolve(cx.tree.id(name)).symbol()?);
    let [binding] = data.bindings[..] else { return None };
    if data.rebound_elsewhere {
        return None;
    }
    match cx.tree.stmt(cx.tree.parent(binding)?)? {
        Stmt::Assign(assign) => {
            let plain = matches!(&assign.targets[..], [Expr::Name(_)]);
            (plain && assign.value.is_number_literal_expr()).then_some(&*assign.value)
        }
        _ => None,
    }
}

fn call_items(cx: &Context<'_, '_>, expr: &Expr, call: &ast::ExprCall) -> Size {
    let arguments = &call.arguments.args;
    let builtin = |name: &str| cx.model.is_builtin(&call.func, name);
    if builtin("range") {
        return match &arguments[..] {
            [stop] => amount(cx, stop),
            [start, stop, ..] => amount(cx, stop).plus(&amount(cx, start).scaled(-1.0)),
            [] => Size::quantity(short(cx, expr)),
        };
    }
    let same = ["enumerate", "list", "sorted", "reversed", "iter", "tuple", "map", "zip", "filter", "set"];
    match arguments.last() {
        Some(argument) if same.iter().any(|name| builtin(name)) => items(cx, argument),
        _ => match &*call.func {
            Expr::Attribute(attribute) => match (attribute.attr.as_str(), &*attribute.value) {
                ("readlines", file) => Size::quantity(format!("lines({})", short(cx, file))),
                ("items" | "keys" | "values", owner) => items(cx, owner),
                _ => Size::quantity(format!("len({})", short(cx, expr))),
            },
            _ => Size::quantity(format!("len({})", short(cx, expr))),
        },
    }
}

/// How many items a comprehension yields, at most: the product of its clauses.
pub fn comprehension_items(cx: &Context<'_, '_>, comprehension: &Expr) -> Size {
    let clauses: &[ast::Comprehension] = match comprehension {
        Expr::ListComp(comp) => &comp.generators,
        Expr::SetComp(comp) => &comp.generators,
        Expr::DictComp(comp) => &comp.generators,
        Expr::Generator(comp) => &comp.generators,
        _ => return Size::zero(),
    };
    clauses.iter().map(|clause| items(cx, &clause.iter)).fold(Size::number(1.0), |all, one| all.times(&one))
}

/// A piece of source as a quantity's name: on one line, and not too long.
fn short(cx: &Context<'_, '_>, expr: &Expr) -> String {
    let text = cx.tree.module().slice(expr).split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= 40 {
        return text;
    }
    let start: String = text.chars().take(37).collect();
    format!("{start}...")
}

/// A list that is no longer made: all of it is saved.
pub fn saves_list(items: &Size, bytes: f64, overhead: f64, confidence: f64) -> Claim {
    Claim { before: items.scaled(bytes), after: Size::zero(), overhead, confidence, clarity: 1.0 }
}

/// So few items that no rewrite pays.
pub fn is_small(items: &Size) -> bool {
    items.as_number().is_some_and(|number| number <= 1000.0)
}

/// Whether a comprehension is known to yield few items.
pub fn is_small_comprehension(cx: &Context<'_, '_>, comprehension: &Expr) -> bool {
    first_iterable(comprehension).is_some() && is_small(&comprehension_items(cx, comprehension))
}

/// Names of files in a folder, arguments of the program: never many.
pub fn is_listing(cx: &Context<'_, '_>, expr: &Expr) -> bool {
    let inner = match expr {
        Expr::Generator(comp) if comp.generators.len() == 1 => &comp.generators[0].iter,
        expr => expr,
    };
    match inner {
        Expr::Call(call) => match cx.model.qualified(&call.func) {
            Some(name) => matches!(name.as_str(), "os.listdir" | "os.scandir" | "glob.glob" | "glob.iglob"),
            None => matches!(&*call.func, Expr::Attribute(method)
                if matches!(method.attr.as_str(), "glob" | "rglob" | "iterdir" | "items" | "keys" | "values")),
        },
        Expr::Subscript(subscript) => {
            cx.model.qualified(&subscript.value).is_some_and(|name| name == "sys.argv")
        }
        _ => false,
    }
}
