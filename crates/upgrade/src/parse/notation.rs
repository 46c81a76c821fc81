//! Reads the notation of the grammar files, and makes an automaton of each rule.
//!
//! The head of `python.grammar` explains the notation. All of this is about our
//! own two files, so a mistake in them is a panic that the tests find.

use rustc_hash::FxHashMap;

use super::label::{self, Label};
use crate::kind::Kind;

/// What a rule asks for next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Token(Label),
    Symbol(Kind),
}

/// A deterministic automaton: a rule's states, the first one to start in.
#[derive(Clone, Debug)]
pub struct Rule {
    pub symbol: Kind,
    pub states: Vec<State>,
}

#[derive(Clone, Debug, Default)]
pub struct State {
    pub arcs: Vec<(Step, usize)>,
    pub accepts: bool,
}

/// The rules of several files; a rule replaces one of the same name before it.
pub fn rules(files: &[&str]) -> Vec<Rule> {
    let mut texts: FxHashMap<String, (Vec<String>, Vec<String>)> = FxHashMap::default();
    let mut order = Vec::new();
    for (name, parameters, body) in files.iter().flat_map(|file| definitions(file)) {
        if !name.starts_with('$') && !texts.contains_key(&name) {
            order.push(name.clone());
        }
        texts.insert(name, (parameters, body));
    }
    let automaton = |name: &String| {
        let mut graph = Graph { definitions: &texts, edges: Vec::new() };
        let (start, end) = (graph.node(), graph.node());
        graph.definition(name, &[], start, end);
        Rule { symbol: known(Kind::named(name), name), states: graph.determined(start, end) }
    };
    order.iter().map(automaton).collect()
}

#[expect(clippy::panic, reason = "the grammar is ours: a mistake in it is one in the program")]
fn known<T>(found: Option<T>, word: &str) -> T {
    found.unwrap_or_else(|| panic!("the grammar does not know `{word}`"))
}

/// Name, parameters and words of each definition of a file.
fn definitions(file: &str) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>, Vec<String>)> = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let continues = line.starts_with(' ');
        if let (true, Some((_, _, body))) = (continues, found.last_mut()) {
            body.extend(words(line));
            continue;
        }
        let (head, body) = known(line.split_once(" = "), line);
        let mut head = words(head).into_iter();
        let name = known(head.next(), line).trim_end_matches('(').to_owned();
        let parameters = head.filter(|word| ![")", ","].contains(&word.as_str())).collect();
        found.push((name, parameters, words(body)));
    }
    found
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == '$';
        let len = match first {
            '\'' => 2 + known(rest[1..].find('\''), line),
            _ if is_part(first) => rest.find(|char| !is_part(char)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        // A parenthesis belongs to a definition only right behind its name.
        let called = first == '$' && rest[len..].starts_with('(');
        let len = len + usize::from(called);
        words.push(rest[..len].to_owned());
        rest = rest[len..].trim_start();
    }
    words
}

/// An automaton that may have several ways to go; a node is a number.
struct Graph<'d> {
    definitions: &'d FxHashMap<String, (Vec<String>, Vec<String>)>,
    edges: Vec<Vec<(Option<Step>, usize)>>,
}

/// Words that are being read, and what parameters stand for.
struct Reading<'w> {
    words: &'w [String],
    at: usize,
    bound: &'w [(String, Vec<String>)],
}

impl Reading<'_> {
    fn next_is(&self, word: &str) -> bool {
        self.words.get(self.at).is_some_and(|one| one == word)
    }

    fn take(&mut self, word: &str) -> bool {
        let is = self.next_is(word);
        self.at += usize::from(is);
        is
    }

    fn ends(&self) -> bool {
        self.at == self.words.len() || ["|", ")", "]", "}"].iter().any(|word| self.next_is(word))
    }
}

