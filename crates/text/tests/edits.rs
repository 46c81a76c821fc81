//! Edits, held against the plainest way to do the same.
//!
//! Everything that changes a source goes through them, so what they promise
//! (no overlap, no order) is tried on many more sets than anyone would write.

use proptest::prelude::*;
use spacetime_text::{Edit, Edits, Span, unified_diff};

/// A text, and edits that may well overlap. Offsets fall on characters.
fn text_and_edits() -> impl Strategy<Value = (String, Vec<Edit>)> {
    "[a-zé\n ]{0,40}".prop_flat_map(|text| {
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let count = ends.len();
        let edit = (0..count, 0..count, "[A-Z]{0,3}").prop_map(move |(a, b, new)| {
            let (start, end) = (ends[a.min(b)] as u32, ends[a.max(b)] as u32);
            Edit::replace(Span::new(start.into(), end.into()), new)
        });
        (Just(text), prop::collection::vec(edit, 0..8))
    })
}

/// The edits that were taken, in the order in which they came.
fn taken(edits: &[Edit]) -> (Edits, Vec<Edit>) {
    let mut all = Edits::new();
    let taken = edits.iter().filter(|edit| all.push((*edit).clone()).is_ok()).cloned().collect();
    (all, taken)
}

/// The same one by one, from the end, so that offsets before stay true.
fn apply_plainly(text: &str, edits: &[Edit]) -> String {
    let mut sorted = edits.to_vec();
    // An insertion at the start of a replaced span comes before what replaces it.
    sorted.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
    let mut text = text.to_owned();
    for edit in sorted.iter().rev() {
        text.replace_range(edit.span.start().to_usize()..edit.span.end().to_usize(), &edit.text);
    }
    text
}

proptest! {
    #[test]
    fn applying_is_replacing_one_by_one((text, edits) in text_and_edits()) {
        let (all, taken) = taken(&edits);
        prop_assert_eq!(all.apply(&text), apply_plainly(&text, &taken));
    }

    #[test]
    fn the_order_of_adding_does_not_matter((text, edits) in text_and_edits()) {
        let (all, mut taken) = taken(&edits);
        taken.reverse();
        let reversed = Edits::try_from(taken);
        prop_assert!(reversed.is_ok());
        prop_assert_eq!(reversed.unwrap().apply(&text), all.apply(&text));
    }

    #[test]
    fn no_two_share_a_byte((_, edits) in text_and_edits()) {
        let (all, _) = taken(&edits);
        let spans: Vec<Span> = all.iter().map(|edit| edit.span).collect();
        prop_assert!(spans.windows(2).all(|pair| pair[0].end() <= pair[1].start()));
    }

    #[test]
    fn merging_is_all_or_nothing((text, edits) in text_and_edits(), at in 0usize..8) {
        let (first, second) = edits.split_at(at.min(edits.len()));
        let (mut merged, _) = taken(first);
        let (other, _) = taken(second);
        let before = merged.clone();
        match merged.merge(&other) {
            Ok(()) => prop_assert_eq!(merged.iter().count(), before.iter().count() + other.iter().count()),
            Err(_) => prop_assert_eq!(merged.apply(&text), before.apply(&text)),
        }
    }

    #[test]
    fn a_diff_is_empty_only_for_equal_texts(a in "[ab\n]{0,12}", b in "[ab\n]{0,12}") {
        prop_assert_eq!(unified_diff(&a, &b, "a", "b").is_empty(), a == b);
    }
}
