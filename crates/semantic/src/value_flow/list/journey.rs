//! What is found out about a list that is followed.

use spacetime_syntax::NodeId;

/// Where a list goes, if all of it is known and no more is done with it than
/// any sequence can do that is filled at its end.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// Expressions that may be the list, or a sum or copy of it, and targets
    /// that take it apart.
    pub places: Vec<NodeId>,
    /// Those among them that are slices, sums and copies.
    pub copies: Vec<NodeId>,
    /// Items that are appended.
    pub added: Vec<NodeId>,
    /// Iterables whose items are put behind it.
    pub extended: Vec<NodeId>,
    /// Places where it is walked.
    pub walks: Vec<NodeId>,
    /// Slices with two bounds.
    pub windows: Vec<NodeId>,
    /// Subscripts that read one item.
    pub indexed: Vec<NodeId>,
    /// Places where an item is searched in it.
    pub searched: Vec<NodeId>,
    /// Calls of `popleft`.
    pub emptied: Vec<NodeId>,
    /// What puts items in, replaces them or takes them out before the end: calls and subscripts.
    pub spliced: Vec<NodeId>,
    /// Places where all items are put behind it once more: `rows *= 2`.
    pub multiplied: Vec<NodeId>,
    /// Calls that take off the last item.
    pub popped: Vec<NodeId>,
    /// Calls of `sort`.
    pub sorted: Vec<NodeId>,
    /// Places where a set is walked beside another: `old - new`.
    pub combined: Vec<NodeId>,
    /// Places where what the keys of a dictionary and another have in common is found.
    pub met: Vec<NodeId>,
    /// Expressions that make sets which are put into a dictionary.
    pub made: Vec<NodeId>,
    /// What evaluates to values of a dictionary, and how many containers are around
    /// them.
    pub values: Vec<(NodeId, u8)>,
    /// Expressions that hold several such lists and give their items: `zip(*columns)`.
    pub holders: Vec<NodeId>,
    /// What is added to values of a dictionary: `totals[key] += value`.
    pub augmented: Vec<NodeId>,
    /// Places where a `Counter` gets the values of a dictionary.
    pub counted: Vec<NodeId>,
    /// Keys under which values are stored in a dictionary.
    pub keys: Vec<NodeId>,
    /// Calls that get the keys of a dictionary of lists, or pairs of keys and lists.
    pub keyed: Vec<NodeId>,
    /// It is made as a value of a dictionary, or by its default factory: one of many.
    pub gathered: bool,
    /// It is in a container of containers, or in a record.
    pub nested: bool,
    /// Keys of a dictionary are ordered by their values.
    pub ordered: bool,
    /// The items are dicts of numbers and texts: nothing in them can change but they themselves.
    pub records: bool,
    /// It leaves the body in which it is made.
    pub travels: bool,
    /// Some method was taken for what its name says.
    pub trusts_method_names: bool,
    /// Attributes are read in another order.
    pub trusts_attributes: bool,
    /// Functions of the module are taken to be called by the module alone.
    pub trusts_callers: bool,
}

impl Journey {
    /// The places, and how many containers are around the items there.
    pub(in crate::value_flow) fn depths(&self) -> Vec<(NodeId, u8)> {
        let lists = self.places.iter().map(|place| (*place, 1));
        lists.chain(self.holders.iter().map(|holder| (*holder, 2))).collect()
    }
}
