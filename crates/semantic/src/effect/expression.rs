//! Effects of expressions, as they are evaluated.

use spacetime_syntax::NodeId;
use spacetime_syntax::ast::{self, CmpOp, Expr, ExprContext, Operator};

use super::Names;
use super::collect::Collector;
use crate::body::own_nodes;
use crate::infer::constant_index;
use crate::{Assumption, Kind, Objects};

impl Collector<'_, '_> {
    // tidy: long because it has one arm for each kind of node.
    pub(super) fn expr(&mut self, expr: &Expr) {
        let node = self.id(expr);
        match expr {
            Expr::Name(name) => {
                if name.ctx == ExprContext::Load
                    && let Some(symbol) = self.model.scopes.resolve(node).symbol()
                {
                    self.effects.read_name(symbol);
                }
            }
            Expr::Attribute(attribute) => {
                self.expr(&attribute.value);
                self.attribute(attribute);
            }
            Expr::Subscript(subscript) => self.subscript(subscript, node),
            Expr::Slice(slice) => {
                for part in [&slice.lower, &slice.upper, &slice.step] {
                    self.maybe(part.as_deref());
                }
            }
            Expr::Named(named) => {
                self.expr(&named.value);
                self.target(&named.target, None);
            }
            Expr::BoolOp(op) => {
                self.all(&op.values);
                self.operate(&op.values.iter().collect::<Vec<_>>());
            }
            Expr::BinOp(op) => {
                self.expr(&op.left);
                self.expr(&op.right);
                self.operate(&[&op.left, &op.right]);
                let (left, right) = (self.kind(&op.left), self.kind(&op.right));
                self.arithmetic(op.op, &left, &right, &op.right, node);
                self.shown_by_operator(op.op, &left, &op.right);
            }
            Expr::UnaryOp(op) => {
                self.expr(&op.operand);
                self.operate(&[&op.operand]);
            }
            Expr::Compare(compare) => self.compare(compare),
            Expr::If(choice) => {
                self.expr(&choice.test);
                self.operate(&[&choice.test]);
                self.expr(&choice.body);
                self.expr(&choice.orelse);
            }
            Expr::Tuple(tuple) => self.display(&tuple.elts),
            Expr::List(list) => self.display(&list.elts),
            Expr::Set(set) => {
                self.display(&set.elts);
                self.operate(&set.elts.iter().collect::<Vec<_>>());
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    match &item.key {
                        Some(key) => {
                            self.expr(key);
                            self.operate(&[key]);
                        }
                        None => {
                            self.read_deep(&item.value);
                            if !matches!(
                                self.kind(&item.value),
                                Kind::Dict | Kind::Counter | Kind::DefaultDict
                            ) {
                                self.operators();
                            }
                        }
                    }
                    self.expr(&item.value);
                }
            }
            Expr::ListComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
            }
            Expr::SetComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
                self.operate(&[&comp.elt]);
            }
            Expr::DictComp(comp) => {
                self.expr(&comp.generators[0].iter);
                self.lazy(node);
                if let Some(key) = &comp.key {
                    self.operate(&[key]);
                }
            }
            Expr::Generator(comp) => self.expr(&comp.generators[0].iter),
            Expr::Lambda(_) => {
                for inner in own_nodes(self.model.tree, node).into_iter().skip(1) {
                    if let Some(expr @ (Expr::Name(_) | Expr::Call(_))) = self.model.tree.expr(inner) {
                        self.expr(expr);
                    }
                }
            }
            Expr::FString(fstring) => {
                for element in fstring.value.elements() {
                    self.interpolation(element);
                }
            }
            Expr::Starred(starred) => {
                self.expr(&starred.value);
                self.walk(&starred.value);
            }
            Expr::Await(inner) => {
                self.expr(&inner.value);
                self.suspends(node);
            }
            Expr::Yield(inner) => {
                self.maybe(inner.value.as_deref());
                self.suspends(node);
            }
            Expr::YieldFrom(inner) => {
                self.expr(&inner.value);
                self.walk(&inner.value);
                self.suspends(node);
            }
            Expr::Call(call) => self.call(call, node),
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => self.anything(node),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => {}
        }
    }

    pub(super) fn suspends(&mut self, node: NodeId) {
        self.effects.suspends = self.effects.suspends.or(Some(node));
    }

    pub(super) fn display(&mut self, elements: &[Expr]) {
        self.all(elements);
    }

    pub(super) fn interpolation(&mut self, element: &ast::InterpolatedStringElement) {
        if let ast::InterpolatedStringElement::Interpolation(part) = element {
            self.expr(&part.expression);
            self.operate(&[&part.expression]);
            self.shows(&part.expression);
            if let Some(spec) = &part.format_spec {
                for element in &spec.elements {
                    self.interpolation(element);
                }
            }
        }
    }

    /// An attribute of that name is read, and what a property of it reads.
    pub(super) fn read_attribute(&mut self, name: &str) {
        self.effects.attr_reads.insert(name);
        if name == "__dict__" {
            self.effects.attr_reads = Names::everything();
        }
        if let Some(reads) = self.model.read_by_property(name) {
            self.read_unnamed(Some(&reads));
            self.effects.reads.add(&Objects::outer());
        }
    }

    pub(super) fn attribute(&mut self, attribute: &ast::ExprAttribute) {
        if let Some(module) = self.model.qualified(&attribute.value) {
            // Of a module: it may be set as any other, but `os.path` is one itself.
            if module != "os" || attribute.attr.as_str() != "path" {
                self.effects.attr_reads.insert(&attribute.attr);
            }
            return;
        }
        self.read_attribute(&attribute.attr);
        let plain = self.kind(&attribute.value).table_name().is_some()
            || matches!(self.kind(&attribute.value), Kind::Record(_));
        if !plain && !self.rely(Assumption::AttributeReadsArePure) {
            self.anything(self.id(attribute));
        }
    }

    pub(super) fn subscript(&mut self, subscript: &ast::ExprSubscript, node: NodeId) {
        self.expr(&subscript.value);
        self.expr(&subscript.slice);
        let base = self.values.of(&subscript.value);
        self.effects.reads.add(&base);
        let slicing = matches!(&*subscript.slice, Expr::Slice(_));
        match self.kind(&subscript.value) {
            Kind::List(_) | Kind::Str | Kind::Bytes | Kind::Tuples(_) | Kind::Tuple(_) | Kind::Range
                if slicing => {}
            Kind::Tuple(items) => {
                if constant_index(&subscript.slice, items.len()).is_none() {
                    self.raises(node);
                }
            }
            Kind::List(_) | Kind::Str | Kind::Bytes | Kind::Tuples(_) | Kind::Range | Kind::Deque(_) => {
                self.raises(node);
            }
            Kind::Dict => {
                self.raises(node);
                self.operate(&[&subscript.slice]);
            }
            Kind::Counter => self.operate(&[&subscript.slice]),
            kind => {
                if kind == Kind::DefaultDict {
                    self.effects.writes.add(&base);
                }
                self.missing_items(&base, matches!(kind, Kind::DefaultDict | Kind::Unknown));
                self.raises(node);
                if let Some(def) = self.model.changed_by_subscripts() {
                    self.anything(def);
                }
                self.operators();
            }
        }
    }

    pub(super) fn compare(&mut self, compare: &ast::ExprCompare) {
        self.expr(&compare.left);
        self.all(&compare.comparators);
        let mut left = &*compare.left;
        for (op, right) in compare.ops.iter().zip(&compare.comparators) {
            match op {
                CmpOp::Is | CmpOp::IsNot => {}
                CmpOp::In | CmpOp::NotIn => {
                    self.operate(&[left, right]);
                    if self.kind(right).is_one_shot() {
                        self.walk(right);
                    }
                }
                _ => self.operate(&[left, right]),
            }
            left = right;
        }
    }

    /// What arithmetic may raise depending on values.
    pub(super) fn arithmetic(
        &mut self,
        op: Operator,
        left: &Kind,
        right: &Kind,
        divisor: &Expr,
        node: NodeId,
    ) {
        let fails = match op {
            Operator::Div | Operator::FloorDiv | Operator::Mod => {
                let constant = matches!(divisor, Expr::NumberLiteral(literal) if !is_zero(&literal.value));
                !constant || !left.is_number()
            }
            Operator::Pow | Operator::LShift | Operator::RShift => true,
            Operator::Mult => !(left.is_number() && right.is_number()),
            _ => false,
        };
        // Unknown operands of `*` are numbers or sequences: it fails on types only.
        let known = |kind: &Kind| !matches!(kind, Kind::Unknown | Kind::Json);
        if fails && (op != Operator::Mult || known(left) && known(right)) {
            self.raises(node);
        }
    }
}

fn is_zero(number: &ast::Number) -> bool {
    match number {
        ast::Number::Int(value) => value.as_u64() == Some(0),
        ast::Number::Float(value) => *value == 0.0,
        ast::Number::Complex { real, imag } => *real == 0.0 && *imag == 0.0,
    }
}
