//! Whether other code may run at any moment: other threads, handlers of signals.

use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::Model;

/// Modules whose users have threads, or call them from threads of their own.
const MODULES: [&str; 9] = [
    "threading",
    "_thread",
    "concurrent",
    "multiprocessing",
    "queue",
    "socketserver",
    "http.server",
    "xmlrpc.server",
    "logging.handlers",
];

/// Methods of event loops that hand work to threads.
const METHODS: [&str; 3] = ["to_thread", "run_in_executor", "run_coroutine_threadsafe"];

impl Model<'_> {
    /// The line from which it is known that other threads, or handlers of signals, may run
    /// between any two steps of this module's code.
    pub fn threads(&self) -> Option<usize> {
        *self.threads.get_or_init(|| {
            let text = self.tree.module().text();
            let words = MODULES.iter().chain(&METHODS).chain(&["signal"]);
            if !words.into_iter().any(|word| text.contains(word)) {
                return None;
            }
            self.tree.ids().find(|id| self.starts_threads(*id)).map(|id| self.line(id))
        })
    }

    fn starts_threads(&self, id: NodeId) -> bool {
        let is_known = |name: &str| {
            MODULES.iter().any(|known| {
                name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self.tree.node(id) {
            Node::Stmt(Stmt::Import(import)) => import.names.iter().any(|alias| is_known(&alias.name)),
            Node::Stmt(Stmt::ImportFrom(import)) => import.module.as_ref().is_some_and(|module| {
                is_known(module)
                    || import.names.iter().any(|alias| is_known(&format!("{module}.{}", alias.name)))
            }),
            Node::Expr(Expr::Attribute(attribute)) => METHODS.contains(&attribute.attr.as_str()),
            Node::Expr(Expr::Call(call)) => {
                let sets = self.qualified(&call.func).is_some_and(|name| name == "signal.signal");
                sets && !call.arguments.args.get(1).is_some_and(|handler| self.is_default_handler(handler))
            }
            _ => false,
        }
    }

    fn is_default_handler(&self, handler: &Expr) -> bool {
        self.qualified(handler)
            .is_some_and(|name| matches!(name.as_str(), "signal.SIG_DFL" | "signal.SIG_IGN"))
    }
}
