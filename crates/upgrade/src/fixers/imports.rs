//! Modules that have got another name: `import StringIO` becomes `import io`.
//!
//! | before | after |
//! |---|---|
//! | `import Queue`, `Queue.Full` | `import queue`, `queue.Full` |
//! | `import ConfigParser as cp` | `import configparser as cp` |
//! | `from cPickle import dumps` | `from pickle import dumps` |
//!
//! As in 2to3, uses are renamed only in lines behind an `import NAME` without
//! `as`, whatever the scopes are; `import a.Queue` is not seen; and modules of
//! one new name are imported twice by `import StringIO, cStringIO`.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Asker, Context, Fix, Fixer, Found, NodeId, Outcome, Shape, Tree, Trouble, Wanted, util};

pub static FIXER: Fixer = Fixer {
    run_order: 6,
    keep_line_order: true,
    ..Fixer::with_state("imports", Wanted::Built(pattern), || Box::new(Imports::new(MODULES, &SHAPE)))
};

static SHAPE: LazyLock<Shape> = LazyLock::new(|| Shape::new(&pattern()));

/// Old and new names.
pub(super) type Modules = &'static [(&'static str, &'static str)];

const MODULES: Modules = &[
    ("StringIO", "io"),
    ("cStringIO", "io"),
    ("cPickle", "pickle"),
    ("__builtin__", "builtins"),
    ("copy_reg", "copyreg"),
    ("Queue", "queue"),
    ("SocketServer", "socketserver"),
    ("ConfigParser", "configparser"),
    ("repr", "reprlib"),
    ("FileDialog", "tkinter.filedialog"),
    ("tkFileDialog", "tkinter.filedialog"),
    ("SimpleDialog", "tkinter.simpledialog"),
    ("tkSimpleDialog", "tkinter.simpledialog"),
    ("tkColorChooser", "tkinter.colorchooser"),
    ("tkCommonDialog", "tkinter.commondialog"),
    ("Dialog", "tkinter.dialog"),
    ("Tkdnd", "tkinter.dnd"),
    ("tkFont", "tkinter.font"),
    ("tkMessageBox", "tkinter.messagebox"),
    ("ScrolledText", "tkinter.scrolledtext"),
    ("Tkconstants", "tkinter.constants"),
    ("Tix", "tkinter.tix"),
    ("ttk", "tkinter.ttk"),
    ("Tkinter", "tkinter"),
    ("markupbase", "_markupbase"),
    ("_winreg", "winreg"),
    ("thread", "_thread"),
    ("dummy_thread", "_dummy_thread"),
    ("dbhash", "dbm.bsd"),
    ("dumbdbm", "dbm.dumb"),
    ("dbm", "dbm.ndbm"),
    ("gdbm", "dbm.gnu"),
    ("xmlrpclib", "xmlrpc.client"),
    ("DocXMLRPCServer", "xmlrpc.server"),
    ("SimpleXMLRPCServer", "xmlrpc.server"),
    ("httplib", "http.client"),
    ("htmlentitydefs", "html.entities"),
    ("HTMLParser", "html.parser"),
    ("Cookie", "http.cookies"),
    ("cookielib", "http.cookiejar"),
    ("BaseHTTPServer", "http.server"),
    ("SimpleHTTPServer", "http.server"),
    ("CGIHTTPServer", "http.server"),
    ("commands", "subprocess"),
    ("UserString", "collections"),
    ("UserList", "collections"),
    ("urlparse", "urllib.parse"),
    ("robotparser", "urllib.robotparser"),
];

fn pattern() -> String {
    pattern_of(MODULES.iter().map(|(old, _)| *old))
}

/// What finds imports and uses of modules. The order of its alternatives is
/// the order in which the modules of one statement are renamed.
pub(super) fn pattern_of<'a>(modules: impl Iterator<Item = &'a str>) -> String {
    let bare: Vec<_> = modules.map(|module| format!("'{module}'")).collect();
    let named: Vec<_> = bare.iter().map(|module| format!("module_name={module}")).collect();
    let (bare, named) = (bare.join("|"), named.join(" | "));
    format!(
        "name_import=import_name< 'import' (({named}) |
            multiple_imports=dotted_as_names< any* ({named}) any* >) >
        |
        import_from< 'from' ({named}) 'import' ['(']
            ( any | import_as_name< any 'as' any > | import_as_names< any* > ) [')'] >
        |
        import_name< 'import' (dotted_as_name< ({named}) 'as' any > |
            multiple_imports=dotted_as_names<
                any* dotted_as_name< ({named}) 'as' any > any* >) >
        |
        power< bare_with_attr=({bare}) trailer< '.' any > any* >"
    )
}

/// Renames modules in one file.
pub(super) struct Imports {
    modules: Modules,
    /// The same pattern, for statements that import several modules.
    shape: &'static Shape,
    /// Modules whose uses are to be renamed.
    uses: FxHashMap<&'static str, &'static str>,
    /// Modules that were used in a piece of the file before they were imported.
    missed: FxHashSet<String>,
}

impl Imports {
    pub(super) fn new(modules: Modules, shape: &'static Shape) -> Self {
        Self { modules, shape, uses: FxHashMap::default(), missed: FxHashSet::default() }
    }

    /// Renames one module of an import, and says whether there may be more.
    fn rename(&mut self, tree: &mut Tree, module: NodeId, found: &Found, cx: &Context<'_>) -> Result<bool, Trouble> {
        let name = tree.value(module);
        let known = self.modules.iter().find(|(old, _)| *old == name);
        let (old, new) = known.ok_or_else(|| Trouble::new(format!("no module is called {name}")))?;
        util::rename(tree, module, new);
        if found.has("name_import") {
            if tree.is_piece() && (cx.is_late() || self.missed.contains(*old)) && !self.uses.contains_key(old) {
                // In the whole file this import comes first in one round, but not in the other.
                tree.leave_piece();
            }
            self.uses.insert(old, new);
        }
        Ok(found.has("multiple_imports"))
    }
}

impl Fix for Imports {
    fn matches(&mut self, tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> Option<Found> {
        let found = asker.ask(tree, node)?;
        // Uses may be nested in each other; nothing else may be.
        if !found.has("bare_with_attr") && util::is_within_match(tree, node, asker) {
            return None;
        }
        Some(found)
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        if let Some(used) = found.one("bare_with_attr") {
            if tree.is_piece() && tree.lineno(used) == Some(0) {
                // It comes before all lines of the file.
                tree.leave_piece();
            }
            let is_other = cx.corrects() && util::is_local(tree, used);
            match self.uses.get(tree.value(used)).copied().filter(|_| !is_other) {
                Some(new) => {
                    util::rename(tree, used, new);
                }
                None if tree.is_piece() => {
                    self.missed.insert(tree.value(used).to_owned());
                }
                None => {}
            }
            return Ok(None);
        }
        let mut more = self.rename(tree, found.need("module_name")?, found, cx)?;
        while more && let Some(again) = self.shape.find(tree, node) {
            more = self.rename(tree, again.need("module_name")?, &again, cx)?;
        }
        Ok(None)
    }

    /// With `--beyond` it is the scopes that count, not the lines, and names
    /// without an attribute behind them are renamed as well.
    fn finish(&mut self, tree: &mut Tree, cx: &mut Context<'_>) {
        if !cx.corrects() {
            return;
        }
        let mut old: Vec<&str> = self.uses.keys().copied().collect();
        old.sort_unstable();
        for leaf in util::names_read(tree, &old) {
            if let Some(new) = self.uses.get(tree.value(leaf)).copied() {
                util::rename(tree, leaf, new);
            }
        }
    }
}
