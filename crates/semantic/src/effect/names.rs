//! A small set of attribute names, or all of them.

/// Attribute names that are read or written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    all: bool,
    some: Vec<String>,
}

impl Names {
    pub fn everything() -> Self {
        Self { all: true, some: Vec::new() }
    }

    pub fn insert(&mut self, name: &str) {
        if !self.all && !self.some.iter().any(|known| known == name) {
            self.some.push(name.to_owned());
        }
    }

    pub fn add(&mut self, other: &Self) {
        if other.all {
            *self = Self::everything();
        }
        for name in &other.some {
            self.insert(name);
        }
    }

    /// The names, unless it may be any.
    pub fn named(&self) -> Option<impl Iterator<Item = &str>> {
        (!self.all).then(|| self.some.iter().map(String::as_str))
    }

    pub fn is_empty(&self) -> bool {
        !self.all && self.some.is_empty()
    }

    /// A name in both sets.
    pub fn common(&self, other: &Self) -> Option<String> {
        match (self.all, other.all) {
            (true, true) => Some("any attribute".to_owned()),
            (true, false) => other.some.first().cloned(),
            (false, true) => self.some.first().cloned(),
            (false, false) => self.some.iter().find(|name| other.some.contains(name)).cloned(),
        }
    }
}
