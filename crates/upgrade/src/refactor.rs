//! Runs fixers over a tree, in lib2to3's order.
//!
//! First come the fixers that walk the tree. Then candidates are queued for
//! all others, and in rounds each fixer works off its queue; what is new in the
//! tree is queued again, for all fixers, and so on until all queues are empty.

use spacetime_pattern::{Pattern, PatternSet, Scan};

use crate::context::{Context, FileNotes, FixerNotes};
use crate::fixer::{Fix, Fixer, Order, Outcome, Sweep};
use crate::found::{Asker, Found, parse_pattern};
use crate::kind::Kind;
use crate::order::{Automaton, Checked, deepest_first, heads};
use crate::tree::{NodeId, Tree};
use crate::trouble::Trouble;

/// Fixers that are run together, for any number of files and threads.
#[derive(Debug)]
pub struct Refactoring {
    /// In the order of their turns: those that are `Post`, then those that are `Pre`.
    fixers: Vec<Fixer>,
    /// The number of each one's pattern in the set.
    patterns: Vec<Option<usize>>,
    /// For each fixer that walks, the kinds it looks at, or all.
    walking: Vec<(usize, Option<Vec<Kind>>)>,
    set: PatternSet,
    automaton: Automaton,
    /// Whether what 2to3 breaks is written right.
    pub(crate) corrects: bool,
}

/// A fixer at work, with what it remembers.
struct Worker {
    fix: Box<dyn Fix>,
    notes: FixerNotes,
    pattern: Option<usize>,
}

impl Refactoring {
    /// Fixers in the order of their names.
    pub fn new(fixers: &[&Fixer]) -> Result<Self, Trouble> {
        let mut fixers: Vec<Fixer> = fixers.iter().map(|fixer| **fixer).collect();
        fixers.sort_by_key(|fixer| (fixer.order, fixer.run_order));
        let (mut all, mut patterns, mut walking) = (Vec::<Pattern>::new(), Vec::new(), Vec::new());
        let texts: Vec<Option<String>> = fixers.iter().map(Fixer::pattern).collect();
        for (number, (fixer, text)) in fixers.iter().zip(&texts).enumerate() {
            let bad = |error: &dyn std::fmt::Display| Trouble::new(format!("fixer {}: {error}", fixer.name));
            if let Some(text) = text {
                all.push(parse_pattern(text).map_err(|error| bad(&error))?);
            }
            patterns.push(text.as_ref().map(|_| all.len() - 1));
            if fixer.traversal {
                let kinds = match (text, fixer.wanted) {
                    (Some(text), _) => heads(text).map_err(|error| bad(&error))?,
                    (None, crate::fixer::Wanted::Kind(kind)) => Some(vec![kind]),
                    (None, _) => None,
                };
                walking.push((number, kinds));
            }
        }
        // Fixers that look at every node come after those that know what they look at.
        walking.sort_by_key(|(number, kinds)| (fixers[*number].order != Order::Pre, kinds.is_none()));
        let paths = fixers.iter().zip(&texts).map(|(fixer, text)| match text {
            Some(text) if !fixer.traversal => Some(text.as_str()),
            _ => None,
        });
        let automaton = Automaton::new(paths).map_err(|error| Trouble::new(error.to_string()))?;
        Ok(Self { fixers, patterns, walking, set: PatternSet::new(all), automaton, corrects: false })
    }

    /// The same fixers, which write what is right where those of 2to3 write
    /// broken code: `--beyond`.
    #[must_use]
    pub fn beyond(self) -> Self {
        Self { corrects: true, ..self }
    }

    /// Runs all fixers over a tree. In trouble the tree is left half done.
    pub fn run(&self, tree: &mut Tree, file: &mut FileNotes) -> Result<(), Trouble> {
        let mut scan = self.set.start(tree);
        let workers = self.fixers.iter().zip(&self.patterns).map(|(fixer, pattern)| Worker {
            fix: fixer.for_file(),
            notes: FixerNotes::default(),
            pattern: *pattern,
        });
        let mut workers: Vec<Worker> = workers.collect();
        let comments = self.corrects.then(|| crate::beyond::comments_of(tree));
        self.sweep(tree, file, &mut workers, |fixer| fixer.first);
        for number in self.in_starting_order() {
            let worker = &mut workers[number];
            worker.fix.start(tree, &mut Context { file, own: &mut worker.notes });
        }
        self.walk(tree, file, &mut workers, &mut scan)?;
        self.rounds(tree, file, &mut workers, &mut scan)?;
        for number in self.in_starting_order() {
            let worker = &mut workers[number];
            worker.fix.finish(tree, &mut Context { file, own: &mut worker.notes });
        }
        self.sweep(tree, file, &mut workers, |fixer| fixer.last);
        if let Some(comments) = comments {
            crate::beyond::mend(tree, comments);
        }
        Ok(())
    }

