//! `except E, name:` becomes `except E as name:`.
//!
//! What is no name is assigned from one in the block:
//!
//! ```text
//! except E, (a, b):        except E as xxx_todo_changeme:
//!     body()                   (a, b) = xxx_todo_changeme.args
//!                              body()
//! ```
//!
//! The assignment is put before the first statement that has parts, so that a
//! block on the line of its head breaks, as it does with 2to3; with `--beyond`
//! it stands there as the first of the statements.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer::plain("except", PATTERN, transform);

const PATTERN: &str = "
    try_stmt< 'try' ':' (simple_stmt | suite)
        cleanup=(except_clause ':' (simple_stmt | suite))+
        tail=(['except' ':' (simple_stmt | suite)]
              ['else' ':' (simple_stmt | suite)]
              ['finally' ':' (simple_stmt | suite)]) >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let tail = util::lift_all(tree, found.many("tail"));
    let handlers = util::lift_all(tree, found.many("cleanup"));
    for (at, clause) in handlers.iter().enumerate() {
        if tree.kind(*clause) == Kind::ExceptClause
            && let Some(body) = handlers.get(at + 2)
        {
            name_exception(tree, *clause, *body, cx);
        }
    }
    let head: Vec<_> = tree.children(node).take(3).collect();
    let mut children = util::lift_all(tree, &head);
    children.extend(handlers);
    children.extend(tail);
    Ok(Some(tree.new_node(tree.kind(node), &children)))
}

fn name_exception(tree: &mut Tree, clause: NodeId, body: NodeId, cx: &mut Context<'_>) {
    let parts: Vec<_> = tree.children(clause).take(5).collect();
    let [except, _, comma, target] = parts[..] else { return };
    if tree.value(except) != "except" {
        return;
    }
    let as_leaf = util::name_after(tree, "as", " ");
    tree.replace(comma, &[as_leaf]);
    if tree.kind(target) == Kind::Name {
        if tree.prefix(target).is_empty() {
            tree.set_prefix(target, " ");
        }
        return;
    }
    let new_name = cx.new_name(tree, "xxx_todo_changeme");
    let new_name = util::name_after(tree, &new_name, " ");
    let old = util::clone_after(tree, target, "");
    tree.replace(target, &[new_name]);
    let value = tree.clone_node(new_name);
    let assignment = if util::is_tuple(tree, target) || util::is_list(tree, target) {
        let args = util::name(tree, "args");
        let args = util::attr(tree, value, args);
        util::assign(tree, old, &args)
    } else {
        util::assign(tree, old, &[value])
    };
    if cx.corrects() && tree.kind(body) == Kind::SimpleStmt {
        // On the line of the head: `except E as x: (a, b) = x.args; body()`.
        tree.set_prefix(assignment, " ");
        let semicolon = tree.new_leaf(Kind::Semi, ";");
        tree.insert_child(body, 0, assignment);
        tree.insert_child(body, 1, semicolon);
        if let Some(first) = tree.child(body, 2).filter(|first| tree.prefix(*first).is_empty()) {
            tree.set_prefix(first, " ");
        }
        return;
    }
    insert_first(tree, body, assignment);
}

/// Puts an assignment into a block, between two copies of what stands before
/// its first statement: the end of the line of the head, and the indentation.
fn insert_first(tree: &mut Tree, body: NodeId, assignment: NodeId) {
    let children: Vec<_> = tree.children(body).collect();
    let first = children.iter().position(|child| !tree.is_leaf(*child));
    let before = &children[..first.unwrap_or(children.len().saturating_sub(1))];
    for (at, child) in before.iter().enumerate() {
        let copy = tree.clone_node(*child);
        tree.insert_child(body, at, copy);
    }
    tree.insert_child(body, before.len(), assignment);
}
