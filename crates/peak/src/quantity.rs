//! The quantities that formulas speak of, and what they are where nobody says.
//!
//! - `len(load.rows)`: items of the variable `rows` of the function `load`; behind
//!   it `[]` goes on to the items (the values of a dict), `{}` to the keys of a
//!   dict, `[0]`, `["name"]` and `.name` to one part. `len(load())` is of what
//!   `load` returns. Where a path has several ends, the mean over them.
//! - `bytes(load.rows[])`: the mean size of what is there, as CPython allocates
//!   it; what is shared by many, such as small ints, counts nothing.
//! - `load.n`: a number.
//! - `dict(len(x))`, `set(len(x))`, `list(len(x))`, `split(len(x))`: the size of a
//!   table for so many items, which grows in steps. Worked out, never asked for.

use crate::heap::Shape;
use crate::layout;

/// Items of a collection that nobody counted, where there are many of such.
pub const FEW: f64 = 8.0;
/// The same of a collection of which there is one.
const MANY: f64 = 1e6;
/// A whole file as a text.
const FILE: f64 = 4e7;

/// What a worked-out quantity is worked out from: its function, and the quantity.
fn worked_out(name: &str) -> Option<(&str, &str)> {
    let (function, rest) = name.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let known = ["dict", "dict_of_any", "set", "list", "split"];
    (known.contains(&function) && (inner.contains('(') || !inner.is_empty())).then_some((function, inner))
}

/// The quantity that has to be known for this one.
pub fn asked(name: &str) -> &str {
    worked_out(name).map_or(name, |(_, inner)| inner)
}

/// The value of a quantity, if `given` knows what it is worked out from.
pub fn value(name: &str, given: &dyn Fn(&str) -> Option<f64>) -> Option<f64> {
    let Some((function, inner)) = worked_out(name) else { return given(name) };
    let items = given(inner)?;
    Some(match function {
        "dict" => layout::dict(items, true),
        "dict_of_any" => layout::dict(items, false),
        "set" => layout::set(items),
        "split" => layout::list(items.max(layout::SPLIT_ROOM)),
        _ => layout::grown_list(items),
    })
}

/// The usual size of what is small, where nobody has measured it.
pub fn usual(name: &str) -> Option<f64> {
    (name.starts_with("bytes(") && name.contains(['[', '{'])).then_some(layout::SHORT_TEXT)
}

/// What a quantity is taken as where two formulas are compared.
pub fn typical(name: &str) -> f64 {
    if name.starts_with("bytes(") {
        return usual(name).unwrap_or(FILE);
    }
    let inner = name.contains("[]") || name.contains("{}");
    if inner { FEW } else { MANY }
}

/// What a reader calls objects of a shape at a place.
pub fn described(shape: &Shape, name: Option<&str>) -> String {
    let kind = match shape {
        Shape::Int | Shape::Float => "numbers",
        Shape::Text => "texts",
        Shape::List => "lists",
        Shape::Deque => "deques",
        Shape::Tuple => "tuples",
        Shape::Set => "sets",
        Shape::Dict => "dicts",
        Shape::Record { .. } => "records",
        Shape::Scratch(_) => "scratch space",
        Shape::Spilled { .. } => "kept by the run time",
        _ => "objects",
    };
    match name {
        Some(name) => format!("{kind} `{name}`"),
        None => kind.to_owned(),
    }
}
