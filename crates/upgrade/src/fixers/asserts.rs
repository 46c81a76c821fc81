//! Old names of unittest's methods become the new ones: `self.assert_(x)`,
//! `self.failUnless(x)` become `self.assertTrue(x)`.
//!
//! Any attribute of such a name is taken, called or not. A blank or a line
//! break between the dot and the name stops 2to3; it is trouble here.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, Wanted, util};

pub static FIXER: Fixer = Fixer {
    traversal: true,
    last: Some(count_equal),
    wanted: Wanted::Built(pattern),
    ..Fixer::plain("asserts", "", transform)
};

const NAMES: [(&str, &str); 14] = [
    ("assert_", "assertTrue"),
    ("assertEquals", "assertEqual"),
    ("assertNotEquals", "assertNotEqual"),
    ("assertAlmostEquals", "assertAlmostEqual"),
    ("assertNotAlmostEquals", "assertNotAlmostEqual"),
    ("assertRegexpMatches", "assertRegex"),
    ("assertRaisesRegexp", "assertRaisesRegex"),
    ("failUnlessEqual", "assertEqual"),
    ("failIfEqual", "assertNotEqual"),
    ("failUnlessAlmostEqual", "assertAlmostEqual"),
    ("failIfAlmostEqual", "assertNotAlmostEqual"),
    ("failUnless", "assertTrue"),
    ("failUnlessRaises", "assertRaises"),
    ("failIf", "assertFalse"),
];

fn pattern() -> String {
    let names: Vec<_> = NAMES.iter().map(|(old, _)| format!("'{old}'")).collect();
    format!("power< any+ trailer< '.' meth=({}) > any* >", names.join("|"))
}

/// With `--beyond`: `assertItemsEqual`, which 2to3 does not know.
fn count_equal(tree: &mut Tree, _cx: &mut Context<'_>) {
    let is_it = |leaf: &NodeId| {
        tree.value(*leaf) == "assertItemsEqual"
            && tree.prev_sibling(*leaf).is_some_and(|dot| tree.kind(dot) == Kind::Dot)
    };
    let leaves: Vec<NodeId> = tree.leaves(tree.root()).filter(is_it).collect();
    for leaf in leaves {
        util::rename(tree, leaf, "assertCountEqual");
    }
}

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
    let method = found.need("meth")?;
    let old = if cx.corrects() { tree.value(method).to_owned() } else { tree.text(method) };
    let Some((_, new)) = NAMES.iter().find(|(name, _)| *name == old) else {
        return Err(Trouble::new(format!("a dot that does not stand before {}", old.trim())));
    };
    util::rename(tree, method, new);
    Ok(None)
}
