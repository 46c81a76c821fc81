//! Kinds of values: what type a value *exactly* has, where that is known.
//!
//! A kind is a proof, never a guess: annotations are not believed, a
//! parameter is [`Kind::Unknown`], and a list that this function made is
//! exactly a `list`. The kinds form a lattice from [`Kind::Never`] (no value
//! seen yet) up to [`Kind::Unknown`], so that loops are solved by iteration.

use spacetime_syntax::NodeId;
use std::fmt;

/// The exact type of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// No value has been seen (bottom).
    #[default]
    Never,
    /// Anything (top).
    Unknown,
    None,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Bytes,
    Range,
    /// The parameter is what the items are.
    List(Box<Kind>),
    Set(Box<Kind>),
    FrozenSet(Box<Kind>),
    Deque(Box<Kind>),
    /// A tuple of unknown length.
    Tuples(Box<Kind>),
    Tuple(Vec<Kind>),
    /// Any of the builtin lazy iterators, generators of this module, and views.
    Iterator(Box<Kind>),
    Dict,
    DefaultDict,
    Counter,
    /// A file made by the given call of `open`, or by several calls.
    File(Option<NodeId>),
    CsvReader,
    CsvDictReader,
    CsvWriter,
    Hash,
    /// A `pathlib.Path`, exactly: what calling the class gives.
    Path,
    Pattern,
    /// A regular expression's match, or `None`.
    Match,
    /// What JSON stands for: exactly a dict, a list, a string, a number, a
    /// truth value or `None`; what a dict or list holds may have been changed.
    Json,
    /// A function or class of this module, by its definition.
    Function(NodeId),
    Class(NodeId),
    /// An instance of a plain record class of this module (a dataclass or
    /// named tuple without code of its own).
    Record(NodeId),
}

impl Kind {
    /// A list of items, which may be changed through the list: an empty list
    /// may be filled with anything, lists within it too.
    pub fn list(item: Kind) -> Self {
        let item = if item == Self::Never { Self::Unknown } else { item };
        Self::List(Box::new(item.opened().bounded(2)))
    }

    pub fn tuple(items: impl IntoIterator<Item = Kind>) -> Self {
        Self::Tuple(items.into_iter().map(|item| item.opened().bounded(2)).collect())
    }

    pub fn iterator(item: Kind) -> Self {
        Self::Iterator(Box::new(item.bounded(2)))
    }

    /// Cuts nesting, so that the lattice has finite height.
    fn bounded(self, depth: usize) -> Self {
        let inner = |kind: Box<Kind>| Box::new(kind.bounded(depth.saturating_sub(1)));
        match self {
            kind if depth == 0 && !kind.is_scalar() => Self::Unknown,
            Self::List(item) => Self::List(inner(item)),
            Self::Set(item) => Self::Set(inner(item)),
            Self::FrozenSet(item) => Self::FrozenSet(inner(item)),
            Self::Deque(item) => Self::Deque(inner(item)),
            Self::Tuples(item) => Self::Tuples(inner(item)),
            Self::Iterator(item) => Self::Iterator(inner(item)),
            Self::Tuple(items) => {
                Self::Tuple(items.into_iter().map(|item| item.bounded(depth.saturating_sub(1))).collect())
            }
            kind => kind,
        }
    }

