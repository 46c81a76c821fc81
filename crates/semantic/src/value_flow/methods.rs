//! What methods of builtin types, known by name, do to what they are called on.

/// Seen from the receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Reads it, and gives something that holds nothing of it.
    Plain,
    /// Changes it.
    Fills,
    /// Compares its elements.
    Searches,
    /// Orders its elements in place.
    Orders,
    /// Gives an element.
    Element,
    /// Gives an element, and changes it.
    TakesElement,
    /// Gives a new container with its elements, or a view of them.
    Copy,
    /// Gives tuples that hold its elements.
    Pairs,
    /// Gives something of the same depth: a new record made from a record.
    Part,
}

impl Effect {
    pub fn mutates(self) -> bool {
        matches!(self, Self::Fills | Self::Orders | Self::TakesElement)
    }
}

/// `None` for methods of which nothing is known.
pub fn method_effect(name: &str) -> Option<Effect> {
    Some(match name {
        // str and bytes
        "strip" | "lstrip" | "rstrip" | "lower" | "upper" | "title" | "capitalize" | "casefold" | "swapcase"
        | "startswith" | "endswith" | "find" | "rfind" | "rindex" | "replace" | "encode" | "decode" | "isdigit"
        | "isalpha" | "isalnum" | "isspace" | "isupper" | "islower" | "isnumeric" | "isdecimal" | "isidentifier"
        | "zfill" | "ljust" | "rjust" | "center" | "join" | "format" | "format_map" | "split" | "rsplit"
        | "splitlines" | "partition" | "rpartition" | "removeprefix" | "removesuffix" | "translate" | "expandtabs"
        | "hex"
        // numbers, dates
        | "bit_length" | "is_integer" | "as_integer_ratio" | "strftime" | "isoformat" | "date" | "time" | "timestamp"
        | "weekday" | "isoweekday" | "isocalendar" | "timetuple" | "toordinal" | "total_seconds" | "utctimetuple"
        | "timetz" | "ctime" | "quantize" | "to_integral_value"
        // matches of regular expressions
        | "group" | "groups" | "groupdict" | "start" | "end" | "span"
        // sets and dictionaries
        | "isdisjoint" | "issubset" | "issuperset" | "keys" => Effect::Plain,
        "index" | "count" => Effect::Searches,
        // Those of running results, too.
        "get" | "sum" | "min" | "max" => Effect::Element,
        "values" | "copy" | "union" | "intersection" | "difference" | "symmetric_difference" | "elements" => {
            Effect::Copy
        }
        "items" | "most_common" => Effect::Pairs,
        "_asdict" => Effect::Copy,
        "_replace" => Effect::Part,
        "append" | "appendleft" | "extend" | "extendleft" | "insert" | "add" | "discard" | "remove" | "clear"
        | "update" | "reverse" | "rotate" | "subtract" | "move_to_end" | "difference_update"
        | "intersection_update" => Effect::Fills,
        "sort" => Effect::Orders,
        "pop" | "popleft" | "setdefault" | "popitem" => Effect::TakesElement,
        _ => return None,
    })
}

/// Methods of containers that keep an argument, or give it back.
pub fn takes_items(name: &str) -> bool {
    matches!(
        name,
        "append"
            | "appendleft"
            | "add"
            | "extend"
            | "extendleft"
            | "update"
            | "subtract"
            | "insert"
            | "setdefault"
            | "get"
            | "pop"
            | "put"
            | "put_nowait"
            | "send"
            | "submit"
    )
}
