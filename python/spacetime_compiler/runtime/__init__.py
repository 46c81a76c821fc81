"""What optimized programs call.

Everything in here gives the results, exceptions and order of the construct it
replaces, and keeps its memory inside one budget:

- the budget is 16 MiB, or what the environment variable ``SPACETIME_MEMORY``
  says (``"64MiB"``, ``"1G"``, a number of bytes), or what :func:`configure` says;
- data that would take less as a list never goes to disk;
- files on disk have no name, so that nothing is left behind however the process
  ends. They are made in ``TMPDIR`` (else ``/tmp``, or ``/var/tmp`` where
  ``/tmp`` is memory), or where ``SPACETIME_DIRECTORY`` or :func:`configure` says.

Importing this takes a few milliseconds: of the standard library it needs only
``itertools`` and ``operator``.
"""

from __future__ import annotations

from spacetime_compiler import _native
from spacetime_compiler._native import SpillGroup, SpillGroups, SpillList, SpillSet
from spacetime_compiler.runtime._groups import external_group
from spacetime_compiler.runtime._heads import sorted_head, sorted_item
from spacetime_compiler.runtime._lines import split_lines
from spacetime_compiler.runtime._register import register

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from os import PathLike
    from typing import TypeVar

    from _typeshed import SupportsRichComparison

    _T = TypeVar("_T")


__all__ = [
    "SpillGroup",
    "SpillGroups",
    "SpillList",
    "SpillSet",
    "budget",
    "configure",
    "directory",
    "external_group",
    "external_sort",
    "register",
    "sorted_head",
    "sorted_item",
    "sorted_set",
    "split_lines",
    "stats",
]


def external_sort(
    iterable: Iterable[_T],
    /,
    *,
    key: Callable[[_T], SupportsRichComparison] | None = None,
    reverse: bool = False,
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
    ``bool`` and ``None``, tuples of them, and types named to :func:`register`.
    Other items stay in memory. Keys of other types than ``str``, ``bytes``,
    ``int``, ``float``, ``bool`` or tuples of them, or of several of these types,
    make it do what ``sorted`` does, with a list of everything in memory. So do
    collections, which hold their items anyway, and inputs of a few hundred items.

    Raises:
        OSError: the folder for spilled data is full or cannot be written; its
            name is the exception's ``filename``. Nothing is left behind.
        ValueError: ``SPACETIME_MEMORY`` is no size.

    The algorithm is a merge of sorted runs (Knuth, *The Art of Computer
    Programming* 3, 5.4.1), whose number of transfers is optimal (Aggarwal and
    Vitter, *The input/output complexity of sorting and related problems*, 1988).
    """
    return _native.external_sort(iterable, key, reverse)


def sorted_set(iterable: Iterable[_T], /, *, reverse: bool = False) -> Iterator[_T]:
    """Walk ``sorted(set(iterable), reverse=reverse)`` without holding it.

    Takes everything from the iterable and gives an iterator (to be walked once)
    over its different values in order; of equal values the first is kept, as a set
    does. Raises what ``set`` or ``sorted`` would raise, with the same message.

    Beyond the budget, values are kept on disk: exact ``str``, ``bytes``, ``int``,
    ``float`` (not NaN), ``bool`` and tuples of them, all of one type. Others make it
    do what ``sorted`` and ``set`` do, in memory; so do collections, which hold their
    items anyway.

    Raises:
        OSError: the folder for spilled data is full or cannot be written; its
            name is the exception's ``filename``. Nothing is left behind.
        ValueError: ``SPACETIME_MEMORY`` is no size.
    """
    return _native.sorted_set(iterable, reverse)


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
