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
_BLOCK = 1 << 18
# What JSON takes for blanks.
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
        text = file.read(_BLOCK)
        at = _skip(text, 0)
        if text[at : at + 1] != "[":
            raise _OtherwiseError
        at += 1
        # What `raw_decode` calls: once more for each item would take a tenth of the time.
        scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]
        size = _BLOCK
        is_first = True
        while True:
            here = _skip(text, at)
            if is_first and text[here : here + 1] == "]":
                at = here + 1
                break
            # An item, and what stands behind it: without that a number could go on.
            try:
                item, end = scan(text, here)
                end = _skip(text, end)
                behind = text[end]
            except (StopIteration, ValueError, IndexError):
                more = file.read(size)
                if not more:
                    raise _OtherwiseError from None
                text = text[at:] + more
                at = 0
                size *= 2
                continue
            yield item
            size = _BLOCK
            is_first = False
            at = end + 1
            if behind == "]":
                break
            if behind != ",":
                raise _OtherwiseError
        rest = text[at:]
        while True:
            if _skip(rest, 0) < len(rest):
                raise _OtherwiseError
            rest = file.read(_BLOCK)
            if not rest:
                break
    except (ValueError, RecursionError):
        raise _OtherwiseError from None


def _skip(text: str, at: int) -> int:
    """Where the blanks end that stand there."""
    return _BLANKS(text, at).end()  # type: ignore[union-attr]
