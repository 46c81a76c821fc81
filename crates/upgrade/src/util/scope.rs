//! What a name means where it stands: as much of Python's scopes as `--beyond`
//! needs, read from the tree as it is.

use rustc_hash::FxHashMap;

use crate::{Kind, NodeId, Tree};

/// Whether a leaf is looked up by its name: no attribute, no keyword of a call,
/// no module in an import.
pub fn is_read_by_name(tree: &Tree, leaf: NodeId) -> bool {
    if tree.kind(leaf) != Kind::Name {
        return false;
    }
    let Some(parent) = tree.parent(leaf) else { return true };
    let before = tree.prev_sibling(leaf);
    let is_dotted = before.is_some_and(|before| tree.kind(before) == Kind::Dot);
    match tree.kind(parent) {
        Kind::Argument => before.is_some() || tree.suffix_kind(leaf) != Some(Kind::Equal),
        Kind::ImportFrom => before.is_none_or(|before| tree.value(before) != "from"),
        _ => !is_dotted,
    }
}

/// The names that are bound anywhere in the file, attributes not counted, and where.
pub fn bound_names(tree: &Tree) -> FxHashMap<String, Vec<NodeId>> {
    let mut bound: FxHashMap<String, Vec<NodeId>> = FxHashMap::default();
    for leaf in tree.leaves(tree.root()).filter(|leaf| is_binding(tree, *leaf)) {
        bound.entry(tree.value(leaf).to_owned()).or_default().push(leaf);
    }
    bound
}

/// Whether a name means something that the file binds, here or in a scope around.
pub fn is_shadowed(tree: &Tree, leaf: NodeId) -> bool {
    is_shadowed_below(tree, leaf, tree.root())
}

/// The same, of scopes at or below `top` only.
pub fn is_shadowed_below(tree: &Tree, leaf: NodeId, top: NodeId) -> bool {
    let is_same = |other: &NodeId| {
        tree.kind(*other) == Kind::Name && tree.value(*other) == tree.value(leaf) && is_binding(tree, *other)
    };
    let places: Vec<NodeId> = tree.leaves(top).filter(is_same).collect();
    let is_inside = |place: &NodeId| {
        let scope = scope_of(tree, *place);
        scope == top || tree.ancestors(scope).any(|one| one == top)
    };
    let places: Vec<NodeId> = places.into_iter().filter(is_inside).collect();
    is_shadowed_by(tree, leaf, &places)
}

/// Whether a name means what is bound at one of these places.
pub fn is_shadowed_by(tree: &Tree, leaf: NodeId, places: &[NodeId]) -> bool {
    let inner = scope_of(tree, leaf);
    places.iter().any(|place| {
        let scope = scope_of(tree, *place);
        // What a class binds is not seen by the functions in it.
        scope == inner || tree.kind(scope) != Kind::Classdef && tree.ancestors(inner).any(|one| one == scope)
    })
}

/// Whether a name means something that a function, class or comprehension around
/// it binds, and not the file.
pub fn is_local(tree: &Tree, leaf: NodeId) -> bool {
    let root = tree.root();
    let scopes = std::iter::once(scope_of(tree, leaf)).chain(tree.ancestors(leaf));
    let mut scopes = scopes.filter(|scope| *scope != root && is_scope(tree, *scope));
    scopes.any(|scope| is_shadowed_below(tree, leaf, scope))
}

/// Whether a name means something that a lambda or comprehension at or below
/// `top` binds.
pub fn is_local_below(tree: &Tree, leaf: NodeId, top: NodeId) -> bool {
    if leaf == top {
        return false;
    }
    let scopes = tree.ancestors(leaf).take_while(|above| *above != top).chain([top]);
    let mut scopes = scopes.filter(|scope| is_scope(tree, *scope));
    scopes.any(|scope| is_shadowed_below(tree, leaf, scope))
}

fn is_scope(tree: &Tree, node: NodeId) -> bool {
    matches!(
        tree.kind(node),
        Kind::Funcdef
            | Kind::Classdef
            | Kind::Lambdef
            | Kind::OldLambdef
            | Kind::Listmaker
            | Kind::TestlistGexp
            | Kind::Dictsetmaker
            | Kind::Argument
    )
}

/// The function, class, lambda, comprehension or file in which a name is looked
/// up first; for the name of a function or class, the one around that.
pub fn scope_of(tree: &Tree, leaf: NodeId) -> NodeId {
    let mut below = leaf;
    for above in tree.ancestors(leaf) {
        if tree.kind(above) == Kind::GlobalStmt {
            return tree.root();
        }
        let is_inside = match tree.kind(above) {
            // Names of functions and classes, bases and defaults belong outside.
            Kind::Funcdef => {
                matches!(tree.kind(below), Kind::Suite | Kind::SimpleStmt) || is_parameter(tree, leaf, above)
            }
            Kind::Classdef => matches!(tree.kind(below), Kind::Suite | Kind::SimpleStmt),
            Kind::Lambdef | Kind::OldLambdef => {
                tree.next_sibling(below).is_none() || is_parameter(tree, leaf, above)
            }
            // What the first `for` walks is looked up outside.
            Kind::Listmaker | Kind::TestlistGexp | Kind::Dictsetmaker | Kind::Argument => {
                tree.children(above).any(|child| tree.kind(child) == Kind::CompFor)
                    && !is_walked_first(tree, leaf, above)
            }
            Kind::FileInput => true,
            _ => false,
        };
        if is_inside {
            return above;
        }
        below = above;
    }
    tree.root()
}

