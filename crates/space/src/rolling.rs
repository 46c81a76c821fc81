//! Tables that are filled row by row, each from the one above.

use spacetime_rule::Context;
use spacetime_semantic::scope::{ScopeKind, SymbolId};
use spacetime_semantic::{Body, Doubt, Kind, Size};
use spacetime_syntax::ast::{
    self, Expr, ExprCall, ExprListComp, ExprSubscript, Operator, Stmt, StmtAssign, StmtFor, StmtFunctionDef,
    UnaryOp,
};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::{Edit, Ranged};

use crate::layout::lines_of;
use crate::literal;
use crate::price;

/// Functions that the filling loop may call: they change nothing.
const HARMLESS: [&str; 9] = ["min", "max", "abs", "len", "ord", "int", "range", "enumerate", "zip"];

/// `name = [row for _ in range(rows)]`, right in the body of a function.
pub struct Table<'m> {
    pub name: &'m str,
    symbol: SymbolId,
    def: &'m StmtFunctionDef,
    assign: &'m StmtAssign,
    comp: &'m ExprListComp,
    /// The call of `range`, and how many rows it makes, as text.
    range: &'m ExprCall,
    rows: &'m str,
}

/// The edits, and what they are worth.
pub struct Rolled {
    pub edits: Vec<Edit>,
    /// The first column is computed from values of unknown type.
    pub computes_unknown: bool,
    /// Bytes of a row.
    pub row: Size,
}

/// The loop that fills the rows; row `variable + above` from the one before.
struct Filling<'m> {
    stmt: &'m StmtFor,
    variable: &'m str,
    /// 0 if the variable is the number of the new row, 1 if it is that of the old one.
    above: u64,
}

/// `for v in range(...): name[v][column] = value`, before the rows are filled.
struct Column<'m> {
    stmt: &'m StmtFor,
    assign: &'m StmtAssign,
    variable: &'m str,
    /// Whether the first row gets it, too.
    from_first: bool,
}

impl<'m> Table<'m> {
    pub fn at(cx: &Context<'_, 'm>, body: &Body, assign: &'m StmtAssign) -> Option<Self> {
        let ([Expr::Name(name)], Expr::ListComp(comp)) = (&assign.targets[..], &*assign.value) else {
            return None;
        };
        let [clause] = &comp.generators[..] else { return None };
        let Expr::Call(range) = &clause.iter else { return None };
        let [rows] = &range.arguments.args[..] else { return None };
        let plain = clause.ifs.is_empty() && !clause.is_async && clause.target.is_name_expr();
        let known = makes_row(&comp.elt) && is_size(rows);
        if !plain
            || !known
            || !cx.model.is_builtin(&range.func, "range")
            || !range.arguments.keywords.is_empty()
        {
            return None;
        }
        let Node::Stmt(Stmt::FunctionDef(def)) = cx.tree.node(cx.tree.parent(cx.tree.id(assign))?) else {
            return None;
        };
        let symbol = cx.model.scopes.resolve(cx.tree.id(name)).symbol()?;
        let data = cx.model.scopes.symbol(symbol);
        let once = data.bindings.len() == 1 && data.deletes.is_empty() && data.scope == body.scope;
        let rows = cx.tree.module().slice(rows);
        once.then_some(Self { name: name.id.as_str(), symbol, def, assign, comp, range, rows })
    }

