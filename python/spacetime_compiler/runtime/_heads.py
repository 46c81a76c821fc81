"""A few items of ``sorted(...)``, from either end, in one pass that keeps few.

Batches are compared with the worst item kept so far, and only what beats it is
sorted in. That is exact where the order of the keys is total; the first batch
decides: unless all its keys are of one type whose order is known to be total,
everything is sorted as ever.
"""

from __future__ import annotations

from itertools import islice
from operator import itemgetter, ne

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    _T = TypeVar("_T")

_FEWEST = 2048
# More than that is everything, whatever there is.
_MOST = 1 << 40
_NUMBERS = frozenset({int, float, bool})
_first = itemgetter(0)


def sorted_head(
    iterable: Iterable[_T],
    k: Any,
    /,
    *,
    key: Callable[[_T], Any] | None = None,
    reverse: bool = False,
) -> list[_T]:
    """Return ``sorted(iterable, key=key, reverse=reverse)[:k]``, keeping O(k) items.

    Every ``k`` that can stand in a slice is taken; a negative one or ``None``
    needs the whole sorted list. ``key`` is called once per item, in order, but a
    batch at a time, between taking items; if it fails, the rest of the iterable
    is still taken before its exception is raised.

    Exact, ties and exceptions included, if the keys of the first 2,048 items (or
    of 4k) are not all numbers without NaN, all ``str``, all ``bytes``, or all
    tuples of one shape of these, since then it sorts everything; and if later
    keys are as the first. Where they are not (NaN, or another type, first seen
    later), they are compared with what was kept until then.
    """
    if type(k) is not int or not 0 <= k < _MOST or type(reverse) is not bool:
        return sorted(iterable, key=key, reverse=reverse)[:k]  # type: ignore[type-var, arg-type]
    # One is kept even for k = 0, so that the same things are compared.
    return _select(iterable, max(k, 1), key, reverse, last=False)[:k]


def sorted_item(
    iterable: Iterable[_T],
    index: Any,
    /,
    *,
    key: Callable[[_T], Any] | None = None,
    reverse: bool = False,
) -> _T:
    """Return ``sorted(iterable, key=key, reverse=reverse)[index]``.

    Keeps about ``abs(index)`` items. Of equal ones it gives the one that
    ``sorted`` puts there: for ``-1`` the *last* of the greatest, where ``max``
    would give the first. What is said of :func:`sorted_head` about ``key`` and
    exactness holds here too.

    Raises:
        IndexError: "list index out of range", as the list would.
    """
    if type(index) is not int or abs(index) >= _MOST or type(reverse) is not bool:
        return sorted(iterable, key=key, reverse=reverse)[index]  # type: ignore[type-var, arg-type, no-any-return]
    count = index + 1 if index >= 0 else -index
    return _select(iterable, count, key, reverse, last=index < 0)[index]


def _signature(values: Iterable[Any], nested: bool = False) -> object:
    """Name the one type of all values, if its order is total; else None."""
    values = list(values)
    types = set(map(type, values))
    if types <= _NUMBERS:
        has_nan = float in types and any(map(ne, values, values))
        return None if has_nan else "number"
    if len(types) > 1:
        return None
    (only,) = types
    if only is tuple and len(set(map(len, values))) == 1:
        columns = [_signature(column, nested=True) for column in zip(*values, strict=True)]
        return None if None in columns else tuple(columns)
    if only is str or only is bytes or (nested and only is type(None)):
        return only
    return None


class _Selection:
    """The first or last few of what has been seen, sorted."""

    def __init__(self, count: int, keyed: bool, reverse: bool, last: bool) -> None:
        self.count = count
        self.key = _first if keyed else None
        self.reverse = reverse
        self.last = last
        # Items, or (key, item).
        self.kept: list[Any] = []

    def sort(self) -> None:
        self.kept.sort(key=self.key, reverse=self.reverse)

    def trim(self) -> None:
        if self.last:
            del self.kept[: -self.count]
        else:
            del self.kept[self.count :]

    def better(self, batch: list[Any]) -> list[Any]:
        """Return what of a batch is not certain to be trimmed."""
        worst = self.kept[0 if self.last else -1]
        if self.key is None:
            if self.last:
                if self.reverse:
                    return [item for item in batch if not worst < item]
                return [item for item in batch if not item < worst]
            if self.reverse:
                return [item for item in batch if worst < item]
            return [item for item in batch if item < worst]
        limit = worst[0]
        if self.last:
            if self.reverse:
                return [pair for pair in batch if not limit < pair[0]]
            return [pair for pair in batch if not pair[0] < limit]
        if self.reverse:
            return [pair for pair in batch if limit < pair[0]]
        return [pair for pair in batch if pair[0] < limit]


def _keys(items: Iterator[_T], batch: list[_T], key: Callable[[_T], Any]) -> list[Any]:
    """Return the keys of a batch; if that fails, take the rest first."""
    try:
        return list(map(key, batch))
    except Exception:
        for _ in items:
            pass
        raise


def _select(
    iterable: Iterable[_T],
    count: int,
    key: Callable[[_T], Any] | None,
    reverse: bool,
    last: bool,
) -> list[_T]:
    """Return the first or last ``count`` of the sorted items, or all of them."""
    items = iter(iterable)
    size = max(_FEWEST, 4 * count)
    selection = _Selection(count, key is not None, reverse, last)
    signature: object = None
    # No pruning any more once a batch is not like the first.
    pruning = True
    while batch := list(islice(items, size)):
        keys = batch if key is None else _keys(items, batch, key)
        pairs: list[Any] = batch if key is None else list(zip(keys, batch, strict=True))
        now = _signature(keys) if pruning else None
        if not selection.kept:
            signature = now
            # Less than a batch is all there is: nothing to prune.
            pruning = now is not None and len(batch) == size
            selection.kept = pairs
        elif pruning and now == signature:
            better = selection.better(pairs)
            if not better:
                continue
            selection.kept += better
        else:
            pruning = False
            selection.kept += pairs
        if pruning:
            selection.sort()
            selection.trim()
    if not pruning:
        selection.sort()
    return selection.kept if key is None else [item for _, item in selection.kept]
