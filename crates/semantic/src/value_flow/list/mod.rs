//! All expressions of the module that may be one list, or one of the lists in a
//! dictionary, from the one that makes it through variables, arguments, results,
//! attributes.
//!
//! Flow-insensitive: a variable that may hold the list counts wherever it is
//! used. So what is found is more than what happens, never less.

mod askers;
mod conditions;
mod dicts;
mod groups;
mod journey;
mod key_views;
mod lists;
mod moves;
mod nested;
mod parts;
mod renewed;
mod set_algebra;
mod sets;

use rustc_hash::FxHashSet;
use spacetime_syntax::NodeId;

pub use self::journey::Journey;
use self::nested::Around;
use self::parts::Parts;
use crate::scope::SymbolId;
use crate::{Doubt, Model};

/// How an expression holds the lists that are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Shape {
    /// It is one of them.
    List,
    /// A dictionary whose values they are.
    Groups,
    /// An iterable of pairs of a key and a list.
    Pairs,
    /// An iterable of them.
    Lists,
    /// An iterable of tuples with one of them at that place.
    Rows(u8),
    /// It is a set; nothing else is followed then, or the dictionary whose keys are in it.
    Set,
    /// It is a dictionary, whose values may be anything.
    Dict,
    /// What walks such a dictionary, at that depth of its values.
    View(u8),
    /// A container of containers of them: see [`nested`].
    Nest(u8),
}

/// An expression of that shape, or a tuple with such a thing at that place.
type Holder = (Shape, Option<usize>);

impl Model<'_> {
    /// Follows the list that the expression at `site` makes, or that a default factory
    /// which stands there puts into a field.
    ///
    /// # Errors
    /// A doubt that says where the list gets out of sight, or what is done with
    /// it that only a list in memory can do (well).
    pub fn journey(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::List)
    }

    /// Follows the lists that are the values of the dictionary that the
    /// expression at `site` makes.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when the dictionary is used otherwise than
    /// by looking up lists in it and walking it.
    pub fn journey_of_groups(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Groups)
    }

    /// The same for sets. `made` are then the expressions that make them, but for those that
    /// the dictionary makes itself; `places` are those that may be such a set.
    ///
    /// # Errors
    /// As for [`Self::journey_of_groups`] and [`Self::journey_of_set`].
    pub fn journey_of_group_sets(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow_like(site, Shape::Groups, Shape::Set, false)
    }

    /// The same for dictionaries that are the values of another. `made` are then the expressions that make
    /// them, but for those that the dictionary makes itself; `counter` says that they are `Counter`s.
    ///
    /// # Errors
    /// As for [`Self::journey_of_groups`] and [`Self::journey_of_dict`].
    pub fn journey_of_group_dicts(&self, site: NodeId, counter: bool) -> Result<Journey, Doubt> {
        self.follow_like(site, Shape::Groups, Shape::Dict, counter)
    }

    /// Follows the lists that a factory makes for a field of a dataclass: one for each object, which may be
    /// in any container.
    ///
    /// # Errors
    /// The first way in which such a list may be seen or used that is not understood.
    pub fn journey_of_fields(&self, site: NodeId) -> Result<Journey, Doubt> {
        let field = self.factory_field(site).ok_or_else(|| Doubt::new("it is no field"))?;
        self.check_made_by_factory(field)?;
        let mut follow = self.follower(Shape::List, false, true);
        follow.kept(field.name, field.class, true, (Shape::List, None));
        follow.all()
    }

    /// Follows one of the lists that a `defaultdict(list)` at `site` makes.
    ///
    /// # Errors
    /// As for [`Self::journey`].
    pub fn journey_of_missing(&self, site: NodeId) -> Result<Journey, Doubt> {
        let mut follow = self.follower(Shape::List, false, true);
        follow.journey.gathered = true;
        follow.push(site, Shape::Groups);
        follow.all()
    }

    /// Follows the `deque` that the expression at `site` makes. Only what is named in `emptied` takes
    /// anything from it; it is never in another container, nor are its methods taken.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when more is done with it than filling, measuring and emptying it.
    pub fn journey_of_queue(&self, site: NodeId) -> Result<Journey, Doubt> {
        let mut follow = self.follower(Shape::List, false, true);
        follow.queue = true;
        follow.push(site, Shape::List);
        follow.all()
    }

    /// Follows the set that the expression at `site` makes. `walks` are then places
    /// that do not tell in which order it is walked, `sorted` calls of the builtin.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when the order of the set could be seen.
    pub fn journey_of_set(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Set)
    }

    /// Follows the dictionary that the expression at `site` makes. `added` are then the
    /// values that are stored in it, `values` what they are taken out by.
    ///
    /// # Errors
    /// As for [`Self::journey`]; and when somebody could tell it from one on disk.
    pub fn journey_of_dict(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow(site, Shape::Dict)
    }

    /// The same for a `collections.Counter`, which can be asked more. `extended` are then
    /// iterables whose items are counted.
    ///
    /// # Errors
    /// As for [`Self::journey_of_dict`].
    pub fn journey_of_counter(&self, site: NodeId) -> Result<Journey, Doubt> {
        self.follow_like(site, Shape::Dict, Shape::List, true)
    }

    fn follow(&self, site: NodeId, shape: Shape) -> Result<Journey, Doubt> {
        self.follow_like(site, shape, Shape::List, false)
    }

    fn follow_like(&self, site: NodeId, shape: Shape, inner: Shape, counter: bool) -> Result<Journey, Doubt> {
        let mut follow = self.follower(inner, counter, shape == Shape::List);
        follow.dict = (shape == Shape::Dict).then_some(site);
        match self.factory_field(site) {
            Some(field) => {
                self.made_by_factory(field)?;
                follow.kept(field.name, field.class, true, (shape, None));
            }
            None => follow.push(site, shape),
        }
        follow.all()
    }

    fn follower(&self, inner: Shape, counter: bool, alone: bool) -> Follow<'_, '_> {
        Follow {
            counter,
            queue: false,
            dict: None,
            inner,
            model: self,
            journey: Journey::default(),
            todo: Vec::new(),
            seen: FxHashSet::default(),
            symbols: FxHashSet::default(),
            attributes: FxHashSet::default(),
            containers: FxHashSet::default(),
            nests: Vec::new(),
            parted: Vec::new(),
            alone,
        }
    }
}

