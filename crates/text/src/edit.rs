//! Edits: replacements of spans by text, applied all at once.
//!
//! An [`Edits`] never holds two edits that touch the same bytes, so the order
//! in which they were added does not matter and applying cannot fail.

use crate::{Offset, Span};

/// Replaces the text of `span` by `text`; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub fn insert(at: Offset, text: impl Into<String>) -> Self {
        Self::replace(Span::empty(at), text)
    }

    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Two edits want the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    pub first: Span,
    pub second: Span,
}

/// Edits sorted by position, none overlapping another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.0.iter()
    }

    /// Adds one edit; refuses one that overlaps another or inserts at the same
    /// place, since the result would depend on the order of adding.
    pub fn push(&mut self, edit: Edit) -> Result<(), Overlap> {
        // An insertion comes before a replacement that starts where it stands.
        let place = |edit: &Edit| (edit.span.start(), edit.span.end());
        let at = self.0.partition_point(|other| place(other) < place(&edit));
        let neighbours = [at.checked_sub(1), Some(at)];
        for other in neighbours.into_iter().flatten().filter_map(|i| self.0.get(i)) {
            if touches(other.span, edit.span) {
                return Err(Overlap { first: other.span, second: edit.span });
            }
        }
        self.0.insert(at, edit);
        Ok(())
    }

    /// Adds all edits of `other`, or none of them.
    pub fn merge(&mut self, other: &Edits) -> Result<(), Overlap> {
        let mut merged = self.clone();
        for edit in &other.0 {
            merged.push(edit.clone())?;
        }
        *self = merged;
        Ok(())
    }

    /// Whether some edit of `self` and some edit of `other` touch.
    pub fn conflicts(&self, other: &Edits) -> bool {
        other.0.iter().any(|b| self.0.iter().any(|a| touches(a.span, b.span)))
    }

    /// The smallest span that covers every edit.
    pub fn span(&self) -> Option<Span> {
        let first = self.0.first()?.span;
        Some(self.0.iter().fold(first, |all, edit| all.cover(edit.span)))
    }

    pub fn apply(&self, source: &str) -> String {
        let grown: usize = self.0.iter().map(|edit| edit.text.len()).sum();
        let mut out = String::with_capacity(source.len() + grown);
        let mut done = 0;
        for edit in &self.0 {
            out.push_str(&source[done..edit.span.start().to_usize()]);
            out.push_str(&edit.text);
            done = edit.span.end().to_usize();
        }
        out.push_str(&source[done..]);
        out
    }
}

impl<'a> IntoIterator for &'a Edits {
    type Item = &'a Edit;
    type IntoIter = std::slice::Iter<'a, Edit>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl TryFrom<Vec<Edit>> for Edits {
    type Error = Overlap;

    fn try_from(edits: Vec<Edit>) -> Result<Self, Overlap> {
        let mut all = Self::new();
        for edit in edits {
            all.push(edit)?;
        }
        Ok(all)
    }
}

/// Spans that share a byte, two insertions at one place, or an insertion
/// strictly inside a replaced span.
fn touches(a: Span, b: Span) -> bool {
    if a.is_empty() && b.is_empty() {
        return a.start() == b.start();
    }
    a.start() < b.end() && b.start() < a.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span::new(start.into(), end.into())
    }

    #[test]
    fn applies_in_source_order_whatever_the_order_of_adding() {
        let edits = Edits::try_from(vec![
            Edit::replace(span(4, 7), "two"),
            Edit::insert(0.into(), "> "),
            Edit::delete(span(3, 4)),
        ])
        .unwrap();
        assert_eq!(edits.apply("one 2.0!"), "> onetwo!");
    }

    #[test]
    fn refuses_overlap_and_double_insertion() {
        let mut edits = Edits::new();
        edits.push(Edit::replace(span(2, 5), "x")).unwrap();
        assert!(edits.push(Edit::replace(span(4, 6), "y")).is_err());
        assert!(edits.push(Edit::insert(3.into(), "y")).is_err());
        edits.push(Edit::insert(5.into(), "y")).unwrap();
        assert!(edits.push(Edit::insert(5.into(), "z")).is_err());
    }

    #[test]
    fn merge_is_all_or_nothing() {
        let mut edits = Edits::try_from(vec![Edit::replace(span(0, 2), "a")]).unwrap();
        let other =
            Edits::try_from(vec![Edit::replace(span(5, 6), "b"), Edit::replace(span(1, 3), "c")]).unwrap();
        assert!(edits.merge(&other).is_err());
        assert_eq!(edits.iter().count(), 1);
    }
}
