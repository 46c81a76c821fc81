//! What a fixer may know and say while it works on a file.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::parse::used_names;
use crate::tree::{NodeId, Tree};

/// The file that is being worked on, for all fixers together.
#[derive(Debug, Default)]
pub struct FileNotes {
    /// The name, for messages; `fix_import` looks around it on the disk.
    pub filename: String,
    /// What the file imports from `__future__`.
    pub features: BTreeSet<String>,
    /// Whether the file has syntax that lib2to3 could not read.
    pub is_beyond: bool,
    /// What the fixers had to say, in order.
    pub log: Vec<String>,
    /// Every name in the file and those that were made up since; read from
    /// the source when it is first asked for.
    names: Option<FxHashSet<String>>,
}

impl FileNotes {
    pub fn new(filename: &str, features: BTreeSet<String>) -> Self {
        Self { filename: filename.to_owned(), features, ..Self::default() }
    }
}

/// What one fixer remembers of a file by itself.
#[derive(Debug, Default)]
pub struct FixerNotes {
    /// The last number that was put behind a new name.
    number: u32,
    has_logged: bool,
    skip: Option<bool>,
}

/// A fixer's view of the file and of what it has said so far.
#[derive(Debug)]
pub struct Context<'a> {
    pub(crate) file: &'a mut FileNotes,
    pub(crate) own: &'a mut FixerNotes,
}

impl Context<'_> {
    /// The name of the file, as the user gave it.
    pub fn filename(&self) -> &str {
        &self.file.filename
    }

    /// Whether the file has `from __future__ import NAME`.
    pub fn has_future(&self, name: &str) -> bool {
        self.file.features.contains(name)
    }

    /// A name that is not in the file: the template, if need be with a number behind it.
    pub fn new_name(&mut self, tree: &Tree, template: &str) -> String {
        let names = self.file.names.get_or_insert_with(|| {
            let names = used_names(tree.source(), self.file.is_beyond);
            names.into_iter().map(str::to_owned).collect()
        });
        let mut name = template.to_owned();
        while names.contains(&name) {
            self.own.number += 1;
            name = format!("{template}{}", self.own.number);
        }
        names.insert(name.clone());
        name
    }

    /// Whether to leave this file alone; found out once, when it is first asked.
    pub fn should_skip(&mut self, find_out: impl FnOnce() -> bool) -> bool {
        *self.own.skip.get_or_insert_with(find_out)
    }

    /// Says something about the file.
    pub fn log_message(&mut self, message: impl Into<String>) {
        if !self.own.has_logged {
            self.own.has_logged = true;
            self.file.log.push(format!("### In file {} ###", self.file.filename));
        }
        self.file.log.push(message.into());
    }

    /// Says something about a node.
    pub fn warning(&mut self, tree: &Tree, node: NodeId, reason: &str) {
        self.log_message(format!("Line {}: {reason}", tree.lineno(node).unwrap_or(0)));
    }

    /// Says that a node is no Python 3 and could not be made so.
    pub fn cannot_convert(&mut self, tree: &Tree, node: NodeId, reason: Option<&str>) {
        let text = tree.text(node);
        let shown = &text[tree.prefix(node).len()..];
        self.log_message(format!("Line {}: could not convert: {shown}", tree.lineno(node).unwrap_or(0)));
        if let Some(reason) = reason {
            self.log_message(reason);
        }
    }
}
