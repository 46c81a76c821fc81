"""Naming types as spillable: only their author knows that copies are as good."""

from __future__ import annotations

from spacetime_compiler import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _T = TypeVar("_T")


def register(
    cls: type[_T],
    /,
    *,
    pack: Callable[[_T], object] | None = None,
    unpack: Callable[[Any], _T] | None = None,
) -> type[_T]:
    """Let instances of exactly this class be spilled to disk.

    By this the caller says that nobody can tell, or minds, whether an instance
    or a copy of it comes back. ``pack`` makes a spillable value of an instance,
    ``unpack`` makes an equal instance of that value. Both may be left out for
    named tuples and for dataclasses, whose fields are then spilled.

    Returns the class, so that it can stand above one as a decorator.

    Raises:
        TypeError: ``cls`` is no class, or ``pack`` and ``unpack`` are needed.
    """
    if not isinstance(cls, type):
        raise TypeError("register() needs a class")
    if pack is not None and unpack is not None:
        _native.runtime_register(cls, pack, unpack)
    elif pack is not None or unpack is not None:
        raise TypeError("pack and unpack go together")
    elif issubclass(cls, tuple) and (make := getattr(cls, "_make", None)):
        _native.runtime_register(cls, None, make)
    elif "__dataclass_fields__" in cls.__dict__:
        _native.runtime_register(cls, *_fields_of(cls))
    else:
        raise TypeError(
            f"{cls.__name__} is neither a named tuple nor a dataclass: say pack, unpack"
        )
    return cls


def _fields_of(cls: type[_T]) -> tuple[Callable[[_T], object], Callable[[Any], _T]]:
    """Return what takes a dataclass apart and puts it together again."""
    from dataclasses import fields

    names = tuple(field.name for field in fields(cls))  # type: ignore[arg-type]  # is one

    def pack(instance: _T) -> object:
        return tuple([getattr(instance, name) for name in names])

    def unpack(values: Any) -> _T:
        # As copy.copy() does it: frozen or not, without calling __init__.
        instance = object.__new__(cls)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(instance, name, value)
        return instance

    return pack, unpack
