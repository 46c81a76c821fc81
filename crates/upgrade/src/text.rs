//! From text to text: whole files, and the examples in docstrings.

use std::collections::BTreeSet;

use spacetime_text::python_lines_with_ends;

use crate::context::FileNotes;
use crate::parse::{Dialect, ParseError, Parsed, parse_example, parse_in};
use crate::refactor::{Bench, Refactoring};
use crate::tree::Tree;
use crate::trouble::Trouble;

/// What became of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refactored {
    pub text: String,
    /// Whether 2to3 takes it for changed, which it also does where a fixer has
    /// put something in the place of its like.
    pub is_changed: bool,
    /// What the fixers had to say.
    pub log: Vec<String>,
    /// What it imports from `__future__`.
    pub features: BTreeSet<String>,
}

/// Why nothing became of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It cannot be parsed, in lib2to3's words.
    #[error("{0}")]
    Parse(#[from] Box<ParseError>),
    #[error("{0}")]
    Fixer(#[from] Trouble),
}

/// What became of the examples in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doctests {
    pub text: String,
    pub log: Vec<String>,
    pub errors: Vec<DoctestError>,
}

/// An example that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctestError {
    pub message: String,
    /// The number of its first line, from 1.
    pub line: usize,
    /// Its lines.
    pub source: Vec<String>,
    pub why: Failure,
}

const FIRST: &str = ">>> ";
const NEXT: &str = "... ";

/// Lines of an example, and the blanks before each of them.
struct Block<'t> {
    lines: Vec<&'t str>,
    /// The number of the first line, from 1.
    number: usize,
    indent: &'t str,
}

impl Refactoring {
    /// Runs the fixers over a text; `name` is for messages, and for `fix_import`.
    ///
    /// The last line of the text should end with a newline.
    pub fn refactor_text(&self, text: &str, name: &str, dialect: Dialect) -> Result<Refactored, Failure> {
        if let Some(done) = self.refactor_in_pieces(text, name, dialect) {
            return Ok(done);
        }
        let mut bench = self.take_bench();
        let mut spare = bench.tree.take().unwrap_or_else(Tree::empty);
        let mut source = spare.take_source();
        source.push_str(text);
        let result = match parse_in(spare, source, dialect) {
            Ok(parsed) => self.refactor_parsed(&mut bench, parsed, name),
            Err(error) => Err(error.into()),
        };
        self.give_back(bench, text.len());
        result
    }

    fn refactor_parsed(&self, bench: &mut Bench, parsed: Parsed, name: &str) -> Result<Refactored, Failure> {
        let Parsed { mut tree, features, beyond } = parsed;
        let mut notes = FileNotes::new(name, features);
        notes.is_beyond = beyond.is_some();
        notes.corrects = self.corrects;
        let done = self.run_on(bench, &mut tree, &mut notes, &mut |_| ());
        let (root, is_changed) = (tree.root(), tree.was_changed(tree.root()));
        let text = if tree.is_still_its_source() { tree.source().to_owned() } else { tree.text(root) };
        bench.tree = Some(tree);
        done?;
        let FileNotes { log, features, .. } = notes;
        Ok(Refactored { text, is_changed, log, features })
    }

    /// Runs the fixers over each example in a text, wherever it stands.
    pub fn refactor_doctests(&self, text: &str, name: &str, dialect: Dialect) -> Doctests {
        let mut result = Doctests::default();
        let mut block: Option<Block<'_>> = None;
        for (at, line) in python_lines_with_ends(text).into_iter().enumerate() {
            if line.trim_start_matches(is_python_space).starts_with(FIRST) {
                self.end(block.take(), name, dialect, &mut result);
                let indent = &line[..line.find(FIRST).unwrap_or(0)];
                block = Some(Block { lines: vec![line], number: at + 1, indent });
            } else if let Some(open) = block.as_mut().filter(|open| open.is_continued_by(line)) {
                open.lines.push(line);
            } else {
                self.end(block.take(), name, dialect, &mut result);
                result.text.push_str(line);
            }
        }
        self.end(block, name, dialect, &mut result);
        result
    }

    /// Writes what becomes of a block.
    fn end(&self, block: Option<Block<'_>>, name: &str, dialect: Dialect, result: &mut Doctests) {
        let Some(block) = block else { return };
        match self.refactor_block(&block, name, dialect) {
            Ok(done) => {
                result.log.extend(done.log);
                result.text.push_str(&done.text);
            }
            Err(why) => {
                let message = format!("Can't parse docstring in {name} line {}: {why}", block.number);
                let source = block.lines.iter().map(|line| line.trim_end_matches('\n').to_owned());
                result.errors.push(DoctestError {
                    message,
                    line: block.number,
                    source: source.collect(),
                    why,
                });
                result.text.push_str(&block.lines.concat());
            }
        }
    }

    fn refactor_block(&self, block: &Block<'_>, name: &str, dialect: Dialect) -> Result<Refactored, Failure> {
        // Empty lines before it give its lines the numbers that they have in the file.
        let before = block.number - 1;
        let code = "\n".repeat(before) + &block.code();
        let parsed = parse_example(code, dialect).map_err(|mut error| {
            as_in_block(&mut error, before);
            error
        })?;
        let mut bench = self.take_bench();
        let done = self.refactor_parsed(&mut bench, parsed, name);
        self.give_back(bench, block.lines.iter().map(|line| line.len()).sum());
        let done = done?;
        if !done.is_changed {
            return Ok(Refactored { text: block.lines.concat(), ..done });
        }
        let mut lines = python_lines_with_ends(&done.text);
        if lines.len() <= before || lines[..before].iter().any(|line| *line != "\n") {
            return Err(Trouble::new("a fixer put something before the example").into());
        }
        lines.drain(..before);
        let mut text = String::new();
        for (at, line) in lines.iter().enumerate() {
            text.push_str(block.indent);
            text.push_str(if at == 0 { FIRST } else { NEXT });
            text.push_str(line);
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(Refactored { text, ..done })
    }
}

/// lib2to3 counts lines in the file, but its tokenizer counts those of the block.
fn as_in_block(error: &mut ParseError, before: usize) {
    if let ParseError::End { line, .. } | ParseError::Indentation { line } = error {
        *line -= before;
    }
}

impl Block<'_> {
    fn is_continued_by(&self, line: &str) -> bool {
        let Some(rest) = line.strip_prefix(self.indent) else { return false };
        rest.starts_with(NEXT) || rest == "...\n"
    }

    /// The lines without what marks them as lines of an example.
    fn code(&self) -> String {
        let mut code = String::new();
        for line in &self.lines {
            let is_bare = line.len() == self.indent.len() + NEXT.len() && line.ends_with("...\n");
            code.push_str(if is_bare { "\n" } else { &line[self.indent.len() + FIRST.len()..] });
        }
        code
    }
}

/// What `str.lstrip` takes away.
fn is_python_space(char: char) -> bool {
    char.is_whitespace() || ('\x1c'..='\x1f').contains(&char)
}
