"""What optimized programs call.

Everything in here gives the results, exceptions and order of the construct it
replaces, and keeps its memory inside one budget:

- the budget is 16 MiB, or what the environment variable ``SPACETIME_MEMORY``
  says (``"64MiB"``, ``"1G"``, a number of bytes), or what :func:`configure` says;
- data that would take less as a list never goes to disk;
- files on disk have no name, so that nothing is left behind however the process
  ends. They are made in ``TMPDIR`` (else ``/tmp``, or ``/var/tmp`` where
  ``/tmp`` is memory), or where ``SPACETIME_DIRECTORY`` or :func:`configure` says.

In a subinterpreter, which cannot load the extension, the same is done in memory.

Importing this takes a few milliseconds and nothing of the standard library. What is
written in Python is loaded when it is first asked for.
"""

from __future__ import annotations

from spacetime_compiler.runtime._load import native as _native

Counted = _native.Counted
Running = _native.Running
SpillCounter = _native.SpillCounter
SpillDict = _native.SpillDict
SpillGroup = _native.SpillGroup
SpillGroupDict = _native.SpillGroupDict
SpillGroupSet = _native.SpillGroupSet
SpillGroups = _native.SpillGroups
SpillList = _native.SpillList
SpillSet = _native.SpillSet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from os import PathLike
    from typing import TypeVar

    from _typeshed import SupportsRichComparison

    from spacetime_compiler.runtime._counts import (
        ExternalCounter,
        external_counter,
        external_distinct,
    )
    from spacetime_compiler.runtime._groups import external_group
    from spacetime_compiler.runtime._heads import sorted_head, sorted_item
    from spacetime_compiler.runtime._joined import print_joined, write_joined, write_text_joined
    from spacetime_compiler.runtime._joins import external_join
    from spacetime_compiler.runtime._json import load_json
    from spacetime_compiler.runtime._lines import closed_after, split_lines, stripped_lines
    from spacetime_compiler.runtime._register import register
    from spacetime_compiler.runtime._windows import neighbours, rest, windows

    _T = TypeVar("_T")


__all__ = [
    "Counted",
    "ExternalCounter",
    "Running",
    "SpillCounter",
    "SpillDict",
    "SpillGroup",
    "SpillGroupDict",
    "SpillGroupSet",
    "SpillGroups",
    "SpillList",
    "SpillSet",
    "budget",
    "candidates",
    "closed_after",
    "columns",
    "configure",
    "directory",
    "external_counter",
    "external_distinct",
    "external_group",
    "external_join",
    "external_sort",
    "load_json",
    "neighbours",
    "print_joined",
    "register",
    "rest",
    "settled",
    "sorted_head",
    "sorted_item",
    "sorted_set",
    "split_lines",
    "stats",
    "stripped_lines",
    "updating",
    "windows",
    "write_joined",
    "write_text_joined",
]

