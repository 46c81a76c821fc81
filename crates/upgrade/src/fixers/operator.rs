//! Functions of the module `operator` that Python 3 has no more.
//!
//! | before | after |
//! |---|---|
//! | `operator.isCallable(x)` | `callable(x)` |
//! | `operator.sequenceIncludes(x, y)` | `operator.contains(x, y)` |
//! | `operator.isSequenceType(x)` | `isinstance(x, collections.abc.Sequence)` |
//! | `operator.isMappingType(x)` | `isinstance(x, collections.abc.Mapping)` |
//! | `operator.isNumberType(x)` | `isinstance(x, numbers.Number)` |
//! | `operator.repeat(x, n)`, `irepeat` | `operator.mul(x, n)`, `imul` |
//!
//! Without `operator.` before it there is only a warning. As in 2to3 an
//! `import collections.abc` that is there already is not recognised.

use crate::context::Context;
use crate::fixer::{Fixer, Order, Outcome};
use crate::found::Found;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    order: Order::Pre,
    ..Fixer::plain(
        "operator",
        "power< module='operator'
             trailer< '.' method=('isCallable'|'sequenceIncludes'
                                 |'isSequenceType'|'isMappingType'|'isNumberType'
                                 |'repeat'|'irepeat') >
             trailer< '(' obj=any ')' > >
         |
         power< method=('isCallable'|'sequenceIncludes'
                       |'isSequenceType'|'isMappingType'|'isNumberType'
                       |'repeat'|'irepeat')
             trailer< '(' obj=any ')' > >",
        transform,
    )
};

enum Instead {
    /// The builtin.
    Callable,
    /// Another function of the module.
    Renamed(&'static str),
    /// `isinstance` of this class of that module.
    Instance(&'static str, &'static str),
}

fn instead_of(function: &str) -> Option<Instead> {
    Some(match function {
        "isCallable" => Instead::Callable,
        "sequenceIncludes" => Instead::Renamed("contains"),
        "isSequenceType" => Instead::Instance("collections.abc", "Sequence"),
        "isMappingType" => Instead::Instance("collections.abc", "Mapping"),
        "isNumberType" => Instead::Instance("numbers", "Number"),
        "repeat" => Instead::Renamed("mul"),
        "irepeat" => Instead::Renamed("imul"),
        _ => return None,
    })
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let (function, argument) = (found.need("method")?, found.need("obj")?);
    let Some(instead) = instead_of(tree.value(function)) else { return Ok(None) };
    if !found.has("module") {
        let shown = tree.text(argument);
        let advice = match instead {
            Instead::Callable => format!("callable({shown})"),
            Instead::Renamed(name) => format!("operator.{name}({shown})"),
            Instead::Instance(module, class) => format!("isinstance({shown}, {module}.{class})"),
        };
        cx.warning(tree, node, &format!("You should use '{advice}' here."));
        return Ok(None);
    }
    let prefix = tree.prefix(node).to_owned();
    match instead {
        Instead::Renamed(name) => {
            tree.set_value(function, name);
            tree.mark_changed(function);
            Ok(None)
        }
        Instead::Callable => {
            let (name, argument) = (util::name(tree, "callable"), tree.lift(argument));
            Ok(Some(util::call_after(tree, name, &[argument], &prefix)))
        }
        Instead::Instance(module, class) => {
            cx.touch_import(tree, None, module, node);
            let (name, argument) = (util::name(tree, "isinstance"), tree.lift(argument));
            // One leaf, as 2to3 wrote it: no fixer looks into it.
            let class = util::string(tree, &format!(", {module}.{class}"));
            Ok(Some(util::call_after(tree, name, &[argument, class], &prefix)))
        }
    }
}
