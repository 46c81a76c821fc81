//! Names of the module `types` that Python 3 has no more become what they stood for.
//!
//! `types.StringType` becomes `bytes`, `types.NoneType` becomes `type(None)`.
//! The imports stay, and so do names that were imported from `types`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Wanted};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer { wanted: Wanted::Built(pattern), ..Fixer::plain("types", "", transform) };

const TYPES: &[(&str, &str)] = &[
    ("BooleanType", "bool"),
    ("BufferType", "memoryview"),
    ("ClassType", "type"),
    ("ComplexType", "complex"),
    ("DictType", "dict"),
    ("DictionaryType", "dict"),
    ("EllipsisType", "type(Ellipsis)"),
    ("FloatType", "float"),
    ("IntType", "int"),
    ("ListType", "list"),
    ("LongType", "int"),
    ("ObjectType", "object"),
    ("NoneType", "type(None)"),
    ("NotImplementedType", "type(NotImplemented)"),
    ("SliceType", "slice"),
    ("StringType", "bytes"),
    ("StringTypes", "(str,)"),
    ("TupleType", "tuple"),
    ("TypeType", "type"),
    ("UnicodeType", "str"),
    ("XRangeType", "range"),
];

fn pattern() -> String {
    let one = |(old, _): &(&str, &str)| format!("power< 'types' trailer< '.' name='{old}' > >");
    TYPES.iter().map(one).collect::<Vec<_>>().join("|")
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let name = tree.value(found.need("name")?);
    let Some((_, new)) = TYPES.iter().find(|(old, _)| *old == name) else { return Ok(None) };
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(util::name_after(tree, new, &prefix)))
}
