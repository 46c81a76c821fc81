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
        yield from _split(_blocks(file))
    finally:
        if close:
            file.close()


def stripped_lines(
    file: _Reads[AnyStr],
    chars: AnyStr | None = None,
    /,
    *,
    left: bool = True,
    keepends: bool = False,
    close: bool = False,
) -> Iterator[AnyStr]:
    r"""Walk ``file.read().strip(chars).split("\n")``, or the same of a binary file.

    Without ``left`` nothing is taken away at the beginning (``rstrip``). With ``keepends`` all
    lines but the last have their newline. Otherwise as ``split_lines``. A long end that is
    taken away is in memory until it is known to be one.
    """
    try:
        yield from _split(_stripped(_blocks(file), chars, left), keepends)
    finally:
        if close:
            file.close()


def _blocks(file: _Reads[AnyStr]) -> Iterator[AnyStr]:
    block = file.read(_BLOCK)
    yield block
    while block:
        block = file.read(_BLOCK)
        yield block


def _stripped(blocks: Iterator[AnyStr], chars: AnyStr | None, left: bool) -> Iterator[AnyStr]:
    # What may be the end of the text.
    ends: list[AnyStr] = []
    for block in blocks:
        rest = block.lstrip(chars) if left else block
        text = rest.rstrip(chars)
        if text:
            left = False
            yield from ends
            ends = []
        # An empty block says what is read: text or bytes.
        yield text
        if not left and len(text) < len(rest):
            ends.append(rest[len(text) :])


def _split(blocks: Iterator[AnyStr], keepends: bool = False) -> Iterator[AnyStr]:
    # The beginning of a line that no newline has ended yet.
    parts: list[AnyStr] = []
    for block in blocks:
        newline: Any = "\n" if isinstance(block, str) else b"\n"
        lines: list[AnyStr] = block.split(newline)
        parts.append(lines.pop(0))
        if lines:
            first = block[:0].join(parts)
            parts = [lines.pop()]
            if keepends:
                yield first + newline
                for line in lines:
                    yield line + newline
            else:
                yield first
                yield from lines
    yield parts[0][:0].join(parts)
