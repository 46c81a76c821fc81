//! Candidates in the order of their depth.
//!
//! A fixer that copies what it is given, in calls that are nested a thousand
//! deep, leaves half a million candidates in copies of copies that have all been
//! cut off since. So the way up is gone only once from nodes that are far down.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::kind::Kind;
use crate::tree::{NodeId, Tree};

/// So many steps up are cheaper than to look a node up.
const NEAR: u32 = 48;
/// Room for so many is kept from one call to the next.
const KEPT: usize = 1 << 12;

/// What is kept from one call to the next, so that its memory is used again.
#[derive(Debug, Default)]
pub struct Depths {
    known: FxHashMap<NodeId, Option<u32>>,
    living: Vec<(u32, NodeId)>,
    /// The depths of the last nodes that were put in order, each with the place behind them.
    runs: Vec<(u32, usize)>,
    path: Vec<NodeId>,
}

impl Depths {
    /// How deep the node is that was put at this place.
    pub fn at(&self, place: usize) -> u32 {
        let run = self.runs.partition_point(|(_, end)| *end <= place);
        self.runs.get(run).map_or(0, |(depth, _)| *depth)
    }
}

/// Leaves of the nodes those that hang in a file, the deepest first.
pub fn deepest_first(tree: &Tree, nodes: &mut Vec<NodeId>, depths: &mut Depths) {
    let Depths { known, living, runs, path } = depths;
    known.clear();
    living.clear();
    runs.clear();
    living.extend(nodes.iter().filter_map(|node| Some((depth_in_file(tree, *node, known, path)?, *node))));
    living.sort_by_key(|(depth, _)| Reverse(*depth));
    nodes.clear();
    nodes.extend(living.iter().map(|(_, node)| *node));
    for (place, (depth, _)) in living.iter().enumerate() {
        match runs.last_mut() {
            Some((last, end)) if last == depth => *end = place + 1,
            _ => runs.push((*depth, place + 1)),
        }
    }
    if living.len() > KEPT {
        // It is wanted again, but not while the fixer does its work.
        *living = Vec::new();
    }
}

/// How many nodes are above; nothing for what has been cut off.
fn depth_in_file(
    tree: &Tree,
    node: NodeId,
    known: &mut FxHashMap<NodeId, Option<u32>>,
    path: &mut Vec<NodeId>,
) -> Option<u32> {
    let (mut at, mut steps) = (node, 0);
    path.clear();
    let top = loop {
        if steps >= NEAR {
            if let Some(depth) = known.get(&at) {
                break *depth;
            }
            path.push(at);
        }
        match tree.parent(at) {
            Some(parent) => (at, steps) = (parent, steps + 1),
            None => break (tree.kind(at) == Kind::FileInput).then_some(0),
        }
    };
    // What is known is the depth of the node where the climb has ended.
    for (below, one) in path.iter().rev().filter(|one| **one != at).enumerate() {
        known.insert(*one, top.map(|depth| depth + below as u32 + 1));
    }
    top.map(|depth| depth + steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_nodes_come_first_and_what_is_cut_off_not_at_all() {
        let mut tree = Tree::of_leaf("", "a", Kind::Name);
        let mut nodes = vec![tree.root()];
        for _ in 0..300 {
            let last = nodes[nodes.len() - 1];
            nodes.push(tree.new_node(Kind::Atom, &[last]));
        }
        let sorted = |tree: &Tree, nodes: &[NodeId]| {
            let mut sorted = nodes.to_vec();
            deepest_first(tree, &mut sorted, &mut Depths::default());
            sorted
        };
        assert_eq!(sorted(&tree, &nodes), [], "it is cut off");
        nodes.push(tree.new_node(Kind::FileInput, &[nodes[300]]));
        nodes.reverse();
        let mut found = sorted(&tree, &nodes);
        found.reverse();
        assert_eq!(found, nodes);
    }
}
