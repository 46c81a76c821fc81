from collections.abc import Callable, Iterable, Iterator, Sequence
from os import PathLike
from typing import Any, TypeVar

_T = TypeVar("_T")

def external_sort(
    iterable: Iterable[_T], key: Callable[[_T], Any] | None, reverse: bool
) -> Iterator[_T]: ...
def runtime_configure(
    memory: int | str | None = None, directory: str | PathLike[str] | None = None
) -> None: ...
def runtime_budget() -> int: ...
def runtime_directory() -> str: ...
def runtime_stats() -> tuple[int, int, int]: ...
def runtime_register(
    cls: type[_T],
    fields: Sequence[str] | None,
    functions: tuple[Callable[[_T], object], Callable[[Any], _T]] | None,
) -> None: ...
