"""A JSON document without holding it: the items of its array, one after the other."""

from __future__ import annotations

import io
import json
import re

from spacetime_compiler.runtime._load import native as _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# So many characters are read at a time, and more if that does not hold an item.
_BLOCK = 1 << 16
# So many places are looked at for the end of an item.
_TRIES = 4
# What JSON takes for blanks.
_BLANK = frozenset(" \t\n\r")
_BLANKS = re.compile(r"[ \t\n\r]*").match


class _OtherwiseError(Exception):
    """This is to be left to the ``json`` module."""


def load_json(file: Any, /, *, frozen: bool = False, compared: bool = True) -> Any:
    """Give what ``json.load(file)`` gives, an array as a :class:`SpillList`.

    The document is read to its end before this returns, block by block, and each item
    of the array is decoded as soon as it is there. So it is known to be right before
    anybody sees an item; if it is not, what ``json.load`` raises is raised, by having
    it read the file again. ``frozen`` and ``compared`` are those of :class:`SpillList`.

    What is no array, and what comes from anything but a text file that can be read
    again, is left to ``json.load``.

    Raises:
        json.JSONDecodeError: it is no JSON document.
        OSError: the file cannot be read, or the folder for spilled data is full or
            cannot be written.
    """
    start = _start(file)
    if start is None:
        return json.load(file)
    try:
        return _native.SpillList(_items(file), frozen=frozen, compared=compared)
    except _OtherwiseError:
        file.seek(start)
    return json.load(file)


def _start(file: Any) -> int | None:
    """Where a text file is; nothing if it cannot be read again from there."""
    if type(file) is not io.TextIOWrapper:
        return None
    try:
        return file.tell() if file.seekable() else None
    except (OSError, ValueError):
        return None


def _items(file: io.TextIOWrapper) -> Iterator[Any]:
    try:
        array = _Array(file)
        behind = array.begin()
        while behind == ",":
            yield from array.several()
            item, behind = array.one()
            yield item
        if behind != "]":
            raise _OtherwiseError
        array.end()
    except (ValueError, RecursionError):
        raise _OtherwiseError from None


class _Array:
    """The text of an array, as far as it has been read and not decoded yet."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self.file = file
        self.text = file.read(_BLOCK)
        self.at = 0
        # What `raw_decode` calls: once more for each item would take a tenth of the time.
        self.scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
        # What stands between two items, from the end of one to the beginning of the other.
        self.between = ""
        self.is_plain = True

    def begin(self) -> str:
        """Go to the first item, as if it came behind a comma; or behind an empty array."""
        at = _skip(self.text, 0)
        if self.text[at : at + 1] != "[":
            raise _OtherwiseError
        self.at = at + 1
        while (at := _skip(self.text, self.at)) == len(self.text):
            if not self.read(_BLOCK):
                raise _OtherwiseError
        if self.text[at] != "]":
            return ","
        self.at = at + 1
        return "]"

    def read(self, size: int) -> bool:
        more = self.file.read(size)
        self.text = self.text[self.at :] + more
        self.at = 0
        return bool(more)

    def one(self) -> tuple[Any, str]:
        """Decode an item; what stands behind it tells that it ends there, as numbers do not."""
        size = _BLOCK
        while True:
            try:
                item, end = self.scan(self.text, _skip(self.text, self.at))
                then = _skip(self.text, end)
                behind = self.text[then]
            except (StopIteration, ValueError, IndexError):
                if not self.read(size):
                    raise _OtherwiseError from None
                size *= 2
                continue
            self.at = then + 1
            between = self.text[end - 1 : _skip(self.text, self.at) + 1]
            self.between = between if between[0] in "}]" and between[-1] in "{[" else ""
            return item, behind

    def several(self) -> list[Any]:
        """Decode all items at once but the last ones that have been read, if that can be done.

        They end where what stands between two items is found last. That it does stand
        between items of this array, and not in one of them, shows when they are decoded:
        closed by one bracket, they are an array.
        """
        between = self.between
        if not between or not self.is_plain:
            return []
        if len(self.text) - self.at < _BLOCK // 2:
            self.read(_BLOCK)
        stop = len(self.text)
        for _ in range(_TRIES):
            stop = self.text.rfind(between, self.at, stop)
            if stop < 0:
                return []
            text = f"[{self.text[self.at : stop + 1]}]"
            try:
                items, end = self.scan(text, 0)
            except (StopIteration, ValueError):
                continue
            if end == len(text):
                self.at = stop + between.index(",") + 1
                found: list[Any] = items
                return found
        # The same stands within items: one by one is quicker than to look for their ends.
        self.is_plain = False
        return []

    def end(self) -> None:
        """Nothing comes behind the array."""
        rest = self.text[self.at :]
        while True:
            if _skip(rest, 0) < len(rest):
                raise _OtherwiseError
            rest = self.file.read(_BLOCK)
            if not rest:
                return


def _skip(text: str, at: int) -> int:
    """Where the blanks end that stand there."""
    if text[at : at + 1] not in _BLANK:
        return at
    return _BLANKS(text, at).end()  # type: ignore[union-attr]
