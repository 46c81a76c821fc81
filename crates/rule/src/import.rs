//! Imports that a rewrite needs: the name under which a rule may use them.

use spacetime_syntax::ast::{AnyNodeRef, Expr};
use spacetime_syntax::{Node, Tree};

/// `from module import name`. The engine adds it once, in the right place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Import {
    pub module: &'static str,
    pub name: &'static str,
}

impl Import {
    pub const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name }
    }

    /// The name to write: `name` itself unless the module uses that word for
    /// something else.
    pub fn local_name(self, tree: &Tree<'_>) -> String {
        if self.is_imported(tree, self.name) || !is_word_of(tree, self.name) {
            return self.name.to_owned();
        }
        let alias = format!("spacetime_{}", self.name);
        if self.is_imported(tree, &alias) || !is_word_of(tree, &alias) {
            return alias;
        }
        let mut longer = alias;
        while is_word_of(tree, &longer) {
            longer.push('_');
        }
        longer
    }

    /// Whether the head of the module holds this very import, as `local`,
    /// and binds that word nowhere else.
    pub fn is_imported(self, tree: &Tree<'_>, local: &str) -> bool {
        use spacetime_syntax::ast::Stmt;
        // Further down it may come too late.
        let head = tree.module().root().body.iter().take_while(|stmt| {
            matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))
                || matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr())
        });
        let imports = head.into_iter().any(|stmt| match stmt {
            Stmt::ImportFrom(import) => {
                import.level == 0
                    && import.module.as_deref() == Some(self.module)
                    && import.names.iter().any(|alias| {
                        alias.name.as_str() == self.name
                            && alias.asname.as_ref().unwrap_or(&alias.name).as_str() == local
                    })
            }
            _ => false,
        });
        imports && binders(tree, local) == 1
    }
}

/// How many nodes bind `word` in any scope.
fn binders(tree: &Tree<'_>, word: &str) -> usize {
    tree.ids()
        .filter(|id| match tree.node(*id) {
            Node::Expr(Expr::Name(name)) => name.id == word && !name.ctx.is_load(),
            Node::Part(AnyNodeRef::Identifier(name)) => {
                let attribute = tree.parent(*id).is_some_and(|parent| {
                    matches!(
                        tree.node(parent),
                        Node::Expr(Expr::Attribute(_)) | Node::Part(AnyNodeRef::Keyword(_))
                    )
                });
                name.as_str() == word && !attribute
            }
            _ => false,
        })
        .count()
}

/// Whether any name or identifier of the module is this word.
fn is_word_of(tree: &Tree<'_>, word: &str) -> bool {
    tree.module().text().contains(word)
        && tree.ids().any(|id| match tree.node(id) {
            Node::Expr(Expr::Name(name)) => name.id == word,
            Node::Part(AnyNodeRef::Identifier(name)) => name.as_str() == word,
            _ => false,
        })
}
