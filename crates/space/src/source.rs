//! Where the items come from that a call drains: a stream, or a list that
//! could be one.

use spacetime_rule::Context;
use spacetime_semantic::{Body, Doubt, Kind, Size};
use spacetime_syntax::ast::{Expr, ExprCall, Stmt};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Ranged, Span};

use crate::append_loop::AppendLoop;
use crate::comprehension::Listed;
use crate::consumer::Consumer;
use crate::made_list::{is_group_on_disk, is_on_disk};
use crate::price;
use crate::reliances::Reliances;
use crate::safety::{check_identity, check_moved, check_moved_key, check_namespace};

/// Items that need not be in memory all at once.
pub struct Source<'m> {
    /// The kind of the items.
    pub item: Kind,
    pub items: Size,
    /// A list comprehension that stands in the call itself.
    pub listed: Option<Listed<'m>>,
    /// Where they are made.
    pub span: Span,
}

/// The items that `value` gives to the draining `call`; `None` when they are
/// in memory anyway.
pub fn source_of<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    value: &'m Expr,
    call: &'m ExprCall,
    relies: &mut Reliances,
) -> Result<Option<Source<'m>>, Doubt> {
    let item = || body.item_kind(cx.model, value);
    match value {
        Expr::ListComp(comp) => {
            let Some(listed) = Listed::at(cx, body, cx.tree.id(comp))? else { return Ok(None) };
            listed.rely(relies);
            check_identity([&listed.making])?;
            moved_keys(cx, body, &listed.making, value, call, relies)?;
            let items = price::comprehension_items(cx, value);
            Ok(Some(Source { item: item(), items, listed: Some(listed), span: value.range() }))
        }
        Expr::Name(name) => named(cx, body, cx.tree.id(name), call, relies),
        Expr::Attribute(_) | Expr::Subscript(_) if is_on_disk(cx, value) || is_group_on_disk(cx, value) => {
            let items = Size::quantity(format!("len({})", cx.tree.module().slice(value)));
            Ok(Some(Source { item: Kind::Unknown, items, listed: None, span: value.range() }))
        }
        _ => match body.kind(cx.model, value) {
            Kind::Iterator(_) | Kind::File(_) if !is_view(value) => {
                let making = cx.model.walk_effects(body, value);
                moved_keys(cx, body, &making, value, call, relies)?;
                Ok(Some(Source {
                    item: item(),
                    items: price::items(cx, value),
                    listed: None,
                    span: value.range(),
                }))
            }
            _ => Ok(None),
        },
    }
}

/// `d.items()` and `enumerate(xs)` walk what is in memory.
fn is_view(value: &Expr) -> bool {
    match value {
        Expr::Generator(_) => false,
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(attribute) => matches!(attribute.attr.as_str(), "items" | "keys" | "values"),
            Expr::Name(name) => matches!(name.id.as_str(), "reversed" | "enumerate" | "zip" | "iter"),
            _ => false,
        },
        _ => false,
    }
}

fn moved_keys(
    cx: &Context<'_, '_>,
    body: &Body,
    making: &spacetime_semantic::Effects,
    value: &Expr,
    call: &ExprCall,
    relies: &mut Reliances,
) -> Result<(), Doubt> {
    for keyword in call.arguments.keywords.iter().filter(|keyword| keyword.arg.as_deref() == Some("key")) {
        let items = cx.model.item_objects(body, value);
        check_moved_key(cx, body, making, &keyword.value, &items, relies)?;
    }
    Ok(())
}

/// A variable: a list that one comprehension or one loop makes for this call.
fn named<'m>(
    cx: &Context<'_, 'm>,
    body: &Body,
    name: NodeId,
    call: &'m ExprCall,
    relies: &mut Reliances,
) -> Result<Option<Source<'m>>, Doubt> {
    if let Some(Expr::Name(value)) = cx.tree.expr(name)
        && let Some(expr) = cx.tree.expr(name)
        && (is_on_disk(cx, expr) || is_group_on_disk(cx, expr))
    {
        let items = Size::quantity(format!("len({})", value.id));
        return Ok(Some(Source { item: Kind::Unknown, items, listed: None, span: value.range() }));
    }
    let Some(stmt_id) = binding_of(cx, body, name) else { return Ok(None) };
    let Some(stmt @ Stmt::Assign(assign)) = cx.tree.stmt(stmt_id) else { return Ok(None) };
    let [Expr::Name(target)] = assign.targets.as_slice() else { return Ok(None) };
    let consumer = Consumer::Drain { call };
    check_namespace(cx, body, stmt_id, relies);
    match &*assign.value {
        Expr::List(list) if list.elts.is_empty() => {
            let Some(filled) = AppendLoop::of(cx, body, stmt, Some((name, call)))? else { return Ok(None) };
            filled.check(cx, body, relies)?;
            Ok(Some(Source {
                item: fill_kind(cx, body, &filled),
                items: Size::quantity(format!("len({})", target.id)),
                listed: None,
                span: filled.span(cx),
            }))
        }
        value @ Expr::ListComp(_) => {
            let Some(listed) = Listed::at(cx, body, cx.tree.id(value))? else { return Ok(None) };
            let (symbol, uses, bound) = cx.model.uses_of_binding(body, stmt_id, cx.tree.id(target))?;
            if uses.first() != Some(&name) {
                return Ok(None);
            }
            let sole = cx.model.judge_use(body, symbol, bound, name)?;
            let walk = consumer.walk(cx, body, &sole)?;
            check_moved(cx, body, &listed.making, &sole, &walk, relies)?;
            let item = body.kind(cx.model, &listed.comp.elt);
            Ok(Some(Source {
                item,
                items: price::comprehension_items(cx, value),
                listed: None,
                span: stmt.range(),
            }))
        }
        Expr::Generator(_) => {
            let item = body.item_kind(cx.model, &assign.value);
            Ok(Some(Source {
                item,
                items: price::items(cx, &assign.value),
                listed: None,
                span: stmt.range(),
            }))
        }
        _ => Ok(None),
    }
}

/// The only statement whose binding a use may see.
fn binding_of(cx: &Context<'_, '_>, body: &Body, name: NodeId) -> Option<NodeId> {
    let symbol = cx.model.scopes.resolve(name).symbol()?;
    if !body.symbols.contains(&symbol) {
        return None;
    }
    let point = body.flow.point_of(cx.tree, name)?;
    let kills = cx.model.binding_points(body, symbol);
    let sources = cx.model.before_binding(body, point, &kills);
    let mut bindings = kills.iter().filter(|kill| sources.contains(*kill));
    let only = bindings.next().filter(|_| bindings.next().is_none())?;
    let node = body.flow.point(only).node;
    matches!(cx.tree.node(node), Node::Stmt(_)).then_some(node)
}

fn fill_kind(cx: &Context<'_, '_>, body: &Body, filled: &AppendLoop<'_>) -> Kind {
    filled
        .fills
        .iter()
        .filter_map(|call| {
            let argument = call.arguments.args.first()?;
            let appends = matches!(&*call.func, Expr::Attribute(method) if method.attr.as_str() == "append");
            Some(if appends { body.kind(cx.model, argument) } else { body.item_kind(cx.model, argument) })
        })
        .fold(Kind::Never, Kind::join)
}
