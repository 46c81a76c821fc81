//! Questions that rules ask in one line: where is this value used, how often
//! is it walked, what happens in between.

use spacetime_syntax::ast::{AnyNodeRef, CmpOp, Expr, Stmt, WithItem};
use spacetime_syntax::{Node, NodeId};
use spacetime_text::Ranged;

use crate::flow::{Bindings, Flow, PointId, PointKind, Points};
use crate::scope::{Resolved, SymbolId};
use crate::{Body, Doubt, Effects, Kind, Model, Objects};

/// The one place where a value is used that a binding gives to a variable.
#[derive(Clone, Copy, Debug)]
pub struct SoleUse {
    pub symbol: SymbolId,
    /// The point of the binding.
    pub bound: PointId,
    /// The name that is read, and its point.
    pub name: NodeId,
    pub point: PointId,
    /// Whether every normal way from the binding comes to the use.
    pub certain: bool,
}

impl SoleUse {
    /// The use of a value that is walked at `point`, where it is made, and
    /// that no variable holds.
    pub fn in_place(value: NodeId, point: PointId) -> Self {
        let symbol = SymbolId::from_index(u32::MAX as usize);
        Self { symbol, bound: point, name: value, point, certain: true }
    }
}

impl Model<'_> {
    /// The only use of what the assignment at `stmt` binds to the name `target`.
    ///
    /// # Errors
    /// A doubt when the variable may be seen in any other way: captured by a
    /// function, used twice, bound elsewhere for the same use, read by `locals()`.
    pub fn sole_use(&self, body: &Body, stmt: NodeId, target: NodeId) -> Result<SoleUse, Doubt> {
        let (symbol, uses, bound) = self.uses_of_binding(body, stmt, target)?;
        let name = &self.scopes.symbol(symbol).name;
        match uses.as_slice() {
            [] => Err(Doubt::new(format!("`{name}` is never used"))),
            [one] => self.judge_use(body, symbol, bound, *one),
            [first, second, ..] => Err(Doubt::new(format!(
                "`{name}` is used more than once (lines {} and {})",
                self.line(*first),
                self.line(*second)
            ))),
        }
    }

    /// All uses that a binding reaches, if nothing else can see the variable.
    pub fn uses_of_binding(
        &self,
        body: &Body,
        stmt: NodeId,
        target: NodeId,
    ) -> Result<(SymbolId, Vec<NodeId>, PointId), Doubt> {
        let symbol = match self.scopes.resolve(target) {
            Resolved::Local(symbol) | Resolved::Global(symbol) if body.symbols.contains(&symbol) => symbol,
            _ => return Err(Doubt::new("the variable belongs to another scope")),
        };
        self.check_private(body, symbol)?;
        let bound = body
            .flow
            .point_of(self.tree, stmt)
            .ok_or_else(|| Doubt::new("the assignment is not part of the flow"))?;
        Ok((symbol, self.uses_after(body, symbol, bound), bound))
    }

    /// All uses of what a parameter gets, if nothing else can see the variable.
    ///
    /// # Errors
    /// As for [`Self::sole_use`].
    pub fn uses_of_parameter(&self, body: &Body, symbol: SymbolId) -> Result<Vec<NodeId>, Doubt> {
        if !body.symbols.contains(&symbol) {
            let name = &self.scopes.symbol(symbol).name;
            return Err(Doubt::new(format!("`{name}` belongs to another scope")));
        }
        self.check_private(body, symbol)?;
        Ok(self.uses_after(body, symbol, PointId::ENTRY))
    }

    /// Whether only the body itself sees a variable of it.
    pub fn check_private(&self, body: &Body, symbol: SymbolId) -> Result<(), Doubt> {
        let data = self.scopes.symbol(symbol);
        let name = &data.name;
        if let Some(node) = self.captures(symbol).first() {
            return Err(Doubt::new(format!(
                "`{name}` is seen by an inner function (line {})",
                self.line(*node)
            )));
        }
        if data.rebound_elsewhere || data.is_global || data.is_nonlocal {
            return Err(Doubt::new(format!("`{name}` is shared with other scopes")));
        }
        if self.scopes.uses_dynamic_names(body.scope) {
            return Err(Doubt::new(format!("`locals()`, `eval` or the like may read `{name}`")));
        }
        Ok(())
    }

    /// The places where what a variable is bound to at `bound` may be read or deleted.
    fn uses_after(&self, body: &Body, symbol: SymbolId, bound: PointId) -> Vec<NodeId> {
        let data = self.scopes.symbol(symbol);
        let kills = self.binding_points(body, symbol);
        let reached = body.flow.after_binding(bound, &kills, |_| false);
        let at = |node: NodeId| body.flow.point_of(self.tree, node);
        let mut uses: Vec<NodeId> = Vec::new();
        for node in data.uses.iter().chain(&data.deletes) {
            if at(*node).is_some_and(|point| reached.contains(point)) {
                uses.push(*node);
            }
        }
        // `xs += ...` reads what it binds.
        for node in &data.bindings {
            let augments = self
                .tree
                .parent(*node)
                .is_some_and(|parent| matches!(self.tree.node(parent), Node::Stmt(Stmt::AugAssign(_))));
            if augments && at(*node).is_some_and(|point| reached.contains(point)) {
                uses.push(*node);
            }
        }
        uses.sort_unstable();
        uses
    }

    /// Points from which a way without a binding leads to `to`, as [`Flow::before_binding`]; who closes a file
    /// swallows no exception.
    ///
    /// [`Flow::before_binding`]: crate::flow::Flow::before_binding
    pub fn before_binding(&self, body: &Body, to: PointId, bindings: &Bindings) -> Points {
        body.flow.before_binding(to, bindings, |point| {
            let point = body.flow.point(point);
            let closes = |item: &WithItem| matches!(body.kind(self, &item.context_expr), Kind::File(_));
            point.kind == PointKind::Swallow
                && matches!(self.tree.node(point.node), Node::Stmt(Stmt::With(stmt)) if stmt.items.iter().all(closes))
        })
    }

    /// Judges one use of a binding: no other binding reaches it, and it is
    /// not walked twice.
    pub fn judge_use(
        &self,
        body: &Body,
        symbol: SymbolId,
        bound: PointId,
        name: NodeId,
    ) -> Result<SoleUse, Doubt> {
        let text = &self.scopes.symbol(symbol).name;
        let point = body
            .flow
            .point_of(self.tree, name)
            .ok_or_else(|| Doubt::new("the use is not part of the flow"))?;
        let kills = self.binding_points(body, symbol);
        let sources = self.before_binding(body, point, &kills);
        if let Some(other) = kills.iter().find(|kill| *kill != bound && sources.contains(*kill)) {
            let line = self.line(body.flow.point(other).node);
            return Err(Doubt::new(format!("`{text}` may also come from line {line}")));
        }
        if body.flow.after(point, |other| other == bound).contains(point) || self.is_repeated(name) {
            return Err(Doubt::new(format!(
                "`{text}` may be walked more than once (line {})",
                self.line(name)
            )));
        }
        let certain = body.flow.always_passes(bound, point);
        Ok(SoleUse { symbol, bound, name, point, certain })
    }

    /// Points that bind or delete a variable.
    pub fn binding_points(&self, body: &Body, symbol: SymbolId) -> Bindings {
        self.bindings_in(&body.flow, symbol)
    }

    pub(crate) fn bindings_in(&self, flow: &Flow, symbol: SymbolId) -> Bindings {
        let data = self.scopes.symbol(symbol);
        let mut bindings = Bindings::none(flow);
        for node in data.bindings.iter().chain(&data.deletes) {
            if let Some(point) = flow.point_of(self.tree, *node) {
                bindings.insert(point, self.binds_surely(*node));
            }
        }
        bindings
    }

    /// Whether a name is bound whenever its point comes to its end: not by
    /// `:=`, which may be skipped, and not by a pattern, which may not match.
    fn binds_surely(&self, name: NodeId) -> bool {
        for outer in self.tree.ancestors(name) {
            match self.tree.node(outer) {
                Node::Stmt(_) => return true,
                Node::Expr(Expr::Named(_)) | Node::Part(AnyNodeRef::MatchCase(_)) => return false,
                _ => {}
            }
        }
        true
    }

    /// Whether a node lies in a part of a comprehension that runs per item.
    pub fn is_repeated(&self, node: NodeId) -> bool {
        for outer in self.tree.ancestors(node) {
            match self.tree.node(outer) {
                Node::Stmt(_) => return false,
                Node::Expr(Expr::Lambda(_)) => return true,
                Node::Expr(expr) => {
                    // Within a comprehension only the first iterable runs once.
                    let once = first_iterable(expr)
                        .is_none_or(|first| self.tree.contains(self.tree.id(first), node));
                    if !once {
                        return true;
                    }
                }
                Node::Part(_) => {}
            }
        }
        false
    }

    /// Whether a node is evaluated only if something else says so: in an
    /// operand of `and`/`or`, a branch of a conditional expression, a chained comparison.
    pub fn is_conditional(&self, node: NodeId) -> bool {
        let mut inner = node;
        for outer in self.tree.ancestors(node) {
            let conditional = match self.tree.node(outer) {
                Node::Stmt(Stmt::Assert(_)) | Node::Part(AnyNodeRef::MatchCase(_)) => true,
                Node::Stmt(_) => return false,
                Node::Expr(Expr::BoolOp(op)) => self.tree.id(&op.values[0]) != inner,
                Node::Expr(Expr::If(choice)) => self.tree.id(&*choice.test) != inner,
                Node::Expr(Expr::Compare(compare)) => {
                    compare.comparators.len() > 1
                        && compare.comparators[1..].iter().any(|c| self.tree.id(c) == inner)
                }
                _ => false,
            };
            if conditional {
                return true;
            }
            inner = outer;
        }
        false
    }

    /// What the parts of a statement do that are evaluated before `node` is:
    /// everything in the same point that is neither around nor within it.
    /// (Later parts are counted too, which is safe.)
    pub fn beside_effects(&self, body: &Body, node: NodeId) -> Effects {
        let mut effects = Effects::default();
        let mut inner = node;
        if let Some(point) = body.flow.point_of(self.tree, node)
            && body.flow.point(point).pieces.len() > 1
        {
            effects = self.point_effects(body, point); // the items of one `with`
        }
        for outer in self.tree.ancestors(node) {
            // `total += ...` has read `total` before.
            if let Node::Stmt(Stmt::AugAssign(stmt)) = self.tree.node(outer)
                && let Some(symbol) = self.scopes.resolve(self.tree.id(&*stmt.target)).symbol()
                && stmt.target.is_name_expr()
            {
                effects.read_name(symbol);
            }
            for sibling in self.tree.children(outer).filter(|child| *child != inner) {
                for part in self.expressions_in(sibling) {
                    effects.add(&self.expr_effects(body, part));
                }
            }
            if matches!(self.tree.node(outer), Node::Stmt(_))
                || body.flow.point_of(self.tree, outer).is_none()
            {
                break;
            }
            inner = outer;
            if self.is_piece(body, outer) {
                break;
            }
        }
        effects
    }

    fn is_piece(&self, body: &Body, node: NodeId) -> bool {
        body.flow.point_of(self.tree, node).is_some_and(|point| body.flow.point(point).pieces.contains(&node))
    }

    /// The outermost expressions in a part of an expression that are read.
    fn expressions_in(&self, node: NodeId) -> Vec<&Expr> {
        match self.tree.node(node) {
            Node::Expr(Expr::Name(name)) if !name.ctx.is_load() => Vec::new(),
            Node::Expr(expr) => vec![expr],
            Node::Stmt(_) => Vec::new(),
            Node::Part(AnyNodeRef::Comprehension(_)) => Vec::new(),
            Node::Part(_) => self.tree.children(node).flat_map(|child| self.expressions_in(child)).collect(),
        }
    }

    /// Adds *outer* to a set of objects if unknown code may have got hold of
    /// one of them by the time one of `points` runs.
    pub fn exposed(&self, body: &Body, set: &Objects, points: &Points) -> Objects {
        let exposed = body.heap.escapes_of(set).any(|node| {
            body.flow.point_of(self.tree, node).is_none_or(|escape| {
                points.contains(escape) || !body.flow.after(escape, |_| false).is_disjoint(points)
            })
        });
        if exposed { set.clone().union(&Objects::outer()) } else { set.clone() }
    }

    /// [`Model::exposed`] for all objects of some effects.
    pub fn expose(&self, body: &Body, effects: &Effects, points: &Points) -> Effects {
        let mut effects = effects.clone();
        effects.reads = self.exposed(body, &effects.reads, points);
        effects.writes = self.exposed(body, &effects.writes, points);
        effects
    }

    /// Whether code runs only when the module is run as a program:
    /// below `if __name__ == "__main__":`.
    pub fn is_main_only(&self, node: NodeId) -> bool {
        let mut inner = node;
        for outer in self.tree.ancestors(node) {
            if let Node::Stmt(Stmt::If(stmt)) = self.tree.node(outer)
                && stmt.body.iter().any(|stmt| self.tree.id(stmt) == inner)
                && is_main_test(&stmt.test)
            {
                return true;
            }
            inner = outer;
        }
        false
    }

    /// The line on which a node starts.
    pub fn line(&self, node: NodeId) -> usize {
        self.tree.module().lines().line(self.tree.node(node).start())
    }
}

/// The iterable that a comprehension evaluates before anything else.
pub fn first_iterable(expr: &Expr) -> Option<&Expr> {
    let generators = match expr {
        Expr::ListComp(comp) => &comp.generators,
        Expr::SetComp(comp) => &comp.generators,
        Expr::DictComp(comp) => &comp.generators,
        Expr::Generator(comp) => &comp.generators,
        _ => return None,
    };
    generators.first().map(|clause| &clause.iter)
}

/// `__name__ == "__main__"`, either way round.
fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let ([CmpOp::Eq], [right]) = (&compare.ops[..], &compare.comparators[..]) else { return false };
    let is_name = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__name__");
    let is_main =
        |expr: &Expr| matches!(expr, Expr::StringLiteral(text) if text.value.to_str() == "__main__");
    (is_name(&compare.left) && is_main(right)) || (is_main(&compare.left) && is_name(right))
}
