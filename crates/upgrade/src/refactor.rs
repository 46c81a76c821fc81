//! Runs fixers over a tree, in lib2to3's order.
//!
//! First come the fixers that walk the tree. Then candidates are queued for
//! all others, and in rounds each fixer works off its queue; what is new in the
//! tree is queued again, for all fixers, and so on until all queues are empty.

use std::sync::{Mutex, PoisonError};

use spacetime_pattern::{Pattern, PatternSet, Scan};

use crate::context::{Context, FileNotes, FixerNotes};
use crate::fixer::{Fix, Fixer, Order, Outcome, Sweep, Transform};
use crate::found::{Asker, Found, parse_pattern};
use crate::kind::Kind;
use crate::order::{Automaton, Depths, Seen, deepest_first, heads, words};
use crate::tree::{NodeId, Tree};
use crate::trouble::Trouble;

/// Fixers that are run together, for any number of files and threads.
#[derive(Debug)]
pub struct Refactoring {
    /// In the order of their turns: those that are `Post`, then those that are `Pre`.
    pub(crate) fixers: Vec<Fixer>,
    /// The number of each one's pattern in the set.
    patterns: Vec<Option<usize>>,
    /// For each fixer that walks, the kinds it looks at, or all.
    walking: Vec<(usize, Option<Vec<Kind>>)>,
    /// How far above the nodes that are watched for those are that are walked
    /// to; nothing if all nodes have to be looked at.
    watched: Option<usize>,
    set: PatternSet,
    automaton: Automaton,
    /// Whether what 2to3 breaks is written right.
    pub(crate) corrects: bool,
    /// Whether a large file may be worked on in pieces.
    pub(crate) splits: bool,
    benches: Mutex<Benches>,
}

/// What is needed for a file, kept for the next one: to ask for memory, and to
/// give it back, would take a good part of the time.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    pub tree: Option<Tree>,
    seen: Seen,
    queues: Vec<Vec<NodeId>>,
    queue: Vec<NodeId>,
    below: Vec<NodeId>,
    /// What a fixer has put in the place of something since it began to lift.
    put: Vec<NodeId>,
    depths: Depths,
}

impl Bench {
    /// Gives back what was needed for a large piece, before there is a text of it as well;
    /// whether it was one.
    pub fn clear_if_large(&mut self) -> bool {
        let is_large = self.seen.len() > NODES_KEPT;
        if is_large {
            *self = Self::default();
        }
        is_large
    }
}

/// One for each thread in the end.
#[derive(Debug, Default)]
struct Benches {
    /// Those that nobody works with at the moment.
    free: Vec<Bench>,
    /// How many there are.
    all: usize,
}

/// All benches together keep what so many bytes of files need; what is left of a larger
/// one goes back to the system.
const KEPT: usize = 128 << 10;
/// Nor what is needed for more nodes than these.
const NODES_KEPT: usize = 1 << 15;
/// And one of them no more than this.
const KEPT_BY_ONE: usize = 64 << 10;

/// What the time goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Finding candidates, and the order in which they are looked at.
    Order,
    /// Asking whether patterns match, and what they bind.
    Match,
    /// What the fixers do, and putting that in its place.
    Transform,
}

