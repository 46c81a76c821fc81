//! Making the nodes that fixers write.
//!
//! Two oddities are kept because patterns see them: the brackets that `list_comp`
//! and `subscript` write are of the kind of braces, and a single argument of a
//! call hangs in an `arglist` of its own.

use crate::{Kind, NodeId, Tree};

/// A token whose text goes without saying.
fn token(tree: &mut Tree, kind: Kind) -> NodeId {
    tree.new_leaf(kind, kind.text().unwrap_or_default())
}

pub fn lparen(tree: &mut Tree) -> NodeId {
    token(tree, Kind::LPar)
}

pub fn rparen(tree: &mut Tree) -> NodeId {
    token(tree, Kind::RPar)
}

pub fn comma(tree: &mut Tree) -> NodeId {
    token(tree, Kind::Comma)
}

pub fn dot(tree: &mut Tree) -> NodeId {
    token(tree, Kind::Dot)
}

/// The end of a line: always `\n`, also in files whose lines end otherwise.
pub fn newline(tree: &mut Tree) -> NodeId {
    tree.new_leaf(Kind::Newline, "\n")
}

/// What is left of a statement that has been taken away, before its end of line.
pub fn blank_line(tree: &mut Tree) -> NodeId {
    tree.new_leaf(Kind::Newline, "")
}

pub fn name(tree: &mut Tree, name: &str) -> NodeId {
    tree.new_leaf(Kind::Name, name)
}

pub fn name_after(tree: &mut Tree, name: &str, prefix: &str) -> NodeId {
    tree.new_leaf_after(Kind::Name, name, prefix)
}

pub fn number(tree: &mut Tree, number: &str) -> NodeId {
    tree.new_leaf(Kind::Number, number)
}

pub fn string(tree: &mut Tree, string: &str) -> NodeId {
    tree.new_leaf(Kind::String, string)
}

pub fn string_after(tree: &mut Tree, string: &str, prefix: &str) -> NodeId {
    tree.new_leaf_after(Kind::String, string, prefix)
}

/// Gives a node a prefix and hands it back.
pub fn with_prefix(tree: &mut Tree, node: NodeId, prefix: &str) -> NodeId {
    tree.set_prefix(node, prefix);
    node
}

/// Gives a node the prefix that another has, and hands it back.
pub fn prefixed_like(tree: &mut Tree, node: NodeId, like: NodeId) -> NodeId {
    let prefix = tree.prefix(like).to_owned();
    with_prefix(tree, node, &prefix)
}

/// A copy after a prefix of its own.
pub fn clone_after(tree: &mut Tree, node: NodeId, prefix: &str) -> NodeId {
    let copy = tree.clone_node(node);
    with_prefix(tree, copy, prefix)
}

/// Copies of nodes, in order.
pub fn clone_all(tree: &mut Tree, nodes: &[NodeId]) -> Vec<NodeId> {
    nodes.iter().map(|node| tree.clone_node(*node)).collect()
}

/// Nodes of something that is thrown away, in order, as [`Tree::lift`] gives them.
pub fn lift_all(tree: &mut Tree, nodes: &[NodeId]) -> Vec<NodeId> {
    nodes.iter().map(|node| tree.lift(*node)).collect()
}

/// One such node after a prefix of its own.
pub fn lift_after(tree: &mut Tree, node: NodeId, prefix: &str) -> NodeId {
    let lifted = tree.lift(node);
    with_prefix(tree, lifted, prefix)
}

/// Puts another name in the place of a leaf, with the same prefix.
pub fn rename(tree: &mut Tree, leaf: NodeId, to: &str) -> NodeId {
    let prefix = tree.prefix(leaf).to_owned();
    let new = name_after(tree, to, &prefix);
    tree.replace(leaf, &[new]);
    new
}

/// `keyword=value`.
pub fn keyword_arg(tree: &mut Tree, keyword: NodeId, value: NodeId) -> NodeId {
    let equal = token(tree, Kind::Equal);
    tree.new_node(Kind::Argument, &[keyword, equal, value])
}

/// `target = source`. A source of one node gets a blank before it; several
/// (those of `attr`) are taken as they are.
pub fn assign(tree: &mut Tree, target: NodeId, source: &[NodeId]) -> NodeId {
    if let [source] = source {
        tree.set_prefix(*source, " ");
    }
    let equal = tree.new_leaf_after(Kind::Equal, "=", " ");
    let mut children = vec![target, equal];
    children.extend(source);
    tree.new_node(Kind::Atom, &children)
}