_HOMES = {
    "ExternalCounter": "_counts",
    "external_counter": "_counts",
    "external_distinct": "_counts",
    "external_group": "_groups",
    "external_join": "_joins",
    "load_json": "_json",
    "print_joined": "_joined",
    "write_joined": "_joined",
    "write_text_joined": "_joined",
    "register": "_register",
    "sorted_head": "_heads",
    "sorted_item": "_heads",
    "closed_after": "_lines",
    "split_lines": "_lines",
    "stripped_lines": "_lines",
    "neighbours": "_windows",
    "rest": "_windows",
    "windows": "_windows",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # `importlib.import_module` would have to be imported itself.
    module = __import__(f"{__name__}.{home}", fromlist=(name,))
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def external_sort(
    iterable: Iterable[_T],
    /,
    *,
    key: Callable[[_T], SupportsRichComparison] | None = None,
    reverse: bool = False,
    frozen: bool = False,
    compared: bool = True,
) -> Iterator[_T]:
    """Walk ``sorted(iterable, key=key, reverse=reverse)`` without holding it.

    Takes what :func:`sorted` takes, and gives an iterator (to be walked once)
    over what it would return: stable, also with ``reverse``; ``key`` is called
    once per item, in order.

    Everything is taken from the iterable, compared and written before this
    returns, so it raises what ``sorted`` would raise, with the same message:
    what the iterable, ``key`` or a comparison raises. One thing can be seen:
    ``key`` is called for an item as soon as the iterable has given it, not after
    the last one. If ``key`` fails, the rest of the iterable is still taken
    before its exception is raised, as ``sorted`` would have taken it.

    Beyond the budget, items are kept on disk as bytes and made again when they
    are walked over. That is done to values whose copies equal them in every
    way but identity: exact ``str``, ``bytes``, ``int``, ``float`` (not NaN),
    ``bool`` and ``None``, tuples and named tuples of them, and types named to
    :func:`register`.
    Other items stay in memory. Keys of other types than ``str``, ``bytes``,
    ``int``, ``float``, ``bool``, ``date``, ``datetime`` (without a time zone) or
    tuples of them, or of several of these types, make it do what ``sorted`` does,
    with a list of everything in memory. So do collections, which hold their items
    anyway, and inputs of a few hundred items.
    A :class:`SpillList` is no collection in this sense.

    ``frozen=True`` promises that an item is not changed any more once the iterable
    has given it, and not told apart by ``is`` or ``id``. Then items of all kinds
    that a ``SpillList(frozen=True)`` writes (``dict``, ``list``, dataclasses, named
    tuples, instances of plain classes...) go to disk too, and are made again
    without calling ``__init__``; what can be changed and is still held by somebody
    else stays in memory as the object that it is. Lists and named tuples may then
    also be their own keys. ``compared=False`` promises as well that nobody compares
    or hashes the items, so that NaN and instances that are equal by identity only
    are written (those that an item holds stay in memory); alone it says nothing.

    Raises:
        OSError: the folder for spilled data is full or cannot be written; its
            name is the exception's ``filename``. Nothing is left behind.
        ValueError: ``SPACETIME_MEMORY`` is no size.

    The algorithm is a merge of sorted runs (Knuth, *The Art of Computer
    Programming* 3, 5.4.1), whose number of transfers is optimal (Aggarwal and
    Vitter, *The input/output complexity of sorting and related problems*, 1988).
    """
    return _native.external_sort(iterable, key, reverse, frozen, compared)


def sorted_set(iterable: Iterable[_T], /, *, reverse: bool = False) -> Iterator[_T]:
    """Walk ``sorted(set(iterable), reverse=reverse)`` without holding it.

    Takes everything from the iterable and gives an iterator (to be walked once)
    over its different values in order; of equal values the first is kept, as a set
    does. Raises what ``set`` or ``sorted`` would raise, with the same message.

    Beyond the budget, values are kept on disk: exact ``str``, ``bytes``, ``int``,
    ``float`` (not NaN), ``bool``, tuples and named tuples of them, all of one type. Others make it
    do what ``sorted`` and ``set`` do, in memory; so do collections, which hold their
    items anyway.

    Raises:
        OSError: the folder for spilled data is full or cannot be written; its
            name is the exception's ``filename``. Nothing is left behind.
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    return _native.sorted_set(iterable, reverse)


def settled(table: _T, /) -> _T:
    """Give the dictionary, whose values nobody changes any more.

    A :class:`SpillDict` that was made with ``changing=True`` hands out its values themselves, and
    writes them again. After this it hands out copies, as one with ``frozen=True``: what
    has been changed is written, and a list of its values can be on disk as well. A value that
    is changed all the same may be as it was when it is asked for again. Anything else is given
    as it is.

    Raises:
        OSError: the folder for spilled data is full or cannot be written.
    """
    return _native.settled(table)


def updating(items: Iterable[_T], /) -> Iterator[_T]:
    """Walk a list whose items are changed on the way.

    Gives what ``iter(items)`` gives. Where they are a :class:`SpillList`, an item that is
    changed before the next one is asked for stays changed, though it is written to disk
    again: each item is put into a new list as it is given, which takes the place of the old
    one at the end of the walk, or as soon as nobody holds the iterator. Until then, who
    reads the list by other ways finds its items as they were. Reading and writing all of them
    costs as much as one more walk.

    Raises:
        TypeError: it is no iterable; or a :class:`SpillGroup`, whose items stay as they are.
        RuntimeError: items were inserted into the list, or deleted, replaced or sorted,
            before the walk was over.
        OSError: what was written cannot be read again.
    """
    return _native.updating(items)


def candidates(
    items: Iterable[_T],
    value: object,
    /,
    *,
    item: str | int | None = None,
    attribute: str | None = None,
    length: int | None = None,
    every: bool = False,
) -> Iterable[_T]:
    """Give those of the items of which a part may equal a value, and perhaps others.

    The part is ``row[item]``, or the attribute of that name. For::

        for row in candidates(rows, name, item="name"):
            if row["name"] == name:
                ...

    does what a walk of all rows does, in their order. Where they are a
    :class:`SpillList`, what is on disk of it is put into groups by that part, once for all
    values that are asked for until the list is changed otherwise than at its end; it then
    reads one group. With ``length`` the items are sequences of so many parts, and with
    ``every`` all of them are given.

    All items are given where they are no :class:`SpillList`, or little of it is on disk;
    where there are more than 16384 different values; where some value is no exact str,
    bytes, int, float, bool or None, an item is no exact dict, list or tuple, the part is
    missing, or to ask for it would run code of the item's class.

    Raises:
        OSError: what was written cannot be read again.
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    return items if every else _native.candidates(items, value, item, attribute, length)


def columns(
    items: Iterable[_T], /, *keys: str, attributes: tuple[str, ...] = ()
) -> Iterable[_T]:
    """Give the items, of which only these keys, or these attributes, are looked at.

    For::

        for row in columns(rows, "shop", "cents"):
            total[row["shop"]] += row["cents"]

    does what a walk of the rows does. Where they are a :class:`SpillList`, a dict on disk is
    made with these keys only, and an instance of a dataclass or of another plain class with
    these ``attributes`` only, if it holds all of them itself. Other items are given as they
    are, and so are those of anything else.

    Raises:
        OSError: what was written cannot be read again.
    """
    return _native.columns(items, attributes or keys, bool(attributes))


def configure(
    *, memory: int | str | None = None, directory: str | PathLike[str] | None = None
) -> None:
    """Set the budget, the folder for spilled data, or both, for this process.

    ``memory`` is a number of bytes or a text such as ``"64MiB"`` (``K``, ``M``,
    ``G``, ``T`` alone or with ``iB`` are powers of 1024, with ``B`` of 1000).

    Raises:
        TypeError: ``memory`` is neither an int nor a str.
        ValueError: ``memory`` is no size, or less than 16 KiB.
    """
    _native.runtime_configure(memory, directory)


def budget() -> int:
    """Return the budget in bytes.

    Raises:
        ValueError: ``SPACETIME_MEMORY`` is no size, or less than 16 KiB.
    """
    return _native.runtime_budget()


def directory() -> str:
    """Return the folder in which spilled data is kept."""
    return _native.runtime_directory()


def stats() -> dict[str, int]:
    """Return what this process has spilled: ``bytes``, ``runs`` and ``files``.

    Where ``SPACETIME_STATS`` names a folder, the same three numbers are written
    to a file in it, named by the process id, whenever a spill file is closed.
    """
    spilled, runs, files = _native.runtime_stats()
    return {"bytes": spilled, "runs": runs, "files": files}
