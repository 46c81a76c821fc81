//! Attributes of functions: `f.func_code` becomes `f.__code__`.

use crate::{Context, Fixer, Found, NodeId, Outcome, Tree, util};

pub static FIXER: Fixer = Fixer::plain("funcattrs", PATTERN, transform);

const PATTERN: &str = "
    power< any+ trailer< '.' attr=('func_closure' | 'func_doc' | 'func_globals'
                                  | 'func_name' | 'func_defaults' | 'func_code'
                                  | 'func_dict') > any* >";

fn transform(tree: &mut Tree, _node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let attribute = found.need("attr")?;
    let new = format!("__{}__", &tree.value(attribute)["func_".len()..]);
    util::rename(tree, attribute, &new);
    Ok(None)
}