    /// What has to be written, if no rows but the last two are read.
    ///
    /// # Errors
    /// A doubt that says which use of the table stands in the way.
    pub fn judge(&self, cx: &Context<'_, 'm>, body: &Body) -> Result<Rolled, Doubt> {
        cx.model.check_private(body, self.symbol)?;
        if body.is_generator || body.is_async {
            return Err(Doubt::new("other code may run while the table is filled"));
        }
        let filling = self.filling(cx)?;
        self.check_sizes(cx, body, &filling)?;
        let columns = self.columns(cx, body, &filling)?;
        let mut edits = vec![Edit::insert(self.range.end(), "[:1]")];
        let mut seen: Vec<NodeId> = Vec::new();
        for column in &columns {
            seen.extend(cx.tree.subtree(cx.tree.id(column.stmt)));
            if column.from_first {
                edits.push(Edit::insert(column.stmt.iter.end(), "[:1]"));
            } else {
                let lines = cx
                    .tree
                    .stmt(cx.tree.id(column.stmt))
                    .and_then(|stmt| lines_of(cx, stmt))
                    .filter(|lines| !cx.tree.module().has_comment_in(lines.span))
                    .ok_or_else(|| Doubt::new("the loop over the first column shares lines"))?;
                edits.push(Edit::delete(lines.span));
            }
        }
        for used in &cx.model.scopes.symbol(self.symbol).uses {
            if !seen.contains(used) {
                edits.push(self.renumbered(cx, &filling, *used)?);
            }
        }
        edits.extend(self.next_row(cx, &filling, &columns)?);
        edits.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
        let computes_unknown = columns.iter().any(|column| {
            cx.tree.subtree(cx.tree.id(&*column.assign.value)).any(|id| {
                matches!(cx.tree.expr(id), Some(name @ Expr::Name(of))
                    if of.id.as_str() != column.variable && body.kind(cx.model, name) != Kind::Int)
            })
        });
        Ok(Rolled { edits, computes_unknown, row: self.row_size(cx) })
    }

