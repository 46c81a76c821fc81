//! The contract between fixers and who runs them.
//!
//! A fixer is one file in `fixers/` with one `pub static FIXER: Fixer`. Most
//! are a pattern and a function:
//!
//! ```text
//! pub static FIXER: Fixer = Fixer::plain("raw_input", "power< name='raw_input' … >", transform);
//!
//! fn transform(tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
//!     …
//!     Ok(None) // or Ok(Some(new)): the driver puts `new` in the place of `node`
//! }
//! ```
//!
//! What the fixer of 2to3 said of itself is said with the fields:
//! `Fixer { run_order: 6, keep_line_order: true, ..Fixer::plain(…) }`. Fixers
//! that know something about the file they are in implement [`Fix`], and one
//! value is made for each file.

use crate::context::Context;
use crate::found::{Asker, Found};
use crate::kind::Kind;
use crate::tree::{NodeId, Tree};
pub use crate::trouble::Trouble;

/// One fixer: what it looks for, when its turn comes, and what it does.
#[derive(Clone, Copy)]
pub struct Fixer {
    /// As 2to3 called it: the word after `-f`.
    pub name: &'static str,
    pub wanted: Wanted,
    pub order: Order,
    /// Lower ones come first; of equal ones the order is that of the names.
    pub run_order: u8,
    /// Off unless it is named.
    pub explicit: bool,
    /// Its matches are worked on in the order of lines instead of the deepest first.
    pub keep_line_order: bool,
    /// Found by walking the tree, before all fixers that the automaton serves.
    pub traversal: bool,
    /// Makes the fixer for one file.
    pub make: fn() -> Box<dyn Fix>,
    /// What it does, if that needs no state.
    pub plain: Option<Transform>,
    /// What a user has written.
    pub(crate) own: Option<&'static dyn MakeFix>,
    /// What it looks for is a name of Python's own, at the head of the match:
    /// with `--beyond` it is left alone where the file means something else by it.
    pub builtin: bool,
    /// With `--beyond`: what it puts right before any fixer has its turn.
    pub first: Option<Sweep>,
    /// With `--beyond`: what it puts right when all fixers have had theirs.
    pub last: Option<Sweep>,
}

/// What a fixer looks for.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// A pattern in the notation of 2to3.
    Pattern(&'static str),
    /// A pattern that is put together from tables.
    Built(fn() -> String),
    /// Every node of a kind; [`Fix::matches`] says which.
    Kind(Kind),
}

/// `Pre` puts a fixer behind all that are `Post`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    Post,
    Pre,
}

/// A node for the place of the one that matched, or nothing: then the fixer
/// has changed the tree itself, or left it.
pub type Outcome = Result<Option<NodeId>, Trouble>;

/// What a fixer does with a match.
pub type Transform = fn(&mut Tree, NodeId, &Found, &mut Context<'_>) -> Outcome;

/// What a fixer does with a whole file.
pub type Sweep = fn(&mut Tree, &mut Context<'_>);

/// A fixer at work on one file, or on one piece of a large one after the other.
///
/// What has been asked of the tree through its public methods is noted, and a fixer that looked beyond its
/// piece gets the whole file. That is not seen of what a fixer remembers by itself: one that keeps
/// something from one `transform` to the next calls `Tree::leave_piece` where that matters, and forgets
/// nodes in `start`, whose numbers are used again.
pub trait Fix {
    /// Before anything is changed.
    fn start(&mut self, _tree: &mut Tree, _cx: &mut Context<'_>) {}

    /// Whether the node is one for this fixer; `asker` knows its pattern.
    fn matches(&mut self, tree: &Tree, node: NodeId, asker: &mut Asker<'_, '_>) -> Option<Found> {
        asker.ask(tree, node)
    }

    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome;

    /// After all fixers have done their work.
    fn finish(&mut self, _tree: &mut Tree, _cx: &mut Context<'_>) {}
}

/// What makes a fixer for each file, and knows something itself.
pub(crate) trait MakeFix: Sync {
    fn make(&'static self) -> Box<dyn Fix>;
}

/// What stands for a fixer without state.
struct Plain(Transform);

impl Fix for Plain {
    fn transform(&mut self, tree: &mut Tree, node: NodeId, found: &Found, cx: &mut Context<'_>) -> Outcome {
        (self.0)(tree, node, found, cx)
    }
}

/// Stands in `make` of a plain fixer, which is never called.
fn nothing() -> Box<dyn Fix> {
    Box::new(Plain(|_, _, _, _| Ok(None)))
}

impl Fixer {
    /// A fixer that knows nothing but its match.
    pub const fn plain(name: &'static str, pattern: &'static str, transform: Transform) -> Self {
        let fixer = Self::with_state(name, Wanted::Pattern(pattern), nothing);
        Self { plain: Some(transform), ..fixer }
    }

    /// A fixer of which one value is made for each file.
    pub const fn with_state(name: &'static str, wanted: Wanted, make: fn() -> Box<dyn Fix>) -> Self {
        Self {
            name,
            wanted,
            order: Order::Post,
            run_order: 5,
            explicit: false,
            keep_line_order: false,
            traversal: false,
            make,
            plain: None,
            own: None,
            builtin: false,
            first: None,
            last: None,
        }
    }

    /// The fixer for one more file.
    pub fn for_file(&self) -> Box<dyn Fix> {
        match (self.own, self.plain) {
            (Some(own), _) => own.make(),
            (None, Some(transform)) => Box::new(Plain(transform)),
            (None, None) => (self.make)(),
        }
    }

    /// The pattern, if there is one.
    pub fn pattern(&self) -> Option<String> {
        match self.wanted {
            Wanted::Pattern(text) => Some(text.to_owned()),
            Wanted::Built(build) => Some(build()),
            Wanted::Kind(_) => None,
        }
    }
}

impl std::fmt::Debug for Fixer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Fixer").field(&self.name).finish()
    }
}