/// A fixer at work, with what it remembers.
pub(crate) struct Worker {
    /// Nothing for a fixer without state, which is then its function.
    fix: Option<Box<dyn Fix>>,
    plain: Option<Transform>,
    pub notes: FixerNotes,
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
        let mut automaton = Automaton::new(paths).map_err(|error| Trouble::new(error.to_string()))?;
        let watched = watch(&mut automaton, &walking, &texts, &fixers);
        // Who looks at all nodes looks at the file itself, and others do as they like.
        let is_known = fixers.iter().all(|fixer| fixer.own.is_none());
        let splits = is_known && watched.is_some() && !automaton.knows(Kind::FileInput);
        let set = PatternSet::new(all);
        Ok(Self {
            fixers,
            patterns,
            walking,
            watched,
            set,
            automaton,
            corrects: false,
            splits,
            benches: Mutex::default(),
        })
    }

    /// The same fixers, which write what is right where those of 2to3 write
    /// broken code: `--beyond`.
    #[must_use]
    pub fn beyond(self) -> Self {
        Self { corrects: true, splits: false, ..self }
    }

    pub(crate) fn take_bench(&self) -> Bench {
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        benches.free.pop().unwrap_or_else(|| {
            benches.all += 1;
            Bench::default()
        })
    }

    /// For the next file, behind a text of so many bytes.
    pub(crate) fn give_back(&self, bench: Bench, bytes: usize) {
        let mut benches = self.benches.lock().unwrap_or_else(PoisonError::into_inner);
        let is_large = bytes > KEPT_BY_ONE.min(KEPT / benches.all.max(1));
        // What is thrown away is thrown away when nobody waits for it.
        let (kept, thrown) = if is_large { (Bench::default(), Some(bench)) } else { (bench, None) };
        benches.free.push(kept);
        drop(benches);
        drop(thrown);
    }

    /// Runs all fixers over a tree. In trouble the tree is left half done.
    pub fn run(&self, tree: &mut Tree, file: &mut FileNotes) -> Result<(), Trouble> {
        self.run_told(tree, file, |_| ())
    }

    /// The same; it is told at the end of each stretch of work what it was.
    pub fn run_told(
        &self,
        tree: &mut Tree,
        file: &mut FileNotes,
        mut told: impl FnMut(Phase),
    ) -> Result<(), Trouble> {
        let mut bench = self.take_bench();
        let result = self.run_on(&mut bench, tree, file, &mut told);
        self.give_back(bench, tree.source().len());
        result
    }

    pub(crate) fn run_on(
        &self,
        bench: &mut Bench,
        tree: &mut Tree,
        file: &mut FileNotes,
        told: &mut impl FnMut(Phase),
    ) -> Result<(), Trouble> {
        self.run_with(&mut self.workers(), bench, tree, file, told)
    }

    /// The fixers for one more file.
    pub(crate) fn workers(&self) -> Vec<Worker> {
        let workers = self.fixers.iter().zip(&self.patterns).map(|(fixer, pattern)| Worker {
            fix: fixer.plain.is_none().then(|| fixer.for_file()),
            plain: fixer.plain,
            notes: FixerNotes::default(),
            pattern: *pattern,
        });
        workers.collect()
    }

    /// Runs the fixers over a file, or over the next piece of one.
    pub(crate) fn run_with(
        &self,
        workers: &mut [Worker],
        bench: &mut Bench,
        tree: &mut Tree,
        file: &mut FileNotes,
        told: &mut impl FnMut(Phase),
    ) -> Result<(), Trouble> {
        // Where all nodes are walked to, all of them are asked about.
        let mut scan =
            if self.watched.is_some() { self.set.start_unread(tree) } else { self.set.start(tree) };
        told(Phase::Match);
        bench.seen.clear();
        bench.put.clear();
        bench.seen.update(&self.automaton, tree);
        told(Phase::Order);
        let comments = self.corrects.then(|| crate::beyond::comments_of(tree));
        self.sweep(tree, file, workers, |fixer| fixer.first);
        for number in self.in_starting_order() {
            let Worker { fix: Some(fix), notes, .. } = &mut workers[number] else { continue };
            fix.start(tree, &mut Context { file, own: notes });
        }
        told(Phase::Transform);
        self.walk(tree, file, workers, &mut scan, (bench, told))?;
        self.rounds(tree, file, workers, &mut scan, (bench, told))?;
        for number in self.in_starting_order() {
            let Worker { fix: Some(fix), notes, .. } = &mut workers[number] else { continue };
            fix.finish(tree, &mut Context { file, own: notes });
        }
        self.sweep(tree, file, workers, |fixer| fixer.last);
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
        (bench, told): (&mut Bench, &mut impl FnMut(Phase)),
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
                Order::Pre => tree.pre_order_below(root).filter(is_wanted).collect(),
                Order::Post
                    if tree.is_as_parsed()
                        && let Some(levels) = self.watched =>
                {
                    with_above(tree, &bench.seen.watched, levels, is_wanted)
                }
                Order::Post if tree.is_as_parsed() => tree.as_parsed().filter(is_wanted).collect(),
                Order::Post => tree.post_order_below(root).filter(is_wanted).collect(),
            };
            told(Phase::Order);
            for mut node in nodes {
                let kind = tree.kind(node);
                for (number, _) in wanted.iter().filter(|(_, kinds)| looks_at(kinds, kind)) {
                    let worker = &mut workers[*number];
                    let Some(found) = worker.matches(tree, node, scan) else { continue };
                    told(Phase::Match);
                    if let Some(new) = worker.transform(tree, &found, file)? {
                        put(tree, node, new)?;
                        node = new;
                    }
                    told(Phase::Transform);
                }
            }
            tree.settle();
        }
        Ok(())
    }

    fn rounds(
        &self,
        tree: &mut Tree,
        file: &mut FileNotes,
        workers: &mut [Worker],
        scan: &mut Scan<'_>,
        (bench, told): (&mut Bench, &mut impl FnMut(Phase)),
    ) -> Result<(), Trouble> {
        // tidy: long because it is the loop of lib2to3, whose order shows in what comes out.
        let Bench { seen, queues, queue, below, put: waiting, depths, .. } = bench;
        queues.iter_mut().for_each(Vec::clear);
        queues.resize_with(self.fixers.len(), Vec::new);
        told(Phase::Match);
        let mut growth = Growth::of(tree);
        self.automaton.run(tree, tree.root(), seen, queues);
        let first: Vec<usize> = queues.iter().map(Vec::len).collect();
        file.set_late(false);
        while queues.iter().any(|queue| !queue.is_empty()) {
            for (number, fixer) in self.fixers.iter().enumerate() {
                if queues[number].is_empty() {
                    continue;
                }
                let is_first = queues[number].len() == first[number];
                std::mem::swap(queue, &mut queues[number]);
                queues[number].clear();
                deepest_first(tree, queue, depths);
                if fixer.keep_line_order {
                    queue.sort_by_cached_key(|node| tree.lineno(*node));
                }
                told(Phase::Order);
                let mut living =
                    Living { cuts: tree.cuts().len(), is_sure: true, is_by_depth: !fixer.keep_line_order };
                for (place, node) in queue.iter().copied().enumerate() {
                    if !living.is_in_file(tree, node) || tree.is_applied(node, number) {
                        continue;
                    }
                    if self.corrects && self.fixers[number].builtin && file.means_another(tree, node) {
                        continue;
                    }
                    let worker = &mut workers[number];
                    let found = worker.matches(tree, node, scan);
                    told(Phase::Match);
                    let Some(found) = found else { continue };
                    let parent = tree.parent(node);
                    let before = file.said();
                    let new = worker.transform(tree, &found, file)?;
                    let depth = || if fixer.keep_line_order { 0 } else { depths.at(place) };
                    file.note(tree, before, || is_first.then(|| (number, depth())));
                    if let Some(new) = new {
                        put(tree, node, new)?;
                        growth.check(tree)?;
                        // Where something was lifted, what is around it may take it along, and
                        // candidates in there would be cut off before anyone looks at them.
                        waiting.push(new);
                        if !tree.has_lifted() {
                            self.queue_in(tree, number, (waiting, below), (seen, queues), told);
                        }
                    }
                    living.note_cuts(tree, node, parent);
                    told(Phase::Transform);
                }
                tree.settle();
                self.queue_in(tree, number, (waiting, below), (seen, queues), told);
            }
            file.set_late(true);
        }
        Ok(())
    }

    /// Marks what a fixer has put into the file as made by it, and queues what
    /// is there for all fixers.
    fn queue_in(
        &self,
        tree: &mut Tree,
        number: usize,
        (waiting, below): (&mut Vec<NodeId>, &mut Vec<NodeId>),
        (seen, queues): (&mut Seen, &mut [Vec<NodeId>]),
        told: &mut impl FnMut(Phase),
    ) {
        for new in waiting.drain(..) {
            if tree.is_gone(new) {
                continue;
            }
            below.clear();
            below.extend(tree.post_order_below(new));
            for one in below.iter() {
                tree.set_applied(*one, number);
            }
            told(Phase::Transform);
            self.automaton.run(tree, new, seen, queues);
            told(Phase::Order);
        }
    }
}

