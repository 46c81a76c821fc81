//! The one memory budget of all run-time parts, and how it is written down.
//!
//! The budget is the memory that the collection a run-time part replaces may
//! take before anything goes to disk. What the part itself holds (encoded
//! records, index, merge buffers) stays below it.

/// 16 MiB: spilling in batches costs no time beside `sorted`, so the default
/// can be small.
pub const DEFAULT: usize = 16 << 20;

/// Below this, buffers would be so small that merging takes many passes.
pub const SMALLEST: usize = 16 << 10;

/// Reads `"16MiB"`, `"16M"`, `"16 MB"`, `"16777216"`: `K`, `M`, `G`, `T` alone
/// or with `iB` are powers of 1024, with `B` powers of 1000, as in GNU `sort`.
///
/// `None` means that the text is no size.
pub fn parse(text: &str) -> Option<usize> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: usize = text.get(..split)?.parse().ok()?;
    let unit = text.get(split..)?.trim().to_ascii_lowercase();
    let (letter, rest) = match unit.chars().next() {
        None => return Some(number),
        Some(letter) => (letter, unit.get(letter.len_utf8()..)?),
    };
    if letter == 'b' {
        return rest.is_empty().then_some(number);
    }
    let power = match letter {
        'k' => 1,
        'm' => 2,
        'g' => 3,
        't' => 4,
        _ => return None,
    };
    let base: usize = match rest {
        "" | "ib" => 1024,
        "b" => 1000,
        _ => return None,
    };
    number.checked_mul(base.checked_pow(power)?)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes() {
        assert_eq!(parse("16777216"), Some(16 << 20));
        assert_eq!(parse(" 16MiB "), Some(16 << 20));
        assert_eq!(parse("16M"), Some(16 << 20));
        assert_eq!(parse("16 mb"), Some(16_000_000));
        assert_eq!(parse("64KiB"), Some(64 << 10));
        assert_eq!(parse("100B"), Some(100));
        for wrong in ["", "M", "16X", "-1", "1.5M", "16MiBs", "99999999999T"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
