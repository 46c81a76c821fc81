//! Whether other code may run at any moment: other threads, handlers of signals.

use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use crate::Model;

/// Modules whose users have threads, or call them from threads of their own.
const MODULES: [&str; 15] = [
    "threading",
    "_thread",
    "concurrent",
    "multiprocessing",
    "queue",
    "socketserver",
    "http.server",
    "xmlrpc.server",
    "logging.handlers",
    "apscheduler",
    "watchdog",
    "gevent",
    "eventlet",
    "joblib",
    "flask",
];

/// Methods of event loops that hand work to threads, or take handlers of signals.
const METHODS: [&str; 4] = ["to_thread", "run_in_executor", "run_coroutine_threadsafe", "add_signal_handler"];

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

    /// The line of something that runs when an object dies, which may be at any moment.
    pub fn last_words(&self) -> Option<usize> {
        *self.last_words.get_or_init(|| {
            let text = self.tree.module().text();
            if !["__del__", "weakref", "gc"].iter().any(|word| text.contains(word)) {
                return None;
            }
            self.tree.ids().find(|id| self.runs_at_death(*id)).map(|id| self.line(id))
        })
    }

    fn runs_at_death(&self, id: NodeId) -> bool {
        match self.tree.node(id) {
            Node::Stmt(Stmt::FunctionDef(def)) => def.name.as_str() == "__del__",
            Node::Expr(Expr::Call(call)) => {
                let callback = call.arguments.args.len() > 1;
                self.qualified(&call.func).is_some_and(|name| match name.as_str() {
                    "weakref.finalize" => true,
                    "weakref.ref" | "weakref.proxy" => callback,
                    _ => false,
                })
            }
            Node::Expr(expr @ Expr::Attribute(_)) => {
                self.qualified(expr).is_some_and(|name| name == "gc.callbacks")
            }
            _ => false,
        }
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
            Node::Expr(Expr::Attribute(attribute)) if METHODS.contains(&attribute.attr.as_str()) => true,
            // `importlib.import_module("threading")`
            Node::Expr(Expr::StringLiteral(name)) => {
                let call = self.tree.ancestors(id).nth(1).and_then(|outer| self.tree.expr(outer));
                is_known(name.value.to_str())
                    && matches!(call, Some(Expr::Call(call)) if self.is_import(&call.func))
            }
            Node::Expr(expr @ (Expr::Attribute(_) | Expr::Name(_))) => {
                self.qualified(expr).is_some_and(|name| name == "signal.signal") && !self.sets_default(id)
            }
            _ => false,
        }
    }

    fn is_import(&self, func: &Expr) -> bool {
        self.is_builtin(func, "__import__")
            || self.qualified(func).is_some_and(|name| name == "importlib.import_module")
    }

    /// `signal.signal(signal.SIGPIPE, signal.SIG_DFL)`
    fn sets_default(&self, function: NodeId) -> bool {
        let call = self.tree.parent(function).and_then(|parent| self.tree.expr(parent));
        matches!(call, Some(Expr::Call(call)) if self.tree.id(&*call.func) == function
            && call.arguments.args.get(1).is_some_and(|handler| self.is_default_handler(handler)))
    }

    fn is_default_handler(&self, handler: &Expr) -> bool {
        self.qualified(handler)
            .is_some_and(|name| matches!(name.as_str(), "signal.SIG_DFL" | "signal.SIG_IGN"))
    }
}