struct Follow<'a, 'm> {
    model: &'a Model<'m>,
    journey: Journey,
    todo: Vec<(NodeId, Holder)>,
    seen: FxHashSet<(NodeId, Holder)>,
    symbols: FxHashSet<(SymbolId, Holder)>,
    /// Attributes by their names, of objects of that class alone if one is given.
    attributes: FxHashSet<(String, Option<NodeId>, Holder)>,
    /// Variables of containers into which it is put.
    containers: FxHashSet<(SymbolId, Shape)>,
    /// The containers of containers, and what they hold.
    nests: Vec<(Around, Shape)>,
    /// Where parts of elements are taken, and what the elements have to be.
    parted: Vec<(NodeId, Parts)>,
    /// One list is followed, not those in a dictionary, nor a set.
    alone: bool,
    /// It is no list, but a `deque`.
    queue: bool,
    /// What makes the dictionary that is followed: sets are then made of its keys.
    dict: Option<NodeId>,
    /// The dictionary is a `Counter`.
    counter: bool,
    /// What the values of the dictionary are: lists, sets or dictionaries.
    inner: Shape,
}

type Step = Result<(), Doubt>;

impl Follow<'_, '_> {
    fn all(mut self) -> Result<Journey, Doubt> {
        while let Some((node, holder)) = self.todo.pop() {
            if self.seen.insert((node, holder)) {
                self.place(node, holder)?;
            }
        }
        self.check_parts()?;
        Ok(self.journey)
    }

    fn place(&mut self, node: NodeId, holder: Holder) -> Step {
        let used = self.model.use_across(node);
        if holder.0 == Shape::Set || self.inner == Shape::Set {
            self.check_set(node, used, holder.1)?;
        }
        if holder.0 == Shape::Dict || self.inner == Shape::Dict || self.queue {
            self.check_shown(node, used)?;
        }
        if self.queue {
            self.check_queue(node, used, holder)?;
        }
        if self.moves(node, used, holder)? {
            if matches!(holder, (Shape::List | Shape::Dict, None)) {
                self.journey.places.push(node);
            }
            return Ok(());
        }
        match holder {
            (shape, Some(part)) => self.within_tuple(node, used, shape, part),
            (Shape::List, None) => {
                self.journey.places.push(node);
                self.list(node, used)
            }
            (Shape::Groups, None) => self.groups(node, used, self.inner),
            (Shape::Pairs, None) => self.pairs(node, used, self.inner),
            (Shape::Lists, None) => self.lists(node, used, self.inner),
            (Shape::Nest(at), None) => self.nest(node, used, at),
            (Shape::Rows(part), None) => self.rows(node, used, part),
            (Shape::Set, None) => {
                self.journey.places.push(node);
                self.set(node, used)
            }
            (Shape::Dict, None) => {
                self.journey.places.push(node);
                self.dict(node, used)
            }
            (Shape::View(level), None) => self.view(node, used, level),
        }
    }

    fn doubt(&self, node: NodeId, what: &str) -> Step {
        Err(Doubt::new(format!("{what} (line {})", self.model.line(node))))
    }

    /// Another list with some of the items.
    fn copied(&mut self, node: NodeId) {
        self.journey.copies.push(node);
        self.push(node, Shape::List);
    }

    fn push(&mut self, node: NodeId, shape: Shape) {
        self.todo.push((node, (shape, None)));
    }
}
