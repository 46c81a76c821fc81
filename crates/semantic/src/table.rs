//! The tables of builtins and of the standard library, read as data.
//!
//! What a call does is written in `tables/*.txt`, one call a line, so that a
//! reader can check it against the manual without reading Rust.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::Kind;

/// Which arguments a flag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    Position(usize),
    Keyword(&'static str),
    All,
}

impl Which {
    fn parse(text: &'static str) -> Self {
        match text {
            "*" => Self::All,
            _ => text.parse().map_or(Self::Keyword(text), Self::Position),
        }
    }

    /// Whether it speaks of the argument at `position` or called `keyword`.
    pub fn covers(self, position: Option<usize>, keyword: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Position(wanted) => position == Some(wanted),
            Self::Keyword(wanted) => keyword == Some(wanted),
        }
    }
}

/// What a known call does. See the head of `tables/builtins.txt`.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The name in its table.
    pub name: &'static str,
    result: &'static str,
    pub raises: bool,
    pub drains: Vec<Which>,
    pub keeps: Vec<Which>,
    pub calls: Vec<Which>,
    pub mutates: Vec<Which>,
    pub stores: Vec<Which>,
    pub extends: Vec<Which>,
    pub mutates_receiver: bool,
    pub shares: bool,
    pub element: bool,
    pub fresh: bool,
    pub view: bool,
    pub unique: bool,
    pub stop: bool,
    pub separator: bool,
    pub output: bool,
    pub input: bool,
    pub reads_files: bool,
    pub writes_files: bool,
    pub reads_this_file: bool,
    pub world: bool,
    pub identity: bool,
}

impl Call {
    fn parse(line: &'static str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let mut call = Self { name: words.next()?, result: words.next()?, ..Self::default() };
        for flag in words {
            call.set(flag);
        }
        Some(call)
    }

    fn set(&mut self, flag: &'static str) {
        match flag.split_once('=') {
            Some(("drains", which)) => self.drains.push(Which::parse(which)),
            Some(("keeps", which)) => self.keeps.push(Which::parse(which)),
            Some(("calls", which)) => self.calls.push(Which::parse(which)),
            Some(("mutates", which)) => self.mutates.push(Which::parse(which)),
            Some(("stores", which)) => self.stores.push(Which::parse(which)),
            Some(("extends", which)) => self.extends.push(Which::parse(which)),
            _ => {
                *match flag {
                    "raises" => &mut self.raises,
                    "mutates" => &mut self.mutates_receiver,
                    "shares" => &mut self.shares,
                    "element" => &mut self.element,
                    "fresh" => &mut self.fresh,
                    "view" => &mut self.view,
                    "unique" => &mut self.unique,
                    "stop" => &mut self.stop,
                    "separator" => &mut self.separator,
                    "out" => &mut self.output,
                    "in" => &mut self.input,
                    "files-read" => &mut self.reads_files,
                    "files-write" => &mut self.writes_files,
                    "readfile" => &mut self.reads_this_file,
                    "world" => &mut self.world,
                    "identity" => &mut self.identity,
                    other => unreachable!("unknown flag {other} in a table"),
                } = true;
            }
        }
    }

    /// Whether the result holds the very items of the arguments, or the
    /// arguments themselves, one level deep; other results may hold them at
    /// any depth.
    pub fn keeps_shape(&self) -> bool {
        let mark = Kind::Match;
        let result = self.result(&mark, &mark);
        self.view
            || result.item() == mark
            || matches!(result, Kind::CsvReader | Kind::CsvDictReader | Kind::CsvWriter)
            || matches!(self.name, "enumerate" | "zip")
    }

    /// Whether some flag speaks of arguments by their position.
    pub fn has_positions(&self) -> bool {
        [&self.drains, &self.keeps, &self.calls, &self.mutates, &self.stores, &self.extends]
            .iter()
            .any(|list| !list.is_empty())
    }

    /// Whether the call puts an argument where it can be found later.
    pub fn puts_away(&self) -> bool {
        self.mutates_receiver
            || !(self.mutates.is_empty() && self.stores.is_empty() && self.extends.is_empty())
    }

    /// The kind of the result; `element` is the kind of the items of the first
    /// argument or of the receiver, `text` what the receiving file reads.
    pub fn result(&self, element: &Kind, text: &Kind) -> Kind {
        let mut rest = self.result;
        parse_kind(&mut rest, element, text)
    }
}

