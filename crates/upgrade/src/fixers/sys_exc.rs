//! `sys.exc_type`, `sys.exc_value` and `sys.exc_traceback` become
//! `sys.exc_info()[0]`, `[1]` and `[2]`.
//!
//! As in 2to3 nothing may follow: `sys.exc_type.x` stays.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    last: Some(rename_rest),
    ..Fixer::plain(
        "sys_exc",
        "power< 'sys' trailer< dot='.' attribute=('exc_type'|'exc_value'|'exc_traceback') > >",
        transform,
    )
};

fn index_of(attribute: &str) -> Option<&'static str> {
    Some(match attribute {
        "exc_type" => "0",
        "exc_value" => "1",
        "exc_traceback" => "2",
        _ => return None,
    })
}

/// With `--beyond`: where something follows, `sys.exc_value.args`, too.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    let powers: Vec<NodeId> = tree.pre_order(tree.root()).filter(|node| tree.kind(*node) == Kind::Power).collect();
    for power in powers {
        let parts: Vec<NodeId> = tree.children(power).take(3).collect();
        let [sys, trailer, _] = parts[..] else { continue };
        let Some(name) = tree.child(trailer, 1) else { continue };
        let is_it = tree.value(sys) == "sys" && tree.kind(trailer) == Kind::Trailer;
        if let Some(index) = index_of(tree.value(name)).filter(|_| is_it) {
            util::rename(tree, name, &format!("exc_info()[{index}]"));
        }
    }
}

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let (dot, attribute) = (found.need("dot")?, found.need("attribute")?);
    let index = index_of(tree.value(attribute)).unwrap_or("2");
    let [prefix, dot_prefix, name_prefix] = [node, dot, attribute].map(|one| tree.prefix(one).to_owned());
    let name = util::name(tree, "exc_info");
    let call = util::call_after(tree, name, &[], &name_prefix);
    let sys = util::name(tree, "sys");
    let [sys, trailer] = util::attr(tree, sys, call);
    tree.set_prefix(trailer, &dot_prefix);
    let index = util::number(tree, index);
    let subscript = util::subscript(tree, index);
    let new = tree.new_node(Kind::Power, &[sys, trailer, subscript]);
    Ok(Some(util::with_prefix(tree, new, &prefix)))
}
