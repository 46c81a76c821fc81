//! `sys.maxint` becomes `sys.maxsize`, also in `from sys import maxint`.
//!
//! As in 2to3 an import of several names stays, and of matches within one
//! another only the outermost counts.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Order, Outcome, Wanted};
use crate::found::{Asker, Found};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

/// Module, old name, new name.
const RENAMED: &[(&str, &str, &str)] = &[("sys", "maxint", "maxsize")];

pub static FIXER: Fixer =
    Fixer { order: Order::Pre, first: Some(keep_names),
    last: Some(rename_rest), ..Fixer::with_state("renames", Wanted::Built(pattern), || Box::new(Renames)) };

fn pattern() -> String {
    let alternatives: Vec<String> = RENAMED
        .iter()
        .map(|(module, old, _)| {
            format!(
                "import_from< 'from' module_name='{module}' 'import'
                     ( attr_name='{old}' | import_as_name< attr_name='{old}' 'as' any > ) >
                 | power< module_name='{module}' trailer< '.' attr_name='{old}' > any* >"
            )
        })
        .collect();
    alternatives.join("|")
}

/// With `--beyond` an import keeps the name that the file uses, also among others:
/// `from sys import maxsize as maxint, path`.
fn keep_names(tree: &mut Tree, _cx: &mut Context<'_>) {
    for (module, old, new) in RENAMED {
        let is_import = |node: &NodeId| {
            tree.kind(*node) == Kind::ImportFrom
                && tree.child(*node, 1).is_some_and(|from| tree.value(from) == *module)
        };
        let imports: Vec<NodeId> = tree.pre_order(tree.root()).filter(is_import).collect();
        for import in imports {
            let leaves: Vec<NodeId> = tree.leaves(import).skip(3).filter(|leaf| tree.value(*leaf) == *old).collect();
            for leaf in leaves {
                if tree.parent(leaf).is_some_and(|parent| tree.kind(parent) != Kind::ImportAsName) {
                    let name = util::name(tree, new);
                    let name = util::prefixed_like(tree, name, leaf);
                    let words = [util::name_after(tree, "as", " "), util::name_after(tree, old, " ")];
                    let renamed = tree.new_node(Kind::ImportAsName, &[name, words[0], words[1]]);
                    tree.replace(leaf, &[renamed]);
                } else if tree.prev_sibling(leaf).is_none() {
                    util::rename(tree, leaf, new);
                }
            }
        }
    }
}

/// With `--beyond`: `s.maxint` after `import sys as s`.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    for (module, old, new) in RENAMED {
        let modules = util::names_of_module(tree, module);
        let is_it = |leaf: &NodeId| {
            let trailer = tree.parent(*leaf).filter(|above| tree.kind(*above) == Kind::Trailer);
            let module = trailer.and_then(|trailer| tree.prev_sibling(trailer));
            tree.value(*leaf) == *old
                && module.is_some_and(|module| {
                    tree.prev_sibling(module).is_none() && modules.iter().any(|known| known == tree.value(module))
                })
        };
        let leaves: Vec<NodeId> = tree.leaves(tree.root()).filter(is_it).collect();
        for leaf in leaves {
            util::rename(tree, leaf, new);
        }
    }
}

struct Renames;

impl Fix for Renames {
    fn matches(&mut self, tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> Option<Found> {
        let found = asker.ask(tree, node)?;
        (!util::is_within_match(tree, node, asker)).then_some(found)
    }

    fn transform(&mut self, tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
        let (module, name) = (found.need("module_name")?, found.need("attr_name")?);
        let (module, old) = (tree.value(module), tree.value(name));
        let new = RENAMED.iter().find(|renamed| (renamed.0, renamed.1) == (module, old));
        if let Some((_, _, new)) = new {
            util::rename(tree, name, new);
        }
        Ok(None)
    }
}
