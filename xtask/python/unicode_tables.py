"""Prints `crates/upgrade/src/unicode_tables.rs`: how Python 3.11 classifies characters.

Run it with the Python whose `re` and `str` the old parser used (3.11, Unicode 14):
`python3.11 xtask/python/unicode_tables.py > crates/upgrade/src/unicode_tables.rs`
"""

import re
import sys
from collections.abc import Callable

PER_LINE = 4

HEAD = """\
//! How Python 3.11 classifies characters beyond ASCII, as ranges.
//!
//! Written by `xtask/python/unicode_tables.py`; the standard library of Rust
//! knows other classes, of a later Unicode.
// tidy: long because it is data
#![expect(clippy::unreadable_literal, reason = "these are code points, which nobody groups")]

/// From, to (inclusive).
pub type Ranges = &'static [(u32, u32)];
"""


def ranges(belongs: Callable[[str], bool]) -> list[tuple[int, int]]:
    """The runs of characters from U+0080 on for which `belongs` holds; surrogates are left out."""
    found: list[tuple[int, int]] = []
    for code in range(0x80, sys.maxunicode + 1):
        if 0xD800 <= code <= 0xDFFF or not belongs(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1] = (found[-1][0], code)
        else:
            found.append((code, code))
    return found


def table(name: str, what: str, belongs: Callable[[str], bool]) -> str:
    """One constant with its comment."""
    cells = [f"(0x{first:x}, 0x{last:x})," for first, last in ranges(belongs)]
    lines = [" ".join(cells[at : at + PER_LINE]) for at in range(0, len(cells), PER_LINE)]
    body = "\n".join(f"    {line}" for line in lines)
    return f"\n/// {what}\n#[rustfmt::skip]\npub const {name}: Ranges = &[\n{body}\n];\n"


def main() -> None:
    """Prints the file."""
    word, digit = re.compile(r"\w"), re.compile(r"\d")
    print(HEAD, end="")
    print(table("WORD", r"What `\w` matches.", lambda char: bool(word.match(char))), end="")
    print(table("DIGIT", r"What `\d` matches.", lambda char: bool(digit.match(char))), end="")
    print(table("START", "What may start an identifier.", str.isidentifier), end="")
    print(
        table("PART", "What may stand in an identifier.", lambda char: f"a{char}".isidentifier()),
        end="",
    )
    print(table("HIDDEN", "What `repr` escapes.", lambda char: not char.isprintable()), end="")


if __name__ == "__main__":
    main()
