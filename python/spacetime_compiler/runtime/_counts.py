"""Counting what does not fit in memory, and dropping repeats as they come.

Counts are kept in a dictionary until it takes a quarter of the budget; then it is
written as (item, place where it came first, count) and begun anew. What was written
is sorted by item, so that the parts of one count stand together: by the extension
where all items are of one type, in a list on disk for numbers of several types.
"""

from __future__ import annotations

from itertools import chain, count, islice

from spacetime_compiler.runtime._heads import _signature
from spacetime_compiler.runtime._load import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from typing import Any, TypeVar

    _T = TypeVar("_T")
    _H = TypeVar("_H", bound=Hashable)

_CHUNK = 4096
# What an entry of a dictionary takes besides what it holds, in bytes.
_ENTRY = 150


def room() -> int:
    """Return half of the budget in bytes, or no bound where nothing is spilled.

    Raises:
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    try:
        return native.runtime_budget() // 2
    except RuntimeError:
        return 1 << 62


def size_of(value: object) -> int:
    """Return about how many bytes a value takes, with what it holds."""
    from sys import getsizeof

    if isinstance(value, tuple | list):
        return getsizeof(value) + sum(map(size_of, value))
    if isinstance(value, dict):
        return getsizeof(value) + sum(map(size_of, value.values()))
    # Of an object with attributes, these.
    held = getattr(value, "__dict__", None)
    return getsizeof(value) + (size_of(held) if type(held) is dict else 0)


class ExternalCounter:
    """How often each item came: see :func:`external_counter`, which makes it.

    It is not changed any more, and can be asked as often as one likes; each walk
    over what does not fit in memory sorts on disk anew.
    """

    def __init__(self, memory: Counter[Any] | None, parts: Any = None, runs: Any = None) -> None:
        # All of it, or
        self._memory = memory
        # (item, place, count) in the order in which they were written, or
        self._parts = parts
        # the same within the extension.
        self._runs = runs
        # Known once all has been walked.
        self._length: int | None = None

    def _merged(self) -> Iterator[tuple[Any, int, int]]:
        """Walk (item, place where it came first, count), in the order of the items."""
        parts = native.external_sort(self._parts, None, False)
        # There is one at least, or it would be in memory.
        item, place, number = next(parts)
        length = 1
        for other, start, more in parts:
            if other == item:
                number += more
            else:
                yield item, place, number
                item, place, number = other, start, more
                length += 1
        yield item, place, number
        self._length = length

    def __len__(self) -> int:
        """Return how many different items there are."""
        if self._memory is not None:
            return len(self._memory)
        if self._length is None:
            if self._runs is not None:
                self._length = len(self._runs)
            else:
                return sum(1 for _ in self._merged())
        return self._length

    def __iter__(self) -> Iterator[Any]:
        """Walk the different items in the order in which they came first."""
        return (item for item, _ in self.items())

    def total(self) -> int:
        """Return the sum of all counts."""
        if self._memory is not None:
            return self._memory.total()
        if self._runs is not None:
            total: int = self._runs.total()
            return total
        return sum(number for _, _, number in self._parts)

    def items(self) -> Iterator[tuple[Any, int]]:
        """Walk (item, count) in the order in which the items came first."""
        if self._memory is not None:
            return iter(self._memory.items())
        if self._runs is not None:
            return chain.from_iterable(self._runs.walk("place"))
        placed = ((place, item, number) for item, place, number in self._merged())
        return ((item, number) for _, item, number in native.external_sort(placed, None, False))

    def sorted_items(self, *, reverse: bool = False) -> Iterator[tuple[Any, int]]:
        """Walk (item, count) in the order of the items.

        Raises:
            TypeError: items cannot be compared.
        """
        if self._memory is not None:
            memory = self._memory
            return ((item, memory[item]) for item in sorted(memory, reverse=reverse))
        if self._runs is not None:
            merged: Iterator[tuple[Any, int]] = chain.from_iterable(self._runs.walk("item"))
        else:
            merged = ((item, number) for item, _, number in self._merged())
        # No item comes twice, so that the counts are never compared.
        return native.external_sort(merged, None, True) if reverse else merged

    def most_common(self, n: int | None = None) -> list[tuple[Any, int]]:
        """Return (item, count) for the ``n`` most frequent items, the most frequent first.

        Items of equal counts stand in the order in which they came first, as with
        :meth:`collections.Counter.most_common`. Without ``n`` all of them are
        returned, as a list; :meth:`by_count` walks them instead.
        """
        if self._memory is not None:
            return self._memory.most_common(n)
        if n is None:
            return list(self.by_count())
        if self._runs is not None:
            return list(islice(self.by_count(), max(n, 0)))
        from heapq import nsmallest

        ranked = ((-number, place, item) for item, place, number in self._merged())
        return [(item, -number) for number, _, item in nsmallest(n, ranked)]

    def by_count(self) -> Iterator[tuple[Any, int]]:
        """Walk what ``most_common()`` returns, without holding it."""
        if self._memory is not None:
            return iter(self._memory.most_common())
        if self._runs is not None:
            return chain.from_iterable(self._runs.walk("count"))
        ranked = ((-number, place, item) for item, place, number in self._merged())
        ordered = native.external_sort(ranked, None, False)
        return ((item, -number) for number, _, item in ordered)


def external_counter(
    iterable: Iterable[_T], /, *, key: Callable[[_T], Hashable] | None = None
) -> ExternalCounter:
    """Count the items of an iterable, or what ``key`` gives for them.

    Gives what ``collections.Counter(iterable)`` holds, to be walked and asked for
    what is most common, within the budget however many different items there are.
    Of equal items (``1``, ``1.0``, ``True``) the first is kept.

    Beyond a quarter of the budget, items are kept on disk: exact ``str``, ``bytes``,
    numbers without NaN, and tuples of these of one shape, all of one type. Others
    stay in memory, in a ``Counter``.

    Raises whatever the iterable and ``key`` raise, and:
        TypeError: an item cannot be hashed.
        OSError: the folder for spilled data is full or cannot be written.
        ValueError: ``SPACETIME_MEMORY`` is no size.

    The algorithm is hash aggregation with early spilling of partial results, which
    are merged by sorting (Graefe, *Query evaluation techniques for large
    databases*, 1993, section 4).
    """
    from collections import Counter

    limit = room() // 2
    source = iter(iterable) if key is None else map(key, iterable)
    batch: Counter[Any] = Counter()
    parts: Any = native.SpillList()
    # Made when something is written; `...` where that was of no use.
    runs: Any = None
    place = 0
    shape: object = None
    size, looked = 0, 0
    while chunk := list(islice(source, _CHUNK)):
        batch.update(chunk)
        if len(batch) > looked:
            size += (len(batch) - looked) * (_ENTRY + size_of(chunk[0]))
            looked = len(batch)
        if size < limit or shape is ...:
            continue
        if runs is not ...:
            runs = native.CountRuns() if runs is None else runs
            if runs.add(batch):
                batch, size, looked = Counter(), 0, 0
                continue
            if runs.total():
                # All of it stays in memory, from here on.
                batch, runs, shape = _all_of(runs, batch), ..., ...
                continue
            runs = ...
        found = _signature(batch)
        if found is None or (parts and found != shape):
            # All of it stays in memory, from here on.
            batch = _together(parts, batch)
            parts, shape = [], ...
            continue
        shape = found
        parts.extend(zip(batch, count(place), batch.values()))
        place += len(batch)
        batch, size, looked = Counter(), 0, 0
    if runs is not ... and runs is not None:
        if runs.add(batch):
            return ExternalCounter(None, runs=runs)
        return ExternalCounter(_all_of(runs, batch))
    if not parts:
        return ExternalCounter(batch)
    if batch and _signature(batch) != shape:
        return ExternalCounter(_together(parts, batch))
    parts.extend(zip(batch, count(place), batch.values()))
    return ExternalCounter(None, parts)


def _all_of(runs: Any, batch: Counter[Any]) -> Counter[Any]:
    """Return one counter of everything, in the order in which items came first."""
    parts = ((item, 0, number) for item, number in chain.from_iterable(runs.walk("place")))
    return _together(parts, batch)


def _together(parts: Iterable[tuple[Any, int, int]], batch: Counter[Any]) -> Counter[Any]:
    """Return one counter of everything, in the order in which items came first."""
    from collections import Counter

    whole: Counter[Any] = Counter()
    for item, _, number in parts:
        whole[item] += number
    whole.update(batch)
    return whole


def external_distinct(
    iterable: Iterable[_T], /, *, key: Callable[[_T], Hashable] | None = None
) -> Iterator[_T]:
    """Walk the different items of an iterable, in the order in which they come first.

    Gives an item as soon as it comes, unless one that equals it (or, with ``key``,
    one for which ``key`` gave an equal value) came before: what is known as
    *unique everseen*, and as ``dict.fromkeys(iterable)`` when it is walked. What came
    is kept in a :class:`SpillSet`, so that little of it stays in memory. For different
    values in order there is :func:`sorted_set`, which keeps less.

    Raises whatever the iterable and ``key`` raise, when it is walked to there, and:
        TypeError: an item cannot be hashed.
        OSError: what was written cannot be read again.
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    seen: Any = native.SpillSet()
    add = seen.add
    if key is None:
        for item in iterable:
            if item not in seen:
                add(item)
                yield item
    else:
        for item in iterable:
            value = key(item)
            if value not in seen:
                add(value)
                yield item
