//! What a fixer may know and say while it works on a file.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::kind::Kind;
use crate::parse::used_names;
use crate::told::{Said, Told};
use crate::tree::{NodeId, Tree};
use crate::util;

/// The file that is being worked on, for all fixers together.
#[derive(Debug, Default)]
pub struct FileNotes {
    /// The name, for messages; `fix_import` looks around it on the disk.
    pub filename: String,
    /// What the file imports from `__future__`.
    pub features: BTreeSet<String>,
    /// Whether the file has syntax that lib2to3 could not read.
    pub is_beyond: bool,
    /// Whether what 2to3 would break is to be right instead: `--beyond`.
    pub corrects: bool,
    /// What the fixers had to say, in order.
    pub log: Vec<String>,
    /// Names of Python's own that the file binds; found out when it is first asked.
    bound: Option<FxHashMap<String, Vec<NodeId>>>,
    /// Every name in the file and those that were made up since; read from
    /// the source when it is first asked for.
    names: Option<FxHashSet<String>>,
    /// Of a file that is worked on in pieces.
    pub(crate) told: Option<Told>,
}

impl FileNotes {
    pub fn new(filename: &str, features: BTreeSet<String>) -> Self {
        Self { filename: filename.to_owned(), features, ..Self::default() }
    }

    /// The same for a file that is worked on in pieces; `names` are all that are in it, if
    /// somebody wants to know them.
    pub(crate) fn of_pieces(
        filename: &str,
        features: BTreeSet<String>,
        names: Option<BTreeSet<&str>>,
    ) -> Self {
        let names = names.map(|names| names.into_iter().map(str::to_owned).collect());
        Self { names, told: Some(Told::default()), ..Self::new(filename, features) }
    }

    /// How much has been said and named.
    #[inline]
    pub(crate) fn said(&self) -> Said {
        Said { log: self.log.len(), names: self.names.as_ref().map_or(0, FxHashSet::len) }
    }

    /// Notes when it was that something was said or named since, if the file is worked on in
    /// pieces: which fixer's turn it was, and how deep the node; nothing for any other time.
    #[inline]
    pub(crate) fn note(&mut self, tree: &Tree, before: Said, turn: impl FnOnce() -> Option<(usize, u32)>) {
        let now = self.said();
        if now != before
            && let Some(told) = &mut self.told
            && !told.note(before, now, turn().map(|(fixer, depth)| (fixer, Reverse(depth))))
        {
            tree.leave_piece();
        }
    }

    /// Whether all fixers have had a turn with this piece of the file.
    pub(crate) fn set_late(&mut self, is_late: bool) {
        if let Some(told) = &mut self.told {
            told.is_late = is_late;
        }
    }

    /// Whether the first name of a node does not mean what Python means by it:
    /// an attribute, a keyword, or something that the file binds there.
    pub(crate) fn means_another(&mut self, tree: &Tree, node: NodeId) -> bool {
        let Some(leaf) = tree.leaves(node).next().filter(|leaf| tree.kind(*leaf) == Kind::Name) else {
            return false;
        };
        if !util::is_read_by_name(tree, leaf) {
            return true;
        }
        let is_stale = |bound: &FxHashMap<String, Vec<NodeId>>| {
            // What was copied into another place hangs nowhere itself.
            let places = bound.get(tree.value(leaf));
            places.is_some_and(|places| places.iter().any(|place| tree.find_root(*place).is_none()))
        };
        if self.bound.as_ref().is_none_or(is_stale) {
            self.bound = Some(util::bound_names(tree));
        }
        let places = self.bound.as_ref().and_then(|bound| bound.get(tree.value(leaf)));
        places.is_some_and(|places| util::is_shadowed_by(tree, leaf, places))
    }
}

/// What one fixer remembers of a file by itself.
#[derive(Debug, Default)]
pub struct FixerNotes {
    /// The last number that was put behind a new name.
    number: u32,
    pub(crate) has_logged: bool,
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

    /// Whether to write what is right where 2to3 writes broken code: `--beyond`.
    pub fn corrects(&self) -> bool {
        self.file.corrects
    }

    /// Adds an import as [`crate::util::touch_import`] does; with `--beyond`
    /// where it holds for the whole file, and behind the lines that have to
    /// stay at its head.
    pub fn touch_import(&mut self, tree: &mut Tree, package: Option<&str>, name: &str, node: NodeId) {
        if self.corrects() {
            crate::beyond::import_at_top(tree, package, name, node);
        } else {
            crate::util::touch_import(tree, package, name, node);
        }
    }

    /// Whether the file has `from __future__ import NAME`.
    pub fn has_future(&self, name: &str) -> bool {
        self.file.features.contains(name)
    }

    /// Whether other fixers have had their turn with all of a piece of the file.
    pub(crate) fn is_late(&self) -> bool {
        self.file.told.as_ref().is_some_and(|told| told.is_late)
    }

    /// A name that is not in the file: the template, if need be with a number behind it.
    pub fn new_name(&mut self, tree: &Tree, template: &str) -> String {
        if let Some(told) = self.file.told.as_mut().filter(|_| self.file.names.is_none()) {
            told.wants_names = true;
            tree.leave_piece();
        }
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
        let mut message = message.into();
        // There may be one for every line of a large file.
        message.shrink_to_fit();
        if !self.own.has_logged {
            self.own.has_logged = true;
            self.file.log.push(format!("### In file {} ###", self.file.filename));
        }
        self.file.log.push(message);
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
