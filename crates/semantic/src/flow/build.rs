//! From statements to points.
//!
//! `finally` blocks exist once, with edges to all places where they may go on. That
//! adds ways that no run takes, never hides one that some run takes. A `with` is left
//! in two places: by an exception, and otherwise.

use rustc_hash::FxHashMap;
use spacetime_syntax::ast::{ExceptHandler, Expr, Stmt, StmtMatch, StmtTry, StmtWith};
use spacetime_syntax::{NodeId, Tree};

use super::{Flow, Point, PointId, PointKind};

/// A way out of the middle of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Jump {
    Break,
    Continue,
    Return,
}

#[derive(Debug)]
enum Frame {
    Loop {
        head: PointId,
        after: PointId,
    },
    /// A `finally` or `with`: jumps pass through it.
    Finally {
        entry: PointId,
        jumps: Vec<Jump>,
    },
}

struct Builder<'a, 'm> {
    tree: &'a Tree<'m>,
    points: Vec<Point>,
    by_piece: FxHashMap<NodeId, PointId>,
    /// Points whose normal successor is the next one made.
    open: Vec<PointId>,
    frames: Vec<Frame>,
    /// Where exceptions go at the moment.
    raise_to: Vec<PointId>,
}

impl Flow {
    pub fn of_body(tree: &Tree<'_>, owner: NodeId, body: &[Stmt]) -> Self {
        let mut builder = Builder {
            tree,
            points: Vec::new(),
            by_piece: FxHashMap::default(),
            open: Vec::new(),
            frames: Vec::new(),
            raise_to: Vec::new(),
        };
        for _ in [PointId::ENTRY, PointId::EXIT, PointId::RAISE] {
            builder.detached(PointKind::Join, owner, Vec::new());
        }
        builder.raise_to = vec![PointId::RAISE];
        builder.open = vec![PointId::ENTRY];
        builder.body(body);
        builder.close(PointId::EXIT);
        builder.finish()
    }
}

impl Builder<'_, '_> {
    fn finish(self) -> Flow {
        let mut flow = Flow { points: self.points, by_piece: self.by_piece };
        for id in flow.points() {
            for next in flow.successors(id).collect::<Vec<_>>() {
                flow.points[next.index()].before.push(id);
            }
        }
        flow
    }

    /// A point that nothing leads to yet.
    fn detached(&mut self, kind: PointKind, node: NodeId, pieces: Vec<NodeId>) -> PointId {
        let id = PointId(self.points.len() as u32);
        for piece in &pieces {
            self.by_piece.insert(*piece, id);
        }
        let raise = self.raise_to.clone();
        self.points.push(Point { kind, node, pieces, next: Vec::new(), raise, before: Vec::new() });
        id
    }

    /// A point that all open ends lead to, and that is the open end afterwards.
    fn point(&mut self, kind: PointKind, node: NodeId, pieces: Vec<NodeId>) -> PointId {
        let id = self.detached(kind, node, pieces);
        self.close(id);
        self.open = vec![id];
        id
    }

    fn close(&mut self, target: PointId) {
        for end in std::mem::take(&mut self.open) {
            self.edge(end, target);
        }
    }

    fn edge(&mut self, from: PointId, to: PointId) {
        let next = &mut self.points[from.index()].next;
        if !next.contains(&to) {
            next.push(to);
        }
    }

    fn expr(&self, expr: &Expr) -> NodeId {
        self.tree.id(expr)
    }

    fn body(&mut self, body: &[Stmt]) {
        for stmt in body {
            self.statement(stmt);
        }
    }

    fn statement(&mut self, stmt: &Stmt) {
        let node = self.tree.id(stmt);
        match stmt {
            Stmt::If(stmt) => {
                self.point(PointKind::Test, node, vec![self.expr(&stmt.test)]);
                let mut otherwise = self.open.clone();
                self.body(&stmt.body);
                let mut ends = std::mem::take(&mut self.open);
                for clause in &stmt.elif_else_clauses {
                    self.open = std::mem::take(&mut otherwise);
                    if let Some(test) = &clause.test {
                        self.point(PointKind::Test, self.tree.id(clause), vec![self.expr(test)]);
                        otherwise.clone_from(&self.open);
                    }
                    self.body(&clause.body);
                    ends.append(&mut self.open);
                }
                ends.append(&mut otherwise);
                self.open = ends;
            }
            Stmt::For(stmt) => {
                self.point(PointKind::Iter, node, vec![self.expr(&stmt.iter)]);
                let head = self.point(PointKind::Next, node, vec![self.expr(&stmt.target)]);
                self.repeat(head, node, &stmt.body, &stmt.orelse, true);
            }
            Stmt::While(stmt) => {
                let forever = matches!(&*stmt.test, Expr::BooleanLiteral(literal) if literal.value);
                let head = self.point(PointKind::Test, node, vec![self.expr(&stmt.test)]);
                self.repeat(head, node, &stmt.body, &stmt.orelse, !forever);
            }
            Stmt::With(stmt) => self.with(stmt, node),
            Stmt::Try(stmt) => self.try_(stmt, node),
            Stmt::Match(stmt) => self.match_(stmt, node),
            Stmt::Return(_) => {
                let id = self.point(PointKind::Statement, node, vec![node]);
                self.jump(id, Jump::Return);
            }
            Stmt::Raise(_) => {
                self.point(PointKind::Statement, node, vec![node]);
                self.open.clear();
            }
            Stmt::Break(_) => {
                let id = self.point(PointKind::Statement, node, vec![node]);
                self.jump(id, Jump::Break);
            }
            Stmt::Continue(_) => {
                let id = self.point(PointKind::Statement, node, vec![node]);
                self.jump(id, Jump::Continue);
            }
            _ => {
                self.point(PointKind::Statement, node, vec![node]);
            }
        }
    }

