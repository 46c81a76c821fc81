"""Joined texts that are written piece by piece, where nobody can tell."""

from __future__ import annotations

import codecs
import io
import sys

from spacetime_compiler.runtime import SpillList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

# Items that are joined at a time.
_BLOCK = 1024

# Encodings that write every ASCII character as itself.
_ASCII = frozenset(
    {
        "utf-8",
        "utf8",
        "ascii",
        "us-ascii",
        "latin-1",
        "iso8859-1",
        "iso-8859-1",
        "cp1252",
    }
)

# Encodings that write a text in pieces as they write it at once, however it is cut.
_PIECEWISE = ("ascii", "cp125", "iso8859-", "koi8-", "utf-16", "utf-32", "utf-8")

# Handlers of the interpreter, which do the same whenever they are asked.
_HANDLERS = frozenset(
    {
        "strict",
        "ignore",
        "replace",
        "backslashreplace",
        "xmlcharrefreplace",
        "namereplace",
        "surrogateescape",
        "surrogatepass",
    }
)


def write_joined(file: Any, separator: str, items: Iterable[str], tail: str = "", /) -> None:
    """Do ``file.write(separator.join(items) + tail)`` without making the whole text.

    All items are taken, and looked at, before anything is written, so it raises
    what joining, or encoding the text, would raise. To files other than those of
    :func:`open` in text mode the text is written at once.
    """
    write = file.write  # as it is before the items are made
    kept = _kept(items)
    if not _written(file, separator, kept, tail, _is_ascii(kept)):
        write(separator.join(kept) + tail)


def write_text_joined(
    path: Any, separator: str, items: Iterable[str], tail: str = "", /, **options: Any
) -> None:
    """Do ``path.write_text(separator.join(items) + tail, **options)`` without the whole text.

    The same holds as for :func:`write_joined`; the file is opened when all items are there.
    """
    write_text = path.write_text
    kept = _kept(items)
    plain = _is_ascii(kept)
    if plain is None or not _is_plain_path(path):
        write_text(separator.join(kept) + tail, **options)
        return
    with path.open("w", **options) as file:
        if not _written(file, separator, kept, tail, plain):
            file.write(separator.join(kept) + tail)


def print_joined(separator: str, items: Iterable[str], /) -> None:
    """Do ``print(separator.join(items))`` without making the whole text.

    The same holds as for :func:`write_joined`.
    """
    kept = _kept(items)
    if not _written(sys.stdout, separator, kept, "\n", _is_ascii(kept)):
        print(separator.join(kept))


def _is_plain_path(path: Any) -> bool:
    """Whether it is one of :mod:`pathlib`, as that module has made it."""
    kind = type(path)
    parts = (kind, kind.write_text, kind.open)
    return kind.__name__ in ("PosixPath", "WindowsPath") and all(
        getattr(part, "__module__", "").partition(".")[0] == "pathlib" for part in parts
    )


def _kept(items: Iterable[str]) -> Any:
    """What can be walked twice, and stays as it is meanwhile."""
    return items if type(items) in (list, tuple, SpillList) else SpillList(items)


def _blocks(kept: Any) -> Iterator[list[str]]:
    block = []
    for item in kept:
        block.append(item)
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


_joined = "".join


def _is_ascii(kept: Any) -> bool | None:
    """Whether the items are ASCII; ``None`` if some of them cannot be joined."""
    plain = True
    try:
        for block in _blocks(kept):
            plain = _joined(block).isascii() and plain
    except TypeError:
        return None
    return plain


def _written(file: Any, separator: str, kept: Any, tail: str, plain: bool | None) -> bool:
    """Write the text in blocks, if nobody can tell that from writing it at once.

    ``plain`` says whether all items are ASCII, ``None`` that they cannot be joined.
    """
    of_system = type(file) is io.TextIOWrapper and type(file.buffer) is io.BufferedWriter
    # Who gives a file another `write` sees how often it is called.
    if not of_system or "write" in vars(file) or plain is None or file.errors not in _HANDLERS:
        return False
    encoding, errors = file.encoding.lower(), file.errors
    if not codecs.lookup(encoding).name.startswith(_PIECEWISE):
        return False
    try:
        (separator + tail).encode(encoding, errors)
        if not (plain and encoding in _ASCII):
            for block in _blocks(kept):
                _joined(block).encode(encoding, errors)
    except UnicodeError:
        return False
    between = ""
    for block in _blocks(kept):
        file.write(between + separator.join(block))
        between = separator
    file.write(tail)
    return True