fn is_walked_first(tree: &Tree, leaf: NodeId, comprehension: NodeId) -> bool {
    let clause = tree.children(comprehension).find(|child| tree.kind(*child) == Kind::CompFor);
    let walked = clause.and_then(|clause| tree.child(clause, 3));
    walked.is_some_and(|walked| walked == leaf || tree.ancestors(leaf).any(|one| one == walked))
}

/// Whether a name is a parameter of this function or lambda, and not in a default.
fn is_parameter(tree: &Tree, leaf: NodeId, function: NodeId) -> bool {
    let mut below = leaf;
    for above in tree.ancestors(leaf) {
        let before = tree.prev_sibling(below);
        let follows = |kind| before.is_some_and(|before| tree.kind(before) == kind);
        if above == function {
            return match tree.kind(function) {
                Kind::Funcdef => tree.kind(below) == Kind::Parameters,
                _ => {
                    before.is_some_and(|before| tree.value(before) == "lambda")
                        && tree.kind(below) != Kind::Colon
                }
            };
        }
        if follows(Kind::Equal) || follows(Kind::Colon) {
            return false;
        }
        below = above;
    }
    false
}

/// Whether a name is given a meaning here: a parameter, the target of an
/// assignment, loop, import, `with`, `except` or `del`, a function or class.
pub fn is_binding(tree: &Tree, leaf: NodeId) -> bool {
    if !is_read_by_name(tree, leaf) {
        return false;
    }
    let mut below = leaf;
    for above in tree.ancestors(leaf) {
        let before = tree.prev_sibling(below);
        let follows = |word: &str| before.is_some_and(|before| tree.value(before) == word);
        match tree.kind(above) {
            Kind::Funcdef | Kind::Classdef => {
                return follows("def") || follows("class") || is_parameter(tree, leaf, above);
            }
            Kind::Lambdef | Kind::OldLambdef => return is_parameter(tree, leaf, above),
            Kind::ExprStmt => {
                let next = tree.next_sibling(below).map(|next| tree.kind(next));
                return matches!(next, Some(Kind::Equal | Kind::Annassign))
                    || next.is_some() && before.is_none();
            }
            Kind::ForStmt | Kind::CompFor => return follows("for"),
            Kind::ImportName => return true,
            Kind::ImportFrom => return follows("import") || follows("("),
            Kind::ImportAsName | Kind::DottedAsName => {
                if !follows("as") {
                    return false;
                }
            }
            Kind::DottedName => {
                if before.is_some() {
                    return false;
                }
            }
            Kind::ExceptClause => return follows("as") || follows(",") && tree.child_count(above) == 4,
            Kind::WithItem | Kind::AsexprTest | Kind::WithVar => return follows("as"),
            Kind::WithStmt => return follows("as"),
            Kind::DelStmt | Kind::GlobalStmt => return true,
            Kind::NamedexprTest => return before.is_none(),
            kind if holds_targets(kind) => {}
            _ => return false,
        }
        below = above;
    }
    false
}

/// Targets may be nested in these, and in nothing else.
fn holds_targets(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Atom
            | Kind::Testlist
            | Kind::TestlistStarExpr
            | Kind::TestlistGexp
            | Kind::Listmaker
            | Kind::Exprlist
            | Kind::StarExpr
            | Kind::Parameters
            | Kind::Typedargslist
            | Kind::Varargslist
            | Kind::Tname
            | Kind::Tfpdef
            | Kind::Tfplist
            | Kind::Vfpdef
            | Kind::Vfplist
            | Kind::Vname
            | Kind::ImportAsNames
            | Kind::DottedAsNames
    )
}

/// Where these names are read, and mean what they mean outside of the file: the
/// file gives them no meaning there.
pub fn names_read(tree: &Tree, names: &[&str]) -> Vec<NodeId> {
    let is_it = |leaf: &NodeId| {
        tree.kind(*leaf) == Kind::Name && names.contains(&tree.value(*leaf)) && is_read_by_name(tree, *leaf)
    };
    let all: Vec<NodeId> = tree.leaves(tree.root()).filter(is_it).collect();
    let mut bound: FxHashMap<&str, Vec<NodeId>> = FxHashMap::default();
    for leaf in all.iter().filter(|leaf| is_binding(tree, **leaf)) {
        bound.entry(tree.value(*leaf)).or_default().push(*leaf);
    }
    let is_free = |leaf: &NodeId| {
        let places = bound.get(tree.value(*leaf));
        places.is_none_or(|places| !is_shadowed_by(tree, *leaf, places))
    };
    all.iter().copied().filter(is_free).collect()
}
