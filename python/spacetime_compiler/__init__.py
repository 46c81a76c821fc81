"""A source-to-source optimizer for Python that trades space for time.

    from spacetime_compiler import SpaceTimeCompiler, optimize_spacetime

Names are loaded when they are first used: an optimized program imports only
``spacetime_compiler.runtime``, and must not pay for the optimizer.
"""

# Type checkers take a variable of this name for true; importing `typing` for it
# would cost an optimized program 2 MB.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from spacetime_compiler.api import (
        CompileError,
        OptimizationOpportunity,
        SpaceTimeCompiler,
        TransformationResult,
    )
    from spacetime_compiler.decorator import NotOptimizedWarning, optimize_spacetime

__all__ = [
    "CompileError",
    "NotOptimizedWarning",
    "OptimizationOpportunity",
    "SpaceTimeCompiler",
    "TransformationResult",
    "optimize_spacetime",
]

_HOMES = {
    "CompileError": "api",
    "OptimizationOpportunity": "api",
    "SpaceTimeCompiler": "api",
    "TransformationResult": "api",
    "NotOptimizedWarning": "decorator",
    "optimize_spacetime": "decorator",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
