//! `<>` becomes `!=`.

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Outcome, Wanted};
use crate::found::{Asker, Found};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

pub static FIXER: Fixer = Fixer {
    traversal: true,
    ..Fixer::with_state("ne", Wanted::Kind(Kind::NotEqual), || Box::new(Ne))
};

struct Ne;

impl Fix for Ne {
    fn matches(&mut self, tree: &Tree, node: NodeId, _asker: &mut Asker<'_, '_>) -> Option<Found> {
        (tree.value(node) == "<>").then(|| Found::bare(node))
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, _found: &Found, _cx: &mut Context<'_>) -> Outcome {
        let prefix = tree.prefix(node).to_owned();
        Ok(Some(tree.new_leaf_after(Kind::NotEqual, "!=", &prefix)))
    }
}
