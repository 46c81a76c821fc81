//! Programs grown from the shapes that `upgrade-fuzz` uses, by choices that somebody makes: chance in
//! the tests, bytes in `fuzz/targets/grown.rs`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Who chooses.
pub trait Choices {
    /// A number below that one, or zero.
    fn below(&mut self, count: usize) -> usize;

    fn pick<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

/// What there is to choose from, by the head that it stands under.
pub static SHAPES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    const HEADS: [&str; 6] = ["names", "keywords", "operators", "numbers", "expressions", "statements"];
    let mut found: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut name = "";
    for line in include_str!("../../../../xtask/python/fuzz_shapes.txt").lines() {
        let head = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match head.filter(|head| HEADS.contains(head)) {
            Some(head) => name = head,
            None if ["expressions", "statements"].contains(&name) => {
                found.entry(name).or_default().push(line);
            }
            None => found.entry(name).or_default().extend(line.split_whitespace()),
        }
    }
    found
});

pub fn statement(choices: &mut impl Choices, depth: usize) -> String {
    let shape = choices.pick(&SHAPES["statements"]);
    filled(choices, shape, depth)
}

/// A shape with its holes filled; `fuzz_shapes.txt` says what they are.
fn filled(choices: &mut impl Choices, shape: &str, depth: usize) -> String {
    let shape = shape.replace("\\n", "\n");
    let mut parts = shape.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (hole, rest) = part.split_at(part.len().min(1));
        match hole {
            "E" if depth > 0 => {
                let shape = choices.pick(&SHAPES["expressions"]);
                text += &filled(choices, shape, depth - 1);
            }
            "B" | "C" if depth > 0 => {
                let indent = choices.pick(&["    ", "\t", " "]);
                for line in statement(choices, depth - 1).lines() {
                    let _ = writeln!(text, "{indent}{line}");
                }
                text += indent;
                text += "pass";
            }
            "B" | "C" => text += "    pass",
            "S" => text += choices.pick(&["u'a'", "''", "ur'x'", "\"\"\"d\n\"\"\""]),
            "D" => text += choices.pick(&SHAPES["numbers"]),
            "Z" => text += "print x, y",
            _ => text += choices.pick(&SHAPES["names"]),
        }
        text += rest;
    }
    text
}
