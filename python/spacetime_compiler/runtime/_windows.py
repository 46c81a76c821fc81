"""Neighbouring items of anything that can be walked, without holding all of it."""

from __future__ import annotations

from itertools import islice, pairwise

from spacetime_compiler import runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, TypeVar

    _T = TypeVar("_T")

# Items that are taken at a time: slices of a list are faster than a deque.
_BATCH = 256
# From this size on all items are held anyway; `islice` takes no number beyond `sys.maxsize`.
_HUGE = 1 << 30


def windows(iterable: Iterable[_T], size: Any, /) -> Iterator[list[_T]]:
    """Walk ``xs[i:i + size] for i in range(len(xs) - size + 1)``, where ``xs`` are the items.

    Each window is a new list of ``size`` items. Some hundred items are held beside
    those of one window. A size that is no positive ``int``, or a huge one, gives what
    the slices would give, from a list of all items.

    Raises:
        TypeError: as the slices would, for a size that is no integer.
    """
    if type(size) is not int or not 1 <= size < _HUGE:
        items = list(iterable)
        return (items[at : at + size] for at in range(len(items) - size + 1))
    return _slide(iter(iterable), size)


def _slide(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    held = list(islice(items, size - 1 + _BATCH))
    while len(held) >= size:
        count = len(held) - size + 1
        for at in range(count):
            yield held[at : at + size]
        del held[:count]
        held += islice(items, _BATCH)


def _is_list(items: Any) -> bool:
    """Whether slices of it are copies, and it is not one that a subclass may walk otherwise."""
    return type(items) in (list, tuple, runtime.SpillGroup, runtime.SpillList)


def neighbours(items: Sequence[_T], /) -> Iterator[tuple[_T, _T]]:
    """Walk ``zip(items, items[1:])`` without the copy, where ``items`` is a list or tuple.

    Of anything else, the slice is made. A list must not change while it is walked.

    Raises:
        TypeError: as ``items[1:]`` would.
    """
    if _is_list(items):
        return pairwise(items)
    behind = items[1:]
    return zip(items, behind, strict=False)


def rest(items: Sequence[_T], start: int, /) -> Iterable[_T]:
    """Walk ``items[start:]`` without the copy, where ``items`` is a list or tuple.

    Of anything else, the slice is made and given. A list must not change while it is walked;
    ``start`` is not negative.

    Raises:
        TypeError: as ``items[start:]`` would.
    """
    return islice(items, start, None) if _is_list(items) else items[start:]