/// Tells which nodes of a queue are still in the file, if possible without
/// going all the way up: what a fixer cuts off is mostly at or below the node
/// that it works on, and what is left in the queue is not so deep.
struct Living {
    /// How many cuts are known to be of that kind.
    cuts: usize,
    is_sure: bool,
    /// Whether the deepest come first; else what is cut off may still be in the queue.
    is_by_depth: bool,
}

impl Living {
    /// So far above a cut the node is looked for.
    const NEAR: usize = 16;

    fn is_in_file(&self, tree: &Tree, node: NodeId) -> bool {
        if self.is_sure {
            tree.parent(node).is_some() || tree.kind(node) == Kind::FileInput
        } else {
            tree.find_root(node).is_some()
        }
    }

    /// After a fixer has worked on a node that was a child of `parent`.
    fn note_cuts(&mut self, tree: &Tree, node: NodeId, parent: Option<NodeId>) {
        let new = &tree.cuts()[self.cuts..];
        let is_near = |cut: &NodeId| {
            if Some(*cut) == parent {
                return true;
            }
            let mut above = std::iter::successors(Some(*cut), |one| tree.place(*one)).take(Self::NEAR);
            let end = above.find(|one| *one == node || tree.place(*one).is_none());
            // Nothing of what has been cut off before is in the queue.
            end.is_some_and(|end| end == node || tree.kind(end) != Kind::FileInput)
        };
        self.is_sure = self.is_sure && (new.is_empty() || self.is_by_depth && new.iter().all(is_near));
        self.cuts += new.len();
    }
}

