//! The `exec` statement becomes a call.
//!
//! | before | after |
//! |---|---|
//! | `exec code` | `exec(code)` |
//! | `exec code in a, b` | `exec(code, a, b)` |
//!
//! `exec (code)` stays. `exec (code, a)` stays as well: it is a call to look at.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer::plain("exec", PATTERN, transform);

const PATTERN: &str = "
    exec_stmt< 'exec' a=any 'in' b=any [',' c=any] >
    |
    exec_stmt< 'exec' (not atom<'(' [any] ')'>) a=any >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let prefix = tree.prefix(node).to_owned();
    let mut args = vec![util::clone_after(tree, found.need("a")?, "")];
    for scope in ["b", "c"].into_iter().filter_map(|name| found.one(name)) {
        args.push(util::comma(tree));
        args.push(tree.clone_node(scope));
    }
    let exec = util::name(tree, "exec");
    Ok(Some(util::call_after(tree, exec, &args, &prefix)))
}
