"""Naming types as spillable: only their author knows that copies are as good."""

from __future__ import annotations

from spacetime_compiler.runtime._load import native as _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    _T = TypeVar("_T")


def register(
    cls: type[_T],
    /,
    *,
    fields: Sequence[str] | None = None,
    pack: Callable[[_T], object] | None = None,
    unpack: Callable[[Any], _T] | None = None,
) -> type[_T]:
    """Let instances of exactly this class be spilled to disk.

    By this the caller says that nobody can tell, or minds, whether an instance
    or a copy of it comes back: that it is not changed, compared by identity or
    found by it afterwards, and that it is nothing but what is spilled of it.

    Named tuples and dataclasses need no more than that; of others, ``fields``
    names the attributes to be spilled (a copy is then made without calling
    ``__init__``), or ``pack`` makes a spillable value of an instance and
    ``unpack`` an equal instance of that value.

    An instance that lacks an attribute, or has a value that cannot be spilled in
    one, stays in memory. What ``pack`` and ``unpack`` raise is raised by the
    sort, or by walking its result.

    Returns the class, so that it can stand above one as a decorator.

    Raises:
        TypeError: ``cls`` is no class; it says nothing about its fields; or it
            has a ``__new__`` of its own, and ``pack`` and ``unpack`` are needed.
    """
    if not isinstance(cls, type):
        raise TypeError("register() needs a class")
    if pack is not None and unpack is not None:
        _native.runtime_register(cls, None, (pack, unpack))
    elif pack is not None or unpack is not None:
        raise TypeError("pack and unpack go together")
    elif fields is not None:
        _native.runtime_register(cls, tuple(fields), None)
    elif issubclass(cls, tuple) and hasattr(cls, "_fields"):
        _native.runtime_register(cls, None, None)
    elif "__dataclass_fields__" in cls.__dict__:
        _native.runtime_register(cls, _dataclass_fields(cls), None)
    else:
        raise TypeError(f"{cls.__name__} is neither a named tuple nor a dataclass: name its fields")
    return cls


def _dataclass_fields(cls: type) -> tuple[str, ...]:
    # Whoever has made a dataclass has imported this already.
    from dataclasses import fields

    return tuple(field.name for field in fields(cls))
