//! `sys.exitfunc = f` becomes `atexit.register(f)`, and `import sys` gets an
//! `import atexit` behind it.
//!
//! As 2to3 does: the import goes behind the first `import sys` of the file,
//! wherever that is, in a line without indentation; and without an `import sys`
//! before the assignment there is only a warning.

use crate::{Context, Fix, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, Wanted, util};

pub static FIXER: Fixer = Fixer {
    keep_line_order: true,
    ..Fixer::with_state("exitfunc", Wanted::Pattern(PATTERN), || Box::new(Exitfunc::default()))
};

const PATTERN: &str = "
    (
        sys_import=import_name<'import'
            ('sys' | dotted_as_names< (any ',')* 'sys' (',' any)* >)
        >
    |
        expr_stmt< power< 'sys' trailer< '.' 'exitfunc' > > '=' func=any >
    )";

#[derive(Default)]
struct Exitfunc {
    /// The first `import sys` that was seen.
    sys_import: Option<NodeId>,
    is_imported: bool,
}

impl Fix for Exitfunc {
    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        if let Some(import) = found.one("sys_import") {
            self.sys_import.get_or_insert(import);
            return Ok(None);
        }
        // The import stands somewhere before, perhaps in another piece.
        tree.leave_piece();
        if tree.is_piece() {
            return Ok(None);
        }
        let function = util::clone_after(tree, found.need("func")?, "");
        let (atexit, register) = (util::name(tree, "atexit"), util::name(tree, "register"));
        let register = util::attr(tree, atexit, register);
        let register = tree.new_node(Kind::Power, &register);
        let prefix = tree.prefix(node).to_owned();
        let call = util::call_after(tree, register, &[function], &prefix);
        tree.replace(node, &[call]);
        if cx.corrects() {
            self.import_once(tree);
            return Ok(None);
        }
        match self.sys_import {
            Some(import) => import_atexit(tree, import)?,
            None => cx.warning(
                tree,
                node,
                "Can't find sys import; Please add an atexit import at the top of your file.",
            ),
        }
        Ok(None)
    }
}

impl Exitfunc {
    /// With `--beyond`: `import sys, atexit` where that is at the top level of the
    /// file, else an import of its own there.
    fn import_once(&mut self, tree: &mut Tree) {
        if std::mem::replace(&mut self.is_imported, true) {
            return;
        }
        let is_top = |import: &NodeId| {
            let statement = tree.parent(*import).and_then(|statement| tree.parent(statement));
            statement.is_some_and(|above| tree.kind(above) == Kind::FileInput)
        };
        let names = self.sys_import.filter(is_top).and_then(|import| tree.child(import, 1));
        let Some(names) = names else { return crate::beyond::import_at_top(tree, None, "atexit", tree.root()) };
        let (comma, atexit) = (util::comma(tree), util::name_after(tree, "atexit", " "));
        if tree.kind(names) == Kind::DottedAsNames {
            tree.append_child(names, comma);
            tree.append_child(names, atexit);
        } else {
            let sys = tree.clone_node(names);
            let several = tree.new_node(Kind::DottedAsNames, &[sys, comma, atexit]);
            tree.replace(names, &[several]);
        }
    }
}

fn import_atexit(tree: &mut Tree, sys_import: NodeId) -> Result<(), Trouble> {
    let names = tree.child(sys_import, 1).filter(|names| tree.kind(*names) == Kind::DottedAsNames);
    if let Some(names) = names {
        let (comma, atexit) = (util::comma(tree), util::name_after(tree, "atexit", " "));
        tree.append_child(names, comma);
        tree.append_child(names, atexit);
        return Ok(());
    }
    let gone = || Trouble::new("the `import sys` is no longer there");
    let statement = tree.parent(sys_import).ok_or_else(gone)?;
    let at = tree.children(statement).position(|one| tree.equal(one, sys_import)).ok_or_else(gone)?;
    let (import, atexit) = (util::name(tree, "import"), util::name_after(tree, "atexit", " "));
    let import = tree.new_node(Kind::ImportName, &[import, atexit]);
    let (newline, import) = (util::newline(tree), tree.new_node(Kind::SimpleStmt, &[import]));
    tree.insert_child(statement, at + 1, newline);
    tree.insert_child(statement, at + 2, import);
    Ok(())
}
