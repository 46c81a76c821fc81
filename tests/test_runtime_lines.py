"""Lines of files, as `read`, `strip`, `split` and `splitlines` would cut them."""

from __future__ import annotations

import io
import random
from itertools import chain

import pytest

from spacetime_compiler.runtime import _lines, split_lines, stripped_lines

PIECES = ["a", "b ", " ", "\n", "\n", "\t", "\x0b", "\r", "\x1c", "  \n"]


@pytest.mark.parametrize("block", [1, 2, 3, 7, 1 << 16])
def test_lines_are_those_of_the_whole_text(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lines, "_BLOCK", block)
    chance = random.Random(block)
    for _ in range(500):
        text = "".join(chance.choices(PIECES, k=chance.randrange(14)))
        assert list(split_lines(io.StringIO(text, newline="\n"))) == text.split("\n")
        for chars in (None, "\n", " \n"):
            for left in (True, False):
                _check_stripped(text, chars, left)


def _check_stripped(text: str, chars: str | None, left: bool) -> None:
    stripped = text.strip(chars) if left else text.rstrip(chars)
    file = io.StringIO(text, newline="\n")
    assert list(stripped_lines(file, chars, left=left)) == stripped.split("\n")
    file = io.StringIO(text, newline="\n")
    whole = stripped_lines(file, chars, left=left, keepends=True)
    assert list(chain.from_iterable(map(str.splitlines, whole))) == stripped.splitlines()
    data, ends = text.encode(), chars.encode() if chars else None
    raw = data.strip(ends) if left else data.rstrip(ends)
    assert list(stripped_lines(io.BytesIO(data), ends, left=left)) == raw.split(b"\n")


def test_a_file_is_closed_when_the_walk_ends_early() -> None:
    file = io.StringIO("a\nb\n")
    lines = stripped_lines(file, close=True)
    assert next(lines) == "a"
    lines.close()
    assert file.closed
