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
    tree: Tree,
}

/// As people write, there are three to four bytes of source for a node.
const BYTES_FOR_NODE: usize = 3;

impl<'t> Parser<'t> {
    /// For a text of so many bytes; the tree grows in the memory of another.
    pub fn new(tables: &'t Tables, spare: Tree, bytes: usize) -> Self {
        let root = Frame { state: tables.start, path: 0, first: None, last: None };
        Self {
            tables,
            frames: vec![root],
            complete: None,
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
        self.complete = Some(self.tree.push_leaf(kind, token.prefix, token.start, token.end));
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
