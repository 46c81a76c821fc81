//! What `--beyond` puts right that belongs to no single fixer.
//!
//! Fixers of 2to3 glue words together (`` return`x` `` became `returnrepr(x)`),
//! leave blocks without a statement and lines that begin with a semicolon, and
//! lose comments that stand inside of what they rewrite. All that is mended in
//! the whole tree when they are done. What one fixer alone does wrong is put
//! right in its own file, where it asks `cx.corrects()`.

use std::collections::BTreeMap;

use crate::{Kind, NodeId, Tree, util};

/// Comments and their lines, in the order of the file.
pub(crate) type Comments = Vec<(u32, String)>;

/// The comments that are in a tree.
pub(crate) fn comments_of(tree: &Tree) -> Comments {
    let mut all = Vec::new();
    if !tree.source().contains('#') {
        return all;
    }
    for leaf in tree.leaves(tree.root()) {
        let prefix = tree.prefix(leaf);
        if prefix.contains('#') {
            let end = tree.lineno(leaf).unwrap_or(0);
            let count = prefix.split('\n').count() as u32;
            let lines = prefix.split('\n').zip(1..).map(|(line, nth)| (line.trim(), nth));
            let comments = lines.filter(|(line, _)| line.starts_with('#'));
            all.extend(comments.map(|(line, nth)| ((end + nth).saturating_sub(count), line.to_owned())));
        }
    }
    all
}

/// Puts right what fixers have left behind in a tree that had these comments.
pub(crate) fn mend(tree: &mut Tree, comments: Comments) {
    fill_blanks(tree);
    part_words(tree);
    keep_comments(tree, comments);
}

/// Parts tokens that would be read as one.
fn part_words(tree: &mut Tree) {
    let leaves: Vec<NodeId> = tree.leaves(tree.root()).collect();
    let mut glued = Vec::new();
    let mut before: Option<NodeId> = None;
    for leaf in leaves {
        if tree.value(leaf).is_empty() && tree.prefix(leaf).is_empty() {
            continue;
        }
        if let Some(before) = before
            && tree.prefix(leaf).is_empty()
            && is_glued(tree, before, leaf)
        {
            glued.push(leaf);
        }
        before = Some(leaf);
    }
    for leaf in glued {
        tree.set_prefix(leaf, " ");
    }
}

fn is_glued(tree: &Tree, left: NodeId, right: NodeId) -> bool {
    let (Some(last), Some(first)) = (tree.value(left).chars().last(), tree.value(right).chars().next())
    else {
        return false;
    };
    let is_word = |char: char| char == '_' || char.is_alphanumeric();
    let made = tree.lineno(left) == Some(0) || tree.lineno(right) == Some(0);
    match (tree.kind(left), tree.kind(right)) {
        (Kind::Number, Kind::Dot) => tree.value(left).bytes().all(|byte| byte.is_ascii_digit()),
        // `1if x` is right as it stands, if it stood so.
        (Kind::Number, _) => made && is_word(first),
        _ => is_word(last) && is_word(first),
    }
}

/// Statements that fixers have emptied go, or become `pass` where there has to be one.
fn fill_blanks(tree: &mut Tree) {
    let is_blank = |tree: &Tree, leaf: NodeId| {
        tree.kind(leaf) == Kind::Newline
            && tree.value(leaf).is_empty()
            && tree.parent(leaf).is_some_and(|parent| tree.kind(parent) == Kind::SimpleStmt)
            && tree.next_sibling(leaf).is_some()
    };
    let blanks: Vec<NodeId> = tree.leaves(tree.root()).filter(|leaf| is_blank(tree, *leaf)).collect();
    for blank in blanks {
        let Some(statement) = tree.parent(blank) else { continue };
        let after = tree.next_sibling(blank).filter(|after| tree.kind(*after) == Kind::Semi);
        let before = tree.prev_sibling(blank).filter(|before| tree.kind(*before) == Kind::Semi);
        if let Some(semicolon) = after {
            let prefix = tree.prefix(blank).to_owned();
            let is_first = tree.prev_sibling(blank).is_none();
            tree.detach(semicolon);
            tree.detach(blank);
            if tree.first_child(statement).is_some_and(|first| tree.kind(first) != Kind::Newline) {
                if is_first {
                    tree.set_prefix(statement, &prefix);
                }
                continue;
            }
        } else if let Some(semicolon) = before {
            tree.detach(semicolon);
            tree.detach(blank);
            continue;
        } else if !is_alone(tree, statement) {
            continue;
        }
        // Nothing but the end of the line is left.
        let pass = util::name(tree, "pass");
        if tree.parent(blank).is_some() {
            let prefix = tree.prefix(blank).to_owned();
            tree.set_prefix(pass, &prefix);
            tree.replace(blank, &[pass]);
        } else if is_alone(tree, statement) {
            tree.insert_child(statement, 0, pass);
        }
    }
}

/// Whether the block around would be empty without this statement.
fn is_alone(tree: &Tree, statement: NodeId) -> bool {
    let Some(block) = tree.parent(statement) else { return false };
    match tree.kind(block) {
        Kind::FileInput => false,
        Kind::Suite => {
            let is_code = |other: &NodeId| {
                !tree.is_leaf(*other)
                    && *other != statement
                    && tree.leaves(*other).any(|leaf| !tree.value(leaf).trim().is_empty())
            };
            !tree.children(block).any(|other| is_code(&other))
        }
        _ => true,
    }
}

