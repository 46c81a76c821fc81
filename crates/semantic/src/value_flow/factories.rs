//! Fields of dataclasses that begin with a new container in each object:
//! `rows: list[Row] = field(default_factory=list)`.
//!
//! The constructor that the dataclass makes puts it there, unless it is given something
//! else; `==`, `repr` and the like look at it, and so does whoever copies an object.

use spacetime_syntax::ast::{AnyNodeRef, Expr, ExprCall, Operator, Stmt, StmtClassDef};
use spacetime_syntax::{Node, NodeId};

use super::calls::Target;
use super::uses::{Slot, Use, is_stored, use_of};
use crate::callee::holds_literals;
use crate::scope::ScopeId;
use crate::{Doubt, Model};

/// Containers of which annotations say that a field holds one.
const CONTAINERS: [&str; 3] = ["list", "dict", "set"];

/// The same in libraries.
const GENERIC: [&str; 20] = [
    "typing.List",
    "typing.Dict",
    "typing.Set",
    "typing.DefaultDict",
    "typing.Optional",
    "typing.Sequence",
    "typing.MutableSequence",
    "typing.Collection",
    "typing.Iterable",
    "typing.Mapping",
    "typing.MutableMapping",
    "typing.MutableSet",
    "collections.defaultdict",
    "collections.abc.Sequence",
    "collections.abc.MutableSequence",
    "collections.abc.Collection",
    "collections.abc.Iterable",
    "collections.abc.Mapping",
    "collections.abc.MutableMapping",
    "collections.abc.MutableSet",
];

/// A field whose default factory makes something.
#[derive(Clone, Copy, Debug)]
pub struct FactoryField<'m> {
    pub name: &'m str,
    /// The statement of the dataclass.
    pub(super) class: NodeId,
    /// The call of `dataclasses.field`.
    pub(super) call: &'m ExprCall,
    annotation: &'m Expr,
}