    /// The statements of the function behind the one that makes the table.
    fn following(&self) -> impl Iterator<Item = &'m Stmt> {
        let end = self.assign.end();
        self.def.body.iter().filter(move |stmt| stmt.start() >= end)
    }

    fn uses_in(&self, cx: &Context<'_, 'm>, node: NodeId) -> Vec<NodeId> {
        let uses = &cx.model.scopes.symbol(self.symbol).uses;
        uses.iter().copied().filter(|used| cx.tree.contains(node, *used)).collect()
    }

    /// The one loop that reads rows above others.
    fn filling(&self, cx: &Context<'_, 'm>) -> Result<Filling<'m>, Doubt> {
        let mut found = None;
        for stmt in self.following() {
            let Stmt::For(stmt) = stmt else { continue };
            let Some((from, count)) = bounds(cx, stmt) else { continue };
            let Expr::Name(variable) = &*stmt.target else { continue };
            let filling = match from {
                1 if count == self.rows => Filling { stmt, variable: variable.id.as_str(), above: 0 },
                0 if self.rows == format!("{count} + 1") => {
                    Filling { stmt, variable: variable.id.as_str(), above: 1 }
                }
                _ => continue,
            };
            let used = self.uses_in(cx, cx.tree.id(stmt));
            let steps = |id: &NodeId| step(cx, &filling, *id).is_some();
            if used.is_empty() || !used.iter().all(steps) || self.column(cx, stmt).is_some() {
                continue;
            }
            if found.replace(filling).is_some() {
                return Err(Doubt::new(format!("`{}` is filled by more than one loop", self.name)));
            }
        }
        let filling = found.ok_or_else(|| {
            Doubt::new(format!("no loop fills `{}` row by row, each from the one above", self.name))
        })?;
        self.check_loop(cx, filling.stmt)?;
        Ok(filling)
    }

    /// Nothing but the end of the loop ends it, and nothing else sets its variable.
    fn check_loop(&self, cx: &Context<'_, 'm>, stmt: &'m StmtFor) -> Result<(), Doubt> {
        let node = cx.tree.id(stmt);
        if !stmt.orelse.is_empty() {
            return Err(Doubt::new(format!("the loop that fills `{}` has an `else`", self.name)));
        }
        for id in cx.tree.subtree(node) {
            let ends = match cx.tree.node(id) {
                Node::Stmt(Stmt::Break(_)) => {
                    let owner = cx
                        .tree
                        .ancestors(id)
                        .find(|id| matches!(cx.tree.node(*id), Node::Stmt(Stmt::For(_) | Stmt::While(_))));
                    owner == Some(node)
                }
                Node::Stmt(Stmt::Try(_) | Stmt::With(_)) => true,
                _ => false,
            };
            if ends {
                let line = cx.model.line(id);
                return Err(Doubt::new(format!(
                    "the loop that fills `{}` may end early (line {line})",
                    self.name
                )));
            }
        }
        let target = cx.tree.id(&*stmt.target);
        let symbol = cx.model.scopes.resolve(target).symbol();
        let rebound = symbol.is_none_or(|symbol| {
            let data = cx.model.scopes.symbol(symbol);
            data.rebound_elsewhere
                || data.bindings.iter().any(|bound| *bound != target && cx.tree.contains(node, *bound))
        });
        if rebound {
            return Err(Doubt::new(format!("the loop that fills `{}` changes its own variable", self.name)));
        }
        Ok(())
    }

    /// What says how many rows there are, and how long they are, stays as it is.
    fn check_sizes(&self, cx: &Context<'_, 'm>, body: &Body, filling: &Filling<'m>) -> Result<(), Doubt> {
        let mut measured = false;
        for root in [cx.tree.id(&*self.comp.elt), cx.tree.id(&self.range.arguments.args[0])] {
            for id in cx.tree.subtree(root) {
                match cx.tree.expr(id) {
                    Some(Expr::Call(_)) => measured = true,
                    Some(name @ Expr::Name(of)) if of.ctx.is_load() && !is_known(cx, name) => {
                        let inner = self.comp.generators[0].target.range();
                        let stays =
                            is_bound_once(cx, body, id) && cx.tree.module().slice(inner) != of.id.as_str();
                        if !stays {
                            return Err(Doubt::new(format!(
                                "`{}` may change while the table is filled",
                                of.id
                            )));
                        }
                    }
                    _ => {}
                }
            }
        }
        if !measured {
            return Ok(());
        }
        for stmt in self.following().filter(|stmt| stmt.start() <= filling.stmt.start()) {
            for id in cx.tree.subtree(cx.tree.id(stmt)) {
                self.check_harmless(cx, id)?;
            }
        }
        Ok(())
    }

    /// Whether nothing that is measured can get longer or shorter.
    fn check_harmless(&self, cx: &Context<'_, 'm>, id: NodeId) -> Result<(), Doubt> {
        let harmful = match cx.tree.node(id) {
            Node::Expr(Expr::Call(call)) => {
                !HARMLESS.iter().any(|name| cx.model.is_builtin(&call.func, name))
            }
            Node::Expr(Expr::Subscript(subscript)) if !subscript.ctx.is_load() => {
                subscript.slice.is_slice_expr()
                    || subscript.ctx.is_del()
                    || !self.is_row(cx, &subscript.value)
            }
            Node::Expr(Expr::Attribute(attribute)) => !attribute.ctx.is_load(),
            Node::Expr(Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_)) => true,
            Node::Stmt(stmt) => {
                matches!(stmt, Stmt::AugAssign(assign) if !assign.value.is_number_literal_expr()
                    && !matches!(&*assign.target, Expr::Subscript(cell) if self.is_row(cx, &cell.value)))
            }
            _ => false,
        };
        if harmful {
            return Err(Doubt::new(format!(
                "line {} may change what the length of the rows is computed from",
                cx.model.line(id)
            )));
        }
        Ok(())
    }

    /// `name[...]`
    fn is_row(&self, cx: &Context<'_, 'm>, expr: &Expr) -> bool {
        let Expr::Subscript(row) = expr else { return false };
        cx.model.scopes.resolve(cx.tree.id(&*row.value)).symbol() == Some(self.symbol)
    }

    /// The loops that fill the first column beforehand.
    fn columns(
        &self,
        cx: &Context<'_, 'm>,
        body: &Body,
        filling: &Filling<'m>,
    ) -> Result<Vec<Column<'m>>, Doubt> {
        let mut columns = Vec::new();
        for stmt in self.following().take_while(|stmt| stmt.start() < filling.stmt.start()) {
            let Stmt::For(stmt) = stmt else { continue };
            let Some(column) = self.column(cx, stmt) else { continue };
            let value = cx.tree.id(&*column.assign.value);
            let stays = cx.tree.subtree(value).all(|id| match cx.tree.expr(id) {
                Some(Expr::Name(name)) => name.id.as_str() == column.variable || is_bound_once(cx, body, id),
                // Others may fail for some rows only.
                Some(Expr::BinOp(op)) => matches!(op.op, Operator::Add | Operator::Sub | Operator::Mult),
                Some(Expr::UnaryOp(_) | Expr::NumberLiteral(_)) => true,
                Some(_) => false,
                None => true,
            });
            if !stays || is_read_later(cx, &column) {
                return Err(Doubt::new(format!(
                    "the loop on line {} cannot be taken apart",
                    cx.model.line(cx.tree.id(stmt))
                )));
            }
            columns.push(column);
        }
        if let Some(first) = columns.first() {
            let between = self
                .following()
                .filter(|stmt| stmt.start() > first.stmt.start() && stmt.start() < filling.stmt.start());
            for id in between.flat_map(|stmt| cx.tree.subtree(cx.tree.id(stmt))) {
                self.check_harmless(cx, id)?;
            }
        }
        Ok(columns)
    }

    fn column(&self, cx: &Context<'_, 'm>, stmt: &'m StmtFor) -> Option<Column<'m>> {
        let (from, count) = bounds(cx, stmt)?;
        let (Expr::Name(variable), [Stmt::Assign(assign)]) = (&*stmt.target, &stmt.body[..]) else {
            return None;
        };
        let [Expr::Subscript(cell)] = &assign.targets[..] else { return None };
        let Expr::Subscript(row) = &*cell.value else { return None };
        let is_variable = matches!(&*row.slice, Expr::Name(name) if name.id == variable.id);
        let fits = count == self.rows
            && from <= 1
            && stmt.orelse.is_empty()
            && literal::integer(&cell.slice).is_some();
        (fits && is_variable && self.is_row(cx, &cell.value)).then_some(Column {
            stmt,
            assign,
            variable: variable.id.as_str(),
            from_first: from == 0,
        })
    }

    /// What a use of the table becomes.
    fn renumbered(&self, cx: &Context<'_, 'm>, filling: &Filling<'m>, used: NodeId) -> Result<Edit, Doubt> {
        let line = cx.model.line(used);
        let other = || Doubt::new(format!("another row of `{}` may be read on line {line}", self.name));
        let index = &*subscript(cx, used).ok_or_else(other)?.slice;
        let at = cx.tree.node(used).range().start();
        if cx.tree.contains(cx.tree.id(filling.stmt), used) {
            let step = step(cx, filling, used).ok_or_else(other)?;
            return Ok(Edit::replace(index.range(), step.to_string()));
        }
        let same = Edit::replace(index.range(), cx.tree.module().slice(index));
        if at < filling.stmt.start() {
            return if literal::integer(index) == Some(0) { Ok(same) } else { Err(other()) };
        }
        let measured =
            cx.tree.subtree(cx.tree.id(index)).any(|id| matches!(cx.tree.expr(id), Some(Expr::Call(_))));
        if measured {
            let between =
                self.following().filter(|stmt| stmt.start() > filling.stmt.start() && stmt.start() < at);
            for id in between.flat_map(|stmt| cx.tree.subtree(cx.tree.id(stmt))) {
                self.check_harmless(cx, id)?;
            }
        }
        let last = format!("{} + 1", cx.tree.module().slice(index)) == self.rows
            || cx.tree.module().slice(index) == format!("{} - 1", self.rows)
            || matches!(index, Expr::UnaryOp(op) if op.op == UnaryOp::USub && literal::integer(&op.operand) == Some(1));
        if last { Ok(Edit::replace(index.range(), "-1")) } else { Err(other()) }
    }

    /// The statements that make the next row.
    fn next_row(
        &self,
        cx: &Context<'_, 'm>,
        filling: &Filling<'m>,
        columns: &[Column<'m>],
    ) -> Result<Vec<Edit>, Doubt> {
        let first = &filling.stmt.body[0];
        let indent = lines_of(cx, first)
            .map(|lines| lines.indent)
            .ok_or_else(|| Doubt::new("the loop stands on one line"))?;
        let (name, row) = (self.name, cx.tree.module().slice(&*self.comp.elt));
        let mut text = format!("{name} = [{name}[-1], {row}]\n{indent}");
        for column in columns {
            let value = &*column.assign.value;
            let [Expr::Subscript(cell)] = &column.assign.targets[..] else { continue };
            let number = cx.tree.module().slice(&*cell.slice);
            let value = with_variable(cx, value, column, filling);
            text = format!("{text}{name}[1][{number}] = {value}\n{indent}");
        }
        Ok(vec![Edit::insert(first.start(), text)])
    }

    fn row_size(&self, cx: &Context<'_, 'm>) -> Size {
        let length = match &*self.comp.elt {
            Expr::ListComp(comp) => length_of(&comp.generators[0]),
            Expr::BinOp(op) => Some(&*op.right),
            _ => None,
        };
        let length = length.map_or_else(|| Size::number(1.0), |length| price::amount(cx, length));
        Size::number(64.0).plus(&length.scaled(8.0))
    }
}

/// An expression with the number of the new row in place of a loop's variable.
fn with_variable(cx: &Context<'_, '_>, value: &Expr, column: &Column<'_>, filling: &Filling<'_>) -> String {
    let start = value.start().to_usize();
    let mut text = cx.tree.module().slice(value).to_owned();
    let mut places: Vec<_> = cx
        .tree
        .subtree(cx.tree.id(value))
        .filter_map(|id| cx.tree.expr(id))
        .filter(|expr| matches!(expr, Expr::Name(name) if name.id.as_str() == column.variable))
        .map(|expr| expr.start().to_usize() - start..expr.end().to_usize() - start)
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.start));
    let row = match (filling.above, places.len() == 1 && value.is_name_expr()) {
        (0, _) => filling.variable.to_owned(),
        (_, true) => format!("{} + 1", filling.variable),
        (_, false) => format!("({} + 1)", filling.variable),
    };
    for place in places {
        text.replace_range(place, &row);
    }
    text
}

