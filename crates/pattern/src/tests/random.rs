//! The automaton against the slow matcher: random patterns on random trees,
//! that are changed while the scan is asked.
//!
//! A pair is a pattern and a tree, all of whose nodes are asked about.

use super::sample::{NAME, SIGN, Sample, symbol};
use crate::pattern::{Group, Item, Items, Label, One, Test};
use crate::reference::first_match;
use crate::{Pattern, PatternSet, Tree};

const PAIRS: u64 = 300_000;
const NAMES: u64 = 3;
const PATTERNS: u64 = 10;

/// A stream of numbers that is the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64, Steele, Lea and Flood 2014.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    fn text(&mut self) -> String {
        ["a", "b", "c", ",", "."][self.below(5) as usize].to_owned()
    }

    fn kind(&mut self) -> u16 {
        ["p", "q", "r", "NAME"][self.below(4) as usize..]
            .first()
            .and_then(|name| symbol(name))
            .expect("a kind")
    }

    fn items(&mut self, depth: u32) -> Items {
        (0..self.below(4)).map(|_| self.item(depth)).collect()
    }

    fn item(&mut self, depth: u32) -> Item {
        match self.below(if depth == 0 { 3 } else { 8 }) {
            0..=4 => Item::One(self.one(depth)),
            5 => Item::Not(Box::new(self.item(depth - 1))),
            _ => Item::Group(self.group(depth - 1)),
        }
    }

    fn group(&mut self, depth: u32) -> Group {
        let least = self.below(3) as u32;
        let most = (!self.one_in(2)).then(|| least + self.below(3) as u32);
        let alternatives = (0..=self.below(2)).map(|_| self.items(depth)).collect();
        Group { alternatives, least, most, name: self.name() }
    }

    fn name(&mut self) -> Option<u16> {
        self.one_in(2).then(|| self.below(NAMES) as u16)
    }

    fn one(&mut self, depth: u32) -> One {
        let label = match self.below(8) {
            0 => Label::Some,
            1 => Label::Is(None),
            2..=4 => Label::Is(Some(self.text().into())),
            _ => Label::Any,
        };
        let kind = (label == Label::Any && !self.one_in(3)).then(|| self.kind());
        let children = (depth > 0 && self.one_in(2)).then(|| self.items(depth - 1));
        let role = self.one_in(6).then(|| self.below(2) as u8);
        let test = Test { kind, label, whole: self.one_in(6) };
        One { test, role, children, name: self.name() }
    }

    fn pattern(&mut self) -> Pattern {
        let item = match self.below(4) {
            0 => Item::Group(self.group(2)),
            _ => Item::One(self.one(3)),
        };
        let mut items = vec![item];
        if self.one_in(6) {
            items.insert(self.below(2) as usize, Item::Not(Box::new(Item::One(self.one(1)))));
        }
        items.iter_mut().for_each(without_role);
        let names = (0..NAMES).map(|name| name.to_string().into()).collect();
        Pattern { items: items.into(), names, equal: self.one_in(2) }
    }

    fn tree(&mut self) -> Sample {
        let mut sample = Sample::default();
        sample.push(None, symbol("p").expect("a kind"), None);
        self.grow(&mut sample, 0, 3);
        sample
    }

    fn grow(&mut self, sample: &mut Sample, parent: usize, depth: u32) {
        for _ in 0..self.below(5) {
            let node = self.add(sample, parent);
            if depth > 0 && sample.nodes[node].text.is_none() {
                self.grow(sample, node, depth - 1);
            }
        }
    }

    fn add(&mut self, sample: &mut Sample, parent: usize) -> usize {
        let text = self.one_in(2).then(|| self.text());
        let kind = match &text {
            Some(text) => {
                if text.starts_with(char::is_alphabetic) {
                    NAME
                } else {
                    SIGN
                }
            }
            None => self.kind(),
        };
        let node = sample.push(Some(parent), kind, text);
        sample.nodes[node].role = self.below(2) as u8;
        sample.nodes[node].whole = !self.one_in(4);
        node
    }

    /// Changes a tree somewhere.
    fn change(&mut self, sample: &mut Sample) {
        let all: Vec<_> = sample.nodes().collect();
        let node = all[self.below(all.len() as u64) as usize];
        match self.below(4) {
            0 => {
                let children = &mut sample.nodes[node].children;
                children.pop();
            }
            1 => sample.nodes[node].children.reverse(),
            2 if sample.nodes[node].text.is_some() => sample.nodes[node].text = Some(self.text()),
            _ => self.grow(sample, node, 1),
        }
        sample.changes.push(node);
    }
}

/// No notation says what the role of the whole is.
fn without_role(item: &mut Item) {
    match item {
        Item::One(one) => one.role = None,
        Item::Not(inner) => without_role(inner),
        Item::Group(group) => {
            group.alternatives.iter_mut().for_each(|items| items.iter_mut().for_each(without_role));
        }
    }
}

/// What the scan says about every node has to be what the slow matcher says.
fn compare(
    scan: &mut crate::Scan<'_>,
    patterns: &[Pattern],
    tree: &Sample,
    seed: u64,
    given_up: &mut u64,
) -> u64 {
    let mut matches = 0;
    // Children first or last must make no difference.
    let mut nodes: Vec<_> = tree.nodes().collect();
    if seed % 2 == 1 {
        nodes.reverse();
    }
    for node in nodes {
        let mut expected = Vec::new();
        for (number, pattern) in patterns.iter().enumerate() {
            let Ok(bound) = first_match(tree, pattern, node) else {
                // Nobody knows, so what the scan says is taken.
                *given_up += 1;
                expected.extend(scan.matches(tree, number, node).then_some(number));
                continue;
            };
            let found = scan.bind(tree, number, node).map(|found| found.bindings);
            assert_eq!(found, bound, "seed {seed}: {pattern:#?} at {}", tree.print(node));
            assert_eq!(scan.matches(tree, number, node), bound.is_some(), "seed {seed}");
            expected.extend(bound.map(|_| number));
        }
        assert_eq!(scan.matching(tree, node), expected, "seed {seed}");
        matches += expected.len() as u64;
    }
    matches
}

#[test]
fn the_automaton_finds_what_the_slow_matcher_finds() {
    // One tree, and the same after each of two changes.
    let seeds = PAIRS / PATTERNS / 3;
    let (mut matches, mut given_up) = (0, 0);
    for seed in 0..seeds {
        let mut random = Random(seed);
        let patterns: Vec<_> = (0..PATTERNS).map(|_| random.pattern()).collect();
        let mut set = PatternSet::new(patterns.clone());
        if random.one_in(3) {
            // So little that it is emptied all the time.
            set.limit_memory(random.below(20_000) as usize);
        }
        let mut tree = random.tree();
        let mut scan = if random.one_in(2) { set.start_unread(&tree) } else { set.start(&tree) };
        matches += compare(&mut scan, &patterns, &tree, seed, &mut given_up);
        for _ in 0..2 {
            random.change(&mut tree);
            matches += compare(&mut scan, &patterns, &tree, seed, &mut given_up);
        }
    }
    assert!(matches > seeds, "{matches} matches are too few to mean something");
    assert!(given_up * 1000 < PAIRS, "{given_up} times the slow matcher gave up");
}
