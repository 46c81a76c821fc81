//! `execfile(f)` becomes `exec(compile(open(f, "rb").read(), f, 'exec'))`, with
//! the namespaces behind it if there are any.

use crate::{Context, Fixer, Found, Kind, NodeId, Outcome, Tree, Trouble, util};

pub static FIXER: Fixer = Fixer { builtin: true, ..Fixer::plain("execfile", PATTERN, transform) };

const PATTERN: &str = "
    power< 'execfile' trailer<
        '(' arglist< filename=any [',' globals=any [',' locals=any ] ] > ')' > >
    |
    power< 'execfile' trailer< '(' filename=any ')' > >";

fn transform(tree: &mut Tree, node: NodeId, found: &Found, _cx: &mut Context<'_>) -> Outcome {
    let filename = found.need("filename")?;
    let close = tree.last_child(node).and_then(|call| tree.last_child(call));
    let close = close.ok_or_else(|| Trouble::new("a call without an end"))?;
    let prefix = tree.prefix(node).to_owned();
    let code = read_file(tree, filename, close);
    let compile = compile(tree, code, filename);
    let mut args = vec![compile];
    for scope in ["globals", "locals"].into_iter().filter_map(|name| found.one(name)) {
        args.push(util::comma(tree));
        args.push(tree.clone_node(scope));
    }
    let exec = util::name(tree, "exec");
    Ok(Some(util::call_after(tree, exec, &args, &prefix)))
}

/// `open(filename, "rb")`, `.read` and `()`; the first parenthesis is closed as
/// `execfile(` was, so that a comment before that is kept.
fn read_file(tree: &mut Tree, filename: NodeId, close: NodeId) -> [NodeId; 3] {
    let args = [tree.clone_node(filename), util::comma(tree), util::string_after(tree, "\"rb\"", " ")];
    let (start, end) = (util::lparen(tree), tree.clone_node(close));
    let args = util::arg_list_between(tree, start, &args, end);
    let open = util::name(tree, "open");
    let open = tree.new_node(Kind::Power, &[open, args]);
    let read = util::name(tree, "read");
    let [open, read] = util::attr(tree, open, read);
    [open, read, util::arg_list(tree, &[])]
}

/// `compile(code, filename, 'exec')`.
fn compile(tree: &mut Tree, code: [NodeId; 3], filename: NodeId) -> NodeId {
    let mut args = code.to_vec();
    args.push(util::comma(tree));
    args.push(util::clone_after(tree, filename, " "));
    args.push(util::comma(tree));
    args.push(util::string_after(tree, "'exec'", " "));
    let compile = util::name(tree, "compile");
    util::call_after(tree, compile, &args, "")
}