/// `[number] * length` or `[number for _ in range(length)]`
fn makes_row(expr: &Expr) -> bool {
    match expr {
        Expr::BinOp(op) => match &*op.left {
            Expr::List(list) => {
                op.op == Operator::Mult && list.elts.iter().all(is_constant) && is_size(&op.right)
            }
            _ => false,
        },
        Expr::ListComp(comp) => match &comp.generators[..] {
            [clause] => {
                let plain = clause.ifs.is_empty() && !clause.is_async && clause.target.is_name_expr();
                plain && is_constant(&comp.elt) && length_of(clause).is_some_and(is_size)
            }
            _ => false,
        },
        _ => false,
    }
}

/// `n` in `for _ in range(n)`
fn length_of(clause: &ast::Comprehension) -> Option<&Expr> {
    match &clause.iter {
        Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "range") => {
            match &call.arguments.args[..] {
                [length] if call.arguments.keywords.is_empty() => Some(length),
                _ => None,
            }
        }
        _ => None,
    }
}

fn is_constant(expr: &Expr) -> bool {
    expr.is_number_literal_expr()
        || expr.is_none_literal_expr()
        || expr.is_boolean_literal_expr()
        || expr.is_string_literal_expr()
        || matches!(expr, Expr::UnaryOp(op) if op.operand.is_number_literal_expr())
        || is_infinity(expr)
}

