"""One function of a module: its source, and its optimized code object.

The whole module goes through the engine, since only the module shows what the
names in a function mean. The function's code object is then picked out of the
compiled result. That the source found is really the function's is not
believed but checked: compiling it has to give the function's own bytecode.
"""

import ast
import builtins
import linecache
import symtable
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CellType, CodeType, FunctionType
from typing import Any

_MISSING = object()
_KIND_FLAGS = 0x04 | 0x08 | 0x20 | 0x80 | 0x200  # *args, **kwargs, generator, coroutine, both


class Unoptimizable(Exception):
    """Why a function is left alone, in words for its author."""


@dataclass(frozen=True)
class Source:
    """Where a function comes from."""

    text: str
    """The whole module."""
    filename: str
    lines: tuple[int, int]
    """First and last line of the function, decorators included."""
    place: int
    """Which of the code objects of the same qualified name it is."""


def find_source(function: Callable[..., Any]) -> Source:
    """Find the source of a function, or say why it cannot be had."""
    if not isinstance(function, FunctionType):
        raise Unoptimizable(f"it is no Python function but a {type(function).__name__}")
    if hasattr(function, "__wrapped__"):
        raise Unoptimizable(
            "another decorator has wrapped it already; put @optimize_spacetime() below that one"
        )
    code = function.__code__
    if code.co_name == "<lambda>":
        raise Unoptimizable("it is a lambda")
    filename = code.co_filename
    linecache.checkcache(filename)
    text = "".join(linecache.getlines(filename, function.__globals__))
    if not text:
        raise Unoptimizable("its source cannot be found, as for code from exec() or a console")
    changed = "its source is not what is running: the file has changed, or was rewritten on import"
    try:
        candidates = _same_name(_compiled(text, filename), code.co_qualname)
    except (SyntaxError, ValueError):
        raise Unoptimizable(changed) from None
    wanted = _identity(code)
    places = [place for place, other in enumerate(candidates) if _identity(other) == wanted]
    if len(places) != 1:
        raise Unoptimizable(changed)
    span = (code.co_firstlineno, max([code.co_firstlineno, *_all_lines(code)]))
    return Source(text, filename, span, places[0])


def optimized_code(
    function: FunctionType, source: Source, optimized: str
) -> tuple[CodeType, dict[str, object]]:
    """The function's code in the optimized module, and the globals it needs beyond its own.

    The code is the function's own where nothing was optimized in it.
    """
    old = function.__code__
    candidates = _same_name(_compiled(optimized, source.filename), old.co_qualname)
    originals = _same_name(_compiled(source.text, source.filename), old.co_qualname)
    if len(candidates) != len(originals):
        raise Unoptimizable("it cannot be told apart from others of the same name")
    new = candidates[source.place]
    if _without_places(new) == _without_places(old):
        return old, {}
    if new.co_flags & _KIND_FLAGS != old.co_flags & _KIND_FLAGS or _parameters(new) != _parameters(
        old
    ):
        raise Unoptimizable("its signature would change")
    foreign = set(new.co_freevars) - set(old.co_freevars)
    if foreign:
        raise Unoptimizable(f"it would need {', '.join(sorted(foreign))} of the function around it")
    _check_builtins(function, source)
    needed = _new_globals(function, source.text, optimized, new)
    return _moved(new, old.co_firstlineno - new.co_firstlineno), needed


def closure(function: FunctionType, code: CodeType) -> tuple[CellType, ...]:
    """The function's own cells, in the order in which ``code`` wants them."""
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    return tuple(cells[name] for name in code.co_freevars)


@lru_cache(maxsize=32)
def _compiled(text: str, filename: str) -> CodeType:
    return compile(text, filename, "exec", dont_inherit=True)


def _nested(code: CodeType) -> Iterator[CodeType]:
    """All code objects within a code object, in source order, itself first."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)


def _same_name(module: CodeType, qualname: str) -> list[CodeType]:
    return [code for code in _nested(module) if code.co_qualname == qualname]


def _all_lines(code: CodeType) -> Iterator[int]:
    for one in _nested(code):
        yield from (line for *_, line in one.co_lines() if line is not None)


def _without_places(code: CodeType) -> tuple[object, ...]:
    """What a code object does, whatever its line numbers."""
    constants = tuple(_constant(constant) for constant in code.co_consts)
    return (
        code.co_name,
        code.co_code,
        constants,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        code.co_exceptiontable,
    )


def _constant(value: object) -> object:
    """A constant such that equal means the same: 1 is not True, -0.0 is not 0.0."""
    if isinstance(value, CodeType):
        return _without_places(value)
    if isinstance(value, tuple):
        return tuple(_constant(item) for item in value)
    if isinstance(value, frozenset):
        return frozenset(_constant(item) for item in value)
    return (type(value), repr(value))


def _identity(code: CodeType) -> tuple[object, ...]:
    """What a code object does, and on which lines. Unlike ``==``, blind to specialisation."""
    places = tuple((one.co_firstlineno, one.co_linetable) for one in _nested(code))
    return (_without_places(code), places)


def _parameters(code: CodeType) -> tuple[object, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & 0x04) + bool(code.co_flags & 0x08)
    return (
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_varnames[:count],
    )


def _moved(code: CodeType, by: int) -> CodeType:
    """The same code, so many lines further down: added imports shift the rest."""
    if by == 0:
        return code
    constants = tuple(
        _moved(constant, by) if isinstance(constant, CodeType) else constant
        for constant in code.co_consts
    )
    return code.replace(co_consts=constants, co_firstlineno=max(1, code.co_firstlineno + by))


def _names(code: CodeType) -> set[str]:
    return {name for one in _nested(code) for name in one.co_names}


def _check_builtins(function: FunctionType, source: Source) -> None:
    """Refuse where a builtin was replaced in a way that the module's text does not show."""
    names = []
    for name in sorted(_names(function.__code__)):
        # Every module has a `__name__` of its own, and so has `builtins`.
        builtin = _MISSING if name.startswith("__") else getattr(builtins, name, _MISSING)
        if builtin is not _MISSING and function.__globals__.get(name, builtin) is not builtin:
            names.append(name)
    if not names:
        return
    table = symtable.symtable(source.text, source.filename, "exec")
    for name in names:
        try:
            symbol = table.lookup(name)
        except KeyError:
            shown = False
        else:
            shown = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
        if not shown:
            raise Unoptimizable(f"`{name}` has been replaced from outside of its source")


def _new_globals(
    function: FunctionType, original: str, optimized: str, code: CodeType
) -> dict[str, object]:
    """What the optimized module imports beyond the original, as far as ``code`` uses it."""
    before = {ast.dump(node) for node in ast.parse(original).body}
    needed: dict[str, object] = {}
    used = _names(code)
    for node in ast.parse(optimized).body:
        if ast.dump(node) in before:
            continue
        for name, value in _imported(node, used):
            present = function.__globals__.get(name, value)
            if present is not value:
                raise Unoptimizable(f"it would need the name `{name}`, which is taken")
            needed[name] = value
    return needed


def _imported(node: ast.stmt, used: set[str]) -> Iterator[tuple[str, object]]:
    """Names that an absolute import statement binds, with their values."""
    from importlib import import_module

    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        for alias in node.names:
            name = alias.asname or alias.name
            if name in used:
                yield name, getattr(import_module(node.module), alias.name)
    elif isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name in used:
                module = import_module(alias.name)
                yield name, module if alias.asname else import_module(name)
