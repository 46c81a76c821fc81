"""``write_joined``, ``write_text_joined`` and ``print_joined`` against what they replace."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spacetime_compiler.runtime import (
    SpillList,
    closed_after,
    print_joined,
    write_joined,
    write_text_joined,
)

ITEMS: list[list[Any]] = [
    [],
    ["a"],
    [""],
    ["a"] * 5000,
    ["é\n"] * 3000,
    ["x", "\udc80"],
    ["a"] * 2000 + [3],
    ["é", "日本"],
]
ENCODINGS = ["utf-8", "ascii", "utf-16", "iso2022_jp", "latin-1", "utf-7", "punycode", "utf-8-sig"]
ERRORS = ["strict", "replace", "surrogateescape"]


def outcome(path: Path, write: Callable[[Path], object]) -> tuple[str, bytes | None]:
    """What writing raised, and what is in the file then."""
    path.unlink(missing_ok=True)
    raised = ""
    try:
        write(path)
    except (TypeError, ValueError) as error:
        raised = repr(error)
    return raised, path.read_bytes() if path.exists() else None


@pytest.mark.parametrize(("encoding", "errors"), list(itertools.product(ENCODINGS, ERRORS)))
@pytest.mark.parametrize("items", ITEMS, ids=range(len(ITEMS)))
@pytest.mark.parametrize(("separator", "tail"), [("\n", "\n"), (", ", ""), ("", "ü")])
def test_writing(
    items: list[Any], separator: str, tail: str, encoding: str, errors: str, tmp_path: Path
) -> None:
    options = {"encoding": encoding, "errors": errors}

    def at_once(path: Path) -> None:
        with path.open("w", **options) as file:  # type: ignore[call-overload]
            file.write(separator.join(items) + tail)

    def in_blocks(path: Path) -> None:
        with path.open("w", **options) as file:  # type: ignore[call-overload]
            write_joined(file, separator, iter(items), tail)

    def whole(path: Path) -> None:
        path.write_text(separator.join(items) + tail, **options)

    def whole_in_blocks(path: Path) -> None:
        write_text_joined(path, separator, SpillList(items), tail, **options)

    file = tmp_path / "file"
    assert outcome(file, in_blocks) == outcome(file, at_once)
    assert outcome(file, whole_in_blocks) == outcome(file, whole)


class Noting(io.StringIO):
    """Notes what it is asked to write."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def write(self, text: str) -> int:
        self.written.append(text)
        return super().write(text)


def test_other_files_get_the_text_at_once() -> None:
    noting = Noting()
    write_joined(noting, ",", iter(["a"] * 3000), "!")
    assert noting.written == [",".join(["a"] * 3000) + "!"]
    expected = Noting()
    with contextlib.redirect_stdout(expected):
        print(",".join(["a"] * 3000))
    printed = Noting()
    with contextlib.redirect_stdout(printed):
        print_joined(",", iter(["a"] * 3000))
    assert printed.written == expected.written


def test_printing(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stdout)
    print_joined(", ", (str(number) for number in range(3000)))
    stdout.flush()
    assert capfd.readouterr().out == ", ".join(map(str, range(3000))) + "\n"


def test_nothing_is_written_when_an_item_fails(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("before")
    with pytest.raises(ZeroDivisionError):
        write_text_joined(file, ",", (str(1 // (2000 - number)) for number in range(3000)))
    assert file.read_text() == "before"


def test_closed_after(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("a\nb")
    file = path.open()
    assert list(closed_after(file)) == ["a\n", "b"]
    assert file.closed
    file = path.open()
    lines = closed_after(file)
    assert next(lines) == "a\n"
    lines.close()  # type: ignore[attr-defined]
    assert file.closed


def test_a_file_that_is_given_another_write_sees_one_call(tmp_path: Path) -> None:
    texts: list[str] = []
    with (tmp_path / "out.txt").open("w") as file:
        file.write = texts.append  # type: ignore[method-assign, assignment]
        write_joined(file, "\n", (str(number) for number in range(3000)))
    assert texts == ["\n".join(str(number) for number in range(3000))]


def test_what_cannot_write_fails_before_items_are_made() -> None:
    made: list[str] = []
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'write'"):
        write_joined(None, "\n", (made.append(text) or text for text in "ab"))
    with pytest.raises(AttributeError, match="'str' object has no attribute 'write_text'"):
        write_text_joined("out.txt", "\n", (made.append(text) or text for text in "ab"))
    assert made == []


def test_a_path_of_another_class_opens_itself(tmp_path: Path) -> None:
    texts: list[str] = []

    def write_text(_self: Path, text: str, **_options: Any) -> int:
        texts.append(text)
        return len(text)

    made = type("PosixPath", (type(tmp_path),), {"write_text": write_text})
    write_text_joined(made(tmp_path / "out.txt"), "\n", ["a", "b"])
    assert texts == ["a\nb"]
    assert not (tmp_path / "out.txt").exists()