/// `float("inf")`
fn is_infinity(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "float")
        && matches!(&call.arguments.args[..], [Expr::StringLiteral(_)]))
}

/// Numbers, names, their sums, and lengths of names.
fn is_size(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) | Expr::NumberLiteral(_) => true,
        Expr::BinOp(op) => {
            matches!(op.op, Operator::Add | Operator::Sub | Operator::Mult)
                && is_size(&op.left)
                && is_size(&op.right)
        }
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "len")
                && matches!(&call.arguments.args[..], [Expr::Name(_)])
        }
        _ => false,
    }
}

/// Functions that rows are made with.
fn is_known(cx: &Context<'_, '_>, name: &Expr) -> bool {
    ["len", "range", "float"].iter().any(|known| cx.model.is_builtin(name, known))
}

/// Whether a name means a variable, of the function or the module, that is bound in one
/// place.
fn is_bound_once(cx: &Context<'_, '_>, body: &Body, name: NodeId) -> bool {
    let Some(symbol) = cx.model.scopes.resolve(name).symbol() else { return false };
    let data = cx.model.scopes.symbol(symbol);
    let bound = data.bindings.len() == 1 && data.deletes.is_empty() && !data.rebound_elsewhere;
    let near = data.scope == body.scope || cx.model.scopes.scope(data.scope).kind == ScopeKind::Module;
    bound
        && near
        && !cx
            .tree
            .ancestors(data.bindings[0])
            .any(|id| matches!(cx.tree.node(id), Node::Stmt(Stmt::For(_) | Stmt::While(_))))
}

