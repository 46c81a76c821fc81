//! Where a place in the text of a later round was in the original text.

use spacetime_text::{Edits, Offset};

/// One replacement: where it was, how much it became.
#[derive(Clone, Copy, Debug)]
struct Replaced {
    start: u32,
    end: u32,
    len: u32,
}

/// The edits of all rounds so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    rounds: Vec<Vec<Replaced>>,
}

impl History {
    pub fn push(&mut self, edits: &Edits) {
        let round = edits
            .iter()
            .map(|edit| Replaced {
                start: edit.span.start().to_u32(),
                end: edit.span.end().to_u32(),
                len: edit.text.len() as u32,
            })
            .collect();
        self.rounds.push(round);
    }

    /// The offset in the original text of a place in the text that the first
    /// `rounds` rounds have left; what is within replaced text is where the
    /// replacement starts.
    pub fn original_before(&self, offset: Offset, rounds: usize) -> Offset {
        let mut at = offset.to_u32();
        for round in self.rounds.iter().take(rounds).rev() {
            at = before_round(round, at);
        }
        at.into()
    }
}

fn before_round(round: &[Replaced], at: u32) -> u32 {
    let mut shift = 0i64; // new minus old, of the edits passed so far
    for edit in round {
        let new_start = (i64::from(edit.start) + shift) as u32;
        if at < new_start {
            break;
        }
        if at < new_start + edit.len {
            return edit.start;
        }
        shift += i64::from(edit.len) - i64::from(edit.end - edit.start);
    }
    (i64::from(at) - shift) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use spacetime_text::{Edit, Span};

    #[test]
    fn maps_back_through_two_rounds() {
        let mut history = History::default();
        let first = Edits::try_from(vec![Edit::insert(0.into(), "12345")]).unwrap();
        let second = Edits::try_from(vec![Edit::delete(Span::new(6.into(), 8.into()))]).unwrap();
        history.push(&first);
        history.push(&second);
        assert_eq!(history.original_before(5.into(), 2), Offset::new(0));
        assert_eq!(history.original_before(6.into(), 2), Offset::new(3));
        assert_eq!(history.original_before(2.into(), 2), Offset::new(0));
    }
}
