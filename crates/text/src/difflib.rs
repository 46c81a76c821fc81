//! Unified diffs as Python's `difflib` writes them: the same lines, the same hunks.
//!
//! Who compares our diffs with those of `2to3` must not see a difference that
//! is only one of taste, so this finds what `difflib.SequenceMatcher` finds,
//! its habit of ignoring popular lines in long files included. It does not
//! look line by line, though: it looks at runs of equal lines, which are few,
//! and so is quick on long files with many changes.

use std::fmt::Write as _;
use std::ops::Range;

use memchr::memchr_iter;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// From this many lines on, lines that occur too often are no anchors.
const AUTOJUNK: usize = 200;

/// Above this many pairs of equal lines the runs would take too much memory.
const MANY_PAIRS: usize = 4_000_000;

/// The lines of a text as Python's `str.splitlines` sees them, without their ends.
pub fn python_lines(text: &str) -> Vec<&str> {
    split(text, false)
}

/// The lines of a text as Python's `str.splitlines(keepends=True)` sees them.
pub fn python_lines_with_ends(text: &str) -> Vec<&str> {
    split(text, true)
}

fn split(text: &str, keep_ends: bool) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(text.len() / BYTES_OF_A_LINE);
    // Line feeds are what nearly all texts have, and are found quickly.
    let has_others = may_end_otherwise(bytes);
    let mut start = 0;
    for feed in memchr_iter(b'\n', bytes) {
        if has_others && may_end_otherwise(&bytes[start..feed]) {
            split_slowly(text, start..feed + 1, keep_ends, &mut lines);
        } else {
            lines.push(&text[start..if keep_ends { feed + 1 } else { feed }]);
        }
        start = feed + 1;
    }
    split_slowly(text, start..text.len(), keep_ends, &mut lines);
    lines
}

/// As people write.
const BYTES_OF_A_LINE: usize = 24;

/// Whether there is a byte with which a line end other than a line feed may begin.
#[expect(clippy::needless_bitwise_bool, reason = "without branches many bytes are looked at at once")]
fn may_end_otherwise(bytes: &[u8]) -> bool {
    let may = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') | (byte == 0xc2) | (byte == 0xe2);
    bytes.chunks(4096).any(|some| some.iter().fold(false, |found, byte| found | may(*byte)))
}

/// The lines of a part of a text that begins with a line and ends with one.
fn split_slowly<'t>(text: &'t str, part: Range<usize>, keep_ends: bool, lines: &mut Vec<&'t str>) {
    let bytes = &text.as_bytes()[..part.end];
    let (mut start, mut at) = (part.start, part.start);
    while at < bytes.len() {
        let length = if MAY_END[usize::from(bytes[at])] { end_of_line(&bytes[at..]) } else { 0 };
        if length > 0 {
            lines.push(&text[start..if keep_ends { at + length } else { at }]);
            start = at + length;
        }
        at += length.max(1);
    }
    if start < bytes.len() {
        lines.push(&text[start..part.end]);
    }
}

/// The bytes with which a line end may begin: nearly no byte does.
const MAY_END: [bool; 256] = {
    let mut table = [false; 256];
    let (mut at, bytes) = (0, b"\n\r\x0b\x0c\x1c\x1d\x1e\xc2\xe2");
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// How many bytes of a line end the bytes start with.
fn end_of_line(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r' | 0x0b | 0x0c | 0x1c..=0x1e, ..] => 1,
        [0xc2, 0x85, ..] => 2,
        [0xe2, 0x80, 0xa8 | 0xa9, ..] => 3,
        _ => 0,
    }
}

/// The lines of `difflib.unified_diff` over the lines of two texts, each ended by a newline.
///
/// The names stand in the head, followed by a tab and the notes; equal texts have no diff.
pub fn difflib_unified(before: &str, after: &str, name: &str, notes: [&str; 2]) -> String {
    let (old, new) = (python_lines(before), python_lines(after));
    let mut diff = String::new();
    for group in groups(opcodes(&old, &new)) {
        if diff.is_empty() {
            let _ = write!(diff, "--- {name}\t{}\n+++ {name}\t{}\n", notes[0], notes[1]);
        }
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let left = shown(first.old.start..last.old.end);
        let right = shown(first.new.start..last.new.end);
        let _ = writeln!(diff, "@@ -{left} +{right} @@");
        for part in &group {
            if part.equal {
                push(&mut diff, ' ', &old[part.old.clone()]);
            } else {
                push(&mut diff, '-', &old[part.old.clone()]);
                push(&mut diff, '+', &new[part.new.clone()]);
            }
        }
    }
    diff
}