impl<'m> Model<'m> {
    /// The field whose objects `site` makes, which is what stands behind `default_factory=`
    /// (`list`), or what a function without parameters gives there (`lambda: []`).
    pub fn factory_field(&self, site: NodeId) -> Option<FactoryField<'m>> {
        let mut at = site;
        let mut parent = self.tree.parent(at)?;
        if let Node::Expr(Expr::Lambda(lambda)) = self.tree.node(parent) {
            if self.tree.id(&*lambda.body) != at || lambda.parameters.is_some() {
                return None;
            }
            at = parent;
            parent = self.tree.parent(at)?;
        }
        let Node::Part(AnyNodeRef::Keyword(keyword)) = self.tree.node(parent) else { return None };
        if keyword.arg.as_deref() != Some("default_factory") || self.tree.id(&keyword.value) != at {
            return None;
        }
        let call = self.tree.parent(self.tree.parent(parent)?)?;
        let Stmt::AnnAssign(field) = self.tree.stmt(self.tree.parent(call)?)? else { return None };
        let (Some(Expr::Call(made)), Expr::Name(name)) = (field.value.as_deref(), &*field.target) else {
            return None;
        };
        let class = self.tree.parent(self.tree.id(field))?;
        let named = matches!(self.target_of(made), Target::Library(name) if name == "dataclasses.field");
        (named && self.tree.id(made) == call && self.class_def(class).is_some()).then_some(FactoryField {
            name: name.id.as_str(),
            class,
            call: made,
            annotation: &field.annotation,
        })
    }

    /// Every call that makes an object with that field, if each of them puts into it what the
    /// factory makes, and if nobody sees the field who does not name it.
    ///
    /// # Errors
    /// A doubt that says what is not known.
    pub fn made_by_factory(&self, field: FactoryField<'m>) -> Result<Vec<NodeId>, Doubt> {
        let Some(def) = self.class_def(field.class) else { return Err(Doubt::new("it is no field")) };
        let class = def.name.as_str();
        let mut calls = Vec::new();
        self.calls_of_class(field.class, &mut calls)?;
        self.check_left_to_factory(field, def, &calls)?;
        match self.are_looked_at(field.class) {
            Some(None) => Ok(calls.into_iter().map(|call| self.tree.id(call)).collect()),
            Some(Some(node)) if !is_left_out_of_texts(field, def) => Err(Doubt::new(format!(
                "an object of `{class}` with all of its fields is looked at (line {})",
                self.line(node)
            ))),
            Some(Some(_)) => Ok(calls.into_iter().map(|call| self.tree.id(call)).collect()),
            None => Err(Doubt::new(format!(
                "objects of `{class}` may be compared, copied or put into containers with all of their fields"
            ))),
        }
    }

    /// The same, where it does not matter who else sees the field, as long as it gets a list, and
    /// nobody asks dataclasses for all fields: how objects are compared and printed is the same with any
    /// list. A `defaultdict` may make objects, too.
    ///
    /// # Errors
    /// A doubt that says what is not known.
    pub(crate) fn check_made_by_factory(&self, field: FactoryField<'m>) -> Result<(), Doubt> {
        let Some(def) = self.class_def(field.class) else { return Err(Doubt::new("it is no field")) };
        let symbol = self.scopes.resolve(self.tree.id(&def.name)).symbol();
        let by_default = symbol.is_some_and(|symbol| {
            let uses = &self.scopes.symbol(symbol).uses;
            uses.iter().any(|node| self.is_default_factory(*node))
        });
        let mut calls = Vec::new();
        if by_default {
            self.calls_beside_factories(field.class, &mut calls)?;
        } else {
            self.calls_of_class(field.class, &mut calls)?;
        }
        self.check_left_to_factory(field, def, &calls)?;
        if hashes_fields(def) {
            return Err(Doubt::new(format!(
                "objects of `{}` may be hashed with all of their fields",
                def.name
            )));
        }
        for id in self.tree.ids() {
            let Some(expr @ (Expr::Name(_) | Expr::Attribute(_))) = self.tree.expr(id) else { continue };
            let asks = self.qualified(expr).is_some_and(|name| {
                matches!(name.as_str(), "dataclasses.fields" | "dataclasses.replace" | "copy.replace")
                    || name.starts_with("copy.")
            });
            if asks {
                let line = self.line(id);
                return Err(Doubt::new(format!("all fields of an object are asked for (line {line})")));
            }
        }
        Ok(())
    }

    /// Whether the class is given to a `defaultdict`, which calls it without arguments.
    pub fn is_default_factory(&self, node: NodeId) -> bool {
        match use_of(self.tree, node) {
            Use::Argument(call, Slot::Position(0)) => {
                call.arguments.args.len() == 1
                    && call.arguments.keywords.is_empty()
                    && matches!(self.target_of(call), Target::Library(name) if name == "collections.defaultdict")
            }
            _ => false,
        }
    }

    /// Whether every call leaves the field to its factory, as far as the class and the calls tell.
    fn check_left_to_factory(
        &self,
        field: FactoryField<'m>,
        def: &'m StmtClassDef,
        calls: &[&'m ExprCall],
    ) -> Result<(), Doubt> {
        let class = def.name.as_str();
        self.check_plain_field(field, def)?;
        self.check_class_is_hidden(field.class)?;
        self.check_attribute_named(field.name)?;
        if self.tree.module().text().contains("__dataclass_fields__") {
            return Err(Doubt::new(format!(
                "`__dataclass_fields__` shows how objects of `{class}` are made"
            )));
        }
        let most = self.given_before(field, def);
        match calls.iter().find(|call| !leaves_out(call, field.name, most)) {
            Some(call) => Err(Doubt::new(format!(
                "field `{}` may be given another object (line {})",
                field.name,
                self.line(self.tree.id(*call))
            ))),
            None => Ok(()),
        }
    }

    /// Whether the class is a dataclass alone, and the field one of its own that every object
    /// has, made by the one statement that names it in the class.
    fn check_plain_field(&self, field: FactoryField<'m>, def: &'m StmtClassDef) -> Result<(), Doubt> {
        let known = ["repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots"];
        let plainly_decorated = match &def.decorator_list[..] {
            [one] => match &one.expression {
                Expr::Call(call) => {
                    call.arguments.args.is_empty()
                        && call.arguments.keywords.iter().all(|keyword| {
                            keyword.arg.as_ref().is_some_and(|name| known.contains(&name.as_str()))
                                && keyword.value.is_boolean_literal_expr()
                        })
                }
                _ => true,
            },
            _ => false,
        };
        let alone = def.arguments.is_none() && self.derived(field.class).len() == 1;
        if !plainly_decorated || !alone || !self.is_dataclass(field.class) {
            return Err(Doubt::new(format!("class `{}` is more than a dataclass of its own", def.name)));
        }
        let scope = self.scopes.own_scope(field.class);
        let once = scope.is_some_and(|scope| {
            let mut symbols = self.scopes.symbols_of(scope).map(|symbol| self.scopes.symbol(symbol));
            symbols
                .find(|symbol| symbol.name.as_str() == field.name)
                .is_some_and(|symbol| symbol.bindings.len() == 1 && symbol.uses.is_empty())
        });
        let spelled = field.call.arguments.args.is_empty()
            && field.call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some());
        if !once || !spelled || !self.names_container(field.annotation) {
            return Err(Doubt::new(format!("`{}` may be no field that every object has", field.name)));
        }
        let by_hand = |(_, method): (&str, NodeId)| {
            self.owner(method) == field.class && !self.taken_from_super(method).is_empty()
        };
        if self.methods().any(by_hand) {
            return Err(Doubt::new(format!("`super()` in class `{}` may look at all fields", def.name)));
        }
        if !def.body.iter().all(|stmt| self.binds_no_function(stmt))
            || self.is_given_attributes(field.class, def)
        {
            return Err(Doubt::new(format!("class `{}` may have methods that are not seen", def.name)));
        }
        Ok(())
    }

    /// Whether a statement of the class gives its objects no method but by `def`.
    fn binds_no_function(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::AnnAssign(field) => match field.value.as_deref() {
                None => true,
                Some(Expr::Call(call)) if matches!(self.target_of(call), Target::Library(name) if name == "dataclasses.field") =>
                {
                    let default = call.arguments.find_keyword("default");
                    default.is_none_or(|default| holds_literals(&default.value))
                }
                // The constructor puts it into each object: what is there is not bound to it.
                Some(value) => holds_literals(value) || self.names_type(&field.annotation),
            },
            Stmt::Assign(assign) => holds_literals(&assign.value),
            Stmt::FunctionDef(_) | Stmt::Pass(_) => true,
            Stmt::Expr(stmt) => stmt.value.is_literal_expr(),
            _ => false,
        }
    }

    /// `Report.show = function`, by whatever name of the class.
    fn is_given_attributes(&self, class: NodeId, def: &StmtClassDef) -> bool {
        let receivers =
            self.methods().filter(|(_, method)| self.owner(*method) == class).filter_map(|(_, method)| {
                self.receiver_parameter(method).filter(|receiver| self.receiving_class(*receiver).is_some())
            });
        let named = self.scopes.resolve(self.tree.id(&def.name)).symbol();
        receivers.chain(named).any(|symbol| {
            self.scopes.symbol(symbol).uses.iter().any(|used| {
                let parent = self.tree.parent(*used).and_then(|parent| self.tree.expr(parent));
                matches!(parent, Some(Expr::Attribute(attribute)) if is_stored(attribute.ctx))
            })
        })
    }

    /// Whether an annotation says that it is a container: no `ClassVar`, no `InitVar`.
    fn names_container(&self, annotation: &Expr) -> bool {
        match annotation {
            Expr::Subscript(subscript) => self.names_container(&subscript.value),
            Expr::BinOp(op) if op.op == Operator::BitOr => {
                let one = |side: &Expr| side.is_none_literal_expr() || self.names_container(side);
                one(&op.left) && one(&op.right)
            }
            // The dataclass reads no further than the first word.
            Expr::StringLiteral(text) => {
                let text = text.value.to_str().trim_start();
                let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
                let rest = text[end..].trim_start();
                let name = &text[..end];
                CONTAINERS.contains(&name) && !rest.starts_with('.') && !self.is_bound_in_module(name)
            }
            Expr::Name(name) if CONTAINERS.contains(&name.id.as_str()) => {
                self.is_builtin(annotation, &name.id) && !self.is_bound_in_module(&name.id)
            }
            expr => self.qualified(expr).is_some_and(|name| GENERIC.contains(&name.as_str())),
        }
    }

    fn is_bound_in_module(&self, name: &str) -> bool {
        let mut symbols = self.scopes.symbols_of(ScopeId::MODULE);
        symbols.any(|symbol| self.scopes.symbol(symbol).name.as_str() == name)
    }

    /// How many positional arguments surely are others: those of fields that stand before it.
    /// What may be no field, or none that is given by position, does not count.
    fn given_before(&self, field: FactoryField<'m>, def: &StmtClassDef) -> usize {
        let mut names: Vec<&str> = Vec::new();
        for stmt in &def.body {
            let Stmt::AnnAssign(before) = stmt else { continue };
            let Expr::Name(name) = &*before.target else { continue };
            if name.id == field.name {
                break;
            }
            let is_given = match before.value.as_deref() {
                None => true,
                Some(Expr::Call(call)) => {
                    matches!(self.target_of(call), Target::Library(name) if name == "dataclasses.field")
                        && call.arguments.keywords.iter().all(|keyword| {
                            keyword
                                .arg
                                .as_ref()
                                .is_some_and(|name| !matches!(name.as_str(), "init" | "kw_only"))
                        })
                }
                // A name may stand for such a call.
                Some(value) => value.is_literal_expr(),
            };
            if is_given && self.names_type(&before.annotation) && !names.contains(&name.id.as_str()) {
                names.push(&name.id);
            }
        }
        names.len()
    }

    /// Whether an annotation is a type and nothing that dataclasses read as something else.
    fn names_type(&self, annotation: &Expr) -> bool {
        match annotation {
            Expr::Name(name) => {
                self.is_builtin(annotation, &name.id) || self.named_class(annotation).is_some()
            }
            _ => self.names_container(annotation),
        }
    }

    /// Whether a value is what a factory makes that keeps things on disk: `lambda: SpillList()`.
    pub(crate) fn makes_container(&self, factory: &Expr) -> bool {
        const KEPT: [&str; 5] = ["SpillList", "SpillGroup", "SpillGroups", "SpillGroupSet", "SpillSet"];
        let on_disk = |class: &Expr| {
            let name = self.qualified(class);
            name.as_deref()
                .and_then(|name| name.strip_prefix("spacetime_compiler.runtime."))
                .is_some_and(|name| KEPT.contains(&name))
        };
        match factory {
            Expr::Name(_) if on_disk(factory) => true,
            Expr::Name(name) => CONTAINERS.contains(&name.id.as_str()) && self.is_builtin(factory, &name.id),
            Expr::Lambda(lambda) if lambda.parameters.is_none() => match &*lambda.body {
                Expr::Call(call) => {
                    let mut options = call.arguments.keywords.iter();
                    on_disk(&call.func)
                        && call.arguments.args.is_empty()
                        && options.all(|option| option.value.is_literal_expr())
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// Whether a dataclass may make a `__hash__` of its fields, which a list among them makes fail.
fn hashes_fields(def: &StmtClassDef) -> bool {
    def.decorator_list.iter().any(|one| match &one.expression {
        Expr::Call(call) => call.arguments.keywords.iter().any(|keyword| {
            let named =
                keyword.arg.as_ref().is_some_and(|name| matches!(name.as_str(), "frozen" | "unsafe_hash"));
            named && !matches!(&keyword.value, Expr::BooleanLiteral(said) if !said.value)
        }),
        _ => false,
    })
}

/// Whether a call of the class leaves the field to its factory.
fn leaves_out(call: &ExprCall, name: &str, most: usize) -> bool {
    let arguments = &call.arguments;
    arguments.args.len() <= most
        && !arguments.args.iter().any(Expr::is_starred_expr)
        && arguments
            .keywords
            .iter()
            .all(|keyword| keyword.arg.as_ref().is_some_and(|given| given.as_str() != name))
}

/// Whether the text of an object does not show the field.
fn is_left_out_of_texts(field: FactoryField<'_>, def: &StmtClassDef) -> bool {
    let says_no = |call: &ExprCall| {
        call.arguments
            .find_keyword("repr")
            .is_some_and(|keyword| matches!(&keyword.value, Expr::BooleanLiteral(said) if !said.value))
    };
    says_no(field.call)
        || def.decorator_list.iter().any(|one| matches!(&one.expression, Expr::Call(call) if says_no(call)))
        || def
            .body
            .iter()
            .any(|stmt| matches!(stmt, Stmt::FunctionDef(def) if def.name.as_str() == "__repr__"))
}