impl Graph<'_> {
    fn node(&mut self) -> usize {
        self.edges.push(Vec::new());
        self.edges.len() - 1
    }

    fn edge(&mut self, from: usize, step: Option<Step>, to: usize) {
        self.edges[from].push((step, to));
    }

    fn definition(&mut self, name: &str, arguments: &[Vec<String>], from: usize, to: usize) {
        let (parameters, body) = known(self.definitions.get(name), name);
        let bound: Vec<_> = parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
        self.alternatives(&mut Reading { words: body, at: 0, bound: &bound }, from, to);
    }

    fn alternatives(&mut self, reading: &mut Reading<'_>, from: usize, to: usize) {
        loop {
            let mut at = from;
            while !reading.ends() {
                let next = self.node();
                self.separated(reading, at, next);
                at = next;
            }
            self.edge(at, None, to);
            if !reading.take("|") {
                return;
            }
        }
    }

    /// `x` or `x ~ y`.
    fn separated(&mut self, reading: &mut Reading<'_>, from: usize, to: usize) {
        let (start, end) = (self.node(), self.node());
        self.edge(from, None, start);
        self.single(reading, start, end);
        self.edge(end, None, to);
        if reading.take("~") {
            self.single(reading, end, start);
        }
    }

    fn single(&mut self, reading: &mut Reading<'_>, from: usize, to: usize) {
        let word = known(reading.words.get(reading.at), "the end of a rule").as_str();
        reading.at += 1;
        match word {
            "(" => {
                self.alternatives(reading, from, to);
                reading.take(")");
            }
            "[" => {
                self.alternatives(reading, from, to);
                self.edge(from, None, to);
                reading.take("]");
            }
            "{" => {
                let middle = self.node();
                self.edge(from, None, middle);
                self.alternatives(reading, middle, middle);
                self.edge(middle, None, to);
                reading.take("}");
            }
            _ if word.starts_with('$') => {
                let arguments = if word.ends_with('(') { arguments(reading) } else { Vec::new() };
                self.definition(word.trim_end_matches('('), &arguments, from, to);
            }
            _ => self.word(word, reading, from, to),
        }
    }

    fn word(&mut self, word: &str, reading: &Reading<'_>, from: usize, to: usize) {
        if let Some((_, words)) = reading.bound.iter().find(|(name, _)| name == word) {
            self.alternatives(&mut Reading { words, at: 0, bound: &[] }, from, to);
        } else if let Some(text) = word.strip_prefix('\'') {
            let label = known(label::quoted(text.trim_end_matches('\'')), word);
            self.edge(from, Some(Step::Token(label)), to);
        } else if let Some(label) = label::named(word) {
            self.edge(from, Some(Step::Token(label)), to);
        } else {
            self.edge(from, Some(Step::Symbol(known(Kind::named(word), word))), to);
        }
    }

    /// The nodes that can be reached without a step, sorted.
    fn closure(&self, mut nodes: Vec<usize>) -> Vec<usize> {
        let mut at = 0;
        while at < nodes.len() {
            for (step, to) in &self.edges[nodes[at]] {
                if step.is_none() && !nodes.contains(to) {
                    nodes.push(*to);
                }
            }
            at += 1;
        }
        nodes.sort_unstable();
        nodes
    }

    /// One way to go for each step: states are sets of nodes.
    fn determined(&self, start: usize, end: usize) -> Vec<State> {
        let mut sets = vec![self.closure(vec![start])];
        let mut states = Vec::new();
        while states.len() < sets.len() {
            let set = &sets[states.len()];
            let mut arcs: Vec<(Step, Vec<usize>)> = Vec::new();
            for (step, to) in set.iter().flat_map(|node| &self.edges[*node]) {
                let Some(step) = step else { continue };
                match arcs.iter_mut().find(|(other, _)| other == step) {
                    Some((_, nodes)) if nodes.contains(to) => {}
                    Some((_, nodes)) => nodes.push(*to),
                    None => arcs.push((*step, vec![*to])),
                }
            }
            let accepts = set.contains(&end);
            let arcs = arcs.into_iter().map(|(step, nodes)| {
                let nodes = self.closure(nodes);
                let known = sets.iter().position(|set| *set == nodes);
                let to = known.unwrap_or_else(|| {
                    sets.push(nodes);
                    sets.len() - 1
                });
                (step, to)
            });
            let arcs = arcs.collect();
            states.push(State { arcs, accepts });
        }
        merged(states)
    }
}

/// States that do the same become one.
fn merged(mut states: Vec<State>) -> Vec<State> {
    for state in &mut states {
        state.arcs.sort_unstable();
    }
    let twin = |states: &[State]| {
        (0..states.len()).find_map(|late| {
            let same = |early: &usize| {
                states[*early].accepts == states[late].accepts && states[*early].arcs == states[late].arcs
            };
            (0..late).find(same).map(|early| (early, late))
        })
    };
    while let Some((early, late)) = twin(&states) {
        states.remove(late);
        for (_, to) in states.iter_mut().flat_map(|state| &mut state.arcs) {
            *to = if *to == late { early } else { *to - usize::from(*to > late) };
        }
    }
    states
}

/// The words of each argument in `(a, b)`; names of definitions around are put in.
fn arguments(reading: &mut Reading<'_>) -> Vec<Vec<String>> {
    let mut arguments = Vec::new();
    let (mut depth, mut words) = (0, Vec::new());
    while let Some(word) = reading.words.get(reading.at) {
        reading.at += 1;
        match word.as_str() {
            ")" if depth == 0 => break,
            "," if depth == 0 => {
                arguments.push(std::mem::take(&mut words));
                continue;
            }
            ")" => depth -= 1,
            opening => depth += i32::from(opening.ends_with('(')),
        }
        match reading.bound.iter().find(|(name, _)| name == word) {
            Some((_, bound)) => words.extend(bound.iter().cloned()),
            None => words.push(word.clone()),
        }
    }
    arguments.push(words);
    arguments
}