fn push(diff: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        diff.push(sign);
        diff.push_str(line);
        diff.push('\n');
    }
}

/// A range of lines as the heads of hunks show it: counted from one, without a length of one.
fn shown(range: Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        length => format!("{},{length}", range.start + 1),
    }
}

/// What has to be done with a part of the old lines to get a part of the new ones.
#[derive(Clone, Debug)]
struct Part {
    equal: bool,
    old: Range<usize>,
    new: Range<usize>,
}

fn opcodes(old: &[&str], new: &[&str]) -> Vec<Part> {
    let mut parts = Vec::new();
    let (mut i, mut j) = (0, 0);
    for block in blocks(old, new) {
        if i < block.i || j < block.j {
            parts.push(Part { equal: false, old: i..block.i, new: j..block.j });
        }
        (i, j) = (block.i + block.length, block.j + block.length);
        if block.length > 0 {
            parts.push(Part { equal: true, old: block.i..i, new: block.j..j });
        }
    }
    parts
}

/// The parts of each hunk: changes that lie near each other, with their context.
fn groups(mut parts: Vec<Part>) -> Vec<Vec<Part>> {
    if let Some(first) = parts.first_mut().filter(|part| part.equal) {
        keep_last(first);
    }
    if let Some(last) = parts.last_mut().filter(|part| part.equal) {
        keep_first(last);
    }
    let mut groups = Vec::new();
    let mut group: Vec<Part> = Vec::new();
    for mut part in parts {
        if part.equal && part.old.len() > 2 * CONTEXT {
            let mut end = part.clone();
            keep_first(&mut end);
            group.push(end);
            groups.push(std::mem::take(&mut group));
            keep_last(&mut part);
        }
        group.push(part);
    }
    if !matches!(&*group, [] | [Part { equal: true, .. }]) {
        groups.push(group);
    }
    groups
}

fn keep_first(part: &mut Part) {
    part.old.end = part.old.end.min(part.old.start + CONTEXT);
    part.new.end = part.new.end.min(part.new.start + CONTEXT);
}

fn keep_last(part: &mut Part) {
    part.old.start = part.old.start.max(part.old.end.saturating_sub(CONTEXT));
    part.new.start = part.new.start.max(part.new.end.saturating_sub(CONTEXT));
}

/// Equal lines: `length` of them from `i` in the old text and from `j` in the new one.
#[derive(Clone, Copy, Debug)]
struct Block {
    i: usize,
    j: usize,
    length: usize,
}

/// A part of the old lines beside a part of the new ones.
#[derive(Clone, Debug)]
struct Window {
    old: Range<usize>,
    new: Range<usize>,
}

/// The matching blocks, in order, those that touch made one; the last is empty and marks the ends.
fn blocks(old: &[&str], new: &[&str]) -> Vec<Block> {
    let (old_ids, new_ids, numbers) = numbered(old, new);
    let matcher = Matcher::new(old_ids, new_ids, numbers);
    let mut found = Vec::new();
    let whole = Window { old: 0..old.len(), new: 0..new.len() };
    let mut queue = vec![(whole, matcher.runs())];
    while let Some((window, runs)) = queue.pop() {
        let best = match &runs {
            Some(runs) => longest_run(&window, runs),
            None => matcher.longest_by_rows(&window),
        };
        let block = matcher.extended(best, &window);
        if block.length == 0 {
            continue;
        }
        found.push(block);
        let before = Window { old: window.old.start..block.i, new: window.new.start..block.j };
        let after = Window {
            old: block.i + block.length..window.old.end,
            new: block.j + block.length..window.new.end,
        };
        for part in [before, after] {
            if !part.old.is_empty() && !part.new.is_empty() {
                let within = runs.as_ref().map(|runs| clipped(runs, &part));
                queue.push((part, within));
            }
        }
    }
    found.sort_by_key(|block| (block.i, block.j));
    let mut joined: Vec<Block> = Vec::with_capacity(found.len() + 1);
    for block in found {
        match joined.last_mut() {
            Some(last) if last.i + last.length == block.i && last.j + last.length == block.j => {
                last.length += block.length;
            }
            _ => joined.push(block),
        }
    }
    joined.push(Block { i: old.len(), j: new.len(), length: 0 });
    joined
}

