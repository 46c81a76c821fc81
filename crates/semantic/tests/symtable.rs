//! Our scopes against CPython's own `symtable`, over its standard library.
//!
//! Scoping rules are too many to trust a list of examples; the interpreter is
//! the oracle. Runs the interpreter named by `PYTHON` (or `python3`).

#![expect(clippy::unwrap_used, reason = "helpers of a test fail as a test does")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use spacetime_semantic::scope::{Mention, ScopeId, ScopeKind, Scopes};
use spacetime_syntax::ast::{AnyNodeRef, Expr, Stmt};
use spacetime_syntax::{Module, Node, SourceKind, Tree};

/// In the order of `PREDICATES` in the Python helper.
fn predicates(mention: Mention<'_>) -> u64 {
    let bits = [
        mention.is_parameter(),
        mention.is_global(),
        mention.is_declared_global(),
        mention.is_nonlocal(),
        mention.is_free(),
        mention.is_local(),
        mention.is_assigned(),
        mention.is_imported(),
        mention.is_annotated(),
        mention.is_referenced(),
    ];
    bits.iter().enumerate().map(|(at, bit)| u64::from(*bit) << at).sum()
}

/// Alone: handed on to a scope within.
const IS_FREE: u64 = 1 << 4;
const IS_LOCAL: u64 = 1 << 5;

/// A scope in both worlds.
#[derive(Clone, Debug)]
struct Table {
    kind: &'static str,
    name: String,
    line: u64,
    parent: Option<usize>,
    inlined: bool,
    names: BTreeMap<String, u64>,
}

fn kind_of_python(kind: &str) -> &'static str {
    match kind {
        "module" => "module",
        "class" => "class",
        "function" => "function",
        "type parameter" | "type parameters" => "type parameters",
        "type alias" | "TypeVar bound" | "type variable" => "type",
        other => panic!("unknown scope type {other}"),
    }
}

fn tables_of_python(scopes: &Value) -> Vec<Table> {
    let parse = |scope: &Value| Table {
        kind: kind_of_python(scope[0].as_str().unwrap()),
        name: scope[1].as_str().unwrap().to_owned(),
        line: scope[2].as_u64().unwrap(),
        parent: usize::try_from(scope[3].as_i64().unwrap()).ok(),
        inlined: false,
        names: scope[4]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, bits)| (name.clone(), bits.as_u64().unwrap()))
            .collect(),
    };
    scopes.as_array().unwrap().iter().map(parse).collect()
}

fn name_of(tree: &Tree<'_>, scopes: &Scopes<'_>, id: ScopeId) -> String {
    let scope = scopes.scope(id);
    match scope.kind {
        ScopeKind::Module => "top",
        ScopeKind::Lambda => "lambda",
        ScopeKind::ListComp => "listcomp",
        ScopeKind::SetComp => "setcomp",
        ScopeKind::DictComp => "dictcomp",
        ScopeKind::Generator => "genexpr",
        _ => {
            let at = if scope.kind == ScopeKind::TypeParams {
                tree.parent(scope.node).unwrap()
            } else {
                scope.node
            };
            match tree.node(at) {
                Node::Stmt(Stmt::FunctionDef(def)) => def.name.as_str(),
                Node::Stmt(Stmt::ClassDef(def)) => def.name.as_str(),
                Node::Stmt(Stmt::TypeAlias(alias)) => alias.name.as_name_expr().unwrap().id.as_str(),
                Node::Part(AnyNodeRef::TypeParamTypeVar(parameter)) => parameter.name.as_str(),
                Node::Part(AnyNodeRef::TypeParamTypeVarTuple(parameter)) => parameter.name.as_str(),
                Node::Part(AnyNodeRef::TypeParamParamSpec(parameter)) => parameter.name.as_str(),
                other => panic!("a scope opened by {other:?}"),
            }
        }
    }
    .to_owned()
}

