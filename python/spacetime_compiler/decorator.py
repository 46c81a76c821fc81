"""``@optimize_spacetime()``: optimizes one function when it is defined.

The result is a function like the one that was written: the same globals, the
same closure cells, defaults, annotations and attributes. Where that cannot be
had the function is left alone, and a warning says why.
"""

import warnings
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, TypeVar, overload

from spacetime_compiler._function import Unoptimizable, closure, find_source, optimized_code
from spacetime_compiler.api import CompileError, SpaceTimeCompiler

F = TypeVar("F", bound="Callable[..., Any] | staticmethod[..., Any] | classmethod[Any, ..., Any]")


class NotOptimizedWarning(UserWarning):
    """A function was left as it is; the message says why."""


@overload
def optimize_spacetime(function: F, /) -> F: ...
@overload
def optimize_spacetime(
    *,
    select: Iterable[str] | None = ...,
    ignore: Iterable[str] = ...,
    allow: Iterable[str] = ...,
    assume: Iterable[str] = ...,
    no_assume: Iterable[str] = ...,
    strict: bool = ...,
    limits: Mapping[str, float] | None = ...,
    given: Mapping[str, float] | None = ...,
    pure: Iterable[str] = ...,
) -> Callable[[F], F]: ...
def optimize_spacetime(function: Any = None, /, **settings: Any) -> Any:
    """Optimize the decorated function; usable with and without parentheses.

    The settings are those of ``SpaceTimeCompiler``. The original stays
    reachable as ``__wrapped__``.
    """
    compiler = SpaceTimeCompiler(**settings)
    if function is not None:
        return _decorated(function, compiler, 3)
    return lambda function: _decorated(function, compiler, 3)


def _decorated(function: Any, compiler: SpaceTimeCompiler, depth: int) -> Any:
    if isinstance(function, staticmethod | classmethod):
        inner = function.__func__
        better = _decorated(inner, compiler, depth + 1)
        return function if better is inner else type(function)(better)
    if getattr(function, "__spacetime__", False):
        return function
    try:
        return _optimized(function, compiler)
    except Unoptimizable as reason:
        name = getattr(function, "__qualname__", None) or repr(function)
        warnings.warn(f"{name} is not optimized: {reason}", NotOptimizedWarning, depth)
        return function


def _optimized(function: Any, compiler: SpaceTimeCompiler) -> Any:
    source = find_source(function)
    try:
        result = compiler.transform_code(source.text, source.filename)
    except CompileError as error:
        raise Unoptimizable(f"its module cannot be parsed: {error.msg}") from None
    code, needed = optimized_code(function, source, result.optimized_code)
    if code is function.__code__:
        return function
    for name, value in needed.items():
        function.__globals__.setdefault(name, value)
    new = FunctionType(
        code,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        closure(function, code),
    )
    _dress(new, function)
    return new


def _dress(new: FunctionType, old: FunctionType) -> None:
    """Everything that makes a function beyond its code, the same objects."""
    new.__kwdefaults__ = old.__kwdefaults__
    # From 3.14 on annotations are made when they are asked for, and names in
    # them need not exist yet.
    lazy = hasattr(old, "__annotate__")
    annotations = "__annotate__" if lazy else "__annotations__"
    for name in (annotations, "__doc__", "__module__", "__qualname__", "__type_params__"):
        if hasattr(old, name):
            setattr(new, name, getattr(old, name))
    new.__dict__.update(old.__dict__)
    new.__dict__["__wrapped__"] = old
    new.__dict__["__spacetime__"] = True
