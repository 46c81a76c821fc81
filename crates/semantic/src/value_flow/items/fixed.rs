//! Items in which nothing can change: numbers, texts, tuples of them.
//!
//! Wherever they go, nobody changes them. All that is left to be seen of a copy is that it is
//! another object, and that is asked by `is` and `id` alone, and by libraries that write down
//! which objects are the same.

use spacetime_syntax::ast::{Expr, Stmt};
use spacetime_syntax::{Node, NodeId};

use super::Lent;
use super::change::Changing;
use crate::value_flow::list::Journey;
use crate::{Doubt, Model};

/// Modules that look at values, and never at which of two equal objects they have got.
const BY_VALUE: [&str; 66] = [
    "__future__",
    "abc",
    "argparse",
    "array",
    "base64",
    "binascii",
    "bisect",
    "bz2",
    "calendar",
    "cmath",
    "codecs",
    "collections",
    "configparser",
    "contextlib",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "email",
    "enum",
    "fnmatch",
    "fractions",
    "functools",
    "getopt",
    "getpass",
    "glob",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "locale",
    "logging",
    "lzma",
    "math",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "platform",
    "pprint",
    "random",
    "re",
    "secrets",
    "shlex",
    "shutil",
    "spacetime_compiler",
    "sqlite3",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "time",
    "typing",
    "unicodedata",
    "urllib",
    "uuid",
    "zlib",
];

impl Model<'_> {
    /// As [`Self::lent_on`], where nothing in the items can be changed.
    ///
    /// # Errors
    /// A doubt that says where an item may be told from a copy.
    pub fn lent_fixed(&self, journey: &Journey) -> Result<Lent, Doubt> {
        self.lent_fixed_at(&journey.depths())
    }

    /// The same for the values of the dictionary of a journey.
    ///
    /// # Errors
    /// As for [`Self::lent_fixed`].
    pub fn lent_fixed_values(&self, journey: &Journey) -> Result<Lent, Doubt> {
        self.lent_fixed_at(&journey.values)
    }

    fn lent_fixed_at(&self, places: &[(NodeId, u8)]) -> Result<Lent, Doubt> {
        if self.looks_at_values() {
            return Ok(Lent::default());
        }
        self.followed(places, Changing::of_fixed()).map(|(lent, _)| lent)
    }

    /// Whether nothing in the program tells two equal objects apart.
    fn looks_at_values(&self) -> bool {
        self.is_program()
            && self.looks_at_modules().is_none()
            && !self.tells_objects_apart()
            && self.tree.ids().all(|id| self.imports_by_value(id))
    }

    /// Whether a node imports nothing that may ask which object it has got.
    fn imports_by_value(&self, id: NodeId) -> bool {
        let is_known = |module: &str| BY_VALUE.contains(&module.split('.').next().unwrap_or_default());
        match self.tree.node(id) {
            Node::Stmt(Stmt::Import(import)) => import.names.iter().all(|alias| is_known(&alias.name)),
            Node::Stmt(Stmt::ImportFrom(import)) => {
                import.level == 0
                    && import.module.as_ref().is_some_and(|module| is_known(module))
                    && import.names.iter().all(|alias| !tells_apart(&alias.name))
            }
            Node::Expr(Expr::Attribute(attribute)) => !tells_apart(&attribute.attr),
            _ => true,
        }
    }
}

/// `operator.is_` and `operator.is_not`
fn tells_apart(name: &str) -> bool {
    matches!(name, "is_" | "is_not" | "*")
}
