//! Names of the module `types` that Python 3 has no more become what they stood for.
//!
//! `types.StringType` becomes `bytes`, `types.NoneType` becomes `type(None)`.
//! The imports stay, and so do names that were imported from `types`.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Wanted};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    wanted: Wanted::Built(pattern),
    first: Some(define_imported),
    last: Some(name_rest),
    ..Fixer::plain("types", "", transform)
};

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

fn new_name(old: &str) -> Option<&'static str> {
    TYPES.iter().find(|(known, _)| *known == old).map(|(_, new)| *new)
}

/// With `--beyond`: `from types import ListType, FunctionType` becomes `from types
/// import FunctionType; ListType = list`.
fn define_imported(tree: &mut Tree, _cx: &mut Context<'_>) {
    util::open_imports(tree, &["types"]);
    let is_import = |node: &NodeId| {
        tree.kind(*node) == Kind::ImportFrom
            && tree.child(*node, 1).is_some_and(|from| tree.value(from) == "types")
            && tree.child(*node, 3).is_some_and(|names| tree.kind(names) != Kind::Star)
    };
    let imports: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_import).collect();
    for import in imports {
        let Some(names) = tree.child(import, 3) else { continue };
        let parts: Vec<NodeId> = match tree.kind(names) {
            Kind::ImportAsNames => tree.children(names).step_by(2).collect(),
            _ => vec![names],
        };
        let old = |part: NodeId| tree.first_child(part).unwrap_or(part);
        let (gone, kept): (Vec<NodeId>, Vec<NodeId>) =
            parts.into_iter().partition(|part| new_name(tree.value(old(*part))).is_some());
        let (targets, values): (Vec<&str>, Vec<&str>) = gone
            .iter()
            .map(|part| {
                let target = tree.last_child(*part).unwrap_or(*part);
                (tree.value(target), new_name(tree.value(old(*part))).unwrap_or_default())
            })
            .unzip();
        if gone.is_empty() {
            continue;
        }
        let text = format!("{} = {}", targets.join(", "), values.join(", "));
        // One leaf: no fixer looks into it.
        let definition = util::name(tree, &text);
        if kept.is_empty() {
            util::prefixed_like(tree, definition, import);
            tree.replace(import, &[definition]);
            continue;
        }
        let mut names = Vec::new();
        for part in kept {
            if !names.is_empty() {
                names.push(util::comma(tree));
            }
            names.push(util::clone_after(tree, part, " "));
        }
        let new = util::from_import(tree, "types", &names);
        util::prefixed_like(tree, new, import);
        tree.replace(import, &[new]);
        util::add_statement(tree, new, definition);
    }
}

/// With `--beyond`: `types.ListType(x)`, where something follows, and `t.ListType`
/// after `import types as t`.
fn name_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    let modules = util::names_of_module(tree, "types");
    let powers: Vec<NodeId> = tree.pre_order(tree.root()).filter(|node| tree.kind(*node) == Kind::Power).collect();
    for power in powers {
        let parts: Vec<NodeId> = tree.children(power).take(2).collect();
        let [module, trailer] = parts[..] else { continue };
        let name = tree.child(trailer, 1).filter(|_| tree.kind(trailer) == Kind::Trailer);
        let Some(new) = name.and_then(|name| new_name(tree.value(name))) else { continue };
        if modules.iter().any(|known| known == tree.value(module)) {
            tree.detach(trailer);
            util::rename(tree, module, new);
        }
    }
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let name = tree.value(found.need("name")?);
    let Some((_, new)) = TYPES.iter().find(|(old, _)| *old == name) else { return Ok(None) };
    let prefix = tree.prefix(node).to_owned();
    Ok(Some(util::name_after(tree, new, &prefix)))
}
