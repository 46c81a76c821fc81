//! From tokens to the tree, without looking back and without recursion.

use super::error::{ParseError, position};
use super::label::{self, Label};
use super::lexer::Token;
use super::tables::{Action, PathId, StateId, Tables};
use crate::tree::{NodeId, Tree};

/// A node in the making that has children already.
struct Frame {
    state: StateId,
    /// The frames below that wait for their first child.
    path: PathId,
    first: Option<NodeId>,
    last: Option<NodeId>,
}

pub struct Parser<'t> {
    tables: &'t Tables,
    frames: Vec<Frame>,
    /// A complete node that the innermost frame is to take.
    complete: Option<NodeId>,
    /// Where the text of the tree begins in the text that is read.
    start: u32,
    tree: Tree,
}

/// Between two statements of a file: what a parser needs to go on from there.
#[derive(Clone, Copy)]
pub struct Between {
    state: StateId,
    pub place: u32,
}

/// As people write, there are three to four bytes of source for a node.
const BYTES_FOR_NODE: usize = 3;

impl<'t> Parser<'t> {
    /// For a text of so many bytes; the tree grows in the memory of another.
    pub fn new(tables: &'t Tables, spare: Tree, bytes: usize) -> Self {
        Self::from(tables, spare, bytes, Between { state: tables.start, place: 0 })
    }

    /// The same, for what is left of a text.
    pub fn from(tables: &'t Tables, spare: Tree, bytes: usize, from: Between) -> Self {
        let root = Frame { state: from.state, path: 0, first: None, last: None };
        Self {
            tables,
            frames: vec![root],
            complete: None,
            start: from.place,
            tree: Tree::growing_in(spare, bytes / BYTES_FOR_NODE),
        }
    }

    /// Takes the next token. False if it cannot stand here.
    #[inline]
    pub fn take(&mut self, token: Token) -> bool {
        let action = self.settle(token.label);
        if action == Action::ERROR || action == Action::DONE {
            return false;
        }
        if let Some(frame) = self.frames.last_mut() {
            (frame.state, frame.path) = (action.state, action.path);
        }
        let kind = self.tables.kind(token.label);
        let [prefix, start, end] = [token.prefix, token.start, token.end].map(|at| at - self.start);
        self.complete = Some(self.tree.push_leaf(kind, prefix, start, end));
        true
    }

    /// Completes the frames that have no use for the token. The innermost frame
    /// is then the one that the action is for.
    #[inline]
    fn settle(&mut self, label: Label) -> Action {
        while let Some(frame) = self.frames.last_mut() {
            if frame.path != 0 {
                let path = self.tables.jump(frame.path, label);
                if path != 0 {
                    let (outer, state) = self.tables.split(path);
                    frame.path = outer;
                    let child = self.complete.take();
                    self.frames.push(Frame { state, path: 0, first: child, last: child });
                    return self.tables.action(state, label);
                }
                frame.path = 0;
            }
            if let Some(child) = self.complete.take() {
                match frame.last {
                    Some(last) => self.tree.put_behind(last, child),
                    None => frame.first = Some(child),
                }
                frame.last = Some(child);
            }
            let action = self.tables.action(frame.state, label);
            if action != Action::DONE || self.frames.len() == 1 {
                return action;
            }
            self.close();
        }
        Action::ERROR
    }

    /// The innermost frame becomes a node.
    fn close(&mut self) {
        if let Some(Frame { state, first, last, .. }) = self.frames.pop() {
            self.complete = if first == last {
                first
            } else {
                Some(self.tree.push_inner(self.tables.symbol(state), first, last))
            };
        }
    }

    /// Whether the next token begins another statement of the file.
    pub fn is_between(&mut self, next: Token) -> Option<Between> {
        self.settle(next.label);
        match &*self.frames {
            [Frame { state, path: 0, first: Some(_), .. }] if self.complete.is_none() => {
                Some(Between { state: *state, place: next.prefix })
            }
            _ => None,
        }
    }

    /// The tree of the statements so far, over their text; there is one at least.
    pub fn piece(mut self, source: String) -> Tree {
        let root = self.frames.pop().map(|Frame { first, last, .. }| {
            let kind = self.tables.symbol(self.tables.start);
            self.tree.push_inner(kind, first, last)
        });
        self.tree.complete(source, root);
        self.tree
    }

    /// The tree over its text, once `ENDMARKER` has been taken.
    pub fn tree(mut self, source: String) -> Tree {
        self.settle(label::END);
        self.close();
        self.tree.complete(source, self.complete);
        self.tree
    }
}

/// What lib2to3 said of a token that cannot stand where it is.
#[cold]
pub fn bad_input(source: &str, token: Token) -> ParseError {
    let [prefix, start, end] = [token.prefix, token.start, token.end].map(|at| at as usize);
    let (line, column) = position(source, start);
    ParseError::Input {
        message: "bad input",
        kind: label::kind(token.label).number(),
        value: source[start..end].to_owned(),
        prefix: source[prefix..start].to_owned(),
        line,
        column,
    }
}
