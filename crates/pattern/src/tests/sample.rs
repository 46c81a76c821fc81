//! A small tree for tests, that is written as it is nested and can be changed:
//! `p(a t(. b))` is a node of kind `p` with the leaf `a` and a node of kind `t`.

use std::borrow::Cow;

use crate::{Kind, Role, Symbols, Tree};

/// Kinds that nodes can have; leaves have `NAME` or `SIGN`.
pub(super) const NAME: Kind = 1;
pub(super) const SIGN: Kind = 2;
const FIRST_SYMBOL: Kind = 10;

#[derive(Clone, Debug, Default)]
pub(super) struct Sample {
    pub nodes: Vec<SampleNode>,
    pub changes: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct SampleNode {
    pub kind: Kind,
    pub text: Option<String>,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    pub role: Role,
    pub whole: bool,
}

/// A kind for each letter.
pub(super) fn symbol(name: &str) -> Option<Kind> {
    match name.as_bytes() {
        b"NAME" => Some(NAME),
        [letter @ b'a'..=b'z'] => Some(FIRST_SYMBOL + Kind::from(letter - b'a')),
        _ => None,
    }
}

pub(super) const SYMBOLS: Symbols<'_> =
    Symbols { named: &symbol, operator: &|text| matches!(text, "." | "(" | ")" | ",").then_some(SIGN) };

impl Sample {
    pub fn parse(text: &str) -> Self {
        let mut sample = Self::default();
        let mut open: Vec<usize> = Vec::new();
        let spaced = text.replace('<', " < ").replace('>', " > ");
        let mut words = spaced.split_whitespace().peekable();
        while let Some(word) = words.next() {
            match word {
                "<" => open.push(sample.nodes.len() - 1),
                ">" => drop(open.pop()),
                _ => {
                    let is_node = words.peek() == Some(&"<");
                    let kind = if is_node { symbol(word).expect("a letter") } else { leaf_kind(word) };
                    sample.push(open.last().copied(), kind, (!is_node).then(|| word.to_owned()));
                }
            }
        }
        sample
    }

    pub fn push(&mut self, parent: Option<usize>, kind: Kind, text: Option<String>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(SampleNode { kind, text, parent, children: Vec::new(), role: 0, whole: true });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(at);
        }
        at
    }

    /// As it is written.
    pub fn print(&self, node: usize) -> String {
        let SampleNode { kind, text, children, .. } = &self.nodes[node];
        match text {
            Some(text) => text.clone(),
            None => {
                let children: Vec<_> = children.iter().map(|child| self.print(*child)).collect();
                format!("{}<{}>", char::from(b'a' + (*kind - FIRST_SYMBOL) as u8), children.join(" "))
            }
        }
    }
}

pub(super) fn leaf_kind(text: &str) -> Kind {
    if text.starts_with(char::is_alphabetic) { NAME } else { SIGN }
}

impl Tree for Sample {
    type Node = usize;

    fn kind(&self, node: usize) -> Kind {
        self.nodes[node].kind
    }

    fn label(&self, node: usize) -> Option<Cow<'_, str>> {
        self.nodes[node].text.as_deref().map(Cow::Borrowed)
    }

    fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        self.nodes[node].children.iter().copied()
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes[node].parent
    }

    fn nodes(&self) -> impl DoubleEndedIterator<Item = usize> {
        let mut all = Vec::new();
        let mut open = vec![0];
        while let Some(node) = open.pop() {
            all.push(node);
            open.extend(self.nodes[node].children.iter().rev());
        }
        all.into_iter()
    }

    fn index(&self, node: usize) -> usize {
        node
    }

    fn changes(&self) -> &[usize] {
        &self.changes
    }

    fn role(&self, node: usize) -> Role {
        self.nodes[node].role
    }

    fn is_whole(&self, node: usize) -> bool {
        self.nodes[node].whole
    }
}