/// A number for each line, the same for equal lines, and how many there are.
fn numbered(old: &[&str], new: &[&str]) -> (Vec<u32>, Vec<u32>, usize) {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::with_capacity_and_hasher(new.len(), FxBuildHasher);
    let mut first: Vec<u32> = Vec::with_capacity(new.len());
    let mut number = |line, at: usize| {
        let next = first.len() as u32;
        let number = *numbers.entry(line).or_insert(next);
        if number == next {
            first.push(at as u32);
        }
        (number, first[number as usize] as usize)
    };
    let new_ids: Vec<u32> = new.iter().enumerate().map(|(at, line)| number(line, at).0).collect();
    // Behind two lines that are equal mostly stand equal lines.
    let mut beside = 0;
    let old_ids = old.iter().map(|line| {
        if new.get(beside).is_some_and(|other| other == line) {
            beside += 1;
            return new_ids[beside - 1];
        }
        let (number, at) = number(line, usize::MAX);
        // A line that changed stands beside what it has become.
        beside = if at < new.len() && new_ids[at] == number { at.max(beside) } else { beside } + 1;
        number
    });
    let old_ids = old_ids.collect();
    (old_ids, new_ids, first.len())
}

/// Two sequences of numbered lines, and where the anchors among the new ones stand.
struct Matcher {
    old: Vec<u32>,
    new: Vec<u32>,
    /// For each number where its places begin, and where they end: nowhere if it is too popular.
    bounds: Vec<(u32, u32)>,
    /// Places in the new text, in order, for one number after the other.
    places: Vec<u32>,
}

impl Matcher {
    fn new(old: Vec<u32>, new: Vec<u32>, numbers: usize) -> Self {
        let mut bounds: Vec<(u32, u32)> = vec![(0, 0); numbers];
        for id in &new {
            bounds[*id as usize].1 += 1;
        }
        let most = if new.len() >= AUTOJUNK { new.len() / 100 + 1 } else { usize::MAX };
        let mut end = 0;
        for bound in &mut bounds {
            let start = end;
            end += if bound.1 as usize > most { 0 } else { bound.1 };
            *bound = (start, end);
        }
        let mut places = vec![0; end as usize];
        let mut free: Vec<u32> = bounds.iter().map(|bound| bound.0).collect();
        for (j, id) in new.iter().enumerate() {
            let free = &mut free[*id as usize];
            if *free < bounds[*id as usize].1 {
                places[*free as usize] = j as u32;
                *free += 1;
            }
        }
        Self { old, new, bounds, places }
    }

    /// The places of a line in the new text.
    fn places(&self, id: u32) -> &[u32] {
        let (start, end) = self.bounds[id as usize];
        &self.places[start as usize..end as usize]
    }

    /// All runs of equal anchors that cannot be made longer; nothing if there are too many.
    fn runs(&self) -> Option<Vec<Block>> {
        let pairs: usize = self.old.iter().map(|id| self.places(*id).len()).sum();
        if pairs > MANY_PAIRS {
            return None;
        }
        let mut runs: Vec<Block> = Vec::new();
        // For each new line the run that ended there, and the old line of that end.
        let mut ends: Vec<(u32, u32)> = vec![(u32::MAX, 0); self.new.len()];
        for (i, id) in self.old.iter().enumerate() {
            // Backwards, so that what the last row left at `j - 1` is still there.
            for j in self.places(*id).iter().rev().map(|j| *j as usize) {
                let before = j.checked_sub(1).map(|j| ends[j]);
                let run = match before {
                    Some((row, run)) if i > 0 && row as usize == i - 1 => {
                        runs[run as usize].length += 1;
                        run
                    }
                    _ => {
                        runs.push(Block { i, j, length: 1 });
                        runs.len() as u32 - 1
                    }
                };
                ends[j] = (i as u32, run);
            }
        }
        Some(runs)
    }

