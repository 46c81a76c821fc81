//! `sys.maxint` becomes `sys.maxsize`, also in `from sys import maxint`.
//!
//! As in 2to3 an import of several names stays, and of matches within one
//! another only the outermost counts.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Order, Outcome, Wanted};
use crate::found::{Asker, Found};
use crate::tree::{NodeId, Tree};
use crate::util;

/// Module, old name, new name.
const RENAMED: &[(&str, &str, &str)] = &[("sys", "maxint", "maxsize")];

pub static FIXER: Fixer =
    Fixer { order: Order::Pre, ..Fixer::with_state("renames", Wanted::Built(pattern), || Box::new(Renames)) };

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
