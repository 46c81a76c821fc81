"""Joining two iterables of records, neither of which has to fit in memory."""

from __future__ import annotations

from itertools import chain, groupby, islice
from operator import itemgetter

from spacetime_compiler.runtime._counts import room, size_of
from spacetime_compiler.runtime._heads import _signature
from spacetime_compiler.runtime._load import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator
    from typing import Any, TypeVar

    _Pairs = Iterable[tuple[Any, Any]]
    _L = TypeVar("_L")
    _R = TypeVar("_R")

_CHUNK = 1024
# What a key and the list of its rows take in a dictionary, in bytes.
_GROUP = 200
# A value of one of these types equals none of another, but for numbers.
_PLAIN = frozenset({str, bytes, int, float, bool, complex, type(None)})
# So many right rows of one key are a list.
_FEW = 4096
_first = itemgetter(0)
_second = itemgetter(1)


def external_join(
    left: Iterable[_L],
    right: Iterable[_R],
    /,
    *,
    left_key: Callable[[_L], Hashable],
    right_key: Callable[[_R], Hashable],
    how: str = "inner",
    frozen: bool = False,
    compared: bool = True,
) -> Iterator[tuple[_L, _R | None]]:
    """Walk the pairs of a left and a right item whose keys are equal.

    Gives what this loop gives, in the same order: that of the left items, and for each
    that of the right ones::

        index = {}
        for item in right:
            index.setdefault(right_key(item), []).append(item)
        for item in left:
            for other in index.get(left_key(item), ()):
                yield item, other

    With ``how="left"`` a left item without a match is paired with ``None``. Keys are
    compared as dictionaries do: ``1`` and ``1.0`` are equal, and so are two ``None``.

    All right items are taken before this returns. If they fit in half of the budget,
    left items are taken one by one while the pairs are walked. Else they are all taken
    before the first pair, and both sides are sorted on disk by their keys; this
    wants right keys of one type: ``str``, ``bytes``, numbers without NaN, or tuples of
    these of one shape. With others the right side stays in memory.

    What goes to disk, and what ``frozen`` and ``compared`` promise, is said at
    :func:`external_sort`: without ``frozen``, items other than plain values and tuples
    of them stay in memory themselves. With it, an item that is in several pairs may be
    another copy in each. Both keys are called once per item.

    Raises whatever the iterables and keys raise, and:
        TypeError: a key cannot be hashed.
        ValueError: ``how`` is neither ``"inner"`` nor ``"left"``; ``SPACETIME_MEMORY``
            is no size.
        OSError: the folder for spilled data is full or cannot be written.

    The algorithm is the sort-merge join (Blasgen and Eswaran, *Storage and access in
    relational data bases*, 1977), and one more sort by the place of the left item.
    """
    if how not in ("inner", "left"):
        raise ValueError(f"how must be 'inner' or 'left', not {how!r}")
    missing: tuple[None, ...] = (None,) if how == "left" else ()
    rights = ((right_key(item), item) for item in right)
    lefts = ((left_key(item), item) for item in left)
    index, whole = _indexed(rights, room())
    if whole:
        return _looked_up(index, lefts, missing)
    shape = _signature(index)
    if shape is None:
        return _looked_up(_indexed(rights, None, index)[0], lefts, missing)
    rows: Any = native.SpillList(_drained(index), frozen=frozen, compared=compared)
    if not _append_all(rows, rights, shape):
        index, _ = _indexed(chain(rows, rights), None)
        return _looked_up(index, lefts, missing)
    join = _SortedJoin(shape, rows, missing, frozen, compared)
    return join.walk(lefts)


def _indexed(
    pairs: _Pairs, limit: int | None, index: dict[Any, list[Any]] | None = None
) -> tuple[dict[Any, list[Any]], bool]:
    """Return the index of pairs, and whether it is whole: it ends at the limit."""
    index = {} if index is None else index
    size = 0
    for number, (key, item) in enumerate(pairs, 1):
        index.setdefault(key, []).append(item)
        if limit is not None and number % _CHUNK == 0:
            size += _CHUNK * (_GROUP + size_of(item))
            if size > limit:
                return index, False
    return index, True


def _looked_up(
    index: dict[Any, list[Any]], lefts: _Pairs, missing: tuple[None, ...]
) -> Iterator[tuple[Any, Any]]:
    for key, item in lefts:
        for other in index.get(key, missing):
            yield item, other