    /// Lets each fixer put right what it can in the whole file, with `--beyond`.
    fn sweep(
        &self,
        tree: &mut Tree,
        file: &mut FileNotes,
        workers: &mut [Worker],
        of: impl Fn(&Fixer) -> Option<Sweep>,
    ) {
        if !self.corrects {
            return;
        }
        for (fixer, worker) in self.fixers.iter().zip(workers) {
            if let Some(sweep) = of(fixer) {
                sweep(tree, &mut Context { file, own: &mut worker.notes });
            }
        }
    }

    /// Fixers that are `Pre` are told first that a file begins or ends.
    fn in_starting_order(&self) -> impl Iterator<Item = usize> + '_ {
        let of = |order| {
            let all = self.fixers.iter().enumerate();
            all.filter(move |(_, fixer)| fixer.order == order).map(|(number, _)| number)
        };
        of(Order::Pre).chain(of(Order::Post))
    }

    fn walk(
        &self,
        tree: &mut Tree,
        file: &mut FileNotes,
        workers: &mut [Worker],
        scan: &mut Scan<'_>,
    ) -> Result<(), Trouble> {
        for order in [Order::Pre, Order::Post] {
            let mut walking = self.walking.iter().filter(|(number, _)| self.fixers[*number].order == order);
            let wanted: Vec<&(usize, Option<Vec<Kind>>)> = walking.by_ref().collect();
            let looks_at =
                |kinds: &Option<Vec<Kind>>, kind| kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
            let is_wanted = |node: &NodeId| wanted.iter().any(|(_, kinds)| looks_at(kinds, tree.kind(*node)));
            if wanted.is_empty() {
                continue;
            }
            let root = tree.root();
            let nodes: Vec<NodeId> = match order {
                Order::Pre => tree.pre_order(root).filter(is_wanted).collect(),
                Order::Post if tree.is_as_parsed() => tree.as_parsed().filter(is_wanted).collect(),
                Order::Post => tree.post_order(root).filter(is_wanted).collect(),
            };
            for mut node in nodes {
                let kind = tree.kind(node);
                for (number, _) in wanted.iter().filter(|(_, kinds)| looks_at(kinds, kind)) {
                    let worker = &mut workers[*number];
                    if let Some(found) = worker.matches(tree, node, scan)
                        && let Some(new) = worker.transform(tree, &found, file)?
                    {
                        put(tree, node, new)?;
                        node = new;
                    }
                }
            }
        }
        Ok(())
    }

    fn rounds(
        &self,
        tree: &mut Tree,
        file: &mut FileNotes,
        workers: &mut [Worker],
        scan: &mut Scan<'_>,
    ) -> Result<(), Trouble> {
        let mut queues: Vec<Vec<NodeId>> = vec![Vec::new(); self.fixers.len()];
        let mut checked = Checked::for_tree(tree);
        self.automaton.run(tree, tree.root(), &mut checked, &mut queues);
        while queues.iter().any(|queue| !queue.is_empty()) {
            for number in 0..self.fixers.len() {
                let mut queue = deepest_first(tree, std::mem::take(&mut queues[number]));
                if self.fixers[number].keep_line_order {
                    queue.sort_by_cached_key(|node| tree.lineno(*node));
                }
                for node in queue {
                    if tree.find_root(node).is_none() || tree.is_applied(node, number) {
                        continue;
                    }
                    if self.corrects && self.fixers[number].builtin && file.means_another(tree, node) {
                        continue;
                    }
                    let worker = &mut workers[number];
                    let Some(found) = worker.matches(tree, node, scan) else { continue };
                    let Some(new) = worker.transform(tree, &found, file)? else { continue };
                    put(tree, node, new)?;
                    let below: Vec<NodeId> = tree.post_order(new).collect();
                    for one in below {
                        tree.set_applied(one, number);
                    }
                    self.automaton.run(tree, new, &mut checked, &mut queues);
                }
            }
        }
        Ok(())
    }
}

impl Worker {
    fn matches(&mut self, tree: &Tree, node: NodeId, scan: &mut Scan<'_>) -> Option<Found> {
        self.fix.matches(tree, node, &mut Asker { scan, pattern: self.pattern })
    }

    fn transform(&mut self, tree: &mut Tree, found: &Found, file: &mut FileNotes) -> Outcome {
        let mut context = Context { file, own: &mut self.notes };
        self.fix.transform(tree, found.node, found, &mut context)
    }
}

/// Puts what a fixer has made in the place of what it was given.
fn put(tree: &mut Tree, node: NodeId, new: NodeId) -> Result<(), Trouble> {
    let is_done = tree.replace(node, &[new]);
    if is_done { Ok(()) } else { Err(Trouble::new("a fixer replaced a node that hangs nowhere")) }
}
