//! What stands behind a call or a subscript without being named there: attributes
//! that a template reads, factories that make missing items.

use spacetime_syntax::ast::{Expr, ExprCall, ExprLambda};

use super::Names;
use super::collect::Collector;
use crate::callee::Callee;
use crate::{Assumption, Kind, Objects};

/// Types whose calls make something new and run nothing else.
const MAKERS: [&str; 9] = ["list", "dict", "set", "int", "float", "str", "bool", "tuple", "complex"];

impl<'m> Collector<'_, 'm> {
    /// `"{0.name}".format(item)`: a template may read any attribute of what it is given.
    pub(super) fn read_by_template(&mut self, call: &ExprCall) {
        let Expr::Attribute(method) = &*call.func else { return };
        if !matches!(method.attr.as_str(), "format" | "format_map") {
            return;
        }
        let names_none = |template: &Expr| match template {
            Expr::StringLiteral(text) => !names_attributes(text.value.to_str()),
            _ => false,
        };
        let arguments = &call.arguments;
        let all = arguments.args.iter().chain(arguments.keywords.iter().map(|keyword| &keyword.value));
        if names_none(&method.value) || all.into_iter().all(|argument| self.kind(argument).is_scalar()) {
            return;
        }
        self.effects.attr_reads = Names::everything();
        if !self.rely(Assumption::AttributeReadsArePure) {
            self.anything(self.id(call));
        }
    }

    /// A `defaultdict` makes the missing item by calling its factory: the one it was made
    /// with in this body, or any of the module where it comes from elsewhere.
    pub(super) fn missing_items(&mut self, base: &Objects, may_be_other: bool) {
        for object in base.iter() {
            let made = self.values.heap.site(object).and_then(|site| self.model.tree.expr(site));
            let Some(Expr::Call(call)) = made else { continue };
            let callee = self.model.callee(call, &|expr| self.values.infer.of(expr));
            if matches!(callee, Callee::Module(entry) if entry.name == "collections.defaultdict") {
                self.effects.writes.add(base);
                if let Some(factory) = call.arguments.args.first() {
                    self.call_value(factory);
                }
            }
        }
        if may_be_other && base.has_outer() {
            for call in self.model.default_dicts() {
                if let Some(factory) = call.arguments.args.first() {
                    self.factory(factory);
                }
            }
        }
    }

    /// Calling a factory that stands somewhere else, with variables of its own around it.
    fn factory(&mut self, factory: &'m Expr) {
        match factory {
            Expr::Lambda(lambda) if self.makes_new(lambda) => {
                let tree = self.model.tree;
                for id in tree.subtree(tree.id(&*lambda.body)) {
                    if let Some(symbol) = self.model.scopes.resolve(id).symbol() {
                        self.effects.read_name(symbol);
                    }
                }
            }
            Expr::NoneLiteral(_) => {}
            _ if self.is_maker(factory) => {}
            _ => match self.model.callee_of_value(factory, &|expr| self.values.infer.of(expr)) {
                Callee::Function(def) => {
                    let summary = self.model.summary(def);
                    self.effects.add(&summary);
                }
                Callee::Class(class) => match self.model.constructor_code(class).flatten() {
                    Some(init) => {
                        let summary = self.model.summary(init);
                        self.take(&summary, &Objects::default());
                    }
                    None => self.anything(self.id(factory)),
                },
                _ => self.anything(self.id(factory)),
            },
        }
    }

    /// `lambda: [0, 0]`, `lambda: defaultdict(int)`: displays, literals and new containers.
    fn makes_new(&self, lambda: &'m ExprLambda) -> bool {
        let tree = self.model.tree;
        tree.subtree(tree.id(&*lambda.body)).filter_map(|id| tree.expr(id)).all(|expr| match expr {
            Expr::Call(call) => self.is_maker(&call.func),
            Expr::Attribute(_) => self.is_maker(expr),
            Expr::BinOp(op) => op.left.is_list_expr(),
            Expr::Name(_)
            | Expr::Tuple(_)
            | Expr::List(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::UnaryOp(_)
            | Expr::Lambda(_) => true,
            expr => expr.is_literal_expr(),
        })
    }

    /// Whether calling it makes something new and runs no code of the module's.
    fn is_maker(&self, expr: &Expr) -> bool {
        MAKERS.iter().any(|name| self.model.is_builtin(expr, name))
            || self.is_library_class(expr)
            || matches!(self.values.infer.of(expr), Kind::Class(class)
                if self.model.is_record(class) || self.model.constructor_code(class) == Some(None))
    }

    fn is_library_class(&self, expr: &Expr) -> bool {
        const CLASSES: [&str; 6] = [
            "collections.Counter",
            "collections.OrderedDict",
            "collections.defaultdict",
            "collections.deque",
            "array.array",
            "decimal.Decimal",
        ];
        self.model.qualified(expr).is_some_and(|name| CLASSES.contains(&name.as_str()))
    }
}

/// Whether the replacement fields of a template look into what they are given.
fn names_attributes(template: &str) -> bool {
    let mut inside = 0_u32;
    for character in template.chars() {
        match character {
            '{' => inside += 1,
            '}' => inside = inside.saturating_sub(1),
            '.' | '[' if inside > 0 => return true,
            ':' if inside == 1 => inside = 0,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::names_attributes;

    #[test]
    fn templates_that_look_into_what_they_are_given() {
        assert!(names_attributes("{0.blank}"));
        assert!(names_attributes("{:>{0.blank}}"));
        assert!(names_attributes("{t[x]}"));
        assert!(!names_attributes("a.b [{}] {:.2f} {1:>8.3f}. {name}"));
    }
}