/// `range(count)` or `range(from, count)`
fn bounds<'m>(cx: &Context<'_, 'm>, stmt: &'m StmtFor) -> Option<(u64, &'m str)> {
    let Expr::Call(call) = &*stmt.iter else { return None };
    if stmt.is_async || !call.arguments.keywords.is_empty() || !cx.model.is_builtin(&call.func, "range") {
        return None;
    }
    match &call.arguments.args[..] {
        [count] => Some((0, cx.tree.module().slice(count))),
        [from, count] => Some((literal::integer(from)?, cx.tree.module().slice(count))),
        _ => None,
    }
}

/// The subscript `name[...]` around a use, if it reads it.
fn subscript<'m>(cx: &Context<'_, 'm>, used: NodeId) -> Option<&'m ExprSubscript> {
    match cx.tree.expr(cx.tree.parent(used)?)? {
        Expr::Subscript(subscript) if cx.tree.id(&*subscript.value) == used && subscript.ctx.is_load() => {
            Some(subscript)
        }
        _ => None,
    }
}

/// Whether the variable of a loop is read outside of it, but in the bodies of loops that
/// set it anew.
fn is_read_later<'m>(cx: &Context<'_, 'm>, column: &Column<'m>) -> bool {
    let Some(symbol) = cx.model.scopes.resolve(cx.tree.id(&*column.stmt.target)).symbol() else {
        return true;
    };
    let data = cx.model.scopes.symbol(symbol);
    let is_set_anew = |used: NodeId| {
        cx.tree.ancestors(used).any(|id| {
            matches!(cx.tree.node(id), Node::Stmt(Stmt::For(stmt))
                if cx.model.scopes.resolve(cx.tree.id(&*stmt.target)).symbol() == Some(symbol)
                    && stmt.body.iter().any(|stmt| cx.tree.contains(cx.tree.id(stmt), used)))
        })
    };
    data.is_captured || data.is_global || !data.uses.iter().all(|used| is_set_anew(*used))
}

/// 0 for the row above, 1 for the new one.
fn step<'m>(cx: &Context<'_, 'm>, filling: &Filling<'m>, used: NodeId) -> Option<u64> {
    let index = &*subscript(cx, used)?.slice;
    let is_variable = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id.as_str() == filling.variable);
    match (index, filling.above) {
        (index, 0) if is_variable(index) => Some(1),
        (index, _) if is_variable(index) => Some(0),
        (Expr::BinOp(op), above) if is_variable(&op.left) && literal::integer(&op.right) == Some(1) => {
            match (op.op, above) {
                (Operator::Sub, 0) => Some(0),
                (Operator::Add, 1) => Some(1),
                _ => None,
            }
        }
        _ => None,
    }
}