    /// The longest run of anchors in a window, found row by row in little memory.
    fn longest_by_rows(&self, window: &Window) -> Block {
        let mut best = Block { i: window.old.start, j: window.new.start, length: 0 };
        let (low, high) = (window.new.start, window.new.end);
        let mut last: Vec<(u32, u32)> = Vec::new();
        let mut row: Vec<(u32, u32)> = Vec::new();
        for i in window.old.clone() {
            let places = self.places(self.old[i]);
            let from = places.partition_point(|j| (*j as usize) < low);
            let mut before = last.iter().peekable();
            for j in places[from..].iter().copied().take_while(|j| (*j as usize) < high) {
                while before.next_if(|(place, _)| place + 1 < j).is_some() {}
                let length =
                    before.peek().filter(|(place, _)| place + 1 == j).map_or(0, |(_, length)| *length) + 1;
                row.push((j, length));
                if length as usize > best.length {
                    let back = length as usize - 1;
                    best = Block { i: i - back, j: j as usize - back, length: length as usize };
                }
            }
            std::mem::swap(&mut last, &mut row);
            row.clear();
        }
        best
    }

    /// A block and the equal lines on both sides of it, popular ones too.
    fn extended(&self, mut block: Block, window: &Window) -> Block {
        while block.i > window.old.start
            && block.j > window.new.start
            && self.old[block.i - 1] == self.new[block.j - 1]
        {
            block = Block { i: block.i - 1, j: block.j - 1, length: block.length + 1 };
        }
        while block.i + block.length < window.old.end
            && block.j + block.length < window.new.end
            && self.old[block.i + block.length] == self.new[block.j + block.length]
        {
            block.length += 1;
        }
        block
    }
}

/// The longest of some runs; of equally long ones the first in the old text, then in the new one.
fn longest_run(window: &Window, runs: &[Block]) -> Block {
    let best = runs.iter().min_by_key(|run| (std::cmp::Reverse(run.length), run.i, run.j));
    best.copied().unwrap_or(Block { i: window.old.start, j: window.new.start, length: 0 })
}

/// What of the runs lies in a window.
fn clipped(runs: &[Block], window: &Window) -> Vec<Block> {
    let inside = runs.iter().filter_map(|run| {
        let skip = window.old.start.saturating_sub(run.i).max(window.new.start.saturating_sub(run.j));
        let (i, j) = (run.i + skip, run.j + skip);
        let room = window.old.end.saturating_sub(i).min(window.new.end.saturating_sub(j));
        let length = run.length.saturating_sub(skip).min(room);
        (length > 0).then_some(Block { i, j, length })
    });
    inside.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_python_ends_them() {
        let text = "a\nb\r\nc\rd\x0be\x0cf\x1cg\x1dh\x1ei\u{85}j\u{2028}k\u{2029}l\n\nm";
        let lines = python_lines(text);
        assert_eq!(lines, ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "", "m"]);
        assert_eq!(python_lines_with_ends(text).concat(), text);
        assert!(python_lines("").is_empty());
        assert_eq!(python_lines("\n"), [""]);
    }

    #[test]
    fn both_ways_of_looking_find_the_same() {
        let mut seed = 1_u32;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % below
        };
        for _ in 0..300 {
            let kinds = 2 + next(30);
            let (left, right) = (next(60) as usize, next(60) as usize);
            let old: Vec<u32> = (0..left).map(|_| next(kinds)).collect();
            let new: Vec<u32> = (0..right).map(|_| next(kinds)).collect();
            let matcher = Matcher::new(old, new, kinds as usize);
            let (i, j) = (next(left as u32 + 1) as usize, next(right as u32 + 1) as usize);
            let window = Window { old: i / 2..left, new: j / 2..right };
            let runs = matcher.runs().expect("few pairs");
            let run = longest_run(&window, &clipped(&runs, &window));
            let row = matcher.longest_by_rows(&window);
            assert_eq!((run.i, run.j, run.length), (row.i, row.j, row.length));
        }
    }
}
