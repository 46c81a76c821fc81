//! From a pattern in Python notation to the one form: the pattern's own tree,
//! with the nodes that are nothing but a hole replaced by the hole.

use spacetime_syntax::ast::{AnyNodeRef, NodeKind, Stmt};
use spacetime_syntax::{Module, NodeId, SourceKind, Tree as Python};

use crate::notation::{Hole, hole, to_python};
use crate::pattern::{Group, Item, Label, Name, One, Pattern, PatternError, Test};
use crate::tree::Tree;

pub(crate) fn python(text: &str) -> Result<Pattern, PatternError> {
    let source = to_python(text.trim_end())?;
    let module = Module::parse(source, SourceKind::Python)
        .map_err(|problem| PatternError::NoPython(problem.message))?;
    let [statement] = module.root().body.as_slice() else {
        return Err(PatternError::NotOne(module.root().body.len()));
    };
    let tree = Python::new(&module);
    let wants_statement = text.trim_end().ends_with(';');
    let root = match statement {
        Stmt::Expr(statement) if !wants_statement => tree.id(&*statement.value),
        _ => tree.id(statement),
    };
    let mut compiler = Compiler { tree: &tree, names: Vec::new() };
    let root = compiler.one(root)?;
    if root.children.is_none() {
        return Err(PatternError::Everything);
    }
    let names = compiler.names.into_iter().map(|(name, _)| name).collect();
    Ok(Pattern { items: [Item::One(root)].into(), names, equal: true })
}

struct Compiler<'a, 'm> {
    tree: &'a Python<'m>,
    /// Names, and whether they stand for many.
    names: Vec<(Box<str>, bool)>,
}

impl<'m> Compiler<'_, 'm> {
    fn one(&mut self, node: NodeId) -> Result<One, PatternError> {
        match self.hole_at(node) {
            Some(Hole::One(name)) => {
                let test = Test { whole: true, ..Test::ANY };
                Ok(One { test, role: None, children: None, name: self.name(name, false)? })
            }
            Some(Hole::Many(_)) => Err(PatternError::Everything),
            None => {
                let tree = self.tree;
                let children = tree.children(node).map(|child| self.item(child)).collect::<Result<_, _>>()?;
                let test = Test { kind: Some(tree.kind(node)), label: self.label(node), whole: false };
                Ok(One { test, role: None, children: Some(children), name: None })
            }
        }
    }

    fn item(&mut self, node: NodeId) -> Result<Item, PatternError> {
        match self.hole_at(node) {
            Some(Hole::Many(name)) => {
                let name = self.name(name, true)?;
                let any = One { test: Test::ANY, role: self.role_of_many(node), children: None, name: None };
                let alternatives = Box::new([[Item::One(any)].into()]);
                Ok(Item::Group(Group { alternatives, least: 0, most: None, name }))
            }
            _ => Ok(Item::One(One { role: Some(self.tree.role(node)), ..self.one(node)? })),
        }
    }

    fn name(&mut self, name: Option<&str>, many: bool) -> Result<Option<Name>, PatternError> {
        let Some(name) = name else { return Ok(None) };
        match self.names.iter().position(|(known, _)| **known == *name) {
            Some(at) if self.names[at].1 != many => Err(PatternError::OneAndMany(name.to_owned())),
            Some(at) => Ok(Some(at as Name)),
            None => {
                self.names.push((name.into(), many));
                Ok(Some(self.names.len() as Name - 1))
            }
        }
    }

    /// An attribute is labelled with its name, which may be a hole.
    fn label(&self, node: NodeId) -> Label {
        match self.tree.label(node) {
            Some(label) if hole(&label).is_some() => Label::Any,
            label => Label::Is(label.map(|label| label.into_owned().into_boxed_str())),
        }
    }

    /// Parameters and the entries of a dict are of several roles, all of which
    /// `$$$` takes.
    fn role_of_many(&self, node: NodeId) -> Option<u8> {
        let parent = self.tree.parent(node).map(|parent| self.tree.node(parent).kind());
        match parent {
            Some(NodeKind::Parameters | NodeKind::ExprDict) => None,
            _ => Some(self.tree.role(node)),
        }
    }

    /// The hole that a node is, by itself or as a wrapper around one.
    fn hole_at(&self, node: NodeId) -> Option<Hole<'m>> {
        match self.tree.node(node).any() {
            AnyNodeRef::ExprName(name) => hole(&name.id),
            AnyNodeRef::Identifier(name) => hole(&name.id),
            AnyNodeRef::PatternMatchAs(pattern) if pattern.pattern.is_none() => {
                pattern.name.as_ref().and_then(|name| hole(&name.id))
            }
            AnyNodeRef::StmtExpr(statement) => self.hole_at(self.tree.id(&*statement.value)),
            node_ref if is_clause(node_ref.kind()) => {
                let first = self.tree.children(node).next().and_then(|first| self.hole_at(first));
                first.filter(|hole| matches!(hole, Hole::Many(_)))
            }
            _ => None,
        }
    }
}

/// What stands in lists, and is many when it starts with `$$$`.
fn is_clause(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::ExprStarred
            | NodeKind::Comprehension
            | NodeKind::Keyword
            | NodeKind::Parameter
            | NodeKind::ParameterWithDefault
            | NodeKind::Alias
            | NodeKind::WithItem
            | NodeKind::ExceptHandlerExceptHandler
            | NodeKind::MatchCase
            | NodeKind::ElifElseClause
            | NodeKind::Decorator
            | NodeKind::TypeParamTypeVar
    )
}
