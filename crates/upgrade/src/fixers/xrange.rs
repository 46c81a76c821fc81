//! `xrange(…)` becomes `range(…)`, and `range(…)` becomes `list(range(…))`.
//!
//! `range` stays where it is only walked: `for x in range(…)`, `y in range(…)`,
//! `sorted(range(…))` and the like, `range` as the only argument.
//!
//! As in 2to3 what was an `xrange` is known by its node: if another fixer has
//! copied it since, it becomes `list(range(…))` too.

use rustc_hash::FxHashSet;

use crate::context::Context;
use crate::fixer::{Fix, Fixer, Outcome, Wanted};
use crate::found::Found;
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
use crate::util;

const PATTERN: &str = "power< (name='range'|name='xrange') trailer< '(' args=any ')' > rest=any* >";

pub static FIXER: Fixer = Fixer { builtin: true, last: Some(rename_rest), ..Fixer::with_state("xrange", Wanted::Pattern(PATTERN), || Box::<Xrange>::default()) };

#[derive(Default)]
struct Xrange {
    /// What were calls of `xrange`.
    done: FxHashSet<NodeId>,
}

impl Fix for Xrange {
    fn start(&mut self, _tree: &mut Tree, _cx: &mut Context<'_>) {
        self.done.clear();
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
        let name = found.need("name")?;
        if tree.value(name) == "xrange" {
            util::rename(tree, name, "range");
            self.done.insert(node);
            return Ok(None);
        }
        if self.done.contains(&node) || is_only_walked(tree, node) {
            return Ok(None);
        }
        let prefix = tree.prefix(node).to_owned();
        let arguments = tree.lift(found.need("args")?);
        let [list, range] = ["list", "range"].map(|name| util::name(tree, name));
        let range = util::call(tree, range, &[arguments]);
        let new = util::call_after(tree, list, &[range], &prefix);
        for trailer in found.many("rest") {
            tree.append_child(new, *trailer);
        }
        Ok(Some(new))
    }
}

/// With `--beyond`: `f = xrange`, too.
fn rename_rest(tree: &mut Tree, _cx: &mut Context<'_>) {
    for leaf in util::names_read(tree, &["xrange"]) {
        util::rename(tree, leaf, "range");
    }
}

fn is_only_walked(tree: &Tree, node: NodeId) -> bool {
    let Some(parent) = tree.parent(node) else { return false };
    if let Some(above) = tree.parent(parent)
        && let Some((function, argument)) = util::is_called(tree, above)
        && argument == node
    {
        return util::CONSUMING_CALLS.contains(&tree.value(function));
    }
    util::is_looped_over(tree, parent, node) || is_looked_in(tree, parent, node)
}

/// Whether `parent` is `… in node`.
fn is_looked_in(tree: &Tree, parent: NodeId, node: NodeId) -> bool {
    let mut children = tree.children(parent).skip(1);
    let is_in = |leaf| tree.kind(leaf) == Kind::Name && tree.value(leaf) == "in";
    tree.kind(parent) == Kind::Comparison
        && children.next().is_some_and(is_in)
        && children.next() == Some(node)
}