/// Stops what would take memory in the square of the nesting: a fixer that copies
/// what is in the call that it changes, where those of 2to3 lift it, and so does
/// in the one around that.
struct Growth {
    most: usize,
}

impl Growth {
    const FREE: usize = 1_000_000;
    const TIMES: usize = 64;
    /// What is deeper lib2to3 cannot even walk through before it is changed.
    const DEEPEST: usize = 4_000;

    fn of(tree: &Tree) -> Self {
        Self { most: Self::FREE + Self::TIMES * tree.nodes_made() }
    }

    fn check(&mut self, tree: &Tree) -> Result<(), Trouble> {
        if tree.nodes_made() <= self.most {
            return Ok(());
        }
        self.most = tree.nodes_made() * 2;
        if is_deeper(tree, Self::DEEPEST) { Err(Trouble::new("it is nested too deeply")) } else { Ok(()) }
    }
}

/// Whether a file has more levels than so many.
fn is_deeper(tree: &Tree, levels: usize) -> bool {
    let (mut at, mut depth) = (tree.root(), 0);
    while let Some((next, deeper)) = tree.step(at, tree.root()) {
        depth += deeper;
        if depth > levels.cast_signed() {
            return true;
        }
        at = next;
    }
    false
}

/// Lets the automaton note what fixers that walk could look at; how many levels
/// above that they do. Nothing if they look at everything.
fn watch(
    automaton: &mut Automaton,
    walking: &[(usize, Option<Vec<Kind>>)],
    texts: &[Option<String>],
    fixers: &[Fixer],
) -> Option<usize> {
    let (mut kinds, mut names, mut levels) = (Vec::new(), Vec::new(), 0);
    for (number, looks_at) in walking {
        let looks_at = looks_at.as_ref()?;
        // What a fixer with an opinion of its own matches nobody knows.
        match texts[*number].as_ref().and_then(|text| words(text).ok().flatten()) {
            Some((some, depth)) if fixers[*number].plain.is_some() => {
                names.extend(some);
                levels = levels.max(depth);
            }
            _ => kinds.extend(looks_at.iter().copied()),
        }
    }
    automaton.watch(&kinds, &names);
    Some(levels)
}

/// Those of these nodes and of those at most so many levels above that are wanted, in the order
/// in which they were parsed.
fn with_above(
    tree: &Tree,
    nodes: &[NodeId],
    levels: usize,
    is_wanted: impl Fn(&NodeId) -> bool,
) -> Vec<NodeId> {
    let above = |node| std::iter::successors(Some(node), |one| tree.place(*one)).take(levels + 1);
    let mut all: Vec<NodeId> = nodes.iter().flat_map(|node| above(*node)).filter(is_wanted).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Worker {
    fn matches(&mut self, tree: &Tree, node: NodeId, scan: &mut Scan<'_>) -> Option<Found> {
        let mut asker = Asker { scan, pattern: self.pattern };
        match &mut self.fix {
            Some(fix) => fix.matches(tree, node, &mut asker),
            None => asker.ask(tree, node),
        }
    }

    fn transform(&mut self, tree: &mut Tree, found: &Found, file: &mut FileNotes) -> Outcome {
        let mut context = Context { file, own: &mut self.notes };
        match (&mut self.fix, self.plain) {
            (Some(fix), _) => fix.transform(tree, found.node, found, &mut context),
            (None, Some(transform)) => transform(tree, found.node, found, &mut context),
            (None, None) => Ok(None),
        }
    }
}

/// Puts what a fixer has made in the place of what it was given.
fn put(tree: &mut Tree, node: NodeId, new: NodeId) -> Result<(), Trouble> {
    let is_done = tree.replace(node, &[new]);
    if is_done { Ok(()) } else { Err(Trouble::new("a fixer replaced a node that hangs nowhere")) }
}
