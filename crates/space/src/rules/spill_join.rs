//! Writes a joined text piece by piece instead of making all of it first.
//!
//! `out.write("\n".join(lines))` holds the lines and, beside them, one string
//! of all of them. The helper takes and looks at all items first, as `join`
//! does, on disk where they are many, and then writes them in blocks.
//!
//! ```py before
//! def main(source, target):
//!     with open(source) as lines:
//!         text = (line.strip() for line in lines)
//!         with open(target, "w") as out:
//!             out.write("\n".join(text))
//!     with open(target) as lines, open(target + ".sorted", "w") as out:
//!         out.write("\n".join(line.upper() for line in lines) + "\n")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//! ```py after
//! from spacetime_compiler.runtime import write_joined
//!
//! def main(source, target):
//!     with open(source) as lines:
//!         text = (line.strip() for line in lines)
//!         with open(target, "w") as out:
//!             write_joined(out, "\n", text)
//!     with open(target) as lines, open(target + ".sorted", "w") as out:
//!         write_joined(out, "\n", (line.upper() for line in lines), "\n")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//!
//! So does printing, and a path that is written:
//!
//! ```py before
//! from pathlib import Path
//!
//! def main(source, target):
//!     with open(source) as lines:
//!         print(", ".join(line.strip() for line in lines))
//!     with open(source) as lines:
//!         Path(target).write_text("\n".join([line.strip() for line in lines]), encoding="utf-8")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//! ```py after
//! from pathlib import Path
//! from spacetime_compiler.runtime import print_joined
//! from spacetime_compiler.runtime import write_text_joined
//!
//! def main(source, target):
//!     with open(source) as lines:
//!         print_joined(", ", (line.strip() for line in lines))
//!     with open(source) as lines:
//!         write_text_joined(Path(target), "\n", (line.strip() for line in lines), encoding="utf-8")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//!
//! # When not
//!
//! What `write` returns is used:
//!
//! ```py kept
//! def main(source, target):
//!     with open(source) as lines, open(target, "w") as out:
//!         size = out.write("\n".join(line.strip() for line in lines))
//!         return size
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//!
//! A few items, again and again: calling the helper costs more than it saves.
//!
//! ```py kept
//! import csv
//!
//! def main(source, target):
//!     with open(source) as lines, open(target, "w") as out:
//!         for row in csv.reader(lines):
//!             out.write("\t".join(row) + "\n")
//!             out.write(",".join(part for part in row) + "\n")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", "copy.txt")
//! ```
//!
//! The separator is found out late, or something else is printed with it:
//!
//! ```py kept
//! def main(source, separators):
//!     with open(source) as lines:
//!         print(separators.pop().join(line.strip() for line in lines))
//!     with open(source) as lines:
//!         print(", ".join(line.strip() for line in lines), end="")
//!
//! if __name__ == "__main__":
//!     main("shares.txt", [", "])
//! ```
//!
//! # Relies on
//!
//! *Guarded*: the text is written in blocks only where that cannot be told from
//! writing it at once: to a file of the operating system, in an encoding that
//! can write all of it. Otherwise it is joined and written as before.
//!
//! # Saves and costs
//!
//! The text, and the list that `join` makes of an iterator. Each item is looked
//! at twice.

use spacetime_rule::{Claim, Context, Found, Import, Opportunity, Refusal, Rule, Verdict, rule};
use spacetime_semantic::{Assumption, Kind, Size, first_iterable};
use spacetime_syntax::Node;
use spacetime_syntax::ast::{Expr, ExprCall, Operator, Stmt};
use spacetime_text::{Edit, Edits, Ranged, Span};

use crate::comprehension::{Listed, rebracket};
use crate::made_list::is_on_disk;
use crate::price;
use crate::reliances::Reliances;
use crate::repeated::{function_repeats, loop_around};
use crate::spilled::{is_read, kind_of};

pub static RULE: Rule = rule!(
    late "spill_join",
    ExternalMemory,
    [
        "$F.write($SEPARATOR.join($XS))",
        "$F.write($SEPARATOR.join($XS) + $TAIL)",
        "$P.write_text($SEPARATOR.join($XS), $$$OPTIONS)",
        "$P.write_text($SEPARATOR.join($XS) + $TAIL, $$$OPTIONS)",
        "print($SEPARATOR.join($XS))",
    ],
    check
);

const WRITE_JOINED: Import = Import::new("spacetime_compiler.runtime", "write_joined");
const WRITE_TEXT_JOINED: Import = Import::new("spacetime_compiler.runtime", "write_text_joined");
const PRINT_JOINED: Import = Import::new("spacetime_compiler.runtime", "print_joined");

/// What is held of the text while it is written.
const BUFFER: f64 = 1024.0 * 1024.0;

/// `separator.join(items) + tail`
struct Joined<'m> {
    separator: &'m Expr,
    items: &'m Expr,
    tail: Option<&'m Expr>,
}

