//! One pattern against one node.
//!
//! Children are matched from left to right, each `$$$` first with as few as
//! possible; when the rest does not fit, the next possibility is tried. What
//! remains to be matched is a list that lives on the stack, so that a choice
//! deep in one child can still be undone by its later siblings: exact, also
//! when a name stands in both.

use crate::pattern::{Label, Name, Shape, Step};
use crate::tree::{Tree, equal};

/// What a hole stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Binding<N> {
    One(N),
    Many(Box<[N]>),
}

/// Matches `shape` at `node`; on success the bindings, by name.
pub(crate) fn matches<T: Tree>(
    tree: &T,
    shape: &Shape,
    names: usize,
    node: T::Node,
) -> Option<Vec<Option<Binding<T::Node>>>> {
    let mut matcher = Matcher { tree, bound: vec![None; names] };
    matcher.node(shape, node, None).then_some(matcher.bound)
}

struct Matcher<'t, T: Tree> {
    tree: &'t T,
    bound: Vec<Option<Binding<T::Node>>>,
}

/// What is left to match after the current list of children.
struct Rest<'a, N> {
    steps: &'a [Step],
    nodes: &'a [N],
    next: Option<&'a Rest<'a, N>>,
}

impl<T: Tree> Matcher<'_, T> {
    fn node(&mut self, shape: &Shape, node: T::Node, rest: Option<&Rest<'_, T::Node>>) -> bool {
        match shape {
            Shape::Hole(name) => {
                self.tree.is_whole(node)
                    && self.bind(*name, || Binding::One(node), |matcher| matcher.resume(rest))
            }
            Shape::Node { kind, label, children } => {
                if self.tree.kind(node) != *kind || !fits(self.tree, label, node) {
                    return false;
                }
                let many = children.iter().any(|step| matches!(step, Step::Many { .. }));
                // One more than fits is enough to see that it does not.
                let limit = if many { usize::MAX } else { children.len() + 1 };
                let nodes: Vec<_> = self.tree.children(node).take(limit).collect();
                self.list(children, &nodes, rest)
            }
        }
    }

    fn resume(&mut self, rest: Option<&Rest<'_, T::Node>>) -> bool {
        rest.is_none_or(|rest| self.list(rest.steps, rest.nodes, rest.next))
    }

    fn list(&mut self, steps: &[Step], nodes: &[T::Node], rest: Option<&Rest<'_, T::Node>>) -> bool {
        let Some((step, steps)) = steps.split_first() else {
            return nodes.is_empty() && self.resume(rest);
        };
        match step {
            Step::One { role, shape } => {
                let Some((node, nodes)) = nodes.split_first() else { return false };
                self.tree.role(*node) == *role
                    && self.node(shape, *node, Some(&Rest { steps, nodes, next: rest }))
            }
            Step::Many { role, name } => {
                let tree = self.tree;
                let wanted = |node: &T::Node| role.is_none_or(|role| tree.role(*node) == role);
                let most = nodes.iter().take_while(|node| wanted(node)).count();
                let exact = steps.iter().all(|step| matches!(step, Step::One { .. }));
                let least = if exact { nodes.len().saturating_sub(steps.len()) } else { 0 };
                let most = if exact { most.min(least) } else { most };
                (least..=most).any(|taken| {
                    let (taken, nodes) = nodes.split_at(taken);
                    self.bind(
                        *name,
                        || Binding::Many(taken.into()),
                        |matcher| matcher.list(steps, nodes, rest),
                    )
                })
            }
        }
    }

    /// Goes on with `then` when the name is free or stands for the same, and
    /// frees it again when that fails.
    fn bind(
        &mut self,
        name: Option<Name>,
        binding: impl FnOnce() -> Binding<T::Node>,
        then: impl FnOnce(&mut Self) -> bool,
    ) -> bool {
        let Some(name) = name.map(usize::from) else { return then(self) };
        if let Some(bound) = &self.bound[name] {
            return same(self.tree, bound, &binding()) && then(self);
        }
        self.bound[name] = Some(binding());
        let matched = then(self);
        if !matched {
            self.bound[name] = None;
        }
        matched
    }
}

pub(crate) fn fits<T: Tree>(tree: &T, label: &Label, node: T::Node) -> bool {
    match label {
        Label::Any => true,
        Label::Is(label) => tree.label(node).as_deref() == label.as_deref(),
    }
}

pub(crate) fn same<T: Tree>(tree: &T, a: &Binding<T::Node>, b: &Binding<T::Node>) -> bool {
    match (a, b) {
        (Binding::One(a), Binding::One(b)) => equal(tree, *a, *b),
        (Binding::Many(a), Binding::Many(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(tree, *a, *b))
        }
        _ => false,
    }
}
