//! Trees and errors of small sources, against lib2to3's.

use super::*;
use crate::tree::NodeId;

fn shape(text: &str) -> String {
    match parse(text.to_owned(), Dialect::default()) {
        Ok(parsed) => {
            assert_eq!(parsed.tree.text(parsed.tree.root()), text);
            described(&parsed.tree, parsed.tree.root())
        }
        Err(error) => error.to_string(),
    }
}

fn described(tree: &Tree, node: NodeId) -> String {
    if tree.is_leaf(node) {
        return tree.value(node).trim_end().to_owned();
    }
    let children: Vec<String> = tree.children(node).map(|child| described(tree, child)).collect();
    format!("{}({})", tree.kind(node).name(), children.join(" "))
}

#[test]
fn nodes_with_one_child_vanish() {
    assert_eq!(shape("a\n"), "file_input(simple_stmt(a ) )");
    assert_eq!(shape("f(x)+1\n"), "file_input(simple_stmt(arith_expr(power(f trailer(( x ))) + 1) ) )");
    assert_eq!(shape(""), "");
    assert_eq!(shape("# only\n"), "");
}