fn check(cx: &Context<'_, '_>, found: &Found) -> Verdict {
    let Some(Expr::Call(call)) = cx.tree.expr(found.node) else { return Ok(None) };
    let Some((text, options)) = call.arguments.args.split_first() else { return Ok(None) };
    let Some(joined) = joined(text).filter(|_| options.is_empty() && is_statement(cx, call)) else {
        return Ok(None);
    };
    let Some(import) = helper(cx, call) else { return Ok(None) };
    let once = cx.model.is_program()
        && loop_around(cx, found.node).is_none()
        && !function_repeats(cx, found.node);
    if !once || !is_large(cx, joined.items) {
        return Ok(None);
    }
    let description = "a text is joined only to be written: write it piece by piece".to_owned();
    let refuse = |doubt| Box::new(Refusal { span: call.range(), description: description.clone(), doubt });
    let mut relies = Reliances::default();
    relies.guard("the text is written in blocks only to a file that can take all of it");
    relies.assume(Assumption::ModuleNotPatched);
    let Some(edits) = edits(cx, call, &joined, import, &mut relies).map_err(refuse)? else { return Ok(None) };
    let items = price::items(cx, joined.items);
    Ok(Some(Opportunity {
        span: call.range(),
        description,
        edits,
        imports: vec![import],
        relies_on: relies.into_vec(),
        claim: Claim {
            before: items.scaled(price::bytes_of_kind(&Kind::Str)),
            after: Size::number(BUFFER),
            overhead: 0.1,
            confidence: 0.8,
            clarity: 0.9,
        },
    }))
}

fn joined(text: &Expr) -> Option<Joined<'_>> {
    let (join, tail) = match text {
        Expr::BinOp(sum) if sum.op == Operator::Add && sum.right.is_string_literal_expr() => {
            (&*sum.left, Some(&*sum.right))
        }
        text => (text, None),
    };
    let Expr::Call(join) = join else { return None };
    let Expr::Attribute(method) = &*join.func else { return None };
    let [items] = &join.arguments.args[..] else { return None };
    let fits = method.value.is_string_literal_expr()
        && method.attr.as_str() == "join"
        && join.arguments.keywords.is_empty()
        && !items.is_starred_expr();
    fits.then_some(Joined { separator: &method.value, items, tail })
}

/// Whether nobody asks what the call returns.
fn is_statement(cx: &Context<'_, '_>, call: &ExprCall) -> bool {
    let parent = cx.tree.parent(cx.tree.id(call)).map(|parent| cx.tree.node(parent));
    matches!(parent, Some(Node::Stmt(Stmt::Expr(_))))
}

fn helper(cx: &Context<'_, '_>, call: &ExprCall) -> Option<Import> {
    let keywords = &call.arguments.keywords;
    match &*call.func {
        Expr::Attribute(method) if method.attr.as_str() == "write" => {
            keywords.is_empty().then_some(WRITE_JOINED)
        }
        Expr::Attribute(_) => {
            let known = |name: &str| matches!(name, "encoding" | "errors" | "newline");
            let plain = keywords.iter().all(|keyword| {
                keyword.arg.as_deref().is_some_and(known) && keyword.value.is_literal_expr()
            });
            plain.then_some(WRITE_TEXT_JOINED)
        }
        func => {
            (keywords.is_empty() && cx.model.is_builtin(func, "print")).then_some(PRINT_JOINED)
        }
    }
}

/// Whether there are likely many items: on disk, read from a file, made by a generator.
fn is_large(cx: &Context<'_, '_>, items: &Expr) -> bool {
    let node = cx.tree.id(items);
    if is_on_disk(cx, items) || is_read(cx, node) {
        return true;
    }
    match items {
        Expr::Generator(_) | Expr::ListComp(_) => {
            first_iterable(items).is_some_and(|first| is_large(cx, first))
        }
        Expr::Call(call) if cx.model.is_builtin(&call.func, "map") => {
            call.arguments.args.get(1).is_some_and(|second| is_large(cx, second))
        }
        Expr::Name(_) => cx.tree.expr(node).is_some_and(|name| {
            matches!(kind_of(cx, node), Kind::Iterator(_))
                && cx.model.origins(name).into_iter().any(|origin| {
                    !origin.is_name_expr() && is_large(cx, origin)
                })
        }),
        _ => false,
    }
}

fn edits(
    cx: &Context<'_, '_>,
    call: &ExprCall,
    joined: &Joined<'_>,
    import: Import,
    relies: &mut Reliances,
) -> Result<Option<Edits>, spacetime_semantic::Doubt> {
    let module = cx.tree.module();
    let items = joined.items.range();
    let last = call.arguments.keywords.first().map_or(call.end(), Ranged::start);
    let (before, after) = (Span::new(call.start(), items.start()), Span::new(items.end(), last));
    if module.has_comment_in(before) || module.has_comment_in(after) {
        return Ok(None);
    }
    let mut head = format!("{}(", import.local_name(cx.tree));
    if let Expr::Attribute(method) = &*call.func {
        head = format!("{head}{}, ", module.slice(&*method.value));
    }
    head = format!("{head}{}, ", module.slice(joined.separator));
    let mut close = joined.tail.map_or_else(String::new, |tail| format!(", {}", module.slice(tail)));
    close.push_str(if call.arguments.keywords.is_empty() { ")" } else { ", " });
    let mut edits = match joined.items {
        Expr::ListComp(_) => {
            let node = cx.tree.id(joined.items);
            let Some(body) = cx.model.body_of(node) else { return Ok(None) };
            let Some(listed) = Listed::at(cx, &body, node)? else { return Ok(None) };
            listed.rely(relies);
            rebracket(cx, items, items, "(", ")")
        }
        Expr::Generator(generator) if !generator.parenthesized => {
            head.push('(');
            close.insert(0, ')');
            Vec::new()
        }
        _ => Vec::new(),
    };
    edits.push(Edit::replace(before, head));
    edits.push(Edit::replace(after, close));
    Ok(Edits::try_from(edits).ok())
}