fn line_of(tree: &Tree<'_>, scopes: &Scopes<'_>, id: ScopeId) -> u64 {
    use spacetime_text::Ranged;
    let scope = scopes.scope(id);
    let at = if scope.kind == ScopeKind::TypeParams { tree.parent(scope.node).unwrap() } else { scope.node };
    let offset = match tree.node(at) {
        _ if id == ScopeId::MODULE => return 0,
        // Ours begin at the decorators.
        Node::Stmt(Stmt::FunctionDef(def)) => def.name.start(),
        Node::Stmt(Stmt::ClassDef(def)) => def.name.start(),
        // A bare argument begins at the parenthesis of the call.
        Node::Expr(Expr::Generator(generator)) if !generator.parenthesized => {
            tree.node(tree.parent(scope.node).unwrap()).start()
        }
        node => node.start(),
    };
    tree.module().lines().position(offset, tree.module().text()).line as u64
}

fn kind_of(kind: ScopeKind) -> &'static str {
    match kind {
        ScopeKind::Module => "module",
        ScopeKind::Class => "class",
        ScopeKind::TypeParams => "type parameters",
        ScopeKind::TypeAlias => "type",
        _ => "function",
    }
}

fn tables_of_ours(tree: &Tree<'_>, scopes: &Scopes<'_>, inlining: bool) -> Vec<Table> {
    let table = |id: ScopeId| {
        let scope = scopes.scope(id);
        Table {
            kind: kind_of(scope.kind),
            name: name_of(tree, scopes, id),
            line: line_of(tree, scopes, id),
            parent: scope.parent.map(ScopeId::index),
            inlined: inlining
                && matches!(scope.kind, ScopeKind::ListComp | ScopeKind::SetComp | ScopeKind::DictComp),
            names: BTreeMap::new(),
        }
    };
    let mut tables = scopes.scopes().map(table).collect::<Vec<_>>();
    for mention in scopes.mentions() {
        tables[mention.scope.index()].names.insert(mention.name.to_owned(), predicates(mention));
    }
    tables
}

/// From 3.12 on the names of a comprehension go into the table around it,
/// unless that mentions them itself; the first comprehension wins. So from the
/// last to the first, each overwriting what is not the table's own.
fn inline(tables: &mut [Table]) {
    let own = tables.iter().map(|table| table.names.clone()).collect::<Vec<_>>();
    for at in (0..tables.len()).rev() {
        let (true, Some(parent)) = (tables[at].inlined, tables[at].parent) else { continue };
        for (name, mut bits) in tables[at].names.clone() {
            // What is local to the module is also global.
            bits |= if parent == 0 { (bits & IS_LOCAL) >> 4 } else { 0 };
            if own[parent].get(&name).is_none_or(|bits| *bits == IS_FREE) {
                tables[parent].names.insert(name, bits);
            }
        }
    }
}

/// Each scope as a line: its path, then its names. Sorted, since the two
/// worlds list the scopes in different orders.
fn lines(tables: &[Table]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::with_capacity(tables.len());
    let mut lines = Vec::with_capacity(tables.len());
    for table in tables {
        let outer = table.parent.map_or("", |parent| &paths[parent]);
        if table.inlined {
            paths.push(outer.to_owned());
        } else {
            let path = format!("{outer}/{} {}:{}", table.kind, table.name, table.line);
            lines.push(format!("{path} {:?}", table.names));
            paths.push(path);
        }
    }
    lines.sort();
    lines
}

