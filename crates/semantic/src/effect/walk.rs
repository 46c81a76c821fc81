//! Effects of walking values: what comprehensions, generators, files, readers
//! and lazy builtins do when they are asked for items.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{self, Expr, ExprCall};

use super::World;
use super::collect::Collector;
use crate::callee::Callee;
use crate::{Assumption, Kind, Objects};

impl Collector<'_, '_> {
    /// Evaluates and walks the parts of a comprehension, but does not evaluate
    /// its first iterable.
    pub(super) fn lazy(&mut self, node: NodeId) {
        let Some(comp) = self.model.tree.expr(node) else { return };
        let (generators, elements): (&[ast::Comprehension], Vec<&Expr>) = match comp {
            Expr::ListComp(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::SetComp(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::Generator(comp) => (&comp.generators, vec![&*comp.elt]),
            Expr::DictComp(comp) => {
                (&comp.generators, comp.key.as_deref().into_iter().chain(Some(&*comp.value)).collect())
            }
            _ => return,
        };
        for (at, clause) in generators.iter().enumerate() {
            if clause.is_async {
                self.suspends(node);
            }
            if at > 0 {
                self.expr(&clause.iter);
            }
            self.walk(&clause.iter);
            self.target(&clause.target, Some(&self.values.infer.item(&clause.iter)));
            self.unpack(&clause.target, &clause.iter);
            for test in &clause.ifs {
                self.expr(test);
                self.operate(&[test]);
            }
        }
        for element in elements {
            self.expr(element);
        }
    }

    /// What walking the value of `expr` does.
    pub(super) fn walk(&mut self, expr: &Expr) {
        let node = self.id(expr);
        let kind = self.kind(expr);
        let set = self.values.of(expr);
        if kind.walks_builtin() {
            self.effects.reads.add(&set);
            return;
        }
        let reachable = self.values.heap.reachable(&set);
        self.effects.reads.add(&reachable);
        match kind {
            Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader => {
                self.effects.writes.add(&reachable);
                self.effects.world.add(World::READS_FILES);
                if !self.reads_safely(&kind) {
                    self.raises(node);
                }
            }
            Kind::Iterator(_) => {}
            _ => {
                if let Some(symbol) = self.model.scopes.resolve(node).symbol().filter(|_| expr.is_name_expr())
                {
                    self.effects.walk_name(symbol);
                }
                self.walk_unknown(node);
            }
        }
        self.walk_lazy(&reachable, node);
    }

    /// Whether reading from it does not fail, as far as is taken for granted.
    pub(super) fn reads_safely(&mut self, kind: &Kind) -> bool {
        let Kind::File(opened) = kind else {
            return false;
        };
        self.rely(Assumption::FilesReadWithoutErrors)
            && (self.model.decodes_anything(*opened) || self.rely(Assumption::TextIsDecodable))
    }

    /// Runs what generators, `map`, `filter`, readers... do when they are walked.
    pub(super) fn walk_lazy(&mut self, reachable: &Objects, node: NodeId) {
        for object in reachable.iter() {
            let Some(site) = self.values.heap.site(object) else { continue };
            let Some(expr) = self.model.tree.expr(site) else { continue };
            if self.walking.contains(&site) {
                continue;
            }
            let kind = self.kind(expr);
            if !kind.is_one_shot() {
                continue;
            }
            let Some(own) = self.values.heap.object_at(site) else { continue };
            self.effects.writes.add(&own);
            self.walking.push(site);
            match expr {
                Expr::Generator(_) => self.lazy(site),
                Expr::Call(call) => self.walk_call(call, &kind, node),
                _ => {}
            }
            self.walking.pop();
        }
    }

    pub(super) fn walk_call(&mut self, call: &ExprCall, kind: &Kind, node: NodeId) {
        match self.values.model.callee(call, &|expr| self.values.infer.of(expr)) {
            Callee::Function(def) | Callee::OwnMethod(def) => {
                let summary = self.model.summary(def);
                self.take(&summary, &self.values.given(call));
            }
            Callee::Builtin(entry) | Callee::Module(entry) | Callee::Method { entry, .. } => {
                if matches!(kind, Kind::File(_) | Kind::CsvReader | Kind::CsvDictReader) {
                    self.effects.world.add(World::READS_FILES);
                    if !self.reads_safely(kind) {
                        self.raises(node);
                    }
                }
                for (at, argument) in call.arguments.args.iter().enumerate() {
                    if entry.keeps.iter().any(|which| which.covers(Some(at), None)) {
                        self.walk(argument);
                    }
                }
                if entry.name == "iter" && call.arguments.args.len() == 2 {
                    self.call_value(&call.arguments.args[0]);
                }
                self.called_arguments(entry, call);
            }
            _ => {}
        }
    }

    pub(super) fn walk_unknown(&mut self, node: NodeId) {
        self.effects.reads.add(&Objects::outer());
        let reads = self.model.read_by_operators();
        self.read_unnamed(reads.as_deref());
        self.raises(node);
        if !self.rely(Assumption::IterationIsPure) {
            self.effects.walks_unknown = self.effects.walks_unknown.or(Some(node));
        }
    }
}
