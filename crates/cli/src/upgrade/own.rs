//! `--fixer FILE`: fixers that users write, in TOML.

use std::ops::Range;

use serde::Deserialize;
use spacetime_upgrade::{Fixer, OwnFixer, Part, fixers};
use toml::Spanned;

/// A file of fixers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fixer: Vec<Spanned<Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    name: Spanned<String>,
    pattern: Spanned<String>,
    replace: Option<Spanned<String>>,
    message: Option<Spanned<String>>,
    import: Option<Imports>,
    #[serde(default)]
    explicit: bool,
    #[serde(default = "default_order")]
    order: u8,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Imports {
    One(String),
    Many(Vec<String>),
}

/// As the fixers of 2to3 have it, unless they say otherwise.
fn default_order() -> u8 {
    5
}

/// The fixers in these files, by name. An error says in which file and line,
/// and what to do.
pub fn read(files: &[String]) -> Result<Vec<&'static Fixer>, String> {
    // Each with the place where it was found, for who comes later by the same name.
    let mut all: Vec<(&'static Fixer, String)> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("{file}: {}", crate::source::reason(&error)))?;
        for (at, fixer) in of_text(&text).map_err(|(at, message)| told(file, &text, at, &message))? {
            let taken = fixers::ALL.iter().any(|other| other.name == fixer.name);
            if taken {
                let message = format!("2to3 has a fixer `{}`: give yours another name", fixer.name);
                return Err(told(file, &text, at, &message));
            }
            if let Some((_, place)) = all.iter().find(|(other, _)| other.name == fixer.name) {
                let message = format!("there is a fixer `{}` in {place} already", fixer.name);
                return Err(told(file, &text, at, &message));
            }
            all.push((fixer, format!("{file}:{}", line(&text, at))));
        }
    }
    let mut all: Vec<&'static Fixer> = all.into_iter().map(|(fixer, _)| fixer).collect();
    all.sort_by_key(|fixer| fixer.name);
    Ok(all)
}

fn told(file: &str, text: &str, at: usize, message: &str) -> String {
    format!("{file}:{}: {message}", line(text, at))
}

fn line(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

/// The fixers in a text, each with the place of its name.
fn of_text(text: &str) -> Result<Vec<(usize, &'static Fixer)>, (usize, String)> {
    let file: File = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let known = "a fixer is `[[fixer]]` with name, pattern, and replace or message; import, explicit and order are optional";
        (at, format!("{} ({known})", error.message().trim()))
    })?;
    if file.fixer.is_empty() {
        return Err((0, "there is no `[[fixer]]` in this file".to_owned()));
    }
    let mut all = Vec::new();
    for table in file.fixer {
        let start = table.span().start;
        let table = table.into_inner();
        let own = OwnFixer {
            name: table.name.get_ref().clone(),
            pattern: table.pattern.get_ref().clone(),
            replace: table.replace.as_ref().map(|text| text.get_ref().clone()),
            message: table.message.as_ref().map(|text| text.get_ref().clone()),
            imports: match table.import {
                None => Vec::new(),
                Some(Imports::One(import)) => vec![import],
                Some(Imports::Many(imports)) => imports,
            },
            explicit: table.explicit,
            order: table.order,
        };
        let fixer = own.fixer().map_err(|error| {
            let value = match error.part {
                Part::Name => Some(&table.name),
                Part::Pattern => Some(&table.pattern),
                Part::Replace => table.replace.as_ref(),
                Part::Message => table.message.as_ref(),
                Part::Import(_) => None,
            };
            let at = value.map_or(start, |value| place(text, value.span(), value.get_ref(), error.at));
            (at, error.message)
        })?;
        all.push((table.name.span().start, fixer));
    }
    Ok(all)
}

/// Where in the file a byte of a value stands, as far as its line goes.
fn place(text: &str, span: Range<usize>, value: &str, at: usize) -> usize {
    let written = &text[span.clone()];
    // Three quotes and an end of line: that end is not part of the value.
    let opening = usize::from(matches!(written.get(3..4), Some("\n" | "\r")) && written.len() > 6);
    let lines = value[..at.min(value.len())].matches('\n').count() + opening;
    let mut ends = written.match_indices('\n').map(|(end, _)| end + 1);
    span.start + if lines == 0 { 0 } else { ends.nth(lines - 1).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (usize, String) {
        let (at, message) = of_text(text).unwrap_err();
        (line(text, at), message)
    }

    #[test]
    fn errors_name_the_line_and_say_what_to_do() {
        let head = "[[fixer]]\nname = \"a\"\n";
        for (text, at, words) in [
            ("", 1, "no `[[fixer]]`"),
            ("[[fixer]]\nname = 1\n", 2, "string"),
            ("[[fixer]]\nname = \"a\"\npatern = \"'x'\"\n", 3, "patern"),
            ("[[fixer]]\nname = \"a-b\"\npattern = \"'x'\"\nreplace = \"y\"\n", 2, "letters, digits"),
            (&format!("{head}pattern = \"power<\"\nreplace = \"y\"\n"), 3, "the pattern cannot be read"),
            (
                &format!("{head}pattern = '''\npower<\n  nosuch< 'x' > >\n'''\nreplace = \"y\"\n"),
                5,
                "no symbol `nosuch`",
            ),
            (&format!("{head}pattern = \"n='x'\"\nreplace = \"$m\"\n"), 4, "bound are: n"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"$m\"\n"), 4, "bound are: none"),
            (&format!("{head}pattern = \"'x'\"\nreplace = '''\ny +\n'''\n"), 5, "no Python 3"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"f($1)\"\n"), 4, "`$` without a name"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"a; b\"\n"), 4, "one simple statement"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"if a: b\"\n"), 4, "one simple statement"),
            (&format!("{head}pattern = \"'x'\"\nmessage = \"$y\"\n"), 4, "not bound"),
            (&format!("{head}pattern = \"'x'\"\n"), 3, "nothing to be done"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"y\"\nimport = \"os.path\"\n"), 1, "is no import"),
            (&format!("{head}pattern = \"'x'\"\nreplace = \"y\"\norder = 300\n"), 5, "300"),
        ] {
            let (found, message) = refused(text);
            assert!(found == at && message.contains(words), "{text}\n{found}: {message}");
        }
    }
}