    /// The least kind that covers both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, kind) | (kind, Self::Never) => kind,
            (a, b) if a == b => a,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.join(*b))),
            (Self::Set(a), Self::Set(b)) => Self::Set(Box::new(a.join(*b))),
            (Self::FrozenSet(a), Self::FrozenSet(b)) => Self::FrozenSet(Box::new(a.join(*b))),
            (Self::Deque(a), Self::Deque(b)) => Self::Deque(Box::new(a.join(*b))),
            (Self::Tuples(a), Self::Tuples(b)) => Self::Tuples(Box::new(a.join(*b))),
            (Self::Iterator(a), Self::Iterator(b)) => Self::Iterator(Box::new(a.join(*b))),
            (Self::Tuple(a), Self::Tuple(b)) if a.len() == b.len() => {
                Self::Tuple(a.into_iter().zip(b).map(|(a, b)| a.join(b)).collect())
            }
            (a @ (Self::Tuple(_) | Self::Tuples(_)), b @ (Self::Tuple(_) | Self::Tuples(_))) => {
                Self::Tuples(Box::new(a.item().join(b.item())))
            }
            (Self::File(_), Self::File(_)) => Self::File(None),
            _ => Self::Unknown,
        }
    }

    /// What iterating yields.
    pub fn item(&self) -> Self {
        match self {
            Self::List(item)
            | Self::Set(item)
            | Self::FrozenSet(item)
            | Self::Deque(item)
            | Self::Tuples(item)
            | Self::Iterator(item) => (**item).clone(),
            Self::Tuple(items) => items.iter().cloned().fold(Self::Never, Self::join),
            Self::Str => Self::Str,
            Self::Bytes | Self::Range => Self::Int,
            Self::CsvReader => Self::list(Self::Str),
            Self::CsvDictReader => Self::Dict,
            Self::Never => Self::Never,
            _ => Self::Unknown,
        }
    }

    /// The same kind, saying nothing of the items: for containers that
    /// somebody may have changed since they were made.
    #[must_use]
    pub fn opened(self) -> Self {
        let any = || Box::new(Self::Unknown);
        match self {
            Self::List(_) => Self::List(any()),
            Self::Set(_) => Self::Set(any()),
            Self::Deque(_) => Self::Deque(any()),
            kind => kind,
        }
    }

    /// Values that hold nothing, cannot change and whose copies cannot be told apart.
    pub fn is_scalar(&self) -> bool {
        matches!(
            self,
            Self::Never
                | Self::None
                | Self::Bool
                | Self::Int
                | Self::Float
                | Self::Complex
                | Self::Str
                | Self::Bytes
                | Self::Range
        )
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Float | Self::Complex)
    }

    /// Numbers that compare with each other by a total order; floats may be NaN.
    pub fn is_totally_ordered(&self) -> bool {
        match self {
            Self::Bool | Self::Int | Self::Str | Self::Bytes => true,
            Self::Tuple(items) => items.iter().all(Self::is_totally_ordered),
            Self::Tuples(item) => item.is_totally_ordered(),
            _ => false,
        }
    }

    /// Whether operators, hashing, formatting and iteration of such values run
    /// builtin code only. A container's do so if its items' do.
    pub fn is_builtin(&self) -> bool {
        match self {
            Self::List(item)
            | Self::Set(item)
            | Self::FrozenSet(item)
            | Self::Deque(item)
            | Self::Tuples(item)
            | Self::Iterator(item) => item.is_builtin(),
            Self::Tuple(items) => items.iter().all(Self::is_builtin),
            Self::Unknown | Self::Dict | Self::DefaultDict | Self::Counter | Self::Json | Self::Record(_) => {
                false
            }
            _ => true,
        }
    }

    /// Whether walking it runs only builtin code, whatever the items are.
    pub fn walks_builtin(&self) -> bool {
        matches!(
            self,
            Self::Never
                | Self::Str
                | Self::Bytes
                | Self::Range
                | Self::List(_)
                | Self::Set(_)
                | Self::FrozenSet(_)
                | Self::Deque(_)
                | Self::Tuples(_)
                | Self::Tuple(_)
                | Self::Dict
                | Self::DefaultDict
                | Self::Counter
        )
    }

    /// Whether walking it advances a position, so that it can be walked once.
    pub fn is_one_shot(&self) -> bool {
        matches!(self, Self::Iterator(_) | Self::File(_) | Self::CsvReader | Self::CsvDictReader)
    }

    /// The name under which its methods stand in the tables.
    pub fn table_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Bool | Self::Int => "int",
            Self::Float => "float",
            Self::Str => "str",
            Self::Bytes => "bytes",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::FrozenSet(_) => "frozenset",
            Self::Deque(_) => "deque",
            Self::Tuple(_) | Self::Tuples(_) => "tuple",
            Self::Dict | Self::DefaultDict => "dict",
            Self::Counter => "counter",
            Self::File(_) => "file",
            Self::CsvWriter => "csvwriter",
            Self::Hash => "hash",
            Self::Path => "path",
            Self::Pattern => "pattern",
            Self::Match => "match",
            Self::Json => "json",
            _ => return None,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |f: &mut fmt::Formatter<'_>, name: &str, item: &Kind| match item {
            Self::Unknown | Self::Never => f.write_str(name),
            item => write!(f, "{name}[{item}]"),
        };
        match self {
            Self::Never => f.write_str("never"),
            Self::Unknown => f.write_str("unknown"),
            Self::None => f.write_str("None"),
            Self::Bool => f.write_str("bool"),
            Self::Int => f.write_str("int"),
            Self::Float => f.write_str("float"),
            Self::Complex => f.write_str("complex"),
            Self::Str => f.write_str("str"),
            Self::Bytes => f.write_str("bytes"),
            Self::Range => f.write_str("range"),
            Self::List(item) => of(f, "list", item),
            Self::Set(item) => of(f, "set", item),
            Self::FrozenSet(item) => of(f, "frozenset", item),
            Self::Deque(item) => of(f, "deque", item),
            Self::Tuples(item) => of(f, "tuple", item),
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "tuple[{}]", items.join(", "))
            }
            Self::Iterator(item) => of(f, "iterator", item),
            Self::Dict => f.write_str("dict"),
            Self::DefaultDict => f.write_str("defaultdict"),
            Self::Counter => f.write_str("Counter"),
            Self::File(_) => f.write_str("file"),
            Self::CsvReader => f.write_str("csv.reader"),
            Self::CsvDictReader => f.write_str("csv.DictReader"),
            Self::CsvWriter => f.write_str("csv.writer"),
            Self::Hash => f.write_str("hash"),
            Self::Path => f.write_str("pathlib.Path"),
            Self::Pattern => f.write_str("re.Pattern"),
            Self::Match => f.write_str("re.Match or None"),
            Self::Json => f.write_str("JSON value"),
            Self::Function(_) => f.write_str("function"),
            Self::Class(_) => f.write_str("class"),
            Self::Record(_) => f.write_str("record"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn join_is_a_lattice() {
        let all = [
            Kind::Never,
            Kind::Int,
            Kind::Str,
            Kind::list(Kind::Int),
            Kind::list(Kind::Str),
            Kind::Tuple(vec![Kind::Int, Kind::Str]),
            Kind::Tuple(vec![Kind::Int]),
            Kind::File(None),
            Kind::Unknown,
        ];
        for a in &all {
            assert_eq!(a.clone().join(a.clone()), *a);
            assert_eq!(a.clone().join(Kind::Unknown), Kind::Unknown);
            for b in &all {
                assert_eq!(a.clone().join(b.clone()), b.clone().join(a.clone()), "{a} {b}");
            }
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let mut kind = Kind::Int;
        for _ in 0..20 {
            kind = Kind::list(kind);
        }
        assert_eq!(kind, Kind::list(Kind::list(Kind::Unknown)));
    }
}