def _drained(index: dict[Any, list[Any]]) -> Iterator[tuple[Any, Any]]:
    """Walk all pairs of an index and let them go, since only what nobody holds is written."""
    while index:
        key, group = index.popitem()
        group.reverse()
        while group:
            yield key, group.pop()


def _append_all(rows: Any, pairs: _Pairs, shape: object) -> bool:
    """Append pairs as long as their keys are of that kind, and say whether all are."""
    keys = []
    for pair in pairs:
        rows.append(pair)
        keys.append(pair[0])
        if len(keys) == _CHUNK:
            if _signature(keys) != shape:
                return False
            keys.clear()
    return not keys or _signature(keys) == shape


def _is_plain(key: object) -> bool:
    if type(key) is tuple:
        return all(map(_is_plain, key))
    return type(key) in _PLAIN


def _duplicate(item: Any) -> Any:
    """Return a copy of an item that nobody else holds, or the item if it has no need of it."""
    kind = type(item)
    if kind in _PLAIN or kind is tuple:
        return item
    if kind is dict or kind is list:
        return kind(item)
    from copy import copy

    return copy(item)


class _SortedJoin:
    """A join with right rows, on disk, whose keys are of one kind."""

    def __init__(
        self, shape: object, rows: Any, missing: tuple[None, ...], frozen: bool, compared: bool
    ) -> None:
        self.shape = shape
        self.rows = rows
        self.missing = missing
        self.promises = {"frozen": frozen, "compared": compared}
        self.copied = _duplicate if frozen else None
        # Some left keys are of another kind.
        self.is_mixed = False

    def sorted(self, items: Iterable[Any], key: Any) -> Iterator[Any]:
        """Sort on disk."""
        return native.external_sort(items, key, False, **self.promises)

    def walk(self, lefts: Iterator[tuple[Any, Any]]) -> Iterator[tuple[Any, Any]]:
        """Walk the pairs in the order of the left items."""
        taken: Any = native.SpillList(**self.promises)
        if not self.append_all(taken, lefts):
            index, _ = _indexed(self.rows, None)
            self.rows.clear()
            yield from _looked_up(index, chain(taken, lefts), self.missing)
            return
        aside: Any = native.SpillList(**self.promises)
        ordered = self.sorted(self.matching(taken, aside), _first)
        taken.clear()
        pairs = self.pairs(ordered)
        if self.missing:
            pairs = chain(pairs, ((place, item, None) for place, item in aside))
        for _, item, other in self.sorted(pairs, _first):
            yield item, other

    def append_all(self, taken: Any, lefts: _Pairs) -> bool:
        """Append left items, until a key might equal right ones of another type."""
        keys: list[Any] = []
        for pair in lefts:
            hash(pair[0])
            taken.append(pair)
            keys.append(pair[0])
            if len(keys) == _CHUNK:
                if not self.is_known(keys):
                    return False
                keys.clear()
        return not keys or self.is_known(keys)

    def is_known(self, keys: list[Any]) -> bool:
        """Whether keys are of the kind of the right ones, or certain to equal none."""
        if _signature(keys) == self.shape:
            return True
        self.is_mixed = True
        return all(map(_is_plain, keys))

    def matching(self, taken: _Pairs, aside: Any) -> Iterator[tuple[Any, int, Any]]:
        """Walk (key, place, item) of what may have a match, and put the rest aside."""
        for place, (key, item) in enumerate(taken):
            if not self.is_mixed or _signature((key,)) == self.shape:
                yield key, place, item
            else:
                aside.append((place, item))

    def pairs(self, ordered: Iterator[Any]) -> Iterator[tuple[int, Any, Any]]:
        """Merge both sides: walk (place, left item, right item), in the order of the keys."""
        groups = groupby(self.sorted(self.rows, _first), _first)
        self.rows.clear()
        found = next(groups, None)
        group: Any = None
        for key, place, item in ordered:
            while found is not None and found[0] < key:
                found, group = next(groups, None), None
            if found is None or found[0] != key:
                if self.missing:
                    yield place, item, None
                continue
            if group is None:
                others = map(_second, found[1])
                group = list(islice(others, _FEW))
                if len(group) == _FEW:
                    group = native.SpillList(chain(group, others), **self.promises)
            for number, other in enumerate(group):
                if self.copied is None:
                    yield place, item, other
                else:
                    yield place, self.copied(item) if number else item, self.copied(other)