fn parse_kind(rest: &mut &'static str, element: &Kind, text: &Kind) -> Kind {
    let end = rest.find(['(', ')', ',']).unwrap_or(rest.len());
    let (name, tail) = rest.split_at(end);
    *rest = tail;
    let mut inner = Vec::new();
    if let Some(tail) = rest.strip_prefix('(') {
        *rest = tail;
        while !rest.is_empty() {
            inner.push(parse_kind(rest, element, text));
            let (separator, tail) = rest.split_at(1);
            *rest = tail;
            if separator == ")" {
                break;
            }
        }
    }
    let item = || inner.first().cloned().unwrap_or(Kind::Unknown);
    match name {
        "elem" => element.clone(),
        "filetext" => text.clone(),
        "none" => Kind::None,
        "bool" => Kind::Bool,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "complex" => Kind::Complex,
        "str" => Kind::Str,
        "bytes" => Kind::Bytes,
        "range" => Kind::Range,
        "list" => Kind::list(item()),
        "set" => Kind::Set(Box::new(item())),
        "frozenset" => Kind::FrozenSet(Box::new(item())),
        "deque" => Kind::Deque(Box::new(item())),
        "tupleof" => Kind::Tuples(Box::new(item())),
        "tuple" => Kind::Tuple(inner),
        "iterator" => Kind::iterator(item()),
        "dict" => Kind::Dict,
        "defaultdict" => Kind::DefaultDict,
        "counter" => Kind::Counter,
        "file" => Kind::File(None),
        "csvreader" => Kind::CsvReader,
        "csvdictreader" => Kind::CsvDictReader,
        "csvwriter" => Kind::CsvWriter,
        "hash" => Kind::Hash,
        "path" => Kind::Path,
        "pattern" => Kind::Pattern,
        "match" => Kind::Match,
        "json" => Kind::Json,
        _ => Kind::Unknown,
    }
}

/// All tables.
#[derive(Debug)]
pub struct Tables {
    builtins: FxHashMap<&'static str, Call>,
    methods: FxHashMap<&'static str, Call>,
    modules: FxHashMap<&'static str, Call>,
    /// Methods by name alone, where the name is telling.
    unique: FxHashMap<&'static str, &'static str>,
}

impl Tables {
    pub fn get() -> &'static Self {
        static TABLES: OnceLock<Tables> = OnceLock::new();
        TABLES.get_or_init(|| {
            let methods = read(include_str!("../tables/methods.txt"));
            let unique = methods
                .values()
                .filter(|call| call.unique)
                .filter_map(|call| Some((call.name.split_once('.')?.1, call.name)))
                .collect();
            Self {
                builtins: read(include_str!("../tables/builtins.txt")),
                methods,
                modules: read(include_str!("../tables/modules.txt")),
                unique,
            }
        })
    }

    pub fn builtin(&self, name: &str) -> Option<&Call> {
        self.builtins.get(name)
    }

    /// `json.loads`, fully qualified.
    pub fn module(&self, qualified: &str) -> Option<&Call> {
        self.modules.get(qualified)
    }

    pub fn method(&self, kind: &Kind, name: &str) -> Option<&Call> {
        let qualified = format!("{}.{name}", kind.table_name()?);
        self.methods.get(qualified.as_str())
    }

    /// The method that bears a telling name.
    pub fn unique_method(&self, name: &str) -> Option<&Call> {
        self.methods.get(self.unique.get(name)?)
    }
}

fn read(text: &'static str) -> FxHashMap<&'static str, Call> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(Call::parse)
        .map(|call| (call.name, call))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let tables = Tables::get();
        let rows = |text: &str| text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()).count();
        assert_eq!(tables.builtins.len(), rows(include_str!("../tables/builtins.txt")));
        assert_eq!(tables.methods.len(), rows(include_str!("../tables/methods.txt")));
        assert_eq!(tables.modules.len(), rows(include_str!("../tables/modules.txt")));
    }

    #[test]
    fn kinds_of_results_are_parsed() {
        let tables = Tables::get();
        let result = |call: &Call| call.result(&Kind::Str, &Kind::Bytes);
        assert_eq!(
            result(tables.builtin("enumerate").unwrap()),
            Kind::iterator(Kind::Tuple(vec![Kind::Int, Kind::Str]))
        );
        assert_eq!(result(tables.method(&Kind::Str, "split").unwrap()), Kind::list(Kind::Str));
        assert_eq!(result(tables.method(&Kind::File(None), "readlines").unwrap()), Kind::list(Kind::Bytes));
        assert_eq!(tables.unique_method("rstrip").unwrap().name, "str.rstrip");
    }
}
