//! Parameters that are tuples are taken apart in the body.
//!
//! ```text
//! def f((a, b), c):              def f(xxx_todo_changeme, c):
//!     return a + c                   (a, b) = xxx_todo_changeme
//!                                    return a + c
//! lambda (a, b): a + b           lambda a_b: a_b[0] + a_b[1]
//! lambda (a): a                  lambda a: a
//! ```
//!
//! Oddities of 2to3 that are kept: `lambda (a, b), c: …` stays; every name in
//! the body of the lambda that is called like a parameter is replaced, keywords
//! and attributes too; below the second level of nesting only the last two
//! indices are written; and blanks and comments before the statement that
//! follows the new ones go.

use crate::context::Context;
use crate::fixer::{Fixer, Outcome, Trouble};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

pub static FIXER: Fixer = Fixer {
    run_order: 4,
    first: Some(all_lambdas),
    ..Fixer::plain(
        "tuple_params",
        "funcdef< 'def' any parameters< '(' args=any ')' > ['->' any] ':' suite=any+ >
         |
         lambda=lambdef< 'lambda' args=vfpdef< '(' inner=any ')' > ':' body=any >",
        transform,
    )
};

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    if found.has("lambda") {
        return transform_lambda(tree, found, cx).map(|()| None);
    }
    let (body, arguments) = (found.need("suite")?, found.need("args")?);
    let tuples: Vec<(usize, NodeId)> = match tree.kind(arguments) {
        Kind::Tfpdef => vec![(0, arguments)],
        Kind::Typedargslist => tree.children(arguments).enumerate().collect(),
        _ => return Ok(None),
    };
    let mut statements = Vec::new();
    for (at, tuple) in tuples {
        if tree.kind(tuple) == Kind::Tfpdef {
            let name = cx.new_name(tree, "xxx_todo_changeme");
            statements.push(take_apart(tree, tuple, &name, at > 0));
        }
    }
    if !statements.is_empty() {
        if cx.corrects() && keep_docstring(tree, body, &statements) {
            return Ok(None);
        }
        add_statements(tree, body, &statements);
    }
    Ok(None)
}

/// Puts a name in the place of the tuple, and answers with `tuple = name`.
fn take_apart(tree: &mut Tree, tuple: NodeId, name: &str, is_further: bool) -> NodeId {
    let target = tree.clone_node(tuple);
    tree.set_prefix(target, "");
    let source = util::name(tree, name);
    let assignment = util::assign(tree, target, &[source]);
    let parameter = util::name_after(tree, name, if is_further { " " } else { "" });
    tree.replace(tuple, &[parameter]);
    assignment
}

/// Puts the assignments at the head of the body, behind a docstring.
fn add_statements(tree: &mut Tree, body: NodeId, assignments: &[NodeId]) {
    let indent = tree.child(body, 1).filter(|indent| tree.kind(*indent) == Kind::Indent);
    let indent = indent.map(|indent| tree.value(indent).to_owned());
    let statements: Vec<NodeId> = assignments
        .iter()
        .map(|assignment| {
            let end = match indent {
                Some(_) => util::newline(tree),
                None => tree.new_leaf(Kind::Indent, ""),
            };
            tree.new_node(Kind::SimpleStmt, &[*assignment, end])
        })
        .collect();
    let mut at = 0;
    if let Some(indent) = &indent {
        at = 2;
        if tree.child(body, at).is_some_and(|first| is_docstring(tree, first)) {
            tree.set_prefix(statements[0], indent);
            at = 3;
        }
    } else {
        tree.set_prefix(statements[0], " ");
    }
    // From the last to the first, so that none has to be counted up to.
    for statement in statements.iter().rev() {
        tree.insert_child(body, at, *statement);
    }
    // The others, and what stood there before.
    let before = indent.as_deref().unwrap_or("; ");
    let following: Vec<NodeId> = tree.children(body).skip(at + 1).take(statements.len()).collect();
    for statement in following {
        tree.set_prefix(statement, before);
    }
}

/// With `--beyond`: `def f((a, b)): "doc"` keeps its docstring first.
fn keep_docstring(tree: &mut Tree, body: NodeId, assignments: &[NodeId]) -> bool {
    let has_docstring = tree.kind(body) == Kind::SimpleStmt
        && tree.first_child(body).is_some_and(|first| tree.kind(first) == Kind::String);
    if has_docstring {
        for assignment in assignments.iter().rev() {
            let semicolon = tree.new_leaf(Kind::Semi, ";");
            tree.set_prefix(*assignment, " ");
            tree.insert_child(body, 1, *assignment);
            tree.insert_child(body, 1, semicolon);
        }
    }
    has_docstring
}

/// With `--beyond`: every lambda with tuples among its parameters, and only the
/// names that mean them.
fn all_lambdas(tree: &mut Tree, cx: &mut Context<'_>) {
    let is_lambda = |node: &NodeId| matches!(tree.kind(*node), Kind::Lambdef | Kind::OldLambdef);
    let lambdas: Vec<NodeId> = tree.post_order(tree.root()).filter(is_lambda).collect();
    for lambda in lambdas {
        let parameters: Vec<NodeId> = match tree.child(lambda, 1) {
            Some(list) if tree.kind(list) == Kind::Varargslist => tree.children(list).collect(),
            Some(one) => vec![one],
            None => continue,
        };
        for parameter in parameters {
            let mut inner = parameter;
            while tree.kind(inner) == Kind::Vfpdef
                && let Some(inside) = tree.child(inner, 1)
            {
                inner = inside;
            }
            if tree.kind(parameter) == Kind::Vfpdef && tree.kind(inner) != Kind::Name {
                take_apart_in_lambda(tree, lambda, parameter, inner, cx);
            }
        }
    }
}