    fn repeat(&mut self, head: PointId, node: NodeId, body: &[Stmt], orelse: &[Stmt], ends: bool) {
        let after = self.detached(PointKind::Join, node, Vec::new());
        self.frames.push(Frame::Loop { head, after });
        self.body(body);
        self.close(head);
        self.frames.pop();
        self.open = if ends { vec![head] } else { Vec::new() };
        self.body(orelse);
        self.close(after);
        self.open = vec![after];
    }

    fn with(&mut self, stmt: &StmtWith, node: NodeId) {
        let mut pieces = Vec::new();
        for item in &stmt.items {
            pieces.push(self.expr(&item.context_expr));
            pieces.extend(item.optional_vars.as_deref().map(|vars| self.expr(vars)));
        }
        let enter = self.point(PointKind::Enter, node, pieces);
        let leave = self.detached(PointKind::Leave, node, Vec::new());
        let failed = self.detached(PointKind::Leave, node, Vec::new());
        let swallow = self.detached(PointKind::Swallow, node, Vec::new());
        self.edge(failed, swallow);
        if stmt.items.len() > 1 {
            // Where a later item fails, the earlier ones are left, and may swallow that.
            self.points[enter.index()].raise.push(failed);
        }
        self.guarded(leave, failed, |builder| builder.body(&stmt.body));
        self.open = vec![leave, swallow];
    }

    /// Runs `inside` so that jumps and the normal end pass `entry`, and exceptions `failed`.
    fn guarded(&mut self, entry: PointId, failed: PointId, inside: impl FnOnce(&mut Self)) -> Vec<Jump> {
        let outer = std::mem::replace(&mut self.raise_to, vec![failed]);
        self.frames.push(Frame::Finally { entry, jumps: Vec::new() });
        inside(self);
        self.close(entry);
        let jumps = match self.frames.pop() {
            Some(Frame::Finally { jumps, .. }) => jumps,
            _ => Vec::new(),
        };
        self.raise_to = outer;
        // What came in by an exception goes on as one; a jump goes on jumping.
        if self.points[entry.index()].kind == PointKind::Leave {
            for jump in &jumps {
                self.jump_on(entry, *jump);
            }
        }
        jumps
    }

    fn try_(&mut self, stmt: &StmtTry, node: NodeId) {
        if stmt.finalbody.is_empty() {
            self.handled(stmt, node);
            return;
        }
        let entry = self.detached(PointKind::Join, node, Vec::new());
        let jumps = self.guarded(entry, entry, |builder| builder.handled(stmt, node));
        self.open = vec![entry];
        self.body(&stmt.finalbody);
        let ends = self.open.clone();
        for end in ends {
            for target in self.raise_to.clone() {
                self.edge(end, target);
            }
            for jump in &jumps {
                self.jump_on(end, *jump);
            }
        }
    }

    /// `try` and its handlers, without `finally`.
    fn handled(&mut self, stmt: &StmtTry, node: NodeId) {
        let mut handlers = Vec::new();
        for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
            let id = self.tree.id(handler);
            let pieces = handler.type_.as_deref().map(|kind| self.expr(kind));
            let point = self.detached(PointKind::Handler, id, pieces.into_iter().collect());
            self.by_piece.insert(id, point);
            handlers.push(point);
        }
        let outer = self.raise_to.clone();
        let mut inner = handlers.clone();
        inner.extend(&outer);
        self.raise_to = inner;
        // The ways into the handlers start before the first statement has done anything.
        self.point(PointKind::Test, node, Vec::new());
        self.body(&stmt.body);
        self.raise_to = outer;
        self.body(&stmt.orelse);
        let mut ends = std::mem::take(&mut self.open);
        for (ExceptHandler::ExceptHandler(handler), point) in stmt.handlers.iter().zip(handlers) {
            self.open = vec![point];
            if handler.name.is_some() {
                // `except E as e` unbinds `e` on every way out.
                let leave = self.detached(PointKind::Leave, self.points[point.index()].node, Vec::new());
                self.guarded(leave, leave, |builder| builder.body(&handler.body));
                self.open = vec![leave];
            } else {
                self.body(&handler.body);
            }
            ends.append(&mut self.open);
        }
        self.open = ends;
    }

    fn match_(&mut self, stmt: &StmtMatch, node: NodeId) {
        self.point(PointKind::Test, node, vec![self.expr(&stmt.subject)]);
        let mut ends = Vec::new();
        for case in &stmt.cases {
            let id = self.tree.id(case);
            let mut pieces = vec![self.tree.id(&case.pattern)];
            pieces.extend(case.guard.as_deref().map(|guard| self.expr(guard)));
            self.point(PointKind::Test, id, pieces);
            let otherwise = self.open.clone();
            self.body(&case.body);
            ends.append(&mut self.open);
            self.open = otherwise;
        }
        self.open.append(&mut ends);
    }

    fn jump(&mut self, from: PointId, jump: Jump) {
        self.open.clear();
        self.jump_on(from, jump);
    }

    fn jump_on(&mut self, from: PointId, jump: Jump) {
        let mut target = None;
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Finally { entry, jumps } => {
                    if !jumps.contains(&jump) {
                        jumps.push(jump);
                    }
                    target = Some(*entry);
                }
                Frame::Loop { head, after } => match jump {
                    Jump::Break => target = Some(*after),
                    Jump::Continue => target = Some(*head),
                    Jump::Return => {}
                },
            }
            if target.is_some() {
                break;
            }
        }
        self.edge(from, target.unwrap_or(PointId::EXIT));
    }
}
