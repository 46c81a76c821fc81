//! Programs grown from the shapes that the fixers look for, by the choices that
//! the bytes make; what bytes alone hardly ever hit upon.
#![no_main]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

mod check;

fuzz_target!(|bytes: &[u8]| {
    let mut choices = Choices(bytes);
    let mut text = String::new();
    while !choices.0.is_empty() && text.len() < LONGEST {
        text += &statement(&mut choices, DEEPEST);
        text.push('\n');
    }
    check::bytes(text.as_bytes());
});

const LONGEST: usize = 2_000;
const DEEPEST: usize = 4;

/// What there is to choose from, by the head that it stands under.
static SHAPES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut found: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut name = "";
    for line in include_str!("../../xtask/python/fuzz_shapes.txt").lines() {
        let head = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match head.filter(|head| head.chars().all(char::is_alphabetic)) {
            Some(head) => name = head,
            None if line.starts_with('#') => {}
            None if ["expressions", "statements"].contains(&name) => {
                found.entry(name).or_default().push(line);
            }
            None => found.entry(name).or_default().extend(line.split_whitespace()),
        }
    }
    found
});

/// Each byte is a choice; when there are no more, the first thing is taken.
struct Choices<'b>(&'b [u8]);

impl Choices<'_> {
    fn below(&mut self, count: usize) -> usize {
        let mut number = 0;
        // One byte is not enough for the longer lists.
        for _ in 0..count.div_ceil(256).min(2) {
            let Some((first, rest)) = self.0.split_first() else { break };
            number = number * 256 + usize::from(*first);
            self.0 = rest;
        }
        number % count.max(1)
    }

    fn pick<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

fn statement(choices: &mut Choices<'_>, depth: usize) -> String {
    let shape = choices.pick(&SHAPES["statements"]);
    filled(choices, shape, depth)
}

/// A shape with its holes filled; `fuzz_shapes.txt` says what they are.
fn filled(choices: &mut Choices<'_>, shape: &str, depth: usize) -> String {
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
