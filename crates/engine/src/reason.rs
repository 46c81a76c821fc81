//! Lines that reasons name are those of the original text.

/// Gives the text with each line number in it changed: `line 5`, `lines 5, 7`, `lines 5 and 7`.
pub fn with_lines(reason: &str, change: impl Fn(usize) -> usize) -> String {
    let mut changed = String::with_capacity(reason.len());
    let mut rest = reason;
    while let Some(at) = rest.find("line") {
        let (before, found) = rest.split_at(at);
        let starts_word = !before.ends_with(|one: char| one.is_alphanumeric() || one == '_');
        let word = if found.starts_with("lines ") { "lines " } else { "line " };
        changed.push_str(before);
        let Some(mut numbers) = found.strip_prefix(word).filter(|_| starts_word) else {
            changed.push_str("line");
            rest = &found["line".len()..];
            continue;
        };
        changed.push_str(word);
        loop {
            let digits = numbers.bytes().take_while(u8::is_ascii_digit).count();
            let (number, behind) = numbers.split_at(digits);
            match number.parse() {
                Ok(number) => changed.push_str(&change(number).to_string()),
                Err(_) => changed.push_str(number),
            }
            numbers = behind;
            let next = [", ", " and "].into_iter().find(|between| {
                let behind = numbers.strip_prefix(between);
                behind.is_some_and(|behind| behind.starts_with(|one: char| one.is_ascii_digit()))
            });
            let Some(between) = next.filter(|_| word == "lines ") else { break };
            changed.push_str(between);
            numbers = &numbers[between.len()..];
        }
        rest = numbers;
    }
    changed + rest
}

#[cfg(test)]
mod tests {
    use super::with_lines;

    #[test]
    fn numbers_of_lines_are_changed_and_no_others() {
        let less = |text: &str| with_lines(text, |line| line - 10);
        assert_eq!(less("it is walked again and again (line 28)"), "it is walked again and again (line 18)");
        assert_eq!(
            less("`a` is used more than once (lines 59, 60)"),
            "`a` is used more than once (lines 49, 50)"
        );
        assert_eq!(less("lines 29 and 30, line 31"), "lines 19 and 20, line 21");
        assert_eq!(less("line 30, 4 items"), "line 20, 4 items");
        assert_eq!(less("`line` of 30 `outline 30`, line {}"), "`line` of 30 `outline 30`, line {}");
        assert_eq!(less("what is walked on line 67 has 3"), "what is walked on line 57 has 3");
        assert_eq!(less("the line"), "the line");
    }
}
