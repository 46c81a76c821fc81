"""Grouping items by a key, with the groups on disk."""

from __future__ import annotations

from spacetime_compiler.runtime._load import native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from typing import Any, TypeVar

    from spacetime_compiler._runtime import SpillGroups

    _T = TypeVar("_T")
    _K = TypeVar("_K", bound=Hashable)


def external_group(
    iterable: Iterable[_T],
    /,
    *,
    key: Callable[[_T], _K],
    value: Callable[[_T], Any] | None = None,
    frozen: bool = False,
    compared: bool = True,
) -> SpillGroups[_K, Any]:
    """Put the items of an iterable into groups, by what ``key`` gives for them.

    Gives what this loop makes, with the items of the groups on disk beyond the
    budget::

        groups = {}
        for item in iterable:
            groups.setdefault(key(item), []).append(value(item))

    The keys stand in the order in which they came first, the items of a group in
    the order in which they came. Without ``value`` the items themselves are kept.
    What may go to disk, and what ``frozen`` and ``compared`` promise, is said at
    :class:`SpillGroups`.

    Raises whatever the iterable, ``key`` and ``value`` raise, and:
        TypeError: a key cannot be hashed.
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    groups: SpillGroups[_K, Any] = native.SpillGroups(frozen=frozen, compared=compared)
    group_of = groups.setdefault
    if value is None:
        for item in iterable:
            group_of(key(item), []).append(item)
    else:
        for item in iterable:
            group_of(key(item), []).append(value(item))
    return groups
