//! Whether two runs did the same, as far as anybody outside could see.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::run::Figures;
use super::stage::{Stage, is_staged};

/// How the names of [`Stage::keep`] call the run that all others are held against.
pub const REFERENCE: &str = "reference";

/// What differs between the reference and the run that is still on the stage,
/// a sentence each; nothing when they are the same.
pub fn differences(stage: &Stage, reference: &Figures, run: &Figures) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    if reference.exit != run.exit {
        found.push(format!("{}, but before {}", run.exit, reference.exit));
    }
    let notes = stage.kept(REFERENCE, &stage.notes_folder());
    let (before, after) = (fs::read(notes.join("stdout"))?, fs::read(stage.notes("stdout"))?);
    if before != after {
        found.push(format!("stdout differs {}", first_difference(&before, &after)));
    }
    let (before, after) = (fs::read(notes.join("stderr"))?, fs::read(stage.notes("stderr"))?);
    let (before, after) = (normalized(&before), normalized(&after));
    if before != after {
        found.push(format!("stderr differs {}", first_difference(before.as_bytes(), after.as_bytes())));
    }
    for folder in stage.watched() {
        let kept = stage.kept(REFERENCE, &folder);
        let script = stage.script_in(&folder);
        for path in different_files(&kept, &folder)? {
            if Some(&path) != script.as_ref() {
                found.push(format!("the file {} differs", path.display()));
            }
        }
    }
    Ok(found)
}

/// The files that the reference run has written, changed or removed.
pub fn files_written(stage: &Stage) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for folder in stage.watched() {
        let script = stage.script_in(&folder);
        let different = different_files(stage.original(&folder), &stage.kept(REFERENCE, &folder))?;
        all.extend(different.into_iter().filter(|path| Some(path) != script.as_ref()));
    }
    Ok(all)
}

/// Where two outputs part, with the two lines.
fn first_difference(before: &[u8], after: &[u8]) -> String {
    let (mut left, mut right) = (before.split(|byte| *byte == b'\n'), after.split(|byte| *byte == b'\n'));
    let mut line = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => line += 1,
            (a, b) => return format!("in line {line}: {}, but before {}", quote(b), quote(a)),
        }
    }
}

fn quote(line: Option<&[u8]>) -> String {
    let Some(line) = line else { return "it ends".to_owned() };
    let text = String::from_utf8_lossy(line);
    let short: String = text.chars().take(80).collect();
    let dots = if short.len() < text.len() { "..." } else { "" };
    // Control characters would act on the user's terminal.
    let short: String = short.chars().map(|char| if char.is_control() { '?' } else { char }).collect();
    format!("`{short}{dots}`")
}

/// Standard error without what may differ: the frames of tracebacks, since
/// lines move and a generator has frames of its own, and the places of warnings.
pub fn normalized(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    let mut out = String::new();
    let mut in_frames = false;
    let mut after_warning = false;
    for line in text.lines() {
        let frame = line.trim_start_matches([' ', '|', '+']);
        let is_frame = frame.starts_with("File \"") && frame.contains("\", line ");
        let is_detail =
            in_frames && (line.starts_with("    ") || frame.starts_with("[Previous line repeated"));
        let is_quoted = after_warning && line.starts_with("  ");
        in_frames = is_frame || is_detail || (in_frames && line.trim().is_empty());
        after_warning = false;
        if is_frame || is_detail || is_quoted {
            continue;
        }
        if let Some(rest) = warning_without_place(line) {
            after_warning = true;
            out.push_str(rest);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

/// `path.py:12: SomeWarning: text` from the category on.
fn warning_without_place(line: &str) -> Option<&str> {
    let (place, rest) = line.split_once(": ")?;
    let number = place.rsplit_once(':')?.1;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let category = rest.split(':').next()?;
    (is_number && category.ends_with("Warning")).then_some(rest)
}

/// Paths below both folders whose contents are not the same.
fn different_files(before: &Path, after: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut all = BTreeSet::new();
    list(before, Path::new(""), &mut all)?;
    list(after, Path::new(""), &mut all)?;
    let mut different = BTreeSet::new();
    for path in all {
        if !is_same(&before.join(&path), &after.join(&path))? {
            different.insert(path);
        }
    }
    Ok(different)
}

fn list(top: &Path, below: &Path, all: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(top.join(below))? {
        let entry = entry?;
        if !is_staged(&entry.file_name()) {
            continue;
        }
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            list(top, &path, all)?;
        }
        all.insert(path);
    }
    Ok(())
}

fn is_same(before: &Path, after: &Path) -> io::Result<bool> {
    let (Ok(a), Ok(b)) = (fs::symlink_metadata(before), fs::symlink_metadata(after)) else {
        return Ok(false);
    };
    if a.is_symlink() || b.is_symlink() {
        // A copy's link may be spelled differently; what matters is where it leads.
        return Ok(a.is_symlink() == b.is_symlink() && fs::read(before).ok() == fs::read(after).ok());
    }
    if !a.is_file() || !b.is_file() {
        return Ok(a.file_type() == b.file_type());
    }
    Ok(a.len() == b.len() && same_bytes(fs::File::open(before)?, fs::File::open(after)?)?)
}

fn same_bytes(mut before: impl Read, mut after: impl Read) -> io::Result<bool> {
    let (mut a, mut b) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let (read_a, read_b) = (fill(&mut before, &mut a)?, fill(&mut after, &mut b)?);
        if a[..read_a] != b[..read_b] {
            return Ok(false);
        }
        if read_a == 0 {
            return Ok(true);
        }
    }
}

fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tracebacks_differ_only_in_what_is_raised() {
        let before = "hello\nTraceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    f()\n    ^^^\n  File \"a.py\", line 1, in <listcomp>\n    x\nValueError: no\n  notes stay\n";
        let after = "hello\nTraceback (most recent call last):\n  File \"a.py\", line 5, in <module>\n    f(x)\n  File \"a.py\", line 1, in <genexpr>\n    x\n  File \"b.py\", line 9, in g\nValueError: no\n  notes stay\n";
        assert_eq!(normalized(before.as_bytes()), normalized(after.as_bytes()));
        let other = after.replace("ValueError", "KeyError");
        assert_ne!(normalized(before.as_bytes()), normalized(other.as_bytes()));
    }

    #[test]
    fn warnings_lose_their_place() {
        let before = "/a/b.py:3: DeprecationWarning: old\n  f()\nend\n";
        let after = "/a/b.py:4: DeprecationWarning: old\n  f(1)\nend\n";
        assert_eq!(normalized(before.as_bytes()), "DeprecationWarning: old\nend\n");
        assert_eq!(normalized(before.as_bytes()), normalized(after.as_bytes()));
    }

    #[test]
    fn the_first_difference_is_shown() {
        assert_eq!(first_difference(b"a\nb\n", b"a\nc\n"), "in line 2: `c`, but before `b`");
        assert_eq!(first_difference(b"a", b"a\nc"), "in line 2: `c`, but before it ends");
    }
}
