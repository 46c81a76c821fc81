//! What a program has made: one abstract object for each place that makes objects,
//! in each chain of calls that leads there.
//!
//! An abstract object stands for all that are made at its place. How many of them
//! are alive is asked later, by following who holds whom.

use std::collections::BTreeMap;

use spacetime_semantic::Size;
use spacetime_syntax::NodeId;

/// The number of an abstract object.
pub type Ref = usize;
/// The number of a loop of a chain of calls.
pub type LoopId = usize;

/// What is immortal or in the code: constants, functions, modules.
pub const FREE: Ref = 0;

/// What an expression may evaluate to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value(Vec<Ref>);

/// More than so many are as good as unknown.
const MOST: usize = 10;

impl Value {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn free() -> Self {
        Self(vec![FREE])
    }

    pub fn one(object: Ref) -> Self {
        Self(vec![object])
    }

    /// Says whether something was new.
    pub fn join(&mut self, other: &Self) -> bool {
        let before = self.0.len();
        for object in &other.0 {
            if self.0.len() < MOST && !self.0.contains(object) {
                self.0.push(*object);
            }
        }
        self.0.len() > before
    }

    pub fn iter(&self) -> impl Iterator<Item = Ref> + '_ {
        self.0.iter().copied()
    }

    pub fn refs(self) -> std::vec::IntoIter<Ref> {
        self.0.into_iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many things it may be that take memory of their own.
    pub fn alternatives(&self) -> usize {
        self.0.iter().filter(|object| **object != FREE).count()
    }
}

/// Something that can be called, or that has parts which can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// A `def` or `lambda`.
    Function(NodeId),
    /// A function with its `self`.
    Method(NodeId, Value),
    Class(NodeId),
    /// What `namedtuple` returned.
    TupleClass(Vec<String>),
    /// A module, or something in one: `collections.Counter`.
    Library(String),
    /// A method of an object of no class of ours, before it is called.
    Attribute(String, Value),
}

/// What an object is, as far as its size and what can be done with it go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    Free,
    Code(Code),
    Int,
    Float,
    /// A text or bytes.
    Text,
    /// Unknown: with all that it holds, it takes what is measured.
    Opaque,
    List,
    Deque,
    Tuple,
    Set,
    Dict,
    /// An instance of a class of the module.
    Record {
        class: NodeId,
        slots: bool,
        by_identity: bool,
    },
    /// Something lazy; it holds what it takes from.
    Stream,
    /// An open file; walking it makes texts.
    File,
    /// `csv.reader`, `csv.DictReader`.
    Rows {
        dicts: bool,
    },
    /// `zip`, `enumerate`, `dict.items`: walking it makes tuples of its fields.
    Zip,
    /// Scratch space of so many bytes an item.
    Scratch(u32),
    /// On disk beyond so many bytes.
    Spilled {
        limit: u32,
        takes: Takes,
    },
}

/// Which items a collection of the run time may write to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// What cannot be told from a copy.
    Plain,
    /// What nobody changes, too; not what is equal to itself only.
    Frozen,
    All,
}

/// How many items a container has.
#[derive(Clone, Debug, PartialEq)]
pub enum Length {
    Known(Size),
    /// At most so many, if that is known; else it is measured.
    Open(Option<Size>),
}

/// One abstract object.
#[derive(Clone, Debug)]
pub struct Object {
    pub shape: Shape,
    pub node: NodeId,
    /// The loops that it is made in, the outermost first.
    pub loops: Vec<LoopId>,
    pub length: Length,
    /// It grew item by item, so that its length is not what it was made with.
    pub grown: bool,
    /// A comprehension filled it, item by item.
    pub filled: bool,
    /// Room that it has from the beginning, in items.
    pub room: f64,
    pub keys: Value,
    pub items: Value,
    /// Attributes, items of tuples, items of dicts with constant keys.
    pub fields: BTreeMap<String, Value>,
    /// Containers it was put into, the first ones first.
    pub owners: Vec<Ref>,
    /// It is a part of this one, whose size includes it.
    pub within: Option<Ref>,
    /// How a reader, and who measures, calls it: `load.rows[]`.
    pub name: Option<String>,
    /// What fills a `defaultdict`.
    pub factory: Value,
    /// A text that may be a whole file.
    pub is_large: bool,
    /// What the items of a named tuple are called.
    pub names: Vec<String>,
}

impl Object {
    pub fn new(shape: Shape, node: NodeId, loops: Vec<LoopId>) -> Self {
        Self {
            shape,
            node,
            loops,
            length: Length::Open(None),
            grown: false,
            filled: false,
            room: 0.0,
            keys: Value::none(),
            items: Value::none(),
            fields: BTreeMap::new(),
            owners: Vec::new(),
            within: None,
            name: None,
            factory: Value::none(),
            names: Vec::new(),
            is_large: false,
        }
    }

    pub fn is_container(&self) -> bool {
        matches!(
            self.shape,
            Shape::List | Shape::Deque | Shape::Set | Shape::Dict | Shape::Tuple | Shape::Spilled { .. }
        )
    }

    /// Whether it goes on holding what is put into it.
    pub fn keeps(&self) -> bool {
        self.is_container() || matches!(self.shape, Shape::Record { .. } | Shape::Opaque)
    }

    /// The values it holds, and how a path goes on to them.
    pub fn children(&self) -> impl Iterator<Item = (Step<'_>, &Value)> {
        let fields = self.fields.iter().map(|(name, value)| (Step::Field(name), value));
        std::iter::once((Step::Keys, &self.keys)).chain([(Step::Items, &self.items)]).chain(fields)
    }
}

/// A step from an object to what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    Keys,
    Items,
    Field(&'a str),
}

impl Step<'_> {
    /// What is written behind the name of the object.
    pub fn text(self, shape: &Shape) -> String {
        match self {
            Self::Keys => "{}".to_owned(),
            Self::Items => "[]".to_owned(),
            Self::Field(name) => match shape {
                Shape::Record { .. } | Shape::Opaque | Shape::Stream => format!(".{name}"),
                Shape::Tuple | Shape::Zip => format!("[{name}]"),
                _ => format!("[{name:?}]"),
            },
        }
    }
}
