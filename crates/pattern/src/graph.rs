//! The automaton as a picture: states, transitions, and the patterns that a
//! state completes, in the language of Graphviz.
//!
//! The automaton is made as it is needed, so the picture shows what the scans
//! so far have met. Boxes are states of nodes. For each kind there is a
//! cluster: its circles are states of reading a list of children, from right to
//! left; a dashed arrow leads from the end of reading to the node's own state.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::automaton::Automaton;
use crate::automaton::cache::{Cache, Tables};
use crate::automaton::class::Class;
use crate::automaton::table::SetId;
use crate::pattern::Label;
use crate::{Kind, PatternSet};

/// More than this, and the rest is only counted.
const SHOWN: usize = 6;

/// How what is in a picture is called.
#[derive(Clone, Copy)]
pub struct Titles<'a> {
    /// Of a pattern, by its number in the set.
    pub pattern: &'a dyn Fn(usize) -> String,
    pub kind: &'a dyn Fn(Kind) -> String,
}

impl std::fmt::Debug for Titles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Titles")
    }
}

impl PatternSet {
    /// What one thread has computed of the automaton, in the DOT language.
    pub fn to_dot(&self, titles: Titles<'_>) -> String {
        let cache = self.take_cache();
        let graph = Graph { automaton: &self.automaton, cache: &cache, titles };
        let mut out = String::from("digraph patterns {\n  rankdir=LR;\n  node [fontname=\"monospace\"];\n");
        graph.states(&mut out);
        for number in 0..self.automaton.classes.len() {
            graph.class(number, &mut out);
        }
        out.push_str("}\n");
        self.give_back(cache);
        out
    }
}

struct Graph<'a> {
    automaton: &'a Automaton,
    cache: &'a Cache,
    titles: Titles<'a>,
}

impl Graph<'_> {
    /// The states of nodes; those that complete patterns have two borders.
    fn states(&self, out: &mut String) {
        for state in 1..=self.cache.sets.len() as SetId {
            let complete = self.cache.complete(state);
            let titles: Vec<_> =
                complete.iter().map(|pattern| (self.titles.pattern)(*pattern as usize)).collect();
            let borders = if complete.is_empty() { 1 } else { 2 };
            let label = quoted(&format!("{state}\n{}", shortened(&titles)));
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  n{state} [shape=box, peripheries={borders}, label={label}];");
        }
    }

    fn class(&self, number: usize, out: &mut String) {
        let (class, tables) = (&self.automaton.classes[number], &self.cache.classes[number]);
        if tables.initial == 0 {
            return;
        }
        let kind = self.automaton.kind(number).map_or_else(|| "other kinds".to_owned(), self.titles.kind);
        let _ = writeln!(out, "  subgraph cluster_{number} {{\n    label={};", quoted(&kind));
        for state in 1..=tables.states.len() {
            let _ = writeln!(out, "    c{number}_{state} [shape=circle, label=\"{state}\"];");
        }
        for (from, symbol, to) in tables.steps.all() {
            let letters = self.letters(class, tables, symbol);
            let _ = writeln!(out, "    c{number}_{from} -> c{number}_{to} [label={}];", quoted(&letters));
        }
        out.push_str("  }\n");
        // Labels that lead to the same state share an arrow.
        let mut ends: BTreeMap<(SetId, SetId), Vec<String>> = BTreeMap::new();
        for (from, column, state) in tables.results.iter() {
            ends.entry((from, state)).or_default().push(self.label(class, column / 2));
        }
        for ((from, state), labels) in ends {
            let labels = quoted(&shortened(&labels));
            let _ = writeln!(out, "  c{number}_{from} -> n{state} [style=dashed, label={labels}];");
        }
    }

    fn letters(&self, class: &Class, tables: &Tables, symbol: SetId) -> String {
        let tests = tables.symbols.get(symbol).iter().map(|letter| {
            let letter = class.letters[*letter as usize];
            let role = letter.role.map_or_else(String::new, |role| format!("@{role}"));
            format!("{}{role}", self.test(letter.test))
        });
        let tests: Vec<_> = tests.collect();
        if tests.is_empty() { "else".to_owned() } else { shortened(&tests) }
    }

    /// A test in the way in which patterns are written.
    fn test(&self, number: u32) -> String {
        let node = &self.automaton.tests[number as usize];
        let mut text = match (node.test.kind, &node.test.label) {
            (_, Label::Is(Some(text))) => format!("{text:?}"),
            (Some(kind), _) => (self.titles.kind)(kind),
            (None, Label::Some) => "TOKEN".to_owned(),
            (None, _) => "any".to_owned(),
        };
        if let Some(program) = node.inside {
            let _ = write!(text, "<{program}>");
        }
        text
    }

    fn label(&self, class: &Class, column: u32) -> String {
        let named =
            class.tests.iter().find_map(|test| match &self.automaton.tests[*test as usize].test.label {
                Label::Is(Some(text))
                    if class.label_holds(&Label::Is(Some(text.clone())), column, &self.automaton.texts) =>
                {
                    Some(format!("{text:?}"))
                }
                _ => None,
            });
        named.unwrap_or_else(|| if column == 0 { String::new() } else { "other text".to_owned() })
    }
}

fn shortened(all: &[String]) -> String {
    let shown = all[..all.len().min(SHOWN)].join("\n");
    if all.len() > SHOWN { format!("{shown}\nand {} more", all.len() - SHOWN) } else { shown }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
