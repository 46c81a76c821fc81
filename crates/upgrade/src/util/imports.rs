//! What a file imports and binds, and adding an import to it.
//!
//! `find_binding` is a search of its own: it reads assignments, loops,
//! functions, classes and imports at the top level and in the *last* block of
//! `if`, `while` and `for`, does not know parenthesised imports, and takes the
//! variable of a `for` for anything that it is asked for.

use crate::{Asker, Kind, NodeId, Tree};

/// Fixers leave files alone that have their function from this package.
const FUTURE_BUILTINS: &str = "future_builtins";

/// Whether this piece of a file has one of these functions from there.
pub(crate) fn has_future_builtins(tree: &Tree) -> bool {
    let imports = |name: &&str| find_binding(tree, name, tree.root(), Some(FUTURE_BUILTINS)).is_some();
    tree.of_each_piece(|_| ["filter", "map", "zip"].iter().find(|name| imports(name))).is_some()
}

pub fn is_import(tree: &Tree, node: NodeId) -> bool {
    matches!(tree.kind(node), Kind::ImportName | Kind::ImportFrom)
}

/// Whether the pattern of a fixer that renames what is imported matches
/// somewhere above a node.
///
/// Such patterns begin with an import or a `power`. A block or the file is not
/// asked: after each change all of it would have to be looked at again.
pub fn is_within_match(tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> bool {
    let mut above = tree
        .ancestors(node)
        .filter(|above| matches!(tree.kind(*above), Kind::ImportName | Kind::ImportFrom | Kind::Power));
    above.any(|above| asker.is_match(tree, above))
}

/// Whether the file of `node` imports `name` from `package` at its top level;
/// without a package: whether it binds `name` at all.
pub fn does_tree_import(tree: &Tree, package: Option<&str>, name: &str, node: NodeId) -> bool {
    // Files that do are not worked on in pieces.
    if tree.is_piece() && package == Some(FUTURE_BUILTINS) {
        return false;
    }
    tree.find_root(node).is_some_and(|root| find_binding(tree, name, root, package).is_some())
}

/// Adds `import name` or `from package import name` to the file of `node`,
/// unless it does so: after the first block of imports, else after the first
/// docstring, else at the very beginning.
pub fn touch_import(tree: &mut Tree, package: Option<&str>, name: &str, node: NodeId) {
    // The way up to the file may be long, and is gone only if there is something to do.
    if does_tree_import(tree, package, name, tree.root()) {
        return;
    }
    let Some(root) = tree.find_root(node) else { return };
    let at = place_of_import(tree, root);
    let name = tree.new_leaf_after(Kind::Name, name, " ");
    let import = if let Some(package) = package {
        super::from_import(tree, package, &[name])
    } else {
        let import = super::name(tree, "import");
        tree.new_node(Kind::ImportName, &[import, name])
    };
    let newline = super::newline(tree);
    let statement = tree.new_node(Kind::SimpleStmt, &[import, newline]);
    tree.insert_child(root, at, statement);
}

fn place_of_import(tree: &Tree, root: NodeId) -> usize {
    let first_of = |node| {
        let first = tree.first_child(node);
        first.filter(|_| tree.kind(node) == Kind::SimpleStmt)
    };
    let imports = |node: &NodeId| first_of(*node).is_some_and(|first| is_import(tree, first));
    let statements: Vec<NodeId> = tree.children(root).collect();
    if let Some(first) = statements.iter().position(imports) {
        let block = statements[first..].iter().take_while(|one| imports(one)).count();
        // The file's end is a child as well, so that the block ends before it.
        return (first + block).min(statements.len().saturating_sub(1));
    }
    let docstring = |node: &NodeId| first_of(*node).is_some_and(|first| tree.kind(first) == Kind::String);
    statements.iter().position(docstring).map_or(0, |at| at + 1)
}

/// The statement among the children of `node` that binds `name`; with a
/// package, the import that takes it from there.
pub fn find_binding(tree: &Tree, name: &str, node: NodeId, package: Option<&str>) -> Option<NodeId> {
    let package = package.filter(|package| !package.is_empty());
    bound_among(tree, name, tree.children(node), package)
}

fn bound_among(
    tree: &Tree,
    name: &str,
    mut nodes: impl Iterator<Item = NodeId>,
    package: Option<&str>,
) -> Option<NodeId> {
    nodes.find_map(|node| {
        let child = |at| tree.child(node, at);
        if tree.kind(node) == Kind::ForStmt && child(1).is_some_and(|target| mentions(tree, name, target)) {
            return Some(node);
        }
        let bound = bound_by(tree, name, node, package)?;
        (package.is_none() || is_import(tree, bound)).then_some(bound)
    })
}

fn bound_by(tree: &Tree, name: &str, node: NodeId, package: Option<&str>) -> Option<NodeId> {
    let in_block = |block| bound_in_block(tree, name, block, package);
    match tree.kind(node) {
        Kind::ForStmt | Kind::IfStmt | Kind::WhileStmt => in_block(tree.last_child(node)?),
        Kind::TryStmt => {
            let children: Vec<_> = tree.children(node).collect();
            in_block(*children.get(2)?).or_else(|| {
                let blocks = children.windows(2).skip(3).filter(|pair| tree.kind(pair[0]) == Kind::Colon);
                blocks.filter_map(|pair| in_block(pair[1])).last()
            })
        }
        Kind::Classdef | Kind::Funcdef if tree.child(node, 1).is_some_and(|it| tree.value(it) == name) => {
            Some(node)
        }
        _ if imports_name(tree, name, node, package) => Some(node),
        Kind::SimpleStmt => bound_among(tree, name, tree.children(node), package),
        Kind::ExprStmt => mentions(tree, name, tree.first_child(node)?).then_some(node),
        _ => None,
    }
}

/// A block is a `suite`, or one statement on the line of its head.
fn bound_in_block(tree: &Tree, name: &str, block: NodeId, package: Option<&str>) -> Option<NodeId> {
    if tree.kind(block) == Kind::Suite {
        bound_among(tree, name, tree.children(block), package)
    } else {
        bound_among(tree, name, std::iter::once(block), package)
    }
}

/// Whether a name stands anywhere at or below a node, but not within calls,
/// subscripts, attributes, functions and classes.
fn mentions(tree: &Tree, name: &str, node: NodeId) -> bool {
    let mut pending = vec![node];
    while let Some(node) = pending.pop() {
        match tree.kind(node) {
            Kind::Name if tree.value(node) == name => return true,
            Kind::Funcdef | Kind::Classdef | Kind::Trailer => {}
            _ => pending.extend(tree.children(node)),
        }
    }
    false
}

fn imports_name(tree: &Tree, name: &str, node: NodeId, package: Option<&str>) -> bool {
    let is_name = |leaf: Option<NodeId>| {
        leaf.is_some_and(|leaf| tree.kind(leaf) == Kind::Name && tree.value(leaf) == name)
    };
    match tree.kind(node) {
        Kind::ImportName if package.is_none() => {
            let Some(names) = tree.child(node, 1) else { return false };
            match tree.kind(names) {
                Kind::DottedAsNames => tree.children(names).any(|one| match tree.kind(one) {
                    Kind::DottedAsName => tree.child(one, 2).is_some_and(|leaf| tree.value(leaf) == name),
                    _ => is_name(Some(one)),
                }),
                Kind::DottedAsName => is_name(tree.last_child(names)),
                _ => is_name(Some(names)),
            }
        }
        Kind::ImportFrom => {
            let (Some(from), Some(names)) = (tree.child(node, 1), tree.child(node, 3)) else { return false };
            if package.is_some_and(|package| tree.text(from).trim() != package || mentions(tree, "as", names))
            {
                return false;
            }
            match tree.kind(names) {
                Kind::ImportAsNames => mentions(tree, name, names),
                Kind::ImportAsName => is_name(tree.child(names, 2)),
                Kind::Star => package.is_some(),
                _ => is_name(Some(names)),
            }
        }
        _ => false,
    }
}

/// Takes the parentheses away from `from module import (names)`, and puts the
/// names on one line. Comments there are lost.
pub fn open_imports(tree: &mut Tree, modules: &[&str]) {
    let is_it = |node: &NodeId| {
        let parts: Vec<NodeId> = tree.children(*node).take(4).collect();
        tree.kind(*node) == Kind::ImportFrom
            && matches!(parts[..], [_, module, _, open] if modules.contains(&tree.value(module)) && tree.kind(open) == Kind::LPar)
    };
    let imports: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_it).collect();
    for import in imports {
        let parts: Vec<NodeId> = tree.children(import).skip(3).collect();
        let [open, names, close] = parts[..] else { continue };
        tree.detach(open);
        tree.detach(close);
        if let Some(comma) = tree.last_child(names).filter(|last| tree.kind(*last) == Kind::Comma) {
            tree.detach(comma);
        }
        let leaves: Vec<NodeId> = tree.leaves(names).collect();
        for (at, leaf) in leaves.into_iter().enumerate() {
            let prefix = tree.prefix(leaf);
            let is_first = at == 0;
            if is_first || prefix.contains('\n') {
                let new = if tree.kind(leaf) == Kind::Comma { "" } else { " " };
                tree.set_prefix(leaf, new);
            }
        }
        // One name alone hangs in the import itself.
        if tree.kind(names) == Kind::ImportAsNames
            && tree.child_count(names) == 1
            && let Some(only) = tree.first_child(names)
        {
            tree.replace(names, &[only]);
        }
    }
}

/// The names under which the file knows a module: its own, and those after `as`.
pub fn names_of_module(tree: &Tree, module: &str) -> Vec<String> {
    let mut names = vec![module.to_owned()];
    for node in tree.pre_order(tree.root()) {
        if tree.kind(node) == Kind::DottedAsName
            && let (Some(first), Some(alias)) = (tree.first_child(node), tree.child(node, 2))
            && tree.value(first) == module
        {
            names.push(tree.value(alias).to_owned());
        }
    }
    names
}

/// Puts one more small statement behind one, on the same line.
pub fn add_statement(tree: &mut Tree, small: NodeId, new: NodeId) {
    let (Some(statement), Some(at)) = (tree.parent(small), tree.index_in_parent(small)) else { return };
    let semicolon = tree.new_leaf(Kind::Semi, ";");
    tree.insert_child(statement, at + 1, semicolon);
    tree.set_prefix(new, " ");
    tree.insert_child(statement, at + 2, new);
}
