//! What the pass over the tree hands to the resolution of names.
//!
//! Apart, because both steps speak of it and neither should need the other.

use rustc_hash::FxHashMap;
use spacetime_syntax::NodeId;

use super::dynamic::Suspicions;
use super::model::ScopeId;
use super::tables::{EntryId, Tables};

/// Where a node stands: its scope, and whether it is ever evaluated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place(u32);

impl Place {
    pub const UNKNOWN: Self = Self(u32::MAX);
    const UNEVALUATED: u32 = 1 << 31;

    pub fn new(scope: ScopeId) -> Self {
        Self(scope.index() as u32)
    }

    pub fn unevaluated(self) -> Self {
        Self(self.0 | Self::UNEVALUATED)
    }

    pub fn scope(self) -> ScopeId {
        ScopeId::from_index((self.0 & !Self::UNEVALUATED) as usize)
    }

    pub fn is_unevaluated(self) -> bool {
        self.0 & Self::UNEVALUATED != 0
    }
}

/// What a node does with the name that it mentions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Use,
    Bind,
    Delete,
    Declare,
}

/// Everything the pass finds.
pub(super) struct Collected<'m> {
    pub tables: Tables<'m>,
    pub places: Vec<Place>,
    pub entry_of: Vec<Option<EntryId>>,
    pub own: FxHashMap<NodeId, ScopeId>,
    pub deeds: Vec<(NodeId, EntryId, Deed)>,
    pub suspicions: Suspicions,
    pub star_import: bool,
}