/// Writes comments that were lost on lines of their own, before the statement
/// that they stood in.
fn keep_comments(tree: &mut Tree, comments: Comments) {
    if comments.is_empty() {
        return;
    }
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    for (_, comment) in comments_of(tree) {
        *kept.entry(comment).or_default() += 1;
    }
    let mut lost: Comments = Vec::new();
    for (line, comment) in comments {
        match kept.get_mut(&comment) {
            Some(count) if *count > 0 => *count -= 1,
            _ => lost.push((line, comment)),
        }
    }
    if lost.is_empty() {
        return;
    }
    let mut statements = statements(tree);
    statements.retain(|(line, _)| *line > 0);
    for (line, comment) in lost {
        let before = statements.iter().rev().find(|(first, _)| *first <= line).or(statements.first());
        let Some((_, statement)) = before else { return };
        let indent = util::find_indentation(tree, *statement);
        let prefix = tree.prefix(*statement).to_owned();
        // The first statement of a block has its indentation before it already.
        let (lines, blanks) =
            prefix.rsplit_once('\n').map_or(("", &*prefix), |(lines, blanks)| (lines, blanks));
        let lines = if lines.is_empty() { String::new() } else { format!("{lines}\n") };
        let new = format!("{lines}{blanks}{comment}\n{indent}");
        tree.set_prefix(*statement, &new);
    }
}

/// The statements of the file that stand on lines of their own, each with the
/// first line that is known of it.
fn statements(tree: &Tree) -> Vec<(u32, NodeId)> {
    let in_block = |node: &NodeId| {
        let parent = tree.parent(*node).map(|parent| tree.kind(parent));
        !tree.is_leaf(*node) && matches!(parent, Some(Kind::FileInput | Kind::Suite))
    };
    let line = |node: NodeId| tree.leaves(node).filter_map(|leaf| tree.lineno(leaf)).find(|line| *line > 0);
    let all = tree.pre_order(tree.root()).filter(in_block);
    all.map(|node| (line(node).unwrap_or(0), node)).collect()
}

/// Adds an import to the file, unless it is there: behind the docstring, the
/// imports from `__future__` and the imports that follow them at once, and
/// behind the comments at the head of the file.
pub(crate) fn import_at_top(tree: &mut Tree, package: Option<&str>, name: &str, node: NodeId) {
    let Some(root) = tree.find_root(node) else { return };
    if is_imported(tree, package, name, root) {
        return;
    }
    let statements: Vec<NodeId> = tree.children(root).collect();
    let first_of =
        |statement: NodeId| tree.first_child(statement).filter(|_| tree.kind(statement) == Kind::SimpleStmt);
    let is_docstring =
        |statement: &NodeId| first_of(*statement).is_some_and(|one| tree.kind(one) == Kind::String);
    let is_import = |statement: &&NodeId| {
        let only = first_of(**statement).filter(|_| tree.child_count(**statement) == 2);
        only.is_some_and(|one| util::is_import(tree, one))
    };
    let docstring = usize::from(statements.first().is_some_and(is_docstring));
    let at = docstring + statements[docstring.min(statements.len())..].iter().take_while(is_import).count();
    let names = [util::name_after(tree, name, " ")];
    let import = if let Some(package) = package {
        util::from_import(tree, package, &names)
    } else {
        let import = util::name(tree, "import");
        tree.new_node(Kind::ImportName, &[import, names[0]])
    };
    let newline = util::newline(tree);
    let statement = tree.new_node(Kind::SimpleStmt, &[import, newline]);
    if at == 0
        && let Some(first) = statements.first()
    {
        let prefix = tree.prefix(*first).to_owned();
        let (head, rest) = prefix.split_at(head_of_file(&prefix));
        tree.set_prefix(*first, rest);
        tree.set_prefix(statement, head);
    }
    tree.insert_child(root, at, statement);
}

/// Where the comments at the very beginning end: those without an empty line between.
fn head_of_file(prefix: &str) -> usize {
    let lines = prefix.split_inclusive('\n').take_while(|line| line.starts_with('#') && line.ends_with('\n'));
    lines.map(str::len).sum()
}

/// Whether the import stands at the top level before anything else does.
fn is_imported(tree: &Tree, package: Option<&str>, name: &str, root: NodeId) -> bool {
    let simple = tree.children(root).filter(|statement| tree.kind(*statement) == Kind::SimpleStmt);
    let mut imports =
        simple.filter_map(|statement| tree.first_child(statement)).filter(|one| util::is_import(tree, *one));
    imports.any(|import| {
        let is_it = |leaf: NodeId| tree.kind(leaf) == Kind::Name && tree.value(leaf) == name;
        match (package, tree.kind(import), tree.child(import, 1)) {
            (Some(package), Kind::ImportFrom, Some(from)) => {
                tree.text(from).trim() == package
                    && tree.leaves(import).skip(3).any(|leaf| is_it(leaf) && util::is_binding(tree, leaf))
            }
            (None, Kind::ImportName, Some(names)) => match tree.kind(names) {
                Kind::DottedAsNames => tree.children(names).any(|one| tree.text(one).trim() == name),
                _ => tree.text(names).trim() == name,
            },
            _ => false,
        }
    })
}
