"""Neighbouring items of anything that can be walked, without holding all of it."""

from __future__ import annotations

from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
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
