"""The run-time parts for a subinterpreter: what they replace, without savings.

Signatures are those of the extension module.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from os import PathLike
    from typing import Any, TypeVar

    _T = TypeVar("_T")

_NOTHING_HERE = "there is no memory budget in a subinterpreter: nothing is spilled in it"


def external_sort(
    iterable: Iterable[_T],
    key: Callable[[_T], Any] | None,
    reverse: bool,
    frozen: bool = False,
    compared: bool = True,
) -> Iterator[_T]:
    """Walk the sorted items, all of them in memory."""
    return iter(sorted(iterable, key=key, reverse=reverse))  # type: ignore[type-var, arg-type]


def sorted_set(iterable: Iterable[_T], reverse: bool) -> Iterator[_T]:
    """Walk the different items in order, all of them in memory."""
    return iter(sorted(set(iterable), reverse=reverse))  # type: ignore[type-var]


def settled(table: _T) -> _T:
    """Give the dictionary, which is what it is."""
    return table


def updating(items: Iterable[_T]) -> Iterator[_T]:
    """Walk the items, which are what they are."""
    return iter(items)


class SpillList(list):  # type: ignore[type-arg]
    """A list. It may be told that it is a ``SpillList``, which says nothing here."""

    def __init__(
        self, iterable: Iterable[Any] = (), /, *, frozen: bool = False, compared: bool = True
    ) -> None:
        super().__init__(iterable)


class SpillGroups(dict):  # type: ignore[type-arg]
    """A dictionary of lists, sets or dicts; ``default=True`` makes those that are missing."""

    def __init__(
        self,
        default: bool = False,
        *,
        sets: bool = False,
        dicts: Callable[[], object] | None = None,
        frozen: bool = False,
        compared: bool = True,
    ) -> None:
        super().__init__()
        self._default = default
        self._made: Callable[[], Any] = set if sets else list
        if dicts is not None:
            plain = dicts is dict or dicts is Counter
            self._made = dicts if plain else partial(defaultdict, dicts)

    def __missing__(self, key: object) -> Any:
        if not self._default:
            raise KeyError(key)
        group = self._made()
        self[key] = group
        return group


class SpillGroup(list):  # type: ignore[type-arg]
    """A list. It may be told that it is a ``SpillGroup``, which says nothing here."""

    def __init__(
        self, iterable: Iterable[Any] = (), /, *, frozen: bool = False, compared: bool = True
    ) -> None:
        super().__init__(iterable)


class SpillDict(dict):  # type: ignore[type-arg]
    """A dictionary. It may be told that it is a ``SpillDict``, which says nothing here."""

    def __init__(
        self,
        entries: Any = (),
        /,
        *,
        frozen: bool = False,
        compared: bool = True,
        changing: bool = False,
    ) -> None:
        super().__init__(entries)


class SpillCounter(Counter):  # type: ignore[type-arg]
    """A counter, or what is like another dictionary."""

    def __init__(self, items: Any = None, /, *, like: str = "Counter", start: Any = None) -> None:
        self._like = like
        self._start = 0 if start is None and like != "dict" else start
        super().__init__(items)

    def __missing__(self, key: Any) -> Any:
        if self._like == "dict":
            raise KeyError(key)
        if self._like == "defaultdict":
            self[key] = self._start
        return self._start

    def __delitem__(self, key: Any) -> None:
        if self._like == "Counter":
            super().__delitem__(key)
        else:
            dict.__delitem__(self, key)

    def known(self, key: Any) -> Any:
        """Make a key known before something is added under it, and give it back."""
        if self._start is not None:
            self.setdefault(key, self._start)
        return key

    def add(self, key: Any, number: Any, /) -> None:
        """Set ``self[key]`` to ``self.get(key, start) + number``."""
        if key in self:
            self[key] = self[key] + number
        elif self._start is None:
            self[key] = number
        else:
            if self._like == "defaultdict":
                self[key] = self._start
            self[key] = self._start + number

    def increase(self, key: Any, number: Any, /) -> None:
        """Do ``self[key] += number``, from ``start`` on for a new key."""
        if key in self:
            self[key] += number
        else:
            self.add(key, number)


class SpillGroupDict(dict):  # type: ignore[type-arg]
    """A dictionary."""


class SpillGroupSet(set):  # type: ignore[type-arg]
    """A set."""


class SpillSet(set):  # type: ignore[type-arg]
    """A set."""

    def __init__(self, iterable: Iterable[Any] = (), /, *, lookups: bool = True) -> None:
        super().__init__(iterable)


class Counted:
    """An iterator that knows how many items it has given."""

    def __init__(self, iterable: Iterable[Any], /) -> None:
        self._iterator = iter(iterable)
        self._count = 0

    def __iter__(self) -> Counted:
        return self

    def __next__(self) -> Any:
        item = next(self._iterator)
        self._count += 1
        return item

    def __len__(self) -> int:
        return self._count


class Running(list):  # type: ignore[type-arg]
    """A list, asked as the running results are asked that stand for it."""

    def __init__(self, *kept: str) -> None:
        super().__init__()

    def sum(self) -> Any:
        """What ``sum`` gives."""
        return sum(self)

    def max(self) -> Any:
        """What ``max`` gives."""
        return max(self)

    def min(self) -> Any:
        """What ``min`` gives."""
        return min(self)


def runtime_register(
    cls: type[_T],
    fields: Sequence[str] | None,
    functions: tuple[Callable[[_T], object], Callable[[Any], _T]] | None,
) -> None:
    """Do nothing: what is never spilled need not be registered."""


def runtime_configure(
    memory: int | str | None = None, directory: str | PathLike[str] | None = None
) -> None:
    """Refuse.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(_NOTHING_HERE)


def runtime_budget() -> int:
    """Refuse.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(_NOTHING_HERE)


def runtime_directory() -> str:
    """Refuse.

    Raises:
        RuntimeError: always.
    """
    raise RuntimeError(_NOTHING_HERE)


def runtime_stats() -> tuple[int, int, int]:
    """Return that nothing was spilled."""
    return 0, 0, 0