/// The ways to ask must agree: by node, by text, and by symbol.
fn check_answers(tree: &Tree<'_>, scopes: &Scopes<'_>) -> Result<(), String> {
    let mut known = vec![0; tree.len()];
    for symbol in scopes.scopes().flat_map(|scope| scopes.symbols_of(scope)) {
        let symbol = scopes.symbol(symbol);
        for node in symbol.bindings.iter().chain(&symbol.uses).chain(&symbol.deletes) {
            let meant = scopes.resolve(*node).symbol().map(|symbol| &scopes.symbol(symbol).name);
            if meant != Some(&symbol.name) {
                return Err(symbol.name.to_string());
            }
            known[node.index()] += 1;
        }
    }
    for id in tree.ids() {
        let Some(Expr::Name(name)) = tree.expr(id) else { continue };
        let resolved = scopes.resolve(id);
        let looked_up = scopes.lookup(scopes.scope_of(id), name.id.as_str());
        let implicit = resolved.symbol().is_some_and(|symbol| scopes.symbol(symbol).is_implicit);
        let listed = known[id.index()] == usize::from(resolved.symbol().is_some() && !implicit);
        let bare = matches!(tree.stmt(tree.parent(id).unwrap()), Some(Stmt::AnnAssign(node)) if node.value.is_none());
        if !scopes.is_unevaluated(id) && (resolved != looked_up || !(listed || bare)) {
            return Err(name.id.to_string());
        }
    }
    Ok(())
}

fn compare(path: &str, source: &str, expected: &[Table], inlining: bool) -> Result<usize, String> {
    let module = Module::parse(source, SourceKind::Python).map_err(|error| format!("{path}: {error}"))?;
    let tree = Tree::new(&module);
    let scopes = Scopes::new(&tree);
    check_answers(&tree, &scopes).map_err(|name| format!("{path}: {name} has two meanings"))?;
    let mut ours = tables_of_ours(&tree, &scopes, inlining);
    inline(&mut ours);
    let (ours, expected) = (lines(&ours), lines(expected));
    match ours.iter().zip(&expected).find(|(ours, expected)| ours != expected) {
        Some((ours, expected)) => Err(format!("{path}:\n  ours    {ours}\n  CPython {expected}")),
        None if ours.len() != expected.len() => {
            Err(format!("{path}: {} scopes, CPython {}", ours.len(), expected.len()))
        }
        None => Ok(ours.len()),
    }
}

fn oracle(arguments: &[&Path]) -> impl Iterator<Item = Value> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let helper = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/symtable_dump.py");
    let mut child = Command::new(python)
        .arg(helper)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 on the path");
    let output = BufReader::new(child.stdout.take().unwrap());
    output.lines().map(|line| serde_json::from_str(&line.unwrap()).unwrap()).chain(std::iter::from_fn(
        move || {
            assert!(child.wait().unwrap().success(), "the helper failed");
            None
        },
    ))
}

/// Compares all files that the interpreter can compile.
fn compare_all(arguments: &[&Path]) -> (usize, usize) {
    let mut answers = oracle(arguments);
    let inlining = answers.next().unwrap()["version"][1].as_u64().unwrap() >= 12;
    let (mut files, mut scopes, mut failures) = (0, 0, Vec::new());
    for answer in answers {
        let path = answer["path"].as_str().unwrap();
        let source = std::fs::read_to_string(path).unwrap();
        match compare(path, &source, &tables_of_python(&answer["scopes"]), inlining) {
            Ok(count) => (files, scopes) = (files + 1, scopes + count),
            Err(failure) => failures.push(failure),
        }
    }
    let shown = failures[..failures.len().min(20)].join("\n");
    assert!(failures.is_empty(), "{} files differ:\n{shown}", failures.len());
    (files, scopes)
}

#[test]
fn the_standard_library_has_the_scopes_that_cpython_sees() {
    let (files, scopes) = compare_all(&[]);
    println!("{scopes} scopes of {files} files compared");
    assert!(scopes > 10_000, "only {scopes} scopes compared");
}

#[test]
fn rare_scopes_are_those_that_cpython_sees() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let files = ["scopes_tricky.py", "scopes_future.py", "scopes_generic.py"].map(|file| data.join(file));
    let (files, _) = compare_all(&files.each_ref().map(std::path::PathBuf::as_path));
    // The last needs 3.12.
    assert!(files >= 2, "only {files} files compiled");
}
