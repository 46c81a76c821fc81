//! The slow matcher: the meaning of patterns, written down as directly as
//! possible. What the automaton finds has to be what this finds.
//!
//! Every way in which a pattern matches is tried in order: alternatives as
//! they are written, repeats with as few as possible first. `then` is asked
//! about each way and says whether it will do; the first that does counts.

use std::cell::Cell;

use crate::binding::{Binding, Bound, same};
use crate::pattern::{Group, Item, Label, Name, One, Pattern, Test};
use crate::tree::Tree;

/// Repeats of repeats are tried in exponentially many ways: so many are waited for.
const PATIENCE: u32 = 1_000_000;

/// There are too many ways to try.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooMany;

/// What the first match of `pattern` at `node` binds.
pub(crate) fn first_match<T: Tree>(
    tree: &T,
    pattern: &Pattern,
    node: T::Node,
) -> Result<Option<Bound<T::Node>>, TooMany> {
    let left = Cell::new(PATIENCE);
    let matcher = Matcher { tree, equal: pattern.equal, left: &left };
    let mut found = None;
    matcher.items(&pattern.items, &[node], vec![None; pattern.names.len()], &mut |taken, bound| {
        if taken == 1 {
            found = Some(bound);
        }
        taken == 1
    });
    if left.get() == 0 { Err(TooMany) } else { Ok(found) }
}

struct Matcher<'t, T: Tree> {
    tree: &'t T,
    equal: bool,
    /// How many more repeats are tried; with none left, all comes to its end.
    left: &'t Cell<u32>,
}

type Then<'a, N> = &'a mut dyn FnMut(usize, Bound<N>) -> bool;

impl<T: Tree> Matcher<'_, T> {
    /// The ways in which `items` match the first of `nodes`.
    fn items(
        &self,
        items: &[Item],
        nodes: &[T::Node],
        bound: Bound<T::Node>,
        then: Then<'_, T::Node>,
    ) -> bool {
        let Some((first, rest)) = items.split_first() else { return then(0, bound) };
        self.item(first, nodes, bound, &mut |taken, bound| {
            self.items(rest, &nodes[taken..], bound, &mut |more, bound| then(taken + more, bound))
        })
    }

    fn item(&self, item: &Item, nodes: &[T::Node], bound: Bound<T::Node>, then: Then<'_, T::Node>) -> bool {
        match item {
            Item::One(one) => {
                nodes.first().is_some_and(|node| self.one(one, *node, bound, &mut |bound| then(1, bound)))
            }
            Item::Group(group) => self.repeat(group, 0, nodes, &bound, &mut |taken, mut bound| {
                let binding = || Binding::Many(nodes[..taken].into());
                self.bind(&mut bound, group.name, binding) && then(taken, bound)
            }),
            Item::Not(inner) => {
                // Names in there bind nothing, so they cannot be unequal either.
                let (shape, unbound) = (Self { equal: false, ..*self }, vec![None; bound.len()]);
                !shape.item(inner, nodes, unbound, &mut |_, _| true) && then(0, bound)
            }
        }
    }

    /// With `count` repeats already taken.
    fn repeat(
        &self,
        group: &Group,
        count: u32,
        nodes: &[T::Node],
        bound: &Bound<T::Node>,
        then: Then<'_, T::Node>,
    ) -> bool {
        if self.left.get() == 0 {
            return true;
        }
        self.left.set(self.left.get() - 1);
        if count >= group.least && then(0, bound.clone()) {
            return true;
        }
        if group.most.is_some_and(|most| count >= most) {
            return false;
        }
        group.alternatives.iter().any(|items| {
            self.items(items, nodes, bound.clone(), &mut |taken, bound| {
                if taken == 0 && group.most.is_none() && count >= group.least {
                    return false;
                }
                let rest = &nodes[taken..];
                self.repeat(group, count + 1, rest, &bound, &mut |more, bound| then(taken + more, bound))
            })
        })
    }

    fn one(
        &self,
        one: &One,
        node: T::Node,
        bound: Bound<T::Node>,
        then: &mut dyn FnMut(Bound<T::Node>) -> bool,
    ) -> bool {
        if !passes(self.tree, &one.test, node) || one.role.is_some_and(|role| role != self.tree.role(node)) {
            return false;
        }
        let mut named =
            |mut bound: Bound<T::Node>| self.bind(&mut bound, one.name, || Binding::One(node)) && then(bound);
        let Some(items) = &one.children else { return named(bound) };
        let children: Vec<_> = self.tree.children(node).collect();
        self.items(items, &children, bound, &mut |taken, bound| taken == children.len() && named(bound))
    }

    fn bind(
        &self,
        bound: &mut Bound<T::Node>,
        name: Option<Name>,
        binding: impl FnOnce() -> Binding<T::Node>,
    ) -> bool {
        let Some(name) = name.map(usize::from) else { return true };
        match &bound[name] {
            Some(first) if self.equal => same(self.tree, first, &binding()),
            _ => {
                bound[name] = Some(binding());
                true
            }
        }
    }
}

/// Whether a node is what a test asks for.
pub(crate) fn passes<T: Tree>(tree: &T, test: &Test, node: T::Node) -> bool {
    let label = match &test.label {
        Label::Any => true,
        Label::Some => tree.label(node).is_some(),
        Label::Is(label) => tree.label(node).as_deref() == label.as_deref(),
    };
    label && test.kind.is_none_or(|kind| kind == tree.kind(node)) && (!test.whole || tree.is_whole(node))
}
