"""Lines of a file without reading it whole: as they are, or as ``str.split`` splits."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, AnyStr, Protocol, TypeVar

    _S = TypeVar("_S", str, bytes, covariant=True)

    class _Reads(Protocol[_S]):
        def read(self, size: int = -1, /) -> _S: ...
        def close(self) -> None: ...

    class _Lines(Protocol[_S]):
        def __iter__(self) -> Iterator[_S]: ...
        def close(self) -> None: ...


_BLOCK = 1 << 16


def closed_after(file: _Lines[AnyStr]) -> Iterator[AnyStr]:
    """Walk the lines of a file, and close it when the walk ends, however it ends.

    What reading raises is raised while the result is walked.
    """
    try:
        yield from file
    finally:
        file.close()


def split_lines(file: _Reads[AnyStr], *, close: bool = False) -> Iterator[AnyStr]:
    r"""Walk ``file.read().split("\n")``, or ``split(b"\n")`` for a binary file.

    What comes after the last newline is an item, even if it is empty, as with
    ``split``; an empty file gives one empty item. Lines come without newline.
    The file is read block by block from where it is, while the result is walked,
    so what reading raises is raised there. With ``close`` it is closed at the end.
    """
    try:
        yield from _split(file)
    finally:
        if close:
            file.close()


def _split(file: _Reads[AnyStr]) -> Iterator[AnyStr]:
    block = file.read(_BLOCK)
    newline: Any = "\n" if isinstance(block, str) else b"\n"
    # The beginning of a line that no newline has ended yet.
    parts: list[AnyStr] = []
    while block:
        lines: list[AnyStr] = block.split(newline)
        parts.append(lines.pop(0))
        if lines:
            yield block[:0].join(parts)
            parts = [lines.pop()]
            yield from lines
        block = file.read(_BLOCK)
    yield block[:0].join(parts)