fn take_apart_in_lambda(tree: &mut Tree, lambda: NodeId, parameter: NodeId, inner: NodeId, cx: &mut Context<'_>) {
    let parameters = whole_paths(tree, inner);
    let words: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let name = cx.new_name(tree, &words.join("_"));
    let Some(body) = tree.last_child(lambda) else { return };
    let mut uses = Vec::new();
    for leaf in tree.leaves(body).filter(|leaf| util::is_read_by_name(tree, *leaf)) {
        let path = parameters.iter().rfind(|(name, _)| name == tree.value(leaf)).map(|(_, path)| path);
        let is_bound = || util::is_local_below(tree, leaf, body);
        if let Some(path) = path.filter(|_| !is_bound()) {
            uses.push((leaf, path));
        }
    }
    for (leaf, path) in uses {
        let mut children = vec![util::name(tree, &name)];
        for index in path {
            let index = util::number(tree, &index.to_string());
            children.push(util::subscript(tree, index));
        }
        let item = tree.new_node(Kind::Power, &children);
        util::prefixed_like(tree, item, leaf);
        tree.replace(leaf, &[item]);
    }
    let prefix = tree.prefix(parameter).to_owned();
    let prefix = if prefix.is_empty() && tree.prev_sibling(parameter).is_none() { " " } else { &prefix };
    let new = util::name_after(tree, &name, prefix);
    tree.replace(parameter, &[new]);
}

/// The names in a list of parameters, with all the indices that lead to each.
fn whole_paths(tree: &Tree, list: NodeId) -> Vec<(String, Vec<usize>)> {
    let mut names = Vec::new();
    let mut pending: Vec<(NodeId, Vec<usize>)> = vec![(list, Vec::new())];
    while let Some((mut item, path)) = pending.pop() {
        while tree.kind(item) == Kind::Vfpdef
            && let Some(inside) = tree.child(item, 1)
        {
            item = inside;
        }
        if tree.kind(item) == Kind::Name {
            names.push((tree.value(item).to_owned(), path));
            continue;
        }
        let items = tree.children(item).filter(|one| tree.kind(*one) != Kind::Comma).enumerate();
        let paths: Vec<_> = items.map(|(at, one)| (one, path.iter().copied().chain([at]).collect())).collect();
        pending.extend(paths.into_iter().rev());
    }
    names
}

fn is_docstring(tree: &Tree, statement: NodeId) -> bool {
    tree.first_child(statement).is_some_and(|first| tree.kind(first) == Kind::String)
}

fn transform_lambda(tree: &mut Tree, found: &Found, cx: &mut Context<'_>) -> Result<(), Trouble> {
    let (arguments, body) = (found.need("args")?, found.need("body")?);
    let mut inner = found.need("inner")?;
    while tree.kind(inner) == Kind::Vfpdef {
        inner = tree.child(inner, 1).ok_or_else(|| Trouble::new("a parameter without a name"))?;
    }
    if tree.kind(inner) == Kind::Name {
        let copy = tree.clone_node(inner);
        tree.set_prefix(copy, " ");
        tree.replace(arguments, &[copy]);
        return Ok(());
    }
    let parameters = paths_to_names(tree, inner);
    let words: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    let name = cx.new_name(tree, &words.join("_"));
    let parameter = util::name_after(tree, &name, " ");
    tree.replace(arguments, &[parameter]);
    let leaves: Vec<NodeId> = tree.leaves(body).filter(|leaf| tree.kind(*leaf) == Kind::Name).collect();
    for leaf in leaves {
        let called_so = |(name, _): &&(String, Vec<usize>)| name == tree.value(leaf);
        let Some((_, path)) = parameters.iter().rfind(called_so) else { continue };
        let mut children = vec![util::name(tree, &name)];
        for index in path {
            let index = util::number(tree, &index.to_string());
            children.push(util::subscript(tree, index));
        }
        let item = tree.new_node(Kind::Power, &children);
        let prefix = tree.prefix(leaf).to_owned();
        tree.set_prefix(item, &prefix);
        tree.replace(leaf, &[item]);
    }
    Ok(())
}

/// The names in a list of parameters, with the indices that lead to each: of
/// the list in the one around it, and of the name in the list.
fn paths_to_names(tree: &Tree, list: NodeId) -> Vec<(String, Vec<usize>)> {
    let mut names = Vec::new();
    let mut pending: Vec<(NodeId, Vec<usize>)> = vec![(list, Vec::new())];
    while let Some((mut item, path)) = pending.pop() {
        while tree.kind(item) == Kind::Vfpdef
            && let Some(inside) = tree.child(item, 1)
        {
            item = inside;
        }
        if tree.kind(item) == Kind::Name {
            names.push((tree.value(item).to_owned(), path));
            continue;
        }
        let items: Vec<NodeId> = tree.children(item).filter(|one| tree.kind(*one) != Kind::Comma).collect();
        let of_list = path.last().copied();
        let paths = items.into_iter().enumerate().map(|(at, one)| (one, of_list.into_iter().chain([at]).collect()));
        pending.extend(paths.rev());
    }
    names
}