/// `object` and `.attribute`, two children for a `power`.
pub fn attr(tree: &mut Tree, object: NodeId, attribute: NodeId) -> [NodeId; 2] {
    let dot = dot(tree);
    [object, tree.new_node(Kind::Trailer, &[dot, attribute])]
}

/// `(args)` as a call has it; commas are among the `args`.
pub fn arg_list(tree: &mut Tree, args: &[NodeId]) -> NodeId {
    let (open, close) = (lparen(tree), rparen(tree));
    arg_list_between(tree, open, args, close)
}

/// The same with parentheses that are there already.
pub fn arg_list_between(tree: &mut Tree, open: NodeId, args: &[NodeId], close: NodeId) -> NodeId {
    let node = tree.new_node(Kind::Trailer, &[open, close]);
    if !args.is_empty() {
        let args = tree.new_node(Kind::Arglist, args);
        tree.insert_child(node, 1, args);
    }
    node
}

/// `function(args)`, with the prefix that `function` has.
pub fn call(tree: &mut Tree, function: NodeId, args: &[NodeId]) -> NodeId {
    let args = arg_list(tree, args);
    tree.new_node(Kind::Power, &[function, args])
}

/// `function(args)` after a prefix.
pub fn call_after(tree: &mut Tree, function: NodeId, args: &[NodeId], prefix: &str) -> NodeId {
    let call = call(tree, function, args);
    with_prefix(tree, call, prefix)
}

/// `[index]`.
pub fn subscript(tree: &mut Tree, index: NodeId) -> NodeId {
    let (open, close) = (tree.new_leaf(Kind::LBrace, "["), tree.new_leaf(Kind::RBrace, "]"));
    tree.new_node(Kind::Trailer, &[open, index, close])
}

/// `[item for target in source if test]`.
pub fn list_comp(
    tree: &mut Tree,
    item: NodeId,
    target: NodeId,
    source: NodeId,
    test: Option<NodeId>,
) -> NodeId {
    tree.set_prefix(item, "");
    tree.set_prefix(target, " ");
    tree.set_prefix(source, " ");
    let (for_leaf, in_leaf) = (name_after(tree, "for", " "), name_after(tree, "in", " "));
    let mut clause = vec![for_leaf, target, in_leaf, source];
    if let Some(test) = test {
        tree.set_prefix(test, " ");
        let if_leaf = name_after(tree, "if", " ");
        clause.push(tree.new_node(Kind::CompIf, &[if_leaf, test]));
    }
    let clause = tree.new_node(Kind::CompFor, &clause);
    let inner = tree.new_node(Kind::Listmaker, &[item, clause]);
    let (open, close) = (tree.new_leaf(Kind::LBrace, "["), tree.new_leaf(Kind::RBrace, "]"));
    tree.new_node(Kind::Atom, &[open, inner, close])
}

/// `from package import names`: the names come with their prefixes, and commas
/// among them; they are taken out of where they were.
pub fn from_import(tree: &mut Tree, package: &str, names: &[NodeId]) -> NodeId {
    for leaf in names {
        tree.detach(*leaf);
    }
    let from = name(tree, "from");
    let package = name_after(tree, package, " ");
    let import = name_after(tree, "import", " ");
    let names = tree.new_node(Kind::ImportAsNames, names);
    tree.new_node(Kind::ImportFrom, &[from, package, import, names])
}

/// `module.function(argument)` and the trailers `after` it, in the place of
/// `node`: the parts are lifted, the import is up to the caller.
pub fn import_and_call(
    tree: &mut Tree,
    node: NodeId,
    parens: [NodeId; 2],
    argument: NodeId,
    after: &[NodeId],
    [module, function]: [&str; 2],
) -> NodeId {
    let prefix = tree.prefix(node).to_owned();
    let mut args = tree.lift(argument);
    if tree.kind(argument) != Kind::Arglist {
        args = tree.new_node(Kind::Arglist, &[args]);
    }
    let [open, close] = parens.map(|paren| tree.lift(paren));
    let (module, function) = (name(tree, module), name(tree, function));
    let mut children = attr(tree, module, function).to_vec();
    children.push(tree.new_node(Kind::Trailer, &[open, args, close]));
    children.extend(lift_all(tree, after));
    let new = tree.new_node(Kind::Power, &children);
    with_prefix(tree, new, &prefix)
}

/// `(node)`; the prefix stays inside.
pub fn parenthesize(tree: &mut Tree, node: NodeId) -> NodeId {
    let (open, close) = (lparen(tree), rparen(tree));
    tree.new_node(Kind::Atom, &[open, node, close])
}
