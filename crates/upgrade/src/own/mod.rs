//! Fixers that users write: a pattern in the notation of 2to3, and a template.
//!
//! ```text
//! name = "getlogger"
//! pattern = "power< 'mylog' trailer< '.' 'get' > trailer< '(' name=any ')' > rest=any* >"
//! replace = "logging.getLogger($name)$rest"
//! ```
//!
//! They become [`Fixer`]s like those of 2to3, which live as long as the process:
//! each definition is kept once, however often it is asked for.

mod build;
mod template;

use std::sync::{LazyLock, Mutex, PoisonError};

use crate::context::Context;
use crate::fixer::{Fix, Fixer, MakeFix, Outcome};
use crate::found::{Found, parse_pattern};
use crate::tree::{NodeId, Tree};
use template::{Template, names_in};

/// What a user says of a fixer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnFixer {
    /// The word after `-f`.
    pub name: String,
    /// In the notation of 2to3.
    pub pattern: String,
    /// An expression or a simple statement of Python 3, with `$name` where what
    /// the pattern calls so is to stand. Without it there is only the message.
    pub replace: Option<String>,
    /// Said for each match; may have `$name` in it, too.
    pub message: Option<String>,
    /// `import a.b` or `from a import b`: added where something was replaced.
    pub imports: Vec<String>,
    /// Off unless it is named.
    pub explicit: bool,
    /// When its turn comes; those of 2to3 have 5, most of them. From 0 to 255.
    pub order: u8,
}

/// The part of a definition that something is wrong with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Pattern,
    Replace,
    Message,
    /// The import of this number.
    Import(usize),
}

/// What is wrong with a definition, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OwnError {
    pub part: Part,
    /// Where in the text of that part, in bytes.
    pub at: usize,
    pub message: String,
}

impl OwnError {
    fn new(part: Part, at: usize, message: impl Into<String>) -> Self {
        Self { part, at, message: message.into() }
    }
}

/// A definition that has been read.
#[derive(Debug)]
struct Own {
    template: Option<Template>,
    message: Option<String>,
    imports: Vec<(Option<String>, String)>,
}

/// All definitions that were ever asked for.
static KNOWN: LazyLock<Mutex<Vec<(OwnFixer, &'static Fixer)>>> = LazyLock::new(Mutex::default);

impl OwnFixer {
    /// A fixer with a pattern and a template.
    pub fn new(name: &str, pattern: &str, replace: &str) -> Self {
        Self {
            name: name.to_owned(),
            pattern: pattern.to_owned(),
            replace: Some(replace.to_owned()),
            order: 5,
            ..Self::default()
        }
    }

    /// The fixer, to be run like those in [`crate::fixers::ALL`].
    pub fn fixer(&self) -> Result<&'static Fixer, OwnError> {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, fixer)) = known.iter().find(|(definition, _)| definition == self) {
            return Ok(fixer);
        }
        let own = self.read()?;
        let leak = |text: &str| -> &'static str { Box::leak(text.into()) };
        let (name, pattern) = (leak(&self.name), leak(&self.pattern));
        let fixer = Fixer {
            run_order: self.order,
            explicit: self.explicit,
            own: Some(Box::leak(Box::new(own))),
            plain: None,
            ..Fixer::plain(name, pattern, |_, _, _, _| Ok(None))
        };
        let fixer: &'static Fixer = Box::leak(Box::new(fixer));
        known.push((self.clone(), fixer));
        Ok(fixer)
    }

    fn read(&self) -> Result<Own, OwnError> {
        let is_word = |char: char| char == '_' || char.is_ascii_alphanumeric();
        if self.name.is_empty() || !self.name.chars().all(is_word) || self.name == "all" {
            let message =
                format!("`{}` is no name for a fixer: letters, digits and `_`, but not `all`", self.name);
            return Err(OwnError::new(Part::Name, 0, message));
        }
        let pattern = parse_pattern(&self.pattern).map_err(|error| {
            let message = format!("the pattern cannot be read: {error}");
            OwnError::new(Part::Pattern, error.place().unwrap_or(0), message)
        })?;
        if crate::order::Automaton::new([Some(self.pattern.as_str())]).is_err() {
            let message = "the pattern cannot be looked for from below: something in it has to be there once at \
                           least, and repeats with bounds (`{1,2}`) cannot be used";
            return Err(OwnError::new(Part::Pattern, 0, message));
        }
        let bound: Vec<&str> = pattern.names().collect();
        let template = self.replace.as_deref().map(Template::read).transpose()?;
        let needed = template.iter().flat_map(Template::names).map(|name| (Part::Replace, name));
        let said = self.message.iter().flat_map(|text| names_in(text)).map(|(_, name)| (Part::Message, name));
        if let Some((part, name)) = needed.chain(said).find(|(_, name)| !bound.contains(name)) {
            let text = if part == Part::Replace { &self.replace } else { &self.message };
            let mut places = text.iter().flat_map(|text| names_in(text));
            let at = places.find(|(_, other)| *other == name).map_or(0, |(at, _)| at);
            let known = if bound.is_empty() { "none".to_owned() } else { bound.join(", ") };
            let message = format!("`${name}` is not bound by the pattern; bound are: {known}");
            return Err(OwnError::new(part, at, message));
        }
        if template.is_none() && self.message.is_none() {
            let message = "there is nothing to be done: say what to `replace` it with, or a `message`";
            return Err(OwnError::new(Part::Pattern, 0, message));
        }
        let imports = self.imports.iter().enumerate();
        let imports = imports.map(|(at, text)| {
            read_import(text).ok_or_else(|| {
                let message = format!("`{text}` is no import: write `import a.b` or `from a import b`");
                OwnError::new(Part::Import(at), 0, message)
            })
        });
        let imports = imports.collect::<Result<_, _>>()?;
        Ok(Own { template, message: self.message.clone(), imports })
    }
}

/// `import a.b` as nothing and `a.b`, `from a import b` as `a` and `b`.
fn read_import(text: &str) -> Option<(Option<String>, String)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_name = |name: &str| {
        let starts = name.starts_with(|first: char| first == '_' || first.is_alphabetic());
        starts && name.chars().all(|char| char == '_' || char.is_alphanumeric())
    };
    let is_module = |name: &str| name.split('.').all(is_name);
    match words[..] {
        ["import", module] if is_module(module) => Some((None, module.to_owned())),
        ["from", module, "import", name] if is_module(module) && is_name(name) => {
            Some((Some(module.to_owned()), name.to_owned()))
        }
        _ => None,
    }
}

/// A user's fixer at work.
struct Run(&'static Own);

impl MakeFix for Own {
    fn make(&'static self) -> Box<dyn Fix> {
        Box::new(Run(self))
    }
}

impl Fix for Run {
    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        let own = self.0;
        if let Some(message) = &own.message {
            let mut said = message.clone();
            for (at, name) in names_in(message).into_iter().rev() {
                let text: String = found.many(name).iter().map(|one| tree.text(*one)).collect();
                let start = message[..at]
                    .rfind(|char| char != '$')
                    .map_or(0, |last| last + message[last..].chars().next().map_or(1, char::len_utf8));
                said.replace_range(start..at + name.len(), text.trim());
            }
            cx.warning(tree, node, &said);
        }
        let Some(template) = &own.template else { return Ok(None) };
        let Some(new) = build::build(tree, node, found, template)? else {
            cx.cannot_convert(tree, node, Some("A statement cannot stand here"));
            return Ok(None);
        };
        for (package, name) in &own.imports {
            cx.touch_import(tree, package.as_deref(), name, node);
        }
        Ok(Some(new))
    }
}
